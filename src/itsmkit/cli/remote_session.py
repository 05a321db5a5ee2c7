"""`itsmkit remote-session`: remote service records, and every verb of theirs."""

from itsmkit.cli import children
from itsmkit.core.model.remote import RemoteStatus

KEYS = ("number", "about", "status", "step", "opened", "asked_by", "consent_by", "consented", "held_by", "solved",
        "closed", "outcome", "version")  # fmt: skip
FACTS = ("about", "status", "reason", "asked_by", "opened", "consent_by", "consented", "refusal", "held_by", "work",
         "solved", "closed", "outcome")  # fmt: skip

command = children.group(
    "remote-session",
    "remote_session",
    "remote sessions",
    [str(one) for one in RemoteStatus],
    keys=KEYS,
    shown=("number", "about", "status", "consent_by", "consented", "held_by", "solved"),
    flex="consent_by",
    facts=FACTS,
)
