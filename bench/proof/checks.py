"""What must hold when all is over: everything acknowledged is there, once, and whole."""

from collections import Counter
from typing import TypeVar

from attrs import define, field

from bench.proof.sites import APART, Shifted, Site, opened
from bench.proof.work import Ledger, mail, settled
from itsmkit import Desk, Event, Lane, Notice, Record, Ticket
from itsmkit.core.mailid import content_key
from itsmkit.core.model.message import Received
from itsmkit.core.people import everything

R = TypeVar("R", bound=Record)


@define
class Findings:
    """What was counted, and everything that is wrong."""

    counts: Counter[str] = field(factory=Counter)
    lost: list[str] = field(factory=list)
    doubled: list[str] = field(factory=list)
    torn: list[str] = field(factory=list)

    def add(self, other: "Findings") -> None:
        """Put those of another site beside these."""
        self.counts.update(other.counts)
        self.lost += other.lost
        self.doubled += other.doubled
        self.torn += other.torn

    @property
    def wrong(self) -> list[str]:
        """All that is wrong, in words."""
        return [
            f"{sort}: {one}"
            for sort, found in (("lost", self.lost), ("doubled", self.doubled), ("torn", self.torn))
            for one in found
        ]


def proven(site: Site, *ledgers: Ledger, lives: int = 1) -> Findings:
    """What is found once a last process, which nobody disturbs, has taken up everything."""
    with opened(site, clock=Shifted(lives * APART), seed=lives) as desk:
        settled(desk)
        return _check(site, desk, *ledgers)


def _check(site: Site, desk: Desk, *ledgers: Ledger) -> Findings:
    found = Findings()
    tickets, notices = _all(desk, "ticket", Ticket), _all(desk, "notice", Notice)
    _mails(found, desk, tickets, ledgers)
    _commands(found, desk, ledgers)
    _notices(found, site, notices)
    _lanes(found, desk)
    verified = desk.verify()
    found.torn += [f"{one.type} {one.id}: {one.what}" for one in verified.breaches]
    found.counts.update(
        tickets=len(tickets), notices=len(notices), events=verified.events, records=sum(verified.records.values())
    )
    return found


def _all(desk: Desk, type_: str, of: type[R]) -> list[R]:
    return [one for one in everything(desk.setup.store, type_) if isinstance(one, of)]


def _mails(found: Findings, desk: Desk, tickets: list[Ticket], ledgers: tuple[Ledger, ...]) -> None:
    """Each mail acknowledged has its ticket, no mail has two, no ticket is without its mail."""
    received = {one.key: one for one in _all(desk, "received", Received)}
    numbers = {one.id: one.number for one in tickets}
    owned = Counter(one.ticket for one in received.values())
    found.doubled += [f"ticket {numbers[id_]} belongs to {owned[id_]} mails" for id_ in numbers if owned[id_] != 1]
    found.counts["set aside as not readable"] += sum(one.state == "unreadable" for one in received.values())
    for ledger in ledgers:
        found.counts["mails"] += len(ledger.mails)
        for name, number in ledger.mails.items():
            kept = received.get(f"email:help:{content_key(mail(name).raw)}")
            has = numbers.get(kept.ticket) if kept else None
            if has is None:
                found.lost.append(f"mail {name}")
            elif number not in ("", has):
                found.torn.append(f"mail {name} was told {number} and has {has}")


def _commands(found: Findings, desk: Desk, ledgers: tuple[Ledger, ...]) -> None:
    """Each command acknowledged left its events, in one stretch, once."""
    by_number: dict[str, list[str]] = {}
    for ledger in ledgers:
        found.counts["commands"] += len(ledger.commands)
        for command, number in ledger.commands.items():
            by_number.setdefault(number, []).append(command)
    for number, commands in by_number.items():
        seen: dict[str, list[Event]] = {}
        for event in desk.history(number, desk.service("proof")):
            seen.setdefault(event.cause, []).append(event)
        for command in commands:
            events = seen.get(command, [])
            numbered = [one.seq for one in events]
            if not events:
                found.lost.append(f"command {command} on {number}")
            elif numbered != list(range(numbered[0], numbered[0] + len(numbered))):
                found.doubled.append(f"command {command} on {number}: events {numbered}")


def _notices(found: Findings, site: Site, notices: list[Notice]) -> None:
    """One notice for an event, rule, recipient and channel; one file for each that was sent."""
    places = Counter((one.about, one.event, one.rule, one.recipient, one.channel) for one in notices)
    found.doubled += [f"notice {place}" for place, times in places.items() if times > 1]
    sent = sum(one.state == "sent" for one in notices)
    files = len(list(site.mails.glob("*.eml")))
    found.counts["sent"] += sent
    if files < sent:
        found.lost.append(f"{sent - files} mails of {sent} sent")
    if files > sent:
        found.doubled.append(f"{files} mails for {sent} notices sent")
    left = (one for one in notices if one.state in ("waiting", "dead"))
    found.lost += [f"notice {one.id} is {one.state}: {one.error}" for one in left]


def _lanes(found: Findings, desk: Desk) -> None:
    """Nothing waits for ever, nothing was given up."""
    for lane in Lane:
        view = desk.setup.store.peek(lane)
        found.lost += [f"parked on {lane}: {one.type} {one.id} {one.part}" for one in view.parked]
        if view.waiting and lane in (Lane.INTAKE, Lane.NEWS, Lane.POST):
            found.lost.append(f"{view.waiting} still on {lane}")
