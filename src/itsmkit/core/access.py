"""Who may see and do what: pure decisions over duties, scopes and masks (requirements §8, design §6)."""

from collections.abc import Mapping

import attrs
from attrs import evolve

from itsmkit.core.model.announcement import ALL, AUDIENCE, AUDIENCES
from itsmkit.core.model.event import INTERNAL, PERSONAL, PUBLIC, VENDOR, Event
from itsmkit.core.model.organisation import Duty, Principal, charged, member
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record, RecordType, revised
from itsmkit.core.model.ticket import Ticket


def reach(ticket: Ticket) -> tuple[str, ...]:
    """The keys that a ticket can be seen by: its people, team, department, vendor, and who does a part of it."""
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
    if not ticket.children:
        return tuple(keys)
    shared = (key for part in ticket.children for key in part.keys)
    return tuple(dict.fromkeys((*keys, *shared)))


def words_to_requester(ticket: Ticket, by: Scope | None) -> str:
    """The audience of words to the requester or of theirs.

    While a vendor has the ticket, or a part of it, they are between the requester and the house, and none of the
    vendor's; but for what the vendor's own staff write, within whose scope `by` it is.
    """
    theirs = by is not None and not by.commands("")
    shared = any(key.startswith("vendor:") for part in ticket.children for key in part.keys)
    return PERSONAL if (ticket.vendor or shared) and not theirs else PUBLIC


def with_announcements(scope: Scope, person: Person) -> Scope:
    """The person's scope, with what is announced to everybody, to their customer and to their department."""
    belongs = ((name, getattr(person, name)) for name in AUDIENCES)
    keys = {f"{AUDIENCE}{ALL}", *(f"{AUDIENCE}{sort}:{name}" for sort, name in belongs if name)}
    return evolve(scope, keys=scope.keys | keys)


def company(person: Person, scope: Scope) -> str:
    """Whom somebody works for: a vendor, or "" the house; nobody, where a vendor's role comes without a vendor."""
    return person.vendor or ("" if scope.commands("") else NOBODY)


NOBODY = "?"


def private_keys(person: Person, duties: frozenset[Duty], vendor: str) -> frozenset[str]:
    """The keys by which somebody sees private records: their own, their teams', and those of their duties.

    A duty gives two: one that whoever has it holds, and one of those who have it in the same company.
    """
    held = {f"person:{person.id}", *map(member, person.teams)}
    return frozenset(held | {key for duty in duties for key in (charged(duty), charged(duty, vendor))})


def hidden(type_: RecordType, scope: Scope) -> tuple[str, ...]:
    """The fields of the type that the scope isn't shown."""
    unheard = () if scope.hears(PERSONAL) else type_.personal
    if scope.hears(INTERNAL):
        return unheard
    shown = type_.vendor if scope.hears(VENDOR) else ()
    return (*unheard, *(name for name in type_.internal if name not in shown))


def masked(type_: RecordType, record: Record, scope: Scope) -> Record:
    """The record as the scope may see it.

    Without "internal" there are no internal fields, no version, head or reach; without "personal" nobody's addresses
    and nothing that is between the requester and the house.
    """
    if not scope.personal:
        record = revised(record, **type_.impersonal(record))
    fields = attrs.fields_dict(type_.value)
    bare = {name: fields[name].default for name in hidden(type_, scope)}
    if scope.hears(INTERNAL):
        return revised(record, **bare) if bare else record
    return revised(record, version=0, head="", reach=(), **bare)


_REACHES = frozenset({"from", "contact", "mail", "phone"})
"""Under these names the personal part of an event tells how somebody is reached."""


def masked_history(events: tuple[Event, ...], scope: Scope, after: int, limit: int) -> tuple[Event, ...]:
    """A whole history as the scope may see it, behind `after`.

    With "internal" the numbers stay; others are counted anew and shown without chain, cause and reasons, so
    that neither a gap nor a digest tells of what is hidden.
    """
    heard = [event for event in events if scope.hears(event.audience)]
    if not scope.personal:
        heard = [_impersonal(event) for event in heard]
    if scope.hears(INTERNAL):
        return tuple(event for event in heard if event.seq > after)[:limit]
    bare = (
        evolve(event, seq=number, text="", digest="", cause="", why={}, salt="", personal_text="")
        for number, event in enumerate(heard, 1)
    )
    return tuple(event for event in bare if event.seq > after)[:limit]


def _impersonal(event: Event) -> Event:
    """The event without what tells how somebody is reached, nor the text that could be searched for it."""
    if not event.personal or _REACHES.isdisjoint(event.personal):
        return event
    kept = {name: said for name, said in event.personal.items() if name not in _REACHES}
    return evolve(event, personal=kept, personal_text="", salt="")


def may(principal: Principal, duties: frozenset[Duty]) -> bool:
    """Whether the principal has at least one of the duties."""
    return not duties.isdisjoint(principal.duties)


def behalf(by: Principal) -> Mapping[str, str]:
    """What an event says of who acts for somebody else, or by another right than their own."""
    said = {"real": by.on_behalf, "by_right": by.by_right}
    return {name: value for name, value in said.items() if value}
