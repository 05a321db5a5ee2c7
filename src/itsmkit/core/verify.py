"""Proof that nothing was lost or changed: chains, numbers, timelines and conservation (design §7)."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from attrs import field, frozen

from itsmkit.core.journal import faults
from itsmkit.core.model.agreement import Fact
from itsmkit.core.model.event import Event
from itsmkit.core.model.message import Received
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record, RecordType, Unreadable
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Lane
from itsmkit.core.people import everything
from itsmkit.core.store import Store

STRETCH = 1000
CORRECTED = "correct-time"
_TOGETHER = {Fact.VENDOR: Fact.TEAM}
"""A vendor gets the ticket together with its team, and is corrected with it."""


@frozen
class Breach:
    """Something that must not be: of which record, and what."""

    type: str
    id: str
    what: str


@frozen
class Verified:
    """What was looked at, and every breach found."""

    records: dict[str, int]
    events: int
    breaches: tuple[Breach, ...]
    balance: dict[str, dict[str, int]] = field(factory=dict)


def verify(store: Store, types: tuple[RecordType, ...], progress: Callable[[], None] = lambda: None) -> Verified:
    """Read every record with its whole history and hold the laws against them."""
    breaches: list[Breach] = []
    counts: Counter[str] = Counter()
    events = 0
    received: Counter[str] = Counter()
    notices: Counter[str] = Counter()
    dues = 0
    numbers: dict[str, str] = {}
    for type_ in types:
        for record in everything(store, type_.name):
            counts[type_.name] += 1
            progress()
            if isinstance(record, Unreadable):
                breaches.append(Breach(type_.name, record.id, f"unreadable: {record.why}"))
                continue
            seen, found = _chain(store, record)
            events += seen
            breaches += [Breach(type_.name, record.id, what) for what in found]
            if isinstance(record, Received):
                received[record.state] += 1
                breaches += _lost(store, record)
            elif isinstance(record, Notice):
                notices[record.state] += 1
                breaches += _left_behind(store, record)
            elif isinstance(record, Ticket):
                dues += record.due is not None
                if numbers.setdefault(record.number, record.id) != record.id:
                    breaches.append(Breach("ticket", record.id, f"number {record.number} is taken twice"))
    lanes = {lane: _on(store, lane) for lane in Lane}
    breaches += _unbalanced("received", received["waiting"], lanes[Lane.INTAKE], "messages waiting", "intake todos")
    breaches += _unbalanced("notice", notices["waiting"], lanes[Lane.POST], "notices waiting", "post todos")
    breaches += _unbalanced("ticket", dues, lanes[Lane.DUE], "tickets with something due", "due todos")
    return Verified(dict(counts), events, tuple(breaches), {"received": dict(received), "notices": dict(notices)})


def _chain(store: Store, record: Record) -> tuple[int, list[str]]:
    seen, head, found = 0, "", []
    told, corrected = set[datetime](), set[tuple[str, datetime]]()
    for event in _history(store, record):
        found += faults((event,), head, seen)
        seen, head = event.seq, event.digest
        told.add(event.at)
        if event.code == CORRECTED:
            corrected = _correct(corrected, event)
    timeline = record.timeline if isinstance(record, Ticket) else ()
    wrong = (
        one for one in timeline if one.at not in told and (_TOGETHER.get(one.what, one.what), one.at) not in corrected
    )
    found += [f"its timeline has a fact at {one.at.isoformat()} that no event tells of" for one in wrong]
    facts = {(one.what, one.at) for one in timeline}
    lost = sorted(corrected - facts)
    found += [f"its timeline lacks {what} at {at.isoformat()}, as it was corrected to" for what, at in lost]
    if seen != record.version:
        found.append(f"version {record.version}, but the last event is {seen}")
    if head != record.head:
        found.append("its head isn't the digest of its last event")
    return seen, found


def _correct(corrected: set[tuple[str, datetime]], event: Event) -> set[tuple[str, datetime]]:
    """The facts that corrections put where they are, after one more of them."""
    at, was, until = (
        datetime.fromisoformat(one) if (one := event.args[key]) else None for key in ("at", "was", "until")
    )
    fact = event.args["fact"]
    fresh = {(fact, at)} if at else set[tuple[str, datetime]]()
    if until:
        fresh.add((Fact.RESUMED, until))
    return corrected - {(fact, was)} | fresh


def _history(store: Store, record: Record) -> Iterator[Event]:
    after = 0
    while stretch := store.history(record.type, record.id, Scope.system("verify"), after, STRETCH):
        yield from stretch
        after = stretch[-1].seq


def _lost(store: Store, received: Received) -> list[Breach]:
    """What came in must be kept, and what was said to become of it must be true."""
    found = []
    if received.raw and store.blob(received.raw, Scope.system("verify")) is None:
        found.append(Breach("received", received.id, "its raw message is gone"))
    if received.state in ("opened", "joined", "unreadable"):
        ticket = store.get("ticket", received.ticket, Scope.system("verify"))
        if ticket is None:
            found.append(Breach("received", received.id, f"{received.state}, but there is no ticket {received.ticket}"))
    return found


def _left_behind(store: Store, notice: Notice) -> list[Breach]:
    """What a digest holds must still be told by it."""
    digest = store.get("notice", notice.digest, Scope.system("verify")) if notice.state == "held" else None
    if notice.state != "held" or (isinstance(digest, Notice) and digest.state == "waiting"):
        return []
    return [Breach("notice", notice.id, f"held by the digest {notice.digest}, which has gone without it")]


def _on(store: Store, lane: Lane) -> int:
    view = store.peek(lane, limit=1_000_000)
    return view.waiting + len(view.parked)


def _unbalanced(type_: str, one: int, other: int, left: str, right: str) -> list[Breach]:
    return [] if one == other else [Breach(type_, "", f"{one} {left}, but {other} {right}")]
