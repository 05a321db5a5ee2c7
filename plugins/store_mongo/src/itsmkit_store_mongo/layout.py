"""How things lie in the database: one collection for all, so that a commit is one command, and what each document is.

A record lies in one document with all that is written at its birth: its events, its search terms, small files, and
its message's lease. What comes later lies beside it, one document a commit, so that no document grows:

    {_id: "ticket:17", type, version, head, reach, shape, body: "canonical JSON", fields: {…}, keys, terms, files,
     events: […], bytes: [{digest, data}], todo: {…}, guard}
    {_id: ':events:ticket:"17":<last number>', events: […]}
    {_id: ':todo:due:ticket:"17":""', todo: {lane, type, id, part, due, until, fence, lapses, leased, parked}}
    {_id: ":command:<command>", at, refs, gone}
    {_id: ":bytes:<digest>", guard} and {_id: ":bytes:<digest>:<part>", data}

Names of types hold no colon, so that no record meets another sort of document.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from itsmkit import Event, Lane, Lease, RecordType, Standing, StoreError, from_ms, read, to_ms

DESK, META = "desk", "meta"

NEVER = {"new": {"$eq": True}}
"""What no document answers to: a document put under it must not be there yet."""

CHUNK = 1 << 20
"""Bytes of files lie in parts of this size."""
SMALL = 64 * 1024
"""Files of a new record up to this size in all lie in its own document."""
EVENTS = 4 << 20
"""Characters of events in one document, at most; one event may be longer."""

Doc = dict[str, Any]
Slot = tuple[Lane, str, str, str]


def record_id(type_: str, id_: str) -> str:
    """Where a record lies."""
    return f"{text(type_)}:{text(id_)}"


def of_type(type_: str) -> Doc:
    """The ids of all records of a type."""
    return {"$gte": f"{type_}:", "$lt": f"{type_};"}


def events_id(type_: str, id_: str, last: int) -> str:
    """Where later events lie, up to and with that number."""
    return f":events:{type_}:{_quoted(id_)}:{last:016x}"


def events_behind(type_: str, id_: str, after: int) -> Doc:
    """The ids of documents with events behind that number."""
    return {"$gt": events_id(type_, id_, after), "$lt": f":events:{type_}:{_quoted(id_)}:g"}


def todo_id(slot: Slot) -> str:
    """Where a todo lies: in its record, where it is the one it is born with, else by itself."""
    lane, type_, id_, part = slot
    return record_id(type_, id_) if within(slot) else f":todo:{lane.value}:{type_}:{_quoted(id_)}:{_quoted(part)}"


def within(slot: Slot) -> bool:
    """Whether a todo lies in its record."""
    return slot[0] is Lane.INTAKE and not slot[3]


def command_id(command: str) -> str:
    """Where a command that was done is noted."""
    return f":command:{text(command)}"


def bytes_id(digest: str) -> str:
    """What those who share a file's bytes agree by."""
    return f":bytes:{text(digest)}"


def parts_of(digest: str) -> Doc:
    """The ids of the parts of shared bytes."""
    return {"$gt": f":bytes:{digest}:", "$lt": f":bytes:{digest};"}


def parts(digest: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Bytes in parts, each with its id; even no bytes are one part."""
    for number, at in enumerate(range(0, max(len(data), 1), CHUNK)):
        yield f":bytes:{digest}:{number:08x}", data[at : at + CHUNK]


def _quoted(value: str) -> str:
    # In quotes no id is the beginning of another one, whatever it is made of.
    return json.dumps(text(value), ensure_ascii=False)


def scalar(value: Any) -> Any:
    """The value, where it is one that can't hold an operator; StoreError for all others."""
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, str):
        return str(value)
    raise StoreError(f"a text or whole number is due, not {type(value).__name__}; nothing was done")


def text(value: Any) -> str:
    """The value, where it is a text; StoreError for all others."""
    if isinstance(value, str):
        return value if type(value) is str else str(value)
    raise StoreError(f"a text is due, not {type(value).__name__}; nothing was done")


def texts(values: Iterable[Any]) -> list[str]:
    """The values, all of them texts."""
    return list(map(text, values))


# events


def kept_event(event: Event) -> Doc:
    """An event as it is kept; what `read` doesn't need is there for one that can't be read."""
    kept: Doc = {
        "seq": event.seq,
        "at": to_ms(event.at),
        "code": event.code,
        "audience": event.audience,
        "text": event.text,
        "digest": event.digest,
    }
    if event.personal_text:
        kept |= {"personal": event.personal_text, "salt": event.salt}
    return kept


def event(record: str, kept: Doc) -> Event:
    """The event as it was; one that was damaged by what is left of it, so that `verify` can name it."""
    text, digest = kept["text"], kept["digest"]
    try:
        return read(text, digest, kept.get("personal", ""), kept.get("salt", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        at = from_ms(kept["at"])
        return Event(record, kept["seq"], at, kept["code"], "", text, digest, audience=kept["audience"])


def stretches(events: Sequence[Event]) -> Iterator[list[Event]]:
    """The events in stretches that fit into a document each."""
    stretch: list[Event] = []
    size = 0
    for one in events:
        size += len(one.text) + len(one.personal_text)
        if stretch and size > EVENTS:
            yield stretch
            stretch, size = [], len(one.text) + len(one.personal_text)
        stretch.append(one)
    if stretch:
        yield stretch


# todos


def kept_todo(standing: Standing) -> Doc:
    """A todo as it is kept."""
    lease = standing.lease
    return {
        "lane": lease.lane.value,
        "type": lease.type,
        "id": lease.id,
        "part": lease.part,
        "due": to_ms(lease.due),
        "until": to_ms(lease.until),
        "fence": lease.fence,
        "lapses": lease.lapses,
        "leased": standing.leased,
        "parked": standing.parked,
    }


def standing(kept: Doc) -> Standing:
    """The todo as it stands."""
    due, until = from_ms(kept["due"]), from_ms(kept["until"])
    place = (Lane(kept["lane"]), kept["type"], kept["id"], kept["part"])
    return Standing(Lease(*place, due, until, kept["fence"], kept["lapses"]), kept["leased"], kept["parked"])


def held(lease: Lease) -> Doc:
    """What a todo's document answers to while the lease is its holder's."""
    slot = (lease.lane, lease.type, lease.id, lease.part)
    return {"_id": {"$eq": todo_id(slot)}, **as_it_stands(Standing(lease, leased=True))}


def as_it_stands(one: Standing) -> Doc:
    """What a todo's document answers to while nobody leases, ends or schedules it."""
    lease = one.lease
    return {
        "todo.lane": {"$eq": lease.lane.value},
        "todo.part": {"$eq": scalar(lease.part)},
        "todo.fence": {"$eq": scalar(lease.fence)},
        "todo.leased": {"$eq": one.leased},
    }


def check_type(type_: RecordType) -> None:
    """StoreError for a type whose name or fields can't be kept apart from the store's own."""
    if not type_.name or ":" in type_.name or "\0" in type_.name:
        raise StoreError(f"{type_.name!r} can't be the name of a type: it must hold no colon")
    wrong = next((one.name for one in type_.fields if not one.name.isidentifier()), None)
    if wrong is not None:
        raise StoreError(f"{type_.name}.{wrong} can't be a queried field: its name must be a Python name")
