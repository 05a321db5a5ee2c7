"""The lists that people work from: named queries over open tickets and what runs beside them (REP-03)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import combinations
from types import MappingProxyType
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.access import masked, may
from itsmkit.core.calendar import add
from itsmkit.core.catalogue import to_do
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.commitment import Commitment, CommitmentStatus
from itsmkit.core.model.entry import Entry, EntryKind
from itsmkit.core.model.event import INTERNAL, PERSONAL, VENDOR
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.pause import CUSTOMER
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.record import Record
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.policy import HOUR, Policy
from itsmkit.core.setup import Setup
from itsmkit.core.text import likeness, terms
from itsmkit.core.verbs.closure import to_be_reviewed
from itsmkit.core.verbs.company import to_be_led
from itsmkit.core.verbs.compliance import concerned
from itsmkit.core.verbs.publishing import is_for

_OPEN = tuple(str(one) for one in Status if one is not Status.CLOSED)
_STANDING = (str(CommitmentStatus.PENDING), str(CommitmentStatus.BROKEN))
_AT_WORK = tuple(str(one) for one in Status if one not in (Status.CLOSED, Status.RESOLVED))
MOST = 1000
"""Of so many records, the most urgent first, a list that looks at all of them together is made."""
COMMON = 20
"""A word that more open tickets share says nothing of their being alike."""
ALIKE = 0.5
BOUNCED = 3
"""So many hand-overs, and a ticket seems to be nobody's."""


@frozen
class Reading:
    """The circumstances in which a list is read: by whom, when, by which rules."""

    by: Principal
    now: datetime
    policy: Policy


def _all(_record: Any, _reading: Reading) -> bool:
    return True


@frozen
class Queue:
    """A work list: what it shows, whose duty it is, the query behind it, and what of its answers belongs on it.

    `fits` looks at one record, `pick` at all that fit together. `also` are further duties that it is the work of.
    `order` is the field it goes by. One that is `inside` goes by what only the desk itself is shown: to stand on it
    tells that.
    """

    name: str
    title: str
    duty: Duty
    where: Callable[[Principal], tuple[Test, ...]]
    fits: Callable[[Any, Reading], bool] = _all
    pick: Callable[[Sequence[Any]], Sequence[Any]] | None = None
    type: str = "ticket"
    also: tuple[Duty, ...] = ()
    order: str = ""
    inside: bool = False

    def shown_to(self, by: Principal) -> bool:
        """Whether it is for that reader to look at, whatever their duties: who works on tickets."""
        return by.scope.hears(INTERNAL) or (by.scope.hears(VENDOR) and not self.inside)

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


def _late(ticket: Ticket, reading: Reading) -> bool:
    """A target is missed, or the present step of a catalogue procedure is."""
    job = to_do(ticket)
    missed = any(one.due is not None and one.due < reading.now for one in ticket.clocks)
    return missed or (job is not None and job.late)


def _pressing(promise: Commitment, reading: Reading) -> bool:
    broken = promise.status == CommitmentStatus.BROKEN
    return broken or promise.until.astimezone(reading.now.tzinfo).date() <= reading.now.date()


def _silent(ticket: Ticket, reading: Reading) -> bool:
    """Whether the requester has had no word for too long, while it isn't them the ticket waits for."""
    rules = reading.policy.rules
    if any(one.owner == CUSTOMER for one in ticket.waits):
        return False
    calendar = reading.policy.calendars[rules.calendar]
    return add(calendar, ticket.told or ticket.opened, rules.word_hours * HOUR) <= reading.now


def _fired(ticket: Ticket, _reading: Reading) -> bool:
    return any(one.fired for one in ticket.clocks)


def _needs_attention(ticket: Ticket, reading: Reading) -> bool:
    """Late, escalated, silent, declined, reopened, to be judged, or handed on again and again."""
    told = ticket.unjudged or ticket.reopened or ticket.declined or ticket.hand_overs >= BOUNCED
    return bool(told) or any(one(ticket, reading) for one in (_late, _fired, _silent))


def alike(tickets: Sequence[Ticket]) -> Sequence[Ticket]:
    """Those that look like another of them and aren't linked to it, each beside what it is like (INC-20)."""
    words = [terms(f"{one.title}\n{one.text}") for one in tickets]
    having: dict[str, list[int]] = defaultdict(list)
    for at, found in enumerate(words):
        for term in found:
            having[term].append(at)
    pairs = {pair for ats in having.values() if len(ats) <= COMMON for pair in combinations(ats, 2)}
    near: dict[int, list[int]] = defaultdict(list)
    for one, other in sorted(pairs):
        if not _linked(tickets[one], tickets[other]) and likeness(words[one], words[other]) >= ALIKE:
            near[one].append(other)
            near[other].append(one)
    order = dict.fromkeys(at for one in sorted(near) for at in (one, *near[one]))
    return [tickets[at] for at in order]


def _linked(one: Ticket, other: Ticket) -> bool:
    """Whether one names the other, or both belong to one master."""
    named = other.number in (*one.links, one.master) or one.number in (*other.links, other.master)
    return named or (bool(one.master) and one.master == other.master)


_AT_DESK = (Duty.RECORD, Duty.HANDLE, Duty.OWN_PROCESS)


def _at(step: str) -> tuple[Test, ...]:
    return (Test("step", value=step),)


