"""What a mail is read as."""

from email.message import EmailMessage

import pytest

from itsmkit import Message, Report
from itsmkit_intake_email import Settings, plugin

HEAD = (
    b"From: Ann Smith <ann@example.org>\r\nTo: desk@example.org\r\nSubject: printer\r\nMessage-ID: <1@example.org>\r\n"
)


def read(raw: bytes, channel: str = "", settings: Settings | None = None) -> Report:
    report = plugin(settings or Settings()).itsmkit_intake(Message(raw, channel=channel))
    assert report is not None
    return report


def with_headers(*lines: str, body: str = "hello") -> bytes:
    return HEAD + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body.encode()


@pytest.mark.requirement("INC-01", "takes reports from e-mail and keeps which channel it was")
def test_a_plain_mail() -> None:
    report = read(
        with_headers("Date: Mon, 2 Nov 2026 09:00:00 +0000", body="The printer is on fire.\r\nPlease help.\r\n")
    )
    assert (report.title, report.text) == ("printer", "The printer is on fire.\nPlease help.")
    assert (report.contact.name, report.contact.mail) == ("Ann Smith", "ann@example.org")
    assert (report.message_id, report.references, report.channel) == ("<1@example.org>", (), "email")
    assert (report.automatic, report.language, report.attachments) == (False, "en", ())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b'{"a": 1}\n\n',
        b"id,title\n1,x\n",
        b"Name: router\nPlace: cellar\n\nbroken",
        b"\x89PNG\r\n\x1a\n",
    ],
    ids=range(6),
)
def test_what_is_no_mail_is_left_to_others(raw: bytes) -> None:
    assert plugin(Settings()).itsmkit_intake(Message(raw)) is None


def test_a_large_file_of_another_kind_is_left_to_others_at_once() -> None:
    assert plugin(Settings()).itsmkit_intake(Message(b"x" * 30_000_000)) is None
    assert plugin(Settings()).itsmkit_intake(Message(b"id,title\n" * 3_000_000)) is None


def test_on_the_channel_of_mail_any_header_will_do() -> None:
    assert read(b"X-Odd: 1\r\n\r\nhello", channel="email").text == "hello"


def test_the_suffix_of_a_file_says_nothing() -> None:
    assert plugin(Settings()).itsmkit_intake(Message(HEAD + b"\r\nhi", name="order.csv")) is not None
    assert plugin(Settings()).itsmkit_intake(Message(b"a,b\n", name="order.eml")) is None


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("=?utf-8?B?5omT5Y2w5py6?= broken", "打印机 broken"),
        ("=?gb2312?B?s6K2yDEwqU8=?=", "尝度10㎡"),
        ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        ("=?iso-8859-1?Q?a_=E4?=\r\n =?iso-8859-1?Q?=F6?=", "a äö"),
        ("=?utf-8?q?hi=0D=0ABcc=3A_eve=40example.org?=", "hi Bcc: eve@example.org"),
        ("=?rot13?q?uryyb?=", "uryyb"),
        ("=?x-unknown?q?caf=E9?=", "café"),
        ("=?utf-8?B?5omT5Y2w5py?=", "打印\ufffd"),
        ("=?utf-8?q?not closed", "=?utf-8?q?not closed"),
        ("=?utf-8*en?q?hello?=", "hello"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\tb\x00c\x07", "a b c"),
        ("Düse", "Düse"),
    ],
)
def test_subjects(value: str, subject: str) -> None:
    assert read(f"From: a@example.org\r\nSubject: {value}\r\n\r\nx".encode()).title == subject


def test_a_raw_gb_subject_without_any_label() -> None:
    raw = "From: a@example.org\r\nSubject: 打印机坏了\r\n\r\n您好，打印机不能工作。".encode("gb18030")
    report = read(raw)
    assert (report.title, report.text, report.language) == ("打印机坏了", "您好，打印机不能工作。", "zh")


def test_without_a_subject_the_first_line_is_the_title() -> None:
    assert read(b"From: a@example.org\r\nDate: x\r\n\r\n\r\n  My mouse died.\r\nBye").title == "My mouse died."
    assert read(b"From: a@example.org\r\nDate: x\r\n\r\n").title == "(no subject)"


