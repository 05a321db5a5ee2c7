"""Proof that nothing was lost or changed: chains, bytes, keys, lanes, timelines and conservation (design §7).

Records and todos are read side by side, so that memory doesn't grow with the store. A desk at work changes between
two reads: what looks broken is looked at again before it is told.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from attrs import define, field, frozen

from itsmkit.core.asked import column, stored
from itsmkit.core.dues import due_moment
from itsmkit.core.journal import faults
from itsmkit.core.model.agreement import Fact, Moment
from itsmkit.core.model.event import Event
from itsmkit.core.model.message import Received
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.query import Query, Scope, Tally, Test
from itsmkit.core.model.record import FieldKind, Record, RecordType, Unreadable
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import FENCE_STEP, Lane, Standing
from itsmkit.core.people import everything
from itsmkit.core.policy import Policy
from itsmkit.core.standings import Alongside, of_record
from itsmkit.core.store import Store

STRETCH = 1000
CORRECTED = "correct-time"
_TOGETHER = {Fact.VENDOR: Fact.TEAM}
"""A vendor gets the ticket together with its team, and is corrected with it."""
LOOKS = 3
"""So often something must look broken before it is told."""
DISTINCT = 10_000
"""Fields with more values than this are not counted: their numbers would fill the memory."""
PUT_OFF = timedelta(hours=1)
"""So much later than its record says may a todo be due that a worker has had and given back."""
ALL = Scope.system("verify")

STATES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "received": {
            "received": "waiting",
            "replayed": "waiting",
            **{one: one for one in ("opened", "joined", "set_aside", "unreadable", "dropped")},
        },
        "notice": {
            **dict.fromkeys(("queued", "collects", "failed", "retried"), "waiting"),
            **{one: one for one in ("sent", "dead", "dropped", "held", "parked")},
        },
    }
)
"""The state that each event of a message or notice leaves it in."""
WAITS_ON = MappingProxyType({"received": Lane.INTAKE, "notice": Lane.POST})
DueMoment = Callable[[Ticket], datetime | None]


@frozen
class Breach:
    """Something that must not be: of which record, and what."""

    type: str
    id: str
    what: str


@frozen
class Verified:
    """What was looked at, and every breach found; `balance` tells what became of messages and notices."""

    records: dict[str, int]
    events: int
    breaches: tuple[Breach, ...]
    balance: dict[str, dict[str, int]] = field(factory=dict)


def verify(
    store: Store,
    types: tuple[RecordType, ...],
    progress: Callable[[], None] = lambda: None,
    due: DueMoment | None = None,
) -> Verified:
    """Read every record with its whole history, its bytes and its todos, and hold the laws against them.

    `due` computes when a ticket must be looked at next, where the rules it was noted by are known.
    """
    breaches: list[Breach] = []
    counts: Counter[str] = Counter()
    states: dict[str, Counter[str]] = {"received": Counter(), "notice": Counter()}
    events, beside = 0, Alongside(store)
    for type_ in sorted(types, key=lambda one: one.name):
        fields = _Fields(type_)
        for record in everything(store, type_.name):
            progress()
            counts[type_.name] += 1
            breaches += _orphans(store, types, beside.before(type_.name, record.id))
            todos = beside.of(type_.name, record.id)
            if isinstance(record, Unreadable):
                breaches.append(Breach(type_.name, record.id, f"unreadable: {record.why}"))
                continue
            fields.count(record)
            seen, found = _laws(store, type_, record, todos, due)
            events += seen
            for what in _again(store, type_, record, due) if found else ():
                breaches.append(Breach(type_.name, record.id, what))
            if isinstance(record, Received | Notice):
                states[type_.name][record.state] += 1
        breaches += _miscounted(store, type_, fields)
    breaches += _orphans(store, types, beside.left())
    balance = {"received": dict(states["received"]), "notices": dict(states["notice"])}
    return Verified({one.name: counts[one.name] for one in types if counts[one.name]}, events, tuple(breaches), balance)


def moments(store: Store, policy: Policy) -> DueMoment | None:
    """How to compute when a ticket is due; None where it may have been noted by rules that hold no longer."""
    kept = store.find(Query("policy"), ALL, limit=2).items
    return partial(due_moment, policy=policy) if [one.id for one in kept] == [policy.digest] else None


def _again(store: Store, type_: RecordType, record: Record, due: DueMoment | None) -> list[str]:
    """What is wrong with the record as it is now, each time it is looked at anew; nothing where it only moved."""
    found: list[str] = []
    for _ in range(LOOKS):
        now = store.get(type_.name, record.id, ALL)
        if not isinstance(now, Record):
            return ["it is gone"] if now is None else [f"unreadable: {now.why}"]
        found = _laws(store, type_, now, of_record(store, type_.name, record.id), due)[1]
        after = store.get(type_.name, record.id, ALL)
        if not found or (isinstance(after, Record) and after.version == now.version):
            break
    return found


def _orphans(store: Store, types: tuple[RecordType, ...], todos: Iterable[Standing]) -> Iterator[Breach]:
    known = {one.name for one in types}
    for one in todos:
        type_, id_, _ = one.place
        there = type_ in known and store.get(type_, id_, ALL) is not None
        if not there and one.place in {left.place for left in of_record(store, type_, id_)}:
            yield Breach(type_, id_, f"a todo on lane {one.lease.lane}, but there is no such record")


# the laws of one record


def _laws(
    store: Store, type_: RecordType, record: Record, todos: tuple[Standing, ...], due: DueMoment | None
) -> tuple[int, list[str]]:
    """How many events it has, and what is wrong with it."""
    read = _Read(record)
    for event in _history(store, record):
        read.take(event)
    found = [*read.ended(), *_keys(store, type_, record), *_bytes(store, type_, record), *_lanes(record, todos)]
    if isinstance(record, Received):
        found += _origin(store, record)
    elif isinstance(record, Notice):
        found += _left_behind(store, record)
    elif isinstance(record, Ticket):
        found += [*_opened(store, record, read.source), *_linked(store, record)]
        if due is not None and (moment := due(record)) != record.due:
            found.append(f"it says that it is due at {_at(record.due)}, but by its clocks and waits at {_at(moment)}")
    return read.seq, found


@define
class _Read:
    """A record's events as they go by: the chain, and what they say that the record must say too."""

    record: Record
    seq: int = 0
    head: str = ""
    state: str = ""
    source: str = ""
    said: dict[str, Any] = field(factory=dict)
    found: list[str] = field(factory=list)
    _told: set[datetime] = field(factory=set)
    _corrected: set[tuple[str, datetime]] = field(factory=set)

    def take(self, event: Event) -> None:
        """The next event."""
        self.found += faults((event,), self.head, self.seq)
        self.seq, self.head = event.seq, event.digest
        self._told.add(event.at)
        if event.code == CORRECTED:
            self._corrected = _correct(self._corrected, event)
        self.state = STATES.get(self.record.type, {}).get(event.code, self.state)
        if event.code == "opened":
            self.source = event.args.get("received", "")
        if event.code in ("opened", "amend") and isinstance(self.record, Ticket):
            self._hear(event)

    def _hear(self, event: Event) -> None:
        """The words that the ticket was given; unknown again where they were erased."""
        if event.personal is None:
            self.said.clear()
            return
        given = event.personal.get("new", {}) if event.code != "opened" else event.personal
        self.said |= {name: given[name] for name in ("title", "text") if name in given}

    def ended(self) -> list[str]:
        """What is wrong, now that all events went by."""
        record, found = self.record, list(self.found)
        found += self._mistimed(record.timeline) if isinstance(record, Ticket) else []
        if self.seq != record.version:
            found.append(f"version {record.version}, but the last event is {self.seq}")
        if self.head != record.head:
            found.append("its head isn't the digest of its last event")
        if isinstance(record, Received | Notice) and record.state != self.state:
            found.append(f"it says {record.state}, but its journal {self.state or 'nothing'}")
        if isinstance(record, Ticket) and record.erased != "all":
            changed = [name for name, words in self.said.items() if getattr(record, name) != words]
            found += [f"its {name} isn't what its journal says" for name in changed]
        return found

    def _mistimed(self, timeline: tuple[Moment, ...]) -> list[str]:
        """Facts of the clocks that no event tells of, and corrected ones that are missing."""
        told = ((one, (str(_TOGETHER.get(one.what, one.what)), one.at)) for one in timeline)
        wrong = [one for one, fact in told if one.at not in self._told and fact not in self._corrected]
        lost = sorted(self._corrected - {(str(one.what), one.at) for one in timeline})
        return [
            *(f"its timeline has a fact at {_at(one.at)} that no event tells of" for one in wrong),
            *(f"its timeline lacks {what} at {_at(at)}, as it was corrected to" for what, at in lost),
        ]


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
    while stretch := store.history(record.type, record.id, ALL, after, STRETCH):
        yield from stretch
        after = stretch[-1].seq


