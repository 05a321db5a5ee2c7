"""What scenes look up to tell of it: on the desk's own records, never remembered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from itsmkit.core.clock_view import ClockView, clock_view
from itsmkit.core.clocks import elapsed, runs
from itsmkit.core.errors import NotFound
from itsmkit.core.ledger import hours
from itsmkit.core.model.agreement import Clock
from itsmkit.core.model.query import Query, Test
from itsmkit.core.model.referral import Referral
from itsmkit.demo.stage import Stage


def member(stage: Stage, number: str) -> str:
    """Somebody of the team that has the ticket."""
    team = stage.ticket(number).team
    return next(one.id for one in stage.cast.people if team in one.teams)


def sides(stage: Stage, number: str) -> list[str]:
    """The numbers of what is with others beside the ticket."""
    query = Query("referral", (Test("about", value=number),), order="number")
    return [one.number for one in stage.desk.find(query, stage.watcher).items if isinstance(one, Referral)]


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


def view(stage: Stage, number: str) -> ClockView:
    """The ticket's clocks explained, as `explain --clock` shows them."""
    setup, ticket = stage.desk.setup, stage.ticket(number)
    events = stage.desk.history(number, stage.watcher)
    return clock_view(ticket, events, setup.policy.calendars, hours(ticket, setup.site, setup.policy), stage.now)


def story(stage: Stage, number: str) -> Iterator[tuple[datetime, str, str]]:
    """When what happened to the resolution's clock, and what it did."""
    for line in view(stage, number).lines:
        effects = [one for one in line.effects if one.name == "resolution" and one.what != "target"]
        if effects:
            yield line.at, stage.teller.code(line.what), ", ".join(stage.teller.code(one.what) for one in effects)


def shares(stage: Stage, number: str) -> str:
    """Whose time it was, party by party, as "h:mm"."""
    account = view(stage, number).ledger
    totals = account.totals if account else {}
    told = ((party.partition(":"), seconds) for party, seconds in totals.items())
    return ", ".join(
        f"{stage.teller.code(sort)} {name}".strip() + f" {seconds // 3600}:{seconds % 3600 // 60:02d}"
        for (sort, _, name), seconds in told
    )
