"""A command from end to end: read, decide, commit; decided anew where somebody came between."""

import re
from datetime import datetime
from random import Random
from time import sleep
from typing import Any, cast

import attrs
from attrs import evolve, frozen

from itsmkit.core import acting
from itsmkit.core.access import behalf, masked, may
from itsmkit.core.assigning import why_not
from itsmkit.core.changes import born, child_change, children, linked, opening, ticket_change, with_children
from itsmkit.core.errors import BadInput, KeyTaken, NotFound, Stale, StoreError
from itsmkit.core.model.event import INTERNAL, PUBLIC, Draft, Event
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.party import Person
from itsmkit.core.model.process import END
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record, Unreadable
from itsmkit.core.model.referral import Referral, reference_key
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Change, Conflict, Done, Duplicate, Unit
from itsmkit.core.numbers import Foretold
from itsmkit.core.process import walk_by
from itsmkit.core.setup import Setup
from itsmkit.core.verb import Act, Verb
from itsmkit.core.verbs.dispatch import listed
from itsmkit.core.verbs.places import LINE
from itsmkit.core.who import fresh
from itsmkit.core.who import principal as principal_of

TRIES = 8
SENT = ("technicians", "along", "staff")
"""The parameters that name staff, by id or key, with commas between."""


@frozen
class Command:
    """A verb with its parameters for a record; `expect` is the version read, `name` makes a repeat harmless."""

    verb: Verb
    number: str
    params: Any
    expect: int | None = None
    name: str = ""
    dry_run: bool = False


def commanded(setup: Setup, command: Command, by: Principal) -> Any:
    """Do the command; the record as the principal sees it then. Raises Refused of some kind, with nothing changed."""
    principal, given = fresh(setup, by)
    for attempt in range(TRIES):
        before = _whole(setup, seen(setup, command.number, principal))
        now = setup.world.now()
        if command.name and _was_done(setup, before, command.name):
            return _shown(setup, before, principal)
        _check_read(setup, before, command.expect, principal)
        acting.check_duty(setup.processes[before.process], before, command.verb, principal)
        parent = _parent(setup, before, command.params, principal)
        _check_referred(setup, command.params, principal)
        params, person = _with_people(setup, command.params, principal)
        acted = acting.act(setup, before, command.verb, params, by=principal, now=now, parent=parent, person=person)
        if command.dry_run:
            trial = evolve(setup, numbers=Foretold(setup.store, setup.world))
            return _shown(
                setup, _changes(trial, before, parent, acted, now=now, cause=command.name)[0].after, principal
            )
        changes = _changes(setup, before, parent, acted, now=now, cause=command.name)
        outcome = setup.store.commit(Unit(changes, given=given, blobs=acted.blobs, command=command.name))[0]
        if isinstance(outcome, Done):
            if outcome.repeated and before.id not in {one.id for one in outcome.refs}:
                msg = f"the command name {command.name!r} was used for another record; give each command its own"
                raise BadInput(msg)
            after = _whole(setup, before) if outcome.repeated else changes[0].after
            return _shown(setup, after, principal)
        if isinstance(outcome, Duplicate):
            raise _key_taken(setup, outcome, principal)
        if isinstance(outcome, Conflict) and outcome.type == "person":
            principal, given = fresh(setup, by)
        sleep(Random().uniform(0, 0.002 * 2**attempt))  # noqa: S311 - jitter, not a secret
    msg = f"{command.number} is being changed by many at once; try again"
    raise StoreError(msg)


def begun(setup: Setup, command: Command, by: Principal) -> Any:
    """Begin a record by itself, perhaps about a ticket that the principal sees; the record as they see it then.

    Raises Refused of some kind, with nothing stored.
    """
    for attempt in range(TRIES):
        principal, given = fresh(setup, by)
        acting.check_charged(command.verb.name, command.verb.duties, principal)
        params, person = _with_people(setup, command.params, principal)
        ticket = _about(setup, getattr(params, "ticket", ""), principal)
        now = setup.world.now()
        act = Act(principal, now, setup.policy, setup.site, setup.model(), ticket, person=person)
        effect = command.verb.apply(None, params, act)
        trial = evolve(setup, numbers=Foretold(setup.store, setup.world)) if command.dry_run else setup
        made = cast("Any", effect.makes)
        record = born(trial, made, ticket, now)
        record, steps = walk_by(setup.processes[record.process], record, effect.answers, principal.id)
        first = Draft("opened", principal.id, args={**effect.args, **behalf(principal)}, personal=effect.personal,
                      audience=PUBLIC)  # fmt: skip
        change = child_change(setup, None, record, (first, *steps), now, parent=ticket, cause=command.name)
        if command.dry_run:
            return _shown(setup, change.after, principal)
        outcome = setup.store.commit(Unit((change,), given=given, command=command.name))[0]
        if isinstance(outcome, Done):
            return _shown(setup, _repeated(setup, outcome, record) if outcome.repeated else change.after, principal)
        if isinstance(outcome, Duplicate):
            raise _key_taken(setup, outcome, principal)
        sleep(Random().uniform(0, 0.002 * 2**attempt))  # noqa: S311 - jitter, not a secret
    msg = f"{by.name or by.id} is being changed by many at once; try again"
    raise StoreError(msg)