@pytest.mark.parametrize(
    ("charset", "sent", "shown"),
    [
        ("gb2312", "面积 10㎡，朱镕基".encode("gb18030"), "面积 10㎡，朱镕基"),
        ("iso-8859-1", b"price \x80 5", "price € 5"),
        ("us-ascii", "café".encode(), "café"),
        ("rot13", b"uryyb", "uryyb"),
        ("idna", b"xn--abc", "xn--abc"),
        ("undefined", b"hi", "hi"),
        ("no\x00such", b"hi", "hi"),
        ("utf-16", "hi".encode("utf-16"), "hi"),
        ("utf-8", b"bad \xff byte", "bad \ufffd byte"),
        ("", b"caf\xe9", "café"),
        ('"utf-8"', "é".encode(), "é"),
    ],
)
def test_charsets(charset: str, sent: bytes, shown: str) -> None:
    assert read(HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + sent).text == shown


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ("base64", b"aGVs\r\nbG8="),
        ("BASE64 ", b"aGVsbG8"),
        ("base64", b"!aG*VsbG8=!"),
        ("quoted-printable", b"hel=\r\nl=6F"),
        ("quoted-printable;x", b"hel=6Co"),
        ("7-bit", b"hello"),
        ("nonsense", b"hello"),
        ("x-uuencode", b"begin 644 x\r\n%:&5L;&\\\r\n`\r\nend\r\n"),
    ],
)
def test_transfer_encodings(coding: str, sent: bytes) -> None:
    assert read(HEAD + f"Content-Transfer-Encoding: {coding}\r\n\r\n".encode() + sent).text == "hello"


def built() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Date"] = "ann@example.org", "files", "Mon, 2 Nov 2026 09:00:00 +0000"
    mail.set_content("plain words")
    return mail


def test_plain_text_goes_before_html() -> None:
    mail = built()
    mail.add_alternative("<p>page words</p>", subtype="html")
    report = read(mail.as_bytes())
    assert (report.text, report.attachments) == ("plain words", ())


def test_html_is_read_where_the_plain_text_is_empty_and_loses_what_runs() -> None:
    mail = built()
    mail.set_content("  \n")
    page = "<style>p{}</style><title>t</title><p>one &amp; two</p><script>evil()</script><div>three<br>four</div>"
    mail.add_alternative(page, subtype="html")
    assert [line for line in read(mail.as_bytes()).text.split("\n") if line] == ["one & two", "three", "four"]


def test_text_below_a_picture_is_not_lost() -> None:
    mail = built()
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="shot.png", disposition="inline")
    mail.add_attachment("and more words", disposition=None)
    raw = mail.as_bytes().replace(b"Content-Disposition: attachment\n", b"")
    report = read(raw)
    assert report.text == "plain words\n\nand more words"
    assert [(one.name, one.media, one.data) for one in report.attachments] == [("shot.png", "image/png", b"\x89PNG")]


def test_an_enclosed_mail_stays_whole() -> None:
    mail, inner = built(), built()
    inner.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="inner.pdf")
    mail.add_attachment(inner)
    (attached,) = read(mail.as_bytes()).attachments
    assert (attached.name, attached.media) == ("part-1.eml", "message/rfc822")
    assert b"inner.pdf" in attached.data
    assert b"plain words" in attached.data


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('filename="../../etc/cron.d/x"', "x"),
        (r'filename="C:\\Users\\ann\\a.doc"', "a.doc"),
        ("filename*=utf-8''%E6%89%93%E5%8D%B0.doc", "打印.doc"),
        ("filename*0*=utf-8''caf%C3; filename*1*=%A9.txt", "café.txt"),
        ('filename="=?gb2312?B?tPLTobv6?=.doc"', "打印机.doc"),
        ('filename="cafe\u0301.txt"', "café.txt"),
        ('filename="a\u202etxt.exe"', "atxt.exe"),
        ('filename="a\x00\x07b.txt"', "a b.txt"),
        ('filename=".."', "part-1.bin"),
        ('filename="   "', "part-1.bin"),
        ("filename*=punycode''%FF", "part-1.bin"),
        ("filename*" + "9" * 5000 + "=x", "part-1.bin"),
    ],
)
def test_names_of_files_lead_nowhere(sent: str, kept: str) -> None:
    head = f"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; {sent}\r\n\r\n"
    (attached,) = read(HEAD + head.encode() + b"data").attachments
    assert (attached.name, attached.data) == (kept, b"data")


def test_a_long_name_keeps_its_ending() -> None:
    (attached,) = read(
        HEAD + f'Content-Disposition: attachment; filename="{"长" * 200}.pdf"\r\n\r\nx'.encode()
    ).attachments
    assert attached.name.endswith("长.pdf")
    assert len(attached.name.encode()) <= 150


def test_a_very_long_text_is_cut_and_kept_whole_beside() -> None:
    report = read(HEAD + b"\r\n" + b"line of text\n" * 30_000)
    assert len(report.text) == 250_000
    (whole,) = report.attachments
    assert len(whole.data) == 390_000


