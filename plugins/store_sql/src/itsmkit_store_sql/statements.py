"""The text of every statement whose shape is known beforehand, compiled once when a store is opened.

They run by the driver's own cursor: with SQLAlchemy in between, a commit takes twice the time. Parameters stand
in the order named here; a statement that would take them otherwise is refused when it is made.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache, partial
from typing import Any

from attrs import field, frozen
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Executable,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    select,
    tuple_,
    update,
)

from itsmkit import LAPSES, Field, RecordType
from itsmkit_store_sql.databases import Phrases, Write
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


def compiled(phrases: Phrases, statement: Executable) -> Statement:
    """The statement as this database reads it."""
    done = statement.compile(dialect=phrases.dialect)  # type: ignore[attr-defined]
    fixed = {name: value for name, value in done.params.items() if value is not None}
    return Statement(str(done), tuple(done.positiontup or ()), fixed)


def fixed_text(phrases: Phrases, statement: Executable, names: str) -> str:
    """The statement's text, its parameters being exactly those, in that order."""
    made = compiled(phrases, statement)
    if made.names != tuple(names.split()):
        raise TypeError(f"{made.text} takes {made.names}, not {names}")
    return made.text


Text = Callable[[Executable, str], str]
"""`fixed_text` for one database."""


@frozen
class TypeStatements:
    """Statements for the records of one type; `fields` are those with a column of their own, in order.

    A row reads: id, version, head, reach, shape, body.
    """

    type: RecordType
    fields: tuple[Field, ...]
    insert: Write
    claimed: str
    """Id and version of those listed, in the order of their ids, theirs to change until the transaction ends."""
    kept: str
    """The same for those that others may not change meanwhile."""
    row: str
    row_by_key: str
    change: Callable[[tuple[str, ...]], Write] = field(eq=False)
    """The update that sets these fields only: an index on a field that stays the same isn't touched then."""


@frozen
class Statements:
    """All of them."""

    types: Mapping[str, TypeStatements]
    add_event: Write
    add_key: Write
    drop_key: Write
    add_reach: Write
    drop_reach: Write
    add_term: Write
    drop_term: Write
    add_blob: Write
    add_ref: Write
    drop_ref: Write
    drop_blob: Write
    add_command: Write
    drop_command: Write
    purge_commands: Write
    put_todo: Write
    drop_todo: Write
    erase: Write
    commands: str
    holders: str
    leased: str
    claim: str
    any_due: str
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


class Present(Enum):
    """What becomes of a row that is there already."""

    REFUSED = "refused"
    LEFT = "left"
    REPLACED = "replaced"


def row_columns(phrases: Phrases, table: Table) -> tuple[ColumnElement[Any], ...]:
    """What is read of a record."""
    return (*(table.c[name] for name in ("id", "version", "head", "reach", "shape")), phrases.raw(table.c.body))


def statements(phrases: Phrases, tables: Tables, types: Mapping[str, RecordType]) -> Statements:
    """Compile them for these tables."""
    return Statements(
        types={name: _of_type(phrases, tables, one) for name, one in types.items()},
        **_record_writes(phrases, tables),
        **_lane_writes(phrases, tables.lanes),
        **_lane_reads(phrases, tables.lanes),
        **_reads(phrases, tables),
    )


def _of_type(phrases: Phrases, tables: Tables, type_: RecordType) -> TypeStatements:
    table, keys, text = tables.records[type_.name], tables.keys, partial(fixed_text, phrases)

    def change(changed: tuple[str, ...]) -> Write:
        columns = ("version", "head", "reach", "shape", *changed, "body")
        return Write(text(_set(table, columns, "id version"), f"{' '.join(columns)} at_id at_version"))

    columns = row_columns(phrases, table)
    by_key = select(*columns).join_from(keys, table, keys.c.id == table.c.id)
    names = " ".join(column.name for column in table.columns)
    listed = select(table.c.id, table.c.version).where(phrases.among(table.c.id, "ids")).order_by(table.c.id)
    return TypeStatements(
        type_,
        own_fields(type_),
        insert=Write(text(phrases.insert(table), names)),
        claimed=text(listed.with_for_update(), "ids"),
        kept=text(listed.with_for_update(read=True), "ids"),
        row=text(select(*columns).where(_at(table, "id")), "at_id"),
        row_by_key=text(by_key.where(_at(keys, "key type")), "at_key at_type"),
        change=lru_cache(maxsize=1024)(change),
    )


