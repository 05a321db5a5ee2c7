"""What a database does for the store: `sqlite` and `postgres` each in its way, and nobody else knows which it is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from attrs import frozen
from sqlalchemy import Column, ColumnElement, Select, Table
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.selectable import FromClause

from itsmkit import Finding, StoreError

T = TypeVar("T")
Row = tuple[Any, ...]
Rows = list[Row]
Question = tuple[str, Sequence[Any]]

NOTHING = ""
"""The question that nobody need be asked: there are no rows."""

TRIES = 8
"""So often a transaction that others came in the way of is done anew."""


@frozen
class Write:
    """A statement that writes rows; `together`: it takes all of them at once, column by column."""

    text: str
    together: bool = False


class Turn(Protocol):
    """A transaction under way. What is put is written by its end at the latest, and a fault in it raised by then."""

    def rows(self, text: str, values: Sequence[Any] = ()) -> list[Row]:
        """The answer to one question."""
        ...

    def answers(self, questions: Sequence[Question]) -> list[list[Row]]:
        """The answers to several, asked one after the other without waiting in between."""
        ...

    def put(self, write: Write, rows: Rows) -> None:
        """Write these rows."""
        ...

    def run(self, text: str, values: Sequence[Any] = ()) -> None:
        """Do what has no answer."""
        ...


class Phrases(Protocol):
    """The few things that databases say differently."""

    dialect: Dialect
    clock: str
    """The question for the database's own time, in milliseconds; empty where that is this machine's."""

    hold: str
    """The question that keeps others from naming or dropping the same bytes; empty where writers are alone anyway."""

    def __hash__(self) -> int: ...

    def insert(self, table: Table) -> Any:
        """SQLAlchemy's insert that knows what to do with a row that is there already."""
        ...

    def listed(self, values: Iterable[Any]) -> str:
        """Any number of values as the one parameter that `among` reads."""
        ...

    def among(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Whether the column's value is among those `listed` under that parameter."""
        ...

    def given(self, columns: Sequence[Column[Any]], prefix: str = "") -> FromClause | None:
        """Rows given together as a table of those columns; None where a statement takes one row."""
        ...

    def chosen(self, table: Table, found: Select[Any]) -> ColumnElement[bool]:
        """Whether a row of the table is one of those found and not in another transaction's hands."""
        ...

    def raw(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """A text column in a form in which damage to it doesn't hinder reading the rest of its row."""
        ...

    def brief(self, text: str) -> str:
        """The text as an index can hold it: itself, or a digest where it is too long."""
        ...


class Database(Protocol):
    """One database: transactions on it, and what an operator wants of it. Faults come as StoreError, in words."""

    phrases: Phrases
    name: str
    """What it is called in messages."""

    def read(self, work: Callable[[Turn], T], *, single: bool = False) -> T:
        """What the work finds; all of it sees one state, which `single` questions do anyway. It may be called again."""
        ...

    def write(self, work: Callable[[Turn], T]) -> T:
        """What the work gives, durable. It is called anew where others came in its way: it has no other effects.

        OutcomeUnknown where the connection broke while it was made durable.
        """
        ...

    def alone(self, work: Callable[[Turn], T]) -> T:
        """`write` for tables and indexes: however long it takes, and nobody else does so at the same time."""
        ...

    def migrate(self, work: Callable[[Connection], None]) -> None:
        """`alone` on a connection of SQLAlchemy's."""
        ...

    def layout(self, turn: Turn) -> tuple[dict[str, set[str]], set[str]]:
        """The tables with their columns, and the indexes, by name."""
        ...

    def forget(self) -> None:
        """Leave no trace of what was overwritten or deleted, as far as a client can."""
        ...

    def findings(self) -> Iterator[Finding]:
        """What matters of the database itself: settings, rights, health."""
        ...

    def backup(self, target: Path) -> str:
        """A whole copy; what was written."""
        ...

    def restore(self, source: Path) -> str:
        """A copy in place of this database, which is empty; what was restored."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...


def database(url: str, busy_seconds: float, cache_mib: int, statement_seconds: float) -> Database:
    """The database that the URL names; nothing is opened yet."""
    if url.startswith("sqlite:"):
        from itsmkit_store_sql.sqlite import Sqlite, place

        return Sqlite(place(url, busy_seconds, cache_mib))
    from itsmkit_store_sql.postgres import Postgres

    return Postgres(url, busy_seconds, statement_seconds)


def unwritable(name: str, error: Exception) -> StoreError:
    """The error for a value that no column takes."""
    return StoreError(f"{name}: a NUL, half a character or an endless number can't be kept: {error}")
