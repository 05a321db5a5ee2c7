"""What the world outside sends: mails as their programs write them, and an alerting system's webhooks."""

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from attrs import frozen

from itsmkit.core.model.party import Person


@frozen
class Letter:
    """A mail to the desk: who writes what and when, perhaps in answer to another, perhaps written by a machine."""

    sender: Person
    title: str
    text: str
    at: datetime
    answers: str = ""
    automatic: bool = False

    @property
    def message_id(self) -> str:
        """The id that the sender's program gives it."""
        seal = sha256(f"{self.sender.id} {self.at.isoformat()} {self.title}".encode()).hexdigest()[:20]
        return f"<{seal}@{self.sender.mails[0].partition('@')[2]}>"


def mail(letter: Letter, desk: str) -> bytes:
    """The mail as it arrives: RFC 5322, UTF-8."""
    message = EmailMessage(policy.SMTP)
    message["From"] = f"{letter.sender.name} <{letter.sender.mails[0]}>"
    message["To"] = desk
    message["Subject"] = letter.title
    message["Date"] = letter.at
    message["Message-ID"] = letter.message_id
    if letter.answers:
        message["In-Reply-To"] = letter.answers
        message["References"] = letter.answers
    if letter.automatic:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(letter.text)
    return bytes(message)


def gb_mail(letter: Letter, desk: str) -> bytes:
    """The mail as many programs in China write it: in GB18030, which they call gb2312."""

    def word(text: str) -> str:
        return f"=?gb2312?B?{b64encode(text.encode('gb18030')).decode()}?="

    head = (
        f"From: {word(letter.sender.name)} <{letter.sender.mails[0]}>",
        f"To: {desk}",
        f"Subject: {word(letter.title)}",
        f"Date: {format_datetime(letter.at)}",
        f"Message-ID: {letter.message_id}",
        "MIME-Version: 1.0",
        'Content-Type: text/plain; charset="gb2312"',
        "Content-Transfer-Encoding: 8bit",
    )
    return "\r\n".join((*head, "", "")).encode("ascii") + letter.text.replace("\n", "\r\n").encode("gb18030")


@frozen
class Alert:
    """A rule of the monitoring that fires for something, since when, and until when where it is over."""

    name: str
    instance: str
    severity: str
    summary: str
    since: datetime
    until: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """What tells this alert from others: its labels, sixteen hex digits."""
        return sha256(f"{self.name} {self.instance}".encode()).hexdigest()[:16]


def webhook(alert: Alert) -> bytes:
    """The body that Alertmanager posts (webhook version 4)."""
    state = "resolved" if alert.until else "firing"
    labels = {"alertname": alert.name, "instance": alert.instance, "severity": alert.severity}
    notes = {"summary": alert.summary}
    one = {
        "status": state,
        "labels": labels,
        "annotations": notes,
        "startsAt": _rfc3339(alert.since),
        "endsAt": _rfc3339(alert.until) if alert.until else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example:9090/graph",
        "fingerprint": alert.fingerprint,
    }
    body = {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{alert.name}", instance="{alert.instance}"}}',
        "truncatedAlerts": 0,
        "status": state,
        "receiver": "itsmkit",
        "groupLabels": {"alertname": alert.name, "instance": alert.instance},
        "commonLabels": labels,
        "commonAnnotations": notes,
        "externalURL": "http://alertmanager.example:9093",
        "alerts": [one],
    }
    return json.dumps(body).encode()


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@frozen
class Arrived:
    """A notice as its reader finds it in the outbox: where, its id, to whom, and its subject."""

    path: Path
    message_id: str
    to: str
    subject: str


def delivered(outbox: Path, number: str, template: str = "") -> Sequence[Arrived]:
    """The mails about a ticket that lie in the outbox, oldest first; with a template's name only those."""
    found = sorted(outbox.glob(f"*-{number}-*-{template or '*'}-*.eml"))
    return [_arrived(path) for path in found]


def _arrived(path: Path) -> Arrived:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    to = str(message["To"])
    return Arrived(path, str(message["Message-ID"]).strip(), to, " ".join(str(message["Subject"]).split()))
