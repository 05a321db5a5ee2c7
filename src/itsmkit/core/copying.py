"""A whole site from one store to another, through the port alone: what a store promises is all that is needed.

For a site at rest. A copy that was stopped at any moment is gone on with by the same call.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from attrs import define, field, frozen

from itsmkit.core import codec
from itsmkit.core.errors import StoreError
from itsmkit.core.model.query import Query, Scope
from itsmkit.core.model.record import Blob, Record, RecordType, Unreadable, revised
from itsmkit.core.model.unit import Change, Done, Lane, Settle, Standing, Todo, Unit
from itsmkit.core.people import everything
from itsmkit.core.standings import Alongside, standings
from itsmkit.core.store import Store

T = TypeVar("T")

STRETCH = 500
"""So many events of a record are copied in one unit."""
UNITS, EVENTS, BYTES = 100, 2000, 8 << 20
"""What is committed together: as much as this of any."""
REST = timedelta(minutes=5)
"""A site where something was leased so lately is not at rest."""
PARKING = 3600
ALL = Scope.system("copy")


@frozen
class Copied:
    """What a copy came to: records by type, those that were there already, and what could not be carried."""

    records: dict[str, int]
    there: int
    todos: int
    left: tuple[str, ...] = ()


@define
class _Batch:
    """Units that wait for their commit."""

    store: Store
    _units: list[Unit] = field(factory=list)
    _events: int = 0
    _bytes: int = 0

    def add(self, unit: Unit) -> None:
        """One more unit; a full batch is committed."""
        self._units.append(unit)
        self._events += sum(len(change.events) for change in unit.changes)
        self._bytes += sum(len(blob.data) for blob in unit.blobs)
        if len(self._units) >= UNITS or self._events >= EVENTS or self._bytes >= BYTES:
            self.flush()

    def flush(self) -> None:
        """Commit what waits; StoreError where the target refuses any of it."""
        units, self._units, self._events, self._bytes = self._units, [], 0, 0
        for unit, outcome in zip(units, self.store.commit(*units) if units else (), strict=True):
            if not isinstance(outcome, Done):
                after = unit.changes[0].after
                msg = f"{after.type} {after.id} can't be copied: the target says {outcome}"
                raise StoreError(msg)


def copy(
    source: Store,
    target: Store,
    types: Iterable[RecordType],
    now: datetime,
    *,
    skip_unreadable: bool = False,
    progress: Callable[[], None] = lambda: None,
) -> Copied:
    """Make the target hold what the source holds: records with their whole histories, bytes, keys and todos.

    The target is empty or a begun copy. What it has already, of the same version and head, is passed over; StoreError
    names the first record that differs, and the first that can't be read unless those are to be skipped. In the end
    both are read again and compared. What the stores remember of commands is not carried: tickets remember theirs.
    """
    types = sorted(types, key=lambda one: one.name)
    _check_source(source, now)
    _check_begun(source, target, types)
    beside, left = Alongside(source), list[str]()
    records: dict[str, int] = {}
    there = 0
    for type_ in types:
        batch = _Batch(target)
        for record, begun in _paired(everything(source, type_.name), everything(target, type_.name)):
            progress()
            if record is None:
                continue
            left += map(_ownerless, beside.before(type_.name, record.id))
            todos = beside.of(type_.name, record.id)
            if isinstance(record, Unreadable):
                left.append(_unread(record, skip=skip_unreadable))
                continue
            records[type_.name] = records.get(type_.name, 0) + 1
            there += isinstance(begun, Record) and begun.version == record.version
            for unit in _units(source, type_, record, begun, todos=todos, left=left):
                batch.add(unit)
        batch.flush()
    left += map(_ownerless, beside.left())
    if left and not skip_unreadable:
        msg = f"copied all but what can't be: {'; '.join(left[:5])}; --skip-unreadable leaves it behind"
        raise StoreError(msg)
    _park(source, target)
    return Copied(records, there, _compared(source, target, types), tuple(left))


def _unread(record: Unreadable, *, skip: bool) -> str:
    said = f"{record.type} {record.id} can't be read: {record.why}"
    if not skip:
        msg = f"{said}; --skip-unreadable leaves it behind"
        raise StoreError(msg)
    return said


def _ownerless(one: Standing) -> str:
    return f"a todo on lane {one.lease.lane} of {one.lease.type} {one.lease.id}, which isn't there"


def _check_source(source: Store, now: datetime) -> None:
    """A desk at rest: nobody holds a lease, or has held one of late."""
    if not source.find(Query("policy"), ALL, limit=1).items:
        msg = "there is no desk in the store to copy from; check its URL"
        raise StoreError(msg)
    for lane in Lane:
        for one in standings(source, lane):
            if one.leased and one.lease.until > now - REST:
                msg = (
                    f"the site is at work: {one.lease.type} {one.lease.id} was leased until {one.lease.until:%H:%M:%S}"
                    f" UTC; stop workers and programs that embed the desk, and copy in {REST.seconds // 60} minutes"
                )
                raise StoreError(msg)


def _check_begun(source: Store, target: Store, types: Iterable[RecordType]) -> None:
    """StoreError where the target holds anything that no earlier run of this copy can have left there."""
    for type_ in types:
        for record, there in _paired(everything(source, type_.name), everything(target, type_.name)):
            if there is None:
                continue
            if isinstance(there, Unreadable) or not isinstance(record, Record) or not _leads_to(source, there, record):
                msg = (
                    f"the target's {there.type} {there.id} is none of the source's, or differs from it; "
                    f"copy into an empty store, or into one where this copy was begun"
                )
                raise StoreError(msg)


def _leads_to(source: Store, there: Record, record: Record) -> bool:
    """Whether what is there is the record, or its history up to some event."""
    if there.version == record.version:
        return there.head == record.head
    before = source.history(record.type, record.id, ALL, there.version - 1, 1)
    return there.version < record.version and bool(before) and before[0].digest == there.head


def _paired(
    ones: Iterator[Record | Unreadable], others: Iterator[Record | Unreadable]
) -> Iterator[tuple[Record | Unreadable | None, Record | Unreadable | None]]:
    """Records of two stores by id, both sorted; None where one side lacks it."""
    return _merged(ones, others, lambda one: one.id)


def _merged(ones: Iterator[T], others: Iterator[T], key: Callable[[T], object]) -> Iterator[tuple[T | None, T | None]]:
    """Two sorted series side by side."""
    one, other = next(ones, None), next(others, None)
    while one is not None or other is not None:
        left = one is not None and (other is None or key(one) <= key(other))  # type: ignore[operator]
        right = other is not None and (one is None or key(other) <= key(one))  # type: ignore[operator]
        yield one if left else None, other if right else None
        one = next(ones, None) if left else one
        other = next(others, None) if right else other


def _units(
    source: Store,
    type_: RecordType,
    record: Record,
    begun: Record | Unreadable | None,
    *,
    todos: tuple[Standing, ...],
    left: list[str],
) -> Iterator[Unit]:
    """The rest of a record's history, stretch by stretch; its bytes go with the first, its todos with the last."""
    before = begun if isinstance(begun, Record) else None
    blobs = _blobs(source, type_, record, left) if before is None else ()
    seq = before.version if before else 0
    while seq < record.version:
        stretch = source.history(record.type, record.id, ALL, seq, min(STRETCH, record.version - seq))
        if not stretch or stretch[-1].seq > record.version:
            msg = f"{record.type} {record.id} has no event {seq + 1}; `itsmkit verify` tells what is wrong with it"
            raise StoreError(msg)
        seq = stretch[-1].seq
        whole = seq == record.version
        after = record if whole else revised(record, version=seq, head=stretch[-1].digest)
        yield Unit((Change(after, stretch, before, tuple(map(_todo, todos)) if whole else ()),), blobs=blobs)
        before, blobs = after, ()


