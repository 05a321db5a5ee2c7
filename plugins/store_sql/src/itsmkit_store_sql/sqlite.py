"""What is SQLite's own: how to connect, what its errors mean, and the few phrases that differ between databases."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, LargeBinary, Table, bindparam, cast, func, select
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.dialects.sqlite.pysqlite import dialect as SQLiteDialect  # noqa: N812 - it is a class

from itsmkit import StoreError

DIALECT = SQLiteDialect()

BEGIN_READ, BEGIN_WRITE = "BEGIN", "BEGIN IMMEDIATE"

FORGET = "PRAGMA wal_checkpoint(TRUNCATE)"
"""Empties the log, in which rows live on that the file has overwritten already."""

CHECKPOINT_PAGES = 8000
"""The log may grow to 32 MB before it is worked into the file: search terms of many commits share pages, which
are then written once (measured: 1.5 times the commits of the default 1000)."""

_ADVICE = {
    "SQLITE_FULL": "the disk is full; make room and try again",
    "SQLITE_BUSY": "another program holds the database locked; end it or try again",
    "SQLITE_LOCKED": "another program holds the database locked; end it or try again",
    "SQLITE_READONLY": "it can't be written; give this user the right to write the file and its folder",
    "SQLITE_CANTOPEN": "it can't be opened; its folder must exist and this user must be allowed to write there",
    "SQLITE_NOTADB": "that file is no SQLite database; name another one",
    "SQLITE_CORRUPT": "the file is damaged; stop the desk and restore a backup",
    "SQLITE_IOERR": "the disk doesn't read or write; check it and its free space",
    "SQLITE_CONSTRAINT": "a record or event is there twice or incomplete; run `itsmkit verify`",
}


@frozen
class Place:
    """Where a database is, and how to connect to it."""

    path: Path
    busy_seconds: float
    cache_mib: int

    @property
    def lock(self) -> Path:
        """The file on which writing processes queue."""
        return self.path.with_name(self.path.name + ".lock")


def place(url: str, busy_seconds: float, cache_mib: int) -> Place:
    """The file that a `sqlite:///` URL names; StoreError for a database in memory, which would hold nothing."""
    path = url.removeprefix("sqlite:///")
    if path == url or path in ("", ":memory:") or path.startswith("file:"):
        raise StoreError(f"{url!r} names no file; a desk's database is named like sqlite:///desk.db")
    return Place(Path(path).absolute(), busy_seconds, cache_mib)


def connect(where: Place) -> sqlite3.Connection:
    """A durable connection in which transactions begin and end by our own statements only."""
    connection = sqlite3.connect(
        where.path,
        timeout=where.busy_seconds,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            f"cache_size = {-1024 * where.cache_mib}",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    if mode != "wal":
        connection.close()
        raise StoreError(f"{where.path}: the disk can't keep a write-ahead log; use a local disk, not a network's")
    return connection


def fault(error: Exception, where: Place) -> StoreError:
    """The error as one line that says what to do."""
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return StoreError(f"{where.path}: a text with half a character or an endless number can't be kept: {error}")
    name = getattr(error, "sqlite_errorname", None) or ""
    advice = _ADVICE.get("_".join(name.split("_")[:2]), "nothing was changed; try again")
    return StoreError(f"{where.path}: {error}: {advice}")


def found(cursor: sqlite3.Cursor) -> tuple[dict[str, set[str]], set[str]]:
    """The tables of the database with their columns, and its indexes, by name."""
    cursor.execute("SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'")
    columns: dict[str, set[str]] = {}
    for table, column in cursor.fetchall():
        columns.setdefault(table, set()).add(column)
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
    return columns, {name for (name,) in cursor.fetchall()}


def listed(values: Iterable[Any]) -> str:
    """Any number of values as the one parameter that `among` reads."""
    return json.dumps(list(values), ensure_ascii=False)


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column's value is among those `listed` under that parameter, however many they are."""
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


def raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The bytes of a text column: damaged text must not hinder reading the rest of its row."""
    return cast(column, LargeBinary)


def insert_or_skip(table: Table) -> Insert:
    """An insert that leaves a row alone that is there already."""
    return insert(table).on_conflict_do_nothing()


def insert_or_replace(table: Table) -> Insert:
    """An insert that takes the place of the row with the same key."""
    statement = insert(table)
    fresh = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=fresh)