def _company(entry: Entry) -> str:
    """Whose managers have the entry now: those of who noted it, or behind them the house's."""
    return entry.vendor if entry.step == "RG1" else ""


def _is_turn(entry: Entry, reading: Reading) -> bool:
    """Whether the entry is with the reader's managers, and not on the list of exceptions."""
    listed_there = entry.kind is EntryKind.EXCEPTION and Duty.COLLECT in reading.by.duties
    return reading.by.vendor == _company(entry) and not listed_there


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
            Queue("escalated", "Escalated by a clock", Duty.WATCH, _at_work, _fired),
            Queue("silent", "No word to the user for too long", Duty.WATCH, _at_work, _silent),
            Queue("similar", "Alike and not linked", Duty.WATCH, _at_work, pick=alike),
            Queue("attention", "In need of attention", Duty.WATCH, _at_work, _needs_attention),
            Queue("to-judge", "Late or major: to be escalated or not", Duty.MANAGE, _open,
                  lambda ticket, _: bool(ticket.unjudged)),
            Queue("to-rule", "Not theirs, a vendor says: to be ruled on", Duty.MANAGE, _open,
                  lambda ticket, _: bool(ticket.disputed), inside=True),
            Queue("to-approve", "New staff or equipment: to be approved", Duty.LEAD, lambda _: (),
                  lambda ticket, _: bool(ticket.wanted)),
            Queue("to-lead", "Major faults and disputes that nobody leads in", Duty.LEAD, _open,
                  lambda ticket, _: to_be_led(ticket)),
            Queue("masters", "Masters with their linked tickets", Duty.WATCH,
                  lambda by: (*_open(by), Test("linked", Op.AT_LEAST, 1)), inside=True),
            Queue("promises", "Promises due today or broken", Duty.HANDLE,
                  lambda _: (Test("status", Op.ANY_OF, _STANDING),), _pressing, type="commitment", order="until"),
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
            Queue("suggestions", "Noted, to be ruled on or forwarded", Duty.MANAGE,
                  lambda by: _at("RG1") if by.vendor else (Test("step", Op.ANY_OF, ("RG1", "RG2")),),
                  _is_turn, type="entry"),
            Queue("exceptions", "Exceptions collected, to be ruled on", Duty.COLLECT,
                  lambda _: (Test("step", Op.ANY_OF, ("RG1", "RG2")), Test("kind", value="exception")),
                  lambda entry, reading: reading.by.vendor == _company(entry), type="entry"),
            Queue("for-owner", "Forwarded to the process owner", Duty.OWN_PROCESS, lambda _: _at("RG3"), type="entry"),
            Queue("to-carry-out", "Accepted, to be carried out by me", Duty.MANAGE,
                  lambda by: (*_at("RG4"), Test("owner", value=by.person)), type="entry", also=_AT_DESK),
            Queue("to-answer", "Notices of non-compliance, to be answered by us", Duty.MANAGE, lambda _: _at("NC1"),
                  lambda entry, reading: concerned(entry, reading.by), type="entry", also=_AT_DESK),
            Queue("to-settle", "Notices of non-compliance, to be settled", Duty.ENFORCE,
                  lambda _: (Test("step", Op.ANY_OF, ("NC1", "NC2")),),
                  lambda entry, reading: not concerned(entry, reading.by), type="entry"),
            Queue("resources", "Resources asked for, to be committed", Duty.COMMIT, lambda _: _at("RE1"),
                  lambda entry, reading: reading.by.vendor in ("", entry.vendor), type="entry"),
            Queue("committed", "Resources committed, to be reviewed", Duty.MANAGE, lambda _: _at("RE2"),
                  lambda entry, reading: not reading.by.vendor and entry.owner != reading.by.person, type="entry"),
            Queue("unread", "Business rules that I haven't read", Duty.MANAGE,
                  lambda _: (*_at("PB1"), Test("kind", value="rule")),
                  lambda entry, reading: is_for(entry, reading.by) and reading.by.person not in entry.readers,
                  type="entry", also=_AT_DESK),
            Queue("reviews", "Reviews of the process, to be held", Duty.OWN_PROCESS, lambda _: _at("RV1"),
                  type="entry"),
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
    if not queue.shown_to(by):
        msg = "work lists are for those who work on tickets; `itsmkit ticket list` shows your own"
        raise NotAllowed(msg)
    found = _fitting(setup, queue, by, MOST if queue.pick else limit)
    shown = (queue.pick(found) if queue.pick else found)[:limit]
    return tuple(masked(setup.types[queue.type], one, by.scope) for one in shown)


def _fitting(setup: Setup, queue: Queue, by: Principal, limit: int) -> list[Any]:
    """The first records that belong on the list, whole."""
    reading, after = Reading(by, setup.world.now().astimezone(setup.zone), setup.policy), None
    whole = evolve(by.scope, audiences=by.scope.audiences | {INTERNAL, PERSONAL})
    found: list[Any] = []
    while len(found) < limit:
        page = setup.store.find(queue.query(by), whole, after, limit)
        found += [one for one in page.items if isinstance(one, Record) and queue.fits(one, reading)]
        if (after := page.after) is None:
            break
    return found[:limit]


def watched(by: Principal) -> tuple[str, ...]:
    """The names of the lists that are the reader's work, by their duties (ORG-03)."""
    return tuple(one.name for one in QUEUES.values() if may(by, frozenset({one.duty, *one.also})) and one.shown_to(by))
