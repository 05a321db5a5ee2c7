"""The store contract executed in memory: slow, obvious, and what the other stores are compared with."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any

from attrs import define, evolve, frozen

from itsmkit.core import codec
from itsmkit.core.access import masked, masked_history
from itsmkit.core.asked import check_query, check_tally, column, page_end, page_start, shown, stored
from itsmkit.core.delta import Delta, check_change, delta
from itsmkit.core.errors import NewerShape, QueryError, StoreError
from itsmkit.core.model.event import Event
from itsmkit.core.model.query import LIKE_LIMIT, Count, Op, Page, Query, Scope, Tally, Test
from itsmkit.core.model.record import Blob, Record, RecordType, Unreadable, instant
from itsmkit.core.model.unit import (
    FENCE_STEP,
    LAPSES,
    Change,
    Conflict,
    Done,
    Duplicate,
    Lane,
    LaneView,
    Late,
    Lease,
    Outcome,
    Ref,
    Settle,
    Standing,
    Todo,
    Unit,
)

COMMAND_LIFE = timedelta(days=30)


@frozen
class _Row:
    """A record as stores keep it: the header in the open, the body as text."""

    id: str
    version: int
    head: str
    reach: tuple[str, ...]
    body: str
    shape: int
    columns: dict[str, Any]


@define
class _Slot:
    """A todo on its lane."""

    lease: Lease
    leased: bool = False
    parked: bool = False


class MemoryStore:
    """A whole store in dictionaries; gone with the process. `clock` is its own clock, the system's by default."""

    def __init__(self, types: Iterable[RecordType], clock: Callable[[], datetime] | None = None) -> None:
        self._types = {one.name: one for one in types}
        self._clock = clock or (lambda: datetime.now(UTC))
        self._lock = RLock()
        self._rows: dict[str, dict[str, _Row]] = {name: {} for name in self._types}
        self._events: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self._keys: dict[str, tuple[str, str]] = {}
        self._terms: dict[tuple[str, str], set[str]] = {}
        self._blobs: dict[str, bytes] = {}
        self._named: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._slots: dict[tuple[Lane, str, str, str], _Slot] = {}
        self._commands: dict[str, tuple[datetime, Done]] = {}

    # reading

    def get(self, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
        """The record with that id or unique key, or None."""
        with self._lock:
            place = (type_, key) if ":" not in key else self._keys.get(key, ("", ""))
            row = self._rows[self._type(type_).name].get(place[1]) if place[0] == type_ else None
        return self._view(type_, row, scope) if row and scope.sees(row.reach) else None

    def blob(self, digest: str, scope: Scope) -> Blob | None:
        """The bytes of that digest, where a record that names them is visible."""
        with self._lock:
            rows = (self._rows[type_][id_] for type_, id_ in self._named.get(digest, ()))
            data = self._blobs.get(digest)
            return Blob(digest, data) if data is not None and any(scope.sees(row.reach) for row in rows) else None

    def history(self, type_: str, id_: str, scope: Scope, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Events of a visible record behind `after`, for the scope's audiences."""
        with self._lock:
            row = self._rows[self._type(type_).name].get(id_)
            events = tuple(self._events[type_, id_]) if row and scope.sees(row.reach) else ()
        return masked_history(events, scope, after, limit)

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        """Visible records that answer the query, behind `after`."""
        type_ = self._type(query.type)
        check_query(query, type_, scope)
        order = type_.field(query.order)
        start = page_start(after, order) if after is not None else None
        with self._lock:
            rows = self._like(type_, query.like) if query.like else list(self._rows[type_.name].values())
        keyed = [((row.columns[order.name] if order else row.id), row) for row in rows if self._fits(row, query, scope)]
        keyed = [(value, row) for value, row in keyed if value is not None]
        keyed.sort(key=lambda one: (one[0], one[1].id), reverse=query.descending)
        if start is not None:
            sign = -1 if query.descending else 1
            keyed = [one for one in keyed if _compared((one[0], one[1].id), start) == sign]
        found = keyed[:limit]
        end = page_end(found[-1][0], found[-1][1].id) if len(keyed) > limit and found else None
        return Page(tuple(self._view(type_.name, row, scope) for _, row in found), end)

    def tally(self, tally: Tally, scope: Scope) -> tuple[Count, ...]:
        """Counts and sums over the visible records."""
        type_ = self._type(tally.type)
        check_tally(tally, type_, scope)
        with self._lock:
            rows = [row for row in self._rows[type_.name].values() if self._fits(row, tally, scope)]
        groups: dict[tuple[Any, ...], list[_Row]] = defaultdict(list)
        for row in rows:
            groups[tuple(row.columns[name] for name in tally.by)].append(row)
        by = [type_.field(name) for name in tally.by]
        return tuple(
            Count(
                tuple(shown(value, one) for value, one in zip(key, by, strict=True) if one),
                len(group),
                tuple(_sum([row.columns[name] for row in group]) for name in tally.sums),
            )
            for key, group in sorted(groups.items(), key=lambda one: [(v is not None, v) for v in one[0]])
        )

    def peek(self, lane: Lane, limit: int = 100) -> LaneView:
        """How the lane stands."""
        with self._lock:
            slots = sorted(
                (slot for key, slot in self._slots.items() if key[0] is lane), key=lambda slot: _place(slot.lease)
            )
        waiting = [slot.lease.due for slot in slots if not slot.parked]
        parked = tuple(slot.lease for slot in slots if slot.parked)[:limit]
        return LaneView(len(waiting), min(waiting, default=None), parked)

    def todos(self, lane: Lane, after: tuple[str, str, str] = ("", "", ""), limit: int = 100) -> tuple[Standing, ...]:
        """Every todo of the lane in the order of its place."""
        with self._lock:
            slots = [slot for key, slot in sorted(self._slots.items()) if key[0] is lane and key[1:] > after]
            return tuple(Standing(one.lease, one.leased, one.parked) for one in slots[:limit])

    def _type(self, name: str) -> RecordType:
        try:
            return self._types[name]
        except KeyError:
            msg = f"there is no type {name!r}; there are {', '.join(sorted(self._types))}"
            raise QueryError(msg) from None

    def _view(self, type_: str, row: _Row, scope: Scope) -> Record | Unreadable:
        declared = self._types[type_]
        try:
            record = codec.load(declared, row.body, row.shape, (row.id, row.version, row.head, row.reach))
        except NewerShape:
            raise
        except StoreError as fault:
            return Unreadable(type_, row.id, str(fault))
        return masked(declared, record, scope)

    def _like(self, type_: RecordType, wanted: tuple[str, ...]) -> list[_Row]:
        """Candidates by the rarest terms first, newest first within a term, at most `LIKE_LIMIT`."""
        found: dict[str, None] = {}
        having = {term: self._terms.get((type_.name, term), set()) for term in dict.fromkeys(wanted)}
        for term in sorted(having, key=lambda term: (min(len(having[term]), LIKE_LIMIT), term)):
            for id_ in sorted(having[term], reverse=True)[:LIKE_LIMIT]:
                found[id_] = None
                if len(found) == LIKE_LIMIT:
                    return [self._rows[type_.name][one] for one in found]
        return [self._rows[type_.name][one] for one in found]

    def _fits(self, row: _Row, asked: Query | Tally, scope: Scope) -> bool:
        return scope.sees(row.reach) and all(
            _holds(test, row.id if test.field == "id" else row.columns[test.field]) for test in asked.where
        )

    # writing

    def commit(self, *units: Unit) -> tuple[Outcome, ...]:
        """Each unit all or nothing, in order."""
        # Whatever can't be kept raises here, before anything of the batch is written.
        rows = [tuple(self._row(change) for change in unit.changes) for unit in units]
        with self._lock:
            return tuple(self._one(unit, made) for unit, made in zip(units, rows, strict=True))

    def _row(self, change: Change) -> _Row:
        check_change(change)
        record, type_ = change.after, self._type(change.after.type)
        columns = {one.name: column(record, one) for one in type_.fields}
        return _Row(
            record.id, record.version, record.head, record.reach, codec.dump(record), type_.shape, columns
        )  # fmt: skip

    def _one(self, unit: Unit, rows: tuple[_Row, ...]) -> Outcome:
        now = self._now()
        done = self._commands.get(unit.command) if unit.command else None
        if done and done[0] > now - COMMAND_LIFE:
            return evolve(done[1], leases=(), repeated=True)
        deltas = [delta(self._type(one.after.type), one.before, one.after) for one in unit.changes]
        refusal = self._late(unit) or self._stale(unit) or self._taken(unit, deltas)
        if refusal:
            return refusal
        for change, row in zip(unit.changes, rows, strict=True):
            self._rows[change.after.type][row.id] = row
            self._events[change.after.type, row.id] += change.events
        self._index(unit, deltas)
        leases = [
            slot.lease
            for change in unit.changes
            for todo in change.todos
            if (slot := self._schedule(change.after, todo, now))
        ]
        for settle in unit.settles:
            self._settle(settle)
        for erase in unit.erases:
            self._erase(erase.type, erase.id, erase.upto)
        outcome = Done(
            tuple(Ref(one.after.type, one.after.id, one.after.version) for one in unit.changes), tuple(leases)
        )
        if unit.command:
            self._commands[unit.command] = (now, outcome)
        return outcome

    def _late(self, unit: Unit) -> Late | None:
        return next((Late(one.lease) for one in unit.settles if not self._holds_lease(one.lease)), None)

    def _stale(self, unit: Unit) -> Conflict | None:
        expected = [(one.after.type, one.after.id, one.before.version if one.before else 0) for one in unit.changes]
        for type_, id_, version in expected + [(one.type, one.id, one.version) for one in unit.given]:
            row = self._rows[self._type(type_).name].get(id_)
            if (row.version if row else 0) != version:
                record = self._view(type_, row, Scope.system("conflict")) if row else None
                missed = tuple(self._events.get((type_, id_), ())[version:])
                return Conflict(type_, id_, version, record if isinstance(record, Record) else None, missed)
        return None

    def _taken(self, unit: Unit, deltas: list[Delta]) -> Duplicate | None:
        freed = {key for one in deltas for key in one.keys_gone}
        fresh: dict[str, tuple[str, str]] = {}
        for change, one in zip(unit.changes, deltas, strict=True):
            mine = (change.after.type, change.after.id)
            for key in one.keys:
                holder = fresh.get(key) or (None if key in freed else self._keys.get(key))
                if holder and holder != mine:
                    return Duplicate(key, *holder)
                fresh[key] = mine
        return None

    def _index(self, unit: Unit, deltas: list[Delta]) -> None:
        """Keys, terms and bytes of a whole unit: what passes from one record to another is never gone between."""
        for one in deltas:
            for key in one.keys_gone:
                self._keys.pop(key, None)
        given = {blob.digest: blob.data for blob in unit.blobs}
        for change, one in zip(unit.changes, deltas, strict=True):
            place = (change.after.type, change.after.id)
            self._keys.update(dict.fromkeys(one.keys, place))
            for term in one.terms:
                self._terms.setdefault((place[0], term), set()).add(place[1])
            for digest in one.blobs:
                self._named[digest].add(place)
                if digest in given:
                    self._blobs[digest] = given[digest]
        for change, one in zip(unit.changes, deltas, strict=True):
            self._unindex((change.after.type, change.after.id), one)

    def _unindex(self, place: tuple[str, str], gone: Delta) -> None:
        type_, id_ = place
        for term in gone.terms_gone:
            self._terms[type_, term].discard(id_)
            if not self._terms[type_, term]:
                del self._terms[type_, term]
        for digest in gone.blobs_gone:
            self._named[digest].discard(place)
            if not self._named[digest]:
                del self._named[digest]
                self._blobs.pop(digest, None)

    def _erase(self, type_: str, id_: str, upto: int | None) -> None:
        events = self._events.get((type_, id_), [])
        for at, event in enumerate(events):
            if upto is None or event.seq <= upto:
                events[at] = evolve(event, personal=None, personal_text="", salt="")

    # lanes

    def lease(self, lane: Lane, hold: int, limit: int = 1) -> tuple[Lease, ...]:
        """Claim what is due, soonest first."""
        with self._lock:
            now = self._now()
            taken: list[Lease] = []
            for slot in sorted(
                (one for key, one in self._slots.items() if key[0] is lane), key=lambda one: _place(one.lease)
            ):
                if len(taken) == limit or slot.lease.due > now:
                    break
                if slot.parked or (slot.leased and slot.lease.until > now):
                    continue
                lapses = slot.lease.lapses + slot.leased
                if lapses >= LAPSES:
                    slot.lease, slot.parked, slot.leased = evolve(slot.lease, lapses=lapses), True, False
                    continue
                until = now + timedelta(seconds=hold)
                slot.lease = evolve(slot.lease, fence=slot.lease.fence + 1, until=until, lapses=lapses)
                slot.leased = True
                taken.append(slot.lease)
            return tuple(taken)

    def settle(self, *settles: Settle) -> tuple[bool, ...]:
        """End leases without a change."""
        with self._lock:
            return tuple(self._holds_lease(one.lease) and self._settle(one) for one in settles)

    def _schedule(self, record: Record, todo: Todo, now: datetime) -> _Slot | None:
        """Put the todo on its lane; the slot where it is born leased."""
        place = (todo.lane, record.type, record.id, todo.part)
        if todo.due is None:
            self._slots.pop(place, None)
            return None
        fence = record.version * FENCE_STEP + (1 if todo.hold else 0)
        until = now + timedelta(seconds=todo.hold)
        lease = Lease(todo.lane, record.type, record.id, todo.part, instant(todo.due), until, fence)
        self._slots[place] = slot = _Slot(lease, leased=bool(todo.hold))
        return slot if todo.hold else None

    def _holds_lease(self, lease: Lease) -> bool:
        slot = self._slots.get(_where(lease))
        return slot is not None and slot.leased and slot.lease.fence == lease.fence

    def _settle(self, settle: Settle) -> bool:
        place = _where(settle.lease)
        slot = self._slots.get(place)
        if slot is None or slot.lease.fence != settle.lease.fence:
            return True  # a change of the same unit scheduled it anew or took it off
        if settle.again is None and not settle.parked:
            del self._slots[place]
        else:
            due = instant(settle.again) if settle.again else slot.lease.due
            slot.lease = evolve(slot.lease, due=due, lapses=0)
            slot.leased, slot.parked = False, settle.parked
        return True

    def _now(self) -> datetime:
        return instant(self._clock())

    def close(self) -> None:
        """Nothing to let go of."""


def _holds(test: Test, value: Any) -> bool:
    if test.op in (Op.SET, Op.UNSET):
        return (value not in (None, "")) is (test.op is Op.SET)
    if test.op is Op.ANY_OF:
        return value in [stored(one) for one in test.value]
    if value is None:
        return False
    wanted = stored(test.value)
    if test.op is Op.IS:
        return bool(value == wanted)
    return bool(value < wanted) if test.op is Op.LESS else bool(value >= wanted)


def _sum(values: Iterable[Any]) -> tuple[int, int]:
    known = [value for value in values if value is not None]
    return len(known), sum(known)


def _where(lease: Lease) -> tuple[Lane, str, str, str]:
    return lease.lane, lease.type, lease.id, lease.part


def _compared(one: tuple[Any, str], other: tuple[Any, str]) -> int:
    return (one > other) - (one < other)


def _place(lease: Lease) -> tuple[datetime, str, str]:
    return lease.due, lease.id, lease.part
