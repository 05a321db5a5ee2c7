"""What the organisation model in force can't hold: seen after a switch of the model, of teams, people or vendors."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve

from itsmkit.core.contracts import runs
from itsmkit.core.model.organisation import Duty, Organisation
from itsmkit.core.model.party import Contract, Person, Site, Team
from itsmkit.core.model.query import Op, Query, Scope, Test
from itsmkit.core.model.referral import Referral, ReferralStatus
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.people import everything
from itsmkit.core.referral import holder
from itsmkit.core.setup import Setup
from itsmkit.core.store import Finding

_SEES = Scope.system("misfits")
_OPEN = tuple(str(one) for one in Status if one is not Status.CLOSED)
_OPEN_SIDES = tuple(str(one) for one in ReferralStatus if one is not ReferralStatus.CLOSED)
_WORKS = frozenset({Duty.HANDLE, Duty.RECORD, Duty.MANAGE})


def misfits(setup: Setup) -> Iterator[Finding]:
    """People whose roles or fields aren't known, unknown vendors, then open tickets that it can't hold; and why."""
    model = setup.organisation
    if model is None:
        return
    people = {one.id: one for one in everything(setup.store, "person") if isinstance(one, Person) and one.active}
    for person in people.values():
        for said in _of_person(model, person):
            yield Finding(person.id, sound=False, said=said)
    yield from (Finding(id_, sound=False, said=said) for id_, said in _of_vendors(setup.site, people))
    known = {*setup.policy.rules.categories, *(one.id for one in setup.site.services)}
    for person in people.values():
        for field in sorted(set(person.fields) - known):
            yield Finding(person.id, sound=False, said=f"the field {field} is neither a category nor a service here")
    lines, sides = model.lines(setup.site), _open_sides(setup)
    for ticket in _open(setup, "ticket", _OPEN):
        found = (
            *_of_team(setup, ticket, lines),
            *_of_assignee(model, ticket, people.get(ticket.assignee)),
            *_of_holder(setup, ticket, sides.get(ticket.id, ())),
            *_of_parties(setup.site, sides.get(ticket.id, ()), people),
        )
        yield from (Finding(ticket.number, sound=False, said=said) for said in found)


def _of_person(model: Organisation, person: Person) -> Iterator[str]:
    for role in person.roles:
        if role not in model.roles():
            yield f"the model {model.name} knows no role {role}; `itsmkit access roles` lists those it knows"
        elif model.duties(evolve(person, roles=(role,))) != model.duties(Person(id="", name="", roles=(role,))):
            whose = f"of vendor {person.vendor}" if person.vendor else "of the house"
            yield f"the role {role} is of no effect for somebody {whose}"


def _open(setup: Setup, type_: str, statuses: tuple[str, ...]) -> Iterator[Any]:
    query, after = Query(type_, (Test("status", Op.ANY_OF, statuses),)), None
    while True:
        page = setup.store.find(query, _SEES, after, 200)
        yield from (one for one in page.items if isinstance(one, Ticket | Referral))
        if (after := page.after) is None:
            return


def _open_sides(setup: Setup) -> Mapping[str, list[Referral]]:
    """The open referrals by the id of their ticket."""
    sides: dict[str, list[Referral]] = {}
    for one in _open(setup, "referral", _OPEN_SIDES):
        sides.setdefault(one.parent, []).append(one)
    return sides


def _of_vendors(site: Site, people: Mapping[str, Person]) -> Iterator[tuple[str, str]]:
    """Teams, people and contracts that name a vendor, a team or a service that the site lacks."""
    naming: tuple[Team | Person | Contract, ...] = (*site.teams, *people.values(), *site.contracts)
    for one in naming:
        if one.vendor and site.vendor(one.vendor) is None:
            yield one.id, f"there is no vendor {one.vendor}; name it in vendors.toml"
    for contract in site.contracts:
        if contract.team and getattr(site.team(contract.team), "vendor", "") != contract.vendor:
            yield contract.id, f"its team {contract.team} is none of vendor {contract.vendor}"
        lacking = [one for one in contract.services if site.service(one) is None]
        if lacking:
            yield contract.id, f"it covers services that the site lacks: {', '.join(lacking)}"


def _of_team(setup: Setup, ticket: Ticket, lines: tuple[int, ...]) -> Iterator[str]:
    team = setup.site.team(ticket.team) if ticket.team else None
    if ticket.team and team is None:
        yield f"there is no team {ticket.team} any more"
    if ticket.line and ticket.line not in lines:
        yield f"the model has no line {ticket.line}; it has {', '.join(map(str, lines)) or 'none'}"
    if team is not None and team.vendor != ticket.vendor:
        has = f"vendor {ticket.vendor}" if ticket.vendor else "no vendor"
        yield f"it is with {has}, its team {team.id} with {f'vendor {team.vendor}' if team.vendor else 'none'}"


def _of_assignee(model: Organisation, ticket: Ticket, person: Person | None) -> Iterator[str]:
    if not ticket.assignee:
        return
    if person is None:
        yield f"its assignee {ticket.assignee} isn't there any more"
    elif _WORKS.isdisjoint(model.duties(person)):
        yield f"its assignee {person.id} has no duty to work on tickets in the model {model.name}"


def _of_holder(setup: Setup, ticket: Ticket, sides: Iterable[Referral]) -> Iterator[str]:
    """The vendor that has the ticket, its referral and its contracts must go together."""
    vendor, handed = holder(ticket), [one for one in sides if not one.help]
    if vendor and not any(one.vendor == vendor for one in handed):
        yield f"vendor {vendor} has it, and no referral says so; the next change of the ticket makes one"
    for one in handed:
        if one.vendor != vendor:
            yield f"{one.number} says that vendor {one.vendor} has it, which hasn't"
    contracts = [one for one in setup.site.contracts if one.vendor == vendor]
    now, zone = setup.world.now(), setup.site.zone
    if contracts and not any(runs(one, now, zone) for one in contracts):
        yield f"it is with vendor {vendor}, none of whose contracts runs any more"


def _of_parties(site: Site, sides: Iterable[Referral], people: Mapping[str, Person]) -> Iterator[str]:
    for one in sides:
        gone = (
            ("vendor", one.vendor, site.vendor(one.vendor) is None),
            ("team", one.team, site.team(one.team) is None),
            ("person", one.person, one.person not in people),
        )
        yield from (f"{one.number} is with {sort} {name}, gone since" for sort, name, lost in gone if name and lost)
