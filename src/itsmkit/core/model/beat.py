"""Signs of life: what a worker or the auditor leaves in the store, so that its silence can be seen."""

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.record import Record, RecordType

AUDITOR = "auditor"
"""The id of the auditor's; a worker's is "worker " and its name."""


@frozen(kw_only=True, slots=False)
class Beat(Record):
    """The last sign of a worker or the auditor: when, from which host and process.

    A worker says how many todos it has `done` since it began. The auditor says what it `found` amiss, and behind which
    ticket its next round looks on.
    """

    type: ClassVar[str] = "beat"

    at: datetime
    host: str = ""
    process: int = 0
    done: int = 0
    found: tuple[str, ...] = ()
    cursor: str = ""


BEAT = RecordType("beat", Beat)
