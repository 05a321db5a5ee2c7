"""Keeps the records of an itsmkit desk in MongoDB, by a URL such as `mongodb://host/desk?replicaSet=rs0`."""

from collections.abc import Callable
from datetime import datetime

from attrs import field, frozen

from itsmkit import RecordType, Secret, Store, StoreKeeper, hookimpl

SCHEMES = ("mongodb://", "mongodb+srv://")


@frozen
class Settings:
    """`patience`: seconds to wait for a server, a majority or a busy record before an error tells of it.

    `password` belongs to the user that the URL names, where it names one alone.
    """

    patience: float = 10.0
    password: Secret = field(default=Secret())


@frozen
class StoreMongo:
    """The plugin: opens, and looks after, the store that a URL of ours names."""

    settings: Settings = Settings()

    @hookimpl
    def itsmkit_open_store(
        self, url: str, types: tuple[RecordType, ...], clock: Callable[[], datetime] | None
    ) -> Store | None:
        """The store in that database, set up where it is empty; None for other kinds of URL."""
        if not url.startswith(SCHEMES):
            return None
        from itsmkit_store_mongo.store import open_store

        return open_store(url, types, clock, self.settings)

    @hookimpl
    def itsmkit_keep_store(self, url: str, types: tuple[RecordType, ...]) -> StoreKeeper | None:
        """Who looks after that database; None for other kinds of URL."""
        if not url.startswith(SCHEMES):
            return None
        from itsmkit_store_mongo.keeping import MongoKeeper

        return MongoKeeper(url, types, self.settings)


def plugin(settings: Settings) -> StoreMongo:
    """The plugin with those settings."""
    return StoreMongo(settings)
