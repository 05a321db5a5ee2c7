"""Clocks as people read them: the story of a ticket's time, how each clock stands, the ledger of whose time it was."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.naming import clock_name, length, party_name, reason_name
from itsmkit.cli.session import Session
from itsmkit.core.clock_view import ClockView, Effect, Line, Stand, clock_view
from itsmkit.core.ledger import Ledger, hours
from itsmkit.i18n import label
from itsmkit.width import pad, width

STORY = ("at", "event", "by", "clocks")
STANDS = ("clock", "state", "target", "used", "left", "due", "verdict")
LEDGER = ("party", "time", "share")
ROWS = ("part", "at", "event", "value", "by", "clock", "what", "seconds", "calendar", "state", "used", "left", "due",
        "verdict", "why", "party", "until")  # fmt: skip
BAR = 48


def explain(session: Session, number: str, form: str) -> None:
    """Print the clocks of a ticket as the person at the keyboard may see them."""
    desk = session.desk
    ticket, policy = desk.ticket(number, session.by), desk.setup.policy
    view = clock_view(
        ticket,
        desk.history(number, session.by),
        policy.calendars,
        hours(ticket, desk.setup.site, policy),
        desk.setup.world.now(),
    )
    if form != "table":
        show.rows(session, _plain(view), form, ROWS)
        return
    click.echo(f"{ticket.number}  {ticket.title}\n")
    if view.ledger is None:
        click.echo(session.t("Its clocks are shown to those who work on tickets."))
        return
    show.table(session, [*_story(session, view.lines)], STORY, spare=("by",), flex="clocks", wrap=True)
    click.echo()
    show.table(session, [_stand(session, one) for one in view.clocks], STANDS, spare=("left", "verdict"), flex="clock")
    click.echo()
    _draw(session, view, view.ledger)
    click.echo()
    show.table(session, [*_ledger(session, view.ledger)], LEDGER, flex="party")


def _story(session: Session, lines: Sequence[Line]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        value = line.value
        if value:
            value = reason_name(session, value) if line.what in ("paused", "resumed") else label(session.t, value)
        event = f"{label(session.t, line.what)} {value}".strip()
        effects = "; ".join(_effect(session, one) for one in line.effects)
        yield {"at": line.at, "event": event, "by": line.by.removeprefix("person:"), "clocks": effects}


def _effect(session: Session, effect: Effect) -> str:
    name = clock_name(session, effect.kind, effect.name, effect.party)
    if effect.what == "target":
        return f"{name} {length(effect.seconds)} {effect.calendar}"
    return f"{name} {label(session.t, effect.what)}"


def _stand(session: Session, stand: Stand) -> Mapping[str, Any]:
    clock, t = stand.clock, session.t
    verdict = "" if clock.met is None else t("met") if clock.met else t("missed")
    return {
        "clock": clock_name(session, clock.target.kind, clock.target.name, clock.target.party),
        "state": stand.state,
        "target": length(clock.target.seconds),
        "used": length(stand.used),
        "left": length(stand.left),
        "due": clock.due,
        "verdict": verdict,
    }


def _draw(session: Session, view: ClockView, account: Ledger) -> None:
    """A bar for each clock and one for the ledger: when it ran; and below, why each target holds."""
    since, until = account.since, account.until
    names = [clock_name(session, one.clock.target.kind, one.clock.target.name, one.clock.target.party)
             for one in view.clocks]  # fmt: skip
    wide = max(map(width, names), default=0)
    for name, stand in zip(names, view.clocks, strict=True):
        bar = "".join("█" if ran else "·" for ran in _cells(stand.stretches, since, until))
        click.echo(f"{pad(name, wide)}  {bar}")
    first, last = (show.cell(session, "at", one) for one in (since, until))
    click.echo(f"{' ' * wide}  {first}{' ' * max(BAR - width(first) - width(last), 1)}{last}")
    for name, stand in zip(names, view.clocks, strict=True):
        if stand.clock.target.why:
            show.hang(f"{pad(name, wide)}  ", stand.clock.target.why)


def _cells(stretches: Sequence[tuple[datetime, datetime]], since: datetime, until: datetime) -> Iterator[bool]:
    """Whether the clock ran at all in each of the parts that the time is drawn in."""
    part = (until - since) / BAR
    for at in range(BAR):
        low, high = since + at * part, since + (at + 1) * part
        yield any(one < high and other > low for one, other in stretches)


def _ledger(session: Session, account: Ledger) -> Iterator[Mapping[str, Any]]:
    for party, seconds in account.totals.items():
        share = f"{100 * seconds / account.seconds:.1f} %"
        yield {"party": party_name(session, party), "time": length(seconds), "share": share}
    yield {"party": session.t("all"), "time": length(account.seconds), "share": "100.0 %" if account.seconds else ""}


def _plain(view: ClockView) -> Iterator[Mapping[str, Any]]:
    """The view as rows for programs: the story, the clocks, the ledger, told apart by `part`."""
    for line in view.lines:
        row = {"part": "story", "at": line.at, "event": line.what, "value": line.value, "by": line.by}
        for effect in line.effects or (None,):
            told = {} if effect is None else {"clock": _key(effect.kind, effect.name, effect.party),
                                              "what": effect.what, "seconds": effect.seconds or None,
                                              "calendar": effect.calendar or None}  # fmt: skip
            yield {**row, **told}
    for stand in view.clocks:
        clock, target = stand.clock, stand.clock.target
        verdict = None if clock.met is None else "met" if clock.met else "missed"
        yield {"part": "clock", "clock": _key(target.kind, target.name, target.party), "at": clock.started,
               "seconds": target.seconds, "calendar": target.calendar, "state": stand.state, "used": stand.used,
               "left": stand.left, "due": clock.due, "until": clock.stopped, "verdict": verdict,
               "why": target.why}  # fmt: skip
    account = view.ledger
    for one in account.shares if account else ():
        yield {"part": "share", "at": one.since, "until": one.until, "party": one.party, "seconds": one.seconds,
               "left": one.closed}  # fmt: skip
    for party, seconds in account.totals.items() if account else ():
        yield {"part": "total", "party": party, "seconds": seconds}


def _key(kind: str, name: str, party: str) -> str:
    return ":".join(filter(None, (kind, name, party)))
