"""Mail made to do harm: it is read, or refused with one typed error, in little time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmkit import ItsmError, Message, Report
from itsmkit_intake_email import Settings, plugin

HEAD = b"From: a@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
SECONDS = 8.0  # on a loaded machine; on an idle one none takes a fifth of it, and quadratic work minutes
MILLION = 1_000_000


def read(raw: bytes) -> Report | None:
    return plugin(Settings()).itsmkit_intake(Message(raw, channel="email"))


def nested(depth: int) -> bytes:
    layers = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(depth))
    return HEAD + b"".join(layers) + b"\r\nhi"


def parts(number: int, head: bytes = b"") -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=q\r\n\r\n" + (b"--q\r\n" + head + b"\r\nx\r\n") * number


def html(page: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html\r\n\r\n" + page


def answer(line: bytes) -> bytes:
    return HEAD + b"In-Reply-To: <a@b>\r\n\r\nhi\n" + (line + b"\n") * 400


REFUSED = {
    "depth 3,000": nested(3000),
    "depth 21": nested(22),
    "50,000 parts": parts(50_000),
    "201 parts": parts(201),
    "100,000 headers": HEAD + b"X: y\r\n" * 100_000,
    "501 headers": HEAD + b"X: y\r\n" * 501,
    "64 KB of headers": HEAD + (b"X: " + b"y" * 5000 + b"\r\n") * 14,
    "16 KB of quotes in To": HEAD + b"To: " + b'"' * 16_384 + b"\r\n\r\n",
    "a header folded to 9 KB": HEAD + b"X: y\r\n" + (b" " + b"z" * 90 + b"\r\n") * 100,
    "16,000 parameters": HEAD + b"Content-Type: text/plain" + b";a=" * 16_000 + b"\r\n\r\n",
    "16,000 encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 16_000 + b"\r\n\r\n",
    "26 MB": HEAD + b"\r\n" + b"x" * 26 * 2**20,
    "lines like boundaries": HEAD + b"Content-Type: multipart/mixed; boundary=q\r\n\r\n" + b"--qx\n" * MILLION,
}
READ = {
    "enclosed mail, depth 1,000": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1000,
    "1,000 nested comments in To": HEAD + b"To: " + b"(" * 1000 + b")" * 1000 + b"\r\n\r\nhi",
    "1,000 nested comments in From": b"Subject: x\r\nFrom: " + b"(" * 1000 + b")" * 1000 + b"\r\n\r\nhi",
    "quotes in From": b"Subject: x\r\nFrom: " + b'"' * 8000 + b"\r\n\r\nhi",
    "quoted pairs in From": b'Subject: x\r\nFrom: "' + b'\\"' * 4000 + b"\r\n\r\nhi",
    "dots in From": b"Subject: x\r\nFrom: " + b"a." * 4000 + b"\r\n\r\nhi",
    "dashes in From": b"Subject: x\r\nFrom: a@" + b"a-" * 4000 + b"!\r\n\r\nhi",
    "words in From": b"Subject: x\r\nFrom: " + b"a " * 4000 + b"<\r\n\r\nhi",
    "blanks in From": b'Subject: x\r\nFrom: "' + b" a" * 4000 + b"@\r\n\r\nhi",
    "8 KB of parameters": HEAD + b"Content-Type: text/plain" + b";a=" * 2600 + b"\r\n\r\nhi",
    "8 KB of parameters in 190 parts": parts(190, b"Content-Type: text/plain" + b";a=" * 2600 + b"\r\n"),
    "a name in 900 pieces": HEAD + b"Content-Disposition: attachment" + b";f*1=a" * 900 + b"\r\n\r\nhi",
    "8 KB of encoded words": b"From: a@b.example\r\nSubject: " + b"=?utf-8?q?a?= " * 570 + b"\r\n\r\nhi",
    "unclosed encoded words": b"From: a@b.example\r\nSubject: " + b"=?u?q?" * 1300 + b"\r\n\r\nhi",
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * MILLION,
    "idna": HEAD + b"Content-Type: text/plain; charset=idna\r\n\r\n" + b"\xe9" * MILLION,
    "pairs that end odd": HEAD + b"\r\n" + b"ab\xb0\xa1" * MILLION + b"\xe9",
    "base64 of padding": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"A=" * 2 * MILLION,
    "short lines of uuencode": HEAD
    + b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 1 x\r\n"
    + b"#ABCD\n" * MILLION,
    "12 MB of newlines": HEAD + b"\r\n" + b"\n" * 12 * MILLION,
    "12 MB of dashes": HEAD + b"Content-Type: multipart/mixed; boundary=-\r\n\r\n" + b"-" * 12 * MILLION,
    "nested elements": html(b"<div>" * 200_000),
    "nested elements, closed": html(b"<div>" * 90_000 + b"</div>" * 90_000),
    "nested formatting": html(b"<i><b><font>" * 60_000),
    "tables in links": html(b"<a><table>" * 100_000),
    "open tags": html(b"<" * MILLION),
    "open comments": html(b"<!--" * 250_000),
    "attributes": html(b"<p " + b"a=1 " * 250_000),
    "On On On": answer(b"On " * 66),
    "On and blanks": answer(b"On " + b" " * 190),
    "deep quotation": answer(b"> " * 100),
    "Chinese header half": answer("在".encode() * 190),
    "half a reference": b"From: a@b.example\r\nReferences: " + b"<a " * 2600 + b"\r\n\r\nhi",
    "mbox of 100,000": b"From x\n" + HEAD + b"\r\n" + b"\n\nFrom x 10:00 2024\nA: b\n" * 100_000,
    "mbox lines that are none": b"From x\n" + HEAD + b"\r\n" + b"\n\nFrom x" * 500_000,
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED)
def test_beyond_the_limits_a_mail_is_refused_at_once(raw: bytes) -> None:
    start = time.process_time()
    with pytest.raises(ItsmError):
        read(raw)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("raw", READ.values(), ids=READ)
def test_within_the_limits_it_is_read_in_little_time(raw: bytes) -> None:
    start = time.process_time()
    assert read(raw) is not None
    assert time.process_time() - start < SECONDS


def test_what_is_just_within_the_limits_is_read() -> None:
    for raw in (nested(20), parts(200), HEAD + b"X: y\r\n" * 497 + b"\r\nhi"):
        report = read(raw)
        assert report is not None
        assert report.text


PIECES = st.sampled_from(
    [
        *(
            b"From: ",
            b"Subject: ",
            b"To: ",
            b"References: ",
            b"Content-Type: ",
            b"Content-Disposition: ",
            b"Return-Path: ",
        ),
        *(
            b"multipart/mixed; boundary=b",
            b"text/html; charset=",
            b"message/rfc822",
            b"text/plain",
            b"utf-8",
            b"gb2312",
        ),
        *(
            b"attachment; filename*0*=utf-8''%",
            b"; filename=",
            b"Content-Transfer-Encoding: ",
            b"base64",
            b"x-uuencode",
        ),
        *(
            b"\r\n",
            b"\r\n\r\n",
            b"\n--b\n",
            b"\n--b--\n",
            b"=?utf-8?b?",
            b"?=",
            b"<a@b.c>",
            b'"',
            b"<",
            b"begin 1 x\n",
            b"From ",
        ),
        *(
            b"utf-7",
            b"utf-16",
            b"quoted-printable",
            b"=",
            b"<p>",
            b"<!--",
            b"&#x110000;",
            b"On x wrote:\n",
            "写道：\n".encode(),
        ),
    ]
)


def sound(report: Report | None) -> None:
    if report is None:
        return
    lines = (report.title, report.contact.name, report.contact.mail, report.message_id, *report.references)
    assert all(not set(line) & set("\r\n\0\u202e") for line in lines)
    assert report.title
    for name in (attached.name for attached in report.attachments):
        assert name not in {"", ".", ".."}
        assert not set(name) & set("/\\\0\r\n\u202e")
        assert len(name.encode()) <= 150
    for text in (report.text, report.quoted, *lines):
        text.encode()


@given(st.lists(PIECES | st.binary(max_size=12), max_size=40).map(b"".join))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_a_report_or_no_mail_or_one_typed_error(raw: bytes) -> None:
    try:
        sound(read(raw))
    except ItsmError:
        return
