"""What is to come of a ticket's chains if nothing changes, and what in the site's chains can't work (SLA-03)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import product

from attrs import frozen

from itsmkit.core.assigning import why_not
from itsmkit.core.calendar import BusinessHours, add, is_open
from itsmkit.core.chains import Coming, calendars_of, chained, coming, conditions, duty, farthest, passed_over
from itsmkit.core.errors import BadInput, CalendarError
from itsmkit.core.model.agreement import Clock, Target
from itsmkit.core.model.escalation import NEXT_LINE, ROTA, TEAM, Level
from itsmkit.core.model.organisation import Assignment
from itsmkit.core.model.party import Person, Rota
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.people import everything
from itsmkit.core.plugins import a
from itsmkit.core.rota import read
from itsmkit.core.setup import Looking, Setup
from itsmkit.core.store import Finding

AHEAD = timedelta(days=35)
"""So far ahead conditions and rosters are tried: five weeks."""
EVERY = timedelta(minutes=30)


@frozen
class Planned:
    """A level to come: when (None while its clock rests), of which clock, whom it reaches, and on which conditions.

    `reaches` are persons ("person:ann"), a role ("role:manager") or a team; `over` says why it would be passed over.
    """

    at: datetime | None
    clock: str
    kind: str
    level: str
    turn: int
    to: str
    reaches: tuple[str, ...]
    conditions: str
    over: str


def plan(setup: Setup, ticket: Ticket) -> tuple[Planned, ...]:
    """The levels to come as if nothing changed, soonest first, those of clocks at rest last."""
    calendars, handed = setup.policy.calendars, _Handed(setup, ticket)
    every = [(clock, one) for clock in ticket.clocks for one in coming(clock, ticket.timeline, calendars)]
    return tuple(_planned(setup, ticket, handed, *one) for one in sorted(every, key=_soonest))


def _soonest(one: tuple[Clock, Coming]) -> tuple[bool, float]:
    at = one[1].at
    return at is None, at.timestamp() if at else 0.0


def _planned(setup: Setup, ticket: Ticket, handed: "_Handed", clock: Clock, one: Coming) -> Planned:
    level, at = one.rung.level, one.at
    over = passed_over(level, at, setup.policy, setup.site) if at else ""
    reaches = () if over or not level.to else _reached(setup, ticket, handed, level, at or setup.world.now())
    target = clock.target
    return Planned(
        at, target.name, target.kind, level.moment, one.rung.turn, level.to, reaches, conditions(level), over
    )


def _reached(setup: Setup, ticket: Ticket, handed: "_Handed", level: Level, at: datetime) -> tuple[str, ...]:
    if level.functional:
        team = handed.on(level)
        return (f"team:{team}",) if team else ()
    if level.to.startswith(ROTA):
        return tuple(f"person:{one}" for one in duty(setup.site, level.to.removeprefix(ROTA), at))
    role = setup.ask_model(lambda model: model.reporting_line(level.to, ticket), a(str)).answer
    return (f"role:{role}",) if role else ()


class _Handed:
    """A ticket's way through the teams, as the functional levels of a chain would send it."""

    def __init__(self, setup: Setup, ticket: Ticket) -> None:
        self._setup, self._ticket = setup, ticket
        self._line = ticket.line or 1
        self.teams = [ticket.team] if ticket.team else []

    def on(self, level: Level) -> str:
        """The team that the level sends it to, "" where there is none."""
        if level.to == NEXT_LINE:
            site, line = self._setup.site, self._line + 1
            heard = self._setup.ask_model(lambda model: model.assignment(self._ticket, line, site), a(Assignment))
            name = heard.answer.team if heard.answer else ""
        else:
            name = level.to.removeprefix(TEAM)
        team = self._setup.site.team(name)
        if team is None:
            return ""
        self._line = team.line
        self.teams.append(name)
        return name


# what can't work


def flaws(setup: Setup) -> Iterator[Finding]:
    """What is wrong with the site's chains and rosters: an unsound finding each, none where all can work.

    Looks for levels that reach nobody, that send a ticket in circles or beyond the last line, that can't be reached;
    and for rosters that nobody, or somebody unknown, is on. Conditions are tried over the coming five weeks.
    """
    people = {one.id: one for one in everything(setup.store, "person") if isinstance(one, Person) and one.active}
    for rota in setup.site.rotas:
        yield from (Finding(f"rota {rota.id}", sound=False, said=said) for said in _of_rota(rota, people, setup))
    roles = {role for one in people.values() for role in one.roles}
    for name, target in _chains(setup):
        said = dict.fromkeys((*_of_levels(setup, target, roles), *_of_way(setup, target)))
        yield from (Finding(f"chain {name}", sound=False, said=one) for one in said)


def _of_rota(rota: Rota, people: Mapping[str, Person], setup: Setup) -> Iterator[str]:
    try:
        roster = read(rota, setup.site.zone)
    except BadInput as fault:
        yield str(fault)
        return
    team = setup.site.team(rota.team)
    if rota.team and team is None:
        yield f"there is no team {rota.team}"
    duties = (one for part in (*roster.week.values(), *roster.dates.values()) for one in part)
    for person in sorted({person for one in duties for person in one.persons}):
        if person not in people:
            yield f"nobody active has the id {person}"
        elif team is not None and (said := why_not(setup, people[person], team)):
            yield f"{person} can't be given the tickets of team {team.id}: {person} {said}"


