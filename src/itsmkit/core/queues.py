"""The lists that people work from: named queries over open tickets (REP-03)."""

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.event import INTERNAL, VENDOR
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.setup import Setup

_OPEN = tuple(str(one) for one in Status if one is not Status.CLOSED)
_AT_WORK = tuple(str(one) for one in Status if one not in (Status.CLOSED, Status.RESOLVED))


@frozen
class Queue:
    """A work list: what it shows, the query behind it, and what of its answers belongs on it."""

    name: str
    title: str
    where: Callable[[Principal], tuple[Test, ...]]
    fits: Callable[[Ticket, datetime], bool] = lambda _ticket, _now: True

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
            Queue("open", "Open tickets", _open),
            Queue("unclassified", "To be classified", lambda _: (Test("step", value="IM2.1"),)),
            Queue("mine", "Assigned to me", lambda by: (*_at_work(by), Test("assignee", value=by.person))),
            Queue("owned", "Taken in by me", lambda by: (*_open(by), Test("owner", value=by.person))),
            Queue("unassigned", "Without a team or person", lambda by: (*_at_work(by), Test("assignee", Op.UNSET))),
            Queue("unaccepted", "Assigned and not accepted yet",
                  lambda _: (Test("step", Op.ANY_OF, ("IM2.12", "IM2.13")),)),
            Queue("declined", "Declined, to be assigned anew", lambda _: (Test("step", value="IM2.11"),)),
            Queue("overdue", "Past a target", _at_work, _late),
            Queue("escalated", "Escalated by a clock", _at_work,
                  lambda ticket, _: any(one.fired for one in ticket.clocks)),
            Queue("to-judge", "Late or major: to be escalated or not", _open, lambda ticket, _: bool(ticket.unjudged)),
            Queue("waiting", "Resting", lambda _: (Test("status", value=str(Status.WAITING)),)),
            Queue("to-confirm", "Resolved, the user's word is awaited", lambda _: (Test("step", value="IM5.2"),)),
            Queue("follow-up", "Closed, the follow-up call is to be made", lambda _: (Test("step", value="IM5.6"),)),
        )
    }
)  # fmt: skip


def listed(setup: Setup, name: str, by: Principal, limit: int) -> tuple[Ticket, ...]:
    """What stands on a work list for the reader, the most urgent first.

    BadInput for an unknown list, NotAllowed for readers who see no internal fields: the lists go by those.
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
    found: list[Ticket] = []
    while len(found) < limit:
        page = setup.store.find(queue.query(by), by.scope, after, limit)
        found += [one for one in page.items if isinstance(one, Ticket) and queue.fits(one, now)]
        if (after := page.after) is None:
            break
    return tuple(found[:limit])
