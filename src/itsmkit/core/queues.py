"""The lists that people work from: named queries over open tickets (REP-03)."""

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import cast

from attrs import evolve, frozen

from itsmkit.core.access import masked, may
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.event import INTERNAL, PERSONAL, VENDOR
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.setup import Setup
from itsmkit.core.verbs.closure import to_be_reviewed
from itsmkit.core.verbs.company import to_be_led

_OPEN = tuple(str(one) for one in Status if one is not Status.CLOSED)
_AT_WORK = tuple(str(one) for one in Status if one not in (Status.CLOSED, Status.RESOLVED))


@frozen
class Queue:
    """A work list: what it shows, whose duty it is, the query behind it, and what of its answers belongs on it.

    One `of_house` is no work of a vendor's staff, whatever their duties.
    """

    name: str
    title: str
    duty: Duty
    where: Callable[[Principal], tuple[Test, ...]]
    fits: Callable[[Ticket, datetime], bool] = lambda _ticket, _now: True
    of_house: bool = False

    def query(self, by: Principal) -> Query:
        """The query for that reader: the highest rank first."""
        return Query("ticket", self.where(by), order="rank")


def _open(_by: Principal) -> tuple[Test, ...]:
    return (Test("status", Op.ANY_OF, _OPEN),)


def _at_work(_by: Principal) -> tuple[Test, ...]:
    return (Test("status", Op.ANY_OF, _AT_WORK),)


def _late(ticket: Ticket, now: datetime) -> bool:
    return any(one.due is not None and one.due < now for one in ticket.clocks)


QUEUES = MappingProxyType(
    {
        queue.name: queue
        for queue in (
            Queue("open", "Open tickets", Duty.RECORD, _open),
            Queue("unclassified", "To be classified", Duty.RECORD, lambda _: (Test("step", value="IM2.1"),)),
            Queue("mine", "Assigned to me", Duty.HANDLE,
                  lambda by: (*_at_work(by), Test("assignee", value=by.person))),
            Queue("owned", "Taken in by me", Duty.RECORD,
                  lambda by: (*_open(by), Test("owner", value=by.person))),
            Queue("unassigned", "Without a team or person", Duty.WATCH,
                  lambda by: (*_at_work(by), Test("assignee", Op.UNSET))),
            Queue("unaccepted", "Assigned and not accepted yet", Duty.WATCH,
                  lambda _: (Test("step", Op.ANY_OF, ("IM2.12", "IM2.13")),)),
            Queue("declined", "Declined, to be assigned anew", Duty.WATCH,
                  lambda _: (Test("step", value="IM2.11"),)),
            Queue("overdue", "Past a target", Duty.WATCH, _at_work, _late),
            Queue("escalated", "Escalated by a clock", Duty.WATCH, _at_work,
                  lambda ticket, _: any(one.fired for one in ticket.clocks)),
            Queue("to-judge", "Late or major: to be escalated or not", Duty.MANAGE, _open,
                  lambda ticket, _: bool(ticket.unjudged)),
            Queue("to-rule", "Not theirs, a vendor says: to be ruled on", Duty.MANAGE, _open,
                  lambda ticket, _: bool(ticket.disputed), of_house=True),
            Queue("to-approve", "New staff or equipment: to be approved", Duty.LEAD, lambda _: (),
                  lambda ticket, _: bool(ticket.wanted)),
            Queue("to-lead", "Major faults and disputes that nobody leads in", Duty.LEAD, _open,
                  lambda ticket, _: to_be_led(ticket)),
            Queue("waiting", "Resting", Duty.RECORD, lambda _: (Test("status", value=str(Status.WAITING)),)),
            Queue("to-confirm", "Resolved, the user's word is awaited", Duty.RECORD,
                  lambda _: (Test("step", value="IM5.2"),)),
            Queue("follow-up", "Closed, the follow-up call is to be made", Duty.RECORD,
                  lambda _: (Test("step", value="IM5.6"),)),
            Queue("to-review", "Closed, of the highest priority, to be reviewed", Duty.CHAIR,
                  lambda _: (Test("status", value=str(Status.CLOSED)), Test("priority", value=1)),
                  lambda ticket, _: to_be_reviewed(ticket)),
        )
    }
)  # fmt: skip


def listed(setup: Setup, name: str, by: Principal, limit: int) -> tuple[Ticket, ...]:
    """What stands on a work list for the reader, the most urgent first.

    A list goes by all of a ticket that the reader sees, its clocks too, and shows as much of it as they may see.
    BadInput for an unknown list, NotAllowed for readers who don't work on tickets.
    """
    try:
        queue = QUEUES[name]
    except KeyError:
        msg = f"there is no queue {name!r}; there are {', '.join(QUEUES)}"
        raise BadInput(msg) from None
    if not (by.scope.hears(INTERNAL) or by.scope.hears(VENDOR)):
        msg = "work lists are for those who work on tickets; `itsmkit ticket list` shows your own"
        raise NotAllowed(msg)
    now, after = setup.world.now(), None
    whole = evolve(by.scope, audiences=by.scope.audiences | {INTERNAL, PERSONAL})
    found: list[Ticket] = []
    while len(found) < limit:
        page = setup.store.find(queue.query(by), whole, after, limit)
        found += [one for one in page.items if isinstance(one, Ticket) and queue.fits(one, now)]
        if (after := page.after) is None:
            break
    return tuple(cast("Ticket", masked(setup.types["ticket"], one, by.scope)) for one in found[:limit])


def watched(by: Principal) -> tuple[str, ...]:
    """The names of the lists that are the reader's work, by their duties (ORG-03)."""
    inside = by.scope.commands("")
    return tuple(one.name for one in QUEUES.values() if may(by, frozenset({one.duty})) and (inside or not one.of_house))
