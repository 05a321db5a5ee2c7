"""Verbs of masters: similar tickets are linked to one incident, and hear what is told of it (INC-20)."""

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.event import INTERNAL
from itsmkit.core.model.ticket import Kind, Status, Ticket
from itsmkit.core.verb import Act, Effect, param, verb
from itsmkit.core.verbs.places import STAFF, WORKABLE

NO_MASTERS = (Kind.SERVICE_REQUEST, Kind.INQUIRY, Kind.COMPLAINT)
"""One of these has its own requester and its own end; nobody else's matter hangs on it."""


@frozen
class LinkMaster:
    """The incident that the ticket is one more report of."""

    master: str = param("the number of the incident that it is linked to", required=True)


def _link(ticket: Ticket, params: LinkMaster, act: Act) -> Effect:
    _inside(act)
    master = act.parent
    if master is None:
        msg = f"{params.master} is no ticket; a master is an incident"
        raise BadInput(msg)
    if refusal := _unfit(ticket, master):
        msg = f"INC-20: {refusal}"
        raise NotAllowed(msg)
    count = master.linked + 1
    told = Effect({"linked": count}, args={"linked": count})
    return Effect({"master": master.number}, args={"to": master.number}, parent=told)


def _unfit(ticket: Ticket, master: Ticket) -> str:
    """Why the one can't be linked to the other, "" where it can. Masters have no masters: no chains, no circles."""
    one, other = ticket.number, master.number
    refusals = (
        (ticket.id == master.id, f"{one} can't be its own master"),
        (ticket.master, f"{one} is linked to {ticket.master} already; use unlink-master first"),
        (ticket.linked, f"{one} is a master itself, with {ticket.linked} linked; a master has no master"),
        (master.master, f"{other} is linked to {master.master}; link {one} to that one"),
        (master.kind in NO_MASTERS, f"{other} is a {master.kind}; a master is an incident"),
        (master.status not in WORKABLE, f"{other} is {master.status}; a master is still at work"),
    )
    return next((said for holds, said in refusals if holds), "")


@frozen
class UnlinkMaster:
    """Why it is another matter after all."""

    reason: str = param("why it is another matter", required=True)


def _unlink(ticket: Ticket, params: UnlinkMaster, act: Act) -> Effect:
    _inside(act)
    master = act.parent
    if master is None:
        msg = f"{ticket.number} is linked to no master"
        raise BadInput(msg)
    count = master.linked - 1
    told = Effect({"linked": count}, args={"linked": count})
    personal = {"reason": params.reason}
    return Effect({"master": ""}, args={"from": master.number}, personal=personal, parent=told)


def _inside(act: Act) -> None:
    if not act.by.scope.hears(INTERNAL):
        msg = "INC-20: masters are the desk's own; who works for a vendor asks the service desk to link a ticket"
        raise NotAllowed(msg)


VERBS = (
    verb("link-master", "Link it to a master incident", LinkMaster, _link, STAFF, *WORKABLE),
    verb("unlink-master", "Take it off its master incident", UnlinkMaster, _unlink, STAFF, *Status),
)
"""In the order a ticket meets them."""
