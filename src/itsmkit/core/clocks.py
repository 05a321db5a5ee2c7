"""Service-level clocks: a pure function of the timeline, the target and its calendar, never an accumulator.

A clock's `started` is the origin: a new priority or agreement starts a new cycle that keeps the origin and the
pauses, and levels that fired don't fire again (SLA-01 to SLA-03).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import frozen

from itsmkit.core.calendar import BusinessHours, add, between
from itsmkit.core.model.agreement import Clock, Fact, Moment, Target
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Status, Ticket


@frozen
class Runs:
    """How a clock ran: the finished stretches, since when it runs now, and when it stopped for good."""

    done: tuple[tuple[datetime, datetime], ...]
    since: datetime | None
    stopped: datetime | None


def runs(target: Target, started: datetime, timeline: Iterable[Moment]) -> Runs:
    """Replay the facts: when the clock ran. A reopened ticket starts a clock again that its end had stopped."""
    done: list[tuple[datetime, datetime]] = []
    since: datetime | None = started
    stopped: datetime | None = None
    paused = for_good = False
    for moment in timeline:
        what = moment.what
        if what in target.stops or what is Fact.CLOSED:
            if since is not None:
                done.append((since, moment.at))
            since, stopped = None, stopped or moment.at
            # Reopening takes back an end, not, say, an answer that was given in time.
            for_good |= what not in (Fact.RESOLVED, Fact.CLOSED)
        elif what is Fact.REOPENED and stopped is not None and not for_good:
            stopped, since = None, None if paused else moment.at
        elif what is Fact.PAUSED and target.pauses:
            paused = True
            if since is not None:
                done.append((since, moment.at))
                since = None
        elif what is Fact.RESUMED and target.pauses:
            paused = False
            if since is None and stopped is None:
                since = moment.at
    return Runs(tuple(done), since, stopped)


def elapsed(calendar: BusinessHours, ran: Runs, now: datetime) -> int:
    """Seconds of the calendar's open time used up until `now`."""
    used = sum(between(calendar, since, until) for since, until in ran.done)
    return used + (between(calendar, ran.since, now) if ran.since and now > ran.since else 0)


def reaches(calendar: BusinessHours, ran: Runs, seconds: int) -> datetime | None:
    """When the clock has or will have used so many seconds as it runs now; None while it rests short of them."""
    for since, until in ran.done:
        length = between(calendar, since, until)
        if length >= seconds:
            return add(calendar, since, seconds)
        seconds -= length
    return add(calendar, ran.since, seconds) if ran.since else None


def started(clocks: tuple[Clock, ...], targets: Iterable[Target], origin: datetime) -> tuple[Clock, ...]:
    """The clocks for the targets that hold now: same name and promise goes on in a new cycle, others start.

    Clocks that have their verdict keep it; those without a target any more end. Of two targets of one name and
    promise the first holds.
    """
    known = {(one.target.kind, one.target.name): one for one in clocks}
    wanted: dict[tuple[str, str], Target] = {}
    for target in targets:
        wanted.setdefault((target.kind, target.name), target)
    fresh = []
    for name, target in wanted.items():
        old = known.pop(name, None)
        if old is None:
            fresh.append(Clock(target, origin))
        elif old.met is not None or old.target == target:
            fresh.append(old)
        else:
            fresh.append(Clock(target, old.started, old.cycle + 1, old.fired))
    return (*fresh, *(one for one in known.values() if one.met is not None))


def settled(clock: Clock, timeline: Iterable[Moment], calendars: Mapping[str, BusinessHours]) -> Clock:
    """The clock as the timeline leaves it: its due moment, or its verdict once it stopped."""
    calendar = calendars[clock.target.calendar]
    ran = runs(clock.target, clock.started, timeline)
    if ran.stopped is None:
        due = reaches(calendar, ran, clock.target.seconds) if ran.since else None
        return revised(clock, due=due, stopped=None, met=None)
    if clock.met is not None and clock.stopped == ran.stopped:
        return clock  # its verdict stands, whatever became of the calendar since
    used = sum(between(calendar, since, until) for since, until in ran.done)
    return revised(clock, due=None, stopped=ran.stopped, met=used <= clock.target.seconds)


def facts(before: Ticket | None, after: Ticket, now: datetime) -> tuple[Moment, ...]:
    """The clock facts that a change makes: what differs between the two, nothing else."""
    if before is None:
        opened = Moment(after.opened, Fact.OPENED, after.channel)
        return (opened, Moment(now, Fact.TEAM, after.team)) if after.team else (opened,)
    found = []
    if _accepted(after) and not _accepted(before):
        found.append(Moment(now, Fact.ACCEPTED, after.assignee))
    if after.responded and not before.responded:
        found.append(Moment(after.responded, Fact.RESPONDED))
    if after.priority != before.priority:
        found.append(Moment(now, Fact.PRIORITY, str(after.priority)))
    if after.team != before.team:
        found.append(Moment(now, Fact.TEAM, after.team))
    rested, rests = (next((one.reason for one in each.waits if one.pauses), None) for each in (before, after))
    if (rested is None) != (rests is None):
        found.append(Moment(now, Fact.RESUMED if rests is None else Fact.PAUSED, rests or ""))
    if after.resolved and not before.resolved:
        found.append(Moment(after.resolved, Fact.RESOLVED))
    if after.reopened > before.reopened:
        found.append(Moment(now, Fact.REOPENED))
    if after.closed and not before.closed:
        found.append(Moment(after.closed, Fact.CLOSED))
    return tuple(found)


def _accepted(ticket: Ticket) -> bool:
    """Whether somebody has taken the work on; a person that it was merely assigned to hasn't yet."""
    return bool(ticket.assignee) and ticket.status in (Status.OPEN, Status.IN_PROGRESS)


def timed(before: Ticket | None, after: Ticket, calendars: Mapping[str, BusinessHours], now: datetime) -> Ticket:
    """The ticket with the facts of this change on its timeline and its clocks settled by them."""
    fresh = facts(before, after, now)
    if not fresh and before is not None and after.clocks == before.clocks:
        return after
    timeline = after.timeline + fresh
    return revised(after, timeline=timeline, clocks=tuple(settled(one, timeline, calendars) for one in after.clocks))
