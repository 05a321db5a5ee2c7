"""Keeps the records of an itsmkit desk in a SQL database: SQLite, by the URL `sqlite:///path/to/desk.db`."""

from collections.abc import Callable, Iterable
from datetime import datetime

from attrs import frozen

from itsmkit import RecordType, Store, hookimpl

SCHEME = "sqlite:"


@frozen
class Settings:
    """`busy_seconds`: how long to wait for a foreign program's lock; `cache_mib`: page cache per connection."""

    busy_seconds: float = 10.0
    cache_mib: int = 64


@frozen
class StoreSql:
    """The plugin: opens the store that a URL of ours names."""

    settings: Settings = Settings()

    @hookimpl
    def itsmkit_open_store(
        self, url: str, types: tuple[RecordType, ...], clock: Callable[[], datetime] | None
    ) -> Store | None:
        """The store of that file, made where there is none; None for other kinds of URL."""
        if not url.startswith(SCHEME):
            return None
        from itsmkit_store_sql.store import open_store

        return open_store(url, types, clock, self.settings.busy_seconds, self.settings.cache_mib)


def plugin(settings: Settings) -> StoreSql:
    """The plugin with those settings."""
    return StoreSql(settings)


def upgrade(url: str, types: Iterable[RecordType]) -> tuple[str, ...]:
    """Give the database what this version and these types need; what was done, one line each.

    May be stopped at any moment and run again: it goes on where it was.
    """
    from itsmkit_store_sql.upgrading import upgrade as run

    return run(url, types)
