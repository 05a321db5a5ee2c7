"""Verbs of the dispatch by work order: asked, decided, approved or refused, scheduled, on site, signed (INC-23)."""

from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from itsmkit.core.dispatch import BRING
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.invitation import uid
from itsmkit.core.model.event import NOTHING, PUBLIC
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.work_order import OrderStatus, WorkOrder
from itsmkit.core.tries import ON_SITE, skipped, tried
from itsmkit.core.verb import Act, Effect, Nothing, check_known, param, verb
from itsmkit.core.verbs.places import LINE, WORKABLE

LONGEST = timedelta(days=31)


@frozen
class AskDispatch:
    """Why somebody must go there, for whoever decides on it."""

    reason: str = param("why neither phone nor a remote session will do", required=True, multiline=True)


def _ask(ticket: Ticket, params: AskDispatch, act: Act) -> Effect:
    if act.policy.rules.dispatch != "approved":
        msg = 'INC-23: this site sends its staff directly, use `visit`; [rules] dispatch = "approved" asks for orders'
        raise NotAllowed(msg)
    order = WorkOrder(id="", asked_by=act.by.person, reason=params.reason, place=ticket.place)
    # Where the table asks whether somebody must go, the asking says so; the visit itself is arranged by the order.
    changes = {"on_site": True, **tried(ticket, ON_SITE, act.by.person, act.now)}
    args = {"skipped": skipped(ticket, ON_SITE)}
    return Effect(changes, {"IM2.5": "yes"}, args=args, personal={"reason": params.reason}, makes=order)


@frozen
class Decide:
    """Whether a dispatch is needed, and who goes."""

    needed: bool = param("somebody must go", required=True)
    technicians: str = param("the persons who go, by id, with commas between", default="")
    team: str = param("the team they are of", default="")
    along: str = param("persons of lines 2 and 3 who are asked along, by id, with commas between", default="")
    why: str = param("why, or why not", default="", multiline=True)


def _decide(_order: WorkOrder, params: Decide, act: Act) -> Effect:
    personal = {"why": params.why} if params.why else {}
    if not params.needed:
        told = Effect(args={"needed": False}, personal=personal, **_not_dispatched(act.parent))
        changes = {"outcome": "not_needed", **_decider(act), "closed": act.now}
        return Effect(changes, {"WO1": "no"}, args={"needed": False}, personal=personal, parent=told)
    who, along = listed(params.technicians), listed(params.along)
    if not who:
        msg = "say who goes: --technicians"
        raise BadInput(msg)
    team = act.site.team(params.team) if params.team else None
    if params.team and team is None:
        check_known("team", params.team, tuple(one.id for one in act.site.teams))
    changes = {
        "technicians": who,
        "along": along,
        "team": team.id if team else "",
        "line": team.line if team else 0,
        **_decider(act),
        "refusal": "",
    }
    args = {"needed": True, "technicians": list(who), "along": list(along)}
    return Effect(changes, {"WO1": "yes"}, args=args, personal=personal, parent=Effect(args=args))


def _decider(act: Act) -> dict[str, str]:
    return {"decided_by": act.by.person, "decider": act.by.real if act.by.real != act.by.person else ""}


def listed(text: str) -> tuple[str, ...]:
    """The parts of a parameter that takes many, with commas between."""
    return tuple(filter(None, (one.strip() for one in text.split(","))))


def _not_dispatched(ticket: Ticket | None) -> dict[str, Any]:
    """A ticket that stood still for the order goes on without a visit."""
    if ticket is None or ticket.step != "IM2.6":
        return {}
    return {"changes": {"on_site": False}, "answers": {"IM2.5": "no"}, "jump": "IM2.5"}


def _approve(order: WorkOrder, _params: Nothing, act: Act) -> Effect:
    if {act.by.person, act.by.real} & {order.decided_by, order.decider} - {""}:
        msg = f"INC-23: who decided on {order.number} does not approve it as well; somebody else must"
        raise NotAllowed(msg)
    return Effect({"approved_by": act.by.person}, {"WO2": "approved"}, parent=Effect())


@frozen
class Refuse:
    """Why the order goes back."""

    reason: str = param("why it is refused", required=True, multiline=True)


def _refuse(_order: WorkOrder, params: Refuse, _act: Act) -> Effect:
    personal = {"reason": params.reason}
    changes = {"refusal": params.reason, "approved_by": ""}
    return Effect(changes, {"WO2": "refused"}, personal=personal, parent=Effect(personal=personal))


@frozen
class Schedule:
    """Date, time and place as agreed with the customer, and what both sides prepare."""

    at: datetime = param("when", required=True)
    minutes: int = param("how long it takes", default=60)
    place: str = param("where; left out, as the ticket says", default="")
    needs: str = param("what the customer must do to help", default="", multiline=True)
    bring: str = param("what is brought along, with commas between; left out, what is always brought", default="")


def _schedule(order: WorkOrder, params: Schedule, act: Act) -> Effect:
    if params.at <= act.now:
        msg = "the visit lies in the past; give a later moment"
        raise BadInput(msg)
    if not 0 < params.minutes <= LONGEST.total_seconds() // 60:
        msg = f"a visit takes 1 minute to {LONGEST.days} days, not {params.minutes} minutes"
        raise BadInput(msg)
    place = params.place or order.place
    if not place:
        msg = "say where: --place"
        raise BadInput(msg)
    bring = listed(params.bring) or BRING
    changes = {"starts": params.at, "minutes": params.minutes, "place": place, "needs": params.needs, "bring": bring,
               "sequence": order.sequence + 1}  # fmt: skip
    args = {"at": params.at.isoformat(), "minutes": params.minutes, "bring": list(bring)}
    personal = {"who": ", ".join(act.technicians), "place": place, "needs": params.needs}
    personal = {name: said for name, said in personal.items() if said}
    ticket = act.parent
    answers = {"IM2.6": "dispatched"} if ticket is not None and ticket.step == "IM2.6" else NOTHING
    told = Effect(
        answers=answers, args={**args, **_visit(order, act)}, why=_going(order), personal=personal, audience=PUBLIC
    )
    return Effect(changes, {"WO3": "scheduled"}, args=args, personal=personal, audience=PUBLIC, parent=told)


