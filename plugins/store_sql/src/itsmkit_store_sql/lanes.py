"""Lanes as rows: what is due, claiming it, how todos stand."""

from datetime import datetime, timedelta
from typing import Any

from itsmkit import Lane, LaneView, Lease, Standing, from_ms, to_ms
from itsmkit_store_sql.databases import Row, Turn
from itsmkit_store_sql.plan import Plan


def any_due(plan: Plan, turn: Turn, lane: Lane, now: datetime) -> bool:
    """Whether there is something to lease; asked without the right to write, as mostly there isn't."""
    ms = to_ms(now)
    return bool(turn.rows(plan.statements.any_due, (lane.value, ms, ms)))


def lease(plan: Plan, turn: Turn, lane: Lane, hold: int, limit: int, *, now: datetime) -> tuple[Lease, ...]:
    """Claim what is due, soonest first; what lapsed too often is parked on the way."""
    taken: list[Lease] = []
    until, ms = to_ms(now + timedelta(seconds=hold)), to_ms(now)
    while (wanted := limit - len(taken)) > 0:
        rows = turn.rows(plan.statements.claim, (until, lane.value, ms, ms, wanted))
        claimed = (standing(lane, row) for row in rows)
        taken += (one.lease for one in claimed if one.leased)
        # What is held for no time at all is free again at once: it must not be taken twice.
        if len(rows) < wanted or hold <= 0:
            break
    return tuple(sorted(taken, key=lambda one: (one.due, one.id, one.part)))


def peek(plan: Plan, turn: Turn, lane: Lane, limit: int) -> LaneView:
    """How the lane stands."""
    ((waiting, soonest),), parked = turn.answers(
        [(plan.statements.waiting, (lane.value,)), (plan.statements.parked, (lane.value, limit))]
    )
    leases = tuple(_lease(lane, row) for row in parked)
    return LaneView(waiting, from_ms(soonest) if soonest is not None else None, leases)


def todos(plan: Plan, turn: Turn, lane: Lane, after: tuple[str, str, str], limit: int) -> tuple[Standing, ...]:
    """Every todo of the lane behind that place."""
    return tuple(standing(lane, row) for row in turn.rows(plan.statements.todos, (lane.value, *after, limit)))


def standing(lane: Lane, row: Row) -> Standing:
    """The todo of that row."""
    return Standing(_lease(lane, row), bool(row[7]), bool(row[8]))


def _lease(lane: Lane, row: Row) -> Lease:
    type_, id_, part, due, until, fence, lapses = row[:7]
    return Lease(lane, type_, id_, part, from_ms(due), from_ms(until), fence, lapses)


def row_of(one: Standing) -> tuple[Any, ...]:
    """The row that keeps it."""
    lease = one.lease
    place = (lease.lane.value, lease.type, lease.id, lease.part)
    return (*place, to_ms(lease.due), to_ms(lease.until), lease.fence, lease.lapses, int(one.leased), int(one.parked))
