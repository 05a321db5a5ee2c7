"""The remote session: its table (INC-22)."""

from types import MappingProxyType

from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step
from itsmkit.core.model.remote import RemoteStatus as Status

_STEPS = (
    Step("RS1", "Does the customer agree?", Duty.HANDLE, {"given": "RS2", "refused": END}, Status.ASKED,
         writes=("consent_by", "consented", "refusal"), source="INC-22"),
    Step("RS2", "Hold the session", Duty.HANDLE, {"done": END}, Status.AGREED,
         writes=("held_by", "work", "solved"), source="INC-22"),
)  # fmt: skip

REMOTE = Process(
    "remote",
    "Remote session",
    "RS1",
    MappingProxyType({step.id: step for step in _STEPS}),
    type="remote_session",
    ended=Status.CLOSED,
)
"""The table as shipped; `itsmkit process show remote` prints it."""