def _visit(order: WorkOrder, act: Act) -> dict[str, Any]:
    """By what calendars know the visit, and this as the newest word of it (RFC 5545)."""
    return {"uid": uid(order, act.site.domain), "sequence": order.sequence + 1}


def _going(order: WorkOrder) -> dict[str, Any]:
    """Who else is concerned; who was asked along is the desk's own matter."""
    return {"people": list(order.going)}


def _called_off(order: WorkOrder, act: Act) -> dict[str, Any]:
    """What tells of a visit that is not to be."""
    was = order.starts.isoformat() if order.starts else ""
    return {"was": was, "minutes": order.minutes, **_visit(order, act)}


@frozen
class Move:
    """Why the visit must be agreed anew."""

    reason: str = param("why", required=True)


def _move(order: WorkOrder, params: Move, act: Act) -> Effect:
    personal = {"reason": params.reason}
    told = Effect(args=_called_off(order, act), why=_going(order), personal=personal, audience=PUBLIC)
    changes = {"starts": None, "sequence": order.sequence + 1}
    old = {"was": order.starts.isoformat() if order.starts else ""}
    return Effect(changes, {"WO4": "moved"}, args=old, personal=personal, audience=PUBLIC, parent=told)


@frozen
class Arrive:
    """The arrival on site."""

    at: datetime | None = param("when; left out, now", default=None)


def _arrive(_order: WorkOrder, params: Arrive, act: Act) -> Effect:
    at = params.at or act.now
    if at > act.now:
        msg = "the arrival lies ahead; give a moment that is past"
        raise BadInput(msg)
    args = {"at": at.isoformat()}
    return Effect({"arrived": at}, {"WO4": "arrived"}, args=args, audience=PUBLIC, parent=Effect(args=args))


@frozen
class Sign:
    """The on-site service record, signed by the customer."""

    work: str = param("what was done", required=True, multiline=True)
    signed_by: str = param("who signed it for the customer", required=True)
    again: bool = param("another visit is needed", default=False)


def _sign(order: WorkOrder, params: Sign, act: Act) -> Effect:
    work = f"{order.work}\n\n{params.work}" if order.work else params.work
    changes: dict[str, Any] = {"work": work, "signed_by": params.signed_by, "left": act.now}
    if params.again:
        changes["starts"] = None
    personal = {"work": params.work, "signed_by": params.signed_by}
    args = {"again": params.again}
    outcome = "again" if params.again else "signed"
    return Effect(changes, {"WO5": outcome}, args=args, personal=personal, parent=Effect(args=args, personal=personal))


def _archive(_order: WorkOrder, _params: Nothing, act: Act) -> Effect:
    return Effect({"closed": act.now, "outcome": "done"}, {"WO6": "archived"}, parent=Effect())


@frozen
class Cancel:
    """Why nobody goes after all."""

    reason: str = param("why", required=True)


def _cancel(order: WorkOrder, params: Cancel, act: Act) -> Effect:
    personal = {"reason": params.reason}
    ticket = _not_dispatched(act.parent)
    told = Effect(personal=personal, **ticket)
    changes = {"outcome": "cancelled", "closed": act.now}
    if order.starts:
        changes["sequence"] = order.sequence + 1
        told = Effect(args=_called_off(order, act), why=_going(order), personal=personal, audience=PUBLIC, **ticket)
    return Effect(changes, jump=END, personal=personal, parent=told)


_DISPATCH, _APPROVE, _ARCHIVE = (frozenset({one}) for one in (Duty.DISPATCH, Duty.APPROVE, Duty.ARCHIVE))
_AGREE = frozenset({Duty.RECORD, Duty.HANDLE})
_OPEN = tuple(one for one in OrderStatus if one not in (OrderStatus.SIGNED, OrderStatus.CLOSED))

ASKING = (verb("ask-dispatch", "Ask for an on-site dispatch", AskDispatch, _ask, LINE, *WORKABLE),)
"""What is done to the ticket that the order is for."""


VERBS = (
    verb("decide", "Decide whether a dispatch is needed, and who goes", Decide, _decide, _DISPATCH, "WO1"),
    verb("approve", "Approve the dispatch", Nothing, _approve, _APPROVE, "WO2"),
    verb("refuse", "Refuse the dispatch", Refuse, _refuse, _APPROVE, "WO2"),
    verb("schedule", "Agree the visit with the customer", Schedule, _schedule, _AGREE, "WO3"),
    verb("move", "Put the visit off", Move, _move, _AGREE, "WO4"),
    verb("arrive", "Record the arrival on site", Arrive, _arrive, LINE, "WO4"),
    verb("sign", "Record the work and the customer's signature", Sign, _sign, LINE, "WO5"),
    verb("archive", "Archive order and record", Nothing, _archive, _ARCHIVE, "WO6"),
    verb("cancel", "Cancel the visit", Cancel, _cancel, frozenset({Duty.RECORD, Duty.DISPATCH}), *_OPEN),
)
"""What is done to the order itself, as it meets them."""
