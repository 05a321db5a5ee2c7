"""Mail loops: a desk and whatever answers it, for 30 days by a moved clock; each seed another course of things.

Every mail is written, parsed and decided on as in earnest; only the way between is ours. What must hold: between two
words of a person the desk sends at most 6 mails to an address, never more than one about a ticket in 15 minutes and 10
in an hour; so every loop ends.

python -m bench.proof.mail_loops [seeds] [first seed]
"""

import heapq
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import MappingProxyType

from attrs import define, evolve, field, frozen

from itsmkit import Desk, Lane, Message, Notification, Person, instant
from itsmkit.testing import PEOPLE, SERVICES, TEAMS, MovedClock, desk, desk_settings

DAYS = 30
BOUNDS = Notification()
MOST = 6
"""Mails of a desk to one address between two words of a person."""
TEAM_MAILBOX = "desk@example.org"
SUBJECTS = ("Re: {}", "AW: {}", "I am away until Monday", "回复：{}", "Your request has been received", "{}")


@frozen
class Sent:
    """One mail of a desk: when, from where, to whom, about which ticket."""

    at: datetime
    sender: str
    to: str
    ticket: str


@define
class Course:
    """What happened in one simulation."""

    sent: list[Sent] = field(factory=list)
    touched: list[datetime] = field(factory=list)
    answered: int = 0


Answer = Callable[[EmailMessage, Random, int], EmailMessage]
"""What somebody sends back to a mail."""


def _reply(mail: EmailMessage, random: Random, serial: int, *, refer: bool) -> EmailMessage:
    answer = EmailMessage()
    answer["From"], answer["To"] = str(mail["To"]), str(mail["From"])
    answer["Subject"] = random.choice(SUBJECTS).format(mail["Subject"])
    answer["Message-ID"] = f"<{serial}.{random.getrandbits(64):x}@away.example>"
    if refer:
        answer["In-Reply-To"] = str(mail["Message-ID"])
        answer["References"] = str(mail["Message-ID"])
    answer["Date"] = str(mail["Date"])
    answer.set_content(f"I am not in the office ({serial}).\n\n> {mail.get_content()[:200]}")
    return answer


def honest(mail: EmailMessage, random: Random, serial: int) -> EmailMessage:
    """An autoresponder that says what it is (RFC 3834), though it answers even machines."""
    answer = _reply(mail, random, serial, refer=random.random() < 0.5)
    answer["Auto-Submitted"] = random.choice(("auto-replied", "auto-replied (vacation)", "auto-generated"))
    return answer


def headerless(mail: EmailMessage, random: Random, serial: int) -> EmailMessage:
    """One that says nothing of the kind, and refers to what it answers or doesn't."""
    return _reply(mail, random, serial, refer=random.random() < 0.5)


def rewriting(mail: EmailMessage, random: Random, serial: int) -> EmailMessage:
    """One that sends the mail back as its own: new names on it, the marks of a machine gone, the rest as it was."""
    answer = _reply(mail, random, serial, refer=False)
    answer["X-Itsmkit-Loop"] = str(mail["X-Itsmkit-Loop"])
    return answer


def stripped(mail: EmailMessage, random: Random, serial: int) -> EmailMessage:
    """Not an answer but a gateway: the mail goes on, without all that would tell the next desk of a machine."""
    on = EmailMessage()
    for name in ("From", "To", "Subject", "Date"):
        on[name] = str(mail[name])
    on["Message-ID"] = f"<{serial}.{random.getrandbits(64):x}@gateway.example>"
    on.set_content(mail.get_content())
    return on


RESPONDERS: Mapping[str, Answer] = MappingProxyType(
    {"honest": honest, "headerless": headerless, "rewriting": rewriting}
)
KINDS = (*RESPONDERS, "two desks", "two desks behind gateways")


@define
class _Wired:
    """Desks by their addresses, the mails under way, and those who answer."""

    clock: MovedClock
    random: Random
    desks: dict[str, Desk]
    outboxes: dict[str, Path]
    answer: Answer | None
    answering: str
    gateway: bool
    course: Course = field(factory=Course)
    under_way: list[tuple[datetime, int, str, bytes]] = field(factory=list)
    serials: Iterator[int] = field(factory=count)

    def put(self, to: str, mail: EmailMessage, wait: float) -> None:
        at = instant(self.clock() + timedelta(seconds=wait))
        heapq.heappush(self.under_way, (at, next(self.serials), to, mail.as_bytes()))

    def collect(self) -> None:
        """Take what the desks wrote, and let everybody answer after a while."""
        for sender, outbox in self.outboxes.items():
            for file in sorted(outbox.glob("*.eml")):
                mail = message_from_bytes(file.read_bytes(), policy=policy.default)
                file.unlink()
                to = str(mail["To"])
                self.course.sent.append(Sent(self.clock(), sender, to, str(mail["Subject"]).partition("]")[0]))
                self._answer(to, mail)

    def _answer(self, to: str, mail: EmailMessage) -> None:
        wait = self.random.choice((1.0, 30.0, 600.0, 3600.0, 7200.0)) * self.random.uniform(0.5, 1.5)
        if to in self.desks:
            self.put(to, stripped(mail, self.random, next(self.serials)) if self.gateway else mail, wait)
        elif self.answer is not None and to == self.answering:
            answer = self.answer(mail, self.random, next(self.serials))
            self.course.answered += 1
            self.put(str(mail["From"]).rpartition("<")[2].rstrip(">"), answer, wait)

    def next_moment(self) -> datetime | None:
        soonest = [one.setup.store.peek(lane).soonest for one in self.desks.values() for lane in Lane]
        return min((one for one in (*soonest, *(at for at, *_ in self.under_way[:1])) if one), default=None)

    def step(self) -> None:
        while self.under_way and self.under_way[0][0] <= self.clock():
            _, _, to, raw = heapq.heappop(self.under_way)
            self.desks[to].receive(Message(raw, "email"))
        for one in self.desks.values():
            one.tick()
        self.collect()


