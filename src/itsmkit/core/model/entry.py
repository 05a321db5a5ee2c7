"""The register entry: what managers and the process owner keep beside tickets, each with a small process (ORG-07)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.organisation import Duty, charged, member
from itsmkit.core.model.record import Field, FieldKind, Record, RecordType
from itsmkit.core.model.ticket import Wait


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
class Entry(Record):
    """One entry, from its noting to its end; perhaps about a ticket, `parent` by id and `about` by number.

    `vendor` is the company it comes from or concerns, "" the house; `person` and `team` whom it concerns; `at_step` and
    `rule` what was not followed; `owner` who carries it out. `reason` says why it was refused or withdrawn, `answer`
    what those concerned say, `result` what came of it. Of resources `amount` people are asked for from `at` to `until`,
    and `staff` are those committed. What is published is for those of `duties`; `readers` have read this `edition`.
    """

    type: ClassVar[str] = "entry"

    number: str = ""
    parent: str = ""
    about: str = ""
    process: str = "register"
    step: str = ""
    status: EntryStatus = EntryStatus.NOTED
    waits: tuple[Wait, ...] = ()
    kind: EntryKind = EntryKind.IMPROVEMENT
    opened: datetime | None = None
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
    closed: datetime | None = None
    erased: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of the persons whom it concerns."""
        return tuple(filter(None, (self.opened_by, self.person, self.owner, *self.staff)))

    @property
    def addressed(self) -> tuple[str, ...]:
        """The keys of those whom something published is for: of all companies, or of the vendor it comes from."""
        return tuple(charged(one, self.vendor or None) for one in self.duties or PARTICIPANTS)


def _keys(entry: Entry) -> tuple[str, ...]:
    return (f"number:{entry.number}",)


def _text(entry: Entry) -> str:
    return f"{entry.title}\n{entry.text}"


def _reach(entry: Entry) -> tuple[str, ...]:
    """The managers in scope, the process owner but for what managers settle among themselves, and those concerned."""
    keys = [charged(Duty.MANAGE, "")]
    if entry.kind not in (EntryKind.NON_COMPLIANCE, EntryKind.RESOURCES):
        keys.append(charged(Duty.OWN_PROCESS, ""))
    if entry.kind in PUBLISHED:
        keys += entry.addressed
    if entry.kind is EntryKind.RESOURCES:
        keys.append(charged(Duty.COMMIT, entry.vendor))
    if entry.vendor:
        keys.append(charged(Duty.MANAGE, entry.vendor))
    if entry.team:
        keys.append(member(entry.team))
    return tuple(dict.fromkeys(keys))


ENTRY = RecordType(
    "entry",
    Entry,
    prefix="E",
    private=True,
    reach=_reach,
    fields=(
        Field("number"),
        Field("kind", indexed=True),
        Field("status", indexed=True),
        Field("step", indexed=True),
        Field("parent", indexed=True),
        Field("about"),
        Field("vendor"),
        Field("person"),
        Field("owner"),
        Field("opened", FieldKind.TIME),
        Field("at", FieldKind.TIME),
        Field("closed", FieldKind.TIME),
    ),
    keys=_keys,
    text=_text,
    internal=("readers",),
)