def _todo(one: Standing) -> Todo:
    """A todo as it was; one that was parked is born leased, so that it can be parked again."""
    return Todo(one.lease.lane, one.lease.due, one.lease.part, PARKING if one.parked else 0)


def _blobs(source: Store, type_: RecordType, record: Record, left: list[str]) -> tuple[Blob, ...]:
    found = []
    for digest in dict.fromkeys(type_.blobs(record)):
        blob = source.blob(digest, ALL)
        if blob is None:
            left.append(f"the bytes {digest[:12]}… of {record.type} {record.id}, which are gone")
        else:
            found.append(blob)
    return tuple(found)


def _park(source: Store, target: Store) -> None:
    for lane in Lane:
        for one, other in _merged(standings(source, lane), standings(target, lane), lambda one: one.place):
            if one is not None and one.parked and other is not None and not other.parked:
                target.settle(Settle(other.lease, parked=True))


# both stores read again


def _compared(source: Store, target: Store, types: Iterable[RecordType]) -> int:
    """StoreError where the two differ in a record or a todo; how many todos there are."""
    for type_ in types:
        (one, n), (other, m) = (_digest(store, type_.name) for store in (source, target))
        if one != other:
            msg = (
                f"the stores differ in their {n} and {m} records of {type_.name}: the source changed, or a copy failed"
            )
            raise StoreError(msg)
    todos = 0
    known = {type_.name for type_ in types}
    for lane in Lane:
        for mine, theirs in _merged(standings(source, lane), standings(target, lane), lambda todo: todo.place):
            if mine is not None and theirs is None and _belongs_nowhere(source, mine, known):
                continue
            if mine is None or theirs is None or _when(mine) != _when(theirs):
                place = " ".join((mine or theirs).place) if mine or theirs else ""  # type: ignore[union-attr]
                msg = f"the stores differ on lane {lane}: {place}"
                raise StoreError(msg)
            todos += 1
    return todos


def _when(one: Standing) -> tuple[datetime, bool]:
    return one.lease.due, one.parked


def _belongs_nowhere(source: Store, one: Standing, known: set[str]) -> bool:
    return one.lease.type not in known or not isinstance(source.get(one.lease.type, one.lease.id, ALL), Record)


def _digest(store: Store, type_: str) -> tuple[str, int]:
    """One digest over all that a type's records are, and how many there are; unreadable ones don't count."""
    digest, n = sha256(), 0
    for record in everything(store, type_):
        if isinstance(record, Record):
            n += 1
            header = (record.id, record.version, record.head, record.reach)
            digest.update(codec.canonical([*header, codec.dump(record)]).encode())
    return digest.hexdigest(), n
