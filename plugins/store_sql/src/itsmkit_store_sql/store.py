"""The store itself: each verb is a transaction around one function of reading, writing or lanes."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

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
    instant,
)
from itsmkit_store_sql import lanes, reading, schema, writing
from itsmkit_store_sql.connections import Connections
from itsmkit_store_sql.plan import Plan, plan
from itsmkit_store_sql.sqlite import place


class SqlStore:
    """An `itsmkit.Store` in a SQL database. `clock` is its own clock."""

    def __init__(self, plan: Plan, connections: Connections, clock: Callable[[], datetime]) -> None:
        self._plan = plan
        self._connections = connections
        self._clock = clock

    def get(self, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
        """The record with that id or unique key, or None."""
        with self._connections.reading() as cursor:
            return reading.get(self._plan, cursor, type_, key, scope)

    def blob(self, digest: str, scope: Scope) -> Blob | None:
        """The bytes of that digest, where a record that names them is visible."""
        with self._connections.reading() as cursor:
            return reading.blob(self._plan, cursor, digest, scope)

    def history(self, type_: str, id_: str, scope: Scope, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Events of a visible record behind `after`, for the scope's audiences."""
        with self._connections.reading() as cursor:
            return reading.history(self._plan, cursor, (type_, id_), scope, after=after, limit=limit)

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        """Visible records that answer the query, behind `after`."""
        check_query(query, self._plan.of(query.type).type, scope)
        with self._connections.reading() as cursor:
            return reading.find(self._plan, cursor, query, scope, after=after, limit=limit)

    def tally(self, tally: Tally, scope: Scope) -> tuple[Count, ...]:
        """Counts and sums over the visible records."""
        check_tally(tally, self._plan.of(tally.type).type, scope)
        with self._connections.reading() as cursor:
            return reading.tally(self._plan, cursor, tally, scope)

    def commit(self, *units: Unit) -> tuple[Outcome, ...]:
        """Each unit all or nothing, in order; one flush for all."""
        ready = [writing.prepare(self._plan, unit) for unit in units]
        with self._connections.writing() as cursor:
            now = self._now()
            outcomes = tuple(writing.commit(self._plan, cursor, one, now) for one in ready)
        if any(unit.erases for unit in units):
            self._connections.forget()
        return outcomes

    def lease(self, lane: Lane, hold: int, limit: int = 1) -> tuple[Lease, ...]:
        """Claim what is due, soonest first."""
        with self._connections.reading() as cursor:
            if not lanes.any_due(self._plan, cursor, lane, self._now()):
                return ()
        with self._connections.writing() as cursor:
            return lanes.lease(self._plan, cursor, lane, hold, limit, now=self._now())

    def settle(self, *settles: Settle) -> tuple[bool, ...]:
        """End leases without a change."""
        with self._connections.writing() as cursor:
            return tuple(lanes.end(self._plan, cursor, one) for one in settles)

    def peek(self, lane: Lane, limit: int = 100) -> LaneView:
        """How the lane stands."""
        with self._connections.reading() as cursor:
            return lanes.peek(self._plan, cursor, lane, limit)

    def todos(self, lane: Lane, after: tuple[str, str, str] = ("", "", ""), limit: int = 100) -> tuple[Standing, ...]:
        """Every todo of the lane in the order of its place."""
        with self._connections.reading() as cursor:
            return lanes.todos(self._plan, cursor, lane, after, limit)

    def close(self) -> None:
        """Let go of the connections."""
        self._connections.close()

    def _now(self) -> datetime:
        now: datetime = instant(self._clock())
        return now


def open_store(
    url: str,
    types: Iterable[RecordType],
    clock: Callable[[], datetime] | None,
    busy_seconds: float,
    cache_mib: int,
) -> SqlStore:
    """The store of that URL; an empty database is set up, one that lacks something is refused as StoreOutdated."""
    made = plan(tuple(types))
    connections = Connections(place(url, busy_seconds, cache_mib))
    try:
        schema.ready(made, connections)
    except BaseException:
        connections.close()
        raise
    return SqlStore(made, connections, clock or (lambda: datetime.now(UTC)))
