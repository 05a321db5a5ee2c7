"""The lists that people work from: named queries over open tickets and what runs beside them (REP-03)."""

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.access import masked, may
from itsmkit.core.catalogue import to_do
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.commitment import Commitment, CommitmentStatus
from itsmkit.core.model.event import INTERNAL, PERSONAL, VENDOR
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.record import Record
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.setup import Setup
from itsmkit.core.verbs.closure import to_be_reviewed
from itsmkit.core.verbs.company import to_be_led

_OPEN = tuple(str(one) for one in Status if one is not Status.CLOSED)
_STANDING = (str(CommitmentStatus.PENDING), str(CommitmentStatus.BROKEN))
_AT_WORK = tuple(str(one) for one in Status if one not in (Status.CLOSED, Status.RESOLVED))


@frozen
class Queue:
    """A work list: what it shows, whose duty it is, the query behind it, and what of its answers belongs on it.

    `fits` gets the moment in the site's zone. `order` is the field it goes by. One `of_house` is no work of a vendor's
    staff, whatever their duties.
    """

    name: str
    title: str
    duty: Duty
    where: Callable[[Principal], tuple[Test, ...]]
    fits: Callable[[Any, datetime], bool] = lambda _record, _now: True
    type: str = "ticket"
    order: str = ""
    of_house: bool = False

    def query(self, by: Principal) -> Query:
        """The query for that reader: tickets of the highest rank first, what runs beside them by its age."""
        usual = "rank" if self.type == "ticket" else "opened"
        return Query(self.type, self.where(by), order=self.order or usual)


def _open(_by: Principal) -> tuple[Test, ...]:
    return (Test("status", Op.ANY_OF, _OPEN),)


def _at_work(_by: Principal) -> tuple[Test, ...]:
    return (Test("status", Op.ANY_OF, _AT_WORK),)


def _of_mine(by: Principal) -> tuple[Test, ...]:
    """What is for the reader's teams or vendor; who belongs to none sees what all have."""
    vendors = tuple(sorted(key.removeprefix("vendor:") for key in by.scope.keys if key.startswith("vendor:")))
    if by.teams:
        return (Test("team", Op.ANY_OF, tuple(sorted(by.teams))),)
    return (Test("vendor", Op.ANY_OF, vendors),) if vendors else ()


def _late(ticket: Ticket, now: datetime) -> bool:
    """A target is missed, or the present step of a catalogue procedure is."""
    job = to_do(ticket)
    return any(one.due is not None and one.due < now for one in ticket.clocks) or (job is not None and job.late)


def _pressing(promise: Commitment, now: datetime) -> bool:
    broken = promise.status == CommitmentStatus.BROKEN
    return broken or promise.until.astimezone(now.tzinfo).date() <= now.date()


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
            Queue("masters", "Masters with their linked tickets", Duty.WATCH,
                  lambda by: (*_open(by), Test("linked", Op.AT_LEAST, 1))),
            Queue("promises", "Promises due today or broken", Duty.HANDLE,
                  lambda _: (Test("status", Op.ANY_OF, _STANDING),), _pressing, "commitment", "until"),
            Queue("waiting", "Resting", Duty.RECORD, lambda _: (Test("status", value=str(Status.WAITING)),)),
            Queue("to-confirm", "Resolved, the user's word is awaited", Duty.RECORD,
                  lambda _: (Test("step", value="IM5.2"),)),
            Queue("follow-up", "Closed, the follow-up call is to be made", Duty.RECORD,
                  lambda _: (Test("step", value="IM5.6"),)),
            Queue("tasks", "Tasks of my teams", Duty.HANDLE,
                  lambda by: (Test("step", Op.ANY_OF, ("TK1", "TK2")), *_of_mine(by)), type="task"),
            Queue("tasks-declined", "Tasks to be assigned anew", Duty.RECORD,
                  lambda _: (Test("step", value="TK3"),), type="task"),
            Queue("changes", "Change requests that are awaited", Duty.HANDLE,
                  lambda _: (Test("step", Op.ANY_OF, ("CR1", "CR2")),), type="change"),
            Queue("follow-up-late", "The follow-up call is overdue", Duty.RECORD,
                  lambda _: (Test("step", value="IM5.6"),), lambda ticket, _: ticket.follow_up_late),
            Queue("to-submit", "Changed configuration items to be handed in", Duty.RECORD,
                  lambda _: (Test("step", value="IM5.4"),)),
            Queue("ci-notices", "News of configuration items", Duty.CONFIGURE,
                  lambda _: (Test("step", value="CN1"),), type="ci_notice"),
            Queue("to-archive", "Work orders to be archived", Duty.ARCHIVE,
                  lambda _: (Test("step", value="WO6"),), type="work_order"),
            Queue("to-review", "Closed, of the highest priority, to be reviewed", Duty.CHAIR,
                  lambda _: (Test("status", value=str(Status.CLOSED)), Test("priority", value=1)),
                  lambda ticket, _: to_be_reviewed(ticket)),
        )
    }
)  # fmt: skip


def listed(setup: Setup, name: str, by: Principal, limit: int) -> tuple[Any, ...]:
    """What stands on a work list for the reader, the most urgent first: tickets, or what runs beside them.

    A list goes by all of a record that the reader sees, a ticket's clocks too, and shows as much of it as they may see.
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
    now, after = setup.world.now().astimezone(setup.zone), None
    whole = evolve(by.scope, audiences=by.scope.audiences | {INTERNAL, PERSONAL})
    found: list[Record] = []
    while len(found) < limit:
        page = setup.store.find(queue.query(by), whole, after, limit)
        found += [one for one in page.items if isinstance(one, Record) and queue.fits(one, now)]
        if (after := page.after) is None:
            break
    return tuple(masked(setup.types[queue.type], one, by.scope) for one in found[:limit])


def watched(by: Principal) -> tuple[str, ...]:
    """The names of the lists that are the reader's work, by their duties (ORG-03)."""
    inside = by.scope.commands("")
    return tuple(one.name for one in QUEUES.values() if may(by, frozenset({one.duty})) and (inside or not one.of_house))
