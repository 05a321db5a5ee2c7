"""The text of every statement whose shape is known beforehand, compiled once when a store is opened.

They run by the driver's own cursor: with SQLAlchemy in between, a commit takes twice the time. Parameters stand
in the order named here; a statement that would take them otherwise is refused when it is made.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from attrs import field, frozen
from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    tuple_,
    update,
)

from itsmkit import Field, RecordType
from itsmkit_store_sql.sqlite import DIALECT, among, insert_or_replace, insert_or_skip, raw
from itsmkit_store_sql.tables import Tables, own_fields

ZERO: ColumnElement[int] = literal_column("0")
ONE: ColumnElement[int] = literal_column("1")
TWO: ColumnElement[int] = literal_column("2")
EMPTY: ColumnElement[str] = literal_column("''")


@frozen
class Statement:
    """A compiled statement; `fixed` are the values of parameters that never change."""

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]

    def values(self, given: Mapping[str, Any]) -> list[Any]:
        """The parameters in the statement's order."""
        return [given[name] if name in given else self.fixed[name] for name in self.names]


def compiled(statement: Executable) -> Statement:
    """The statement as this database reads it."""
    done = statement.compile(dialect=DIALECT)  # type: ignore[attr-defined]
    fixed = {name: value for name, value in done.params.items() if value is not None}
    return Statement(str(done), tuple(done.positiontup or ()), fixed)


def fixed_text(statement: Executable, names: str) -> str:
    """The statement's text, its parameters being exactly those, in that order."""
    made = compiled(statement)
    if made.names != tuple(names.split()):
        raise TypeError(f"{made.text} takes {made.names}, not {names}")
    return made.text


@frozen
class TypeStatements:
    """Statements for the records of one type; `fields` are those with a column of their own, in order.

    A row reads: id, version, head, reach, shape, body in bytes.
    """

    type: RecordType
    fields: tuple[Field, ...]
    insert: str
    version: str
    row: str
    row_by_key: str
    change: Callable[[tuple[str, ...]], str] = field(eq=False)
    """The update that sets these fields only: an index on a field that stays the same isn't touched then."""


@frozen
class Statements:
    """All of them. Where a name says `put`, a row with the same key is replaced."""

    types: Mapping[str, TypeStatements]
    add_event: str
    add_key: str
    drop_key: str
    add_reach: str
    drop_reach: str
    add_term: str
    drop_term: str
    add_blob: str
    add_ref: str
    drop_ref: str
    drop_blob: str
    put_command: str
    purge_commands: str
    put_todo: str
    drop_todo: str
    done_todo: str
    again_todo: str
    claim_todo: str
    park_todo: str
    erase: str
    command: str
    holder: str
    fence: str
    any_due: str
    due: str
    waiting: str
    parked: str
    todos: str
    events: str
    heard: str
    named: str
    named_within: str
    bytes: str
    how_many: str
    having: str
    within: str


def row_columns(table: Table) -> tuple[ColumnElement[Any], ...]:
    """What is read of a record."""
    return (*(table.c[name] for name in ("id", "version", "head", "reach", "shape")), raw(table.c.body))


def statements(tables: Tables, types: Mapping[str, RecordType]) -> Statements:
    """Compile them for these tables."""
    return Statements(
        types={name: _of_type(tables, one) for name, one in types.items()},
        **_record_writes(tables),
        **_lane_statements(tables.lanes),
        **_reads(tables),
    )


def _of_type(tables: Tables, type_: RecordType) -> TypeStatements:
    table, keys = tables.records[type_.name], tables.keys

    def change(changed: tuple[str, ...]) -> str:
        columns = ("version", "head", "reach", "shape", *changed, "body")
        return fixed_text(_set(table, columns, "id version"), f"{' '.join(columns)} at_id at_version")

    by_key = select(*row_columns(table)).join_from(keys, table, keys.c.id == table.c.id)
    return TypeStatements(
        type_,
        own_fields(type_),
        insert=_add(table),
        version=fixed_text(select(table.c.version).where(_at(table, "id")), "at_id"),
        row=fixed_text(select(*row_columns(table)).where(_at(table, "id")), "at_id"),
        row_by_key=fixed_text(by_key.where(_at(keys, "key type")), "at_key at_type"),
        change=lru_cache(maxsize=1024)(change),
    )


