"""The ticket: one reported matter, of one of the kinds of requirements §1."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar

from attrs import frozen

from itsmkit.core.model.agreement import OLA, SLA, Clock, Moment
from itsmkit.core.model.catalogue import Job
from itsmkit.core.model.event import INTERNAL, PERSONAL, PUBLIC
from itsmkit.core.model.record import Field, FieldKind, Record, RecordType


class Kind(StrEnum):
    """The shipped kinds of tickets."""

    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"
    INQUIRY = "inquiry"
    COMPLAINT = "complaint"


class Status(StrEnum):
    """What people are told of a ticket's state: derived from its step and waits, so that it is true (INC-36)."""

    NEW = "new"
    OPEN = "open"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


@frozen(slots=False)
class Contact:
    """Who reported, as far as the report tells; a claim until a person is found for it (INC-02).

    `person` is the person's id, where whoever took the report knew it.
    """

    name: str = ""
    mail: str = ""
    phone: str = ""
    employee: str = ""
    department: str = ""
    company: str = ""
    person: str = ""


@frozen
class Wait:
    """Why a ticket rests (SLA-02): a reason of the site, whose turn it is, until when at most, what it waits for.

    `pauses` are the kinds of clocks that rest with it; at `follow_up` whoever it waits for is asked how it stands.
    """

    reason: str
    owner: str
    since: datetime
    until: datetime | None = None
    pauses: tuple[str, ...] = (SLA, OLA)
    text: str = ""
    follow_up: datetime | None = None


@frozen
class Attachment:
    """A file that came with a report; the bytes are a blob of the store."""

    name: str
    media: str
    size: int
    digest: str


@frozen
class Likeness:
    """A record that looks like the ticket: how much (0 to 1), by what, and the solution it offers."""

    type: str
    id: str
    number: str
    score: float
    why: str
    solution: str = ""
    by: str = ""


@frozen(slots=False)
class Try:
    """One try of line 1 (INC-16): "by_phone", "by_session", "next_line" or "on_site"; when, whose, and if it helped."""

    way: str
    at: datetime
    by: str = ""
    helped: bool = False


@frozen(slots=False)
class Call:
    """The follow-up call's record (INC-44): when, by whom, with whom, and what the customer said."""

    at: datetime
    by: str = ""
    spoke_with: str = ""
    result: str = ""


@frozen(slots=False)
class Part:
    """What runs beside a ticket and is open: its number and type, and who sees the ticket because of it."""

    number: str
    type: str
    keys: tuple[str, ...] = ()


@frozen(kw_only=True, slots=False)
class Ticket(Record):
    """One reported matter on its way through the process.

    `owner` took it in and keeps it to the end (INC-46); `assignee` works on it. `step` is where it stands in `process`;
    `waits` are the reasons why it rests, `declined` the teams that refused it, `answered` tells that the requester
    spoke after the resolution; `told` and `heard` are the last public words to the requester and of them, `accepted` is
    when the team that has it took it on. Levels run from 1, the highest; 0 means not set. `children` is what runs
    beside it and is open, `beside` the types of all that ever did. `item` is the catalogue's item that it asks for,
    with the steps of its `procedure`; `demand` tells that the catalogue lacks what it asks for, `remote` that its
    remote service record is open: the `tries`, and the sessions beside it. `timeline` holds the facts its clocks are
    computed from. `unjudged` says why the incident manager is to judge whether to escalate it: the clocks that ran out,
    "major" (SLA-04), "reopened" too often (INC-40). `disputed` is the number of the referral whose vendor says "not
    ours", until the manager has settled it; `wanted` is "staff" or "equipment" until company management has approved it
    for `wanted_by`, and `leader` who of them leads. `hops` counts how often mails of ours came back to open it.
    `policy` is the digest of the rules it was opened under. `erased` tells what was taken out of it: "" nothing,
    "files" its attachments, "all" whatever could name or quote a person. `master` is the number of the master incident
    that it is linked to, `linked` how many are linked to it: with any it is a master itself (INC-20).
    """

    type: ClassVar[str] = "ticket"

    number: str
    opened: datetime
    opened_month: str
    channel: str
    process: str = "incident"
    step: str = ""
    status: Status = Status.NEW
    kind: str = ""
    title: str = ""
    text: str = ""
    contact: Contact = Contact()
    requester: str = ""
    customer: str = ""
    department: str = ""
    language: str = ""
    detected: bool = False
    service: str = ""
    category: str = ""
    ci: str = ""
    place: str = ""
    happened: datetime | None = None
    expected: datetime | None = None
    reason: str = ""
    symptom: str = ""
    configuration: str = ""
    stated: str = ""
    impact: int = 0
    urgency: int = 0
    priority: int = 0
    major: bool = False
    on_site: bool = False
    line: int = 0
    team: str = ""
    owner: str = ""
    assignee: str = ""
    vendor: str = ""
    hand_overs: int = 0
    declined: tuple[str, ...] = ()
    waits: tuple[Wait, ...] = ()
    similar: tuple[Likeness, ...] = ()
    followed: str = ""
    solution: str = ""
    workaround: bool = False
    cause: str = ""
    backup: bool = False
    agreed: bool = False
    change: str = ""
    demand: bool = False
    item: str = ""
    procedure: tuple[Job, ...] = ()
    remote: bool = False
    tries: tuple[Try, ...] = ()
    ci_change: str = ""
    ci_submitted: bool = False
    responded: datetime | None = None
    accepted: datetime | None = None
    dispatched: datetime | None = None
    arrived: datetime | None = None
    told: datetime | None = None
    heard: datetime | None = None
    called: datetime | None = None
    call: Call | None = None
    resolved: datetime | None = None
    resolved_month: str = ""
    resolved_line: int = 0
    asked: datetime | None = None
    closed: datetime | None = None
    closed_month: str = ""
    closed_by: str = ""
    reviewed: datetime | None = None
    reopened: int = 0
    satisfied: bool | None = None
    survey: int = 0
    survey_text: str = ""
    follow_up_late: bool = False
    answered: bool = False
    message_id: str = ""
    hops: int = 0
    fingerprint: str = ""
    firing: bool = False
    repeats: int = 0
    links: tuple[str, ...] = ()
    children: tuple[Part, ...] = ()
    master: str = ""
    linked: int = 0
    beside: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    internal_files: tuple[Attachment, ...] = ()
    personal_files: tuple[Attachment, ...] = ()
    clocks: tuple[Clock, ...] = ()
    timeline: tuple[Moment, ...] = ()
    unjudged: tuple[str, ...] = ()
    disputed: str = ""
    wanted: str = ""
    wanted_by: str = ""
    leader: str = ""
    due: datetime | None = None
    policy: str = ""
    erased: str = ""

    @property
    def contact_key(self) -> str:
        """The unique key of a person that its contact claims to be, so that what a stranger reported can be found."""
        contact = self.contact
        if contact.mail:
            return f"mail:{contact.mail.lower()}"
        if contact.employee:
            return f"employee:{contact.employee}"
        return f"phone:{contact.phone}" if contact.phone else ""

    @property
    def rank(self) -> int:
        """Sorts work lists: the higher priority first, an incident before the rest at the same level (IM2.1)."""
        return (self.priority or 9) * 10 + (self.kind != Kind.INCIDENT)

    @property
    def is_open(self) -> bool:
        """Whether work on it is still to come."""
        return self.status is not Status.CLOSED


