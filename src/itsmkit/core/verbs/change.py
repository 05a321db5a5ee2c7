"""Verbs of change requests: asked for or linked from a ticket, decided, done; what follows for who waits (INC-30)."""

from types import MappingProxyType
from typing import Any

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.change import ChangeRequest, ChangeStatus, Sort
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.pause import CHANGE
from itsmkit.core.model.process import END
from itsmkit.core.model.ticket import Kind, Ticket
from itsmkit.core.verb import Act, Effect, Nothing, param, verb
from itsmkit.core.verbs.handling import SOLVED
from itsmkit.core.verbs.places import DESK, LINE
from itsmkit.core.verbs.waiting import waiting

DONE, REJECTED, WITHDRAWN = "done", "rejected", "withdrawn"
_WATCH = frozenset({Duty.HANDLE, Duty.RECORD, Duty.MANAGE})
_OPEN = (ChangeStatus.ASKED, ChangeStatus.APPROVED)


@frozen
class Change:
    """The change that the ticket waits for: a request of ours, made now or known already, or one kept elsewhere."""

    number: str = param(
        "its number, where it was requested before; left out, it is requested now", default="", names="change"
    )
    sort: str = param("normal, major or emergency", default=Sort.NORMAL.value)
    title: str = param("what is to be changed, in a line; left out, the ticket's title", default="")
    text: str = param("what is to be changed and why", default="", multiline=True)


def _change(ticket: Ticket, params: Change, act: Act) -> Effect:
    changes = {"waits": (*ticket.waits, waiting(CHANGE, params.number, None, act))}
    if params.number:
        linked = {"change": params.number}
        return Effect({**changes, **linked}, {"IM4.1": "yes"}, args=linked)
    made = _requested(ticket, params.sort, params.title, params.text or ticket.solution, act)
    return Effect(changes, {"IM4.1": "yes"}, args={"sort": made.sort.value}, makes=made)


def _requested(ticket: Ticket, sort: str, title: str, text: str, act: Act) -> ChangeRequest:
    if sort not in list(Sort):
        msg = f"a change is {', '.join(Sort)}, not {sort!r}"
        raise BadInput(msg)
    return ChangeRequest(id="", sort=Sort(sort), title=title or ticket.title, text=text, asked_by=act.by.person)


@frozen
class NewDemand:
    """Something that the service catalogue lacks: asked of change management, not fulfilled as a request (INC-10)."""

    text: str = param("what is wanted and why", required=True, multiline=True)
    sort: str = param("normal, major or emergency", default=Sort.NORMAL.value)


PASSED_ON = MappingProxyType(
    {**SOLVED, "IM2.8": "no", "IM2.9": "tried", "IM2.10": "yes", "IM4.1": "yes", "IM4.2": "passed_on",
     "IM4.4": "not_needed"}
)  # fmt: skip
"""How a ticket that doesn't wait for its change comes to its end."""


def _new_demand(ticket: Ticket, params: NewDemand, act: Act) -> Effect:
    if ticket.kind != Kind.SERVICE_REQUEST or ticket.item:
        msg = f"INC-10: a new demand is a service request for what the catalogue lacks; {ticket.number} is " + (
            f"for {ticket.item}" if ticket.item else f"of the kind {ticket.kind}, reclassify it first"
        )
        raise NotAllowed(msg)
    made = _requested(ticket, params.sort, "", params.text, act)
    changes: dict[str, Any] = {"demand": True}
    personal = {"text": params.text}
    if act.policy.rules.new_demand == "waits":
        changes["waits"] = (*ticket.waits, waiting(CHANGE, "", None, act))
        return Effect(changes, jump="IM4.2", args={"sort": made.sort.value}, personal=personal, makes=made)
    changes |= {"solution": params.text, "agreed": True, "responded": ticket.responded or act.now}
    return Effect(changes, PASSED_ON, args={"sort": made.sort.value}, personal=personal, makes=made)


