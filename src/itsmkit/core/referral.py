"""The referral of a ticket to a vendor, or of a question to a party: its table, and how it follows its ticket."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from attrs import frozen

from itsmkit.core.model.event import NOTHING, PUBLIC, Draft
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.referral import ReferralStatus as Rests
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.process import standing

_STEPS = (
    Step("RF1", "Acknowledge", Duty.HANDLE,
         {"acknowledged": "RF2", "given_back": END, "not_ours": "RF3", "done": END}, Rests.REFERRED,
         writes=("acknowledged", "reference"), source="INC-24 INC-26"),
    Step("RF2", "Work on it and answer", Duty.HANDLE, {"done": END, "given_back": END, "not_ours": "RF3"},
         Rests.ACKNOWLEDGED, writes=("solution", "reason"), source="INC-26 INC-37"),
    Step("RF3", "Not theirs? The manager rules", Duty.MANAGE, {"upheld": END, "rejected": "RF1"}, Rests.DISPUTED,
         writes=("ruling", "ruled_by"), source="INC-24"),
)  # fmt: skip

REFERRALS = Process(
    "referral",
    "Referral to a vendor or another party",
    "RF1",
    MappingProxyType({step.id: step for step in _STEPS}),
    type="referral",
    ended=Rests.CLOSED,
)
"""The table as shipped; `itsmkit process show referral` prints it."""

_DONE = frozenset({Status.RESOLVED, Status.CLOSED})
_ASSIGNING = "IM2.11"


def holder(ticket: Ticket | None) -> str:
    """The vendor that has the ticket, "" where none has: it is the house's, resolved, or to be assigned anew."""
    if ticket is None or ticket.status in _DONE or ticket.step == _ASSIGNING:
        return ""
    return ticket.vendor


@frozen
class Followed:
    """What becomes of a referral because of its ticket: its new state, and the event that says so."""

    referral: Referral
    draft: Draft


def followed(process: Process, referral: Referral, before: Ticket, after: Ticket, now: datetime) -> Followed | None:
    """The referral of a handed-over ticket once the ticket has moved; None where that is nothing to it.

    It ends when the ticket leaves the vendor or is resolved, and is acknowledged when the vendor accepts the ticket:
    whichever of the two the vendor works on, both say the same.
    """
    if not referral.is_open or referral.help:
        return None
    if holder(after) != referral.vendor:
        outcome = _left(referral, after)
        solution = {"solution": after.solution} if outcome == "done" else NOTHING
        return _moved(process, referral, END, {"closed": now, "outcome": outcome, **solution}, after)
    if referral.step == "RF1" and after.accepted is not None and before.accepted is None:
        return _moved(process, referral, "RF2", {"acknowledged": after.accepted}, after)
    return None


def _left(referral: Referral, ticket: Ticket) -> str:
    if ticket.vendor != referral.vendor:
        return "withdrawn"
    return "done" if ticket.status in _DONE else "given_back"


def _moved(process: Process, referral: Referral, at: str, changes: Mapping[str, Any], ticket: Ticket) -> Followed:
    moved = standing(process, referral, at, changes)
    outcome = moved.outcome or "acknowledged"
    return Followed(
        moved, Draft("followed", "core", referral.step, outcome, {"ticket": ticket.number}, audience=PUBLIC)
    )


def handed_over(ticket: Ticket, before: Ticket | None, now: datetime) -> Referral:
    """The referral that begins when a vendor gets the ticket; without id, number and place in its process."""
    home = before.team if before is not None and not before.vendor else ""
    return Referral(
        id="", opened=now, vendor=ticket.vendor, team=ticket.team, home=home, title=ticket.title,
        service=ticket.service, ci=ticket.ci, request=ticket.text,
    )  # fmt: skip
