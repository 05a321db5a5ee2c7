"""Keeps the records of an itsmkit desk in a SQL database.

SQLite by the URL `sqlite:///path/to/desk.db`, PostgreSQL by `postgresql://user@host/database`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit import RecordType, Store, StoreKeeper, hookimpl

if TYPE_CHECKING:
    from itsmkit_store_sql.databases import Database

SCHEMES = ("sqlite:", "postgresql://", "postgres://")


@frozen
class Settings:
    """How long to wait: `busy_seconds` for a lock that others hold, `statement_seconds` for an answer of a server.

    `cache_mib`: page cache of SQLite per connection.
    """

    busy_seconds: float = 10.0
    cache_mib: int = 64
    statement_seconds: float = 60.0


@frozen
class StoreSql:
    """The plugin: opens, and looks after, the store that a URL of ours names."""

    settings: Settings = Settings()

    @hookimpl
    def itsmkit_open_store(
        self, url: str, types: tuple[RecordType, ...], clock: Callable[[], datetime] | None
    ) -> Store | None:
        """The store in that database, made in an empty one; None for other kinds of URL."""
        if not url.startswith(SCHEMES):
            return None
        from itsmkit_store_sql.store import open_store

        return open_store(self._database(url), types, clock)

    @hookimpl
    def itsmkit_keep_store(self, url: str, types: tuple[RecordType, ...]) -> StoreKeeper | None:
        """Who looks after that store; None for other kinds of URL."""
        if not url.startswith(SCHEMES):
            return None
        from itsmkit_store_sql.keeper import SqlKeeper

        return SqlKeeper(lambda: self._database(url), types)

    def _database(self, url: str) -> "Database":
        from itsmkit_store_sql.databases import database

        return database(url, self.settings.busy_seconds, self.settings.cache_mib, self.settings.statement_seconds)


def plugin(settings: Settings) -> StoreSql:
    """The plugin with those settings."""
    return StoreSql(settings)
