"""Handing over: to real SMTP servers that take, refuse, drop, encrypt and ask who we are; and to files."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import define, evolve, field

from itsmkit import NotDelivered, Notice, Secret, Sent
from itsmkit.testing import notice
from itsmkit_notify_email import Settings, plugin

SENDER = "Desk <desk@example.org>"


@define
class Inbox:
    """A server's side: keeps what it takes, answers as it is told to, and may hang up instead."""

    answers: dict[str, str] = field(factory=dict)
    hang_up_at: str = ""
    taken: list[Envelope] = field(factory=list)

    def _answer(self, server: SMTP, at: str) -> str | None:
        if self.hang_up_at == at and server.transport:
            server.transport.close()
        return self.answers.get(at)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._answer(server, "MAIL") or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._answer(server, "RCPT") or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        answer = self._answer(server, "DATA")
        if answer is None and self.hang_up_at != "DATA":
            self.taken.append(envelope)
        return answer or "250 OK queued as 4711"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - as above
        return self._answer(server, "QUIT") or "221 Bye"


Serve = Callable[..., Settings]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server for an inbox and gives the settings that lead to it."""
    with ExitStack() as running:

        def start(
            inbox: Inbox, server: dict[str, Any] | None = None, encrypted: ssl.SSLContext | None = None, **settings: Any
        ) -> Settings:
            options: dict[str, Any] = {"hostname": "127.0.0.1", "port": free_port(), **(server or {})}
            controller = Controller(inbox, ssl_context=encrypted, **options)
            controller.start()
            running.callback(controller.stop)
            at: dict[str, Any] = {"transport": "smtp", "host": "127.0.0.1", "port": controller.port, "timeout": 5.0}
            return Settings(sender=SENDER, **{**at, **settings})

        yield start


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def a_notice(**values: Any) -> Notice:
    args = {"title": "打印机", "status": "open", "said": ".\n..done\n字"}
    known = {"template": "progress", "args": args, "address": "ann@example.org", "message_id": "<T26-000001.1.x@d>"}
    return notice(**{**known, **values})


def deliver(settings: Settings, **values: Any) -> Sent:
    sent = plugin(settings).itsmkit_deliver(a_notice(**values))
    assert isinstance(sent, Sent)
    return sent


# to a server


def test_a_mail_reaches_the_server_whole(serve: Serve) -> None:
    inbox = Inbox()
    assert deliver(serve(inbox)).reply == "250 OK queued as 4711"
    (envelope,) = inbox.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("desk@example.org", ["ann@example.org"])
    parsed = message_from_bytes(envelope.original_content or b"", policy=policy.default)
    assert parsed["Subject"] == "[T26-000001] News on your report: 打印机"
    assert parsed["Message-ID"] == "<T26-000001.1.x@d>"
    assert "> .\r\n> ..done\r\n> 字" in str(parsed.get_content())  # type: ignore[attr-defined]


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("code", "for_good"), [("550", True), ("552", True), ("450", False), ("421", False), ("530", False)]
)
def test_refusals_of_the_mail_are_for_good_by_their_code(serve: Serve, at: str, code: str, for_good: bool) -> None:  # noqa: FBT001
    inbox = Inbox({at: f"{code} because\x07"})
    with pytest.raises(NotDelivered, match=f"{code} because") as caught:
        deliver(serve(inbox))
    assert caught.value.permanent is for_good
    assert str(caught.value).isprintable()
    assert inbox.taken == []


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
def test_a_dropped_connection_is_tried_again(serve: Serve, at: str) -> None:
    with pytest.raises(NotDelivered, match="did not take the mail") as caught:
        deliver(serve(Inbox(hang_up_at=at)))
    assert not caught.value.permanent


@pytest.mark.parametrize("inbox", [Inbox({"QUIT": "500 no"}), Inbox(hang_up_at="QUIT")], ids=["refused", "dropped"])
def test_a_goodbye_that_fails_does_not_send_the_mail_again(serve: Serve, inbox: Inbox) -> None:
    assert deliver(serve(inbox)).reply.startswith("250")
    assert len(inbox.taken) == 1


def test_nobody_listening_is_tried_again() -> None:
    with pytest.raises(NotDelivered, match="ConnectionRefusedError") as caught:
        deliver(Settings(sender=SENDER, transport="smtp", host="127.0.0.1", port=free_port()))
    assert not caught.value.permanent


def test_a_server_that_says_nothing_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings = Settings(sender=SENDER, transport="smtp", host="127.0.0.1", port=mute.getsockname()[1], timeout=0.2)
        with pytest.raises(NotDelivered, match="timed out") as caught:
            deliver(settings)
    assert not caught.value.permanent


def known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (b"desk", b"right"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_login(serve: Serve) -> None:
    asks = {"authenticator": known, "auth_required": True, "auth_require_tls": False}
    inbox = Inbox()
    assert deliver(serve(inbox, asks, login="desk", password=Secret("right"))).reply.startswith("250")
    for wrong in ({"login": "desk", "password": Secret("wrong")}, {}):
        with pytest.raises(NotDelivered, match="53") as caught:
            deliver(serve(inbox, asks, **wrong))
        assert not caught.value.permanent, "the mail is sound; the operator mends the login"
        assert "wrong" not in str(caught.value)
    assert len(inbox.taken) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1, signed by itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    paths = str(folder / "certificate.pem"), str(folder / "key.pem")
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    about = ["-subj", "/CN=desk test", "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]]
    subprocess.run([*command, *about], check=True, capture_output=True)  # noqa: S603 - openssl's own arguments
    return paths


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_an_encrypted_way(serve: Serve, certificate: tuple[str, str], tls: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    inbox = Inbox()
    starttls = {"tls_context": context, "require_starttls": True}
    settings = serve(inbox, starttls) if tls == "starttls" else serve(inbox, encrypted=context)
    assert deliver(evolve(settings, tls=tls, ca_file=Path(certificate[0]))).reply.startswith("250")
    assert len(inbox.taken) == 1
    with pytest.raises(NotDelivered, match="CERTIFICATE_VERIFY_FAILED"):
        deliver(evolve(settings, tls=tls))
    assert len(inbox.taken) == 1


def test_a_server_that_can_t_encrypt_gets_nothing(serve: Serve) -> None:
    inbox = Inbox()
    with pytest.raises(NotDelivered, match="STARTTLS") as caught:
        deliver(serve(inbox, tls="starttls"))
    assert not caught.value.permanent
    assert inbox.taken == []


# to a file


def files(directory: Path) -> list[Path]:
    return sorted(directory.iterdir())


def test_a_mail_becomes_a_file_that_one_can_read(tmp_path: Path) -> None:
    settings = Settings(directory=tmp_path / "new" / "notices")
    reply = deliver(settings).reply
    (file,) = files(tmp_path / "new" / "notices")
    assert reply == f"written to {file}"
    assert file.name.startswith("20260302T090000.000Z-T26-000001-00001-progress-")
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    assert "> 字\r\n" in file.read_bytes().decode()


def test_a_notice_delivered_twice_is_one_file_and_two_recipients_are_two(tmp_path: Path) -> None:
    settings = Settings(directory=tmp_path)
    for address in ("ann@example.org", "ann@example.org", "bob@example.org"):
        deliver(settings, address=address)
    assert len(files(tmp_path)) == 2


def test_no_number_or_template_leads_out_of_the_directory(tmp_path: Path) -> None:
    directory = tmp_path / "notices"
    deliver(Settings(directory=directory), number="../../T1", template="../x\x00/y" * 100)
    assert [one.name for one in files(tmp_path)] == ["notices"]
    assert len(files(directory)) == 1


def test_a_directory_that_can_t_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "notices").write_text("a file")
    with pytest.raises(NotDelivered, match="can't write") as caught:
        deliver(Settings(directory=tmp_path / "notices"))
    assert not caught.value.permanent


def test_without_a_directory_mails_wait_for_one() -> None:
    with pytest.raises(NotDelivered, match="set `directory`") as caught:
        deliver(Settings())
    assert not caught.value.permanent


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    settings = Settings(directory=tmp_path)
    Path(deliver(settings).reply.removeprefix("written to ")).unlink()
    name = next(iter(files(tmp_path)), None)
    assert name is None
    blocked = tmp_path / deliver(settings).reply.rpartition("/")[2]
    blocked.unlink()
    (blocked / "in the way").mkdir(parents=True)
    with pytest.raises(NotDelivered, match="can't write"):
        deliver(settings)
    assert files(tmp_path) == [blocked]


# both


def test_other_channels_are_others_business(tmp_path: Path) -> None:
    assert plugin(Settings(directory=tmp_path)).itsmkit_deliver(a_notice(channel="phone")) is None
    assert files(tmp_path) == []


def test_a_warning_says_where_a_template_failed(tmp_path: Path) -> None:
    sent = deliver(Settings(directory=tmp_path), template="absent")
    assert sent.reply.startswith("written to ")
    assert sent.warning.startswith("plain text was sent, since template 'absent' failed: TemplatesNotFound: ")
    assert sent.warning.endswith("en/absent.txt")
    (file,) = files(tmp_path)
    assert "[T26-000001]" in file.read_text("utf-8")
