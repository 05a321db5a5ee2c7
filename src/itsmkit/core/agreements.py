"""Can the desk keep its word? Whether an SLA can be met at all by the OLAs and contracts that it rests on (SLA-05).

A ticket goes from line to line, and each party may take all the time that it has promised, in its own hours. Where
that takes longer than the SLA allows from any starting moment, the promise can't be kept, and the worst moment to
start at is the proof. All times are piecewise linear in the starting moment, with bends and jumps at the edges of the
calendars and where those lead back to: looking at those moments, and just behind them, is looking at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from attrs import frozen

from itsmkit.core.calendar import BusinessHours, add, intervals, subtract
from itsmkit.core.errors import CalendarError
from itsmkit.core.model.agreement import CONTRACT, SLA, Fact, Target
from itsmkit.core.model.party import Team
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.setup import Setup
from itsmkit.core.triage import agreements

YEAR = timedelta(days=366)
JUST_BEHIND = timedelta(milliseconds=1)
_END = frozenset({Fact.RESOLVED, Fact.CLOSED})

Leg = tuple[BusinessHours, int]
"""Seconds of a calendar's open time that a party may take."""


@frozen
class Start:
    """A moment to start at: when the SLA is due from there, when the parties are done, and how much time that leaves.

    `left` is below zero where the SLA is missed though everybody keeps their word.
    """

    at: datetime
    due: datetime
    done: datetime

    @property
    def left(self) -> timedelta:
        """Time between the two."""
        return self.due - self.done


@frozen
class Finding:
    """A promise to the customer, what it rests on in the order of the lines, and the worst moment to start at."""

    sla: Target
    route: tuple[Target, ...]
    worst: Start

    @property
    def kept(self) -> bool:
        """Whether it can be met from every starting moment."""
        return self.worst.left >= timedelta(0)


def worst_start(sla: Leg, route: Sequence[Leg], since: datetime, until: datetime) -> Start:
    """The starting moment between two moments that leaves the least time; the earliest of equals."""
    latest = _through(route, until)
    points = {since, *_bends([sla], since, until), *_bends(route, since, max(latest, until))}
    candidates = sorted({at for point in points for at in (point, point + JUST_BEHIND) if since <= at <= until})
    return min((_start(sla, route, at) for at in candidates), key=lambda start: start.left)


def _start(sla: Leg, route: Sequence[Leg], at: datetime) -> Start:
    return Start(at, _through([sla], at), _through(route, at))


def _through(route: Iterable[Leg], at: datetime) -> datetime:
    """When everybody is done who takes all their time, one behind the other."""
    for calendar, seconds in route:
        at = add(calendar, at, seconds)
    return at


def _bends(route: Sequence[Leg], since: datetime, until: datetime) -> set[datetime]:
    """The starting moments at which the end of a route may bend or jump."""
    if not route:
        return set()
    calendar, seconds = route[0]
    edges = {edge for span in intervals(calendar, since, until) for edge in span}
    later = {*edges, *_bends(route[1:], since, until)}
    return edges | {subtract(calendar, one, seconds) for one in later}


def findings(setup: Setup, now: datetime, words: Mapping[str, Iterable[str]]) -> Iterator[Finding]:
    """Every promise to customers that rests on those of teams or vendors, by its worst way from the worst moment.

    `words` are the services and customers that agreements may go by ("services", "customers"); beside them every
    priority and kind of the site is looked at, any other service and customer as "", and a year of moments to come.
    """
    seen: set[tuple[Target, tuple[tuple[Target, ...], ...]]] = set()
    for ticket in _cases(setup, now, words):
        slas = [one for one in targets(setup, ticket, now) if one.kind == SLA]
        legs = [_promised(setup, ticket, line, now) for line in _lines(setup.site.teams)]
        for sla in slas:
            routes = tuple(route for route in _routes(sla, legs) if route)
            if routes and (sla, routes) not in seen:
                seen.add((sla, routes))
                yield min((_finding(setup, sla, route, now) for route in routes), key=lambda one: one.worst.left)


def targets(setup: Setup, ticket: Ticket, now: datetime) -> tuple[Target, ...]:
    """The targets that would hold for such a ticket."""
    return tuple(target for _, target in agreements(setup, ticket, now)[0].answer)


def imagined(now: datetime, **facts: Any) -> Ticket:
    """A ticket that was never opened, to ask what would hold for it."""
    return Ticket(id="", number="", opened=now, opened_month="", channel="", **facts)


def _cases(setup: Setup, now: datetime, words: Mapping[str, Iterable[str]]) -> Iterator[Ticket]:
    rules = setup.policy.rules
    services, customers = (("", *sorted(set(words.get(name, ())))) for name in ("services", "customers"))
    for priority, kind in product(range(1, len(rules.priorities) + 1), rules.kinds):
        for service, customer in product(services, customers):
            yield imagined(now, priority=priority, kind=kind, service=service, customer=customer)


def _lines(teams: Iterable[Team]) -> list[list[Team]]:
    lines: dict[int, list[Team]] = {}
    for team in teams:
        lines.setdefault(team.line, []).append(team)
    return [lines[line] for line in sorted(lines)]


def _promised(setup: Setup, ticket: Ticket, teams: Iterable[Team], now: datetime) -> list[tuple[Target, ...]]:
    """What each team of a line has promised for such a ticket, a vendor's by its contract where there is one."""
    found = []
    for team in teams:
        had = revised(ticket, team=team.id, line=team.line, vendor=team.vendor)
        promises = [one for one in targets(setup, had, now) if one.kind != SLA]
        contracts = {one.name for one in promises if one.kind == CONTRACT}
        kept = tuple(one for one in promises if one.kind == CONTRACT or one.name not in contracts)
        if kept and kept not in found:
            found.append(kept)
    return found


def _routes(sla: Target, legs: Iterable[Sequence[tuple[Target, ...]]]) -> Iterator[tuple[Target, ...]]:
    """The ways of a ticket through the lines: all of them for its end, the first alone for what the first one does."""
    by_line = [found for teams in legs if (found := [one for team in teams for one in team if one.name == sla.name])]
    through = by_line if set(sla.stops) <= _END else by_line[:1]
    yield from product(*through)


def _finding(setup: Setup, sla: Target, route: tuple[Target, ...], now: datetime) -> Finding:
    legs = [(setup.policy.calendars[one.calendar], one.seconds) for one in (sla, *route)]
    try:
        worst = worst_start(legs[0], legs[1:], now, now + YEAR)
    except CalendarError as fault:
        msg = f"{sla.name} of {sla.why} can't be checked: {fault}"
        raise CalendarError(msg) from fault
    return Finding(sla, route, worst)
