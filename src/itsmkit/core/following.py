"""What follows from an event for other records: one unit each, named after its cause, so that it happens once.

The relay comes by here with every event of a ticket. Who dies in between leaves the news on its lane, and another
worker repeats it: what was done already is known by its command, and nothing is done twice.
"""

import logging
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar

from itsmkit.core.acting import applied
from itsmkit.core.changes import ticket_change, with_children
from itsmkit.core.errors import ItsmError, NewerShape, StoreError
from itsmkit.core.flushing import flushed
from itsmkit.core.model.event import Draft, Event
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Conflict, Done, Unit
from itsmkit.core.setup import Setup
from itsmkit.core.verb import Effect

TRIES = 8
FOLLOWING = Scope.system("following")
log = logging.getLogger("itsmkit")
R = TypeVar("R", bound=Record)


def command_of(cause: Event, record: Record) -> str:
    """The name under which an event's consequence for a record is known."""
    return sha256(f"{cause.digest}\n{record.type}\n{record.id}".encode()).hexdigest()[:32]


def resolves(event: Event) -> bool:
    """Whether a ticket was resolved by what the event tells: its solution was verified."""
    return (event.code, event.step, event.outcome) == ("step", "IM4.6", "yes")


def each(setup: Setup, records: Iterable[R], decide: Callable[[R], Unit | None]) -> int:
    """Commit what is decided on each record in one flush, and anew where somebody came between; of how many it is done.

    One that can't be decided on, or kept, holds up none of the others. ItsmError where the same ones are changed by
    others all the time.
    """
    waiting, done = list(records), 0
    for _ in range(TRIES):
        planned = [(one, unit) for one in waiting if (unit := _decided(one, decide)) is not None]
        if not planned:
            return done
        outcomes = flushed(setup.store, [unit for _, unit in planned])
        done += sum(isinstance(one, Done) for one in outcomes)
        behind = [one for (one, _), outcome in zip(planned, outcomes, strict=True) if isinstance(outcome, Conflict)]
        fresh = (setup.store.get(one.type, one.id, FOLLOWING) for one in behind)
        waiting = [one for one, old in zip(fresh, behind, strict=True) if isinstance(one, type(old))]
    if not waiting:
        return done
    msg = f"{waiting[0].type} {waiting[0].id} is being changed by many at once"
    raise ItsmError(msg)


def _decided(record: R, decide: Callable[[R], Unit | None]) -> Unit | None:
    try:
        return decide(record)
    except ItsmError as fault:
        if isinstance(fault, StoreError) and not isinstance(fault, NewerShape):
            raise
        log.warning("%s %s is passed over: %s", record.type, record.id, fault)
        return None


def ticket_unit(setup: Setup, ticket: Ticket, effect: Effect, first: Draft, cause: Event) -> Unit:
    """The unit by which an event has that effect on another ticket, walked on behind it."""
    now, command = setup.world.now(), command_of(cause, ticket)
    after, drafts = applied(setup, ticket, effect, first, now=now)
    change = ticket_change(setup, ticket, after, drafts, now, cause=command)
    return Unit(with_children(setup, change, now), command=command)
