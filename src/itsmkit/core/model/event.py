"""One entry of a record's journal: codes and arguments, never sentences."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from attrs import frozen

NOTHING: Mapping[str, Any] = MappingProxyType({})

PUBLIC, INTERNAL, VENDOR, PERSONAL = "public", "internal", "vendor", "personal"
"""What readers may be shown beside what is for everybody: the desk's own words, what a vendor that works on the matter
needs, and what tells how to reach somebody."""
TO_REQUESTER = (PUBLIC, PERSONAL)
"""What a requester reads of their ticket: what is for everybody, and what is between them and the house alone."""


@frozen(slots=False)
class Draft:
    """An event before it is numbered and chained: who did what, at which step, with what outcome, and why.

    `by` is "person:<id>", "plugin:<name>", "service:<name>" or "core". `args` and `why` hold codes and plain
    JSON values; whatever could name or quote a person goes into `personal`, which can be erased without
    breaking the chain. `audience` is "public", "internal" or an opaque reach key.
    """

    code: str
    by: str
    step: str = ""
    outcome: str = ""
    args: Mapping[str, Any] = NOTHING
    why: Mapping[str, Any] = NOTHING
    personal: Mapping[str, Any] = NOTHING
    audience: str = INTERNAL


@frozen(slots=False)
class Event:
    """A journal entry as kept: `text` is the canonical JSON that `digest` seals together with the one before.

    `seq` counts from 1 without gaps within a record. `personal` is None where there never was any or it was
    erased; `salt` goes with it. `cause` is the command or event that led here.
    """

    record: str
    seq: int
    at: datetime
    code: str
    by: str
    text: str
    digest: str
    step: str = ""
    outcome: str = ""
    args: Mapping[str, Any] = NOTHING
    why: Mapping[str, Any] = NOTHING
    audience: str = INTERNAL
    cause: str = ""
    personal: Mapping[str, Any] | None = None
    personal_text: str = ""
    salt: str = ""
