"""The work order: an on-site dispatch, approved before anyone leaves, and signed when the work is done (INC-23)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.child import Child, child_type, persons
from itsmkit.core.model.record import Field, FieldKind


class OrderStatus(StrEnum):
    """What people are told of a work order's state."""

    ASKED = "asked"
    DECIDED = "decided"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    ON_SITE = "on_site"
    SIGNED = "signed"
    CLOSED = "closed"


@frozen(kw_only=True, slots=False)
class WorkOrder(Child):
    """One visit at a customer's, from the asking to the archived record.

    `technicians` are the persons who go, `along` those of other lines who were asked along. `needs` is what the
    customer must do to help, `bring` what is brought along. `work` is what was done on site, `signed_by` who signed
    the record for the customer. `decider` is who really decided, where they did it in the name of `decided_by`.
    `sequence` counts how often the visit was agreed, put off and called off: what calendars tell the newest by.
    """

    type: ClassVar[str] = "work_order"
    quotes: ClassVar[tuple[str, ...]] = ("reason", "refusal", "place", "needs", "bring", "work", "signed_by")

    process: str = "dispatch"
    status: OrderStatus = OrderStatus.ASKED
    asked_by: str = ""
    reason: str = ""
    line: int = 0
    team: str = ""
    technicians: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    decided_by: str = ""
    decider: str = ""
    approved_by: str = ""
    refusal: str = ""
    starts: datetime | None = None
    minutes: int = 0
    sequence: int = 0
    place: str = ""
    needs: str = ""
    bring: tuple[str, ...] = ()
    arrived: datetime | None = None
    left: datetime | None = None
    work: str = ""
    signed_by: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Those who ask, decide, approve, go, or are asked along."""
        return persons(self.asked_by, self.decided_by, self.approved_by, *self.technicians, *self.along)

    @property
    def going(self) -> tuple[str, ...]:
        """The ids of those who go, and of those asked along."""
        return tuple(dict.fromkeys((*self.technicians, *self.along)))


WORK_ORDER = child_type(
    WorkOrder,
    "W",
    Field("team"),
    Field("starts", FieldKind.TIME),
    internal=("reason", "refusal", "decided_by", "decider", "approved_by", "along"),
)
