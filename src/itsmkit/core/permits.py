"""Why somebody may or may not do something: each rule of access by itself, in the order they are held."""

from typing import Any

from attrs import evolve, frozen

from itsmkit.core import acting
from itsmkit.core.commanding import seen, type_of
from itsmkit.core.errors import NotAllowed, WrongStep
from itsmkit.core.granting import person, within_company
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.query import Scope
from itsmkit.core.setup import Setup
from itsmkit.core.verb import Verb
from itsmkit.core.who import demand, principal


@frozen
class Ruling:
    """One rule of access: whether it lets the command pass, and what it was decided from."""

    rule: str
    holds: bool
    said: str


def rulings(setup: Setup, key: str, verb: str, number: str, *, by: Principal) -> tuple[Ruling, ...]:
    """What each rule says of a person: allow = role grants the verb AND the record is in scope AND the state admits it.

    The verb is allowed where all hold; what depends on its parameters is only known when it is tried. NotFound or
    UnknownVerb where there is no such person, record or verb. For those who administer, and those who manage: about
    records that they see, and a vendor's manager about the vendor's people.
    """
    demand(by, "explaining access", Duty.MANAGE, Duty.ADMINISTER)
    within_company(setup, by, person(setup, key))
    who = principal(setup, key)
    found = acting.verb_named(verb, type_of(setup, number))
    if Duty.ADMINISTER not in by.duties:
        seen(setup, number, by)
    record = seen(setup, number, evolve(by, scope=Scope.system("access explain")))
    return (_duty(setup, record, found, who), _scope(setup, record, who), _state(record, found))


def _duty(setup: Setup, record: Any, verb: Verb, who: Principal) -> Ruling:
    right = f" ({who.by_right})" if who.by_right else ""
    try:
        acting.check_duty(setup.processes[record.process], record, verb, who)
    except NotAllowed as refusal:
        return Ruling(rule="duty", holds=False, said=f"{refusal}{right}")
    held = ", ".join(sorted(who.duties & verb.duties or who.duties))
    return Ruling(rule="duty", holds=True, said=f"has the duty {held}{right}")


def _scope(setup: Setup, record: Any, who: Principal) -> Ruling:
    scope = who.scope.of(setup.types[record.type])
    if scope.everything:
        return Ruling(rule="scope", holds=True, said="sees everything")
    met = sorted(scope.keys.intersection(record.reach))
    if met:
        return Ruling(rule="scope", holds=True, said=f"sees it by {', '.join(met)}")
    held = ", ".join(sorted(scope.keys)) or "no keys"
    return Ruling(rule="scope", holds=False, said=f"it is seen by {', '.join(record.reach) or 'nobody'}; has {held}")


def _state(record: Any, verb: Verb) -> Ruling:
    try:
        acting.check_place(record, verb)
    except WrongStep as refusal:
        return Ruling(rule="state", holds=False, said=str(refusal))
    return Ruling(rule="state", holds=True, said=f"it stands at {record.step or 'its end'} ({record.status})")
