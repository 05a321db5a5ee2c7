"""The promises every store keeps, kept by this one."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from typing import Any

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
