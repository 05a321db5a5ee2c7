"""The commitment: something promised by a certain time, with an owner; kept or broken."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.child import Child, child_type, persons
from itsmkit.core.model.record import Field, FieldKind
from itsmkit.core.model.ticket import Ticket


class CommitmentStatus(StrEnum):
    """What people are told of a commitment's state."""

    PENDING = "pending"
    BROKEN = "broken"
    CLOSED = "closed"


class Promise(StrEnum):
    """The sorts of promises: a call, a visit, a fix, the time that the customer expects a solution by, or another."""

    CALL = "callback"
    VISIT = "visit"
    FIX = "fix"
    EXPECTED = "expected"
    OTHER = "other"


BY_RESOLUTION = (Promise.FIX, Promise.EXPECTED)
"""What the resolution of the ticket keeps, if it comes in time."""


@frozen(kw_only=True, slots=False)
class Commitment(Child):
    """What was promised: by `until`, or between `since` and `until`; a child of the ticket it was promised on.

    `owner` sees to it that it is kept; "" is whoever took the ticket in. A `public` one was promised to the requester,
    who sees it; the others are the desk's own. `due` is when the desk looks whether it was kept, `broken` the moment at
    which it wasn't. `outcome` is "fulfilled", "fulfilled_late", "cancelled", or "overtaken" where its ticket was closed
    before.
    """

    type: ClassVar[str] = "commitment"
    quotes: ClassVar[tuple[str, ...]] = ("text",)
    tracked: ClassVar[bool] = False

    process: str = "commitment"
    status: CommitmentStatus = CommitmentStatus.PENDING
    sort: Promise = Promise.OTHER
    text: str = ""
    owner: str = ""
    made_by: str = ""
    public: bool = False
    since: datetime | None = None
    until: datetime
    due: datetime | None = None
    broken: datetime | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Whoever sees to it that it is kept."""
        return persons(self.owner)

    def seen_by(self, parent: Ticket | None) -> tuple[str, ...]:
        """What was promised to nobody outside is for the team that has the ticket, not for all with a part in it."""
        if self.public or parent is None:
            return super().seen_by(parent)
        return (*((f"team:{parent.team}",) if parent.team else ()), *self.keys)


COMMITMENT = child_type(
    Commitment,
    "C",
    Field("sort"),
    Field("owner"),
    Field("until", FieldKind.TIME, indexed=True),
    Field("due", FieldKind.TIME, indexed=True),
    internal=("made_by",),
)