def _chains(setup: Setup) -> Iterator[tuple[str, Target]]:
    """Every chain that the agreements give to tickets of any priority and kind, and those that none of them takes."""
    seen: set[tuple[str, tuple[Level, ...]]] = set()
    taken: set[str] = set()
    for priority, kind in product(range(1, len(setup.policy.rules.priorities) + 1), setup.policy.rules.kinds):
        for target in _targets(setup, priority, kind):
            taken.add(target.escalation)
            if target.escalation and target.escalation not in setup.policy.chains:
                continue  # the target is refused, and a fault of its plugin tells so
            whole = chained(target, setup.policy)
            if (target.calendar, whole.chain) not in seen:
                seen.add((target.calendar, whole.chain))
                yield target.escalation or f"of target {target.name}", whole
    for name, chain in setup.policy.chains.items():
        if name not in taken:
            yield name, Target("any", 3600, "always", chain=chain)


def _targets(setup: Setup, priority: int, kind: str) -> tuple[Target, ...]:
    now = setup.world.now()
    ticket = _ticket(setup, priority=priority, kind=kind)
    look = Looking(now, setup.site, setup.store, Scope.system("escalation check"))
    heard = setup.plugins.every("itsmkit_agreements", a(Target), record=ticket, look=look)
    return tuple(target for _, target in heard.answer if target.calendar in setup.policy.calendars)


def _ticket(setup: Setup, *, priority: int = 1, kind: str = "") -> Ticket:
    """A ticket as one of that priority would be, on the first line."""
    site = setup.site
    made = Ticket(
        id="check", number="", opened=setup.world.now(), opened_month="", channel="check",
        priority=priority, kind=kind or setup.policy.rules.kinds[0], line=1,
    )  # fmt: skip
    first = setup.ask_model(lambda model: model.assignment(made, 1, site), a(Assignment)).answer
    return made if first is None else revised(made, team=first.team, line=first.line)


def _of_levels(setup: Setup, target: Target, roles: set[str]) -> Iterator[str]:
    calendars = setup.policy.calendars
    for level in target.chain:
        name = f"{level.moment} to {level.to}"
        if unknown := sorted(set(calendars_of(level)) - set(calendars)):
            yield f"{name}: there is no calendar {', '.join(unknown)}"
            continue
        if level.rota and setup.site.rota(level.rota) is None:
            yield f"{name}: there is no rota {level.rota}, so its condition never holds"
            continue
        moments = tuple(_moments(setup, level, calendars[target.calendar]))
        if not moments:
            yield f"{name} can't be reached: its conditions never hold while calendar {target.calendar} is open"
        yield from (f"{name}: {said}" for said in _of_recipient(setup, level, roles, moments))
    try:
        add(calendars[target.calendar], setup.world.now(), farthest(target))
    except (CalendarError, OverflowError) as fault:
        yield f"its last level can't be reached: {fault}"


def _moments(setup: Setup, level: Level, calendar: BusinessHours) -> Iterator[datetime]:
    """The moments of the coming weeks at which the level could fire."""
    at = setup.world.now()
    until = at + AHEAD
    while at < until:
        runs = level.wall or level.hold or is_open(calendar, at)
        held = not level.hold or is_open(setup.policy.calendars[level.hold], at)
        if runs and held and not passed_over(level, at, setup.policy, setup.site):
            yield at
        at += EVERY


def _of_recipient(setup: Setup, level: Level, roles: set[str], moments: Iterable[datetime]) -> Iterator[str]:
    if level.to.startswith(ROTA):
        name = level.to.removeprefix(ROTA)
        if setup.site.rota(name) is None:
            yield f"there is no rota {name}"
        elif (at := next((one for one in moments if not duty(setup.site, name, one)), None)) is not None:
            yield f"nobody is on duty by rota {name} at {at.astimezone(setup.zone):%Y-%m-%d %H:%M}"
    elif level.to.startswith(TEAM):
        if setup.site.team(level.to.removeprefix(TEAM)) is None:
            yield f"there is no team {level.to.removeprefix(TEAM)}"
    elif level.to != NEXT_LINE:
        ticket = _ticket(setup)
        role = setup.ask_model(lambda model: model.reporting_line(level.to, ticket), a(str)).answer
        if not role:
            yield "the organisation model reaches nobody by that word"
        elif role not in roles:
            yield f"nobody has the role {role}"


def _of_way(setup: Setup, target: Target) -> Iterator[str]:
    """Where the functional levels would send a ticket: beyond the last line, or back to a team that had it."""
    handed = _Handed(setup, _ticket(setup))
    for rung in target.rungs:
        level = rung.level
        if not level.functional or (level.to != NEXT_LINE and setup.site.team(level.to.removeprefix(TEAM)) is None):
            continue
        had = set(handed.teams)
        team = handed.on(level)
        if not team:
            yield f"{level.moment} to {level.to}: there is no line behind team {handed.teams[-1]}"
        elif team in had:
            yield f"{level.moment} to {level.to}: goes in circles, team {team} has had the ticket by then"
