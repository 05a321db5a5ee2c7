"""`itsmkit work-order`: on-site dispatches, and every verb of theirs."""

from collections.abc import Iterable, Mapping
from typing import Any

from itsmkit.cli import children
from itsmkit.core.model.work_order import OrderStatus, WorkOrder

KEYS = ("number", "about", "status", "step", "technicians", "along", "team", "visit_at", "minutes", "place", "opened",
        "asked_by", "decided_by", "decider", "approved_by", "arrived", "departed", "closed", "outcome",
        "version")  # fmt: skip
FACTS = (
    *("about", "status", "asked_by", "reason", "decided_by", "decider", "technicians", "along", "team"),
    *(
        "approved_by",
        "refusal",
        "visit_at",
        "minutes",
        "place",
        "needs",
        "bring",
        "arrived",
        "departed",
        "work",
        "signed_by",
        "closed",
        "outcome",
    ),
)
FIELDS = {"visit_at": "starts", "departed": "left"}
"""Columns named otherwise than the record's field, whose word another table needs for something else."""


def _row(order: WorkOrder, keys: Iterable[str]) -> Mapping[str, Any]:
    return {key: getattr(order, FIELDS.get(key, key)) for key in keys}


command = children.group(
    "work-order",
    "work_order",
    "work orders",
    [str(one) for one in OrderStatus],
    keys=KEYS,
    shown=("number", "about", "status", "visit_at", "technicians", "place"),
    spare=("technicians",),
    flex="place",
    facts=FACTS,
    of=_row,
)
