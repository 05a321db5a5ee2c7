"""The event chain of a record: sealing new events, reading stored ones, proving them all.

Each event's digest covers the one before, the event's canonical text and, through a salted commitment, its
personal part; erasing the personal part and its salt leaves the chain provable (design §7).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from itsmkit.core.codec import canonical, quoted
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
        personal_text = salt = bound = ""
        if draft.personal:
            personal_text, salt = canonical(dict(draft.personal)), next(salt_of)
            bound = commitment(salt, personal_text)
        text = _text(draft, record, seq, ms, cause, bound)
        head = chain(head, text)
        events.append(
            Event(
                record, seq, at, draft.code, draft.by, text, head, draft.step, draft.outcome, _sealed(draft.args),
                _sealed(draft.why), draft.audience, cause, _sealed(draft.personal) or None, personal_text, salt,
            )
        )  # fmt: skip
    return tuple(events)


def _sealed(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(_own(mapping)) if mapping else NOTHING


def _own(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return mapping if type(mapping) is dict else dict(mapping)


def _text(draft: Draft, record: str, seq: int, ms: int, cause: str, bound: str) -> str:  # noqa: PLR0917 - one call
    """The canonical JSON of an event, put together by hand: most of its keys are fixed and most events are bare."""
    args = f'"args":{canonical(_own(draft.args))},' if draft.args else ""
    audience = f'"audience":{quoted(draft.audience)},' if draft.audience != INTERNAL else ""
    origin = f'"cause":{quoted(cause)},' if cause else ""
    outcome = f'"outcome":{quoted(draft.outcome)},' if draft.outcome else ""
    personal = f'"personal":"{bound}",' if bound else ""
    step = f',"step":{quoted(draft.step)}' if draft.step else ""
    why = f',"why":{canonical(_own(draft.why))}' if draft.why else ""
    return (
        f'{{{args}"at":{ms},{audience}"by":{quoted(draft.by)},{origin}"code":{quoted(draft.code)},{outcome}'
        f'{personal}"record":{quoted(record)},"seq":{seq}{step}{why}}}'
    )


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
