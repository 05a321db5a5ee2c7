"""Lanes: putting todos on them, leasing what is due, ending leases."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from sqlite3 import Cursor
from typing import Any

from itsmkit import (
    FENCE_STEP,
    LAPSES,
    Change,
    Lane,
    LaneView,
    Lease,
    Record,
    Settle,
    Standing,
    Todo,
    from_ms,
    instant,
    to_ms,
)
from itsmkit_store_sql.plan import Plan

Place = tuple[str, str, str, str]


def schedule(plan: Plan, cursor: Cursor, changes: Iterable[Change], now: datetime) -> tuple[Lease, ...]:
    """Put the todos of these changes on their lanes, or take them off; the leases of those born leased."""
    last: dict[Place, tuple[Any, ...] | None] = {}
    leases = []
    for change in changes:
        for todo in change.todos:
            lease = _lease(change.after, todo, todo.due, now) if todo.due else None
            place = (todo.lane.value, change.after.type, change.after.id, todo.part)
            last[place] = _row(lease, leased=bool(todo.hold)) if lease else None
            if lease and todo.hold:
                leases.append(lease)
    if put := [row for row in last.values() if row]:
        cursor.executemany(plan.statements.put_todo, put)
    if drop := [place for place, row in last.items() if not row]:
        cursor.executemany(plan.statements.drop_todo, drop)
    return tuple(leases)


def _lease(record: Record, todo: Todo, due: datetime, now: datetime) -> Lease:
    until = now + timedelta(seconds=todo.hold)
    # Above any fence that an earlier schedule of the same place can have reached.
    fence = record.version * FENCE_STEP + (1 if todo.hold else 0)
    return Lease(todo.lane, record.type, record.id, todo.part, instant(due), until, fence)


def _row(lease: Lease, *, leased: bool) -> tuple[Any, ...]:
    due, until = to_ms(lease.due), to_ms(lease.until)
    return (*_place(lease), due, until, lease.fence, lease.lapses, int(leased), 0)


def _place(lease: Lease) -> Place:
    return lease.lane.value, lease.type, lease.id, lease.part


def holds(plan: Plan, cursor: Cursor, lease: Lease) -> bool:
    """Whether the lease is still its holder's."""
    return cursor.execute(plan.statements.fence, (*_place(lease), lease.fence)).fetchone() is not None


def settle(plan: Plan, cursor: Cursor, one: Settle) -> None:
    """End the lease; nothing where a change of the same unit scheduled its todo anew or took it off."""
    held = (*_place(one.lease), one.lease.fence)
    if one.again is None and not one.parked:
        cursor.execute(plan.statements.done_todo, held)
    else:
        due = to_ms(instant(one.again) if one.again else one.lease.due)
        cursor.execute(plan.statements.again_todo, (due, int(one.parked), *held))


def end(plan: Plan, cursor: Cursor, one: Settle) -> bool:
    """End the lease where it is still its holder's; whether it was."""
    if not holds(plan, cursor, one.lease):
        return False
    settle(plan, cursor, one)
    return True


def any_due(plan: Plan, cursor: Cursor, lane: Lane, now: datetime) -> bool:
    """Whether there is something to lease; asked without the right to write, as mostly there isn't."""
    ms = to_ms(now)
    return cursor.execute(plan.statements.any_due, (lane.value, ms, ms)).fetchone() is not None


def lease(plan: Plan, cursor: Cursor, lane: Lane, hold: int, limit: int, *, now: datetime) -> tuple[Lease, ...]:
    """Claim what is due, soonest first; park what lapsed too often on the way."""
    taken: list[Lease] = []
    until, ms = now + timedelta(seconds=hold), to_ms(now)
    while len(taken) < limit:
        wanted = limit - len(taken)
        rows = cursor.execute(plan.statements.due, (lane.value, ms, ms, wanted)).fetchall()
        park, claim = [], []
        for type_, id_, part, due, _, fence, lapses, leased in rows:
            place = (lane.value, type_, id_, part, fence)
            if lapses + leased >= LAPSES:
                park.append((lapses + leased, *place))
            else:
                claim.append((to_ms(until), lapses + leased, *place))
                taken.append(Lease(lane, type_, id_, part, from_ms(due), until, fence + 1, lapses + leased))
        cursor.executemany(plan.statements.park_todo, park)
        cursor.executemany(plan.statements.claim_todo, claim)
        if len(rows) < wanted or hold <= 0:
            break
    return tuple(taken)


def peek(plan: Plan, cursor: Cursor, lane: Lane, limit: int) -> LaneView:
    """How the lane stands."""
    waiting, soonest = cursor.execute(plan.statements.waiting, (lane.value,)).fetchone()
    parked = tuple(
        Lease(lane, type_, id_, part, from_ms(due), from_ms(until), fence, lapses)
        for type_, id_, part, due, until, fence, lapses in cursor.execute(plan.statements.parked, (lane.value, limit))
    )
    return LaneView(waiting, from_ms(soonest) if soonest is not None else None, parked)


def todos(plan: Plan, cursor: Cursor, lane: Lane, after: tuple[str, str, str], limit: int) -> tuple[Standing, ...]:
    """Every todo of the lane behind that place."""
    rows = cursor.execute(plan.statements.todos, (lane.value, *after, limit)).fetchall()
    return tuple(
        Standing(Lease(lane, type_, id_, part, from_ms(due), from_ms(until), fence, lapses), bool(leased), bool(parked))
        for type_, id_, part, due, until, fence, lapses, leased, parked in rows
    )
