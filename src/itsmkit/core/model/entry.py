"""The register entry: what managers and the process owner keep beside tickets, each with a small process (ORG-07)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.child import Child, child_type, persons
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.organisation import Duty, charged, member
from itsmkit.core.model.record import Field, FieldKind
from itsmkit.core.model.ticket import Ticket


class EntryKind(StrEnum):
    """What an entry is about."""

    IMPROVEMENT = "improvement"
    EXCEPTION = "exception"
    DEFECT = "defect"
    PROCESS_CHANGE = "process_change"
    NON_COMPLIANCE = "non_compliance"
    RESOURCES = "resources"
    RULE = "rule"
    DOCUMENT = "document"
    TEMPLATE = "template"
    MEASURE = "measure"
    REVIEW = "review"


SUGGESTED = (EntryKind.IMPROVEMENT, EntryKind.EXCEPTION, EntryKind.DEFECT, EntryKind.PROCESS_CHANGE)
"""What travels from manager to owner."""
PUBLISHED = (EntryKind.RULE, EntryKind.DOCUMENT, EntryKind.TEMPLATE, EntryKind.MEASURE)
"""What is in force until it is withdrawn, edition by edition."""
PARTICIPANTS = (Duty.RECORD, Duty.HANDLE, Duty.MANAGE)
"""Whom something published is for unless it says otherwise."""
ADDRESSABLE = (*PARTICIPANTS, Duty.WATCH, Duty.CHAIR, Duty.DISPATCH, Duty.APPROVE, Duty.ARCHIVE)
"""The duties of those who take part in the process."""


class EntryStatus(StrEnum):
    """What people are told of an entry's state."""

    NOTED = "noted"
    FORWARDED = "forwarded"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    ASKED = "asked"
    COMMITTED = "committed"
    ALLOCATED = "allocated"
    IN_FORCE = "in_force"
    SCHEDULED = "scheduled"
    REFUSED = "refused"
    SETTLED = "settled"
    RELEASED = "released"
    DONE = "done"
    WITHDRAWN = "withdrawn"


ENDED = (EntryStatus.REFUSED, EntryStatus.SETTLED, EntryStatus.RELEASED, EntryStatus.DONE, EntryStatus.WITHDRAWN)


@frozen(kw_only=True, slots=False)
class Entry(Child):
    """One entry, from its noting to its end; perhaps about a ticket, which is its parent then.

    `vendor` is the company it comes from or concerns, "" the house; `person` and `team` whom it concerns; `at_step` and
    `rule` what was not followed; `owner` who carries it out. `reason` says why it was refused or withdrawn, `answer`
    what those concerned say, `result` what came of it. Of resources `amount` people are asked for from `at` to `until`,
    and `staff` are those committed. What is published is for those of `duties`; `readers` have read this `edition`.
    """

    type: ClassVar[str] = "entry"
    quotes: ClassVar[tuple[str, ...]] = ("title", "text", "reason", "answer", "result")
    tracked: ClassVar[bool] = False
    opens_for: ClassVar[str] = PUBLIC

    process: str = "register"
    status: EntryStatus = EntryStatus.NOTED
    kind: EntryKind = EntryKind.IMPROVEMENT
    opened_by: str = ""
    title: str = ""
    text: str = ""
    vendor: str = ""
    team: str = ""
    person: str = ""
    owner: str = ""
    at_step: str = ""
    rule: str = ""
    reason: str = ""
    answer: str = ""
    result: str = ""
    at: datetime | None = None
    until: datetime | None = None
    amount: int = 0
    staff: tuple[str, ...] = ()
    edition: int = 0
    target: str = ""
    duties: tuple[Duty, ...] = ()
    readers: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The persons whom it concerns."""
        return persons(self.opened_by, self.person, self.owner, *self.staff)

    def seen_by(self, parent: Ticket | None) -> tuple[str, ...]:  # noqa: ARG002 - whoever sees the ticket
        """The managers in scope, the process owner but for what managers settle among themselves, those concerned."""
        seen = [charged(Duty.MANAGE, "")]
        if self.kind not in (EntryKind.NON_COMPLIANCE, EntryKind.RESOURCES):
            seen.append(charged(Duty.OWN_PROCESS, ""))
        if self.kind in PUBLISHED:
            seen += self.addressed
        if self.kind is EntryKind.RESOURCES:
            seen.append(charged(Duty.COMMIT, self.vendor))
        if self.vendor:
            seen.append(charged(Duty.MANAGE, self.vendor))
        if self.team:
            seen.append(member(self.team))
        return tuple(dict.fromkeys((*seen, *self.keys)))

    @property
    def addressed(self) -> tuple[str, ...]:
        """The keys of those whom something published is for: of all companies, or of the vendor it comes from."""
        return tuple(charged(one, self.vendor or None) for one in self.duties or PARTICIPANTS)


def _text(entry: Entry) -> str:
    return f"{entry.title}\n{entry.text}"


ENTRY = child_type(
    Entry,
    "E",
    Field("kind", indexed=True),
    Field("vendor"),
    Field("person"),
    Field("owner"),
    Field("at", FieldKind.TIME),
    internal=("readers",),
    text=_text,
    private=True,
)
