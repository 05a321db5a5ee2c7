"""Writing: a unit is turned into rows before the turn to write comes, then checked by reads, then written."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from sqlite3 import Cursor
from typing import Any

from attrs import frozen

from itsmkit import (
    COMMAND_LIFE,
    Change,
    Conflict,
    Delta,
    Done,
    Duplicate,
    Late,
    Lease,
    Outcome,
    Record,
    Ref,
    Scope,
    StoreError,
    Unit,
    canonical,
    check_change,
    column,
    delta,
    dump,
    from_ms,
    to_ms,
)
from itsmkit_store_sql import lanes
from itsmkit_store_sql.plan import Plan
from itsmkit_store_sql.reading import ALL, events, view
from itsmkit_store_sql.statements import TypeStatements

CHUNK = 256 * 1024
"""Bytes are kept in parts of this size, so that none needs one long stretch of file or memory."""

Rows = list[tuple[Any, ...]]


@frozen
class Ready:
    """A unit with all that can be computed beforehand: its rows, table by table."""

    unit: Unit
    deltas: tuple[Delta, ...]
    records: tuple[tuple[str, tuple[Any, ...]], ...]
    events: Rows
    reach: Rows
    reach_gone: Rows
    terms: Rows
    terms_gone: Rows
    refs: Rows
    refs_gone: Rows
    blobs: Rows


def prepare(plan: Plan, unit: Unit) -> Ready:
    """The unit's rows; StoreError for a change that can't be kept."""
    for change in unit.changes:
        check_change(change)
    records = tuple(_record(plan.of(one.after.type), one) for one in unit.changes)
    deltas = tuple(delta(plan.of(one.after.type).type, one.before, one.after) for one in unit.changes)
    pairs = [(one.after, different) for one, different in zip(unit.changes, deltas, strict=True)]
    named = {digest for one in deltas for digest in one.blobs}
    return Ready(
        unit,
        deltas,
        records,
        events=[row for one in unit.changes for row in _events(one)],
        reach=_rows(pairs, lambda one: one.reach),
        reach_gone=_rows(pairs, lambda one: one.reach_gone),
        # In order, as they lie in their table.
        terms=_rows(pairs, lambda one: sorted(one.terms)),
        terms_gone=_rows(pairs, lambda one: one.terms_gone),
        refs=[(digest, record.type, record.id) for record, one in pairs for digest in one.blobs],
        refs_gone=[(digest, record.type, record.id) for record, one in pairs for digest in one.blobs_gone],
        blobs=[row for one in unit.blobs if one.digest in named for row in _parts(one.digest, one.data)],
    )


def _rows(pairs: list[tuple[Record, Delta]], part: Callable[[Delta], Any]) -> Rows:
    return [(record.type, one, record.id) for record, different in pairs for one in part(different)]


def _record(its: TypeStatements, change: Change) -> tuple[str, tuple[Any, ...]]:
    record, before = change.after, change.before
    fields = its.fields
    now = [column(record, one) for one in fields]
    header = (record.version, record.head, canonical(record.reach), its.type.shape)
    if before is None:
        return its.insert, (record.id, *header, *now, dump(record))
    changed = [(one.name, value) for one, value in zip(fields, now, strict=True) if column(before, one) != value]
    names, values = zip(*changed, strict=True) if changed else ((), ())
    return its.change(names), (*header, *values, dump(record), record.id, before.version)


def _events(change: Change) -> Iterator[tuple[Any, ...]]:
    type_, id_ = change.after.type, change.after.id
    for one in change.events:
        sealed = (one.text, one.digest, one.personal_text, one.salt)
        yield (type_, id_, one.seq, to_ms(one.at), one.code, one.audience, *sealed)


def _parts(digest: str, data: bytes) -> Rows:
    return [(digest, part, data[at : at + CHUNK]) for part, at in enumerate(range(0, max(len(data), 1), CHUNK))]


def commit(plan: Plan, cursor: Cursor, ready: Ready, now: datetime) -> Outcome:
    """Check the unit and write it; nothing is written where it is refused."""
    unit = ready.unit
    if unit.command and (done := _repeated(plan, cursor, unit.command, now)):
        return done
    refusal = _late(plan, cursor, unit) or _stale(plan, cursor, unit)
    if refusal:
        return refusal
    keys = _keys(plan, cursor, ready)
    if isinstance(keys, Duplicate):
        return keys
    _write(plan, cursor, ready, keys)
    leases = lanes.schedule(plan, cursor, unit.changes, now)
    for settle in unit.settles:
        lanes.settle(plan, cursor, settle)
    for erase in unit.erases:
        cursor.execute(plan.statements.erase, (erase.type, erase.id, ALL if erase.upto is None else erase.upto))
    return _done(plan, cursor, unit, leases, now)


def _repeated(plan: Plan, cursor: Cursor, command: str, now: datetime) -> Done | None:
    row = cursor.execute(plan.statements.command, (command,)).fetchone()
    if not row or from_ms(row[0]) <= now - COMMAND_LIFE:
        return None
    return Done(tuple(Ref(*one) for one in json.loads(row[1])), repeated=True)


def _late(plan: Plan, cursor: Cursor, unit: Unit) -> Late | None:
    return next((Late(one.lease) for one in unit.settles if not lanes.holds(plan, cursor, one.lease)), None)


def _stale(plan: Plan, cursor: Cursor, unit: Unit) -> Conflict | None:
    expected = [(one.after.type, one.after.id, one.before.version if one.before else 0) for one in unit.changes]
    for type_, id_, version in expected + [(one.type, one.id, one.version) for one in unit.given]:
        row = cursor.execute(plan.of(type_).version, (id_,)).fetchone()
        if (row[0] if row else 0) != version:
            return _conflict(plan, cursor, type_, id_, version)
    return None


def _conflict(plan: Plan, cursor: Cursor, type_: str, id_: str, expected: int) -> Conflict:
    its = plan.of(type_)
    row = cursor.execute(its.row, (id_,)).fetchone()
    record = view(its.type, row, Scope.system("conflict")) if row else None
    missed = events(plan, cursor, (type_, id_), expected) if row else ()
    return Conflict(type_, id_, expected, record if isinstance(record, Record) else None, missed)


def _keys(plan: Plan, cursor: Cursor, ready: Ready) -> Rows | Duplicate:
    """The keys to be written, or the one that belongs to another record."""
    freed = {key for one in ready.deltas for key in one.keys_gone}
    fresh: dict[str, tuple[str, str]] = {}
    held = set()
    for change, different in zip(ready.unit.changes, ready.deltas, strict=True):
        mine = (change.after.type, change.after.id)
        for key in different.keys:
            holder = fresh.get(key)
            if holder is None and key not in freed:
                holder = cursor.execute(plan.statements.holder, (key,)).fetchone()
            if holder and holder != mine:
                return Duplicate(key, *holder)
            if holder:
                held.add(key)
            fresh[key] = mine
    return [(key, *mine) for key, mine in fresh.items() if key not in held]


def _write(plan: Plan, cursor: Cursor, ready: Ready, keys: Rows) -> None:
    s = plan.statements
    for text, values in ready.records:
        if cursor.execute(text, values).rowcount != 1:
            raise StoreError("a record changed under a lock that should have kept it; nothing was written")
    gone = [
        (key, change.after.type, change.after.id)
        for change, different in zip(ready.unit.changes, ready.deltas, strict=True)
        for key in different.keys_gone
    ]
    # What is dropped goes first: a key may pass from one record of the unit to another.
    for text, rows in (
        (s.add_event, ready.events),
        (s.drop_key, gone),
        (s.add_key, keys),
        (s.drop_reach, ready.reach_gone),
        (s.add_reach, ready.reach),
        (s.drop_term, ready.terms_gone),
        (s.add_term, ready.terms),
        (s.add_blob, ready.blobs),
        (s.add_ref, ready.refs),
        (s.drop_ref, ready.refs_gone),
        (s.drop_blob, [(digest,) for digest, *_ in ready.refs_gone]),
    ):
        if rows:
            cursor.executemany(text, rows)


def _done(plan: Plan, cursor: Cursor, unit: Unit, leases: tuple[Lease, ...], now: datetime) -> Done:
    refs = tuple(Ref(one.after.type, one.after.id, one.after.version) for one in unit.changes)
    if unit.command:
        kept = canonical([[one.type, one.id, one.version] for one in refs])
        cursor.execute(plan.statements.put_command, (unit.command, to_ms(now), kept))
        cursor.execute(plan.statements.purge_commands, (to_ms(now - COMMAND_LIFE),))
    return Done(refs, leases)
