"""Organisation models out of a table of roles: what each is charged with, sees and is shown (ORG-01, ORG-02)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from attrs import evolve, frozen

from itsmkit.core.contracts import covering
from itsmkit.core.model.event import INTERNAL, PERSONAL, PUBLIC, VENDOR
from itsmkit.core.model.organisation import Assignment, Duty
from itsmkit.core.model.party import Person, Site, Team
from itsmkit.core.model.query import Scope
from itsmkit.core.model.ticket import Ticket

OWN = frozenset({PUBLIC, PERSONAL})
WHOLE = frozenset({PUBLIC, PERSONAL, INTERNAL})
OF_A_VENDOR = frozenset({PUBLIC, VENDOR})


class Sees(StrEnum):
    """Whose tickets a role sees beside its person's own."""

    OWN = "own"
    TEAM = "team"
    DEPARTMENT = "department"
    ALL = "all"


@frozen
class Role:
    """What a role is charged with, whose tickets it sees, and what it is shown of them.

    A role `outside` is one of a vendor's staff: it sees what is with the vendor that its person works for. Who works
    for a vendor has no other roles than those, whatever their record says.
    """

    duties: frozenset[Duty]
    sees: Sees = Sees.TEAM
    shown: frozenset[str] = WHOLE
    outside: bool = False


def role(*duties: Duty, sees: Sees = Sees.TEAM, shown: frozenset[str] = WHOLE) -> Role:
    """A role of the house with those duties; to report is everybody's."""
    return Role(frozenset({Duty.REPORT, *duties}), sees, shown)


def vendor_role(*duties: Duty) -> Role:
    """A role of a vendor's staff: never the desk's own notes, nor how somebody is reached."""
    return Role(frozenset({Duty.REPORT, *duties}), Sees.TEAM, OF_A_VENDOR, outside=True)


USER = Role(frozenset({Duty.REPORT}), Sees.OWN, frozenset())
"""Everybody: reports, and sees what is their own (USR-01)."""


@frozen(slots=False)
class RoleModel:
    """An organisation model by its table of roles, and by the words that escalations use for some of them.

    What a contract covers goes from line 1 to the vendor straight away; else a line's team is the one that fits a
    ticket best. Subclass it to choose otherwise.
    """

    name: str
    table: Mapping[str, Role]
    reach: Mapping[str, str] = MappingProxyType({})

    def roles(self) -> tuple[str, ...]:
        """The roles that persons may carry."""
        return tuple(self.table)

    def duties(self, person: Person) -> frozenset[Duty]:
        """The duties of all the person's roles; who has none may report."""
        return USER.duties.union(*(one.duties for one in self._held(person)))

    def scope(self, person: Person) -> Scope:
        """The person's own tickets, and those that their roles see."""
        held = self._held(person)
        sees = {one.sees for one in held}
        keys = {f"person:{person.id}"}
        if person.vendor and any(one.outside for one in held):
            keys.add(f"vendor:{person.vendor}")
        elif Sees.TEAM in sees:
            keys |= {f"team:{team}" for team in person.teams}
        if Sees.DEPARTMENT in sees and person.department:
            keys.add(f"dept:{person.department}")
        shown = frozenset[str]().union(*(one.shown for one in held))
        return Scope(frozenset(keys), shown or OWN, everything=Sees.ALL in sees)

    def _held(self, person: Person) -> list[Role]:
        named = (self.table[name] for name in person.roles if name in self.table)
        return [one for one in named if one.outside or not person.vendor]

    def lines(self, site: Site) -> tuple[int, ...]:
        """The lines that have a team, first to last (ORG-04)."""
        return tuple(sorted({team.line for team in site.teams}))

    def assignment(self, ticket: Ticket, line: int, site: Site) -> Assignment | None:
        """The vendor's team where a contract covers it; else the best of the line, or of the next that has any."""
        if line > 1 and (found := by_contract(ticket, line, site)) is not None:
            return found
        for at in self.lines(site):
            if at >= line:
                return best_team((team for team in site.teams if team.line == at), ticket)
        return None

    def reporting_line(self, to: str, ticket: Ticket) -> str:  # noqa: ARG002 - most models go by the word alone
        """The role behind a word such as "manager"; a role's own name is one."""
        return self.reach.get(to, to if to in self.table else "")


def by_contract(ticket: Ticket, line: int, site: Site) -> Assignment | None:
    """The team, on that line or behind it, of the vendor whose contract covers the ticket best (INC-13)."""
    for contract, why in covering(site, ticket):
        teams = [one for one in site.teams if one.vendor == contract.vendor and one.line >= line]
        named = [one for one in teams if one.id == contract.team] if contract.team else teams
        if (found := best_team(named, ticket)) is not None:
            return evolve(found, why=why)
    return None


FITTING = ("category", "service", "language")


def best_team(teams: Iterable[Team], ticket: Ticket) -> Assignment | None:
    """The team that fits by category, then by service, then by language (INC-17); of equals the first by id."""
    ranked = sorted(teams, key=lambda one: (tuple(not fits for fits in team_fits(one, ticket)), one.id))
    if not ranked:
        return None
    team = ranked[0]
    reasons = [
        f"{name} {getattr(ticket, name)}"
        for name, fit in zip(FITTING, team_fits(team, ticket), strict=True)
        if fit
    ]  # fmt: skip
    why = f"line {team.line}: {' and '.join(reasons) or 'no team fits better'}"
    return Assignment(team.id, team.line, vendor=team.vendor, why=why)


def team_fits(team: Team, ticket: Ticket) -> tuple[bool, bool, bool]:
    """Whether the team knows the ticket's category, its service, its language."""
    return ticket.category in team.categories, ticket.service in team.services, ticket.language in team.languages
