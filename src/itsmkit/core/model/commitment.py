"""The commitment: something promised by a certain time, with an owner; kept or broken."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.record import Field, FieldKind, Record, RecordType
from itsmkit.core.model.ticket import Wait


class CommitmentStatus(StrEnum):
    """What people are told of a commitment's state."""

    PENDING = "pending"
    BROKEN = "broken"
    CLOSED = "closed"


class Promise(StrEnum):
    """The sorts of promises: a call, a visit, a fix, the time that the customer expects a solution by, or another."""

    CALL = "call"
    VISIT = "visit"
    FIX = "fix"
    EXPECTED = "expected"
    OTHER = "other"


BY_RESOLUTION = (Promise.FIX, Promise.EXPECTED)
"""What the resolution of the ticket keeps, if it comes in time."""


@frozen(kw_only=True, slots=False)
class Commitment(Record):
    """What was promised: by `until`, or between `since` and `until`; a child of the ticket it was promised on.

    `parent` is the ticket's id, `about` its number. `owner` sees to it that it is kept; "" is whoever took the ticket
    in. A `public` one was promised to the requester, who sees it; the others are the desk's own. `due` is when the desk
    looks whether it was kept, `broken` the moment at which it wasn't. `outcome` is "fulfilled", "fulfilled_late",
    "cancelled", or "overtaken" where its ticket was closed before.
    """

    type: ClassVar[str] = "commitment"

    number: str = ""
    parent: str = ""
    about: str = ""
    process: str = "commitment"
    step: str = ""
    status: CommitmentStatus = CommitmentStatus.PENDING
    waits: tuple[Wait, ...] = ()
    sort: Promise = Promise.OTHER
    text: str = ""
    owner: str = ""
    made_by: str = ""
    public: bool = False
    since: datetime | None = None
    until: datetime
    opened: datetime | None = None
    due: datetime | None = None
    broken: datetime | None = None
    closed: datetime | None = None
    outcome: str = ""
    erased: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of the persons whom it concerns."""
        return (self.owner,) if self.owner else ()


def _keys(commitment: Commitment) -> tuple[str, ...]:
    return (f"number:{commitment.number}",)


COMMITMENT = RecordType(
    "commitment",
    Commitment,
    prefix="C",
    fields=(
        Field("number"),
        Field("parent", indexed=True),
        Field("about"),
        Field("status", indexed=True),
        Field("step"),
        Field("sort"),
        Field("owner"),
        Field("until", FieldKind.TIME, indexed=True),
        Field("due", FieldKind.TIME, indexed=True),
        Field("opened", FieldKind.TIME),
    ),
    keys=_keys,
    internal=("made_by",),
)
