"""The settings of this plugin, checked when they are read."""

from pathlib import Path
from typing import Any

from attrs import field, frozen, validators

from itsmkit import Secret
from itsmkit_notify_email.address import mailbox

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _is_mailbox(_settings: Any, _attribute: Any, value: str) -> None:
    if mailbox(value) is None:
        raise ValueError(f"sender {value!r} is no mail address; write it as: Service Desk <desk@example.org>")


def _is_zone(_settings: Any, _attribute: Any, value: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as fault:
        raise ValueError(f"unknown time zone {value!r}; write it as: Asia/Shanghai") from fault


def _is_ascii(_settings: Any, attribute: Any, value: str | Secret) -> None:
    text = value.reveal() if isinstance(value, Secret) else value
    if not text.isascii():  # smtplib would raise it on each mail; the value itself is never shown
        raise ValueError(f"{attribute.name} holds characters outside ASCII, which SMTP logins don't carry")


@frozen
class Settings:
    """How mails are written and handed over.

    `sender` is the desk's own mailbox, `own` are further addresses of the desk: nothing is ever sent there. `transport`
    "file" writes one `.eml` a mail into `directory`, "smtp" sends to `host`. `templates` is a folder of the site whose
    `<language>/<name>.txt` win over the shipped ones; `language` is used for recipients who state none, `zone` for
    times in texts. `tls` is "none", "starttls" or "tls", checked against the system's authorities or `ca_file`;
    `timeout` is in seconds for each answer of the server.
    """

    sender: str = field(default="Service Desk <servicedesk@localhost>", validator=_is_mailbox)
    transport: str = field(default="file", validator=validators.in_(("file", "smtp")))
    directory: Path | None = None
    templates: Path | None = None
    language: str = field(default="en", validator=validators.matches_re(r"[a-z]{2,3}"))
    zone: str = field(default="UTC", validator=_is_zone)
    own: tuple[str, ...] = ()
    host: str = "localhost"
    port: int = field(default=25, validator=[validators.ge(1), validators.le(65535)])
    tls: str = field(default="none", validator=validators.in_(("none", "starttls", "tls")))
    ca_file: Path | None = None
    login: str = field(default="", validator=_is_ascii)
    password: Secret = field(default=Secret(), validator=_is_ascii)
    timeout: float = field(default=30.0, validator=validators.gt(0))

    def __attrs_post_init__(self) -> None:
        if self.login and self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError(f"a login to {self.host} would travel in the clear; set tls to 'starttls' or 'tls'")
