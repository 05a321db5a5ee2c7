"""Who is at the keyboard: principals from persons, with the duties and the scope that they have right now."""

from typing import Any

from attrs import evolve

from itsmkit.core.access import may
from itsmkit.core.errors import Degraded, NotAllowed, NotFound
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


def _person(setup: Setup, key: str) -> Person:
    found = setup.store.get("person", key, Scope.system("principal"))
    if not isinstance(found, Person) or not found.active:
        raise NotFound("person", key)
    return found


def _of(setup: Setup, person: Person) -> Principal:
    setup.model()
    duties = setup.ask_model(lambda model: model.duties(person), _are_duties).answer
    scope = setup.ask_model(lambda model: model.scope(person), a(Scope)).answer
    if duties is None or scope is None:
        msg = "the organisation model can't say who may do what, commands are refused; `itsmkit doctor` says why"
        raise Degraded(msg)
    return Principal(f"person:{person.id}", duties, scope, person.name)


def _are_duties(answer: Any) -> str:
    fits = isinstance(answer, frozenset) and all(isinstance(one, Duty) for one in answer)
    return "" if fits else "gave no set of duties"
