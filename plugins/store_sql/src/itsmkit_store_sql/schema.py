"""Whether a database has what the plan needs, and how an empty one gets it."""

from sqlite3 import Cursor

from attrs import frozen
from sqlalchemy import Table
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from itsmkit import StoreError, StoreOutdated
from itsmkit_store_sql.connections import Connections
from itsmkit_store_sql.plan import Plan
from itsmkit_store_sql.sqlite import DIALECT, found
from itsmkit_store_sql.tables import REVISION

BACKFILL = "backfill:"
"""Rows of the table meta with this prefix are columns added but not filled yet."""


@frozen
class Lack:
    """What is missing: whole tables, columns by table, indexes."""

    tables: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    indexes: tuple[str, ...]

    def named(self) -> tuple[str, ...]:
        """One name each, the larger things first."""
        return (
            *(f"table {one}" for one in self.tables),
            *(f"column {table}.{one}" for table, one in self.columns),
            *(f"index {one}" for one in self.indexes),
        )


def ready(plan: Plan, connections: Connections) -> None:
    """Set an empty database up; StoreOutdated where one in use lacks something."""
    with connections.reading() as cursor:
        empty = not found(cursor)[0]
    if empty:
        with connections.writing() as cursor:
            if not found(cursor)[0]:
                create(plan, cursor)
                return
    with connections.reading() as cursor:
        check(plan, cursor)


def create(plan: Plan, cursor: Cursor) -> None:
    """Every table and index, marked as of the newest migration."""
    for table in plan.tables.metadata.sorted_tables:
        make(cursor, table)
    cursor.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (REVISION,))


def make(cursor: Cursor, table: Table) -> None:
    """The table with its indexes."""
    cursor.execute(ddl(CreateTable(table)))
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        cursor.execute(ddl(CreateIndex(index)))


def check(plan: Plan, cursor: Cursor) -> None:
    """StoreOutdated where the database isn't what the plan needs, StoreError where it is newer."""
    revision = revision_of(cursor)
    if revision is not None and revision > REVISION:
        raise StoreError(f"the database is of revision {revision}, this itsmkit knows {REVISION}: use the newer one")
    missing = (f"revision {REVISION}",) if revision != REVISION else lack(plan, cursor).named() or unfilled(cursor)
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise StoreOutdated(f"the database lacks {missing[0]}{more}: run `itsmkit store upgrade`")


def revision_of(cursor: Cursor) -> str | None:
    """The migration the fixed tables are at; None for a database that has none of them."""
    if "alembic_version" not in found(cursor)[0]:
        return None
    row = cursor.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def lack(plan: Plan, cursor: Cursor) -> Lack:
    """What the plan needs and the database hasn't."""
    columns, indexes = found(cursor)
    wanted = plan.tables.metadata.sorted_tables
    return Lack(
        tuple(one.name for one in wanted if one.name not in columns),
        tuple(
            (one.name, column.name)
            for one in wanted
            for column in one.columns
            if one.name in columns and column.name not in columns[one.name]
        ),
        tuple(str(index.name) for one in wanted for index in one.indexes if index.name not in indexes),
    )


def unfilled(cursor: Cursor) -> tuple[str, ...]:
    """Types with columns that an upgrade began to fill and didn't finish."""
    cursor.execute("SELECT key FROM meta WHERE key >= ? AND key < ? ORDER BY key", (BACKFILL, BACKFILL + "\U0010ffff"))
    return tuple(f"values of new columns of {key.removeprefix(BACKFILL)}" for (key,) in cursor)


def ddl(element: ExecutableDDLElement) -> str:
    """The text of a statement that makes something."""
    return str(element.compile(dialect=DIALECT))
