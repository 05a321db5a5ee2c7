"""The event chain of a record: sealing new events, reading stored ones, proving them all.

Each event's digest covers the one before, the event's canonical text and, through a salted commitment, its
personal part; erasing the personal part and its salt leaves the chain provable (design §7).
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from itsmkit.core.codec import canonical
from itsmkit.core.model.event import INTERNAL, NOTHING, Draft, Event
from itsmkit.core.model.record import from_ms, to_ms


def seal(
    record: str,
    version: int,
    head: str,
    drafts: Iterable[Draft],
    *,
    at: datetime,
    salts: Iterable[str],
    cause: str = "",
) -> tuple[Event, ...]:
    """The drafts as events numbered on from `version`, chained on to `head`; `salts` gives one per personal part."""
    salt_of = iter(salts)
    ms = to_ms(at)
    events = []
    for seq, draft in enumerate(drafts, version + 1):
        personal_text = salt = ""
        content: dict[str, Any] = {"at": ms, "by": draft.by, "code": draft.code, "record": record, "seq": seq}
        if draft.personal:
            personal_text, salt = canonical(dict(draft.personal)), next(salt_of)
            content["personal"] = commitment(salt, personal_text)
        if draft.step:
            content["step"] = draft.step
        if draft.outcome:
            content["outcome"] = draft.outcome
        if cause:
            content["cause"] = cause
        if draft.args:
            content["args"] = dict(draft.args)
        if draft.why:
            content["why"] = dict(draft.why)
        if draft.audience != INTERNAL:
            content["audience"] = draft.audience
        text = canonical(content)
        head = chain(head, text)
        events.append(
            Event(
                record, seq, at, draft.code, draft.by, text, head, draft.step, draft.outcome, draft.args, draft.why,
                draft.audience, cause, draft.personal or None, personal_text, salt,
            )
        )  # fmt: skip
    return tuple(events)


def chain(head: str, text: str) -> str:
    """The digest of an event with that text behind the event with digest `head`."""
    return sha256(f"{head}\n{text}".encode()).hexdigest()


def commitment(salt: str, personal_text: str) -> str:
    """Binds the chain to a personal part without telling anything of it once the salt is gone."""
    return sha256(f"{salt}\n{personal_text}".encode()).hexdigest()


def read(text: str, digest: str, personal_text: str = "", salt: str = "") -> Event:
    """The event from its stored columns; ValueError where the text isn't one."""
    content = json.loads(text)
    personal = MappingProxyType(json.loads(personal_text)) if personal_text else None
    return Event(
        record=content["record"],
        seq=content["seq"],
        at=from_ms(content["at"]),
        code=content["code"],
        by=content["by"],
        text=text,
        digest=digest,
        step=content.get("step", ""),
        outcome=content.get("outcome", ""),
        args=MappingProxyType(content["args"]) if "args" in content else NOTHING,
        why=MappingProxyType(content["why"]) if "why" in content else NOTHING,
        audience=content.get("audience", "internal"),
        cause=content.get("cause", ""),
        personal=personal,
        personal_text=personal_text,
        salt=salt,
    )


def faults(events: Sequence[Event], head: str = "", seq: int = 0) -> list[str]:
    """What is wrong with a stretch of a chain that follows `seq` and `head`; empty means proven."""
    found = []
    for event in events:
        seq += 1
        if event.seq != seq:
            found.append(f"event {seq} is missing: {event.seq} follows {seq - 1}")
            seq = event.seq
        head = chain(head, event.text)
        if event.digest != head:
            found.append(f"event {event.seq} was changed, or one before it: its digest doesn't fit")
            head = event.digest
        found += _part_faults(event)
    return found


def _part_faults(event: Event) -> list[str]:
    try:
        content = json.loads(event.text)
    except ValueError:
        return [f"event {event.seq} can't be read"]
    found = []
    if content.get("seq") != event.seq or content.get("record") != event.record:
        found.append(f"event {event.seq} belongs elsewhere: its text says {content.get('record')} {content.get('seq')}")
    if event.personal_text and content.get("personal") != commitment(event.salt, event.personal_text):
        found.append(f"event {event.seq}: its personal part was changed")
    return found
