"""What the benches share: a desk with its default plugins on SQLite, messages for it, and fair paired timing."""

import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from attrs import evolve

from itsmkit import (
    Clock,
    Contact,
    Desk,
    Draft,
    Fact,
    Lane,
    Level,
    Message,
    Moment,
    Person,
    Report,
    Service,
    Settings,
    Target,
    Team,
    Ticket,
    Unit,
    always,
    calendar_from_dict,
    instant,
)
from itsmkit.core.changes import ticket_change
from itsmkit.core.policy import ClassifyRule, Rules
from itsmkit.defaults import form
from itsmkit.settings import PluginSettings, StoreSettings
from itsmkit_store_sql.databases import Database, Write
from itsmkit_store_sql.store import SqlStore

TEXT = (
    "After the update this morning my laptop asks for the password twice and then says that the shared drive of the "
    "{where} can't be found. Colleagues in room {room} can open it. I restarted two times, the message {code} comes "
    "back each time. Please call me on extension {room} before noon, the report has to leave today."
)
RULES = Rules(
    classify=(
        *(ClassifyRule((f"application {n}",), category="application system") for n in range(36)),
        ClassifyRule(("shared drive",), category="terminal device", service="drive"),
    )
)
OFFICE = calendar_from_dict("office", {"zone": "Europe/Berlin", "week": {"mon-fri": ["08:00-12:00", "13:00-18:00"]}})
PEOPLE = 200


def settings(url: str, *, local: tuple[str, ...] = ()) -> Settings:
    """A site as `itsmkit init` makes it, in short."""
    return Settings(
        store=StoreSettings(url),
        rules=RULES,
        plugins=PluginSettings(local=local),
        calendars={"always": always("always"), "office": OFFICE},
    )


@contextmanager
def desk(url: str, *, plugins: Mapping[str, object] = MappingProxyType({}), **more: Any) -> Iterator[Desk]:
    """A desk with two teams and two hundred people."""
    with Desk.open(settings(url, **more), plugins=plugins) as opened:
        me = opened.service("bench")
        people = [Person(id=f"p{n}", name=f"Person {n}", mails=(f"p{n}@example.org",)) for n in range(PEOPLE)]
        groups = [
            Team(id="desk", name="Service desk"),
            Team(id="net", name="Net", line=2),
            Service(id="drive", name="Drive"),
        ]
        list(opened.load([*groups, *people], me))
        yield opened


_serial = itertools.count()
T = TypeVar("T")


def parts(items: Sequence[T], size: int) -> list[list[T]]:
    """The items in stretches of that size."""
    return [list(items[at : at + size]) for at in range(0, len(items), size)]


def calls(count: int) -> list[Message]:
    """Reports typed in, each different."""
    return [Message(form(_report(n), f"call {n}"), "phone") for n in itertools.islice(_serial, count)]


def mails(count: int) -> list[Message]:
    """The same as mails."""
    return [Message(_mail(n), "email", "support") for n in itertools.islice(_serial, count)]


def _report(n: int) -> Report:
    text = TEXT.format(where=f"department {n % 31}", room=1000 + n % 997, code=f"E{n:07d}")
    contact = Contact(mail=f"p{n % PEOPLE}@example.org")
    return Report(f"Shared drive can't be opened ({n})", text, contact=contact, channel="phone")


def _mail(n: int) -> bytes:
    report = _report(n)
    head = f"From: Person <{report.contact.mail}>\r\nTo: support@example.org\r\nSubject: {report.title}\r\n"
    return f"{head}Message-ID: <{n}@example.org>\r\n\r\n{report.text}\r\n".encode()


HOUR = 3600
TARGET = Target("resolution", 4 * HOUR, "always", chain=(Level(50, "desk"), Level(75, "desk"), Level(100, "desk")))
"""The promise of tickets that are filled in: their first level is due after half of it."""


def fill(opened: Desk, opened_at: Iterable[datetime], *, text: bool = False) -> list[str]:
    """An open ticket that began at each of these moments, perhaps with words that others have too; their ids."""
    setup, made = opened.setup, list[str]()
    process = setup.processes["incident"]
    for part in parts(list(opened_at), 500):
        units = []
        for at, n in zip(part, itertools.islice(_serial, len(part)), strict=True):
            since, told = instant(at), _report(n)
            number = setup.numbers.take("T", since.year)
            ticket = Ticket(
                id=setup.world.new_id(), number=number, opened=since, opened_month=setup.policy.month(since),
                channel="phone", step="IM2.9", status=process.steps["IM2.9"].status, kind="incident", team="desk",
                line=1, priority=2, title=told.title if text else f"matter {number}", text=told.text if text else "",
                clocks=(Clock(TARGET, since),), timeline=(Moment(since, Fact.OPENED, "phone"),),
                policy=setup.policy.digest,
            )  # fmt: skip
            change = ticket_change(setup, None, ticket, (Draft("opened", "core"),), since)
            # Its news is nobody's business here: only its next moment goes on a lane.
            units.append(Unit((evolve(change, todos=tuple(one for one in change.todos if one.lane is Lane.DUE)),)))
            made.append(ticket.id)
        setup.store.commit(*units)
    return made


Written = tuple[tuple[Write, list[Any]], ...]
"""One transaction as plain statements with their rows."""


class _Noting:
    """A turn that notes what is put."""

    def __init__(self, turn: Any, log: list[tuple[Write, list[Any]]]) -> None:
        self._turn, self._log = turn, log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._turn, name)

    def put(self, write: Write, rows: list[Any]) -> None:
        """Put it, and note it."""
        self._log.append((write, list(rows)))
        self._turn.put(write, rows)

    def rows(self, text: str, values: Sequence[Any] = ()) -> list[Any]:
        """Ask it, and note it where it claims what it finds."""
        if text.startswith("UPDATE"):
            self._log.append((Write(text), [values]))
        found: list[Any] = self._turn.rows(text, values)
        return found


class _Noted:
    """A database that notes what is written to it, transaction by transaction."""

    def __init__(self, inner: Database, done: list[Written]) -> None:
        self._inner, self._done = inner, done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def write(self, work: Callable[[Any], T]) -> T:
        """Write, and note it."""
        log: list[tuple[Write, list[Any]]] = []
        found = self._inner.write(lambda turn: work(_Noting(turn, log)))
        if log:
            self._done.append(tuple(log))
        return found


def noting(store: SqlStore) -> tuple[SqlStore, list[Written]]:
    """The store, and the transactions it writes from now on."""
    done: list[Written] = []
    return SqlStore(store._plan, cast("Database", _Noted(store._database, done)), store._clock), done


def together(transactions: Sequence[Written]) -> Written:
    """Several transactions as one, each statement's rows at once, as somebody would write a batch by hand."""
    rows: dict[Write, list[Any]] = {}
    for write, values in itertools.chain.from_iterable(transactions):
        rows.setdefault(write, []).extend(values)
    return tuple(rows.items())


def paired(rounds: int, *contestants: Callable[[], int]) -> list[float]:
    """Rates per second of each contestant, the median over rounds in which they take turns."""
    rates: list[list[float]] = [[] for _ in contestants]
    for _ in range(rounds):
        for rate, contest in zip(rates, contestants, strict=True):
            begun = time.perf_counter()
            count = contest()
            rate.append(count / (time.perf_counter() - begun))
    return [statistics.median(one) for one in rates]


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="itsmkit-bench-") as folder:
        yield Path(folder)


def with_store(opened: Desk, store: Any) -> Desk:
    """The desk on another store."""
    opened._setup = evolve(opened.setup, store=store)
    return opened
