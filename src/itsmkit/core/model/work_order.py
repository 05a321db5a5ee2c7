"""The work order: an on-site dispatch, approved before anyone leaves, and signed when the work is done (INC-23)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.record import Field, FieldKind, Record, RecordType
from itsmkit.core.model.ticket import Wait


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
class WorkOrder(Record):
    """One visit at a customer's, from the asking to the archived record; a child of the ticket it is for.

    `parent` is the ticket's id, `about` its number. `technicians` are the persons who go, `along` those of other lines
    who were asked along. `needs` is what the customer must do to help, `bring` what is brought along. `work` is what
    was done on site, `signed_by` who signed the record for the customer, `outcome` how it ended.
    """

    type: ClassVar[str] = "work_order"

    number: str = ""
    parent: str = ""
    about: str = ""
    process: str = "dispatch"
    step: str = ""
    status: OrderStatus = OrderStatus.ASKED
    waits: tuple[Wait, ...] = ()
    opened: datetime | None = None
    asked_by: str = ""
    reason: str = ""
    line: int = 0
    team: str = ""
    technicians: tuple[str, ...] = ()
    along: tuple[str, ...] = ()
    decided_by: str = ""
    approved_by: str = ""
    refusal: str = ""
    starts: datetime | None = None
    minutes: int = 0
    place: str = ""
    needs: str = ""
    bring: tuple[str, ...] = ()
    arrived: datetime | None = None
    left: datetime | None = None
    work: str = ""
    signed_by: str = ""
    closed: datetime | None = None
    outcome: str = ""
    erased: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of the persons whom it concerns."""
        return tuple(filter(None, (self.asked_by, self.decided_by, self.approved_by, *self.technicians, *self.along)))


def _keys(order: WorkOrder) -> tuple[str, ...]:
    return (f"number:{order.number}",)


WORK_ORDER = RecordType(
    "work_order",
    WorkOrder,
    prefix="W",
    fields=(
        Field("number"),
        Field("parent", indexed=True),
        Field("about"),
        Field("status", indexed=True),
        Field("step"),
        Field("team"),
        Field("opened", FieldKind.TIME),
        Field("starts", FieldKind.TIME),
        Field("closed", FieldKind.TIME),
    ),
    keys=_keys,
    internal=("reason", "refusal", "decided_by", "approved_by", "along"),
)
