"""Erasing what names or quotes a person: record by record, each in a unit of its own, so that a stop loses nothing.

What stays is what no law of privacy asks to go: ids, numbers, times, classes, links, service-level results, and the
journal's codes. The chain of events stays provable.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import singledispatch

from attrs import evolve, frozen

from itsmkit.core.changes import child_types
from itsmkit.core.errors import BadInput, NotAllowed, NotFound, StoreError
from itsmkit.core.model.child import Child
from itsmkit.core.model.event import Draft, Event
from itsmkit.core.model.message import Received
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.party import PERSON, Person
from itsmkit.core.model.query import Op, Query, Scope, Test
from itsmkit.core.model.record import Record, Unreadable, revised
from itsmkit.core.model.ticket import Contact, Ticket
from itsmkit.core.model.unit import Conflict, Done, Erase, Lane, Todo, Unit
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup

FILES, WHOLE = "files", "all"
TRIES = 8
ALL = Scope.system("erasure")


@frozen
class Erased:
    """What was, or would be, erased of one record: "all" of it or its "files"; `number` is that of its ticket."""

    type: str
    id: str
    number: str = ""
    what: str = WHOLE


UNTOLD = ("waiting", "held")
"""The states of a notice that is yet to be told: emptied, it is told no more."""


@frozen
class Request:
    """An erasure as it was asked for: whose data, by whom, why, and how far it may go."""

    person: str
    by: Principal
    reason: str
    open_too: bool = False
    dry_run: bool = False


# what is left of a record


@singledispatch
def emptied(record: Record, what: str = WHOLE) -> Record:
    """The record without whatever names or quotes a person, or only without its files."""
    msg = f"nobody laid down what is personal in a {record.type} ({what})"
    raise TypeError(msg)


@emptied.register
def _(record: Ticket, what: str = WHOLE) -> Ticket:
    if what == FILES:
        return revised(record, attachments=(), internal_files=(), personal_files=(), erased=FILES)
    return revised(
        record,
        contact=Contact(),
        title="",
        text="",
        symptom="",
        configuration="",
        place="",
        reason="",
        stated="",
        ci="",
        solution="",
        cause="",
        message_id="",
        # What it waits for was said in words; the reason is one of the site's list.
        waits=tuple(evolve(one, text="") for one in record.waits),
        similar=(),
        attachments=(),
        internal_files=(),
        personal_files=(),
        call=None,
        survey_text="",
        ci_change="",
        erased=WHOLE,
    )


@emptied.register
def _(record: Child, what: str = WHOLE) -> Child:
    return record.emptied(what)


@emptied.register
def _(record: Received, what: str = WHOLE) -> Received:
    return revised(record, raw="", name="", erased=what)


@emptied.register
def _(record: Notice, what: str = WHOLE) -> Notice:
    kind, _, _ = record.recipient.partition(":")
    recipient = f"{kind}:" if kind == "contact" else record.recipient
    state = "dropped" if record.state in UNTOLD else record.state
    return revised(record, recipient=recipient, args={}, references=(), address="", error="", state=state, erased=what)


@emptied.register
def _(record: Person, what: str = WHOLE) -> Person:
    del what
    return Person(id=record.id, version=record.version, head=record.head, reach=record.reach,
                  name="", active=False, erased=True)  # fmt: skip


def is_empty(setup: Setup, record: Record, what: str = WHOLE) -> bool:
    """Whether nothing personal is left of the record, nor, where all was to go, in its events."""
    done = getattr(record, "erased", "") in (what, WHOLE, True)
    if not done or emptied(record, what) != record:
        return done and what == FILES and getattr(record, "erased", "") == WHOLE
    return what == FILES or not any(event.personal for event in _history(setup, record))


def _history(setup: Setup, record: Record) -> Iterator[Event]:
    after = 0
    while stretch := setup.store.history(record.type, record.id, ALL, after):
        yield from (event for event in stretch if event.code != "erased")
        after = stretch[-1].seq


def unit_of(
    setup: Setup, record: Record, by: str, now: datetime, *, why: str, what: str = WHOLE, reason: str = ""
) -> Unit:
    """The unit that empties a record: its body, its events' personal parts, and its place on the lanes with it.

    `why` is a code: "request" or "retention"; a `reason` in words is kept with the event.
    """
    after = emptied(record, what)
    untold = isinstance(record, Notice) and record.state in UNTOLD
    drafts = [Draft("dropped", by, why={"because": "erased"})] if untold else []
    drafts.append(Draft("erased", by, args={"why": why, "what": what}, personal={"reason": reason} if reason else {}))
    change = sealed(setup.world, record, after, drafts, now, todos=(Todo(Lane.POST, None),) if untold else ())
    erases = (Erase(record.type, record.id, record.version),) if what == WHOLE else ()
    return Unit((change,), erases=erases)


# one person


def erase(setup: Setup, request: Request) -> Iterator[Erased]:
    """Erase a person's data: their tickets, messages and notices, then the person; each record as it is done.

    NotFound for nobody of that id or key; NotAllowed where the settings hold them or one of their tickets; BadInput
    without a reason, or where tickets are open and may not be touched. Stopped at any moment, the same call goes on.
    StoreError where something is left in the end.
    """
    if not request.reason.strip():
        msg = "an erasure needs a reason, such as the request it answers"
        raise BadInput(msg)
    person = setup.store.get("person", request.person, ALL)
    if not isinstance(person, Person):
        raise NotFound("person", request.person)
    _check_held(setup, person)
    _check_open(setup, person, may=request.open_too)
    for record, number in _theirs(setup, person):
        if not is_empty(setup, record):
            if not request.dry_run:
                _emptied(setup, record, request)
            yield Erased(record.type, record.id, number)
    if request.dry_run:
        if not person.erased:
            yield Erased("person", person.id)
        return
    left = [f"{one.type} {one.id}" for one, _ in _theirs(setup, person) if not is_empty(setup, one)]
    if left:
        msg = f"more came in meanwhile: {', '.join(left[:5])}; erase {person.id} again"
        raise StoreError(msg)
    if not is_empty(setup, person):
        _emptied(setup, person, request)
        yield Erased("person", person.id)
    _check_gone(setup, person)


def _check_held(setup: Setup, person: Person) -> None:
    hold = set(setup.retention.hold)
    held = [person.id] if person.id in hold else []
    held += [one.number for one in _tickets(setup, person) if isinstance(one, Ticket) and one.number in hold]
    if held:
        msg = f"[retention] hold keeps {', '.join(held[:5])}: nothing of it is erased until it is taken off there"
        raise NotAllowed(msg)


def _check_open(setup: Setup, person: Person, *, may: bool) -> None:
    open_ = [one.number for one in _tickets(setup, person) if isinstance(one, Ticket) and one.is_open]
    if open_ and not may:
        msg = f"{person.id} has open tickets: {', '.join(open_[:5])}; close them first, or erase them too (--open-too)"
        raise BadInput(msg)


def _theirs(setup: Setup, person: Person) -> Iterator[tuple[Record, str]]:
    """Everything that holds data of the person, but for their own record; with the number of its ticket."""
    for ticket in _tickets(setup, person):
        if isinstance(ticket, Unreadable):
            msg = f"ticket {ticket.id} can't be read and so not erased: {ticket.why}"
            raise StoreError(msg)
        if not isinstance(ticket, Ticket):
            continue
        beside = ((type_, "parent") for type_ in child_types(setup))
        for type_, field in (("notice", "about"), ("received", "ticket"), *beside):
            for one in _found(setup, Query(type_, (Test(field, value=ticket.id),))):
                yield one, ticket.number
        yield ticket, ticket.number
    for entry in _found(setup, Query("entry", (Test("person", value=person.id),))):
        about = setup.store.get("ticket", vars(entry)["parent"], ALL)
        if not (isinstance(about, Ticket) and _is_theirs(about, person)):
            yield entry, vars(entry)["about"]
    for notice in _found(setup, Query("notice", (Test("recipient", value=f"person:{person.id}"),))):
        about = setup.store.get("ticket", vars(notice)["about"], ALL)
        if not (isinstance(about, Ticket) and _is_theirs(about, person)):  # those came with their tickets
            yield notice, about.number if isinstance(about, Ticket) else ""


def _tickets(setup: Setup, person: Person) -> Iterator[Record | Unreadable]:
    """Those that the person requested, and those of contacts that claimed to be them before anybody knew them."""
    yield from _pages(setup, Query("ticket", (Test("requester", value=person.id),)))
    if keys := PERSON.keys(person):
        strangers = (Test("requester", Op.UNSET), Test("contact_key", Op.ANY_OF, keys))
        yield from _pages(setup, Query("ticket", strangers))


def _is_theirs(ticket: Ticket, person: Person) -> bool:
    stranger = not ticket.requester and ticket.contact_key in PERSON.keys(person)
    return ticket.requester == person.id or stranger


def _found(setup: Setup, query: Query) -> Iterator[Record]:
    for one in _pages(setup, query):
        if isinstance(one, Unreadable):
            msg = f"{one.type} {one.id} can't be read and so not erased: {one.why}"
            raise StoreError(msg)
        yield one


def _pages(setup: Setup, query: Query) -> Iterator[Record | Unreadable]:
    after: str | None = None
    while True:
        page = setup.store.find(query, ALL, after, 200)
        yield from page.items
        if (after := page.after) is None:
            return


def _emptied(setup: Setup, record: Record, request: Request) -> None:
    """Commit the emptied record, anew where somebody came between."""
    reason = request.reason.strip() if isinstance(record, Person) else ""
    now = setup.world.now()
    for _ in range(TRIES):
        outcome = setup.store.commit(unit_of(setup, record, request.by.id, now, why="request", reason=reason))[0]
        if isinstance(outcome, Done):
            setup.on_point("erased")
            return
        if not isinstance(outcome, Conflict) or outcome.record is None:
            break
        record = outcome.record
    msg = f"{record.type} {record.id} is being changed by many at once; erase again"
    raise StoreError(msg)


def _check_gone(setup: Setup, before: Person) -> None:
    """StoreError where anything of the person is left: their keys, their record, what was theirs."""
    after = setup.store.get("person", before.id, ALL)
    left = [] if isinstance(after, Person) and is_empty(setup, after) else [f"person {before.id}"]
    left += [key for key in PERSON.keys(before) if setup.store.get("person", key, ALL) is not None]
    left += [f"{one.type} {one.id}" for one, _ in _theirs(setup, before) if not is_empty(setup, one)]
    if left:
        msg = f"something is left of {', '.join(left[:5])}; erase {before.id} again, and run `itsmkit verify`"
        raise StoreError(msg)
