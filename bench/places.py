"""Where benches of the SQL store write: files, or databases of a PostgreSQL of their own; and the plain drivers there.

A place gives databases by name, copies of them, and a rival: the plain driver that writes rows, ready made, each
transaction durable, in PostgreSQL in pipeline mode.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import psycopg
from tools.servers.databases import at, postgres
from tools.servers.running import NoServer

from bench.desks import Written, scratch
from itsmkit_store_sql.postgres import array

Work = Callable[[], int]
"""Writes what it was made for; how many transactions that are."""
Rival = Callable[[Sequence[Written]], Work]
"""Makes everything ready for those transactions."""


class Place(Protocol):
    """Databases of one kind."""

    name: str

    def url(self, name: str) -> str:
        """The database of that name; an empty one where there is none."""
        ...

    def copy(self, source: str, name: str) -> str:
        """A copy of a database that nobody has open."""
        ...

    def rival(self, name: str) -> Rival:
        """The plain driver on that database."""
        ...


class Files:
    """SQLite files."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, name: str) -> str:
        """The file."""
        return f"sqlite:///{self._folder / name}.db"

    def copy(self, source: str, name: str) -> str:
        """A copied file."""
        shutil.copy(self._folder / f"{source}.db", self._folder / f"{name}.db")
        return self.url(name)

    def rival(self, name: str) -> Rival:
        """Plain sqlite3 with the store's own settings."""
        connection = sqlite3.connect(self._folder / f"{name}.db", isolation_level=None, cached_statements=512)
        for pragma in (
            *("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"),
            *("cache_size = -65536", "wal_autocheckpoint = 8000"),
        ):
            connection.execute(f"PRAGMA {pragma}")
        cursor = connection.cursor()

        def replay(transactions: Sequence[Written]) -> int:
            for one in transactions:
                cursor.execute("BEGIN IMMEDIATE")
                for write, rows in one:
                    if len(rows) == 1:
                        cursor.execute(write.text, rows[0])
                    else:
                        cursor.executemany(write.text, rows)
                cursor.execute("COMMIT")
            return len(transactions)

        return lambda transactions: partial(replay, transactions)


class Server:
    """Databases of a PostgreSQL."""

    name = "postgresql"

    def __init__(self, home: str) -> None:
        self._home = home
        self._made: set[str] = set()

    def url(self, name: str) -> str:
        """The database."""
        if name not in self._made:
            self._do(f"CREATE DATABASE {name}")
            self._made.add(name)
        return at(self._home, name)

    def copy(self, source: str, name: str) -> str:
        """One made after the other's image."""
        self._do(f"CREATE DATABASE {name} TEMPLATE {source}")
        self._made.add(name)
        return self.url(name)

    def rival(self, name: str) -> Rival:
        """Plain psycopg, a transaction a pipeline."""
        wire = psycopg.connect(self.url(name), autocommit=True, prepare_threshold=0)
        wire.prepared_max = 1000

        def replay(transactions: Sequence[Sequence[tuple[str, Any]]]) -> int:
            for one in transactions:
                with wire.pipeline():
                    wire.execute("BEGIN")
                    for text, values in one:
                        wire.execute(text.encode(), values)
                    wire.execute("COMMIT")
            return len(transactions)

        return lambda transactions: partial(replay, [list(_plain(one)) for one in transactions])

    def _do(self, text: str) -> None:
        with psycopg.connect(self._home, autocommit=True) as wire:
            wire.execute(text.encode())


def _plain(transaction: Written) -> Iterator[tuple[str, Any]]:
    """The statements as the driver takes them."""
    for write, rows in transaction:
        if write.together:
            yield write.text, [array(column) for column in zip(*rows, strict=True)]
        else:
            yield from ((write.text, row) for row in rows)


@contextmanager
def places() -> Iterator[list[Place]]:
    """Files, and a server where one can run."""
    with scratch() as folder:
        made: list[Place] = [Files(folder)]
        try:
            with postgres() as databases:
                yield [*made, Server(databases())]
        except NoServer as fault:
            print(f"no PostgreSQL here: {fault}")
            yield made
