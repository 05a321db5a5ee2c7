"""A command from end to end: read, decide, commit; decided anew where somebody came between."""

from random import Random
from time import sleep
from typing import Any

from attrs import evolve, frozen

from itsmkit.core import acting
from itsmkit.core.access import masked
from itsmkit.core.changes import ticket_change
from itsmkit.core.errors import BadInput, KeyTaken, NotFound, Stale, StoreError
from itsmkit.core.model.event import INTERNAL, Event
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record, Unreadable
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Conflict, Done, Duplicate, Unit
from itsmkit.core.setup import Setup
from itsmkit.core.verb import Verb
from itsmkit.core.who import fresh

TRIES = 8


@frozen
class Command:
    """A verb with its parameters for a ticket; `expect` is the version read, `name` makes a repeat harmless."""

    verb: Verb
    number: str
    params: Any
    expect: int | None = None
    name: str = ""
    dry_run: bool = False


def commanded(setup: Setup, command: Command, by: Principal) -> Ticket:
    """Do the command; the ticket as the principal sees it then. Raises Refused of some kind, with nothing changed."""
    principal, given = fresh(setup, by)
    for attempt in range(TRIES):
        before = _whole(setup, seen(setup, command.number, principal))
        now = setup.world.now()
        if command.name and _was_done(setup, before, command.name):
            return _shown(setup, _whole(setup, before), principal)
        _check_read(setup, before, command.expect, principal)
        acting.check_duty(setup.processes[before.process], before, command.verb, principal)
        params = _with_person(setup, command.params)
        acted = acting.act(setup, before, command.verb, params, by=principal, now=now)
        change = ticket_change(setup, before, acted.ticket, acted.drafts, now, cause=command.name)
        if command.dry_run:
            return _shown(setup, change.after, principal)
        outcome = setup.store.commit(Unit((change,), given=given, blobs=acted.blobs, command=command.name))[0]
        if isinstance(outcome, Done):
            if outcome.repeated and before.id not in {one.id for one in outcome.refs}:
                msg = f"the command name {command.name!r} was used for another ticket; give each command its own"
                raise BadInput(msg)
            after = _whole(setup, before) if outcome.repeated else change.after
            return _shown(setup, after, principal)
        if isinstance(outcome, Duplicate):
            msg = f"{outcome.key} belongs to {outcome.type} {outcome.id}"
            raise KeyTaken(msg)
        if isinstance(outcome, Conflict) and outcome.type == "person":
            principal, given = fresh(setup, by)
        sleep(Random().uniform(0, 0.002 * 2**attempt))  # noqa: S311 - jitter, not a secret
    msg = f"{command.number} is being changed by many at once; try again"
    raise StoreError(msg)


def seen(setup: Setup, number: str, by: Principal) -> Ticket:
    """The ticket as the principal may see it; NotFound where there is none or it is hidden."""
    found = setup.store.get("ticket", f"number:{number}", by.scope)
    if isinstance(found, Unreadable):
        raise StoreError(found.why)
    if not isinstance(found, Ticket):
        raise NotFound("ticket", number)
    return found


def events(setup: Setup, ticket: Ticket, scope: Scope) -> tuple[Event, ...]:
    """The ticket's whole history within the scope."""
    found: list[Event] = []
    while stretch := setup.store.history("ticket", ticket.id, scope, found[-1].seq if found else 0):
        found += stretch
    return tuple(found)


def _with_person(setup: Setup, params: Any) -> Any:
    """The parameters with the person they name by id: one of ours who is still there, named by id or key."""
    named = getattr(params, "person", "")
    if not named:
        return params
    found = setup.store.get("person", named, Scope.system("command"))
    if not (isinstance(found, Person) and found.active):
        msg = f"unknown person {named!r}; people.toml and `itsmkit site load` make them known"
        raise BadInput(msg)
    return evolve(params, person=found.id)


def _check_read(setup: Setup, before: Ticket, expect: int | None, by: Principal) -> None:
    if expect is not None and not by.scope.hears(INTERNAL):
        msg = "versions are shown to those who work on tickets; leave the expected one out"
        raise BadInput(msg)
    if expect is not None and expect != before.version:
        missed = setup.store.history("ticket", before.id, by.scope, expect)
        raise Stale(before.number, expect, before.version, (event.code for event in missed))


def _was_done(setup: Setup, ticket: Ticket, name: str) -> bool:
    """Whether the command left its events on the ticket, which remembers longer than a store and goes where it goes.

    What fitted then needn't fit any more, so this is asked before anything is decided.
    """
    return any(event.cause == name for event in events(setup, ticket, Scope.system("command")))


def _whole(setup: Setup, ticket: Ticket) -> Ticket:
    """The ticket as stored, of one that the principal was found to see: decisions rest on all of it."""
    found = setup.store.get("ticket", ticket.id, Scope.system("command"))
    return found if isinstance(found, Ticket) else ticket


def _shown(setup: Setup, after: Record, by: Principal) -> Ticket:
    record = masked(setup.types["ticket"], after, by.scope)
    if not isinstance(record, Ticket):
        raise TypeError(type(record).__name__)
    return record