def _record_writes(tables: Tables) -> dict[str, str]:
    events, blobs, refs, commands = tables.events, tables.blobs, tables.blob_refs, tables.commands
    orphan = ~exists().where(refs.c.digest == blobs.c.digest)
    # Two at a time keep pace with one that is added; more would make some commits slower than others.
    old = select(commands.c.command).where(commands.c.at <= bindparam("upto")).order_by(commands.c.at)
    known = events.c.personal != EMPTY
    forget = update(events).where(_at(events, "type id"), events.c.seq <= bindparam("upto"), known)
    return {
        "add_event": _add(events),
        "add_key": _add(tables.keys),
        "drop_key": _drop(tables.keys, "key type id"),
        # The analyser of terms and what a type names may change with a version: then some are there already.
        "add_reach": _add(tables.reach, insert_or_skip),
        "drop_reach": _drop(tables.reach, "type key id"),
        "add_term": _add(tables.terms, insert_or_skip),
        "drop_term": _drop(tables.terms, "type term id"),
        "add_blob": _add(blobs, insert_or_skip),
        "add_ref": _add(refs, insert_or_skip),
        "drop_ref": _drop(refs, "digest type id"),
        "drop_blob": fixed_text(delete(blobs).where(_at(blobs, "digest"), orphan), "at_digest"),
        "put_command": _add(commands, insert_or_replace),
        "purge_commands": fixed_text(delete(commands).where(commands.c.command.in_(_first(old, TWO))), "upto"),
        "erase": fixed_text(forget.values(personal=EMPTY, salt=EMPTY), "at_type at_id upto"),
    }


def _lane_statements(lanes: Table) -> dict[str, str]:
    lane, held = _at(lanes, "lane"), _at(lanes, "lane type id part fence")
    open_ = lanes.c.parked == ZERO
    free = (lanes.c.leased == ZERO) | (lanes.c.until <= bindparam("now_again"))
    lease = tuple(lanes.c[name] for name in ("type", "id", "part", "due", "until", "fence", "lapses"))
    due = select(*lease, lanes.c.leased).where(lane, open_, lanes.c.due <= bindparam("now"), free)
    soonest = (lanes.c.due, lanes.c.id, lanes.c.part)
    parked = select(*lease).where(lane, lanes.c.parked == ONE).order_by(*soonest)
    places = (lanes.c.type, lanes.c.id, lanes.c.part)
    behind = tuple_(*places) > tuple_(*(bindparam(f"after_{one.name}") for one in places))
    all_ = select(*lease, lanes.c.leased, lanes.c.parked).where(lane, behind).order_by(*places)
    waiting = select(func.count(), func.min(lanes.c.due)).where(lane, open_)
    change = update(lanes).where(held)
    again = change.values(due=bindparam("due"), lapses=ZERO, leased=ZERO, parked=bindparam("parked"))
    claim = change.values(until=bindparam("until"), fence=lanes.c.fence + ONE, lapses=bindparam("lapses"), leased=ONE)
    park = change.values(lapses=bindparam("lapses"), leased=ZERO, parked=ONE)
    place = "at_lane at_type at_id at_part at_fence"
    return {
        "put_todo": _add(lanes, insert_or_replace),
        "drop_todo": _drop(lanes, "lane type id part"),
        "done_todo": _drop(lanes, "lane type id part fence"),
        "again_todo": fixed_text(again, f"due parked {place}"),
        "claim_todo": fixed_text(claim, f"until lapses {place}"),
        "park_todo": fixed_text(park, f"lapses {place}"),
        "fence": fixed_text(select(ONE).where(held, lanes.c.leased == ONE), place),
        "any_due": fixed_text(_first(due.with_only_columns(ONE), ONE), "at_lane now now_again"),
        "due": fixed_text(_first(due.order_by(*soonest)), "at_lane now now_again upto"),
        "waiting": fixed_text(waiting, "at_lane"),
        "parked": fixed_text(_first(parked), "at_lane upto"),
        "todos": fixed_text(_first(all_), "at_lane after_type after_id after_part upto"),
    }


