"""The remote service record: a session on the customer's device, held with their consent only (INC-22)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.child import Child, child_type, persons


class RemoteStatus(StrEnum):
    """What people are told of a remote session's state."""

    ASKED = "asked"
    AGREED = "allowed"
    CLOSED = "closed"


@frozen(kw_only=True, slots=False)
class RemoteSession(Child):
    """One session: why it was asked for, who agreed to it and when, who held it, and what was done.

    `consent_by` is the customer's, in words; `solved` whether the matter was settled by it.
    """

    type: ClassVar[str] = "remote_session"
    quotes: ClassVar[tuple[str, ...]] = ("reason", "consent_by", "refusal", "work")

    process: str = "remote"
    status: RemoteStatus = RemoteStatus.ASKED
    reason: str = ""
    asked_by: str = ""
    consent_by: str = ""
    consented: datetime | None = None
    refusal: str = ""
    held_by: str = ""
    work: str = ""
    solved: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Who asked for it and who held it."""
        return persons(self.asked_by, self.held_by)


REMOTE_SESSION = child_type(RemoteSession, "RS", internal=("reason", "asked_by"), vendor=("reason",))