def _keys(ticket: Ticket) -> tuple[str, ...]:
    folded = (f"alert:{ticket.fingerprint}",) if ticket.fingerprint and ticket.is_open else ()
    return (f"number:{ticket.number}", *folded)


def _text(ticket: Ticket) -> str:
    return f"{ticket.title}\n{ticket.text}\n{ticket.symptom}"


SHELVES: Mapping[str, str] = MappingProxyType(
    {PUBLIC: "attachments", PERSONAL: "personal_files", INTERNAL: "internal_files"}
)
"""Where a file goes, by the audience of the event that brings it."""


def files(ticket: Ticket) -> tuple[Attachment, ...]:
    """Every file of the ticket, whoever may see it."""
    return tuple(one for shelf in SHELVES.values() for one in getattr(ticket, shelf))


def _blobs(ticket: Ticket) -> tuple[str, ...]:
    return tuple(one.digest for one in files(ticket))


def _impersonal(ticket: Ticket) -> dict[str, Any]:
    return {"contact": Contact(name=ticket.contact.name, department=ticket.contact.department)}


TICKET = RecordType(
    "ticket",
    Ticket,
    prefix="T",
    fields=(
        Field("number"),
        Field("status", indexed=True),
        Field("kind"),
        Field("category"),
        Field("service"),
        Field("priority", FieldKind.INT),
        Field("rank", FieldKind.INT),
        Field("step"),
        Field("line", FieldKind.INT),
        Field("team", indexed=True),
        Field("owner"),
        Field("assignee"),
        Field("requester", indexed=True),
        Field("customer"),
        Field("channel"),
        Field("opened_month", indexed=True),
        Field("resolved_month"),
        Field("closed_month"),
        Field("opened", FieldKind.TIME, indexed=True),
        Field("resolved", FieldKind.TIME),
        Field("closed", FieldKind.TIME),
        Field("due", FieldKind.TIME, indexed=True),
        Field("resolved_line", FieldKind.INT),
        Field("reopened", FieldKind.INT),
        Field("hand_overs", FieldKind.INT),
        Field("survey", FieldKind.INT),
        Field("change", indexed=True),
        Field("item"),
        Field("contact_key"),
        Field("master", indexed=True),
        Field("linked", FieldKind.INT),
        Field("erased"),
    ),
    keys=_keys,
    text=_text,
    blobs=_blobs,
    internal=(
        "internal_files",
        "similar",
        "cause",
        "closed_by",
        "reviewed",
        "timeline",
        "clocks",
        "assignee",
        "followed",
        "configuration",
        "hops",
        "unjudged",
        "disputed",
        "wanted",
        "wanted_by",
        "leader",
        "children",
        "beside",
        "tries",
        "call",
        "master",
        "linked",
    ),
    vendor=("assignee", "cause", "configuration", "followed"),
    personal=("personal_files",),
    impersonal=_impersonal,
)
