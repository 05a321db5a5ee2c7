"""What company management does: approves staff and equipment, leads in major faults and disputes (INC-25)."""

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.ticket import Kind, Status, Ticket
from itsmkit.core.verb import Act, Effect, Nothing, check_known, param, verb
from itsmkit.core.verbs.places import OPEN, STAFF

RESOURCES = ("staff", "equipment")


@frozen
class AskFor:
    """New service staff or equipment that the matter needs."""

    what: str = param("staff or equipment", required=True)
    text: str = param("who or what exactly, and why", required=True, multiline=True)


def _ask_for(ticket: Ticket, params: AskFor, act: Act) -> Effect:
    check_known("resource", params.what, RESOURCES)
    if ticket.wanted:
        msg = f"{ticket.wanted} for {ticket.number} is to be approved already; grant or deny that first"
        raise BadInput(msg)
    changes = {"wanted": params.what, "wanted_by": act.by.person}
    return Effect(changes, args={"what": params.what}, personal={"text": params.text})


@frozen
class Grant:
    """The approval."""

    text: str = param("what is granted, and until when", default="", multiline=True)


def _grant(ticket: Ticket, params: Grant, act: Act) -> Effect:
    _check_wanted(ticket)
    if ticket.wanted_by and f"person:{ticket.wanted_by}" in (act.by.id, act.by.on_behalf):
        msg = f"INC-25: who asked for {ticket.wanted} does not approve it as well; somebody else must"
        raise NotAllowed(msg)
    personal = {"text": params.text} if params.text else {}
    return Effect({"wanted": "", "wanted_by": ""}, args={"what": ticket.wanted}, personal=personal)


@frozen
class Deny:
    """Why it is not approved."""

    reason: str = param("why", required=True, multiline=True)


def _deny(ticket: Ticket, params: Deny, _act: Act) -> Effect:
    _check_wanted(ticket)
    args = {"what": ticket.wanted}
    return Effect({"wanted": "", "wanted_by": ""}, args=args, personal={"reason": params.reason})


def _check_wanted(ticket: Ticket) -> None:
    if not ticket.wanted:
        msg = f"nothing is to be approved for {ticket.number}; `itsmkit queue to-approve` lists what is"
        raise BadInput(msg)


def to_be_led(ticket: Ticket) -> bool:
    """Whether it is a major fault or a dispute, with a customer or a vendor, that nobody leads in."""
    return bool(ticket.major or ticket.disputed or ticket.kind == Kind.COMPLAINT) and not ticket.leader


def _lead(ticket: Ticket, _params: Nothing, act: Act) -> Effect:
    if not act.by.person:
        msg = "only a person can lead"
        raise BadInput(msg)
    if not (to_be_led(ticket) or ticket.leader):
        msg = f"{ticket.number} is neither major nor disputed; `itsmkit queue to-lead` lists what is to be led"
        raise BadInput(msg)
    return Effect({"leader": act.by.person}, args={"was": ticket.leader})


_COMPANY = frozenset({Duty.LEAD})

VERBS = (
    verb("ask-for", "Ask for new staff or equipment", AskFor, _ask_for, STAFF, *OPEN),
    verb("grant", "Approve staff or equipment", Grant, _grant, _COMPANY, *Status),
    verb("deny", "Refuse staff or equipment", Deny, _deny, _COMPANY, *Status),
    verb("lead", "Take the lead in a major fault or a dispute", Nothing, _lead, _COMPANY, *OPEN),
)
"""In the order a ticket meets them."""
