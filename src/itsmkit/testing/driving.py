"""Tickets of a test desk, brought by ordinary verbs to where a test wants them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from itsmkit.core.model.message import Report
from itsmkit.core.model.ticket import Ticket
from itsmkit.desk import Desk


def reported(made: Desk, title: str = "The network is down", by: str = "ann", **told: Any) -> Ticket:
    """A ticket for a report that this person of `PEOPLE` typed in, as the service desk sees it.

    With a `contact` the service desk typed it in for whoever that is.
    """
    receipt = made.report(Report(title, **told), made.principal("bob" if "contact" in told else by))
    return made.ticket(receipt.number, made.principal("bob"))


_NEXT: Mapping[str, tuple[str, str, Mapping[str, Any]]] = MappingProxyType(
    {
        "IM2.1": ("classify", "bob", {"kind": "incident", "category": "network"}),
        "IM2.2": ("step", "bob", {"step": "IM2.2", "outcome": "yes"}),
        "IM2.6": ("visit", "bob", {"who": "Carol", "at": datetime(2030, 1, 7, 9, 0, tzinfo=UTC)}),
        "IM2.8": ("judge", "bob", {"matched": False}),
        "IM2.9": ("attempt", "bob", {"text": "switched it off and on"}),
        "IM2.10": ("pass-on", "bob", {}),
        "IM2.12": ("step", "bob", {"step": "IM2.12", "outcome": "understood"}),
        "IM2.13": ("accept", "carol", {}),
        "IM3.1": ("step", "carol", {"step": "IM3.1", "outcome": "done"}),
        "IM3.2": ("step", "carol", {"step": "IM3.2", "outcome": "no"}),
        "IM3.3": ("step", "carol", {"step": "IM3.3", "outcome": "no"}),
        "IM3.4": ("propose", "carol", {"solution": "replace the cable"}),
        "IM4.1": ("change", "carol", {"number": "RFC-1"}),
        "IM4.2": ("changed", "carol", {}),
        "IM4.3": ("agree", "carol", {}),
        "IM4.4": ("backup", "carol", {}),
        "IM4.5": ("step", "carol", {"step": "IM4.5", "outcome": "done"}),
        "IM4.6": ("step", "carol", {"step": "IM4.6", "outcome": "yes"}),
        "IM5.1": ("complete", "bob", {"kind": "incident", "category": "network"}),
        "IM5.2": ("confirm", "ann", {}),
        "IM5.6": ("follow-up", "bob", {"result": "content"}),
    }
)
"""What carries a ticket on from each step where it can stand: the verb, whose, and with what."""


def brought_to(made: Desk, step: str, ticket: Ticket | None = None, **told: Any) -> Ticket:
    """A ticket (that one, or a new one) that stands at the step, moved there by verbs in an ordinary course."""
    ticket = ticket or reported(made, **told)
    for _ in _NEXT:
        if ticket.step == step:
            return ticket
        ticket = moved_on(made, ticket)
    msg = f"{ticket.number} doesn't come by {step}; it stands at {ticket.step}"
    raise AssertionError(msg)


def moved_on(made: Desk, ticket: Ticket, **how: Any) -> Ticket:
    """The ticket after what carries it on from where it was read to stand; `how` is told to `Desk.do`."""
    if ticket.step == "IM2.7":
        made.tick()
    elif ticket.step in _NEXT:
        verb, by, params = _NEXT[ticket.step]
        made.do(verb, ticket.number, made.principal(by), **how, **params)
    return made.ticket(ticket.number, made.principal("bob"))
