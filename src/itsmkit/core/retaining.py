"""What is kept no longer: a daily round over what has run out, leased like all work and resumable at any moment.

Its schedule is a record of its own with a todo; no timer lives in memory.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import ClassVar

from attrs import frozen

from itsmkit.core.changes import child_types
from itsmkit.core.erasing import FILES, WHOLE, Erased, unit_of
from itsmkit.core.model.child import Child
from itsmkit.core.model.event import Draft
from itsmkit.core.model.message import Received
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.query import Op, Query, Scope, Test
from itsmkit.core.model.record import Field, FieldKind, Record, RecordType, revised
from itsmkit.core.model.ticket import Ticket, files
from itsmkit.core.model.unit import Done, Lane, Lease, Settle, Todo, Unit
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup

CHUNK = 500
"""So many records are done under one lease."""
TOGETHER = 50
DAILY = timedelta(days=1)
NAME = "retention"
ALL = Scope.system("retention")


@frozen(kw_only=True, slots=False)
class Routine(Record):
    """Something that the desk does again and again by itself: when it was done last, and when it is due."""

    type: ClassVar[str] = "routine"

    due: datetime
    last: datetime | None = None


ROUTINE = RecordType("routine", Routine, fields=(Field("due", FieldKind.TIME),))


@frozen
class _Sort:
    """A sort of records that run out: which they are, after how many days, and what of them goes."""

    query: Query
    days: int
    since: str
    what: str = WHOLE


def _sorts(setup: Setup, until: datetime) -> tuple[_Sort, ...]:
    keep = setup.retention
    fresh = Test("erased", value="")
    done = Test("state", Op.ANY_OF, ("opened", "joined", "set_aside", "unreadable", "dropped"))
    told = Test("state", Op.ANY_OF, ("sent", "dropped"))
    given_up = Test("state", Op.ANY_OF, ("dead", "parked", "held"))
    # A ticket whose text goes loses its files with it.
    young = (Test("closed", Op.AT_LEAST, until - timedelta(days=keep.text)),) if keep.text else ()
    return (
        _Sort(Query("received", (fresh, done)), keep.raw, "at"),
        _Sort(Query("notice", (fresh, told)), keep.notices, "queued"),
        _Sort(Query("notice", (fresh, given_up)), keep.dead_letters, "queued"),
        _Sort(Query("ticket", (Test("erased", Op.ANY_OF, ("", FILES)),)), keep.text, "closed"),
        *(_Sort(Query(type_, (fresh,)), keep.text, "closed") for type_ in child_types(setup)),
        _Sort(Query("ticket", (fresh, *young)), keep.attachments, "closed", FILES),
    )


def expired(setup: Setup, until: datetime) -> Iterator[tuple[Record, str]]:
    """The records that have run out by that moment, with what of each; unreadable ones and those on hold stay."""
    for sort in _sorts(setup, until):
        if not sort.days:
            continue
        over = Test(sort.since, Op.LESS, until - timedelta(days=sort.days))
        query = Query(sort.query.type, (*sort.query.where, over))
        after: str | None = None
        while True:
            page = setup.store.find(query, ALL, after, 200)
            for one in page.items:
                if isinstance(one, Record) and _has(one, sort.what) and not _is_held(setup, one):
                    yield one, sort.what
            if (after := page.after) is None:
                break


def _has(record: Record, what: str) -> bool:
    """Whether there is anything to go: most tickets never had a file."""
    return what == WHOLE or (isinstance(record, Ticket) and bool(files(record)))


def _is_held(setup: Setup, record: Record) -> bool:
    hold = setup.retention.hold
    if not hold:
        return False
    about = _ticket_of(record)
    ticket = setup.store.get("ticket", about, ALL) if about else record
    return isinstance(ticket, Ticket) and not {ticket.number, ticket.requester}.isdisjoint(hold)


def _ticket_of(record: Record) -> str:
    """The id of the ticket that a record is about, "" for a ticket itself."""
    if isinstance(record, Received):
        return record.ticket
    if isinstance(record, Child):
        return record.parent
    return record.about if isinstance(record, Notice) else ""


def retain(
    setup: Setup, until: datetime, by: str, *, dry_run: bool = False, limit: int | None = None
) -> Iterator[Erased]:
    """Erase what has run out by that moment, at most so many records; each as it is done, or would be.

    A record that somebody changes just then is left to the next round.
    """
    over = islice(expired(setup, until), limit)
    while some := list(islice(over, TOGETHER)):
        now = setup.world.now()
        units = () if dry_run else tuple(unit_of(setup, one, by, now, why=NAME, what=what) for one, what in some)
        outcomes = setup.store.commit(*units) if units else ()
        for (one, what), outcome in zip(some, outcomes or (None,) * len(some), strict=True):
            if outcome is None or isinstance(outcome, Done):
                yield Erased(one.type, one.id, _number(setup, one), what)


def _number(setup: Setup, record: Record) -> str:
    if isinstance(record, Ticket | Notice):
        return record.number
    if isinstance(record, Child):
        return record.about
    ticket = setup.store.get("ticket", record.ticket, ALL) if isinstance(record, Received) and record.ticket else None
    return ticket.number if isinstance(ticket, Ticket) else ""


def schedule(setup: Setup) -> None:
    """See to it that the daily round is on its lane, where anything is to be kept for some days only."""
    if not any(setup.retention.days) or setup.store.get("routine", NAME, ALL) is not None:
        return
    now = setup.world.now()
    routine = Routine(id=NAME, due=now + DAILY)
    todo = Todo(Lane.DUE, routine.due)
    setup.store.commit(Unit((sealed(setup.world, None, routine, (Draft("scheduled", "core"),), now, todos=(todo,)),)))


def round_(setup: Setup, lease: Lease) -> int:
    """One chunk of the daily round; the rest is due at once, the next round in a day."""
    routine = setup.store.get(lease.type, lease.id, ALL)
    if not isinstance(routine, Routine):
        setup.store.settle(Settle(lease, parked=True))
        return 0
    now = setup.world.now()
    erased = list(retain(setup, now, "core", limit=CHUNK))
    due = now if len(erased) >= CHUNK else now + DAILY
    after = revised(routine, due=due, last=now)
    draft = Draft("retained", "core", args={"erased": len(erased)})
    change = sealed(setup.world, routine, after, (draft,), now, todos=(Todo(Lane.DUE, due),))
    setup.store.commit(Unit((change,), settles=(Settle(lease),)))
    return len(erased)
