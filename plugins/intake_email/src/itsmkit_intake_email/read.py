"""From the bytes of a mail to a report."""

import re

from itsmkit import Attached, Message, Report
from itsmkit_intake_email.body import Body, more_files, read_body
from itsmkit_intake_email.language import guess_language
from itsmkit_intake_email.mbox import messages
from itsmkit_intake_email.mime import Head, read_head, take_apart
from itsmkit_intake_email.reply import split_quotation
from itsmkit_intake_email.sender import OwnLists, automatic, contact
from itsmkit_intake_email.words import header_text

_ID = re.compile(r"<\s*([^<>\s]{1,250})\s*>")
_BARE_ID = re.compile(r"[^<>\s@]{1,125}@[^<>\s]{1,124}")
_TOKEN = re.compile(r"[^<>\s]{1,250}")
_TELLING = 2
_REFERENCES = 50
_TITLE = 120
_COMMON = frozenset(
    "bcc cc content-disposition content-transfer-encoding content-type date delivered-to envelope-to errors-to from "
    "in-reply-to message-id mime-version received references reply-to return-path sender subject to x-mailer "
    "x-mimeole x-original-to x-received".split()
)


def _is_mail(message: Message, head: Head) -> bool:
    """A header common in mail at the top makes one, or two anywhere; on the channel "email" any header at all."""
    if not head.fields or message.channel == "email":
        return bool(head.fields)
    return head.fields[0][0] in _COMMON or len(head.names & _COMMON) >= _TELLING


def read_mail(message: Message, own: OwnLists) -> Report | None:
    """The report a mail makes, None where it is no mail, NotReadable where it is beyond the limits or damaged."""
    first, *others = messages(message.raw)
    head, _ = read_head(first)
    if not _is_mail(message, head):
        return None
    mail = take_apart(first)
    body = read_body(mail)
    references = _references(head)
    answer = split_quotation(body.text) if references else None
    body = _with_others(body, others)
    return Report(
        title=header_text(head.get("subject"), mail.charset) or _first_line(body.text),
        text=answer.own if answer else body.text,
        quoted=answer.quoted if answer else "",
        contact=contact(", ".join(head.all("from")), mail.charset),
        channel="email",
        language=guess_language(f"{header_text(head.get('subject'), mail.charset)}\n{body.text}"),
        message_id=_message_id(head),
        references=references,
        automatic=automatic(mail, own),
        loop=mail.head.get("x-itsmkit-loop").strip()[:120],
        attachments=body.files,
    )


def _with_others(body: Body, others: list[bytes]) -> Body:
    if not others:
        return body
    files = tuple(Attached(f"message-{at}.eml", "message/rfc822", other) for at, other in enumerate(others, start=2))
    return more_files(body, files)


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return line[:_TITLE] or "(no subject)"


def _message_id(head: Head) -> str:
    value = header_text(head.get("message-id"))
    ids = _ids(value)
    return ids[0] if ids else f"<{value}>" if _TOKEN.fullmatch(value) else ""


def _references(head: Head) -> tuple[str, ...]:
    values = (*head.all("references"), *head.all("in-reply-to"))
    return tuple(dict.fromkeys(one for value in values for one in _ids(value)))[-_REFERENCES:]


def _ids(value: str) -> tuple[str, ...]:
    clean = header_text(value)
    found = tuple(f"<{one}>" for one in _ID.findall(clean))
    return found or tuple(f"<{one}>" for one in _BARE_ID.findall(clean))
