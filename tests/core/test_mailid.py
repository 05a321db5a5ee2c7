"""The identities of mail."""

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.core.errors import BadInput
from itsmkit.core.mailid import content_key, message_id, verified_number

SECRET = b"a secret of the site"
MAIL = b"From: Ann <ann@example.org>\r\nDate: Mon, 2 Nov 2026 09:00:00 +0000\r\nSubject: printer\r\n\r\nIt burns.\r\n"
HOPS = (
    b"Received: from a.example by b.example\r\n\twith ESMTP; Mon, 2 Nov 2026 09:00:01 +0000\r\n",
    b"Return-Path: <ann@example.org>\r\nDelivered-To: desk@example.org\r\n",
    b"X-Spam-Score: 0.1\r\nX-Spam-Report:\r\n * 0.1 all is well\r\n",
    b"ARC-Seal: i=1; a=rsa-sha256\r\nAuthentication-Results: mx.example; spf=pass\r\n",
    b"DKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\n",
    b"received : by c.example\r\n",
)


@pytest.mark.parametrize("hop", HOPS)
def test_a_further_hop_leaves_the_key_as_it_is(hop: bytes) -> None:
    assert content_key(hop + MAIL) == content_key(MAIL)
    at = MAIL.index(b"Subject")
    assert content_key(MAIL[:at] + hop + MAIL[at:]) == content_key(MAIL)


def test_an_mbox_line_and_blank_lines_at_the_end_leave_the_key_as_it_is() -> None:
    assert content_key(b"From ann@example.org Mon Nov  2 09:00:01 2026\n" + MAIL + b"\r\n") == content_key(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"burns", b"smokes"),
        MAIL.replace(b"printer", b"plotter"),
        MAIL.replace(b"Ann", b"Bob"),
        MAIL.replace(b"\r\n\r\n", b"\r\nX-Priority: 1\r\n\r\n"),
        MAIL.replace(b"It burns.", b"Received: a parcel\r\nIt burns."),
    ],
)
def test_another_mail_has_another_key_even_under_the_same_message_id(other: bytes) -> None:
    same_id = b"Message-ID: <1@example.org>\r\n"
    assert content_key(same_id + other) != content_key(same_id + MAIL)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Status: open\nName: router\n\nbroken\n",
        b'{"alerts": []}\n\n',
        b"Received: a parcel\n\nFrom: home\n",
        b"From: x\nDate: y\nno header at all\n\nbody",
        b"From: x\nDate: y",
        b"From : 1\nlooks like mbox but isn't\n\n",
    ],
)
def test_what_is_no_mail_is_taken_byte_for_byte(raw: bytes) -> None:
    assert content_key(raw) == sha256(raw).hexdigest()


@given(st.binary(max_size=400), st.sampled_from([b"", MAIL, b"From ", MAIL[:60]]))
def test_any_bytes_have_a_key(raw: bytes, before: bytes) -> None:
    assert len(content_key(before + raw)) == 64


def test_the_time_grows_with_the_size_and_no_faster() -> None:
    hostile = (
        b"a" * 4_000_000,
        b"From: a\n" * 500_000,
        b"From: a\n" + b" \n" * 2_000_000,
        b"\n" * 4_000_000,
        b"a:\n" * 10**6,
    )
    for raw in hostile:
        start = time.process_time()
        content_key(raw)
        assert time.process_time() - start < 0.5


@given(
    number=st.from_regex(r"[A-Z][0-9]{2}-[0-9]{6}", fullmatch=True),
    notice=st.from_regex(r"[0-9a-f]{1,64}", fullmatch=True),
)
def test_an_id_of_ours_tells_its_ticket(number: str, notice: str) -> None:
    made = message_id(number, notice, SECRET, "desk.example.org")
    assert verified_number(made, SECRET, "Desk.Example.ORG") == number
    assert verified_number(made[1:-1], SECRET, "desk.example.org") == number
    assert verified_number(made, b"another secret", "desk.example.org") is None
    assert verified_number(made, SECRET, "evil.example") is None
    assert verified_number(made.replace(number, "T99-999999"), SECRET, "desk.example.org") is None


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "<>",
        "<T26-000001@desk.example.org>",
        "<T26-000001.n.@desk.example.org>",
        "<T26-000001.n.0@desk.example.org>",
        "<T26-000001.n.é@desk.example.org>",
        "<..@desk.example.org>",
        "<T26-000001.n.m.more@desk.example.org>",
    ],
)
def test_a_made_up_id_tells_nothing(forged: str) -> None:
    assert verified_number(forged, SECRET, "desk.example.org") is None


@given(st.text())
def test_any_text_may_be_asked(text: str) -> None:
    assert verified_number(text, SECRET, "desk.example.org") is None


@pytest.mark.parametrize(
    ("secret", "number", "domain"), [(b"", "T26-1", "x"), (SECRET, "T 1", "x"), (SECRET, "T26-1", "")]
)
def test_an_id_that_could_be_forged_or_broken_is_refused(secret: bytes, number: str, domain: str) -> None:
    with pytest.raises(BadInput):
        message_id(number, "n1", secret, domain)


def test_without_a_secret_nothing_verifies() -> None:
    assert verified_number(message_id("T26-1", "n", SECRET, "x.example"), b"", "x.example") is None


@pytest.mark.skipif("ITSMKIT_DATA" not in os.environ, reason="ITSMKIT_DATA names no folder of test mails")
def test_every_mail_of_the_collection_has_a_key_of_its_own() -> None:
    mails = [path.read_bytes() for path in (Path(os.environ["ITSMKIT_DATA"]) / "mail").iterdir()]
    assert len({content_key(raw) for raw in mails}) == len(set(mails)) > 300