def _keys(store: Store, type_: RecordType, record: Record) -> Iterator[str]:
    """Each unique key leads to its record; with two of one number, one of them isn't found by it."""
    for key in type_.keys(record):
        holder = store.get(type_.name, key, ALL)
        if holder is None:
            yield f"its key {key} leads nowhere"
        elif holder.id != record.id:
            yield f"its key {key} is taken twice: it leads to {holder.id}"


def _left_behind(store: Store, notice: Notice) -> Iterator[str]:
    """What a digest holds must still be told by it."""
    if notice.state == "held":
        digest = store.get("notice", notice.digest, ALL)
        if not (isinstance(digest, Notice) and digest.state == "waiting"):
            yield f"held by the digest {notice.digest}, which has gone without it"


def _bytes(store: Store, type_: RecordType, record: Record) -> Iterator[str]:
    for digest in dict.fromkeys(type_.blobs(record)):
        blob = store.blob(digest, ALL)
        if blob is None:
            yield f"the bytes {digest[:12]}… that it names are gone"
        elif sha256(blob.data).hexdigest() != digest:
            yield f"the bytes {digest[:12]}… that it names were changed"


def _lanes(record: Record, todos: tuple[Standing, ...]) -> Iterator[str]:
    """What waits stands on its lane, once, when it is due; what doesn't wait stands on none."""
    held = {lane: [one for one in todos if one.lease.lane is lane] for lane in Lane}
    lane = WAITS_ON.get(record.type)
    if lane is not None and isinstance(record, Received | Notice):
        waits, there = record.state == "waiting", bool(held[lane])
        if waits and not there:
            yield f"it is waiting, but nothing on lane {lane} will take it up"
        if there and not waits:
            yield f"it is {record.state}, but still stands on lane {lane}"
    yield from _due(record, held[Lane.DUE])
    for one in held[Lane.NEWS]:
        first, _, last = one.lease.part.partition("-")
        if not (first.isdecimal() and last.isdecimal() and 0 < int(first) <= int(last) <= record.version):
            yield f"news of events {one.lease.part} on lane {Lane.NEWS}, but it has {record.version}"


