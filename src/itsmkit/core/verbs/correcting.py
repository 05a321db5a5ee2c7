"""Correcting when something was (SLA-02): the timeline tells it as it was, the journal keeps what it told before."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.clocks import STAMPED, settled, waited_for
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.agreement import Clock, Fact, Moment
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.pause import CUSTOMER
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Status, Ticket, Wait
from itsmkit.core.verb import Act, Effect, check_known, param, verb

_TOLD_LATER = (Fact.RESPONDED, Fact.ACCEPTED, Fact.DISPATCHED, Fact.ARRIVED, Fact.TOLD, Fact.HEARD, Fact.CALLED)
"""Facts that may have been without anybody recording them: they can be added."""
_MOVED = (*_TOLD_LATER, Fact.PAUSED, Fact.RESUMED, Fact.TEAM, Fact.RESOLVED)
_IN_ORDER = (
    frozenset({Fact.RESOLVED, Fact.ASKED, Fact.CLOSED, Fact.REOPENED}),
    frozenset({Fact.TEAM, Fact.VENDOR}),
)
"""Facts that can't change places with one another."""
NEAR = timedelta(minutes=1)


@frozen
class CorrectTime:
    """A fact of the timeline, and when it really was."""

    fact: str = param("the fact, such as responded, paused, resumed, arrived or resolved", required=True)
    at: datetime = param("when it really was", required=True)
    why: str = param("why it is corrected", required=True)
    was: datetime | None = param("when it is recorded, to the minute, where there are several", default=None)
    until: datetime | None = param("until when, for a pause that was never recorded", default=None)
    reason: str = param("the reason of a pause that was never recorded", default=CUSTOMER)


def _correct_time(ticket: Ticket, params: CorrectTime, act: Act) -> Effect:
    if act.by.person and act.by.person == ticket.assignee:
        msg = f"who works on {ticket.number} can't correct its times; another manager can"
        raise NotAllowed(msg)
    check_known("fact to correct", params.fact, tuple(_MOVED))
    fact = Fact(params.fact)
    _check_within(ticket, act.now, params.at, params.until)
    old = _recorded(ticket, fact, params)
    fresh = _corrected(ticket, fact, old, params, act)
    gone = [old] if old else []
    if old and fact is Fact.TEAM:  # a vendor gets and loses the ticket together with its team
        gone += [one for one in ticket.timeline if one.what is Fact.VENDOR and one.at == old.at]
        fresh += [evolve(one, at=params.at) for one in gone[1:]]
    timeline = tuple(sorted((*(one for one in ticket.timeline if one not in gone), *fresh), key=lambda one: one.at))
    _check_order(ticket.timeline, timeline)
    clocks = tuple(_judged_anew(one, old, params.at, timeline, act) for one in ticket.clocks)
    changes = {"timeline": timeline, "clocks": clocks, **_fields(ticket, fact, old, params.at, act)}
    args = {
        "fact": fact.value,
        "value": fresh[0].value,
        "was": old.at.isoformat() if old else "",
        "at": params.at.isoformat(),
        "until": params.until.isoformat() if params.until else "",
        "verdicts": [
            [new.target.kind, new.target.name, new.target.party, before.met, new.met]
            for before, new in zip(ticket.clocks, clocks, strict=True)
            if before.met is not new.met
        ],
    }
    return Effect(changes, args=args, personal={"why": params.why})


def _check_within(ticket: Ticket, now: datetime, *moments: datetime | None) -> None:
    for at in moments:
        if at is not None and not ticket.opened <= at <= now:
            msg = f"{at.isoformat()} lies outside the life of {ticket.number}, {ticket.opened.isoformat()} until now"
            raise BadInput(msg)


def _recorded(ticket: Ticket, fact: Fact, params: CorrectTime) -> Moment | None:
    """The fact on the timeline that is meant; None where it is to be added."""
    found = [one for one in ticket.timeline if one.what is fact]
    there = ", ".join(one.at.isoformat() for one in found) or "none"
    if params.was is not None:
        was = params.was
        meant = [one for one in found if abs(one.at - was) < NEAR]
        if not meant:
            msg = f"{ticket.number} has no fact {fact} at {was.isoformat()}; recorded: {there}"
            raise BadInput(msg)
        return meant[-1]
    if params.until is not None:
        return None
    if len(found) > 1:
        msg = f"{ticket.number} has several facts {fact}; say with --was which one: {there}"
        raise BadInput(msg)
    if not found and fact not in _TOLD_LATER:
        msg = f"{ticket.number} has no fact {fact} to correct"
        raise BadInput(f"{msg}; a pause that was never recorded needs --until" if fact is Fact.PAUSED else msg)
    return found[-1] if found else None


def _corrected(ticket: Ticket, fact: Fact, old: Moment | None, params: CorrectTime, act: Act) -> list[Moment]:
    if old is not None:
        return [evolve(old, at=params.at)]
    if params.until is None:
        return [Moment(params.at, fact)]
    if fact is not Fact.PAUSED or params.until <= params.at:
        msg = "--until is for a pause that was never recorded, and lies behind its beginning"
        raise BadInput(msg)
    reasons = act.policy.rules.reasons
    check_known("reason to wait", params.reason, tuple(reasons))
    reason = reasons[params.reason]
    party = waited_for(Wait(reason.name, reason.owner, params.at), ticket)
    return [
        Moment(params.at, Fact.PAUSED, reason.name, party, reason.pauses),
        Moment(params.until, Fact.RESUMED, reason.name, reason.owner),
    ]


def _check_order(before: Iterable[Moment], after: tuple[Moment, ...]) -> None:
    """BadInput where what follows from one another would change places."""
    for together in _IN_ORDER:
        one, other = ([(one.what, one.value) for one in line if one.what in together] for line in (before, after))
        if one != other:
            msg = f"that would change the order of {', '.join(sorted(together))}"
            raise BadInput(msg)
    paused: list[str] = []
    for moment in after:
        if moment.what is Fact.PAUSED:
            paused.append(moment.value)
        elif moment.what is Fact.RESUMED:
            if moment.value not in paused:
                msg = f"the pause for {moment.value} would end before it begins"
                raise BadInput(msg)
            paused.remove(moment.value)


def _judged_anew(clock: Clock, old: Moment | None, at: datetime, timeline: tuple[Moment, ...], act: Act) -> Clock:
    """The clock by the corrected timeline, its verdict forgotten first."""
    moved = old is not None and old.what is Fact.TEAM and clock.target.party and clock.started == old.at
    fresh = revised(clock, started=at if moved else clock.started, met=None, stopped=None)
    return settled(fresh, timeline, act.policy.calendars)


def _fields(ticket: Ticket, fact: Fact, old: Moment | None, at: datetime, act: Act) -> dict[str, Any]:
    """What the ticket itself says of the fact."""
    if fact is Fact.PAUSED and old:
        moved = tuple(evolve(one, since=at) if one.since == old.at else one for one in ticket.waits)
        return {"waits": moved} if moved != ticket.waits else {}
    name = STAMPED.get(fact)
    if name is None:
        return {}
    held = getattr(ticket, name)
    if held != old.at if old else held is not None and held > at:
        return {}
    return {name: at, **({"resolved_month": act.policy.month(at)} if fact is Fact.RESOLVED else {})}


VERBS = (
    verb("correct-time", "Correct when something was", CorrectTime, _correct_time, frozenset({Duty.MANAGE}), *Status),
)
