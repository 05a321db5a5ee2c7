"""Values ready to commit: records with sensible defaults, changes with their events sealed.

Ids and numbers follow from a serial number, so that a test names what it means and repeats exactly.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar

from attrs import evolve

from itsmkit.core.journal import seal
from itsmkit.core.model.event import Draft
from itsmkit.core.model.message import Received
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.party import Person, Team
from itsmkit.core.model.record import Blob, Record
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Change, Done, Todo, Unit
from itsmkit.core.store import Store
from itsmkit.testing.clock import MONDAY

R = TypeVar("R", bound=Record)

AT = MONDAY
"""When everything happens unless said otherwise: a Monday morning."""


def ticket(serial: int = 1, **values: Any) -> Ticket:
    """The ticket of that serial number, opened at `AT` by phone."""
    made = Ticket(
        id=f"{serial:032x}",
        number=f"T26-{serial:06d}",
        opened=AT,
        opened_month="2026-03",
        channel="phone",
        title=f"matter {serial}",
    )
    return evolve(made, **values)


def person(serial: int = 1, **values: Any) -> Person:
    """The person of that serial number, reachable by mail under example.org."""
    made = Person(id=f"{serial:032x}", name=f"Person {serial}", mails=(f"person{serial}@example.org",))
    return evolve(made, **values)


def team(name: str = "desk", **values: Any) -> Team:
    """The team of that name, on line 1."""
    return evolve(Team(id=name, name=name.capitalize()), **values)


def received(serial: int = 1, data: bytes = b"", **values: Any) -> Received:
    """The received record of that serial number for those bytes; commit it together with `blob(data)`."""
    made = Received(
        id=f"{serial:032x}",
        key=f"email:{serial}",
        channel="email",
        mailbox="help",
        name="",
        by="",
        at=AT,
        raw=blob(data).digest,
        size=len(data),
    )
    return evolve(made, **values)


def notice(serial: int = 1, **values: Any) -> Notice:
    """The notice of that serial number, waiting to be mailed."""
    made = Notice(
        id=f"{serial:032x}",
        about=f"{serial:032x}",
        number=f"T26-{serial:06d}",
        event=1,
        rule="opened",
        recipient="requester",
        channel="email",
        template="opened",
        args={},
        queued=AT,
    )
    return evolve(made, **values)


def blob(data: bytes) -> Blob:
    """The bytes with their digest."""
    return Blob(sha256(data).hexdigest(), data)


def salts() -> Iterator[str]:
    """Salts that repeat from run to run."""
    return (f"{number:032x}" for number in count(1))


def change(
    after: Record, *drafts: Draft, before: Record | None = None, todos: tuple[Todo, ...] = (), cause: str = ""
) -> Change:
    """The record as it shall be, its events sealed on to `before`; one plain event where no drafts are given."""
    version, head = (before.version, before.head) if before else (0, "")
    events = seal(after.id, version, head, drafts or (Draft("noted", "core"),), at=AT, salts=salts(), cause=cause)
    return Change(evolve(after, version=events[-1].seq, head=events[-1].digest), events, before, todos)


def commit_new(
    store: Store, record: R, *drafts: Draft, todos: tuple[Todo, ...] = (), blobs: tuple[Blob, ...] = ()
) -> R:
    """The record as stored; AssertionError where the store refuses it."""
    _done(store, Unit((one := change(record, *drafts, todos=todos),), blobs=blobs))
    return evolve(record, version=one.after.version, head=one.after.head)


def commit_all(store: Store, records: Iterable[R]) -> tuple[R, ...]:
    """The records as stored, committed as one batch of one unit each."""
    units = [Unit((change(record),)) for record in records]
    _done(store, *units)
    return tuple(unit.changes[0].after for unit in units)  # type: ignore[misc]


def commit_change(
    store: Store, before: R, *drafts: Draft, todos: tuple[Todo, ...] = (), blobs: tuple[Blob, ...] = (), **values: Any
) -> R:
    """The record as stored after a change of those fields; AssertionError where the store refuses it."""
    after = evolve(before, **values)
    _done(store, Unit((one := change(after, *drafts, before=before, todos=todos),), blobs=blobs))
    return evolve(after, version=one.after.version, head=one.after.head)


def _done(store: Store, *units: Unit) -> None:
    refused = [outcome for outcome in store.commit(*units) if not isinstance(outcome, Done)]
    if refused:
        msg = f"the store refused: {refused[0]}"
        raise AssertionError(msg)
