"""What comes in: the raw message, what a plugin reads out of it, and the record that keeps both safe."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.record import Field, FieldKind, Record, RecordType
from itsmkit.core.model.ticket import Contact


@frozen
class Message:
    """One thing that arrived on a channel, as it arrived.

    `channel` is how ("email", "alert", "phone", "web", "file" …), `mailbox` where. `name` is the file's name if
    it came from one. `by` is the principal who handed it in, "" for nobody known.
    """

    raw: bytes
    channel: str = ""
    mailbox: str = ""
    name: str = ""
    by: str = ""


@frozen
class Attached:
    """A file inside a message, with its bytes."""

    name: str
    media: str
    data: bytes


@frozen(slots=False)
class Report:
    """What an intake plugin reads out of a message: a claim, verified by the steps that follow.

    `references` are the ids of the messages it answers (RFC 5322); `automatic` marks autoresponders and bounces,
    which never get an answer. `loop` is the mark of a notice of the desk's that came back in the message
    (`Notice.loop`). Alerts carry the `fingerprint` of their matter and whether it is still `firing`:
    repeats fold into one ticket, a recovery is noted on it (INC-06). `quoted` is the earlier mail that an answer
    quotes, taken off `text`: a ticket that is opened from it shows both. `ignored` is the reason why no ticket is to
    be opened: what was received is set aside with it. `recorder` is the person who typed it in for somebody else.
    """

    title: str
    text: str = ""
    quoted: str = ""
    ignored: str = ""
    contact: Contact = Contact()
    channel: str = ""
    kind: str = ""
    category: str = ""
    service: str = ""
    ci: str = ""
    impact: int = 0
    urgency: int = 0
    stated: str = ""
    place: str = ""
    reason: str = ""
    item: str = ""
    symptom: str = ""
    configuration: str = ""
    language: str = ""
    happened: datetime | None = None
    expected: datetime | None = None
    on_site: bool = False
    message_id: str = ""
    recorder: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False
    loop: str = ""
    detected: bool = False
    fingerprint: str = ""
    firing: bool = True
    attachments: tuple[Attached, ...] = ()


@frozen(kw_only=True, slots=False)
class Received(Record):
    """A message made durable before anything looked at it, and what became of it.

    `state` is "waiting", "opened", "joined", "unreadable", "set_aside" or "dropped"; `ticket` the id of the ticket it
    became or joined. `erased` is "all" once the message itself is gone, and with it its name.
    """

    type: ClassVar[str] = "received"

    key: str
    channel: str
    mailbox: str
    name: str
    by: str
    at: datetime
    raw: str
    size: int
    state: str = "waiting"
    ticket: str = ""
    erased: str = ""


RECEIVED = RecordType(
    "received",
    Received,
    fields=(
        Field("state", indexed=True),
        Field("channel"),
        Field("ticket", indexed=True),
        Field("at", FieldKind.TIME),
        Field("erased"),
    ),
    keys=lambda received: (f"intake:{received.key}",),
    blobs=lambda received: (received.raw,) if received.raw else (),
)


@frozen
class Receipt:
    """What became of a message handed in: "opened", "joined", "unreadable", "duplicate" or "kept".

    "kept": it is durable, but its way on met a fault that a worker will try again.
    """

    state: str
    received: str
    ticket: str = ""
    number: str = ""


@frozen
class Source:
    """Something a worker polls for messages; `taken(name)` is called once a message is durable."""

    name: str
    poll: Callable[[], Iterable[Message]]
    taken: Callable[[Message], None]
