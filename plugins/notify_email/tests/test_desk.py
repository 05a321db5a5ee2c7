"""A desk with this plugin and a real server: what is sent, what a kill sends again, what isn't taken."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from attrs import define, field
from icalendar import Calendar

from itsmkit import Desk, Message, Person, Query, Rules, Test, verified_number
from itsmkit.testing import MovedClock, brought_to, desk, reported


@define
class Server:
    """Keeps what it takes; refuses recipients with that code for as long as there is one."""

    refuses: str = ""
    taken: list[EmailMessage] = field(factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.refuses or "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        self.taken.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
        return "250 OK"


@contextmanager
def listening(server: Server) -> Iterator[dict[str, object]]:
    with socket.socket() as probe:  # the controller calls the port that it was given, so 0 won't do
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield {"transport": "smtp", "host": "127.0.0.1", "port": port, "sender": "Desk <help@desk.example.org>"}
    finally:
        controller.stop()


def opened(clock: MovedClock, mail: dict[str, object], **more: object) -> Desk:
    return desk(clock, use=("notify_email", "intake_email"), plugin={"notify_email": mail}, **more)  # type: ignore[arg-type]


def test_a_mail_carries_what_ends_loops_and_finds_the_ticket_again(clock: MovedClock) -> None:
    server = Server()
    with listening(server) as mail:
        made = opened(clock, mail)
        ticket = reported(made)
        made.tick()
    (confirmation,) = (one for one in server.taken if one["To"] == "ann@example.org")
    assert confirmation["Auto-Submitted"] == "auto-generated"
    assert confirmation["X-Itsmkit-Loop"].startswith("0.")
    secret, domain = made.setup.secret, made.setup.site.domain
    assert verified_number(confirmation["Message-ID"], secret, domain) == ticket.number
    assert all(verified_number(one, secret, domain) == ticket.number for one in confirmation["References"].split())


@pytest.mark.parametrize(("marks", "hops"), [("own", 1), ("forged", 0)])
def test_a_mail_of_ours_that_comes_back_is_counted_if_its_mark_is_ours(
    clock: MovedClock, marks: str, hops: int
) -> None:
    server = Server()
    with listening(server) as mail:
        made = opened(clock, mail)
        reported(made)
        made.tick()
        mark = server.taken[0]["X-Itsmkit-Loop"]
        mark = mark if marks == "own" else f"4{mark[1:]}"
        raw = f"From: li@away.example\nTo: help@desk.example.org\nSubject: away\nX-Itsmkit-Loop: {mark}\n\nI am away.\n"
        made.receive(Message(raw.encode(), "email"))
        (ticket,) = made.find(Query("ticket", (Test("channel", value="email"),)), made.service("test")).items
    assert ticket.hops == hops  # type: ignore[union-attr]


@pytest.mark.parametrize("header", ["", "Message-ID: {own}\n"])
def test_the_desk_s_own_mail_is_answered_by_nobody(clock: MovedClock, header: str) -> None:
    """By its sender, or under another sender by its Message-ID."""
    server = Server()
    with listening(server) as mail:
        made = opened(clock, mail)
        reported(made)
        made.tick()
        own = server.taken[0]["Message-ID"]
        sender = "li@away.example" if header else "help@desk.example.org"
        before = len(server.taken)
        made.receive(f"From: {sender}\nTo: help@desk.example.org\nSubject: x\n{header.format(own=own)}\nx\n".encode())
        made.tick()
    assert sender not in {one["To"] for one in server.taken[before:]}


@pytest.mark.requirement("SLA-06", "killed between DATA and its answer: a second mail, known by its Message-ID")
@pytest.mark.parametrize(("dies", "mails"), [("before delivery", 1), ("after delivery", 2)])
def test_killed_around_data_a_second_mail_has_the_same_message_id(clock: MovedClock, dies: str, mails: int) -> None:
    class Died(BaseException):
        pass

    def point(name: str) -> None:
        if name == dies:
            raise Died

    server = Server()
    with listening(server) as mail:
        made = opened(clock, {**mail}, on_point=point)
        reported(made)
        with pytest.raises(Died):
            made.tick()
        other = opened(clock, mail, store=made.setup.store, seed=1)
        clock.advance(seconds=61)
        other.tick()
    ids = [one["Message-ID"] for one in server.taken]
    assert len(ids) - len(set(ids)) == mails - 1
    assert len(set(ids)) == len(made.find(Query("notice"), made.service("test")).items)
    assert other.verify().breaches == ()


def test_a_grey_list_is_waited_for_and_a_refusal_for_good_is_seen_on_the_ticket(clock: MovedClock) -> None:
    server = Server("451 greylisted, try again later")
    with listening(server) as mail:
        made = opened(clock, mail)
        ticket = reported(made)
        made.tick()
        assert server.taken == []
        server.refuses = ""
        clock.advance(minutes=1)
        made.tick()
        assert [one["To"] for one in server.taken].count("ann@example.org") == 1
        server.refuses = "550 no such user"
        made.do("comment", ticket.number, made.principal("bob"), text="news", public=True)
        clock.advance(minutes=20)
        for _ in range(3):
            made.tick()
            clock.advance(hours=1)
    (event,) = (one for one in made.history(ticket.number, made.principal("bob")) if one.code == "not_told")
    assert (event.args["rule"], event.outcome) == ("progress", "dead")
    assert "550 no such user" in event.why["because"]


def invitations(server: Server, to: str) -> list[tuple[str, int, str]]:
    """The calendar files that were sent to that address: the method, by its mail and in it, and the sequence."""
    found = []
    for mail in (one for one in server.taken if one["To"] == to):
        for part in mail.iter_attachments():
            read = Calendar.from_ical(part.get_content())
            (event,) = read.walk("VEVENT")
            assert part.get_content_type() == "text/calendar"
            assert part.get_param("method") == read["METHOD"]
            assert str(event["ORGANIZER"]) == "mailto:help@desk.example.org"
            assert str(event["ATTENDEE"]) == f"mailto:{to}"
            found.append((str(read["METHOD"]), int(event["SEQUENCE"]), part.get_content()))
    return found


@pytest.mark.requirement("INC-23", "a calendar file goes to those concerned, at each change of the visit")
def test_the_mails_of_a_visit_carry_its_calendar_file(clock: MovedClock) -> None:
    server = Server()
    with listening(server) as mail:
        made = opened(clock, mail, rules=Rules(default_category="network", dispatch="approved"))
        list(made.load([Person(id="rex", name="Rex", roles=("admin",))], made.service("test")))
        ticket = brought_to(made, "IM3.1")
        root, rex, bob = map(made.principal, ("root", "rex", "bob"))
        made.do("ask-dispatch", ticket.number, made.principal("carol"), reason="nobody is to read this")
        made.do("decide", "W26-000001", root, needed=True, technicians="carol", along="dave")
        made.do("approve", "W26-000001", rex)
        at = {"at": clock() + timedelta(days=1), "place": "Saal 7, 上海", "needs": "a key; and coffee"}
        made.do("schedule", "W26-000001", bob, **at)
        made.tick()
        made.do("move", "W26-000001", bob, reason="the hall is closed")
        made.tick()
        made.do("schedule", "W26-000001", bob, **{**at, "at": at["at"] + timedelta(days=1)})
        made.tick()
        made.do("cancel", "W26-000001", bob, reason="it works again")
        made.tick()
    for to in ("ann@example.org", "carol@example.org"):
        sent = invitations(server, to)
        assert [one[:2] for one in sent] == [("REQUEST", 1), ("CANCEL", 2), ("REQUEST", 3), ("CANCEL", 4)]
        (uid,) = {line for *_, text in sent for line in text.splitlines() if line.startswith("UID:")}
        assert "Saal 7\\, 上海" in sent[0][2]
        assert not [word for *_, text in sent for word in ("nobody is", "Dave", "dave") if word in text]
    of_command = made.calendar_file("W26-000001", bob)
    assert uid in of_command
    assert "SEQUENCE:4" in of_command
