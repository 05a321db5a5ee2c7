"""The ledger of responsibility: every second of a ticket belongs to exactly one party, and the sums are wall time.

A pure function of the timeline and the parties' calendars (SLA-02, SLA-05): whose turn it was, when, and how much of
that lay outside their hours.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from attrs import define, field, frozen

from itsmkit.core.calendar import BusinessHours, between
from itsmkit.core.model.agreement import CONTRACT, Fact, Moment
from itsmkit.core.model.party import Site
from itsmkit.core.model.pause import CUSTOMER
from itsmkit.core.model.record import to_ms
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.policy import Policy

NOBODY, OFF_HOURS = "nobody", "off_hours"


@frozen
class Share:
    """A stretch of a ticket's time in one party's hands: whole seconds within its hours, and outside them.

    `party` is "customer", "change", "line:2", "vendor:acme", "is" or another word of the site, or "nobody".
    """

    since: datetime
    until: datetime
    party: str
    seconds: int
    closed: int


@frozen
class Ledger:
    """A ticket's time from its opening to its closing, or until now: the shares in order, and what each party had.

    `totals` name "off_hours" beside the parties; they sum up to `seconds`, to the second.
    """

    since: datetime
    until: datetime
    seconds: int
    shares: tuple[Share, ...]
    totals: Mapping[str, int]


def ledger(timeline: tuple[Moment, ...], calendars: Mapping[str, BusinessHours], now: datetime) -> Ledger | None:
    """The ledger of a timeline; None where nothing was opened yet.

    `calendars` gives the hours of teams ("team:net") and of other parties ("vendor:acme") that have any: time outside
    them is off-hours, while somebody without a calendar, as a customer is, answers for all of it. Seconds are those
    that a clock in UTC has begun.
    """
    if not timeline or timeline[0].at > now:
        return None
    turns = [*_turns(timeline, now), (_end(timeline, now), "", "")]
    shares = tuple(
        _share(since, until, party, calendars.get(hours))
        for (since, party, hours), (until, _, _) in pairwise(turns)
        if until > since
    )
    totals: dict[str, int] = {}
    for one in shares:
        totals[one.party] = totals.get(one.party, 0) + one.seconds
        if one.closed:
            totals[OFF_HOURS] = totals.get(OFF_HOURS, 0) + one.closed
    since, until = timeline[0].at, _end(timeline, now)
    return Ledger(since, until, _wall(since, until), shares, {name: gone for name, gone in totals.items() if gone})


def _end(timeline: Iterable[Moment], now: datetime) -> datetime:
    """Its closing, unless it was opened again since; else now."""
    closed: datetime | None = None
    for moment in timeline:
        if moment.what is Fact.CLOSED:
            closed = closed or moment.at
        elif moment.what is Fact.REOPENED:
            closed = None
    return min(closed, now) if closed else now


def _wall(since: datetime, until: datetime) -> int:
    return to_ms(until) // 1000 - to_ms(since) // 1000


def _share(since: datetime, until: datetime, party: str, calendar: BusinessHours | None) -> Share:
    wall = _wall(since, until)
    seconds = wall if calendar is None else between(calendar, since, until)
    return Share(since, until, party, seconds, wall - seconds)


@define
class _Hands:
    """In whose hands the ticket is, fact by fact."""

    holder: tuple[str, str] = (NOBODY, "")
    waits: list[Moment] = field(factory=list)
    asked: bool = False
    closed: bool = False

    @property
    def turn(self) -> tuple[str, str]:
        """Whose turn it is and whose hours count.

        Nobody's once closed, else that of whom it waits for longest, else the customer's who was asked, else the
        holder's.
        """
        if self.closed:
            return NOBODY, ""
        if self.waits:
            return self.waits[0].party or NOBODY, self.waits[0].party
        return (CUSTOMER, CUSTOMER) if self.asked else self.holder

    def meet(self, moment: Moment) -> None:
        """Take in the next fact."""
        match moment.what:
            case Fact.TEAM:
                by_contract = moment.party.startswith("vendor:")
                self.holder = moment.party or NOBODY, moment.party if by_contract else f"team:{moment.value}"
            case Fact.PAUSED:
                self.waits.append(moment)
            case Fact.RESUMED:
                over = next((one for one in self.waits if one.value == moment.value), None)
                self.waits = [one for one in self.waits if one is not over]
            case Fact.ASKED:
                self.asked = True
            case Fact.HEARD:
                self.asked = False
            case Fact.CLOSED | Fact.REOPENED:
                self.asked, self.closed = False, moment.what is Fact.CLOSED


def _turns(timeline: Iterable[Moment], now: datetime) -> Iterator[tuple[datetime, str, str]]:
    """Since when whose turn it was by whose hours, where that changes."""
    hands, last = _Hands(), ("", "")
    for moment in timeline:
        if moment.at > now:
            break
        hands.meet(moment)
        if hands.turn != last:
            last = hands.turn
            yield moment.at, *last


def hours(ticket: Ticket, site: Site, policy: Policy) -> Mapping[str, BusinessHours]:
    """By whose calendar each party works: a vendor by its contract, a team by its own, both else by the site's."""
    found: dict[str, BusinessHours] = {}
    for team in site.teams:
        calendar = policy.calendars[team.calendar or policy.rules.calendar]
        found[f"team:{team.id}"] = calendar
        if team.vendor:
            found[f"vendor:{team.vendor}"] = calendar
    for clock in ticket.clocks:
        if clock.target.kind == CONTRACT and clock.target.party:
            found[f"vendor:{clock.target.party}"] = policy.calendars[clock.target.calendar]
    return found
