"""`itsmkit task`: parts of the work that other teams do, and every verb of theirs."""

from itsmkit.cli import children
from itsmkit.core.model.task import TaskStatus

KEYS = ("number", "about", "status", "step", "team", "line", "vendor", "person", "title", "opened", "asked_by",
        "accepted", "hand_overs", "closed", "outcome", "version")  # fmt: skip
FACTS = ("about", "status", "title", "text", "asked_by", "team", "vendor", "person", "opened", "accepted", "refusal",
         "result", "closed", "outcome")  # fmt: skip

command = children.group(
    "task",
    "task",
    "tasks",
    [str(one) for one in TaskStatus],
    keys=KEYS,
    shown=("number", "about", "status", "team", "person", "opened", "title"),
    spare=("opened", "person"),
    flex="title",
    facts=FACTS,
)
