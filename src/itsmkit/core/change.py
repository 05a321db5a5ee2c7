"""The change request as the desk watches it: its table (INC-30). Change management itself stays outside."""

from types import MappingProxyType

from itsmkit.core.model.change import ChangeStatus as Status
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step

_STEPS = (
    Step("CR1", "Await the decision on the change", Duty.HANDLE, {"approved": "CR2", "rejected": END}, Status.ASKED,
         writes=("decided_by", "result"), source="INC-30"),
    Step("CR2", "Await the change", Duty.HANDLE, {"done": END, "failed": "CR1"}, Status.APPROVED,
         writes=("result",), source="INC-30"),
)  # fmt: skip

CHANGE = Process(
    "change",
    "Change request",
    "CR1",
    MappingProxyType({step.id: step for step in _STEPS}),
    type="change",
    ended=Status.CLOSED,
)
"""The table as shipped; `itsmkit process show change` prints it."""
