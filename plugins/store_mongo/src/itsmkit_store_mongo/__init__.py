"""Keeps the records of an itsmkit desk in MongoDB, by a URL such as `mongodb://host/desk?replicaSet=rs0`."""

from attrs import frozen


@frozen
class Settings:
    """Nothing yet."""


@frozen
class StoreMongo:
    """The plugin: opens the store that a URL of ours names."""

    settings: Settings = Settings()


def plugin(settings: Settings) -> StoreMongo:
    """The plugin with those settings."""
    return StoreMongo(settings)
