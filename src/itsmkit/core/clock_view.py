"""How a ticket's clocks came to stand as they do: what started, paused and changed each, and whose time it was."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from itsmkit.core.calendar import BusinessHours
from itsmkit.core.clocks import Replay, elapsed
from itsmkit.core.ledger import Ledger, ledger
from itsmkit.core.model.agreement import Clock, Fact, Moment
from itsmkit.core.model.event import Event
from itsmkit.core.model.ticket import Ticket

CORRECTED, AGREED = "correct-time", "agreed"
_EFFECTS = {
    ("coming", "running"): "starts",
    ("coming", "paused"): "starts_paused",
    ("running", "paused"): "pauses",
    ("paused", "running"): "resumes",
    ("stopped", "running"): "goes_on",
    ("stopped", "paused"): "goes_on_paused",
}


@frozen
class Effect:
    """What a fact did to a clock: "starts", "pauses", "resumes", "stops", "restarts", "goes_on" or "taken_back".

    Of an agreement "target", with its length in `seconds` and its calendar; of a correction the new verdict.
    """

    kind: str
    name: str
    party: str
    what: str
    seconds: int = 0
    calendar: str = ""


@frozen
class Line:
    """One line of the story: when, what (a fact, "agreed" or "correct-time"), its value, by whom, what it did."""

    at: datetime
    what: str
    value: str
    by: str
    effects: tuple[Effect, ...]


@frozen
class Stand:
    """A clock as it stands now: what its round used of the target, and when it ran; `left` is below 0 once missed."""

    clock: Clock
    state: str
    used: int
    left: int
    stretches: tuple[tuple[datetime, datetime], ...]


@frozen
class ClockView:
    """A ticket's clocks explained: the story in order, the clocks as they stand, the ledger of responsibility."""

    ticket: Ticket
    lines: tuple[Line, ...]
    clocks: tuple[Stand, ...]
    ledger: Ledger | None


def clock_view(
    ticket: Ticket,
    events: Sequence[Event],
    calendars: Mapping[str, BusinessHours],
    hours: Mapping[str, BusinessHours],
    now: datetime,
) -> ClockView:
    """The story of the ticket's clocks out of its timeline and journal; `hours` are those of the ledger's parties."""
    replays = [Replay(one.target, one.started) for one in ticket.clocks]
    by = _tellers(events)
    lines = [*_facts(ticket.timeline, replays, by), *_said(events)]
    return ClockView(
        ticket,
        tuple(sorted(lines, key=lambda line: line.at)),
        tuple(
            _stand(clock, replay, calendars[clock.target.calendar], now)
            for clock, replay in zip(ticket.clocks, replays, strict=True)
        ),
        ledger(ticket.timeline, hours, now),
    )


def _tellers(events: Iterable[Event]) -> Mapping[datetime, str]:
    """Who told of what was at a moment: whoever did it then, or corrected it later."""
    found: dict[datetime, str] = {}
    for event in events:
        found.setdefault(event.at, event.by)
        if event.code == CORRECTED:
            for key in ("at", "until"):
                if event.args[key]:
                    found[datetime.fromisoformat(event.args[key])] = event.by
    return found


def _facts(timeline: Iterable[Moment], replays: Sequence[Replay], by: Mapping[datetime, str]) -> Iterator[Line]:
    for moment in timeline:
        effects = tuple(effect for replay in replays if (effect := _effect(replay, moment)))
        yield Line(moment.at, moment.what.value, moment.value, by.get(moment.at, ""), effects)


def _effect(replay: Replay, moment: Moment) -> Effect | None:
    opened = moment.what is Fact.OPENED
    before, rounds = "coming" if opened else replay.state, len(replay.past)
    replay.meet(moment)
    after = replay.state
    if len(replay.past) > rounds:
        what = "restarts"
    elif before == after:
        return None
    else:
        what = _EFFECTS.get((before, after), "stops" if after == "stopped" else "taken_back")
    target = replay.target
    return Effect(target.kind, target.name, target.party, what)


def _said(events: Iterable[Event]) -> Iterator[Line]:
    """What the journal adds: targets as they were agreed, corrections and the verdicts that they changed."""
    for event in events:
        if event.code == AGREED:
            effects = tuple(
                Effect(kind, name, "", "target", seconds, calendar)
                for kind, name, seconds, calendar in event.args["targets"]
            )
            yield Line(event.at, AGREED, "", event.by, effects)
        elif event.code == CORRECTED:
            args = event.args
            verdicts = tuple(
                Effect(kind, name, party, {True: "met", False: "missed"}.get(met, "open"))
                for kind, name, party, _, met in args["verdicts"]
            )
            yield Line(event.at, CORRECTED, args["fact"], event.by, verdicts)


def _stand(clock: Clock, replay: Replay, calendar: BusinessHours, now: datetime) -> Stand:
    ran = replay.ran
    used = elapsed(calendar, ran, now)
    earlier = (stretch for one in ran.past for stretch in one)
    running = ((ran.since, now),) if ran.since else ()
    stretches = (*earlier, *ran.done, *running)
    return Stand(clock, replay.state, used, clock.target.seconds - used, stretches)
