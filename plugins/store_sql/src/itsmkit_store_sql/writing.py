"""Writing: units become rows before the turn to write comes; what they rest on is read at once; then all is written.

In between, `itsmkit.decide` says what becomes of each unit. So a commit of any number of units waits twice for a
server, and a file sees one statement a table.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from attrs import Factory, define, evolve, frozen

from itsmkit import (
    COMMAND_LIFE,
    Change,
    Conflict,
    Delta,
    Done,
    Lane,
    Lease,
    Outcome,
    Record,
    Ref,
    Scope,
    Seen,
    StoreError,
    Unit,
    canonical,
    check_change,
    column,
    decide,
    delta,
    dump,
    from_ms,
    instant,
    slot,
    to_ms,
)
from itsmkit_store_sql import lanes
from itsmkit_store_sql.databases import NOTHING, Question, Row, Rows, Turn, Write
from itsmkit_store_sql.plan import Plan
from itsmkit_store_sql.reading import ALL, event, view
from itsmkit_store_sql.statements import TypeStatements

CHUNK = 256 * 1024
"""Bytes are kept in parts of this size, so that none needs one long stretch of file or memory."""


@frozen
class Ready:
    """A unit with all that can be computed beforehand: its rows, table by table, and the records it touches."""

    unit: Unit
    deltas: tuple[Delta, ...]
    places: frozenset[tuple[str, str]]
    records: tuple[tuple[Write, Row], ...]
    events: Rows
    keys_gone: Rows
    reach: Rows
    reach_gone: Rows
    terms: Rows
    terms_gone: Rows
    refs: Rows
    refs_gone: Rows
    blobs: Rows
    erases: Rows

    @property
    def keys(self) -> Iterator[str]:
        """The unique keys that it needs."""
        return (key for one in self.deltas for key in one.keys)

    @property
    def digests(self) -> Iterator[str]:
        """Of the bytes that a record of it names from now on, or no longer."""
        return (digest for digest, *_ in chain(self.refs, self.refs_gone))


def prepare(plan: Plan, unit: Unit) -> Ready:
    """The unit's rows; StoreError for a change that can't be kept."""
    for change in unit.changes:
        check_change(change)
    records = tuple(_record(plan.of(one.after.type), one) for one in unit.changes)
    deltas = tuple(delta(plan.of(one.after.type).type, one.before, one.after) for one in unit.changes)
    pairs = [(one.after, different) for one, different in zip(unit.changes, deltas, strict=True)]
    changed = {(one.type, one.id) for one, _ in pairs}
    if len(changed) < len(pairs):
        raise StoreError("a unit changes a record twice; put both changes into one")
    named = {digest for one in deltas for digest in one.blobs}
    brief = plan.phrases.brief
    return Ready(
        unit,
        deltas,
        frozenset(changed | {(one.type, one.id) for one in unit.erases}),
        records,
        events=[row for one in unit.changes for row in _events(one)],
        keys_gone=[(brief(key), record.type, record.id) for record, one in pairs for key in one.keys_gone],
        reach=_rows(pairs, lambda one: map(brief, one.reach)),
        reach_gone=_rows(pairs, lambda one: map(brief, one.reach_gone)),
        # In order, as they lie in their table.
        terms=_rows(pairs, lambda one: sorted(map(brief, one.terms))),
        terms_gone=_rows(pairs, lambda one: map(brief, one.terms_gone)),
        refs=[(digest, record.type, record.id) for record, one in pairs for digest in one.blobs],
        refs_gone=[(digest, record.type, record.id) for record, one in pairs for digest in one.blobs_gone],
        blobs=[row for one in unit.blobs if one.digest in named for row in _parts(one.digest, one.data)],
        erases=[(one.type, one.id, ALL if one.upto is None else one.upto) for one in unit.erases],
    )


def _rows(pairs: list[tuple[Record, Delta]], part: Callable[[Delta], Iterable[str]]) -> Rows:
    return [(record.type, one, record.id) for record, different in pairs for one in part(different)]


def _record(its: TypeStatements, change: Change) -> tuple[Write, Row]:
    record, before = change.after, change.before
    header = (record.version, record.head, canonical(record.reach), its.type.shape)
    if before is None:
        return its.insert, (record.id, *header, *(column(record, one) for one in its.fields), dump(record))
    changed = [one for one in its.fields if getattr(before, one.name) != getattr(record, one.name)]
    names, values = tuple(one.name for one in changed), (column(record, one) for one in changed)
    return its.change(names), (*header, *values, dump(record), record.id, before.version)


def _events(change: Change) -> Iterator[Row]:
    type_, id_ = change.after.type, change.after.id
    for one in change.events:
        sealed = (one.text, one.digest, one.personal_text, one.salt)
        yield (type_, id_, one.seq, to_ms(one.at), one.code, one.audience, *sealed)


def _parts(digest: str, data: bytes) -> Rows:
    return [(digest, part, data[at : at + CHUNK]) for part, at in enumerate(range(0, max(len(data), 1), CHUNK))]


def commit(plan: Plan, turn: Turn, ready: Sequence[Ready], clock: Callable[[], datetime] | None) -> tuple[Outcome, ...]:
    """The outcomes of these units, one after the other; what is done is written when the turn ends."""
    batch = _look(plan, turn, ready, clock)
    outcomes = []
    for one in ready:
        if batch.touches(one):
            batch.write()
        outcome = decide(batch.seen, one.unit, one.deltas, batch.now)
        if isinstance(outcome, Conflict):
            batch.write()  # it is told as things stand at this unit's turn
            outcome = _told(plan, turn, outcome)
        elif isinstance(outcome, Done) and not outcome.repeated:
            batch.add(one, outcome)
        outcomes.append(outcome)
    batch.write()
    return tuple(outcomes)


def _look(plan: Plan, turn: Turn, ready: Sequence[Ready], clock: Callable[[], datetime] | None) -> "_Batch":
    """What the units rest on, locked where others could change it, and what time it is.

    Whatever may wait for a lock is asked first: the answers behind it show what was written meanwhile.
    """
    s, phrases, units = plan.statements, plan.phrases, [one.unit for one in ready]
    ask = _Asking(phrases.listed)
    if phrases.hold:
        ask.for_any(phrases.hold, sorted({digest for one in ready for digest in one.digests}))
    versions = [
        (type_, ask.for_any(plan.of(type_).claimed if mine else plan.of(type_).kept, ids))
        for type_, mine, ids in _locks(units)
    ]
    todos = [
        (lane, ask(s.leased, (lane.value, type_, part, phrases.listed(ids))))
        for (lane, type_, part), ids in _leased(units)
    ]
    keys = {phrases.brief(key): key for one in ready for key in one.keys}
    commands = {phrases.brief(unit.command): unit.command for unit in units if unit.command}
    held, done = ask.for_any(s.holders, keys), ask.for_any(s.commands, commands)
    time = ask(phrases.clock) if phrases.clock and not clock else None
    answers = turn.answers(ask.questions)
    now = from_ms(answers[time][0][0]) if time is not None else instant(clock() if clock else datetime.now(UTC))
    seen = Seen(
        versions={(type_, id_): version for type_, at in versions for id_, version in answers[at]},
        todos={
            slot(one.lease): one for lane, at in todos for row in answers[at] for one in (lanes.standing(lane, row),)
        },
        holders={keys[key]: (type_, id_) for key, type_, id_ in answers[held]},
        commands={commands[command]: (from_ms(at), _refs(kept)) for command, at, kept in answers[done]},
    )
    return _Batch(plan, turn, seen, now, [(row[0],) for row in answers[done] if from_ms(row[1]) <= now - COMMAND_LIFE])


def _refs(kept: str) -> tuple[Ref, ...]:
    return tuple(Ref(*one) for one in json.loads(kept))


class _Asking:
    """Questions to be asked together; each gives the place of its answer."""

    def __init__(self, listed: Callable[[Iterable[Any]], str]) -> None:
        self.questions: list[Question] = []
        self._listed = listed

    def __call__(self, text: str, values: Sequence[Any] = ()) -> int:
        self.questions.append((text, values))
        return len(self.questions) - 1

    def for_any(self, text: str, values: Collection[str]) -> int:
        """The question for these values; where there are none, the answer is empty and nobody asked."""
        return self(text, (self._listed(values),)) if values else self(NOTHING)


@define
class _Batch:
    """Units that are decided and not written yet, on the ground of what was seen. `expired` commands make room."""

    plan: Plan
    turn: Turn
    seen: Seen
    now: datetime
    expired: Rows
    ready: list[Ready] = Factory(list)
    commands: Rows = Factory(list)
    places: set[tuple[str, str]] = Factory(set)
    dropped: set[str] = Factory(set)

    def touches(self, one: Ready) -> bool:
        """Whether the unit builds on what these change: then they must be written before."""
        named = (digest for digest, *_ in one.refs)
        return bool(self.ready) and not (self.places.isdisjoint(one.places) and self.dropped.isdisjoint(named))

    def add(self, one: Ready, done: Done) -> None:
        """One more."""
        self.ready.append(one)
        self.places |= one.places
        self.dropped.update(digest for digest, *_ in one.refs_gone)
        if one.unit.command:
            refs = canonical([[ref.type, ref.id, ref.version] for ref in done.refs])
            self.commands.append((self.plan.phrases.brief(one.unit.command), to_ms(self.now), refs))

    def write(self) -> None:
        """Write them, each table's rows at once; then there are none."""
        if not self.ready:
            return
        for write, rows in self._rows():
            if rows:
                self.turn.put(write, rows)
        for one in (self.seen.taken, self.seen.moved, self.ready, self.commands, self.expired):
            one.clear()
        self.places, self.dropped = set(), set()

    def _rows(self) -> Iterator[tuple[Write, Rows]]:
        s, ready = self.plan.statements, self.ready
        records: dict[Write, Rows] = {}
        for one in ready:
            for write, row in one.records:
                records.setdefault(write, []).append(row)
        yield from records.items()
        yield s.add_event, _joined(one.events for one in ready)
        # What is dropped goes first: a key may pass from one record of a unit to another.
        yield s.drop_key, _joined(one.keys_gone for one in ready)
        yield s.add_key, [(self.plan.phrases.brief(key), *place) for key, place in self.seen.taken.items()]
        yield s.drop_reach, _joined(one.reach_gone for one in ready)
        yield s.add_reach, _joined(one.reach for one in ready)
        yield s.drop_term, _joined(one.terms_gone for one in ready)
        yield s.add_term, _joined(one.terms for one in ready)
        yield s.add_blob, _joined(one.blobs for one in ready)
        yield s.add_ref, _joined(one.refs for one in ready)
        yield s.drop_ref, _joined(one.refs_gone for one in ready)
        yield s.drop_blob, [(digest,) for one in ready for digest, *_ in one.refs_gone]
        moved = self.seen.moved.items()
        yield s.put_todo, [lanes.row_of(one) for _, one in moved if one]
        yield s.drop_todo, [(lane.value, *place) for (lane, *place), one in moved if not one]
        yield s.erase, _joined(one.erases for one in ready)
        yield s.drop_command, self.expired
        if self.commands:
            yield s.add_command, self.commands
            # Two at a time keep pace with one that is added; more would make some commits slower than others.
            yield s.purge_commands, [(to_ms(self.now - COMMAND_LIFE), 2 * len(self.commands))]


