"""The store itself: each verb is a transaction around one function of reading, writing or lanes."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from itsmkit import (
    Blob,
    Count,
    Done,
    Event,
    Lane,
    LaneView,
    Lease,
    Outcome,
    OutcomeUnknown,
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
    from_ms,
    instant,
)
from itsmkit_store_sql import lanes, reading, schema, writing
from itsmkit_store_sql.databases import TRIES, Database, Turn
from itsmkit_store_sql.plan import Plan, plan


class SqlStore:
    """An `itsmkit.Store` in a SQL database. `clock` takes the place of the database's own."""

    def __init__(self, plan: Plan, database: Database, clock: Callable[[], datetime] | None) -> None:
        self._plan = plan
        self._database = database
        self._clock = clock

    def get(self, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
        """The record with that id or unique key, or None."""
        within = scope.of(self._plan.of(type_).type)
        return self._database.read(lambda turn: reading.get(self._plan, turn, type_, key, within), single=True)

    def blob(self, digest: str, scope: Scope) -> Blob | None:
        """The bytes of that digest, where a record that names them is visible."""
        return self._database.read(lambda turn: reading.blob(self._plan, turn, digest, scope))

    def history(self, type_: str, id_: str, scope: Scope, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Events of a visible record behind `after`, for the scope's audiences."""
        within = scope.of(self._plan.of(type_).type)
        return self._database.read(
            lambda turn: reading.history(self._plan, turn, (type_, id_), within, after=after, limit=limit)
        )

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        """Visible records that answer the query, behind `after`."""
        type_ = self._plan.of(query.type).type
        within = scope.of(type_)
        check_query(query, type_, within)
        return self._database.read(
            lambda turn: reading.find(self._plan, turn, query, within, after=after, limit=limit),
            single=within.everything and not query.like,
        )

    def tally(self, tally: Tally, scope: Scope) -> tuple[Count, ...]:
        """Counts and sums over the visible records."""
        type_ = self._plan.of(tally.type).type
        within = scope.of(type_)
        check_tally(tally, type_, within)
        return self._database.read(
            lambda turn: reading.tally(self._plan, turn, tally, within), single=within.everything
        )

    def commit(self, *units: Unit) -> tuple[Outcome, ...]:
        """Each unit all or nothing, in order; one flush for all."""
        ready = [writing.prepare(self._plan, unit) for unit in units]
        outcomes = self._written(ready)
        if any(unit.erases for unit in units):
            self._database.forget()
        return outcomes

    def _written(self, ready: list[writing.Ready], tries: int = TRIES) -> tuple[Outcome, ...]:
        try:
            return self._database.write(lambda turn: writing.commit(self._plan, turn, ready, self._clock))
        except OutcomeUnknown:
            # A command tells by itself whether it was done: what was written then isn't written again.
            if tries == 1 or not all(one.unit.command for one in ready):
                raise
        return self._written(ready, tries - 1)

    def lease(self, lane: Lane, hold: int, limit: int = 1) -> tuple[Lease, ...]:
        """Claim what is due, soonest first."""
        if limit <= 0 or not self._database.read(lambda turn: lanes.any_due(self._plan, turn, lane, self._now(turn))):
            return ()
        return self._database.write(lambda turn: lanes.lease(self._plan, turn, lane, hold, limit, now=self._now(turn)))

    def settle(self, *settles: Settle) -> tuple[bool, ...]:
        """End leases without a change."""
        return tuple(isinstance(one, Done) for one in self.commit(*(Unit(settles=(settle,)) for settle in settles)))

    def peek(self, lane: Lane, limit: int = 100) -> LaneView:
        """How the lane stands."""
        return self._database.read(lambda turn: lanes.peek(self._plan, turn, lane, limit))

    def todos(self, lane: Lane, after: tuple[str, str, str] = ("", "", ""), limit: int = 100) -> tuple[Standing, ...]:
        """Every todo of the lane in the order of its place."""
        return self._database.read(lambda turn: lanes.todos(self._plan, turn, lane, after, limit), single=True)

    def close(self) -> None:
        """Let go of the connections."""
        self._database.close()

    def _now(self, turn: Turn) -> datetime:
        question = self._plan.phrases.clock
        if question and not self._clock:
            ((ms,),) = turn.rows(question)
            return from_ms(ms)
        now: datetime = instant(self._clock() if self._clock else datetime.now(UTC))
        return now


def open_store(database: Database, types: Iterable[RecordType], clock: Callable[[], datetime] | None) -> SqlStore:
    """The store in that database; an empty one is set up, one that lacks something is refused as StoreOutdated."""
    made = plan(tuple(types), database.phrases)
    try:
        schema.ready(made, database)
    except BaseException:
        database.close()
        raise
    return SqlStore(made, database, clock)
