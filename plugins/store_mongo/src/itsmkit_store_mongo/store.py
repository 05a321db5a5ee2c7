"""The store itself: each verb is one function of reading, committing or lanes."""

from collections.abc import Callable, Iterable
from datetime import datetime

from itsmkit import (
    Blob,
    Count,
    Event,
    Lane,
    LaneView,
    Lease,
    Outcome,
    Page,
    Query,
    Record,
    RecordType,
    Scope,
    Settle,
    Standing,
    Tally,
    Unit,
    Unreadable,
    check_query,
    check_tally,
)
from itsmkit_store_mongo import Settings, committing, lanes, reading, schema
from itsmkit_store_mongo.address import address
from itsmkit_store_mongo.connections import Connections
from itsmkit_store_mongo.plan import Plan, plan


class MongoStore:
    """An `itsmkit.Store` in a database of MongoDB."""

    def __init__(self, plan: Plan, connections: Connections) -> None:
        self._plan = plan
        self._connections = connections

    def get(self, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
        """The record with that id or unique key, or None."""
        within = scope.of(self._plan.of(type_))
        with self._connections.telling():
            return reading.get(self._plan, self._connections.desk, type_, key, within)

    def blob(self, digest: str, scope: Scope) -> Blob | None:
        """The bytes of that digest, where a record that names them is visible."""
        with self._connections.snapshot() as (desk, session):
            return reading.blob(desk, session, digest, scope)

    def history(self, type_: str, id_: str, scope: Scope, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Events of a visible record behind `after`, for the scope's audiences."""
        within = scope.of(self._plan.of(type_))
        with self._connections.snapshot() as (desk, session):
            return reading.history(self._plan, desk, session, (type_, id_), within, after=after, limit=limit)

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        """Visible records that answer the query, behind `after`."""
        within = scope.of(self._plan.of(query.type))
        check_query(query, self._plan.of(query.type), within)
        with self._connections.snapshot() as (desk, session):
            return reading.find(self._plan, desk, session, query, within, after=after, limit=limit)

    def tally(self, tally: Tally, scope: Scope) -> tuple[Count, ...]:
        """Counts and sums over the visible records."""
        within = scope.of(self._plan.of(tally.type))
        check_tally(tally, self._plan.of(tally.type), within)
        with self._connections.snapshot() as (desk, session):
            return reading.tally(self._plan, desk, session, tally, within)

    def commit(self, *units: Unit) -> tuple[Outcome, ...]:
        """Each unit all or nothing, in order; durable with the majority, together."""
        return committing.commit(self._plan, self._connections, units)

    def lease(self, lane: Lane, hold: int, limit: int = 1) -> tuple[Lease, ...]:
        """Claim what is due, soonest first."""
        now = self._connections.now()
        with self._connections.telling():
            return lanes.lease(self._connections, lane, hold, limit, now)

    def settle(self, *settles: Settle) -> tuple[bool, ...]:
        """End leases without a change."""
        return tuple(committing.settle(self._connections, one) for one in settles)

    def peek(self, lane: Lane, limit: int = 100) -> LaneView:
        """How the lane stands."""
        with self._connections.snapshot() as (desk, session):
            return lanes.peek(desk, lane, limit, session)

    def todos(self, lane: Lane, after: tuple[str, str, str] = ("", "", ""), limit: int = 100) -> tuple[Standing, ...]:
        """Every todo of the lane in the order of its place."""
        with self._connections.snapshot() as (desk, session):
            return lanes.todos(desk, lane, after, limit, session)

    def close(self) -> None:
        """Let go of the connections."""
        self._connections.close()


def open_store(
    url: str, types: Iterable[RecordType], clock: Callable[[], datetime] | None, settings: Settings
) -> MongoStore:
    """The store of that URL; an empty database is set up, one that lacks something is refused as StoreOutdated."""
    made = plan(tuple(types))
    connections = Connections(address(url), settings, clock)
    try:
        schema.ready(made, connections)
    except BaseException:
        connections.close()
        raise
    return MongoStore(made, connections)
