"""Handing a mail over: to an SMTP server, or as a file into a directory."""

import os
import re
import smtplib
import ssl
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from itsmkit import NotDelivered, one_line
from itsmkit_notify_email.message import Letter
from itsmkit_notify_email.settings import Settings

DONE, NEVER = range(200, 300), range(500, 600)
"""What a reply code means, RFC 5321 §4.2.1; those between mean: not now."""
LOGIN_WANTED = (530, 534, 535, 538)
"""Refusals that speak of our login (RFC 4954), not of this mail."""
CLOSING = 421


def hand_over(letter: Letter, settings: Settings) -> str:
    """Deliver by the transport of the settings; the answer is what was said. NotDelivered where it failed."""
    if settings.transport == "file":
        if settings.directory is None:
            raise NotDelivered("nowhere to write mails to; set `directory` in [plugin.notify_email]", shut=True)
        return _file(letter, settings.directory)
    return _smtp(letter, settings)


# to a file


def _file(letter: Letter, directory: Path) -> str:
    """Whole or not at all; a repeated delivery lands on the same name, so that it leaves one file."""
    path = directory / file_name(letter)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=directory, prefix=".", suffix=".part", delete=False) as part:
            try:
                part.write(letter.data)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).replace(path)
            except OSError:
                Path(part.name).unlink(missing_ok=True)
                raise
    except OSError as fault:
        raise NotDelivered(f"can't write {path}: {fault.strerror or fault}", shut=True) from fault
    return f"written to {path}"


def file_name(letter: Letter) -> str:
    """A name that sorts as things went and tells of what: 20261123T142501.123Z-T26-000123-00040-resolved-….eml."""
    notice = letter.notice
    moment = f"{notice.queued:%Y%m%dT%H%M%S}.{notice.queued.microsecond // 1000:03d}Z"
    number, template = (re.sub(r"[^A-Za-z0-9_-]", "", word)[:40] for word in (notice.number, notice.template))
    once = sha256(f"{notice.id}\n{notice.message_id}\n{letter.recipient.address}".encode()).hexdigest()[:10]
    return f"{moment}-{number}-{notice.event:05d}-{template}-{once}.eml"


# to a server


def _smtp(letter: Letter, settings: Settings) -> str:
    try:
        server = _connection(letter, settings)
        try:
            return _sent(letter, server)
        finally:
            _leave(server)
    except smtplib.SMTPResponseException as fault:
        # While connecting, greeting or logging in, a refusal is ours to mend and the mail can wait.
        raise NotDelivered(_failed(settings, f"{fault.smtp_code} {_reply(fault.smtp_error)}"), shut=True) from fault
    except OSError as fault:  # smtplib's own errors are OSErrors as well
        raise NotDelivered(_failed(settings, f"{type(fault).__name__}: {fault}"), shut=True) from fault


def _sent(letter: Letter, server: smtplib.SMTP) -> str:
    _said(server.mail(letter.sender.address), "the sender")
    _said(server.rcpt(letter.recipient.address), "the recipient")
    try:
        return _said(server.data(letter.data), "the mail")
    except smtplib.SMTPDataError as fault:
        return _said((fault.smtp_code, _bytes(fault.smtp_error)), "the mail")


def _leave(server: smtplib.SMTP) -> None:
    # Once the mail is taken, a goodbye that fails must not have it sent again.
    with suppress(OSError):
        server.quit()
    server.close()


def _connection(letter: Letter, settings: Settings) -> smtplib.SMTP:
    """A server that has greeted us and, where asked for, is encrypted and knows us."""
    # The default would ask the name service for our own name, which can take its time.
    name = letter.sender.domain
    if settings.tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, name, timeout=settings.timeout, context=_trust(settings)
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, name, timeout=settings.timeout)
    try:
        if settings.tls == "starttls":
            server.starttls(context=_trust(settings))
        server.ehlo_or_helo_if_needed()
        if settings.login:
            server.login(settings.login, settings.password.reveal())
    except OSError:
        server.close()
        raise
    return server


def _trust(settings: Settings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.ca_file)


def _said(answer: tuple[int, bytes], to: str) -> str:
    code, reply = answer
    said = f"{code} {_reply(reply)}"
    if code in DONE:
        return said
    # 421: it is about to close, whatever we want (RFC 5321 §3.8).
    shut = code in LOGIN_WANTED or code == CLOSING
    raise NotDelivered(f"the server refused {to}: {said}", permanent=code in NEVER and not shut, shut=shut)


def _reply(reply: bytes | str) -> str:
    return one_line(_bytes(reply).decode("utf-8", "replace"), 300)


def _bytes(reply: bytes | str) -> bytes:
    # smtplib promises either
    return reply if isinstance(reply, bytes) else reply.encode()


def _failed(settings: Settings, why: str) -> str:
    return f"{settings.host}:{settings.port} did not take the mail: {one_line(why, 300)}"