def _reads(tables: Tables) -> dict[str, str]:
    commands, keys, reach, refs, blobs = tables.commands, tables.keys, tables.reach, tables.blob_refs, tables.blobs
    reached = among(reach.c.key, "keys")
    named = select(ONE).where(_at(refs, "digest"))
    visible = exists().where(reach.c.type == refs.c.type, reach.c.id == refs.c.id, reached)
    within = select(reach.c.id).distinct().where(_at(reach, "type"), reached)
    parts = select(blobs.c.data).where(_at(blobs, "digest")).order_by(blobs.c.part)
    return {
        "command": fixed_text(select(commands.c.at, commands.c.refs).where(_at(commands, "command")), "at_command"),
        "holder": fixed_text(select(keys.c.type, keys.c.id).where(_at(keys, "key")), "at_key"),
        "named": fixed_text(_first(named, ONE), "at_digest"),
        "named_within": fixed_text(_first(named.where(visible), ONE), "at_digest keys"),
        "bytes": fixed_text(parts, "at_digest"),
        "within": fixed_text(_first(within), "at_type keys upto"),
        **_event_reads(tables.events),
        **_term_reads(tables.terms),
    }


def _event_reads(events: Table) -> dict[str, str]:
    plain = (events.c[one] for one in ("seq", "at", "code", "audience"))
    sealed = (raw(events.c[one]) for one in ("text", "digest", "personal", "salt"))
    behind = select(*plain, *sealed).where(_at(events, "type id"), events.c.seq > bindparam("after"))
    heard = behind.where(among(events.c.audience, "audiences"))
    return {
        "events": fixed_text(_first(behind.order_by(events.c.seq)), "at_type at_id after upto"),
        "heard": fixed_text(_first(heard.order_by(events.c.seq)), "at_type at_id after audiences upto"),
    }


def _term_reads(terms: Table) -> dict[str, str]:
    having = _at(terms, "type term")
    some = _first(select(ONE.label("one")).select_from(terms).where(having)).subquery()
    newest = select(terms.c.id).where(having).order_by(terms.c.id.desc())
    return {
        "how_many": fixed_text(select(func.count()).select_from(some), "at_type at_term upto"),
        "having": fixed_text(_first(newest), "at_type at_term upto"),
    }


def _first(wanted: Select[Any], upto: ColumnElement[int] | None = None) -> Select[Any]:
    """The first so many rows; without an offset of its own, SQLAlchemy would add a parameter for it."""
    return wanted.limit(bindparam("upto") if upto is None else upto).offset(ZERO)


def _at(table: Table, names: str) -> ColumnElement[bool]:
    """The row with that key. Parameters are called `at_<column>`: the plain name may be set by the same statement."""
    return and_(*(table.c[name] == bindparam(f"at_{name}") for name in names.split()))


def _set(table: Table, columns: tuple[str, ...], at: str) -> Executable:
    return update(table).where(_at(table, at)).values({table.c[one]: bindparam(one) for one in columns})


def _add(table: Table, how: Callable[[Table], Executable] = insert) -> str:
    return fixed_text(how(table), " ".join(column.name for column in table.columns))


def _drop(table: Table, names: str) -> str:
    return fixed_text(delete(table).where(_at(table, names)), " ".join(f"at_{name}" for name in names.split()))
