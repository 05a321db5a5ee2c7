"""What changes on a ticket that goes to another team, whoever sends it there."""

from collections.abc import Mapping
from typing import Any

from itsmkit.core.model.party import Team
from itsmkit.core.model.ticket import Ticket


def handed_to(ticket: Ticket, team: Team, person: str = "") -> Mapping[str, Any]:
    """The ticket's fields once it is with that team, and with that person of it; to be accepted anew (INC-18)."""
    return {
        "team": team.id,
        "line": team.line,
        "vendor": team.vendor,
        "assignee": person,
        "declined": (),
        "accepted": None,
        "hand_overs": ticket.hand_overs + (team.id != ticket.team),
    }
