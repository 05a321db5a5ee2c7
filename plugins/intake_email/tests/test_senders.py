"""Who wrote, and whether it was a machine."""

import pytest

from itsmkit import Message, Report
from itsmkit_intake_email import Settings, plugin


def read(headers: str, settings: Settings | None = None) -> Report:
    raw = f"{headers}\r\nSubject: {'' if 'Subject:' in headers else 'printer'}\r\n\r\nhello".encode()
    report = plugin(settings or Settings()).itsmkit_intake(Message(raw, channel="email"))
    assert report is not None
    return report


@pytest.mark.parametrize(
    ("value", "name", "mail"),
    [
        ("ann@example.org", "", "ann@example.org"),
        ("<ann@Example.ORG>", "", "ann@example.org"),
        ("Ann Smith <ann@example.org>", "Ann Smith", "ann@example.org"),
        ('"Smith, Ann" <ann@example.org>', "Smith, Ann", "ann@example.org"),
        (r'"Ann \"A\" Smith" <ann@example.org>', 'Ann "A" Smith', "ann@example.org"),
        ("=?utf-8?B?546L5aeQ?= <wang@example.cn>", "王姐", "wang@example.cn"),
        ("王姐 <wang@example.cn>", "王姐", "wang@example.cn"),
        ("MAILER@example.org (Mail System)", "Mail System", "MAILER@example.org"),
        ('"ann@example.org" <ann@example.org>', "", "ann@example.org"),
        ("jürgen@bücher.example", "", "jürgen@bücher.example"),
        ("J. R. Smith <o'neil+x@mail-1.example.org>", "J. R. Smith", "o'neil+x@mail-1.example.org"),
        ('"ann smith"@example.org', "", '"ann smith"@example.org'),
    ],
)
def test_one_mailbox_is_read(value: str, name: str, mail: str) -> None:
    contact = read(f"From: {value}").contact
    assert (contact.name, contact.mail) == (name, mail)


@pytest.mark.parametrize(
    "value",
    [
        "alice@example.org)bob@evil.example",
        "ceo@example.org <bob@evil.example>",
        "ceo@example.org, bob@evil.example",
        "<ceo@example.org> <bob@evil.example>",
        "<ceo@example.org>bob@evil.example",
        "ceo@example.org@evil.example",
        "<ceo@example.org@evil.example>",
        "a (b (c) d) <ann@example.org>, x",
        "ann@example.org (a (nested) note)",
        "Group: ann@example.org;",
        "<@relay.example:ann@example.org>",
        "ann@[192.0.2.1]",
        "ann@example..org",
        ".ann@example.org",
        "ann@-example.org",
        "ann@example.org\x00.evil.example",
        "ann @example.org",
        "root",
        "",
        "(" * 1000 + ")" * 1000,
        '"' * 4000,
        "ceo@example.org\r\nFrom: bob@evil.example",
        "a" * 65 + "@example.org",
        "ann@" + "a." * 200 + "org",
        'ann"x"@example.org',
        "=?utf-8?q?ceo=40example=2Eorg?= , <bob@evil.example>",
        "ann@example.org\u202e",
    ],
)
def test_whatever_could_mean_two_people_gives_no_address(value: str) -> None:
    """CVE-2023-27043 and its kin."""
    assert read(f"From: {value}").contact.mail == ""


@pytest.mark.parametrize(
    "value", ['"ceo@example.org" <bob@evil.example>', "=?utf-8?q?ceo=40example=2Eorg?= <bob@evil.example>"]
)
def test_a_name_that_poses_as_another_address_is_dropped(value: str) -> None:
    contact = read(f"From: {value}").contact
    assert (contact.name, contact.mail) == ("", "bob@evil.example")


def test_a_sender_without_address_keeps_its_name() -> None:
    assert read("From: The night shift").contact.name == "The night shift"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied (vacation)",
        "Auto-Submitted: auto-generated; owner-email=x",
        "Precedence: bulk",
        "Precedence: JUNK",
        "List-Id: <users.example.org>",
        "List-Unsubscribe: <https://example.org>",
        "X-Autoreply: yes",
        "X-Auto-Response-Suppress: All",
        "X-Autorespond: x",
        "X-Loop: desk",
        "X-Failed-Recipients: a@example.org",
        "Return-Path: <>",
        "Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\nhi\r\n--x--",
        "Subject: Automatic reply: printer",
        "Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSN?=: printer",
        "Subject: Undelivered Mail Returned to Sender",
        "Sender: postmaster@example.org",
        "Reply-To: no-reply@example.org",
    ],
)
def test_machines_are_known_by_what_they_say(header: str) -> None:
    assert read(f"From: ann@example.org\r\n{header}").automatic


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@example.org (Mail System)",
        "<>",
        "Postmaster <postmaster@example.org>",
        "noreply@example.org",
        "no_reply@example.org",
        "DoNotReply@example.org",
        "billing-noreply@example.org",
        "noreply+42@example.org",
        "bounces+1=x@example.org",
        "mailer-daemon",
    ],
)
def test_machines_are_known_by_their_names(sender: str) -> None:
    assert read(f"From: {sender}").automatic


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "Return-Path: <ann@example.org>",
        "Subject: The printer replies automatically",
        "Subject: delivery of my new laptop",
        "Reply-To: norbert@example.org",
        "Reply-To: reply@example.org",
        "X-Mailer: Outlook",
    ],
)
def test_people_are_not_taken_for_machines(header: str) -> None:
    assert not read(f"From: ann@example.org\r\n{header}").automatic


def test_a_list_of_the_desk_itself_makes_nobody_a_machine() -> None:
    own = Settings(own_lists=("Help.example.org",))
    through = "From: ann@example.org\r\nList-Id: Help <help.example.org>\r\nPrecedence: list\r\nList-Post: <mailto:x>"
    assert read(through).automatic
    assert not read(through, own).automatic
    assert read(through.replace("help.example", "other.example"), own).automatic
    assert read(f"{through}\r\nAuto-Submitted: auto-replied", own).automatic
