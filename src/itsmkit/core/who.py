"""Who is at the keyboard: principals from persons, with the duties and the scope that they have right now."""

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from itsmkit.core.access import may, with_announcements
from itsmkit.core.errors import Degraded, NotAllowed, NotFound
from itsmkit.core.model.event import INTERNAL, PERSONAL, PUBLIC
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.unit import Given
from itsmkit.core.plugins import a
from itsmkit.core.setup import Setup


def principal(setup: Setup, key: str) -> Principal:
    """The principal of an active person, by id or unique key; NotFound where there is none."""
    return _of(setup, _person(setup, key))


def fresh(setup: Setup, by: Principal) -> tuple[Principal, tuple[Given, ...]]:
    """The principal as its person is now, and the records that this rests on; services stay as they are.

    Who acts for somebody else must still be allowed to.
    """
    if not by.person:
        return by, ()
    person = _person(setup, by.person)
    given: tuple[Given, ...] = (Given("person", person.id, person.version),)
    if by.on_behalf.startswith("person:"):
        real = _person(setup, by.on_behalf.removeprefix("person:"))
        demand(_of(setup, real), "acting as somebody else", Duty.IMPERSONATE)
        given = (*given, Given("person", real.id, real.version))
    return evolve(_of(setup, person), on_behalf=by.on_behalf), given


def impersonated(setup: Setup, real: Principal, key: str) -> Principal:
    """The principal of another person, acted for by `real`, who needs the duty; every event tells of both."""
    demand(real, "acting as somebody else", Duty.IMPERSONATE)
    return evolve(principal(setup, key), on_behalf=real.id)


def demand(by: Principal, what: str, *duties: Duty) -> None:
    """NotAllowed where the principal has none of the duties."""
    if not may(by, frozenset(duties)):
        msg = f"{what} needs the duty {' or '.join(duties)}; {by.name or by.id} lacks it"
        raise NotAllowed(msg)


def demand_own_name(by: Principal, what: str) -> None:
    """NotAllowed to who acts as somebody else: what grants rights or operates the desk is done in one's own name."""
    if by.on_behalf:
        msg = f"{what} is done in one's own name; leave out acting as {by.name or by.id}"
        raise NotAllowed(msg)


def _person(setup: Setup, key: str) -> Person:
    found = setup.store.get("person", key, Scope.system("principal"))
    if not isinstance(found, Person) or not found.active:
        raise NotFound("person", key)
    return found


def _of(setup: Setup, person: Person) -> Principal:
    duties, scope = _rights(setup, person)
    teams = _teams(person)
    rights = []
    for absent in _stood_in_for(setup, person):
        theirs = _rights(setup, absent)
        duties, scope = stood_in(duties, scope, *theirs)
        teams |= _teams(absent)
        rights.append(f"deputy of person:{absent.id}")
    if person.glass is not None and person.glass.until > setup.world.now() and Duty.ADMINISTER in duties:
        scope = Scope(scope.keys, scope.audiences | WHOLE, everything=True, reason="broken glass")
        duties |= IN_NEED
        rights.append("broken glass")
    return Principal(f"person:{person.id}", duties, scope, person.name, by_right=", ".join(rights), teams=teams)


def _teams(person: Person) -> frozenset[str]:
    """The teams of the house that somebody works in: whatever their record says, a vendor's staff work in none."""
    return frozenset() if person.vendor else frozenset(person.teams)


def stood_in(
    duties: frozenset[Duty], scope: Scope, theirs: frozenset[Duty], their_scope: Scope
) -> tuple[frozenset[Duty], Scope]:
    """What somebody may do and see who stands in for another, within their own ceiling.

    The other's duties, but for those of administration, and records come on top. What is shown of records stays as it
    is for the deputy: who may not read the desk's own words can't read them as a deputy either, nor see everything.
    """
    inside = scope.hears(INTERNAL)
    keys = scope.keys | their_scope.keys
    everything = scope.everything or (inside and their_scope.everything)
    return duties | (theirs - OWN_ONLY), Scope(keys, scope.audiences, everything, scope.reason)


OWN_ONLY = frozenset({Duty.ADMINISTER, Duty.IMPERSONATE})
"""Duties that nobody has as a deputy."""
IN_NEED = frozenset({Duty.RECORD, Duty.HANDLE, Duty.MANAGE})
WHOLE = frozenset({PUBLIC, INTERNAL, PERSONAL})


def _rights(setup: Setup, person: Person) -> tuple[frozenset[Duty], Scope]:
    """What the organisation model says of the person."""
    setup.model()
    duties = setup.ask_model(lambda model: model.duties(person), _are_duties).answer
    scope = setup.ask_model(lambda model: model.scope(person), a(Scope)).answer
    if duties is None or scope is None:
        msg = "the organisation model can't say who may do what, commands are refused; `itsmkit doctor` says why"
        raise Degraded(msg)
    return duties, with_announcements(scope, person)


def _stood_in_for(setup: Setup, person: Person) -> Iterator[Person]:
    """Those for whom the person stands in right now."""
    now = setup.world.now()
    for one in person.deputises:
        if one.since <= now < one.until:
            absent = setup.store.get("person", one.person, Scope.system("deputy"))
            if isinstance(absent, Person) and absent.active:
                yield absent


def _are_duties(answer: Any) -> str:
    fits = isinstance(answer, frozenset) and all(isinstance(one, Duty) for one in answer)
    return "" if fits else "gave no set of duties"