def after_change(ticket: Ticket, change: ChangeRequest) -> Effect | None:
    """What the end of a change comes to for a ticket that waits for it; None for one that doesn't any more.

    The wait ends. A new demand is answered with that; what a rejected change was to solve is investigated anew.
    """
    if ticket.step != "IM4.2" or ticket.change != change.number:
        return None
    outcome = DONE if change.outcome == DONE else REJECTED
    changes: dict[str, Any] = {"waits": tuple(one for one in ticket.waits if one.owner != CHANGE)}
    answers = {"IM4.2": outcome}
    if ticket.demand:
        changes |= {"solution": change.result or ticket.solution, "agreed": True}
        found = {"IM3.1": "done", "IM3.2": "no", "IM3.3": "no", "IM3.4": "yes"} if outcome == REJECTED else {}
        answers = {**SOLVED, **found, **answers, "IM4.4": "not_needed"}
    return Effect(changes, answers, args={"change": change.number, "outcome": change.outcome})


def _changed(ticket: Ticket, _params: Nothing, _act: Act) -> Effect:
    return Effect({"waits": tuple(one for one in ticket.waits if one.owner != CHANGE)}, {"IM4.2": "done"})


@frozen
class Decided:
    """That change management agreed, and who there."""

    who: str = param("who decided in change management", default="")


def _approve(_change: ChangeRequest, params: Decided, _act: Act) -> Effect:
    return Effect({"decided_by": params.who}, {"CR1": "approved"}, parent=Effect())


@frozen
class Rejected:
    """That change management said no, and why."""

    reason: str = param("why", required=True, multiline=True)
    who: str = param("who decided in change management", default="")


def _reject(_change: ChangeRequest, params: Rejected, act: Act) -> Effect:
    personal = {"reason": params.reason}
    changes = {"decided_by": params.who, "result": params.reason, "outcome": REJECTED, "closed": act.now}
    return Effect(changes, {"CR1": "rejected"}, personal=personal, parent=Effect(personal=personal))


@frozen
class Finished:
    """What was changed."""

    result: str = param("what was changed", required=True, multiline=True)


def _finish(_change: ChangeRequest, params: Finished, act: Act) -> Effect:
    personal = {"text": params.result}
    changes = {"result": params.result, "outcome": DONE, "closed": act.now}
    return Effect(changes, {"CR2": "done"}, personal=personal, parent=Effect(personal=personal))


@frozen
class Why:
    """Why it is so."""

    reason: str = param("why", required=True, multiline=True)


def _fail(_change: ChangeRequest, params: Why, _act: Act) -> Effect:
    personal = {"reason": params.reason}
    return Effect({"result": params.reason}, {"CR2": "failed"}, personal=personal, parent=Effect(personal=personal))


def _withdraw(_change: ChangeRequest, params: Why, act: Act) -> Effect:
    personal = {"reason": params.reason}
    changes = {"result": params.reason, "outcome": WITHDRAWN, "closed": act.now}
    return Effect(changes, jump=END, personal=personal, parent=Effect(personal=personal))


ASKING = (
    verb("new-demand", "Ask for what the catalogue lacks", NewDemand, _new_demand, DESK,
         "IM2.7", "IM2.8", "IM2.9", "IM2.10"),
    verb("change", "Wait for a change request", Change, _change, LINE, "IM4.1"),
    verb("changed", "The change is done", Nothing, _changed, LINE, "IM4.2"),
)  # fmt: skip
"""What is done to a ticket that needs a change."""

VERBS = (
    verb("approve", "Note that the change is approved", Decided, _approve, _WATCH, "CR1"),
    verb("reject", "Note that the change is rejected", Rejected, _reject, _WATCH, "CR1"),
    verb("finish", "Note that the change is done", Finished, _finish, _WATCH, "CR2"),
    verb("fail", "Note that the change failed", Why, _fail, _WATCH, "CR2"),
    verb("withdraw", "Withdraw the change request", Why, _withdraw, _WATCH, *_OPEN),
)
"""What is noted on the change request itself."""