def _key_taken(setup: Setup, found: Duplicate, by: Principal) -> KeyTaken:
    """The refusal of a key that another record has, which it names where the principal sees that."""
    holder = setup.store.get(found.type, found.id, by.scope)
    whose = f"{found.type} {getattr(holder, 'number', found.id)}" if holder else f"another {found.type}"
    if found.type != Referral.type:
        return KeyTaken(f"{found.key} belongs to {whose}")
    about = f" of {holder.about}" if isinstance(holder, Referral) else ""
    return KeyTaken(f"{found.key} belongs to {whose}{about}; leave it out here, and `link` the two tickets")


def _about(setup: Setup, number: str, by: Principal) -> Ticket | None:
    """The ticket that something begins about, all of it, where the principal sees it."""
    if not number:
        return None
    found = seen(setup, number, by)
    if not isinstance(found, Ticket):
        raise NotFound("ticket", number)
    return cast("Ticket", _whole(setup, found))


def _repeated(setup: Setup, outcome: Done, made: Any) -> Record:
    """The record that the command began when it was given first; BadInput where it did something else then."""
    ref = outcome.refs[0]
    found = setup.store.get(ref.type, ref.id, Scope.system("command"))
    if ref.type != made.type or getattr(found, "process", "") != made.process:
        msg = "that command name was used for something else; give each command its own"
        raise BadInput(msg)
    return cast("Record", found)


def _changes(
    setup: Setup, before: Any, parent: Ticket | None, acted: acting.Acted, *, now: datetime, cause: str
) -> tuple[Change, ...]:
    """The changes of one unit: the record's own first, then those of what it makes or of the ticket it belongs to."""
    beside: tuple[Change, ...] = ()
    if acted.parent is not None and parent is not None:
        beside = (ticket_change(setup, parent, *acted.parent, now, cause=cause),)
    if not isinstance(before, Ticket):
        if not beside:
            return (child_change(setup, before, acted.record, acted.drafts, now, parent=parent, cause=cause),)
        told, *others = with_children(setup, beside[0], now, before.id)
        ticket = cast("Ticket", told.after)
        return child_change(setup, before, acted.record, acted.drafts, now, parent=ticket, cause=cause), told, *others
    if acted.makes is None:
        own = ticket_change(setup, before, acted.record, acted.drafts, now, cause=cause)
        return (*with_children(setup, own, now), *beside)
    if isinstance(acted.makes, Referral):
        _check_once(setup, acted.makes, before)
    child = born(setup, acted.makes, before, now)
    first, *rest = acted.drafts
    first = evolve(first, args={**first.args, child.type: child.number})
    change = ticket_change(setup, before, linked(acted.record, child), (first, *rest), now, cause=cause)
    begun = opening(child, before, first.by, first.personal, first.audience)
    own, *others = with_children(setup, change, now)
    ticket = cast("Ticket", own.after)
    return own, child_change(setup, None, child, (begun,), now, parent=ticket, cause=cause), *others


def _check_once(setup: Setup, made: Referral, ticket: Ticket) -> None:
    """BadInput where the ticket is referred to that party already: each has one thread."""
    for one in children(setup, ticket, made.type):
        if isinstance(one, Referral) and one.is_open and one.party == made.party:
            msg = f"{one.number} of {ticket.number} is with them already; write it there, with `tell`"
            raise BadInput(msg)


def type_of(setup: Setup, number: str) -> str:
    """The type of record that a number such as W26-000012 belongs to; "ticket" where no type has its prefix.

    A vendor's own number, as in acme:SR-4711, belongs to a ticket, whatever the vendor is called.
    """
    if ":" in number:
        return "ticket"
    prefix = number[: next((at for at, letter in enumerate(number) if not letter.isalpha()), 0)]
    return next((one.name for one in setup.types.values() if one.prefix and one.prefix == prefix), "ticket")


def seen(setup: Setup, number: str, by: Principal) -> Any:
    """The record of that number as the principal may see it; NotFound where there is none or it is hidden.

    A ticket is also found by a vendor's own number for it, as in acme:SR-4711, by who sees the referral that has it.
    """
    vendor, _, reference = number.partition(":")
    if reference:
        side = setup.store.get("referral", reference_key(vendor, reference), by.scope)
        number = side.about if isinstance(side, Referral) else number
    type_ = type_of(setup, number)
    found = setup.store.get(type_, f"number:{number}", by.scope)
    if isinstance(found, Unreadable):
        raise StoreError(found.why)
    if found is None:
        raise NotFound(type_.replace("_", " "), number)
    return found


