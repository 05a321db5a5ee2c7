"""The task for another team: its table (IM2.11)."""

from types import MappingProxyType

from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step
from itsmkit.core.model.task import TaskStatus as Status

_STEPS = (
    Step("TK1", "Is the task ours?", Duty.HANDLE, {"yes": "TK2", "no": "TK3"}, Status.ASSIGNED,
         writes=("person", "accepted", "refusal"), source="T IM2.11 INC-21"),
    Step("TK2", "Do the task", Duty.HANDLE, {"done": END}, Status.IN_PROGRESS, writes=("result",), source="T IM2.11"),
    Step("TK3", "Assign the task anew", Duty.HANDLE, {"assigned": "TK1"}, Status.DECLINED,
         writes=("team", "line", "vendor", "person", "hand_overs"), source="INC-21"),
)  # fmt: skip

TASK_FLOW = Process(
    "task",
    "Task for another team",
    "TK1",
    MappingProxyType({step.id: step for step in _STEPS}),
    type="task",
    ended=Status.CLOSED,
)
"""The table as shipped; `itsmkit process show task` prints it."""
