"""What the organisation model in force can't hold: seen after a switch of the model, or of teams and people."""

from collections.abc import Iterator

from attrs import evolve

from itsmkit.core.model.organisation import Duty, Organisation
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Op, Query, Scope, Test
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.people import everything
from itsmkit.core.setup import Setup
from itsmkit.core.store import Finding

_SEES = Scope.system("misfits")
_OPEN = tuple(str(one) for one in Status if one is not Status.CLOSED)
_WORKS = frozenset({Duty.HANDLE, Duty.RECORD, Duty.MANAGE})


def misfits(setup: Setup) -> Iterator[Finding]:
    """People whose roles or fields aren't known, then open tickets whose assignment the model can't hold; and why."""
    model = setup.organisation
    if model is None:
        return
    people = {one.id: one for one in everything(setup.store, "person") if isinstance(one, Person) and one.active}
    for person in people.values():
        for said in _of_person(model, person):
            yield Finding(person.id, sound=False, said=said)
    known = {*setup.policy.rules.categories, *(one.id for one in setup.site.services)}
    for person in people.values():
        for field in sorted(set(person.fields) - known):
            yield Finding(person.id, sound=False, said=f"the field {field} is neither a category nor a service here")
    lines = model.lines(setup.site)
    for ticket in _open_tickets(setup):
        for said in (*_of_team(setup, ticket, lines), *_of_assignee(model, ticket, people.get(ticket.assignee))):
            yield Finding(ticket.number, sound=False, said=said)


def _of_person(model: Organisation, person: Person) -> Iterator[str]:
    for role in person.roles:
        if role not in model.roles():
            yield f"the model {model.name} knows no role {role}; `itsmkit access roles` lists those it knows"
        elif model.duties(evolve(person, roles=(role,))) != model.duties(Person(id="", name="", roles=(role,))):
            whose = f"of vendor {person.vendor}" if person.vendor else "of the house"
            yield f"the role {role} is of no effect for somebody {whose}"


def _open_tickets(setup: Setup) -> Iterator[Ticket]:
    query, after = Query("ticket", (Test("status", Op.ANY_OF, _OPEN),)), None
    while True:
        page = setup.store.find(query, _SEES, after, 200)
        yield from (one for one in page.items if isinstance(one, Ticket))
        if (after := page.after) is None:
            return


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
