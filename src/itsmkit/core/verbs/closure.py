"""Verbs of the end: completeness, the user's word, the follow-up call, reopening (IM5.1 to IM5.6)."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.incident import missing
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.ticket import Call, Status, Ticket
from itsmkit.core.verb import Act, Effect, param, verb
from itsmkit.core.verbs.places import DESK

BEST = 5
"""The best score of the survey."""


@frozen
class Complete:
    """What mandatory data lacks (IM5.1)."""

    kind: str = param("the kind", default="")
    category: str = param("the category", default="")
    solution: str = param("the solution", default="")


def _complete(ticket: Ticket, params: Complete, act: Act) -> Effect:
    given = {name: value for name in ("kind", "category", "solution") if (value := getattr(params, name))}
    lacking = [name for name in missing(ticket, act.policy) if name not in given]
    if lacking:
        msg = f"INC-42: {ticket.number} still lacks {', '.join(lacking)}"
        raise BadInput(msg)
    return Effect(given, {"IM5.1": "complete"}, args={"fields": sorted(given)})


def _own_or_desk(ticket: Ticket, act: Act) -> None:
    if act.by.person != ticket.requester and Duty.RECORD not in act.by.duties:
        msg = f"only the requester of {ticket.number}, or the service desk on their word, can do that (USR-01)"
        raise NotAllowed(msg)


@frozen
class Confirm:
    """The user's consent to close."""

    satisfied: bool | None = param("whether the user is satisfied with the service", default=None)


def _confirm(ticket: Ticket, params: Confirm, act: Act) -> Effect:
    _own_or_desk(ticket, act)
    changes = {} if params.satisfied is None else {"satisfied": params.satisfied}
    return Effect({**changes, "closed_by": "confirmed"}, {"IM5.2": "yes"}, audience=PUBLIC)


@frozen
class Reject:
    """Why it is not solved."""

    reason: str = param("why it is not solved", required=True, multiline=True)


def _reject(ticket: Ticket, params: Reject, act: Act) -> Effect:
    _own_or_desk(ticket, act)
    return Effect(_back(ticket, act), {"IM5.2": "no"}, personal={"reason": params.reason}, audience=PUBLIC)


_REOPENED = MappingProxyType(
    {"solution": "", "followed": "", "workaround": False, "agreed": False, "closed_by": "", "assignee": ""}
)


def _reopen(ticket: Ticket, params: Reject, act: Act) -> Effect:
    _own_or_desk(ticket, act)
    limit = timedelta(days=act.policy.rules.reopen_days)
    if ticket.closed and act.now - ticket.closed > limit:
        msg = f"{ticket.number} was closed more than {limit.days} days ago; report the matter anew and link it"
        raise NotAllowed(msg)
    return Effect(_back(ticket, act), jump="IM3.1", personal={"reason": params.reason}, audience=PUBLIC)


def _back(ticket: Ticket, act: Act) -> Mapping[str, Any]:
    """What a ticket that comes back changes; beyond the site's limit somebody judges it, or it is reported anew."""
    rules = act.policy.rules
    if not rules.reopen_most or ticket.reopened < rules.reopen_most:
        return _REOPENED
    if rules.reopen_beyond == "anew":
        msg = f"INC-40: {ticket.number} came back {ticket.reopened} times; report the matter anew and link it"
        raise NotAllowed(msg)
    return {**_REOPENED, "unjudged": tuple(dict.fromkeys((*ticket.unjudged, "reopened")))}


@frozen
class FollowUp:
    """The follow-up call's record (INC-44)."""

    result: str = param("what the customer said", required=True, multiline=True)
    spoke_with: str = param("whom the call was with; left out, the requester", default="")
    satisfied: bool | None = param("whether the customer is satisfied", default=None)


def _follow_up(ticket: Ticket, params: FollowUp, act: Act) -> Effect:
    changes: dict[str, Any] = {} if params.satisfied is None else {"satisfied": params.satisfied}
    call = Call(act.now, act.by.person, params.spoke_with or ticket.contact.name, params.result)
    args, personal = {"late": ticket.follow_up_late}, {"result": params.result, "spoke_with": call.spoke_with}
    return Effect({**changes, "called": act.now, "call": call}, {"IM5.6": "done"}, args=args, personal=personal)


@frozen
class Survey:
    """The user's answers to the satisfaction survey (INC-45)."""

    score: int = param("from 1, bad, to 5, very good", required=True)
    text: str = param("what was good or bad", default="", multiline=True)


def _survey(ticket: Ticket, params: Survey, act: Act) -> Effect:
    _own_or_desk(ticket, act)
    if not 1 <= params.score <= BEST:
        msg = f"the score runs from 1 to {BEST}"
        raise BadInput(msg)
    changes = {"survey": params.score, "survey_text": params.text, "satisfied": params.score > BEST // 2}
    personal = {"text": params.text} if params.text else {}
    return Effect(changes, args={"score": params.score}, personal=personal, audience=PUBLIC)


@frozen
class Review:
    """The review of a ticket of the highest priority, when it is over (ORG-03)."""

    findings: str = param("what the review found", required=True, multiline=True)
    present: str = param("who took part", default="")


def _review(ticket: Ticket, params: Review, act: Act) -> Effect:
    if not to_be_reviewed(ticket):
        msg = f"{ticket.number} is not to be reviewed; `itsmkit queue to-review` lists what is"
        raise BadInput(msg)
    return Effect({"reviewed": act.now}, personal={"findings": params.findings, "present": params.present})


def to_be_reviewed(ticket: Ticket) -> bool:
    """Whether it was of the highest priority, is closed, and nobody has reviewed it."""
    return ticket.priority == 1 and not ticket.is_open and ticket.reviewed is None


_OWN = frozenset({Duty.REPORT, Duty.RECORD})

VERBS = (
    verb("complete", "Complete mandatory data", Complete, _complete, DESK, "IM5.1"),
    verb("confirm", "Agree to close", Confirm, _confirm, _OWN, "IM5.2"),
    verb("reject", "Reject the resolution", Reject, _reject, _OWN, "IM5.2"),
    verb("reopen", "Reopen a closed ticket", Reject, _reopen, _OWN, Status.CLOSED, "IM5.5"),
    verb("review", "Record the review", Review, _review, frozenset({Duty.CHAIR}), Status.CLOSED),
    verb(
        "survey",
        "Answer the survey",
        Survey,
        _survey,
        frozenset({Duty.REPORT, Duty.RECORD}),
        Status.RESOLVED,
        Status.CLOSED,
    ),
    verb("follow-up", "Record the follow-up call", FollowUp, _follow_up, DESK, "IM5.6"),
)
"""In the order a ticket meets them."""