def _record_writes(phrases: Phrases, tables: Tables) -> dict[str, Any]:
    events, blobs, refs, commands = tables.events, tables.blobs, tables.blob_refs, tables.commands
    add, drop, text = partial(_add, phrases), partial(_drop, phrases), partial(fixed_text, phrases)
    orphan = ~exists().where(refs.c.digest == blobs.c.digest)
    old = select(commands.c.command).where(commands.c.at <= bindparam("at_upto")).order_by(commands.c.at)
    purged = delete(commands).where(phrases.chosen(commands, _first(old)))
    known = events.c.personal != EMPTY
    forget = update(events).where(_at(events, "type id"), events.c.seq <= bindparam("at_seq"), known)
    add_blob = phrases.insert(blobs).on_conflict_do_nothing()
    return {
        "add_event": add(events),
        "add_key": add(tables.keys),
        "drop_key": drop(tables.keys, "key type id"),
        # The analyser of terms and what a type names may change with a version: then some are there already.
        "add_reach": add(tables.reach, Present.LEFT),
        "drop_reach": drop(tables.reach, "type key id"),
        "add_term": add(tables.terms, Present.LEFT),
        "drop_term": drop(tables.terms, "type term id"),
        "add_blob": Write(text(add_blob, "digest part data")),
        "add_ref": add(refs, Present.LEFT),
        "drop_ref": drop(refs, "digest type id"),
        "drop_blob": Write(text(delete(blobs).where(_at(blobs, "digest"), orphan), "at_digest")),
        "add_command": add(commands),
        "drop_command": drop(commands, "command"),
        "purge_commands": Write(text(purged, "at_upto upto")),
        "erase": Write(text(forget.values(personal=EMPTY, salt=EMPTY), "at_type at_id at_seq")),
    }


LEASE = ("type", "id", "part", "due", "until", "fence", "lapses")


def _lane_writes(phrases: Phrases, lanes: Table) -> dict[str, Any]:
    """`claim` leases what is due and parks what lapsed too often, in one statement; it gives rows as `todos` does."""
    lapses = lanes.c.lapses + lanes.c.leased
    spent = lapses >= literal_column(str(LAPSES))
    claimed = update(lanes).where(phrases.chosen(lanes, _first(_due(lanes).order_by(*_soonest(lanes)))))
    claimed = claimed.values(
        lapses=lapses,
        until=case((spent, lanes.c.until), else_=bindparam("until", type_=BigInteger)),
        fence=case((spent, lanes.c.fence), else_=lanes.c.fence + ONE),
        leased=case((spent, ZERO), else_=ONE),
        parked=case((spent, ONE), else_=ZERO),
    )
    given = claimed.returning(*(lanes.c[name] for name in (*LEASE, "leased", "parked")))
    return {
        "put_todo": _add(phrases, lanes, Present.REPLACED),
        "drop_todo": _drop(phrases, lanes, "lane type id part"),
        "claim": fixed_text(phrases, given, "until at_lane now now_again upto"),
    }


def _lane_reads(phrases: Phrases, lanes: Table) -> dict[str, Any]:
    text, lane = partial(fixed_text, phrases), _at(lanes, "lane")
    lease = tuple(lanes.c[name] for name in LEASE)
    standing = select(*lease, lanes.c.leased, lanes.c.parked)
    parked = select(*lease).where(lane, lanes.c.parked == ONE).order_by(*_soonest(lanes))
    places = (lanes.c.type, lanes.c.id, lanes.c.part)
    behind = tuple_(*places) > tuple_(*(bindparam(f"after_{one.name}") for one in places))
    waiting = select(func.count(), func.min(lanes.c.due)).where(lane, lanes.c.parked == ZERO)
    return {
        "leased": text(
            standing.where(_at(lanes, "lane type part"), phrases.among(lanes.c.id, "ids"))
            .order_by(lanes.c.id)
            .with_for_update(),
            "at_lane at_type at_part ids",
        ),
        # In order, so that nobody takes it for quicker to look through the whole table.
        "any_due": text(
            _first(_due(lanes).with_only_columns(ONE).order_by(*_soonest(lanes)), ONE), "at_lane now now_again"
        ),
        "waiting": text(waiting, "at_lane"),
        "parked": text(_first(parked), "at_lane upto"),
        "todos": text(
            _first(standing.where(lane, behind).order_by(*places)), "at_lane after_type after_id after_part upto"
        ),
    }


