"""What the end of a change comes to for the tickets that wait for it: one unit a ticket, by the news, resumable."""

from collections.abc import Iterator
from hashlib import sha256

from itsmkit.core.acting import followed
from itsmkit.core.changes import ticket_change, with_children
from itsmkit.core.errors import ItsmError
from itsmkit.core.model.change import ChangeRequest
from itsmkit.core.model.event import Event
from itsmkit.core.model.query import Query, Scope, Test
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Conflict, Unit
from itsmkit.core.setup import Setup
from itsmkit.core.verbs.change import after_change

TRIES = 8
_WATCH = Scope.system("change")


def change_over(setup: Setup, change: ChangeRequest, event: Event) -> None:
    """End the wait of every ticket for a change that is over; done again, nothing more happens."""
    if change.closed is None:
        return
    for ticket in _linked(setup, change.number):
        _end(setup, ticket, change, event)


def _linked(setup: Setup, number: str) -> Iterator[Ticket]:
    after: str | None = None
    while True:
        page = setup.store.find(Query("ticket", (Test("change", value=number),)), _WATCH, after, 200)
        yield from (one for one in page.items if isinstance(one, Ticket))
        if (after := page.after) is None:
            return


def _end(setup: Setup, ticket: Ticket, change: ChangeRequest, event: Event) -> None:
    """Decided anew where somebody came between."""
    command = sha256(f"{event.digest}\n{ticket.id}".encode()).hexdigest()[:32]
    for _ in range(TRIES):
        effect = after_change(ticket, change)
        if effect is None:
            return
        now = setup.world.now()
        after, drafts = followed(setup, ticket, effect, "change_over", by=event.by, now=now)
        own = ticket_change(setup, ticket, after, drafts, now, cause=event.digest)
        outcome = setup.store.commit(Unit(with_children(setup, own, now), command=command))[0]
        if not isinstance(outcome, Conflict):
            return
        fresh = setup.store.get("ticket", ticket.id, _WATCH)
        if not isinstance(fresh, Ticket):
            return
        ticket = fresh
    msg = f"{ticket.number} is being changed by many at once; its wait for {change.number} ends with the next try"
    raise ItsmError(msg)
