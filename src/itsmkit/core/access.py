"""Who may see and do what: pure decisions over duties, scopes and masks (requirements §8, design §6)."""

from typing import Any

import attrs
from attrs import evolve

from itsmkit.core.model.event import Event
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record, RecordType, revised
from itsmkit.core.model.ticket import Ticket


def reach(ticket: Ticket) -> tuple[str, ...]:
    """The keys that a ticket can be seen by: its people, its team, its department and its vendor."""
    keys = []
    for prefix, name in (
        ("person", ticket.requester),
        ("person", ticket.owner),
        ("person", ticket.assignee),
        ("team", ticket.team),
        ("dept", ticket.department),
        ("vendor", ticket.vendor),
    ):
        if name and (key := f"{prefix}:{name}") not in keys:
            keys.append(key)
    return tuple(keys)


def _hidden(type_: RecordType) -> dict[str, Any]:
    defaults = {one.name: one.default for one in attrs.fields(type_.value)}
    return {name: defaults[name] for name in type_.internal}


def masked(type_: RecordType, record: Record, scope: Scope) -> Record:
    """The record as the scope may see it: without "internal", no internal fields, no version, head or reach."""
    if scope.everything or scope.hears("internal"):
        return record
    return revised(record, version=0, head="", reach=(), **_hidden(type_))


def masked_history(events: tuple[Event, ...], scope: Scope, after: int, limit: int) -> tuple[Event, ...]:
    """A whole history as the scope may see it, behind `after`.

    With "internal" the numbers stay; others are counted anew and shown without chain, cause and reasons, so
    that neither a gap nor a digest tells of what is hidden.
    """
    heard = [event for event in events if scope.hears(event.audience)]
    if scope.everything or scope.hears("internal"):
        return tuple(event for event in heard if event.seq > after)[:limit]
    bare = (
        evolve(event, seq=number, text="", digest="", cause="", why={}, salt="", personal_text="")
        for number, event in enumerate(heard, 1)
    )
    return tuple(event for event in bare if event.seq > after)[:limit]


def may(principal: Principal, duties: frozenset[Duty]) -> bool:
    """Whether the principal has at least one of the duties."""
    return not duties.isdisjoint(principal.duties)
