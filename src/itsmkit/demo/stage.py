"""The stage: a desk whose clock is moved, with people who act through their own rights and a worker that keeps time."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, field

from itsmkit.core.model.event import Event
from itsmkit.core.model.message import Message, Receipt, Report
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.ticket import Contact, Ticket
from itsmkit.core.model.unit import Lane
from itsmkit.defaults import form
from itsmkit.demo.cast import Cast
from itsmkit.demo.letters import Alert, Arrived, Letter, delivered, gb_mail, mail, webhook
from itsmkit.demo.matters import Matter, Sayings
from itsmkit.demo.telling import Teller
from itsmkit.desk import Desk
from itsmkit.testing.clock import MovedClock

YEAR, MONTH = 2026, 3
ALL = 10_000


@define
class Stage:
    """Everything a scene needs.

    What people do is drawn from `random`, what comes in by `seed` alone. `kept` are the tickets that scenes play with,
    `about` what each ticket is about: what its reporter knows and an agent hears when asking. `numbers` holds the
    ticket of each scene by the scene's name.
    """

    desk: Desk
    clock: MovedClock
    zone: ZoneInfo
    cast: Cast
    sayings: Sayings
    seed: int
    random: Random
    teller: Teller
    folder: Path
    outbox: Path
    mailbox: str
    about: dict[str, Matter] = field(factory=dict)
    kept: set[str] = field(factory=set)
    numbers: dict[str, str] = field(factory=dict)

    # time

    def day(self, day: int, time: str) -> datetime:
        """That moment of the month on the site's clocks."""
        hour, minute = time.split(":")
        return datetime(YEAR, MONTH, day, int(hour), int(minute), tzinfo=self.zone)

    @property
    def now(self) -> datetime:
        """The moment that the clock stands at."""
        return self.clock()

    def later(self, hours: float = 0, minutes: float = 0) -> datetime:
        """Some time from now."""
        return self.now + timedelta(hours=hours, minutes=minutes)

    def advance(self, moment: datetime) -> None:
        """Let time pass until then: the worker wakes whenever something of a ticket is due."""
        store = self.desk.setup.store
        while (due := store.peek(Lane.DUE).soonest) is not None and due <= moment:
            self.clock.at(max(due, self.now))
            self.work()
        self.clock.at(max(moment, self.now))

    def work(self) -> None:
        """The worker's round at this moment, over all that is due."""
        self.desk.tick(limit=ALL)

    # who acts

    def who(self, part: str) -> Principal:
        """The principal of whoever plays the part, with the duties and the sight that they have now."""
        return self.desk.principal(self.cast.person(part).id)

    def name(self, part: str) -> str:
        """The name of whoever plays the part."""
        return self.cast.person(part).name

    def team(self, team: str) -> str:
        """The name of a team."""
        found = self.desk.setup.site.team(team)
        return found.name if found else team

    def do(self, part: str, verb: str, number: str, /, **params: Any) -> Any:
        """Somebody does something to a ticket or another record."""
        return self.desk.do(verb, number, self.who(part), **params)

    @property
    def watcher(self) -> Principal:
        """Who tells the story: sees everything, does nothing."""
        return self.desk.service("demo", (Duty.READ_REPORTS,))

    def ticket(self, number: str) -> Ticket:
        """The ticket as it is."""
        return self.desk.ticket(number, self.watcher)

    def events(self, number: str, code: str = "", step: str = "") -> list[Event]:
        """What happened to a ticket; with a code or a step only that."""
        found = self.desk.history(number, self.watcher)
        return [one for one in found if (not code or one.code == code) and (not step or one.step == step)]

    def written(self, number: str, code: str, name: str) -> str:
        """What somebody wrote with the first event of that code."""
        return str((self.events(number, code)[0].personal or {}).get(name, ""))

    def notices(self, number: str, template: str = "") -> list[Arrived]:
        """The notices about a ticket, as they lie in the outbox."""
        return list(delivered(self.outbox, number, template))

    def named(self, mails: Iterable[Arrived]) -> str:
        """Who the mails went to, by name where the company knows them."""
        names = {person.mails[0]: person.name for person in self.cast.people}
        return ", ".join(dict.fromkeys(names.get(one.to, one.to) for one in mails))

    # what comes in

    def drawn(self, *of: object) -> Random:
        """What comes in is drawn from this: the same by seed, whatever the desk did before, in every model."""
        return Random(f"{self.seed} {of}")  # noqa: S311 - a story, not a secret

    def letter(self, part: str, matter: Matter, title: str = "") -> Letter:
        """What somebody writes about a matter now."""
        person = self.cast.person(part)
        said, text = self.sayings.said(matter, self.drawn(self.now, person.id), person.name)
        return Letter(person, title or said, text, self.now)

    def send(self, letter: Letter, about: Matter | None = None, *, gb: bool = False) -> Receipt:
        """A mail arrives at the desk's mailbox."""
        raw = (gb_mail if gb else mail)(letter, self.mailbox)
        return self.noted(self.desk.receive(Message(raw, "email", self.mailbox)), about)

    def alert(self, alert: Alert, about: Matter | None = None) -> Receipt:
        """The monitoring posts a webhook."""
        return self.noted(self.desk.receive(Message(webhook(alert), "alert", "alertmanager")), about)

    def call(self, caller: str, matter: Matter, agent: str = "agent", *, on_site: bool = False) -> Receipt:
        """Somebody telephones, and an agent types it in."""
        person = self.cast.person(caller)
        title, text = self.sayings.said(matter, self.drawn(self.now, person.id), person.name)
        report = Report(
            title, text.split("\n\n")[1], contact=Contact(person.name, phone=person.phone, employee=person.employee),
            channel="phone", kind=matter.kind, category=self.category(matter), impact=matter.impact,
            urgency=matter.urgency, language=person.language, on_site=on_site,
        )  # fmt: skip
        return self.noted(self.desk.report(report, self.who(agent)), matter)

    def rows(self, reports: Iterable[Report], name: str, agent: str, about: Matter) -> list[Receipt]:
        """A file of reports is taken in at one go, a message a row."""
        by = self.who(agent).id
        messages = [
            Message(form(report, f"{name}:{row}"), "file", name=f"{name}:{row}", by=by)
            for row, report in enumerate(reports, 2)
        ]
        return [self.noted(receipt, about) for receipt in self.desk.receive_many(messages)]

    def noted(self, receipt: Receipt, about: Matter | None) -> Receipt:
        """The receipt; what its ticket is about is remembered."""
        if about is not None and receipt.number:
            self.about.setdefault(receipt.number, about)
        return receipt

    def category(self, matter: Matter) -> str:
        """The site's name for the matter's category."""
        return self.desk.settings.rules.categories[matter.category]

    # keeping and telling

    def star(self, name: str, receipt: Receipt) -> str:
        """Remember the ticket as a scene's own, out of the daily work's hands; its number."""
        self.kept.add(receipt.number)
        self.numbers[name] = receipt.number
        return receipt.number

    def release(self, number: str) -> None:
        """Leave the rest of a ticket's way to the daily work."""
        self.kept.discard(number)

    def tell(self, key: str, /, **values: object) -> None:
        """Tell what happens now."""
        self.teller.tell(self.now, key, **values)
