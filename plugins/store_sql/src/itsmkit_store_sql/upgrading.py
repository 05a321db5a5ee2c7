"""Bringing a database up to this version and these types: migrations first, then tables, columns and their values.

Values of new columns are computed from the bodies, so many records a transaction; how far that got is kept beside
them, so that an upgrade that was stopped goes on from there.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from attrs import frozen
from sqlalchemy import BigInteger, Column, Table, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateColumn, CreateIndex

from itsmkit import Scope, Unreadable, canonical, column
from itsmkit_store_sql.databases import Database, Turn, Write
from itsmkit_store_sql.plan import Plan
from itsmkit_store_sql.reading import view
from itsmkit_store_sql.schema import BACKFILL, ddl, lack, make, marks, revision_of, set_up
from itsmkit_store_sql.statements import compiled, row_columns
from itsmkit_store_sql.tables import REVISION, table_name

CHUNK = 500


@frozen
class _Filling:
    """Columns of a type that are being filled, behind the record with the id `after`."""

    type: str
    columns: tuple[str, ...]
    after: str = ""


def upgrade(plan: Plan, database: Database) -> Iterator[str]:
    """Add what is missing and fill it; a line for each thing done (nothing where nothing was missing)."""
    if database.alone(lambda turn: set_up(plan, database, turn)):
        yield f"set up {database.name}"
        return
    if database.read(lambda turn: revision_of(plan, database, turn)) != REVISION:
        database.migrate(_run_alembic)
        yield f"fixed tables brought to revision {REVISION}"
    yield from database.alone(lambda turn: _add(plan, database, turn))
    yield from _fill(plan, database)
    yield from database.alone(lambda turn: _index(plan, database, turn))


def _run_alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _add(plan: Plan, database: Database, turn: Turn) -> tuple[str, ...]:
    """Missing tables and columns; a new column is marked as to be filled in the same breath."""
    missing = lack(plan, database, turn)
    by_name = plan.tables.metadata.tables
    for name in missing.tables:
        make(plan.phrases, turn, by_name[name])
    for name, one in missing.columns:
        _add_column(plan, turn, by_name[name], by_name[name].columns[one])
    for type_ in plan.types.values():
        fresh = tuple(one for name, one in missing.columns if name == table_name(type_))
        if fresh:
            # Where an earlier filling was stopped, its columns are filled anew together with these.
            begun = [name for one in _fillings(plan, turn) if one.type == type_.name for name in one.columns]
            _keep(plan, turn, _Filling(type_.name, tuple(dict.fromkeys((*begun, *fresh)))))
    return tuple(f"added {one}" for one in missing.named() if not one.startswith("index"))


def _add_column(plan: Plan, turn: Turn, table: Table, one: Column[object]) -> None:
    dialect = plan.phrases.dialect
    made = CreateColumn(one).compile(dialect=dialect)
    turn.run(f"ALTER TABLE {dialect.identifier_preparer.format_table(table)} ADD COLUMN {made}")


def _fill(plan: Plan, database: Database) -> Iterator[str]:
    fillings = [one for one in database.read(lambda turn: _fillings(plan, turn)) if one.type in plan.types]
    for filling in fillings:
        count = 0
        rest: _Filling | None = filling
        while rest:
            filled, rest = database.write(partial(_fill_some, plan, rest))
            count += filled
        yield f"filled {', '.join(filling.columns)} of {count} records of {filling.type}"


def _fill_some(plan: Plan, filling: _Filling, turn: Turn) -> tuple[int, _Filling | None]:
    """The next records' values; how many, and what is left to do."""
    type_, table = plan.types[filling.type], plan.tables.records[filling.type]
    fields = [field for name in filling.columns if (field := type_.field(name))]
    behind = select(*row_columns(plan.phrases, table)).where(table.c.id > bindparam("after")).order_by(table.c.id)
    read = compiled(plan.phrases, behind.limit(bindparam("upto", type_=BigInteger)).with_for_update())
    rows = turn.rows(read.text, read.values({"after": filling.after, "upto": CHUNK}))
    records = [view(type_, row, Scope.system("store upgrade")) for row in rows]
    if fields:
        changed: dict[Column[object], object] = {table.c[one.name]: bindparam(f"new_{one.name}") for one in fields}
        write = compiled(plan.phrases, update(table).where(table.c.id == bindparam("at_id")).values(changed))
        # What can't be read has no values; it is shown as unreadable anyway.
        readable = [one for one in records if not isinstance(one, Unreadable)]
        values: list[Mapping[str, object]] = [
            {"at_id": one.id, **{f"new_{field.name}": column(one, field) for field in fields}} for one in readable
        ]
        if values:
            turn.put(Write(write.text), [tuple(write.values(one)) for one in values])
    if len(rows) < CHUNK:
        _unmark(plan, turn, filling.type)
        return len(rows), None
    rest = _Filling(filling.type, filling.columns, rows[-1][0])
    _keep(plan, turn, rest)
    return len(rows), rest


def _fillings(plan: Plan, turn: Turn) -> list[_Filling]:
    kept = [(type_, json.loads(value)) for type_, value in marks(plan, turn)]
    return [_Filling(type_, tuple(value["columns"]), value["after"]) for type_, value in kept]


def _keep(plan: Plan, turn: Turn, filling: _Filling) -> None:
    _unmark(plan, turn, filling.type)
    value = canonical({"columns": filling.columns, "after": filling.after})
    turn.run(compiled(plan.phrases, insert(plan.tables.meta)).text, (BACKFILL + filling.type, value))


def _unmark(plan: Plan, turn: Turn, type_: str) -> None:
    meta = plan.tables.meta
    turn.run(compiled(plan.phrases, delete(meta).where(meta.c.key == bindparam("at"))).text, (BACKFILL + type_,))


def _index(plan: Plan, database: Database, turn: Turn) -> tuple[str, ...]:
    """Missing indexes, made last: over filled columns that is one sort."""
    missing = lack(plan, database, turn).indexes
    for table in plan.tables.metadata.sorted_tables:
        for index in table.indexes:
            if index.name in missing:
                turn.run(ddl(plan.phrases, CreateIndex(index)))
    return tuple(f"added index {one}" for one in missing)
