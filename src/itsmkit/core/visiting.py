"""When a visit can be: the earliest hours that the customer, those who go and the vendor have in common (INC-23)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from itertools import islice

from attrs import frozen

from itsmkit.core.acting import check_charged
from itsmkit.core.commanding import seen
from itsmkit.core.errors import BadInput, NotFound
from itsmkit.core.model.agreement import CONTRACT
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.party import Person
from itsmkit.core.model.process import END
from itsmkit.core.model.query import Op, Scope, Test
from itsmkit.core.model.record import from_ms, instant, to_ms
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.work_order import OrderStatus, WorkOrder
from itsmkit.core.openings import Openings, Span, gaps, merged, shared
from itsmkit.core.people import everything
from itsmkit.core.referral import holder
from itsmkit.core.rota import openings
from itsmkit.core.setup import Setup

OFFERED = 5
AHEAD = timedelta(days=92)
"""So far ahead a common time is looked for."""
USUAL = 60
"""Minutes of a visit whose length nobody has said yet."""
_QUARTER = 15 * 60_000
_MILLISECOND = timedelta(milliseconds=1)
_AGREE = frozenset({Duty.RECORD, Duty.HANDLE})
_UNDER_WAY = (str(OrderStatus.SCHEDULED), str(OrderStatus.ON_SITE))
_SYSTEM = Scope.system("visits")


@frozen
class Slot:
    """A time at which a visit could be, in UTC."""

    starts: datetime
    ends: datetime


@frozen
class Hours:
    """When somebody can take part in a visit: whose hours, "customer" or a person's or vendor's id; and by what."""

    who: str
    by: str
    openings: Openings


@frozen
class Offer:
    """The times to offer a customer, earliest first, for those who go; `hours` are those that had to agree.

    Of those who go, and of the hours, only those are named whom the asker may know.
    """

    slots: tuple[Slot, ...]
    going: tuple[str, ...]
    hours: tuple[Hours, ...]


def slots(
    hours: Iterable[Openings], minutes: int, after: datetime, taken: Iterable[Span] = (), ahead: timedelta = AHEAD
) -> Iterator[Slot]:
    """All times of that length when everybody is open and nothing is `taken`, in order and without overlap.

    They begin where the common time opens or on a quarter of an hour, each as early as the one before allows; none
    begins before `after` or ends later than `ahead` behind it. `hours` has one calendar at least.
    """
    since, length = to_ms(instant(after)), minutes * 60_000
    window = instant(after) - _MILLISECOND, instant(after) + ahead
    common = reduce(shared, (list(one.within(*window)) for one in hours))
    opens = {start for start, _ in common if start >= since}  # what began before the window is open already
    for start, end in shared(common, gaps(merged(taken), (since, to_ms(window[1])))):
        at = start if start in opens else _on_quarter(start)
        while at + length <= end:
            yield Slot(from_ms(at), from_ms(at + length))
            at = _on_quarter(at + length)


def _on_quarter(ms: int) -> int:
    # Quarters of an hour of UTC are those of every zone.
    return -(-ms // _QUARTER) * _QUARTER


def offer(setup: Setup, number: str, by: Principal, minutes: int = 0, after: datetime | None = None) -> Offer:
    """The five earliest times for the visit of that work order, for those who may agree it with the customer.

    Without `minutes` it takes as long as was agreed before, or an hour. NotFound where the order can't be seen,
    NotAllowed without the duty, BadInput where nobody goes or no time fits.
    """
    found = seen(setup, number, by)
    if not isinstance(found, WorkOrder):
        raise NotFound("work order", number)
    # Free hours tell of visits to others: they are for those who arrange visits, and not for the customer.
    check_charged("slots", _AGREE, by)
    order = setup.store.get("work_order", found.id, _SYSTEM)
    ticket = setup.store.get("ticket", found.parent, _SYSTEM)
    if not isinstance(order, WorkOrder) or not isinstance(ticket, Ticket):
        raise NotFound("work order", number)
    _check(order, length := minutes or order.minutes or USUAL)
    hours = tuple(concerned(setup, order, ticket))
    unnamed = {*order.going} - {*found.going}
    named = tuple(one for one in hours if one.who not in unnamed)
    now = setup.world.now()
    begin = max(after or now, now)
    every = slots((one.openings for one in hours), length, begin, _taken(setup, order))
    fitting = tuple(islice(every, OFFERED))
    if not fitting:
        whose = ", ".join(f"{one.who} ({one.by})" for one in named)
        msg = f"no {length} minutes in the {AHEAD.days} days from {begin:%Y-%m-%d} on are free for all of {whose}"
        raise BadInput(msg)
    return Offer(fitting, found.going, named)


def _check(order: WorkOrder, minutes: int) -> None:
    if order.step == END:
        msg = f"{order.number} is over ({order.outcome}); there is no visit to agree"
        raise BadInput(msg)
    if not order.technicians:
        msg = f"nobody is to go for {order.number} yet; `decide` says who"
        raise BadInput(msg)
    if not 0 < minutes <= AHEAD / timedelta(minutes=1):
        msg = f"a visit takes 1 minute or more, and {AHEAD.days} days at most, not {minutes} minutes"
        raise BadInput(msg)


def concerned(setup: Setup, order: WorkOrder, ticket: Ticket) -> Iterator[Hours]:
    """Whose hours count: the customer's at that place, those of each who goes, and the vendor's that has the ticket.

    Who has no hours of their own keeps the site's, `[rules] calendar`.
    """
    rules = setup.policy.rules
    known = {name.casefold(): calendar for name, calendar in rules.customer_hours.items()}
    of_customer = (known.get(one.casefold()) for one in (order.place, ticket.place, ticket.customer) if one)
    yield _by_calendars(setup, "customer", next(filter(None, of_customer), ""))
    vendors = set()
    for id_ in order.going:
        person = setup.store.get("person", id_, _SYSTEM)
        if isinstance(person, Person):
            vendors.add(person.vendor)
            yield _of_person(setup, person, order, ticket)
    vendor = holder(ticket)
    if vendor and vendor not in vendors:
        teams = tuple(one.id for one in setup.site.teams if one.vendor == vendor)
        own = (ticket.team,) if ticket.team in teams else teams
        yield _by_calendars(setup, vendor, *_named(setup, own, vendor, ticket))


def _of_person(setup: Setup, person: Person, order: WorkOrder, ticket: Ticket) -> Hours:
    """By the rosters of their teams that name them, else by their team's calendar, else by their vendor's contract."""
    site = setup.site
    rosters = [openings(one, person.id, site.zone) for one in site.rotas if one.team in person.teams]
    if duties := [one for one in rosters if one is not None]:
        return _either(person.id, duties)
    teams = (order.team,) if order.team in person.teams else person.teams
    return _by_calendars(setup, person.id, *_named(setup, teams, person.vendor, ticket))


def _named(setup: Setup, teams: Iterable[str], vendor: str, ticket: Ticket) -> tuple[str, ...]:
    """The calendars of the teams, or those that the vendor's contract promises its work on the ticket by."""
    own = tuple(team.calendar for one in teams if (team := setup.site.team(one)) is not None and team.calendar)
    if own or not vendor:
        return own
    parties = {vendor, *(one.id for one in setup.site.teams if one.vendor == vendor)}
    promised = (clock.target for clock in ticket.clocks if clock.target.kind == CONTRACT)
    return tuple(one.calendar for one in promised if one.party in parties)


def _by_calendars(setup: Setup, who: str, *names: str) -> Hours:
    calendars = setup.policy.calendars
    wanted = dict.fromkeys(filter(None, names)) or (setup.policy.rules.calendar,)
    return _either(who, [calendars[one].openings for one in wanted])


def _either(who: str, parts: list[Openings]) -> Hours:
    """The hours of who is there when any of the parts is open."""
    by = " or ".join(one.name for one in parts)
    if len(parts) == 1:
        return Hours(who, by, parts[0])
    return Hours(who, by, Openings(by, lambda year: merged(span for one in parts for span in one.spans_of(year))))


def _taken(setup: Setup, order: WorkOrder) -> Iterator[Span]:
    """When those who go are at other visits."""
    for one in everything(setup.store, "work_order", Test("status", Op.ANY_OF, _UNDER_WAY)):
        if (
            isinstance(one, WorkOrder)
            and one.starts is not None
            and one.id != order.id
            and not set(one.going).isdisjoint(order.going)
        ):
            begin = to_ms(one.starts)
            yield begin, begin + one.minutes * 60_000
