"""What a notice tells: plain JSON values, taken from the event and its ticket when the notice is drafted."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from itsmkit.core.codec import plain
from itsmkit.core.invitation import Invitation
from itsmkit.core.model.announcement import Announcement
from itsmkit.core.model.event import Event
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.ticket import Ticket

MOST = 2_000
"""Characters of a text that a notice quotes; the ticket has the rest."""

Fact = Callable[[Event, Any], Any]
"""A fact of an event and the ticket, or announcement, that it is of."""

USUAL = ("number", "title", "kind", "status", "event")
"""Told in every notice. Nothing here is hidden from a requester."""


TEXTS = ("said", "solution", "report", "text", "text_zh")
"""The facts that may have several lines."""


def _personal(event: Event, *names: str) -> str:
    """The first of those names that holds something: texts lie in the erasable part of an event, codes beside it."""
    found = (part.get(name) for part in (event.personal or {}, event.args) for name in names)
    return next((str(value) for value in found if value), "")


def _promised(_event: Event, ticket: Ticket) -> str:
    """The next of the promises whose clocks run, as ISO text; `Ticket.due` is the next moment to look at it."""
    return min((clock.due.isoformat() for clock in ticket.clocks if clock.due), default="")


def _off(event: Event) -> bool:
    """Whether a visit is not to be, or an announcement is over."""
    return event.code == "withdraw" or (event.code == "work_order" and event.outcome in ("move", "cancel"))


def _visit_at(event: Event, _ticket: Ticket) -> str:
    """When the visit is, or was to be, as ISO text."""
    was = event.args.get("was", "") if event.code == "work_order" else ""
    return str(event.args.get("at") or was)


def _invitation(event: Event, ticket: Ticket) -> Mapping[str, Any]:
    """What a work order's visit is for calendars, as plain values of an `Invitation`; empty for other events."""
    args, at = event.args, _visit_at(event, ticket)
    if event.code != "work_order" or "uid" not in args:
        return {}
    who, place, needs = (_personal(event, name)[:MOST] for name in ("who", "place", "needs"))
    summary = f"{ticket.title} [{ticket.number}]"
    starts = datetime.fromisoformat(at) if at else None
    bring = tuple(args.get("bring", ()))
    visit = Invitation(
        args["uid"], args["sequence"], summary, starts, args["minutes"], place, who, needs, bring, off=_off(event)
    )
    told: Mapping[str, Any] = plain(visit)
    return told


FACTS: Mapping[str, Fact] = MappingProxyType(
    {
        "number": lambda _event, ticket: ticket.number,
        "title": lambda _event, about: about.title or getattr(about, "title_zh", ""),
        "kind": lambda _event, about: getattr(about, "kind", about.type),
        "status": lambda _event, ticket: ticket.status.value,
        "event": lambda event, _ticket: event.code,
        "service": lambda _event, about: about.service,
        "text": lambda _event, about: about.text,
        "title_zh": lambda _event, about: getattr(about, "title_zh", ""),
        "text_zh": lambda _event, about: getattr(about, "text_zh", ""),
        "over": lambda event, _about: _off(event),
        "by_mail": lambda event, _ticket: event.args.get("channel") == "email",
        "said": lambda event, _ticket: _personal(event, "text", "reason", "why", "note", "needs"),
        "visit_at": _visit_at,
        "invitation": _invitation,
        "visitor": lambda event, _ticket: _personal(event, "who"),
        "place": lambda event, ticket: _personal(event, "place") or ticket.place,
        "promised_from": lambda event, _ticket: event.args.get("since", ""),
        "promised_until": lambda event, _ticket: event.args.get("until", ""),
        "suggested": lambda event, _ticket: event.args.get("suggest", ""),
        "solution": lambda _event, ticket: ticket.solution,
        "workaround": lambda _event, ticket: ticket.workaround,
        "priority": lambda _event, ticket: ticket.priority,
        "team": lambda _event, ticket: ticket.team,
        "due": _promised,
        "reporter": lambda _event, ticket: ticket.contact.name,
        "report": lambda _event, ticket: ticket.text,
        "ci": lambda _event, ticket: ticket.ci,
        "clock": lambda event, _ticket: event.args.get("clock", ""),
        "share": lambda event, _ticket: event.args.get("share", 0),
        "silence": lambda _event, ticket: ticket.closed_by == "silence",
    }
)


SIDE_FACTS: Mapping[str, Callable[[Event, Referral], Any]] = MappingProxyType(
    {
        "number": lambda _event, side: side.number,
        "title": lambda _event, side: side.title,
        "status": lambda _event, side: side.status.value,
        "event": lambda event, _side: event.code,
        "outcome": lambda event, _side: event.outcome,
        "about": lambda _event, side: side.about,
        "vendor": lambda _event, side: side.vendor or side.name or side.person or side.team,
        "reference": lambda _event, side: side.reference,
        "said": lambda event, _side: _personal(event, "text", "reason", "evidence", "solution", "name"),
    }
)
"""What a notice about a referral may tell: nothing that stands on the ticket alone, since a party reads it."""


def side_facts(event: Event, side: Referral) -> dict[str, Any]:
    """All facts of a referral's event."""
    told = {name: fact(event, side) for name, fact in SIDE_FACTS.items()}
    return {name: _cut(name, value) for name, value in told.items()}


def facts(names: Iterable[str], event: Event, ticket: Ticket | Announcement) -> dict[str, Any]:
    """The usual facts and those of the given names; all but texts are one line, and all are cut."""
    told = {name: FACTS[name](event, ticket) for name in (*USUAL, *names)}
    return {name: _cut(name, value) if isinstance(value, str) else value for name, value in told.items()}


def _cut(name: str, value: str) -> str:
    return (value if name in TEXTS else " ".join(value.split()))[:MOST]
