"""Messages that were kept and not finished, as an operator sees them: listed, run through intake again, dropped."""

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen

from itsmkit.core import intake
from itsmkit.core.errors import BadInput, NotFound, Stale
from itsmkit.core.model.event import Draft
from itsmkit.core.model.message import Receipt, Received
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.query import Query, Scope, Test
from itsmkit.core.model.record import revised
from itsmkit.core.model.unit import Done, Lane, Todo, Unit
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.standings import of_record

ALL = Scope.system("inbox")


@frozen
class Waiting:
    """A message that is kept and not finished: "leased" to a receiver, "waiting" for one, or "parked"."""

    received: Received
    stands: str
    next_try: datetime | None = None
    lapses: int = 0


def waiting(setup: Setup, limit: int = 1000) -> Iterator[Waiting]:
    """The inbox, the oldest first."""
    after: str | None = None
    n = 0
    while n < limit:
        page = setup.store.find(Query("received", (Test("state", value="waiting"),)), ALL, after, min(limit - n, 200))
        for one in page.items:
            if isinstance(one, Received):
                yield _standing(setup, one)
        n += len(page.items)
        if (after := page.after) is None:
            return


def _standing(setup: Setup, received: Received) -> Waiting:
    todos = of_record(setup.store, "received", received.id)
    place = next((one for one in todos if one.lease.lane is Lane.INTAKE), None)
    if place is None or place.parked:
        return Waiting(received, "parked", None, place.lease.lapses if place else 0)
    due = place.lease.until if place.leased else place.lease.due
    return Waiting(received, "leased" if place.leased else "waiting", due, place.lease.lapses)


def replay(setup: Setup, id_: str, by: Principal, *, dry_run: bool = False) -> Receipt:
    """Run a message through intake again; what became of it. Whoever had it leased can't finish it any more."""
    received = _received(setup, id_)
    if dry_run:
        return intake.foreseen_of(setup, received).receipt
    now = setup.world.now()
    todo = Todo(Lane.INTAKE, now, hold=intake.HOLD)
    change = sealed(setup.world, received, received, (Draft("replayed", by.id),), now, todos=(todo,))
    outcome = setup.store.commit(Unit((change,)))[0]
    if not isinstance(outcome, Done):
        raise Stale(f"message {id_}", received.version, received.version + 1)
    kept = intake.left_behind(setup, outcome.leases[0])
    return intake.finish(setup, kept) if kept else intake.receipt_of(setup, id_)


def drop(setup: Setup, id_: str, by: Principal, reason: str, *, dry_run: bool = False) -> Received:
    """Give a message up for good; its bytes stay as long as others'. BadInput without a reason."""
    if not reason.strip():
        msg = "to drop a message takes a reason"
        raise BadInput(msg)
    received = _received(setup, id_)
    after = revised(received, state="dropped")
    draft = Draft("dropped", by.id, personal={"reason": reason.strip()})
    todos = (Todo(Lane.INTAKE, None),)
    change = sealed(setup.world, received, after, (draft,), setup.world.now(), todos=todos)
    if not dry_run and not isinstance(setup.store.commit(Unit((change,)))[0], Done):
        raise Stale(f"message {id_}", received.version, received.version + 1)
    return after


def _received(setup: Setup, id_: str) -> Received:
    found = setup.store.get("received", id_, ALL) if ":" not in id_ else None
    if not isinstance(found, Received):
        raise NotFound("message", id_)
    if found.state != "waiting":
        msg = f"message {id_} is finished: {found.state}; `itsmkit inbox list` shows those that aren't"
        raise BadInput(msg)
    return found
