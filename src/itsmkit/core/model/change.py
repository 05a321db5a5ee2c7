"""The change request (RFC): what is asked of change management, and what came of it (INC-10, INC-30)."""

from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.child import Child, child_type, persons
from itsmkit.core.model.record import Field


class Sort(StrEnum):
    """How grave a change is (P)."""

    NORMAL = "normal"
    MAJOR = "major"
    EMERGENCY = "emergency"


class ChangeStatus(StrEnum):
    """What people are told of a change request's state."""

    ASKED = "asked"
    APPROVED = "approved"
    CLOSED = "closed"


@frozen(kw_only=True, slots=False)
class ChangeRequest(Child):
    """One change asked for from a ticket; other tickets may wait for it as well, by its number.

    `decided_by` says who decided in change management, in words; `result` is what was changed, or why it is not.
    """

    type: ClassVar[str] = "change"
    quotes: ClassVar[tuple[str, ...]] = ("title", "text", "decided_by", "result")
    named_by: ClassVar[str] = "change"
    watched: ClassVar[bool] = True

    process: str = "change"
    status: ChangeStatus = ChangeStatus.ASKED
    sort: Sort = Sort.NORMAL
    title: str = ""
    text: str = ""
    asked_by: str = ""
    decided_by: str = ""
    result: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Who asked for it."""
        return persons(self.asked_by)


CHANGE_REQUEST = child_type(
    ChangeRequest, "CR", Field("sort"), internal=("text", "decided_by", "asked_by"), vendor=("text",)
)
