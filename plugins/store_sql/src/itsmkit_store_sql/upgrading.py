"""Bringing a database up to this version and these types: migrations first, then tables, columns and their values.

Values of new columns are computed from the bodies, so many records a transaction; how far that got is kept beside
them, so that an upgrade that was stopped goes on from there.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from sqlite3 import Cursor

from attrs import frozen
from sqlalchemy import Column, Table, bindparam, create_engine, event, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateColumn, CreateIndex

from itsmkit import RecordType, Scope, StoreError, Unreadable, canonical, column
from itsmkit_store_sql import Settings
from itsmkit_store_sql.connections import Connections
from itsmkit_store_sql.plan import Plan, plan
from itsmkit_store_sql.reading import view
from itsmkit_store_sql.schema import BACKFILL, create, ddl, lack, make, revision_of
from itsmkit_store_sql.sqlite import BEGIN_WRITE, DIALECT, Place, connect, fault, found, place
from itsmkit_store_sql.statements import compiled, row_columns
from itsmkit_store_sql.tables import REVISION, table_name

CHUNK = 500


@frozen
class _Filling:
    """Columns of a type that are being filled, behind the record with the id `after`."""

    type: str
    columns: tuple[str, ...]
    after: str = ""


def upgrade(url: str, types: Iterable[RecordType]) -> tuple[str, ...]:
    """Add what is missing and fill it; what was done, one line each (nothing where nothing was missing)."""
    settings = Settings()
    where = place(url, settings.busy_seconds, settings.cache_mib)
    made, connections = plan(tuple(types)), Connections(where)
    try:
        with connections.writing() as cursor:
            if not found(cursor)[0]:
                create(made, cursor)
                return (f"set up {where.path}",)
        migrated, added = _migrate(where, connections), _add(made, connections)
        return (*migrated, *added, *_fill(made, connections), *_index(made, connections))
    finally:
        connections.close()


def _migrate(where: Place, connections: Connections) -> tuple[str, ...]:
    with connections.reading() as cursor:
        revision = revision_of(cursor)
    if revision == REVISION:
        return ()
    if revision is not None and revision > REVISION:
        raise StoreError(f"the database is of revision {revision}, this itsmkit knows {REVISION}: use the newer one")
    with connections.turn():
        _run_alembic(where)
    return (f"fixed tables brought to revision {REVISION}",)


def _run_alembic(where: Place) -> None:
    from alembic import command
    from alembic.config import Config

    engine = create_engine("sqlite://", creator=lambda: connect(where), poolclass=NullPool)
    # The driver begins no transactions of its own; without this one a stopped migration would stay halfway.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(BEGIN_WRITE))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise fault(error.orig if isinstance(error.orig, Exception) else error, where) from error
    finally:
        engine.dispose()


def _add(plan: Plan, connections: Connections) -> tuple[str, ...]:
    """Missing tables and columns; a new column is marked as to be filled in the same breath."""
    with connections.writing() as cursor:
        missing = lack(plan, cursor)
        by_name = plan.tables.metadata.tables
        for name in missing.tables:
            make(cursor, by_name[name])
        for name, one in missing.columns:
            _add_column(cursor, by_name[name], by_name[name].columns[one])
        for type_ in plan.types.values():
            fresh = tuple(one for name, one in missing.columns if name == table_name(type_))
            if fresh:
                # Where an earlier filling was stopped, its columns are filled anew together with these.
                begun = [name for one in _fillings(cursor) if one.type == type_.name for name in one.columns]
                _keep(cursor, _Filling(type_.name, tuple(dict.fromkeys((*begun, *fresh)))))
    return tuple(f"added {one}" for one in missing.named() if not one.startswith("index"))


def _add_column(cursor: Cursor, table: Table, one: Column[object]) -> None:
    made = str(CreateColumn(one).compile(dialect=DIALECT))
    cursor.execute(f"ALTER TABLE {DIALECT.identifier_preparer.format_table(table)} ADD COLUMN {made}")


def _fill(plan: Plan, connections: Connections) -> tuple[str, ...]:
    done = []
    with connections.reading() as cursor:
        fillings = [one for one in _fillings(cursor) if one.type in plan.types]
    for filling in fillings:
        count = 0
        rest: _Filling | None = filling
        while rest:
            with connections.writing() as cursor:
                filled, rest = _fill_some(plan, cursor, rest)
            count += filled
        done.append(f"filled {', '.join(filling.columns)} of {count} records of {filling.type}")
    return tuple(done)


def _fill_some(plan: Plan, cursor: Cursor, filling: _Filling) -> tuple[int, _Filling | None]:
    """The next records' values; how many, and what is left to do."""
    type_, table = plan.types[filling.type], plan.tables.records[filling.type]
    fields = [field for name in filling.columns if (field := type_.field(name))]
    behind = select(*row_columns(table)).where(table.c.id > bindparam("after")).order_by(table.c.id)
    read = compiled(behind.limit(bindparam("upto")))
    rows = cursor.execute(read.text, read.values({"after": filling.after, "upto": CHUNK})).fetchall()
    records = [view(type_, row, Scope.system("store upgrade")) for row in rows]
    if fields:
        changed: dict[Column[object], object] = {table.c[one.name]: bindparam(f"new_{one.name}") for one in fields}
        write = compiled(update(table).where(table.c.id == bindparam("at_id")).values(changed))
        for record in records:
            if not isinstance(record, Unreadable):  # what can't be read has no values; it is shown as unreadable anyway
                values: Mapping[str, object] = {f"new_{one.name}": column(record, one) for one in fields}
                cursor.execute(write.text, write.values({**values, "at_id": record.id}))
    if len(rows) < CHUNK:
        cursor.execute("DELETE FROM meta WHERE key = ?", (BACKFILL + filling.type,))
        return len(rows), None
    rest = _Filling(filling.type, filling.columns, rows[-1][0])
    _keep(cursor, rest)
    return len(rows), rest


def _fillings(cursor: Cursor) -> list[_Filling]:
    cursor.execute("SELECT key, value FROM meta WHERE key >= ? AND key < ?", (BACKFILL, BACKFILL + "\U0010ffff"))
    kept = [(key.removeprefix(BACKFILL), json.loads(value)) for key, value in cursor]
    return [_Filling(type_, tuple(value["columns"]), value["after"]) for type_, value in kept]


def _keep(cursor: Cursor, filling: _Filling) -> None:
    value = canonical({"columns": filling.columns, "after": filling.after})
    key = BACKFILL + filling.type
    cursor.execute("DELETE FROM meta WHERE key = ?", (key,))
    cursor.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))


def _index(plan: Plan, connections: Connections) -> tuple[str, ...]:
    """Missing indexes, made last: over filled columns that is one sort."""
    with connections.writing() as cursor:
        missing = lack(plan, cursor).indexes
        for table in plan.tables.metadata.sorted_tables:
            for index in table.indexes:
                if index.name in missing:
                    cursor.execute(ddl(CreateIndex(index)))
    return tuple(f"added index {one}" for one in missing)
