"""Why a ticket is as it is, read out of its journal: each decision, who made it, from what, and who else was asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from itsmkit.core.model.event import NOTHING, Event
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.ticket import Ticket


@frozen
class Decision:
    """One event as an explanation shows it: what was decided, by whom, because of what, and what others said.

    `facts` are codes that came of it and `grounds` those that it rests on, by name; `reasons` are said in words.
    """

    at: datetime
    step: str
    what: str
    by: str
    outcome: str = ""
    facts: Mapping[str, Any] = NOTHING
    reasons: tuple[str, ...] = ()
    grounds: Mapping[str, Any] = NOTHING
    others: tuple[tuple[str, str], ...] = ()
    read: tuple[str, ...] = ()

    @property
    def result(self) -> str:
        """What came of it, in a line."""
        return ", ".join((*filter(None, [self.outcome]), *(f"{name} {said(one)}" for name, one in self.facts.items())))

    @property
    def because(self) -> str:
        """What it rests on, in a line."""
        return "; ".join((*self.reasons, *(f"{name} {said(one)}" for name, one in self.grounds.items())))


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
        "" if event.outcome in ("set", "assigned") else event.outcome,
        {name: value for name, value in event.args.items() if value not in ("", None, [], False)},
        _reasons(event),
        {name: value for name, value in event.why.items() if name not in ("asked", "read", "because")},
        others,
        tuple(event.why.get("read", ())),
    )


def _reasons(event: Event) -> tuple[str, ...]:
    """The words it was reasoned with, each once."""
    told = event.why.get("because", "")
    return tuple(dict.fromkeys(filter(None, map(str, told if isinstance(told, list) else [told]))))


def said(value: Any) -> str:
    """A value of an event in a line."""
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name} {said(one)}" for name, one in value.items()) + ")"
    if isinstance(value, list | tuple):
        return ", ".join(" ".join(map(str, one)) if isinstance(one, list) else str(one) for one in value)
    return str(value)
