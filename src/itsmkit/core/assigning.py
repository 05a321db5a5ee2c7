"""Which person of a team gets a ticket: on duty, knowing its field, speaking its language, with the least to do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import frozen

from itsmkit.core.chains import duty
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.party import Person, Team
from itsmkit.core.model.query import Op, Scope, Tally, Test
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.plugins import a
from itsmkit.core.roles import FITTING
from itsmkit.core.setup import Setup

AT_WORK = tuple(str(one) for one in Status if one not in (Status.RESOLVED, Status.CLOSED))
"""The statuses of tickets that work is still to be done on."""
_READS = Scope.system("assignment")
_WORKS = frozenset({Duty.HANDLE, Duty.RECORD})


@frozen
class Choice:
    """The person chosen, "" for nobody, and why."""

    person: str = ""
    why: str = ""


def person_of(setup: Setup, ticket: Ticket, team: Team, now: datetime) -> Choice:
    """Who of the team gets the ticket (INC-17, ORG-09).

    Where the team has a roster it is one of those on duty, and nobody while nobody is; elsewhere one whose field or
    language the ticket needs. Of several the one that fits best by field, then by language, then with the fewest open
    tickets.
    """
    rotas = [one.id for one in setup.site.rotas if one.team == team.id]
    on_duty = {person: rota for rota in rotas for person in duty(setup.site, rota, now)}
    among = [
        one
        for one in _people(setup, on_duty if rotas else _experts(setup, ticket, team))
        if not why_not(setup, one, team)
    ]
    if rotas and not among:
        return Choice(why=f"nobody is on duty by rota {', '.join(rotas)}")
    best = fitting(among, ticket)
    if not best:
        return Choice()
    open_ = _open(setup, best) if len(best) > 1 else {}
    chosen = min(best, key=lambda one: open_.get(one.id, 0))
    reasons = [*([f"on duty by rota {on_duty[chosen.id]}"] if on_duty else []), *known(chosen, ticket)]
    least = f", with the fewest open tickets: {open_.get(chosen.id, 0)}" if len(best) > 1 else ""
    return Choice(chosen.id, f"{chosen.id}: {' and '.join(reasons)}{least}")


def why_not(setup: Setup, person: Person, team: Team) -> str:
    """Why somebody can't be given the team's tickets, "" where they can."""
    if not person.active:
        return "isn't there any more"
    if person.vendor != team.vendor:
        return f"works for {f'vendor {person.vendor}' if person.vendor else 'the house'}"
    duties = setup.ask_model(lambda model: model.duties(person), a(frozenset)).answer
    return "has no duty to work on tickets" if _WORKS.isdisjoint(duties or ()) else ""


def _experts(setup: Setup, ticket: Ticket, team: Team) -> Iterator[str]:
    """Who of the team is known for what the ticket needs, by id."""
    return (one.id for one in setup.site.experts if team.id in one.teams and known(one, ticket))


def _people(setup: Setup, ids: Iterable[str]) -> Iterator[Person]:
    """Those persons as the store has them now: of who left since the site was read nobody is told."""
    found = ((one, setup.store.get("person", one, _READS)) for one in ids)
    return (person for id_, person in found if isinstance(person, Person) and person.id == id_)


def fitting(among: Iterable[Person], ticket: Ticket) -> Sequence[Person]:
    """Those who fit the ticket best: by its category, then by its service, then by its language."""
    ranked = [(person_fits(one, ticket), one) for one in among]
    best = max((fits for fits, _ in ranked), default=None)
    return [one for fits, one in ranked if fits == best]


def person_fits(person: Person, ticket: Ticket) -> tuple[bool, bool, bool]:
    """Whether the person knows the ticket's category, its service, its language."""
    return ticket.category in person.fields, ticket.service in person.fields, ticket.language in person.languages


def known(person: Person, ticket: Ticket) -> list[str]:
    """What of the ticket the person knows, as a why tells it."""
    fits = zip(FITTING, person_fits(person, ticket), strict=True)
    return [f"{name} {getattr(ticket, name)}" for name, fit in fits if fit]


def _open(setup: Setup, people: Iterable[Person]) -> Mapping[str, int]:
    """How many tickets each of them works on."""
    theirs = Test("assignee", Op.ANY_OF, tuple(one.id for one in people))
    counts = setup.store.tally(Tally("ticket", ("assignee",), (theirs, Test("status", Op.ANY_OF, AT_WORK))), _READS)
    return {one.key[0]: one.n for one in counts}
