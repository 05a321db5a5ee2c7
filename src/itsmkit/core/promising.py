"""Commitments: their table, what keeps and breaks them, and who is told of a broken one."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from types import MappingProxyType

from itsmkit.core.acting import applied
from itsmkit.core.changes import born, child_change, linked, ticket_change
from itsmkit.core.following import FOLLOWING, TRIES, command_of, each, resolves
from itsmkit.core.model.commitment import BY_RESOLUTION, Commitment, Promise
from itsmkit.core.model.commitment import CommitmentStatus as Status
from itsmkit.core.model.event import Draft, Event
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Change, Conflict, Lease, Settle, Unit
from itsmkit.core.plugins import a
from itsmkit.core.setup import Setup
from itsmkit.core.verb import Effect
from itsmkit.core.verbs.promising import audience_of, keeping, told

_STEPS = (
    Step("PR1", "Keep the promise", Duty.HANDLE, {"fulfilled": END, "broken": "PR2", "overtaken": END}, Status.PENDING,
         writes=("closed", "outcome"), source="INC-03"),
    Step("PR2", "Make good what was promised", Duty.HANDLE, {"fulfilled_late": END}, Status.BROKEN,
         writes=("closed", "outcome"), source="INC-03"),
)  # fmt: skip

PROMISING = Process(
    "commitment",
    "Commitments",
    "PR1",
    MappingProxyType({step.id: step for step in _STEPS}),
    type="commitment",
    ended=Status.CLOSED,
)
"""The table as shipped; `itsmkit process show commitment` prints it."""
MOST = 1000
"""More promises than one ticket can come to."""
BROKEN = "promise_broken"
PROMISE = "promise"
"""Why the manager is to judge whether a ticket with a broken promise is escalated."""
MANAGER = "manager"


# what follows from a ticket's event


def follows(setup: Setup, ticket: Ticket, event: Event) -> None:
    """The customer's expected time becomes a commitment (INC-03); a resolution keeps what was to be solved by then."""
    if event.code == "opened" and ticket.expected is not None and ticket.expected > event.at:
        each(setup, (ticket,), partial(_expected, setup, event))
    if resolves(event) and ticket.resolved is not None:
        each(setup, _standing(setup, ticket), partial(_kept, setup, event, ticket.resolved))


def _expected(setup: Setup, cause: Event, ticket: Ticket) -> Unit | None:
    id_ = command_of(cause, ticket)
    if ticket.expected is None or setup.store.get("commitment", id_, FOLLOWING) is not None:
        return None
    now = setup.world.now()
    until = ticket.expected
    made = Commitment(id=id_, sort=Promise.EXPECTED, until=until, due=until, opened=now)
    child = born(setup, made, ticket, now)
    args = {"commitment": child.number, **told(child)}
    change = ticket_change(
        setup, ticket, linked(ticket, child), (Draft("expected", "core", ticket.step, args=args),), now, cause=id_
    )
    begun = Draft("opened", "core", child.step, args={"for": ticket.number})
    return Unit((change, child_change(setup, None, child, (begun,), now, parent=ticket, cause=id_)), command=id_)


def _standing(setup: Setup, ticket: Ticket) -> Iterator[Commitment]:
    where = (
        Test("parent", value=ticket.id),
        Test("status", Op.ANY_OF, (str(Status.PENDING), str(Status.BROKEN))),
        Test("sort", Op.ANY_OF, tuple(map(str, BY_RESOLUTION))),
    )
    page = setup.store.find(Query("commitment", where), FOLLOWING, limit=MOST)
    return (one for one in page.items if isinstance(one, Commitment))


def _kept(setup: Setup, cause: Event, resolved: datetime, commitment: Commitment) -> Unit | None:
    ticket = _ticket(setup, commitment)
    if ticket is None or ticket.resolved != resolved or commitment.step == END:
        return None  # it came back meanwhile, or somebody was faster
    command = command_of(cause, commitment)
    return Unit(
        _changes(setup, commitment, ticket, keeping(commitment, resolved), "keep", cause=command), command=command
    )


def _ticket(setup: Setup, commitment: Commitment) -> Ticket | None:
    found = setup.store.get("ticket", commitment.parent, FOLLOWING)
    return found if isinstance(found, Ticket) else None


# when its time has come


def fell_due(setup: Setup, lease: Lease) -> None:
    """Look whether a promise was kept whose time has come: it is closed by what kept it, or broken and told of."""
    for _ in range(TRIES):
        commitment = setup.store.get(lease.type, lease.id, FOLLOWING)
        ticket = _ticket(setup, commitment) if isinstance(commitment, Commitment) else None
        if not isinstance(commitment, Commitment) or ticket is None or commitment.due is None:
            setup.store.settle(Settle(lease))
            return
        unit = Unit(_ended(setup, commitment, ticket), settles=(Settle(lease),))
        if not isinstance(setup.store.commit(unit)[0], Conflict):
            return


def _ended(setup: Setup, commitment: Commitment, ticket: Ticket) -> tuple[Change, ...]:
    now = setup.world.now()
    if commitment.sort in BY_RESOLUTION and ticket.resolved is not None and ticket.resolved <= commitment.until:
        return _changes(setup, commitment, ticket, keeping(commitment, ticket.resolved), "keep")
    if not ticket.is_open and ticket.closed is not None and ticket.closed <= commitment.until:
        changes = {"closed": now, "due": None, "outcome": "overtaken"}
        return _changes(setup, commitment, ticket, Effect(changes, {"PR1": "overtaken"}), "overtaken")
    broken = Effect({"broken": commitment.until, "due": None}, {"PR1": "broken"})
    return _changes(setup, commitment, ticket, broken, BROKEN)


def _changes(
    setup: Setup, commitment: Commitment, ticket: Ticket, effect: Effect, code: str, *, cause: str = ""
) -> tuple[Change, ...]:
    """What becomes of a promise by itself, and what its ticket's journal says of it."""
    now, audience = setup.world.now(), audience_of(commitment)
    first = Draft(code, "core", commitment.step, args=told(commitment), audience=audience)
    after, drafts = applied(setup, commitment, effect, first, now=now)
    own = child_change(setup, commitment, after, drafts, now, parent=ticket, cause=cause)
    if code != BROKEN:
        args = {"commitment": commitment.number, "outcome": after.outcome}
        said = Draft("commitment", "core", ticket.step, code, args, audience=audience)
        return own, ticket_change(setup, ticket, ticket, (said,), now, cause=cause)
    unjudged = ticket.unjudged if PROMISE in ticket.unjudged else (*ticket.unjudged, PROMISE)
    judged = revised(ticket, unjudged=unjudged)
    return own, ticket_change(setup, ticket, judged, (_broken(setup, commitment, ticket),), now, cause=cause)


def _broken(setup: Setup, commitment: Commitment, ticket: Ticket) -> Draft:
    """The event on the ticket by which owner and manager are told: to the desk only, a requester is told by people."""
    manager = setup.ask_model(lambda model: model.reporting_line(MANAGER, ticket), a(str)).answer
    owner = commitment.owner or ticket.owner
    args = {"commitment": commitment.number, **told(commitment), "role": manager or "", "people": [owner] * bool(owner)}
    return Draft(BROKEN, "core", ticket.step, args=args, personal={"text": commitment.text} if commitment.text else {})