def _due(lanes: Table) -> Select[Any]:
    free = (lanes.c.leased == ZERO) | (lanes.c.until <= bindparam("now_again"))
    due = lanes.c.due <= bindparam("now")
    return select(lanes.c.id).where(_at(lanes, "lane"), lanes.c.parked == ZERO, due, free)


def _soonest(lanes: Table) -> tuple[ColumnElement[Any], ...]:
    return lanes.c.due, lanes.c.id, lanes.c.part


def _reads(phrases: Phrases, tables: Tables) -> dict[str, Any]:
    commands, keys, reach, refs, blobs = tables.commands, tables.keys, tables.reach, tables.blob_refs, tables.blobs
    among, text = phrases.among, partial(fixed_text, phrases)
    reached = among(reach.c.key, "keys")
    named = select(ONE).where(_at(refs, "digest"))
    visible = exists().where(reach.c.type == refs.c.type, reach.c.id == refs.c.id, reached)
    within = select(reach.c.id).distinct().where(_at(reach, "type"), reached)
    parts = select(blobs.c.data).where(_at(blobs, "digest")).order_by(blobs.c.part)
    return {
        "commands": text(select(*commands.columns).where(among(commands.c.command, "commands")), "commands"),
        "holders": text(select(*keys.columns).where(among(keys.c.key, "keys")), "keys"),
        "named": text(_first(named, ONE), "at_digest"),
        "named_within": text(_first(named.where(visible), ONE), "at_digest keys"),
        "bytes": text(parts, "at_digest"),
        "within": text(_first(within), "at_type keys upto"),
        **_event_reads(phrases, tables.events),
        **_term_reads(text, tables.terms),
    }


def _event_reads(phrases: Phrases, events: Table) -> dict[str, str]:
    plain = (events.c[one] for one in ("seq", "at", "code", "audience"))
    sealed = (phrases.raw(events.c[one]) for one in ("text", "digest", "personal", "salt"))
    behind = select(*plain, *sealed).where(_at(events, "type id"), events.c.seq > bindparam("after"))
    heard = behind.where(phrases.among(events.c.audience, "audiences"))
    return {
        "events": fixed_text(phrases, _first(behind.order_by(events.c.seq)), "at_type at_id after upto"),
        "heard": fixed_text(phrases, _first(heard.order_by(events.c.seq)), "at_type at_id after audiences upto"),
    }


def _term_reads(text: Text, terms: Table) -> dict[str, str]:
    having = _at(terms, "type term")
    some = _first(select(ONE.label("one")).select_from(terms).where(having)).subquery()
    newest = select(terms.c.id).where(having).order_by(terms.c.id.desc())
    return {
        "how_many": text(select(func.count()).select_from(some), "at_type at_term upto"),
        "having": text(_first(newest), "at_type at_term upto"),
    }


def _first(wanted: Select[Any], upto: ColumnElement[int] | None = None) -> Select[Any]:
    """The first so many rows; without an offset of its own, SQLAlchemy would add a parameter for it."""
    return wanted.limit(bindparam("upto", type_=BigInteger) if upto is None else upto).offset(ZERO)


def _at(table: Table, names: str) -> ColumnElement[bool]:
    """The row with that key. Parameters are called `at_<column>`: the plain name may be set by the same statement."""
    return and_(*(table.c[name] == bindparam(f"at_{name}") for name in names.split()))


def _set(table: Table, columns: tuple[str, ...], at: str) -> Executable:
    return update(table).where(_at(table, at)).values({table.c[one]: bindparam(one) for one in columns})


def _add(phrases: Phrases, table: Table, present: Present = Present.REFUSED) -> Write:
    names = [column.name for column in table.columns]
    insert, given = phrases.insert(table), phrases.given(list(table.columns))
    if given is not None:
        insert = insert.from_select(names, select(*given.c))
    if present is Present.LEFT:
        insert = insert.on_conflict_do_nothing()
    elif present is Present.REPLACED:
        fresh = {column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key}
        insert = insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=fresh)
    return Write(fixed_text(phrases, insert, " ".join(names)), given is not None)


def _drop(phrases: Phrases, table: Table, names: str) -> Write:
    columns = [table.c[name] for name in names.split()]
    given = phrases.given(columns, "at_")
    same = _at(table, names) if given is None else and_(*(one == given.c[one.name] for one in columns))
    return Write(
        fixed_text(phrases, delete(table).where(same), " ".join(f"at_{one.name}" for one in columns)), given is not None
    )