def _due(record: Record, todos: list[Standing]) -> Iterator[str]:
    due: datetime | None = getattr(record, "due", None)
    if due is None:
        if todos:
            yield f"nothing of it is due, but it stands on lane {Lane.DUE}"
        return
    if not todos:
        yield f"it is due at {_at(due)}, but nothing on lane {Lane.DUE} will wake for it"
    for one in todos:
        had = one.lease.fence % FENCE_STEP > 0
        if one.lease.due != due and not (had and due <= one.lease.due <= due + PUT_OFF):
            yield f"it is due at {_at(due)}, but stands on lane {Lane.DUE} for {_at(one.lease.due)}"


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="milliseconds") if moment else "no time"


def _origin(store: Store, received: Received) -> Iterator[str]:
    """What was said to become of a message must be true: received = opened + joined + set aside + dropped + waiting."""
    if received.state in ("opened", "joined", "unreadable") and store.get("ticket", received.ticket, ALL) is None:
        yield f"{received.state}, but there is no ticket {received.ticket}"
    if not received.raw and received.erased != "all":
        yield "it names no raw message"


def _opened(store: Store, ticket: Ticket, source: str) -> Iterator[str]:
    """Each ticket came from a message that says so."""
    received = store.get("received", source, ALL) if source else None
    if source and (not isinstance(received, Received) or received.ticket != ticket.id):
        yield f"it was opened from message {source}, which knows nothing of it"


def _linked(store: Store, ticket: Ticket) -> Iterator[str]:
    """A master counts those that are linked to it, and is linked to none itself (INC-20)."""
    linked = Tally("ticket", where=(Test("master", value=ticket.number),))
    count = sum(one.n for one in store.tally(linked, ALL)) if ticket.linked else 0
    if count != ticket.linked:
        yield f"it says that {ticket.linked} tickets are linked to it, but {count} are"
    if ticket.master:
        master = store.get("ticket", f"number:{ticket.master}", ALL)
        if not (isinstance(master, Ticket) and master.linked and not master.master):
            yield f"it is linked to {ticket.master}, which is no master"


# what queries go by, against what the records hold


class _Fields:
    """How many records have each value of each queried field, as counted from their bodies."""

    def __init__(self, type_: RecordType) -> None:
        countable = (one for one in type_.fields if one.kind is not FieldKind.TIME)
        self._fields = {one.name: one for one in countable}
        self.counts: dict[str, Counter[Any]] = {name: Counter() for name in self._fields}

    def count(self, record: Record) -> None:
        """One more record."""
        for name, one in list(self.counts.items()):
            one[column(record, self._fields[name])] += 1
            if len(one) > DISTINCT:
                del self.counts[name]


def _miscounted(store: Store, type_: RecordType, fields: _Fields) -> Iterator[Breach]:
    """A field that queries find other values of than the records have; counted anew where the desk was at work."""
    for name, counted in fields.counts.items():
        if _tallied(store, type_, name) != counted and _differs(store, type_, name):
            yield Breach(type_.name, "", f"queries by {name} find other values than its records hold")


def _differs(store: Store, type_: RecordType, name: str) -> bool:
    """Whether the field differs while nothing changes; one of a record that can't be read is found, but not counted."""
    for _ in range(LOOKS):
        told, fresh = _tallied(store, type_, name), _Fields(type_)
        for record in everything(store, type_.name):
            if isinstance(record, Unreadable):
                return False
            fresh.count(record)
        if _tallied(store, type_, name) == told:
            return fresh.counts.get(name, told) != told
    return False


def _tallied(store: Store, type_: RecordType, name: str) -> Counter[Any]:
    return Counter({stored(row.key[0]): row.n for row in store.tally(Tally(type_.name, (name,)), ALL)})
