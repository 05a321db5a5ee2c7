"""Notices: what somebody is told, queued with the news and delivered once; and what bounds their number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from attrs import frozen

from itsmkit.core.model.event import NOTHING
from itsmkit.core.model.record import Field, FieldKind, Record, RecordType


@frozen
class Channel:
    """A way to reach people that a plugin offers: an e-mail server, one chat robot.

    A channel of a `group` has one place that everybody reads: its notices go there, whoever they are for. A
    `budgeted` one is used by machines as well: what a recipient gets through it is bounded, so that two machines
    can't talk to each other for ever. `own` are the desk's own addresses on it; nothing is ever sent there.
    """

    name: str
    group: bool = False
    budgeted: bool = False
    own: tuple[str, ...] = ()


@frozen
class NoticeDraft:
    """What a plugin wants told: to whom, by which channel, from which template with which arguments.

    `to` is "person:<id>", "team:<id>", "requester", "channel" (a chat group), "subscribers" (of the rule), or
    "role:<role>", where a role is one of the organisation model's or a word it knows ("manager", "desk"). `rule` names
    why; the same event, rule, recipient and channel make one notice, however often they are asked for. A `firm` one
    can't be opted out of; a `digest` ("hourly", "daily") collects. One that `confirms` answers a message of its
    recipient's own. `language` is used instead of the recipient's. What is told `by_part` goes to who has a part in
    the ticket, such as its assignee, and so does what is for the requester; anybody else is told of an event only if
    its audience includes them.
    """

    rule: str
    to: str
    channel: str
    template: str
    args: Mapping[str, Any] = NOTHING
    urgent: bool = False
    firm: bool = False
    digest: str = ""
    confirms: bool = False
    language: str = ""
    why: str = ""
    by_part: bool = False


@frozen(kw_only=True, slots=False)
class Notice(Record):
    """A message to one recipient, queued for delivery.

    `state` is "waiting", "held" (by the notice that `digest` names, which tells them together), "sent", "dead" (given
    up), "parked" (a machine seems to answer) or "dropped" (not wanted, or not to be seen by the recipient any more);
    `error` says why. `address` is filled in when it is sent, after the recipient's right to see the record was
    checked. `message_id` is fixed when it is queued. `why` tells which rule made it of what; `code` and `by` are the
    event's. `audience` is whom the event is for, "" where the recipient's part in the ticket is enough. `hops` counts
    how often mails of ours came back to lead here, and `loop` proves it. `erased` is "all" once address, arguments and
    what the other side said are gone.
    """

    type: ClassVar[str] = "notice"

    about: str
    number: str
    event: int
    rule: str
    recipient: str
    channel: str
    template: str
    args: dict[str, Any]
    queued: datetime
    urgent: bool = False
    confirms: bool = False
    code: str = ""
    by: str = ""
    why: str = ""
    hops: int = 0
    loop: str = ""
    digest: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    address: str = ""
    language: str = ""
    state: str = "waiting"
    tries: int = 0
    sent: datetime | None = None
    error: str = ""
    erased: str = ""
    audience: str = ""


NOTICE = RecordType(
    "notice",
    Notice,
    fields=(
        Field("about", indexed=True),
        Field("state", indexed=True),
        Field("digest", indexed=True),
        Field("recipient"),
        Field("channel"),
        Field("queued", FieldKind.TIME),
        Field("erased"),
    ),
    internal=("references", "loop"),
)


@frozen(kw_only=True, slots=False)
class Subscription(Record):
    """What one person wants of one rule ("*": of all): whether, by which channel, and collected how often."""

    type: ClassVar[str] = "subscription"

    person: str
    rule: str
    want: bool = True
    channel: str = ""
    digest: str = ""


SUBSCRIPTION = RecordType(
    "subscription", Subscription, fields=(Field("person", indexed=True), Field("rule", indexed=True))
)


@frozen(slots=False)
class Slot:
    """One mail that an address got: when, by which notice, about which tickets."""

    at: datetime
    notice: str
    about: tuple[str, ...]


@frozen(kw_only=True, slots=False)
class Allowance(Record):
    """What one address got of late through a channel; the record's id is a digest of both, so that it names nobody.

    `confirmed` counts the confirmations since anybody at the desk last had something to say; `asked` is when the last
    one was wanted.
    """

    type: ClassVar[str] = "allowance"

    slots: tuple[Slot, ...] = ()
    confirmed: int = 0
    asked: datetime | None = None


ALLOWANCE = RecordType("allowance", Allowance)


@frozen(kw_only=True, slots=False)
class Route(Record):
    """How deliveries through a channel go, where they don't: failures in a row, shut until when, since when, and why.

    The record's id is the channel's name.
    """

    type: ClassVar[str] = "route"

    failures: int = 0
    until: datetime | None = None
    since: datetime | None = None
    error: str = ""


ROUTE = RecordType("route", Route)


@frozen
class Sent:
    """A delivery's receipt: what the other side said; and what the operator should know, though it went out."""

    reply: str = ""
    warning: str = ""


class NotDelivered(Exception):
    """Raised by a deliverer: `permanent` refusals are not tried again.

    `shut` says that the fault is the way's, not this notice's: everything on the channel waits, and it costs the
    notice none of its tries. `again` are the seconds after which the other side wants to be asked again.
    """

    def __init__(self, why: str, *, permanent: bool = False, shut: bool = False, again: float = 0) -> None:
        super().__init__(why)
        self.permanent = permanent
        self.shut = shut
        self.again = again
