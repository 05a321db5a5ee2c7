"""Why a ticket is as it is, read out of its journal: each decision, who made it, from what, and who else was asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from itsmkit.core.model.event import Event
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.ticket import Ticket


@frozen
class Decision:
    """One event as an explanation shows it: what was decided, by whom, because of what, and what others said."""

    at: datetime
    step: str
    what: str
    by: str
    result: str
    because: str
    others: tuple[tuple[str, str], ...] = ()
    read: tuple[str, ...] = ()


@frozen
class Explanation:
    """A ticket, its decisions and its notices, oldest first; `fields` names who last set each field decided."""

    ticket: Ticket
    decisions: tuple[Decision, ...]
    fields: Mapping[str, Decision]
    notices: tuple[Notice, ...] = ()


_FIELDS = {
    "IM2.1": ("kind", "category", "service"),
    "IM2.3": ("impact", "urgency", "priority"),
    "IM2.4": ("team", "line"),
    "IM2.11": ("team", "line"),
}
_VERB_FIELDS = {
    "assign": ("team", "line"),
    "reprioritise": ("impact", "urgency", "priority"),
    "reclassify": ("kind", "category"),
}


def explained(ticket: Ticket, events: Sequence[Event], notices: tuple[Notice, ...] = ()) -> Explanation:
    """The decisions behind the ticket, for each decided field the one that holds, and why who was told."""
    decisions: list[Decision] = []
    fields: dict[str, Decision] = {}
    for event in events:
        decision = _decision(event)
        decisions.append(decision)
        names = _VERB_FIELDS.get(event.code) or (
            _FIELDS.get(event.step, ()) if event.outcome in ("set", "assigned") else ()
        )
        fields |= {name: decision for name in names if name in event.args}
    return Explanation(ticket, tuple(decisions), fields, notices)


def _decision(event: Event) -> Decision:
    asked: Mapping[str, str] = event.why.get("asked", {})
    decider = event.by.removeprefix("plugin:")
    others = tuple((name, verdict) for name, verdict in asked.items() if name != decider)
    return Decision(
        event.at,
        event.step,
        event.code,
        event.by,
        _result(event),
        _because(event),
        others,
        tuple(event.why.get("read", ())),
    )


def _result(event: Event) -> str:
    said = [f"{name} {_shown(value)}" for name, value in event.args.items() if value not in ("", None, [], False)]
    outcome = [event.outcome] if event.outcome and event.outcome not in ("set", "assigned") else []
    return ", ".join(outcome + said)


def _because(event: Event) -> str:
    reasons = event.why.get("because", "")
    if isinstance(reasons, list):
        reasons = "; ".join(filter(None, reasons))
    facts = [f"{name} {_shown(value)}" for name, value in event.why.items() if name not in ("asked", "read", "because")]
    return "; ".join(filter(None, [str(reasons), *facts]))


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name} {_shown(one)}" for name, one in value.items()) + ")"
    if isinstance(value, list | tuple):
        return ", ".join(" ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value)
    return str(value)
