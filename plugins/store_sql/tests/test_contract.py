"""The promises every store keeps, kept by this one on each of its databases."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from typing import Any, ClassVar

import psycopg
import pytest

from itsmkit import RecordType, Store
from itsmkit.testing import StoreContract
from itsmkit_store_sql import Settings, plugin


class TestSqliteStore(StoreContract):
    def open(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        url = f"sqlite:///{self.folder / 'desk.db'}"
        return plugin(Settings()).itsmkit_open_store(url, tuple(types), clock)

    def reopen(self, store: Store, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        store.close()
        return self.open(types, clock)

    def corrupt(self, store: Store, type_: str, id_: str) -> None:  # noqa: ARG002
        with closing(sqlite3.connect(self.folder / "desk.db")) as connection, connection:
            statement = f"UPDATE r_{type_} SET body = substr(body, 3) || ? WHERE id = ?"  # noqa: S608
            connection.execute(statement, (b"\xff", id_))

    def contents(self, store: Store) -> bytes:  # noqa: ARG002
        return b"".join(file.read_bytes() for file in self.folder.iterdir())


class TestPostgresStore(StoreContract):
    database: ClassVar[Any]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _database(cls, emptied: Any) -> None:
        cls.database = emptied

    def open(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        types = tuple(types)
        return plugin(Settings()).itsmkit_open_store(self.database(types), types, clock)

    def reopen(self, store: Store, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        store.close()
        self.database.altered()
        return plugin(Settings()).itsmkit_open_store(self.database.url, tuple(types), clock)

    def corrupt(self, store: Store, type_: str, id_: str) -> None:  # noqa: ARG002
        with psycopg.connect(self.database.url) as connection:
            connection.execute(f"UPDATE r_{type_} SET body = substr(body, 3) WHERE id = %s", (id_,))  # noqa: S608

    def contents(self, store: Store) -> bytes:  # noqa: ARG002
        return self.database.contents()
