"""What scenes look up to tell of it: on the desk's own records, never remembered."""

from datetime import datetime, timedelta

from itsmkit.core.clocks import elapsed, runs
from itsmkit.core.errors import NotFound
from itsmkit.core.model.agreement import Clock
from itsmkit.demo.stage import Stage


def member(stage: Stage, number: str) -> str:
    """Somebody of the team that has the ticket."""
    team = stage.ticket(number).team
    return next(one.id for one in stage.cast.people if team in one.teams)


def denied(stage: Stage, part: str, number: str) -> str:
    """What somebody hears who asks for a ticket that is none of their business."""
    try:
        return stage.desk.ticket(number, stage.who(part)).title
    except NotFound as fault:
        return str(fault).partition(";")[0]


def clock_of(stage: Stage, number: str, name: str) -> Clock:
    """The ticket's clock of that name."""
    return next(one for one in stage.ticket(number).clocks if one.target.name == name)


def used(stage: Stage, number: str, clock: Clock) -> str:
    """The clock's open time from start to stop, as "h:mm", without its rests."""
    calendar = stage.desk.setup.policy.calendars[clock.target.calendar]
    seconds = elapsed(calendar, runs(clock.target, clock.started, stage.ticket(number).timeline), stage.now)
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def next_due(stage: Stage, number: str) -> datetime:
    """Just after the next moment at which something of the ticket is due."""
    due = stage.ticket(number).due
    return (due or stage.now) + timedelta(seconds=1)
