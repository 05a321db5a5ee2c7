"""A notice and its text as a mail: RFC 5322, with the marks of RFC 3834 that keep machines from answering it."""

import re
from base64 import b64encode
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

from attrs import frozen

from itsmkit import NotDelivered, Notice, calendar_file, invited, one_line
from itsmkit_notify_email.address import Mailbox, mailbox
from itsmkit_notify_email.render import Text
from itsmkit_notify_email.settings import Settings

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,248}>")
_LOOP_MARK = re.compile(r"[0-9]{1,3}\.[A-Za-z0-9-]{1,64}\.[0-9a-f]{32}")
_WHOLE = ("in-reply-to", "references", "message-id", "x-itsmkit-loop")
MOST_REFERENCES = 20
MOST_LINE = 998
"""Bytes of a line, RFC 5322 §2.1.1."""


class _Policy(policy.EmailPolicy):
    """Folds by itself what the stock folding spoils.

    It writes long message ids as encoded words, which no mail program reads, and loses or adds spaces in subjects.
    """

    def fold(self, name: str, value: Any) -> str:
        if name.lower() in _WHOLE:
            return f"{name}: {f'{self.linesep} '.join(str(value).split())}{self.linesep}"
        if name.lower() == "subject":
            return f"{name}: {f'{self.linesep} '.join(encoded(str(value)))}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in (*_WHOLE, "subject"):
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


def encoded(text: str) -> list[str]:
    """A text with single spaces, in pieces for a header: the ASCII words it begins with, then encoded words.

    Those hold whole characters, and 45 bytes at most: RFC 2047 allows an encoded word 75 characters.
    """
    if text.isascii():
        return [text]
    words = text.split(" ")
    plain = next(place for place, word in enumerate(words) if not word.isascii())
    chunks = [b""]
    for character in " ".join(words[plain:]):
        one = character.encode()
        if len(chunks[-1]) + len(one) > 45:  # noqa: PLR2004 - as above
            chunks.append(b"")
        chunks[-1] += one
    start = [" ".join(words[:plain])] if plain else []
    return [*start, *(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in chunks)]


_POLICY = _Policy(linesep="\r\n")


@frozen
class Letter:
    """A mail ready to go: the envelope, the bytes, and what names its file."""

    sender: Mailbox
    recipient: Mailbox
    data: bytes
    notice: Notice


def letter(notice: Notice, text: Text, settings: Settings) -> Letter:
    """The mail for a notice. NotDelivered, for good, where its address is none; its content can't make this fail."""
    sender, recipient = mailbox(settings.sender), mailbox(notice.address)
    if sender is None or recipient is None:
        shown = one_line(notice.address, 100)
        raise NotDelivered(f"{shown!r} is no plain mail address; correct it on the person or team", permanent=True)
    mail = EmailMessage(_POLICY)
    mail["From"] = Address(one_line(sender.name, 100), sender.local, sender.domain)
    mail["To"] = Address("", recipient.local, recipient.domain)
    mail["Subject"] = subject(notice.number, text.subject) if notice.about else text.subject
    mail["Date"] = notice.queued
    _thread(mail, notice)
    # RFC 3834 §5. No Precedence: it is no standard, and filters take "bulk" for advertising.
    mail["Auto-Submitted"] = "auto-replied" if notice.args.get("by_mail") is True else "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if _LOOP_MARK.fullmatch(notice.loop):
        mail["X-Itsmkit-Loop"] = notice.loop
    mail.set_content(text.body, cte=_encoding(text.body, settings))
    _invite(mail, notice, sender, recipient, settings)
    return Letter(sender, recipient, mail.as_bytes(), notice)


def subject(number: str, text: str) -> str:
    """The subject with the ticket's number in brackets, once, by which people and replies find it."""
    tag = f"[{one_line(number, 40)}]"
    return text if tag in text else f"{tag} {text}".strip()


def _thread(mail: EmailMessage, notice: Notice) -> None:
    # The references come from mails of strangers.
    known = [one for one in notice.references if _MESSAGE_ID.fullmatch(one)][-MOST_REFERENCES:]
    if _MESSAGE_ID.fullmatch(notice.message_id):
        mail["Message-ID"] = notice.message_id
    if known:
        mail["In-Reply-To"] = known[-1]
        mail["References"] = " ".join(known)


def _invite(mail: EmailMessage, notice: Notice, sender: Mailbox, recipient: Mailbox, settings: Settings) -> None:
    """Add the calendar file of the visit that the notice tells of, where it tells of one."""
    visit = invited(notice.args.get("invitation"))
    if visit is None:
        return
    file = calendar_file(visit, notice.queued, notice.language, sender.address, (recipient.address,))
    cte, method = _encoding(file, settings), {"method": visit.method}
    mail.add_attachment(file, subtype="calendar", cte=cte, filename="visit.ics", params=method)


def _encoding(body: str, settings: Settings) -> str:
    # A file is also there to be read as it lies; on the way between servers seven bits are carried by all.
    plain = "8bit" if settings.transport == "file" else "7bit"
    if (plain == "8bit" or body.isascii()) and all(len(line.encode()) <= MOST_LINE for line in body.split("\n")):
        return plain
    return "quoted-printable" if body.isascii() else "base64"
