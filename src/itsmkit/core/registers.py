"""The small processes of the register: suggestions, non-compliance, resources, publications, reviews (ORG-07)."""

from types import MappingProxyType

from itsmkit.core.model.entry import EntryStatus as Status
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step


def _table(name: str, title: str, *steps: Step, **ends: Status) -> Process:
    """A table of entries: what is not ended by one of those outcomes was withdrawn."""
    table = MappingProxyType({step.id: step for step in steps})
    return Process(
        name, title, steps[0].id, table, type="entry", ended=Status.WITHDRAWN, ends=MappingProxyType(dict(ends))
    )


REGISTER = _table(
    "register",
    "Register of improvements and exceptions",
    Step("RG1", "With the manager of those who noted it", Duty.MANAGE,
         {"forwarded": "RG2", "to_owner": "RG3", "accepted": "RG4", "refused": END}, Status.NOTED,
         writes=("owner", "reason"), source="ORG-07"),
    Step("RG2", "With the house's manager", Duty.MANAGE, {"to_owner": "RG3", "accepted": "RG4", "refused": END},
         Status.FORWARDED, writes=("owner", "reason"), source="ORG-07"),
    Step("RG3", "With the process owner", Duty.OWN_PROCESS, {"accepted": "RG4", "refused": END},
         Status.FORWARDED, writes=("owner", "reason"), source="ORG-06 ORG-07"),
    Step("RG4", "Carry it out", Duty.IMPROVE, {"done": END}, Status.ACCEPTED, writes=("result",), source="ORG-07"),
    refused=Status.REFUSED,
    done=Status.DONE,
)  # fmt: skip

NON_COMPLIANCE = _table(
    "non_compliance",
    "Notice of non-compliance",
    Step("NC1", "Answer the notice", Duty.REPORT, {"answered": "NC2", "settled": END}, Status.NOTED,
         writes=("answer",), source="REP-05"),
    Step("NC2", "Settle it", Duty.ENFORCE, {"settled": END}, Status.ANSWERED, writes=("result",), source="REP-05"),
    settled=Status.SETTLED,
)  # fmt: skip

RESOURCES = _table(
    "resources",
    "Resources",
    Step("RE1", "Commit the resources", Duty.COMMIT, {"committed": "RE2", "allocated": "RE3", "refused": END},
         Status.ASKED, writes=("staff", "at", "until"), source="W"),
    Step("RE2", "Review what was committed", Duty.MANAGE, {"reviewed": "RE3", "not_enough": "RE1"}, Status.COMMITTED,
         writes=("reason",), source="W"),
    Step("RE3", "In use until they are released", Duty.COMMIT, {"released": END}, Status.ALLOCATED,
         writes=("result",), source="W"),
    refused=Status.REFUSED,
    released=Status.RELEASED,
)  # fmt: skip

PUBLICATION = _table(
    "publication",
    "Rules, documents, templates, measures",
    Step("PB1", "In force", Duty.OWN_PROCESS, {"revised": "PB1", "withdrawn": END}, Status.IN_FORCE,
         writes=("edition", "readers"), source="ORG-06 ORG-08"),
    withdrawn=Status.WITHDRAWN,
)  # fmt: skip

REVIEW = _table(
    "process_review",
    "Review of the process",
    Step("RV1", "Hold the review", Duty.OWN_PROCESS, {"reviewed": END, "next_set": "RV1", "moved": "RV1"},
         Status.SCHEDULED, writes=("result", "at"), source="ORG-06"),
    reviewed=Status.DONE,
)  # fmt: skip

REGISTERS = (REGISTER, NON_COMPLIANCE, RESOURCES, PUBLICATION, REVIEW)
"""The tables as shipped; `itsmkit process show register` prints the first."""