def simulate(kind: str, seed: int, days: int = DAYS, notify: Notification = BOUNDS) -> Course:
    """One course of things: a mail to the desk, and what becomes of it in so many days."""
    random, clock = Random(f"{kind} {seed}"), MovedClock()
    with TemporaryDirectory() as scratch, ExitStack() as opened:
        addresses = ("desk@a.example", "desk@b.example") if kind.startswith("two") else ("desk@a.example",)
        outboxes = {one: Path(scratch) / one for one in addresses}
        desks = {one: opened.enter_context(_desk(one, clock, seed, outboxes[one], notify)) for one in addresses}
        reporter = addresses[-1] if len(addresses) > 1 else random.choice(("ann@example.org", "li@away.example"))
        answering = random.choice((reporter, TEAM_MAILBOX))
        wired = _Wired(clock, random, desks, outboxes, RESPONDERS.get(kind), answering, kind.endswith("gateways"))
        first = EmailMessage()
        first["From"] = reporter
        first["To"], first["Subject"], first["Message-ID"] = addresses[0], "printer", f"<{seed}@first.example>"
        first["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
        first.set_content("It is on fire.\n")
        wired.put(addresses[0], first, 0)
        ends = clock() + timedelta(days=days)
        touches = sorted(
            instant(clock() + timedelta(days=random.uniform(1, days - 1))) for _ in range(random.randrange(3))
        )
        while (moment := min(filter(None, (wired.next_moment(), *touches[:1])), default=ends)) < ends:
            clock.at(max(moment, clock()))
            if touches and touches[0] <= clock():
                touches.pop(0)
                _touch(wired, addresses[0])
            wired.step()
        return wired.course


def _touch(wired: _Wired, address: str) -> None:
    """A person at the desk writes to the reporter of the newest ticket: whoever answers may begin anew."""
    made = wired.desks[address]
    bob = made.principal("bob")
    ticket = max(made.queue("open", bob), key=lambda one: one.opened)
    made.do("comment", ticket.number, bob, text="We are looking into it.", public=True)
    wired.course.touched.append(wired.clock())


def _desk(address: str, clock: MovedClock, seed: int, outbox: Path, notify: Notification) -> Desk:
    domain = address.partition("@")[2]
    outbox.mkdir()
    mail = {"transport": "file", "directory": str(outbox), "sender": f"Desk <{address}>"}
    settings = desk_settings(use=("intake_email", "notify_email"), plugin={"notify_email": mail})
    settings = evolve(settings, site=evolve(settings.site, domain=domain), notify=notify)
    people = (*TEAMS, *SERVICES, *(one for one in PEOPLE if isinstance(one, Person)))
    return desk(clock, settings=settings, records=people, seed=seed)


def breaches(course: Course) -> list[str]:
    """What must not be, of one course; nothing where all is well."""
    found = []
    for desk_ in {one.sender for one in course.sent}:
        out = [one for one in course.sent if one.sender == desk_]
        starts = [datetime.min.replace(tzinfo=out[0].at.tzinfo), *course.touched]
        for begin, end in zip(starts, (*course.touched, None), strict=True):
            told = Counter(one.to for one in out if one.at >= begin and (end is None or one.at < end))
            found += [
                f"{n} mails of {desk_} to {to} between two words of a person" for to, n in told.items() if n > MOST
            ]
    for one in course.sent:
        same = [other for other in course.sent if (other.sender, other.to) == (one.sender, one.to)]
        hour = [other for other in same if one.at <= other.at < one.at + timedelta(hours=1)]
        quarter = [other for other in hour if other.at < one.at + timedelta(minutes=15) and other.ticket == one.ticket]
        if len(hour) > 10 or (len(quarter) > 1 and one.ticket.startswith("[")):
            found.append(f"{len(hour)} mails to {one.to} in an hour, {len(quarter)} about {one.ticket} in 15 minutes")
    return found


def main(seeds: int, first: int) -> None:
    worst: dict[str, int] = {}
    failed = 0
    for seed in range(first, first + seeds):
        for kind in KINDS:
            course = simulate(kind, seed)
            told = Counter((one.sender, one.to) for one in course.sent)
            worst[kind] = max(worst.get(kind, 0), *told.values())
            for breach in breaches(course):
                failed += 1
                print(f"seed {seed}, {kind}: {breach}")
    for kind, most in worst.items():
        print(f"{kind:28} at most {most} mails of a desk to an address in {DAYS} days, after persons' words as well")
    print(f"{seeds} seeds, {failed} breaches")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