def _parent(setup: Setup, record: Any, params: Any, by: Principal) -> Ticket | None:
    """The ticket that a record belongs to, all of it; of a ticket the master that is named, or that it is linked to.

    A master that is named must be one that the principal sees.
    """
    if isinstance(record, Ticket) and (named := getattr(params, "master", "")):
        found = _whole(setup, seen(setup, named, by))
    elif isinstance(record, Ticket):
        key = f"number:{record.master}"
        found = setup.store.get("ticket", key, Scope.system("command")) if record.master else None
    else:
        found = setup.store.get("ticket", record.parent, Scope.system("command"))
    return found if isinstance(found, Ticket) else None


def events(setup: Setup, record: Record, scope: Scope) -> tuple[Event, ...]:
    """The record's whole history within the scope."""
    found: list[Event] = []
    while stretch := setup.store.history(record.type, record.id, scope, found[-1].seq if found else 0):
        found += stretch
    return tuple(found)


def _with_people(setup: Setup, params: Any, by: Principal) -> tuple[Any, Person | None]:
    """The parameters with those they name by their ids, and the person that `person` names."""
    person = _named(setup, params, by)
    return _with_staff(setup, evolve(params, person=person.id) if person else params, by), person


def _named(setup: Setup, params: Any, by: Principal) -> Person | None:
    """The person that the parameters name, by id or key: one of ours who is still there; None where they name nobody.

    For a vendor's staff nobody is there but those of the same vendor. Who gets work has a duty to do it, and a team's
    work goes to who may be given it: teams help each other, companies do not.
    """
    key = getattr(params, "person", "")
    if not key:
        return None
    found = _person(setup, key, by)
    duties = attrs.fields_dict(type(params))["person"].metadata["duties"]
    if duties:
        _check_works(setup, found, duties)
    team = setup.site.team(getattr(params, "team", "")) if duties else None
    if team is not None and (said := why_not(setup, found, team)):
        msg = f"{found.name} {said}, and can't be given the work of team {team.id}; name somebody else"
        raise BadInput(msg)
    return found


def _with_staff(setup: Setup, params: Any, by: Principal) -> Any:
    """The parameters with the ids of those they send somewhere: known like `person`, each once, and of the lines."""
    lists = {name: listed(getattr(params, name, "")) for name in SENT}
    ids = {
        name: ",".join(dict.fromkeys(_staff(setup, one, by) for one in keys)) for name, keys in lists.items() if keys
    }
    return evolve(params, **ids) if ids else params


def _staff(setup: Setup, key: str, by: Principal) -> str:
    found = _person(setup, key, by)
    _check_works(setup, found, LINE)
    return found.id


def _check_works(setup: Setup, person: Person, duties: frozenset[Duty]) -> None:
    """BadInput where the person has none of the duties."""
    if not may(principal_of(setup, person.id), duties):
        wanted = " or ".join(sorted(duties))
        msg = f"{person.name} lacks the duty {wanted}; name somebody who has it"
        raise BadInput(msg)


def _person(setup: Setup, key: str, by: Principal) -> Person:
    found = setup.store.get("person", key, Scope.system("command"))
    if not (isinstance(found, Person) and found.active and by.scope.commands(found.vendor)):
        msg = f"unknown person {key!r}; people.toml and `itsmkit site load` make them known"
        raise BadInput(msg)
    return found


def _check_referred(setup: Setup, params: Any, by: Principal) -> None:
    """A parameter that may name a record of ours names one that is there, visible and open; others are foreign."""
    for one in attrs.fields(type(params)):
        type_, number = one.metadata.get("names", ""), getattr(params, one.name)
        if type_ and re.fullmatch(rf"{setup.types[type_].prefix}\d\d-\d{{6,}}", number):
            found = seen(setup, number, by)
            if found.step == END:
                msg = f"{number} is over already ({found.outcome}); there is nothing to wait for"
                raise BadInput(msg)


def _check_read(setup: Setup, before: Any, expect: int | None, by: Principal) -> None:
    if expect is not None and not by.scope.hears(INTERNAL):
        msg = "versions are shown to those who work on tickets; leave the expected one out"
        raise BadInput(msg)
    if expect is not None and expect != before.version:
        missed = setup.store.history(before.type, before.id, by.scope, expect)
        raise Stale(before.number, expect, before.version, (event.code for event in missed))


def _was_done(setup: Setup, record: Record, name: str) -> bool:
    """Whether the command left its events on the record, which remembers longer than a store and goes where it goes.

    What fitted then needn't fit any more, so this is asked before anything is decided.
    """
    return any(event.cause == name for event in events(setup, record, Scope.system("command")))


def _whole(setup: Setup, record: Any) -> Any:
    """The record as stored, of one that the principal was found to see: decisions rest on all of it."""
    found = setup.store.get(record.type, record.id, Scope.system("command"))
    return found if isinstance(found, Record) else record


def _shown(setup: Setup, after: Record, by: Principal) -> Record:
    return masked(setup.types[after.type], after, by.scope)