def test_a_nested_multipart_without_its_last_boundary_is_read() -> None:
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=out\r\n\r\npreamble\r\n--out\r\nContent-Type: multipart/alternative;"
        b' boundary="out-in"\r\n\r\n--out-in\r\n\r\nwords\r\n--out-in\r\nContent-Type: text/html\r\n\r\n<b>page</b>\r\n'
        b"--out\r\nContent-Type: application/pdf\r\n\r\n%PDF"
    )
    report = read(raw)
    assert report.text == "words"
    assert [(one.name, one.data) for one in report.attachments] == [("part-1.pdf", b"%PDF")]


def test_a_multipart_without_boundaries_is_text() -> None:
    assert read(HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\nhello").text == "hello"
    assert read(HEAD + b"Content-Type: multipart/mixed\r\n\r\nhello").text == "hello"


def test_a_line_that_is_no_header_ends_the_headers() -> None:
    assert read(b"From: a@example.org\r\nSubject: x\r\nno header\r\nTo: b\r\n\r\ny").text == "no header\nTo: b\n\ny"


def test_an_mbox_line_is_no_header() -> None:
    assert read(b"From ann@example.org Mon Nov  2 09:00:01 2026\n" + HEAD + b"\nhello").title == "printer"


def test_of_several_mails_in_an_mbox_the_first_is_the_report_and_the_others_are_attached() -> None:
    line = b"From ann@example.org Mon Nov  2 09:00:01 2026\n"
    second = b"From: b@example.org\nSubject: second\n\nFrom here on it rains\n"
    report = read(line + HEAD + b"\nhello\n\nFrom now on\n\n" + line + second + b"\n" + line + HEAD + b"\nthird")
    assert report.text == "hello\n\nFrom now on"
    assert [one.name for one in report.attachments] == ["message-2.eml", "message-3.eml"]
    assert report.attachments[0].data == second


@pytest.mark.parametrize(
    ("headers", "references"),
    [
        (("In-Reply-To: <a@x>",), ("<a@x>",)),
        (("References: <a@x>\r\n <b@x>", "In-Reply-To: <b@x>"), ("<a@x>", "<b@x>")),
        (('In-Reply-To: "Your message of today" <c@x> (Ann)',), ("<c@x>",)),
        (("In-Reply-To: a@x",), ("<a@x>",)),
        (("In-Reply-To: ",), ()),
        (("In-Reply-To: yesterday",), ()),
    ],
)
def test_references(headers: tuple[str, ...], references: tuple[str, ...]) -> None:
    assert read(with_headers(*headers)).references == references


ANSWERS = {
    "english": "It works now.\n\nOn Mon, 2 Nov 2026 at 10:00, Desk <desk@example.org> wrote:\n> Is it fixed?\n",
    "outlook": "It works now.\n\n-----Original Message-----\nFrom: Desk\nSent: today\nTo: Ann\nSubject: x\n\nFixed?",
    "chinese": "It works now.\n\n在 2026年11月2日，服务台 写道：\n> 修好了吗？",
    "foxmail": "It works now.\n\n发件人： 服务台\n发送时间： 2026-11-02\n收件人： Ann\n\n修好了吗？",
    "qq": 'It works now.\n\n\n------------------ 原始邮件 ------------------\n发件人: "服务台";\n\n修好了吗？',
}


@pytest.mark.parametrize("text", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_parted_from_what_it_quotes_and_nothing_is_lost(text: str) -> None:
    report = read(with_headers("In-Reply-To: <n@desk>", "Content-Type: text/plain; charset=utf-8", body=text))
    assert report.text == "It works now."
    assert (report.text + report.quoted).replace("\n", "") == text.replace("\n", "")
    assert read(with_headers("Content-Type: text/plain; charset=utf-8", body=text)).text == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "On Mon, 2 Nov 2026 at 10:00, Desk <desk@example.org> wrote:\n> Is it fixed?\n\nYes, it is.",
        "> Is it fixed?\nYes.",
        "- one\n- two\n\nkeep  the   blanks",
        "Best regards\nAnn",
    ],
)
def test_an_answer_below_or_between_is_kept_whole(text: str) -> None:
    report = read(with_headers("In-Reply-To: <n@desk>", body=text))
    assert (report.text, report.quoted) == (text, "")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, I cannot print and the light is red.", "en"),
        ("您好，我的打印机 HP LaserJet 不能打印。", "zh"),
        ("プリンターが動きません。", ""),
        ("Guten Tag, der Drucker druckt nicht mehr.", ""),
        ("12345", ""),
    ],
)
def test_the_language_is_guessed_or_left_open(text: str, language: str) -> None:
    raw = f"From: a@example.org\r\nDate: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()
    assert read(raw).language == language
