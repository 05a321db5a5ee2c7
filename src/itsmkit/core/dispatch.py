"""The dispatch of on-site staff by approved work order: its table (INC-23, INC-42)."""

from types import MappingProxyType

from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step
from itsmkit.core.model.work_order import OrderStatus as Status

BRING = ("latest installer", "user manual", "latest patches", "on-site service record")
"""What is brought along unless the order says otherwise (P)."""

_STEPS = (
    Step("WO1", "Is a dispatch needed?", Duty.DISPATCH, {"yes": "WO2", "no": END}, Status.ASKED,
         writes=("technicians", "team", "line", "decided_by", "decider"), source="INC-23"),
    Step("WO2", "Approve the dispatch", Duty.APPROVE, {"approved": "WO3", "refused": "WO1"}, Status.DECIDED,
         writes=("approved_by", "refusal"), source="INC-23"),
    Step("WO3", "Agree the visit with the customer", Duty.RECORD, {"scheduled": "WO4"}, Status.APPROVED,
         writes=("starts", "minutes", "place", "needs", "bring"), source="INC-23"),
    Step("WO4", "Go there", Duty.HANDLE, {"arrived": "WO5", "moved": "WO3"}, Status.SCHEDULED,
         writes=("arrived",), source="INC-23"),
    Step("WO5", "Do the work, have the record signed", Duty.HANDLE, {"signed": "WO6", "again": "WO3"}, Status.ON_SITE,
         writes=("work", "signed_by", "left"), source="INC-23"),
    Step("WO6", "Archive order and record", Duty.ARCHIVE, {"archived": END}, Status.SIGNED, source="INC-42"),
)  # fmt: skip

DISPATCH = Process(
    "dispatch",
    "Dispatch by work order",
    "WO1",
    MappingProxyType({step.id: step for step in _STEPS}),
    type="work_order",
    ended=Status.CLOSED,
)
"""The table as shipped; `itsmkit process show dispatch` prints it."""
