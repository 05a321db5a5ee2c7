"""A work order's visit for calendars, as its reader may see it."""

from collections.abc import Iterator

from itsmkit.core.commanding import seen
from itsmkit.core.errors import BadInput, NotFound
from itsmkit.core.invitation import Invitation, calendar_file, uid
from itsmkit.core.model.event import INTERNAL
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.work_order import WorkOrder
from itsmkit.core.setup import Setup

_SYSTEM = Scope.system("invite")


def calendar_file_of(setup: Setup, number: str, by: Principal, language: str = "") -> str:
    """The .ics file of the order's visit; one that was put off or cancelled takes it out of calendars again.

    Its attendees are all concerned whose addresses the reader may see, and else the reader alone. NotFound where the
    order can't be seen, BadInput where no visit was agreed.
    """
    order = seen(setup, number, by)
    if not isinstance(order, WorkOrder):
        raise NotFound("work order", number)
    off = order.outcome == "cancelled" or order.starts is None
    if not order.sequence or (order.starts is None and order.left is not None):
        msg = f"no visit is agreed for {order.number}; `schedule` does"
        raise BadInput(msg)
    found = setup.store.get("ticket", order.parent, by.scope)
    ticket = found if isinstance(found, Ticket) else None
    title = f"{ticket.title} [{ticket.number}]" if ticket else order.about
    who = ", ".join(one.name for one in _persons(setup, *order.technicians))
    visit = Invitation(uid(order, setup.site.domain), order.sequence, title, order.starts, order.minutes, order.place,
                       who, order.needs, order.bring, off=off)  # fmt: skip
    language = language or setup.site.language
    return calendar_file(visit, setup.world.now(), language, _own(setup), _attendees(setup, order, ticket, by))


def _persons(setup: Setup, *ids: str) -> Iterator[Person]:
    found = (setup.store.get("person", one, _SYSTEM) for one in ids if one)
    return (one for one in found if isinstance(one, Person))


def _own(setup: Setup) -> str:
    """The desk's own address on the usual channel, "" where there is none."""
    channel = setup.channels.get(setup.notify.channel)
    return next(iter(channel.own), "") if channel else ""


def _attendees(setup: Setup, order: WorkOrder, ticket: Ticket | None, by: Principal) -> Iterator[str]:
    """The addresses of those who go and of the requester; for who is shown no addresses, only their own."""
    shown = by.scope.hears(INTERNAL) and by.scope.personal
    requester = ticket.requester if ticket else ""
    ids = (*order.going, requester) if shown else (by.person,)
    yield from (one.mails[0] for one in _persons(setup, *ids) if one.mails)
    if shown and ticket and not requester:
        yield ticket.contact.mail
