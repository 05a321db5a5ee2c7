"""Mails as bytes: the headers are those meant, whatever the content; and machines don't answer them."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itsmkit import NotDelivered, one_line
from itsmkit.testing import notice
from itsmkit_notify_email import Settings
from itsmkit_notify_email.message import encoded, letter
from itsmkit_notify_email.render import MOST_SUBJECT, Text

DESK = Settings(sender="服务台 <desk@example.org>", transport="smtp")
OURS = "<T26-000001.0190.mac@desk.example.org>"
BARE = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"]
CONTENT = ["Content-Type", "Content-Transfer-Encoding", "MIME-Version"]


def mail(text: Text, desk: Settings = DESK, **values: Any) -> tuple[bytes, EmailMessage]:
    known = {"message_id": OURS, "address": "ann@example.org"}
    data = letter(notice(**{**known, **values}), text, desk).data
    parsed = message_from_bytes(data, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return data, parsed


def content(parsed: EmailMessage) -> str:
    return str(parsed.get_content()).replace("\r\n", "\n")


def header_names(data: bytes) -> list[str]:
    """The names of the header lines, read off the bytes as a mail server would."""
    head = data.partition(b"\r\n\r\n")[0]
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in b" \t"]


def test_what_a_mail_looks_like() -> None:
    data, parsed = mail(Text("打印机 is on fire", "您好！\n"), references=("<a@x>", "<b@y>"))
    assert parsed["From"] == "服务台 <desk@example.org>"
    assert parsed["To"] == "ann@example.org"
    assert parsed["Subject"] == "[T26-000001] 打印机 is on fire"
    assert parsed["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert parsed["Message-ID"] == OURS
    assert (parsed["In-Reply-To"], parsed["References"].split()) == ("<b@y>", ["<a@x>", "<b@y>"])
    assert parsed.get_content_type() == "text/plain"
    assert content(parsed) == "您好！\n"
    assert data.isascii()


@pytest.mark.parametrize(
    ("by_mail", "mark"), [(True, "auto-replied"), (False, "auto-generated"), ("x", "auto-generated")]
)
def test_machines_are_asked_not_to_answer(by_mail: Any, mark: str) -> None:
    _, parsed = mail(Text("x", "y\n"), args={"by_mail": by_mail})
    assert (parsed["Auto-Submitted"], parsed["X-Auto-Response-Suppress"]) == (mark, "All")
    assert "Precedence" not in parsed


def test_the_number_stands_in_the_subject_once() -> None:
    assert mail(Text("[T26-000001] x", "y\n"))[1]["Subject"] == "[T26-000001] x"
    assert mail(Text("", "y\n"))[1]["Subject"] == "[T26-000001]"


@pytest.mark.parametrize("length", [10, 80, 200, 240])
def test_message_ids_stay_whole(length: int) -> None:
    """The stock folding of the email package turns long ones into encoded words."""
    long = f"<{'a' * length}@x>"
    data, parsed = mail(Text("x", "y\n"), message_id=long, references=(long, OURS, long))
    assert long.encode() in data
    assert parsed["References"].split() == [long, OURS, long]


@pytest.mark.parametrize(
    "evil", ["<a@x>\r\nBcc: <b@y>", "no id", "<a b@x>", "<ä@x>", f"<{'a' * 1000}@x>", "<a@x><b@y>", ""]
)
def test_references_of_strangers_are_ids_or_nothing(evil: str) -> None:
    data, parsed = mail(Text("x", "y\n"), references=(evil, OURS))
    assert parsed["References"] == OURS
    assert header_names(data) == [*BARE[:5], "In-Reply-To", "References", *BARE[5:], *CONTENT]


def test_a_long_thread_keeps_its_end() -> None:
    ids = tuple(f"<{number}@x>" for number in range(1000))
    assert mail(Text("x", "y\n"), references=ids)[1]["References"].split() == list(ids[-20:])


@pytest.mark.parametrize(
    "address",
    [
        "", "ann", "ann@", "@example.org", "ann@example.org,bob@example.org", "ann@example.org\r\nBcc: bob@example.org",
        "ann@example.org ", "Ann <ann@example.org", '"a b"@example.org', "ann@example.org)bob@evil.example",
        "ann@[127.0.0.1]", "ann@exa_mple.org", "a" * 65 + "@example.org", "ann@" + "a." * 130 + "org", "安@example.org",
        "ann@例子.中国", "<ann@example.org> <bob@example.org>", "ceo@example.org <bob@evil@example>", "..@example.org",
        "ann@-a.org", "ann@example.org\x00",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_for_good(address: str) -> None:
    with pytest.raises(NotDelivered, match="no plain mail address") as caught:
        mail(Text("x", "y\n"), address=address)
    assert caught.value.permanent
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("transport", ["smtp", "file"])
@pytest.mark.parametrize(
    "body", ["short\n", "长" * 4_000 + "\n", "x" * 4_000 + "\n", ".\n..\nFrom me\n", "=3D\n\n", "\n"]
)
def test_the_body_arrives_as_written_on_lines_that_servers_carry(body: str, transport: str) -> None:
    data, parsed = mail(Text("x", body), Settings(transport=transport))
    assert content(parsed) == body
    assert max(map(len, data.split(b"\r\n"))) <= 998


def test_a_file_can_be_read_as_it_lies() -> None:
    data, _ = mail(Text("x", "您好！\n"), Settings(transport="file"))
    assert data.endswith("\r\n您好！\r\n".encode())


PIECES = (
    "\r\n", "\n", "\r", "\r\n\r\n", "Bcc: evil@example.org", "=?utf-8?q?=0D=0ABcc=3A_x=40y?=", "=?", "?=",
    "=?utf-8?b?DQpCY2M6IHhAeQ==?=", " ", "\t", "\x85", "\u2028", "\x00", "\ud800", "\u3000", "\xa0", "a" * 90,
    "字" * 40, '"', "<", ">", ",", ";", ":", "(", ")", "\\", "@",
)  # fmt: skip
HOSTILE = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cc", "Cs", "Zl", "Zp", "Zs", "Cf", "Po", "Lo"])),
    st.lists(st.sampled_from(PIECES)).map("".join),
)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
@example("x =?utf-8?q?hi=0D=0ABcc=3A_evil=40example.org?=", "", "")
@example("a\x0bb\u2029Bcc: x@y", "a\r\n.\r\nb", "<a@x>\n")
def test_no_content_adds_a_header_or_raises(title: str, body: str, reference: str) -> None:
    from itsmkit_notify_email.render import Renderer

    text = Renderer(DESK).text(notice(template="progress", args={"title": title, "status": "open", "said": body}))
    data, parsed = mail(text, number=title[:10] or "T1", references=(reference,))
    assert header_names(data) == [*BARE, *CONTENT]
    assert list(parsed.keys()) == [*BARE, *CONTENT]
    assert data.isascii()
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert not parsed.defects
    assert content(parsed) == text.body


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_a_subject_is_read_as_it_was_meant(title: str) -> None:
    meant = one_line(title, MOST_SUBJECT)
    _, parsed = mail(Text(meant, "y\n"))
    assert parsed["Subject"] == f"[T26-000001] {meant}".strip()


def test_every_character_comes_through_an_encoded_word() -> None:
    characters = "".join(map(chr, range(0x110000)))
    for start in range(0, len(characters), 2_000):
        meant = one_line(characters[start : start + 2_000], 2_000)
        words = encoded(meant)
        assert all(word.isascii() for word in words)
        assert all(len(word) <= 75 for word in words[1:])
        assert str(make_header(decode_header("\r\n ".join(words)))) == meant
