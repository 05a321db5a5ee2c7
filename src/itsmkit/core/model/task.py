"""The task: a part of a ticket's work that another team does meanwhile (IM2.11, INC-21)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.child import Child, child_type, persons
from itsmkit.core.model.record import Field


class TaskStatus(StrEnum):
    """What people are told of a task's state."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    DECLINED = "declined"
    CLOSED = "closed"


@frozen(kw_only=True, slots=False)
class Task(Child):
    """One part of the work on a ticket, for one team; who has it sees the ticket until it is closed.

    `asked_by` split the work, `person` does it; `refusal` is why it came back last, `result` what was done.
    `hand_overs` counts the teams that it went on to.
    """

    type: ClassVar[str] = "task"
    quotes: ClassVar[tuple[str, ...]] = ("title", "text", "refusal", "result")

    process: str = "task"
    status: TaskStatus = TaskStatus.ASSIGNED
    title: str = ""
    text: str = ""
    asked_by: str = ""
    line: int = 0
    team: str = ""
    vendor: str = ""
    person: str = ""
    accepted: datetime | None = None
    hand_overs: int = 0
    refusal: str = ""
    result: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Who split it off, and those who do it."""
        return (*persons(self.asked_by), *self.shares)

    @property
    def shares(self) -> tuple[str, ...]:
        """Its person, its team, its vendor."""
        vendor = (f"vendor:{self.vendor}",) if self.vendor else ()
        return (*persons(self.person), f"team:{self.team}", *vendor)


TASK = child_type(
    Task,
    "TK",
    Field("team", indexed=True),
    Field("vendor"),
    Field("person"),
    internal=("text", "asked_by", "person", "refusal", "result"),
    vendor=("text", "person", "refusal", "result"),
)
