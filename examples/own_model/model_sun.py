"""Follow the sun: two service desks by region, each the other's line 2 for what its region can't solve."""

from attrs import frozen

from itsmkit import USER, Assignment, Duty, Organisation, RoleModel, Sees, Site, Ticket, hookimpl, role

ROLES = {
    "user": USER,
    "agent": role(Duty.RECORD, Duty.HANDLE, Duty.WATCH),
    "lead": role(Duty.RECORD, Duty.HANDLE, Duty.MANAGE, Duty.CHAIR, Duty.READ_REPORTS, sees=Sees.ALL),
    "administrator": role(Duty.ADMINISTER, sees=Sees.OWN, shown=frozenset({"public", "personal"})),
}
DESKS = {"en": "berlin", "zh": "beijing"}
"""The desk that answers a language."""


@frozen(slots=False)
class FollowTheSun(RoleModel):
    """Line 1 is the desk of the reporter's language; line 2 the other one, whose day begins when it ends."""

    def lines(self, site: Site) -> tuple[int, ...]:
        """Two, whatever the teams say."""
        return (1, 2) if len(site.teams) > 1 else (1,)

    def assignment(self, ticket: Ticket, line: int, site: Site) -> Assignment | None:
        """The region's own desk first, then the other."""
        own = DESKS.get(ticket.language, "berlin")
        desks = [own, *(one for one in DESKS.values() if one != own)]
        if line > len(desks) or site.team(desks[line - 1]) is None:
            return None
        why = f"{own} answers {ticket.language or 'en'}" if line == 1 else f"the night of {own} is their day"
        return Assignment(desks[line - 1], line, why=why)


MODEL = FollowTheSun("sun", ROLES, {"manager": "lead", "department": "lead", "desk": "agent"})


@hookimpl
def itsmkit_organisation() -> Organisation:
    """Give the model."""
    return MODEL
