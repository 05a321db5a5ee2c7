"""What the end of a change comes to for the tickets that wait for it: one unit a ticket, by the news, resumable."""

from collections.abc import Iterator
from functools import partial

from itsmkit.core.following import FOLLOWING, each, ticket_unit
from itsmkit.core.model.change import ChangeRequest
from itsmkit.core.model.event import Draft, Event
from itsmkit.core.model.query import Query, Test
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Unit
from itsmkit.core.setup import Setup
from itsmkit.core.verbs.change import after_change

CHUNK = 200


def change_over(setup: Setup, change: ChangeRequest, event: Event) -> None:
    """End the wait of every ticket for a change that is over; done again, nothing more happens."""
    if change.closed is None:
        return
    for tickets in _linked(setup, change.number):
        each(setup, tickets, partial(_end, setup, change, event))


def _linked(setup: Setup, number: str) -> Iterator[list[Ticket]]:
    after: str | None = None
    while True:
        page = setup.store.find(Query("ticket", (Test("change", value=number),)), FOLLOWING, after, CHUNK)
        yield [one for one in page.items if isinstance(one, Ticket)]
        if (after := page.after) is None:
            return


def _end(setup: Setup, change: ChangeRequest, cause: Event, ticket: Ticket) -> Unit | None:
    effect = after_change(ticket, change)
    if effect is None:
        return None
    step = ticket.step
    first = Draft("change_over", cause.by, step, effect.answers.get(step, ""), effect.args, effect.why, effect.personal,
                  effect.audience)  # fmt: skip
    return ticket_unit(setup, ticket, effect, first, cause)
