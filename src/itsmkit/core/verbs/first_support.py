"""Verbs of line 1: classification, priority, and first support (IM2.1 to IM2.10)."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from attrs import frozen

from itsmkit.core.catalogue import check_procedure
from itsmkit.core.errors import BadInput
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.tries import LINE, ON_SITE, PHONE, check_order, skipped, tried
from itsmkit.core.verb import Act, Effect, check_known, param, verb
from itsmkit.core.verbs.places import DESK, OPEN, STAFF


@frozen
class Classify:
    """Nature and category of the matter."""

    kind: str = param("incident, service_request, inquiry, complaint or a kind of the site", required=True)
    category: str = param("the category, as the site names it", required=True)
    service: str = param("the service that is hit", default="")


def _classified(params: Classify, act: Act) -> dict[str, Any]:
    check_known("kind", params.kind, act.policy.rules.kinds)
    if params.service and act.site.service(params.service) is None:
        check_known("service", params.service, tuple(one.id for one in act.site.services))
    changes = {"kind": params.kind, "category": params.category}
    return {**changes, "service": params.service} if params.service else changes


def _classify(_ticket: Ticket, params: Classify, act: Act) -> Effect:
    return Effect(_classified(params, act), {"IM2.1": "set"}, args={"kind": params.kind, "category": params.category})


@frozen
class Reclassify(Classify):
    """A better nature and category, and why (INC-12)."""

    why: str = param("why it changes", default="")


_UNDECIDED = MappingProxyType(
    {"impact": 0, "urgency": 0, "priority": 0, "waits": (), "similar": (), "declined": (), "on_site": False}
    | {"item": "", "procedure": ()}
    | {"team": "", "line": 0, "assignee": "", "vendor": ""}
)


def _reclassify(ticket: Ticket, params: Reclassify, act: Act) -> Effect:
    old = {"kind": ticket.kind, "category": ticket.category, "service": ticket.service, "priority": ticket.priority}
    return Effect(
        {**_UNDECIDED, **_classified(params, act)},
        {"IM2.1": "set"},
        jump="IM2.1",
        args={"kind": params.kind, "category": params.category, "old": old},
        personal={"why": params.why} if params.why else {},
    )


@frozen
class Prioritise:
    """Impact and urgency; the priority follows from the site's matrix."""

    impact: int = param("how much is hit, 1 the highest", required=True)
    urgency: int = param("how soon it must be mended, 1 the highest", required=True)


def _prioritised(params: Prioritise, act: Act) -> dict[str, Any]:
    rules = act.policy.rules
    if not 1 <= params.impact <= len(rules.matrix) or not 1 <= params.urgency <= len(rules.matrix[0]):
        msg = f"impact runs from 1 to {len(rules.matrix)}, urgency from 1 to {len(rules.matrix[0])}"
        raise BadInput(msg)
    priority = rules.priority(params.impact, params.urgency)
    return {"impact": params.impact, "urgency": params.urgency, "priority": priority}


def _prioritise(_ticket: Ticket, params: Prioritise, act: Act) -> Effect:
    changes = _prioritised(params, act)
    return Effect(changes, {"IM2.3": "set"}, args=changes)


@frozen
class Reprioritise(Prioritise):
    """Another impact or urgency, and why (INC-12)."""

    why: str = param("why it changes", default="")


def _reprioritise(ticket: Ticket, params: Reprioritise, act: Act) -> Effect:
    changes = _prioritised(params, act)
    if all(getattr(ticket, name) == level for name, level in changes.items()):
        msg = f"{ticket.number} has that impact and urgency already"
        raise BadInput(msg)
    old = {"impact": ticket.impact, "urgency": ticket.urgency, "priority": ticket.priority}
    return Effect(changes, args={**changes, "old": old}, personal={"why": params.why} if params.why else {})


@frozen
class Visit:
    """The visit of on-site staff: who, when, and what the customer prepares."""

    who: str = param("who goes", required=True)
    at: datetime = param("when", required=True)
    note: str = param("what the customer prepares, what is brought along", default="", multiline=True)


def _visit(ticket: Ticket, params: Visit, act: Act) -> Effect:
    if params.at <= act.now:
        msg = "the visit lies in the past; give a later moment"
        raise BadInput(msg)
    return Effect(
        {"on_site": True, "dispatched": act.now, **tried(ticket, ON_SITE, act.by.person, act.now)},
        {"IM2.5": "yes", "IM2.6": "dispatched"},
        args={"at": params.at.isoformat()},
        personal={"who": params.who, "note": params.note},
        audience=PUBLIC,
    )


@frozen
class Judge:
    """Whether a similar record's solution fits (IM2.8)."""

    matched: bool = param("its solution fits", default=False)
    number: str = param("the similar record's number", default="")


def _judge(ticket: Ticket, params: Judge, _act: Act) -> Effect:
    if not params.matched:
        return Effect(answers={"IM2.8": "no"})
    ready = {one.number: one for one in ticket.similar if one.solution}
    if params.number not in ready:
        msg = f"choose one with a solution: {', '.join(ready) or 'none was found'}"
        raise BadInput(msg)
    changes = {"solution": ready[params.number].solution, "followed": params.number}
    return Effect(changes, {"IM2.8": "yes"}, args={"followed": params.number})


@frozen
class Attempt:
    """What line 1 tried (IM2.9): guidance by phone with the knowledge base, before anything else (INC-16)."""

    text: str = param("what was tried and what came of it", required=True, multiline=True)


def _attempt(ticket: Ticket, params: Attempt, act: Act) -> Effect:
    check_procedure(ticket)
    logged = tried(ticket, PHONE, act.by.person, act.now)
    return Effect(logged, {"IM2.9": "tried"}, personal={"text": params.text})


@frozen
class PassOn:
    """Nothing found at line 1: on to the line behind it."""

    text: str = param("what was tried, for those who take over", default="", multiline=True)
    outside: bool = param("the matter is outside line 1's scope", default=False)


def _pass_on(ticket: Ticket, params: PassOn, act: Act) -> Effect:
    if not params.outside:
        check_order(ticket, LINE, act.policy)
    args = {"outside": params.outside, "skipped": skipped(ticket, LINE)}
    answers = {"IM2.8": "no", "IM2.9": "tried", "IM2.10": "no"}
    logged = tried(ticket, LINE, act.by.person, act.now)
    return Effect(logged, answers, args=args, personal={"text": params.text} if params.text else {})


VERBS = (
    verb("classify", "Set kind and category", Classify, _classify, DESK, "IM2.1"),
    verb("reclassify", "Change kind and category", Reclassify, _reclassify, STAFF, *OPEN),
    verb("prioritise", "Set impact and urgency", Prioritise, _prioritise, DESK, "IM2.3"),
    verb(
        "reprioritise",
        "Change impact and urgency",
        Reprioritise,
        _reprioritise,
        frozenset({Duty.RECORD, Duty.MANAGE}),
        *OPEN,
    ),
    verb("visit", "Send on-site staff", Visit, _visit, DESK, "IM2.5", "IM2.6"),
    verb("judge", "Say whether a similar record's solution fits", Judge, _judge, DESK, "IM2.8"),
    verb("attempt", "Log what line 1 tried", Attempt, _attempt, DESK, "IM2.9"),
    verb("pass-on", "Hand on to the next line", PassOn, _pass_on, DESK, "IM2.8", "IM2.9", "IM2.10"),
)
"""In the order a ticket meets them."""
