"""When the levels of a chain fire, and whether they may: pure functions of a clock and its timeline (SLA-03).

The chain is part of the clock, frozen when it starts. A level in plain time counts through pauses, but like the others
it fires only while its clock runs.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from itsmkit.core.calendar import WEEKDAYS, BusinessHours, is_open, next_opening
from itsmkit.core.clocks import Runs, reaches, runs
from itsmkit.core.model.agreement import Clock, Fact, Moment, Target
from itsmkit.core.model.escalation import OVERDUE, START, Level, Rung
from itsmkit.core.model.party import Site
from itsmkit.core.policy import Policy
from itsmkit.core.rota import on_duty

Calendars = Mapping[str, BusinessHours]
_BREACHED = f"{OVERDUE}%"


@frozen
class Coming:
    """A level that will fire, and when as things stand; None while its clock rests short of it."""

    at: datetime | None
    rung: Rung


def coming(clock: Clock, timeline: Iterable[Moment], calendars: Calendars) -> tuple[Coming, ...]:
    """Every level of the clock that hasn't fired and still may, soonest first, those at rest last."""
    if clock.met is not None:
        return ()
    timeline = tuple(timeline)
    ran = runs(clock.target, clock.started, timeline)
    found = [Coming(_moment(rung, clock, ran, calendars), rung) for rung in _waiting(clock, timeline, ran)]
    return tuple(sorted(found, key=_order))


def fallen(clock: Clock, timeline: Iterable[Moment], calendars: Calendars, now: datetime) -> list[Coming]:
    """Those of them that are due by `now`, soonest first."""
    if clock.met is not None:
        return []
    timeline = tuple(timeline)
    ran = runs(clock.target, clock.started, timeline)
    found = list[Coming]()
    over = False
    for rung in _waiting(clock, timeline, ran):
        plain = _plain(rung)
        if plain and over:
            continue  # they come in their order: one that isn't due yet is ahead of the rest
        at = _moment(rung, clock, ran, calendars)
        if at is not None and at <= now:
            found.append(Coming(at, rung))
        else:
            over |= plain
    return sorted(found, key=_order)


def next_level(clock: Clock, timeline: Iterable[Moment], calendars: Calendars) -> tuple[datetime, Rung] | None:
    """The soonest of them and when; None where there is none or the clock rests."""
    if clock.met is not None:
        return None
    timeline = tuple(timeline)
    ran = runs(clock.target, clock.started, timeline)
    best: tuple[datetime, Rung] | None = None
    in_order = True
    for rung in _waiting(clock, timeline, ran):
        plain = _plain(rung)
        if plain and not in_order:
            continue  # plain shares come in their order: only the first of them can be the soonest
        in_order &= not plain
        at = _moment(rung, clock, ran, calendars)
        if at is not None and (best is None or at < best[0]):
            best = at, rung
    return best


def _plain(rung: Rung) -> bool:
    """Whether it lies at its share of the target and nowhere else."""
    level = rung.level
    return bool(level.share) and not level.hold and not level.every


def _order(one: Coming) -> tuple[bool, float, int, int]:
    level = one.rung.level
    return one.at is None, one.at.timestamp() if one.at else 0.0, level.share or OVERDUE, one.rung.turn


def _waiting(clock: Clock, timeline: tuple[Moment, ...], ran: Runs) -> Iterator[Rung]:
    """The levels that haven't fired, and that no fact has ended."""
    ended: set[str] | None = None
    for rung in clock.target.rungs:
        if rung.key in clock.fired:
            continue
        if rung.level.until:
            ended = _facts(timeline, ran.begun or clock.started) if ended is None else ended
            if not ended.isdisjoint(rung.level.until):
                continue
        if not rung.level.to and any(one.startswith(_BREACHED) for one in clock.fired):
            continue  # an earlier cycle's chain had a level there: the breach is on the ticket already
        yield rung


def _facts(timeline: Iterable[Moment], since: datetime) -> set[str]:
    """What came about in this round of the clock."""
    found: set[str] = set()
    for moment in timeline:
        if moment.at < since:
            continue
        if moment.what is Fact.REOPENED:
            found.discard(Fact.RESOLVED)
        found.add(moment.what)
    return found


def _moment(rung: Rung, clock: Clock, ran: Runs, calendars: Calendars) -> datetime | None:
    level, calendar = rung.level, calendars[clock.target.calendar]
    behind = level.offset + (rung.turn - 1) * level.every
    if not level.wall:
        at = reaches(calendar, ran, max(_base(level, clock.target) + behind, 0))
    else:
        origin = ran.begun if level.origin == START else reaches(calendar, ran, _base(level, clock.target))
        at = _running(ran, origin + timedelta(seconds=behind)) if origin else None
    if at is not None and level.hold:
        return next_opening(calendars[level.hold], at) or at
    return at


def _base(level: Level, target: Target) -> int:
    """Seconds of open time from the clock's start to what the level counts from."""
    if level.share:
        return target.seconds * level.share // 100
    return 0 if level.origin == START else target.seconds


def _running(ran: Runs, at: datetime) -> datetime | None:
    """The first moment from `at` on at which the clock runs."""
    for since, until in ran.done:
        if at < until:
            return max(at, since)
    return max(at, ran.since) if ran.since else None


def chained(target: Target, policy: Policy) -> Target:
    """The target with the levels of the chain that it names; KeyError for a name that the site lacks."""
    return _joined(target, policy.chains[target.escalation]) if target.escalation else target


@lru_cache
def _joined(target: Target, chain: tuple[Level, ...]) -> Target:
    return evolve(target, chain=(*target.chain, *chain), escalation="")


def farthest(target: Target) -> int:
    """Seconds of open time from the start to the last level that is counted in them."""
    counted = ((rung.level, rung.turn) for rung in target.rungs if not rung.level.wall)
    spans = (_base(level, target) + level.offset + (turn - 1) * level.every for level, turn in counted)
    return max(target.seconds, *spans)


def calendars_of(level: Level) -> tuple[str, ...]:
    """The calendars that the level's conditions name."""
    return tuple(filter(None, (level.during, level.outside, level.hold)))


def passed_over(level: Level, at: datetime, policy: Policy, site: Site) -> str:
    """Why the level doesn't fire at its moment, "" where it does."""
    if level.days:
        day = WEEKDAYS[at.astimezone(ZoneInfo(policy.zone)).weekday()]
        if day not in level.days:
            return f"it is {day}"
    if level.during and not is_open(policy.calendars[level.during], at):
        return f"calendar {level.during} is closed"
    if level.outside and is_open(policy.calendars[level.outside], at):
        return f"calendar {level.outside} is open"
    if level.rota and not duty(site, level.rota, at):
        return f"nobody is on duty by rota {level.rota}"
    return ""


def duty(site: Site, name: str, at: datetime) -> tuple[str, ...]:
    """Who is on duty by the site's roster of that id; nobody where there is no such roster."""
    rota = site.rota(name)
    return on_duty(rota, at, site.zone) if rota else ()


def conditions(level: Level) -> str:
    """The level's conditions in the words of the site's file, "" where it has none."""
    said = (("days", " ".join(level.days)), ("during", level.during), ("outside", level.outside),
            ("rota", level.rota), ("hold", level.hold), ("until", " ".join(level.until)))  # fmt: skip
    return ", ".join(f"{name} {value}" for name, value in said if value)
