"""Whether a database has what the plan needs, and how an empty one gets it."""

from attrs import frozen
from sqlalchemy import Table, insert, select
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from itsmkit import StoreError, StoreOutdated
from itsmkit_store_sql.databases import Database, Phrases, Turn
from itsmkit_store_sql.plan import Plan
from itsmkit_store_sql.statements import compiled
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


def ready(plan: Plan, database: Database) -> None:
    """Set an empty database up; StoreOutdated where one in use lacks something."""
    if not database.read(database.layout)[0] and database.alone(lambda turn: set_up(plan, database, turn)):
        return
    missing = database.read(lambda turn: missing_of(plan, database, turn))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise StoreOutdated(f"the database lacks {missing[0]}{more}: run `itsmkit store upgrade`")


def set_up(plan: Plan, database: Database, turn: Turn) -> bool:
    """Every table and index, marked as of the newest migration; False where somebody was faster."""
    if database.layout(turn)[0]:
        return False
    for table in plan.tables.metadata.sorted_tables:
        make(plan.phrases, turn, table)
    marked = compiled(plan.phrases, insert(plan.tables.revisions))
    turn.run(marked.text, (REVISION,))
    return True


def make(phrases: Phrases, turn: Turn, table: Table) -> None:
    """The table with its indexes."""
    turn.run(ddl(phrases, CreateTable(table)))
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        turn.run(ddl(phrases, CreateIndex(index)))


def missing_of(plan: Plan, database: Database, turn: Turn) -> tuple[str, ...]:
    """What the plan needs and the database lacks, one name each; StoreError where the database is newer."""
    revision = revision_of(plan, database, turn)
    if revision != REVISION:
        return (f"revision {REVISION}",)
    return lack(plan, database, turn).named() or unfilled(plan, turn)


def revision_of(plan: Plan, database: Database, turn: Turn) -> str | None:
    """The migration the fixed tables are at; None for a database that has none of them. StoreError for a newer one."""
    if "alembic_version" not in database.layout(turn)[0]:
        return None
    rows = turn.rows(compiled(plan.phrases, select(plan.tables.revisions)).text)
    revision = str(rows[0][0]) if rows else None
    if revision is not None and revision > REVISION:
        raise StoreError(f"the database is of revision {revision}, this itsmkit knows {REVISION}: use the newer one")
    return revision


def lack(plan: Plan, database: Database, turn: Turn) -> Lack:
    """What the plan needs and the database hasn't."""
    columns, indexes = database.layout(turn)
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


def marks(plan: Plan, turn: Turn) -> list[tuple[str, str]]:
    """Type and state of every filling that an upgrade began and didn't finish."""
    meta = plan.tables.meta
    found = select(meta).where(meta.c.key.startswith(BACKFILL, autoescape=True)).order_by(meta.c.key)
    asked = compiled(plan.phrases, found)
    return [(key.removeprefix(BACKFILL), value) for key, value in turn.rows(asked.text, asked.values({}))]


def unfilled(plan: Plan, turn: Turn) -> tuple[str, ...]:
    """Types with columns that are still to be filled."""
    return tuple(f"values of new columns of {type_}" for type_, _ in marks(plan, turn))


def ddl(phrases: Phrases, element: ExecutableDDLElement) -> str:
    """The text of a statement that makes something."""
    return str(element.compile(dialect=phrases.dialect))
