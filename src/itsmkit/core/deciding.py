"""What becomes of units, decided from what a store read beforehand: all reading in one step, all writing in another.

Pure but for `Seen`, which each unit that is done moves on, so that later ones of a batch see what it wrote.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from attrs import Factory, define, evolve

from itsmkit.core.delta import Delta
from itsmkit.core.memory import COMMAND_LIFE
from itsmkit.core.model.record import instant
from itsmkit.core.model.unit import (
    FENCE_STEP,
    Change,
    Conflict,
    Done,
    Duplicate,
    Lane,
    Late,
    Lease,
    Outcome,
    Ref,
    Settle,
    Standing,
    Todo,
    Unit,
)

Place = tuple[str, str]
"""A record's type and id."""
Slot = tuple[Lane, str, str, str]
"""Where a todo stands: lane, type and id of its record, part."""


@define
class Seen:
    """What the store holds of what units ask about; what isn't here isn't there.

    `versions` by record changed or given; `holders` by unique key to be taken; `todos` by slot of a lease to be
    settled; `commands` done before: when, and with which refs. `taken` and `moved` are what the units decided since
    these were emptied make of keys and lanes (None: off the lane), for the store to write.
    """

    versions: dict[Place, int] = Factory(dict)
    holders: dict[str, Place] = Factory(dict)
    todos: dict[Slot, Standing] = Factory(dict)
    commands: dict[str, tuple[datetime, tuple[Ref, ...]]] = Factory(dict)
    taken: dict[str, Place] = Factory(dict)
    moved: dict[Slot, Standing | None] = Factory(dict)


def expected(unit: Unit) -> Iterator[tuple[str, str, int]]:
    """Type, id and version of every record that the unit rests on, in the order in which conflicts are told."""
    for one in unit.changes:
        yield one.after.type, one.after.id, one.before.version if one.before else 0
    for given in unit.given:
        yield given.type, given.id, given.version


def slot(lease: Lease) -> Slot:
    """Where the lease's todo stands."""
    return lease.lane, lease.type, lease.id, lease.part


def decide(seen: Seen, unit: Unit, deltas: Sequence[Delta], now: datetime) -> Outcome:
    """The unit's outcome in the order of checks that `Store.commit` promises; where it is done, `seen` moves on.

    `deltas` are those of its changes. A Conflict comes without record and missed events: the store reads them.
    """
    done = seen.commands.get(unit.command) if unit.command else None
    if done and done[0] > now - COMMAND_LIFE:
        return Done(done[1], repeated=True)
    refusal = _late(seen, unit.settles) or _stale(seen, unit) or _taken(seen, unit.changes, deltas)
    return refusal or _done(seen, unit, deltas, now)


def _late(seen: Seen, settles: Iterable[Settle]) -> Late | None:
    return next((Late(one.lease) for one in settles if not holds(seen.todos.get(slot(one.lease)), one.lease)), None)


def holds(standing: Standing | None, lease: Lease) -> bool:
    """Whether the lease is still its holder's, its todo standing so."""
    return standing is not None and standing.leased and standing.lease.fence == lease.fence


def _stale(seen: Seen, unit: Unit) -> Conflict | None:
    stale = (one for one in expected(unit) if seen.versions.get(one[:2], 0) != one[2])
    return next((Conflict(*one, None) for one in stale), None)


def _taken(seen: Seen, changes: Sequence[Change], deltas: Sequence[Delta]) -> Duplicate | None:
    freed = {key for one in deltas for key in one.keys_gone}
    fresh: dict[str, Place] = {}
    for change, one in zip(changes, deltas, strict=True):
        mine = (change.after.type, change.after.id)
        for key in one.keys:
            holder = fresh.get(key) or (None if key in freed else seen.holders.get(key))
            if holder and holder != mine:
                return Duplicate(key, *holder)
            fresh[key] = mine
    return None


def _done(seen: Seen, unit: Unit, deltas: Sequence[Delta], now: datetime) -> Done:
    for one in deltas:
        for key in one.keys_gone:
            seen.holders.pop(key, None)
    for change, one in zip(unit.changes, deltas, strict=True):
        place = (change.after.type, change.after.id)
        seen.versions[place] = change.after.version
        for key in one.keys:
            if seen.holders.get(key) != place:
                seen.holders[key] = seen.taken[key] = place
    leases = [
        lease for change in unit.changes for todo in change.todos if (lease := _schedule(seen, change, todo, now))
    ]
    for settle in unit.settles:
        at = slot(settle.lease)
        found = seen.todos.get(at)
        # Nothing where a change of this very unit scheduled it anew or took it off.
        if found and found.lease.fence == settle.lease.fence:
            _move(seen, at, settled(found, settle))
    refs = tuple(Ref(one.after.type, one.after.id, one.after.version) for one in unit.changes)
    if unit.command:
        seen.commands[unit.command] = (now, refs)
    return Done(refs, tuple(leases))


def _schedule(seen: Seen, change: Change, todo: Todo, now: datetime) -> Lease | None:
    """Put the todo on its lane or take it off; the lease where it is born leased."""
    record = change.after
    at = (todo.lane, record.type, record.id, todo.part)
    if todo.due is None:
        _move(seen, at, None)
        return None
    until = now + timedelta(seconds=todo.hold)
    # Above any fence that an earlier schedule of the same slot can have reached.
    fence = record.version * FENCE_STEP + (1 if todo.hold else 0)
    lease = Lease(todo.lane, record.type, record.id, todo.part, instant(todo.due), until, fence)
    _move(seen, at, Standing(lease, leased=bool(todo.hold)))
    return lease if todo.hold else None


def _move(seen: Seen, at: Slot, standing: Standing | None) -> None:
    seen.moved[at] = standing
    if standing:
        seen.todos[at] = standing
    else:
        seen.todos.pop(at, None)


def settled(standing: Standing, settle: Settle) -> Standing | None:
    """How the todo stands after its lease was ended; None where that was all."""
    if settle.again is None and not settle.parked:
        return None
    due = instant(settle.again) if settle.again else standing.lease.due
    return Standing(evolve(standing.lease, due=due, lapses=0), parked=settle.parked)
