"""The tiered organisation model: a service desk as line 1, specialists behind it, vendors at the end (ORG-04)."""

from collections.abc import Iterable
from types import MappingProxyType

from attrs import field, frozen

from itsmkit import Assignment, Duty, Organisation, Person, Scope, Site, Team, Ticket, hookimpl

ROLES = MappingProxyType(
    {
        "user": frozenset({Duty.REPORT}),
        "service_desk": frozenset({Duty.REPORT, Duty.RECORD, Duty.HANDLE}),
        "support": frozenset({Duty.REPORT, Duty.HANDLE}),
        "vendor_support": frozenset({Duty.REPORT, Duty.HANDLE}),
        "incident_manager": frozenset(
            {Duty.REPORT, Duty.RECORD, Duty.HANDLE, Duty.MANAGE, Duty.READ_REPORTS, Duty.IMPERSONATE}
        ),
        "project_manager": frozenset({Duty.REPORT, Duty.DISPATCH}),
        "technical_director": frozenset({Duty.REPORT, Duty.APPROVE, Duty.READ_REPORTS}),
        "archivist": frozenset({Duty.REPORT, Duty.ARCHIVE}),
        "department_manager": frozenset({Duty.REPORT, Duty.READ_REPORTS}),
        "process_owner": frozenset({Duty.REPORT, Duty.OWN_PROCESS, Duty.READ_REPORTS}),
        "administrator": frozenset({Duty.REPORT, Duty.ADMINISTER, Duty.IMPERSONATE, Duty.READ_REPORTS}),
    }
)
"""The model's roles and what each is charged with."""
OWN = frozenset({"public", "personal"})
WHOLE = OWN | {"internal"}
AUDIENCES = MappingProxyType(
    {
        "administrator": OWN,
        "vendor_support": frozenset({"public", "vendor"}),
        "department_manager": frozenset({"public"}),
        "process_owner": frozenset({"public", "internal"}),
        "technical_director": frozenset({"public", "internal"}),
    }
)
"""What the roles are shown that neither see their own tickets only nor everything of a ticket."""
SEE_ALL = frozenset(
    {
        "service_desk",
        "incident_manager",
        "project_manager",
        "technical_director",
        "archivist",
        "process_owner",
    }
)


@frozen
class Settings:
    """Which role an escalation reaches, by the word that a chain uses for it."""

    reach: dict[str, str] = field(
        factory=lambda: {
            "desk": "service_desk",
            "manager": "incident_manager",
            "department": "department_manager",
            "owner": "process_owner",
        }
    )


@frozen
class Tiered:
    """Lines 1 to n: everybody behind line 1 sees what their team has, line 1 and the managers see all."""

    settings: Settings
    name: str = "tiered"

    def roles(self) -> tuple[str, ...]:
        """The roles that persons may carry."""
        return tuple(ROLES)

    def duties(self, person: Person) -> frozenset[Duty]:
        """The duties of all the person's roles; who has none may report."""
        held = [ROLES[role] for role in person.roles if role in ROLES]
        return frozenset({Duty.REPORT}).union(*held)

    def scope(self, person: Person) -> Scope:
        """Own tickets for users, the team's for support, the vendor's for its staff, all for line 1 and managers."""
        roles = [role for role in person.roles if role in ROLES and role != "user"]
        shown = [AUDIENCES.get(role, WHOLE) for role in roles] or [OWN]
        keys = {f"person:{person.id}", *(f"team:{team}" for team in person.teams)}
        if person.vendor:
            keys.add(f"vendor:{person.vendor}")
        if "department_manager" in person.roles and person.department:
            keys.add(f"dept:{person.department}")
        return Scope(frozenset(keys), frozenset().union(*shown), everything=not SEE_ALL.isdisjoint(roles))

    def lines(self, site: Site) -> tuple[int, ...]:
        """The lines that have a team, first to last (ORG-04)."""
        return tuple(sorted({team.line for team in site.teams}))

    def assignment(self, ticket: Ticket, line: int, site: Site) -> Assignment | None:
        """The team of the line, or of the next one that has any, that fits the ticket best."""
        for at in self.lines(site):
            teams = [team for team in site.teams if team.line == at]
            if at >= line and teams:
                return _chosen(teams, ticket, at)
        return None

    def reporting_line(self, to: str, ticket: Ticket) -> str:  # noqa: ARG002 - this model goes by the word alone
        """The role behind a word such as "manager"."""
        return self.settings.reach.get(to, to if to in ROLES else "")


def _chosen(teams: Iterable[Team], ticket: Ticket, line: int) -> Assignment:
    """The team that fits by category, then by service, then by language (INC-17); of equals the first by id."""
    team = min(teams, key=lambda one: (tuple(not fits for fits in _fits(one, ticket)), one.id))
    fits = zip(("category", "service", "language"), _fits(team, ticket), strict=True)
    reasons = [f"{name} {getattr(ticket, name)}" for name, fit in fits if fit]
    return Assignment(
        team.id, line, vendor=team.vendor, why=f"line {line}: " + (" and ".join(reasons) or "no team fits better")
    )


def _fits(team: Team, ticket: Ticket) -> tuple[bool, bool, bool]:
    return ticket.category in team.categories, ticket.service in team.services, ticket.language in team.languages


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        self._model = Tiered(settings)

    @hookimpl
    def itsmkit_organisation(self) -> Organisation:
        """The tiered model."""
        return self._model


def plugin(settings: Settings) -> object:
    """The plugin for those settings."""
    return _Plugin(settings)
