"""What changes on a ticket that goes to another team, whoever sends it there."""

from collections.abc import Mapping
from typing import Any

from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.party import Site, Team
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


def handed_back(ticket: Ticket, home: str, site: Site) -> Mapping[str, Any]:
    """The ticket's fields once a vendor has given it back: with that team, or line 1, to be assigned anew."""
    first = (one for one in site.teams if one.line == 1 and not one.vendor)
    team = site.team(home) or next(first, None)
    without = {"team": "", "vendor": "", "assignee": "", "accepted": None}
    changes = handed_to(ticket, team) if team else without
    return {**changes, "declined": tuple(filter(None, (ticket.team,))), "disputed": ""}


def of_team(by: Principal, team: Team) -> bool:
    """Whether somebody may do what is that team's: members, its vendor's staff, managers, and programs."""
    of_vendor = bool(team.vendor) and f"vendor:{team.vendor}" in by.scope.keys
    return not by.person or Duty.MANAGE in by.duties or team.id in by.teams or of_vendor
