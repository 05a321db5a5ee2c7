"""`itsmkit ci-notice`: what is told the configuration manager, and what became of it."""

from itsmkit.cli import children
from itsmkit.core.model.configuration import NoticeStatus

KEYS = ("number", "about", "status", "step", "sort", "ci", "text", "opened", "told_by", "closed", "outcome",
        "version")  # fmt: skip
FACTS = ("about", "status", "sort", "ci", "text", "told_by", "opened", "closed", "outcome", "result")

command = children.group(
    "ci-notice",
    "ci_notice",
    "notices to the configuration manager",
    [str(one) for one in NoticeStatus],
    keys=KEYS,
    shown=("number", "about", "status", "sort", "ci", "text"),
    flex="text",
    facts=FACTS,
)
