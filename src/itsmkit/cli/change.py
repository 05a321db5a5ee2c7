"""`itsmkit change`: change requests, and what change management came to."""

from itsmkit.cli import children
from itsmkit.core.model.change import ChangeStatus

KEYS = ("number", "about", "status", "step", "sort", "title", "opened", "asked_by", "decided_by", "closed", "outcome",
        "version")  # fmt: skip
FACTS = ("about", "status", "sort", "title", "text", "opened", "asked_by", "decided_by", "closed", "outcome", "result")

command = children.group(
    "change",
    "change",
    "change requests",
    [str(one) for one in ChangeStatus],
    keys=KEYS,
    shown=("number", "about", "status", "sort", "opened", "title"),
    flex="title",
    facts=FACTS,
)
