"""Notices: what somebody is told, queued with the news and delivered once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from attrs import frozen

from itsmkit.core.model.event import NOTHING
from itsmkit.core.model.record import Field, FieldKind, Record, RecordType


@frozen
class NoticeDraft:
    """What a plugin wants told: to whom, by which channel, from which template with which arguments.

    `to` is "person:<id>", "team:<id>", "requester", or "role:<role>", where a role is one of the organisation
    model's or a word it knows ("manager", "desk"). `rule` names why; the same event, rule,
    recipient and channel make one notice, however often they are asked for.
    """

    rule: str
    to: str
    channel: str
    template: str
    args: Mapping[str, Any] = NOTHING
    urgent: bool = False


@frozen(kw_only=True, slots=False)
class Notice(Record):
    """A message to one recipient, queued for delivery.

    `address` and `language` are filled in when it is sent, after the recipient's right to see the record was
    checked. `message_id` is fixed when it is queued. `state` is "waiting", "sent", "dead" or "dropped". `erased` is
    "all" once address, arguments and what the other side said are gone.
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
    message_id: str = ""
    references: tuple[str, ...] = ()
    address: str = ""
    language: str = ""
    state: str = "waiting"
    tries: int = 0
    sent: datetime | None = None
    error: str = ""
    erased: str = ""


NOTICE = RecordType(
    "notice",
    Notice,
    fields=(
        Field("about", indexed=True),
        Field("state", indexed=True),
        Field("recipient"),
        Field("channel"),
        Field("queued", FieldKind.TIME),
        Field("erased"),
    ),
)


@frozen
class Sent:
    """A delivery's receipt: what the other side said."""

    reply: str = ""


class NotDelivered(Exception):
    """Raised by a deliverer: `permanent` refusals are not tried again."""

    def __init__(self, why: str, *, permanent: bool = False) -> None:
        super().__init__(why)
        self.permanent = permanent