def _joined(parts: Iterable[Rows]) -> Rows:
    return list(chain.from_iterable(parts))


def _locks(units: Iterable[Unit]) -> Iterator[tuple[str, bool, list[str]]]:
    """Type, whether they are to be changed, and ids of the records to be locked, everybody in the same order."""
    places = {(one.type, one.id): False for unit in units for one in unit.given}
    places |= {(one.after.type, one.after.id): True for unit in units for one in unit.changes}
    ordered = sorted((type_, id_, mine) for (type_, id_), mine in places.items())
    for (type_, mine), group in groupby(ordered, key=lambda one: (one[0], one[2])):
        yield type_, mine, [id_ for _, id_, _ in group]


def _leased(units: Iterable[Unit]) -> Iterator[tuple[tuple[Lane, str, str], list[str]]]:
    """Lane, type and part, with the ids, of the todos whose leases end, everybody in the same order."""
    places = sorted({(lease.lane, lease.type, lease.part, lease.id) for unit in units for lease in _leases(unit)})
    for place, group in groupby(places, key=itemgetter(0, 1, 2)):
        yield place, [id_ for *_, id_ in group]


def _leases(unit: Unit) -> Iterator[Lease]:
    return (one.lease for one in unit.settles)


def _told(plan: Plan, turn: Turn, found: Conflict) -> Conflict:
    """The conflict with the record as it is and the events missed."""
    its = plan.of(found.type)
    rows, events = turn.answers(
        [(its.row, (found.id,)), (plan.statements.events, (found.type, found.id, found.expected, ALL))]
    )
    record = view(its.type, rows[0], Scope.system("conflict")) if rows else None
    missed = tuple(event(found.id, row) for row in events) if rows else ()
    return evolve(found, record=record if isinstance(record, Record) else None, missed=missed)
