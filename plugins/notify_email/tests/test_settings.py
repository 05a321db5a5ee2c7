"""Settings are refused where mails would fail later."""

import subprocess
import sys
from typing import Any

import pytest

from itsmkit import Secret
from itsmkit_notify_email import Settings
from itsmkit_notify_email.address import Mailbox, mailbox


def test_the_defaults_let_nothing_out() -> None:
    assert Settings().transport == "file"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sender": "desk"}, "Service Desk <desk@example.org>"),
        ({"sender": "Desk <desk@example.org>\r\nBcc: x@y"}, "no mail address"),
        ({"transport": "pigeon"}, "transport"),
        ({"tls": "yes"}, "tls"),
        ({"port": 0}, "port"),
        ({"port": 65536}, "port"),
        ({"timeout": 0.0}, "timeout"),
        ({"zone": "Mars/Base"}, "Asia/Shanghai"),
        ({"zone": "../etc"}, "time zone"),
        ({"language": "../en"}, "language"),
        ({"host": "mail.example.org", "login": "desk"}, "in the clear"),
    ],
)
def test_what_can_t_be_is_refused_with_what_to_do(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Settings(**wrong)


def test_a_password_is_never_shown() -> None:
    assert "geheim" not in repr(Settings(login="desk", password=Secret("geheim")))
    with pytest.raises(ValueError, match="outside ASCII") as caught:
        Settings(password=Secret("密码-geheim"))
    assert "geheim" not in str(caught.value)


def test_a_mailbox() -> None:
    assert mailbox("服务台 <desk@example.org>") == Mailbox("desk", "example.org", "服务台")
    assert mailbox("desk@localhost") == Mailbox("desk", "localhost")


def test_naming_the_plugin_loads_no_mail_modules() -> None:
    heavy = "email jinja2 smtplib ssl"
    make = "import sys, itsmkit_notify_email as p; p.plugin(p.Settings())"
    code = f"{make}; print([name for name in {heavy!r}.split() if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert done.stdout.strip() == "[]"
