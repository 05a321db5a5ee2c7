"""What the benches share: a desk with its default plugins on SQLite, messages for it, and fair paired timing."""

import itertools
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from attrs import evolve, frozen

from itsmkit import Contact, Desk, Message, Person, Report, Service, Settings, Team, always, calendar_from_dict
from itsmkit.core.policy import ClassifyRule, Rules
from itsmkit.defaults import form
from itsmkit.settings import PluginSettings, StoreSettings
from itsmkit_store_sql import connections
from itsmkit_store_sql.sqlite import Place
from itsmkit_store_sql.sqlite import connect as plain_connect

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


@frozen
class Written:
    """One transaction as plain statements with their rows."""

    statements: tuple[tuple[str, list[Any]], ...]


class _Recording(sqlite3.Cursor):
    """A cursor that notes what it writes, transaction by transaction."""

    log: ClassVar[list[tuple[str, list[Any]]]]
    done: ClassVar[list[Written]]

    def execute(self, text: str, values: Any = ()) -> "_Recording":
        self._note(text, [values])
        super().execute(text, values)
        return self

    def executemany(self, text: str, rows: Any) -> "_Recording":
        rows = list(rows)
        self._note(text, rows)
        super().executemany(text, rows)
        return self

    def _note(self, text: str, rows: list[Any]) -> None:
        word = text.split(None, 1)[0].upper()
        if word == "COMMIT":
            if self.log:
                self.done.append(Written(tuple(self.log)))
            self.log.clear()
        elif word in ("INSERT", "UPDATE", "DELETE"):
            self.log.append((text, rows))


@contextmanager
def recorded() -> Iterator[list[Written]]:
    """The transactions that stores opened meanwhile write, as plain statements."""
    found: list[Written] = []

    class Cursor(_Recording):
        log: ClassVar[list[tuple[str, list[Any]]]] = []
        done: ClassVar[list[Written]] = found

    class Connection(sqlite3.Connection):
        def cursor(self, factory: type[sqlite3.Cursor] = Cursor) -> sqlite3.Cursor:
            return super().cursor(factory)

    def connect(where: Place) -> sqlite3.Connection:
        plain = plain_connect(where)
        plain.close()
        made = sqlite3.connect(
            where.path, isolation_level=None, check_same_thread=False, cached_statements=512, factory=Connection
        )
        sqlite3.Connection.cursor(made).execute("PRAGMA synchronous = FULL")
        return made

    before = connections.connect
    connections.connect = connect
    try:
        yield found
    finally:
        connections.connect = before


def replayed(cursor: sqlite3.Cursor, transactions: Sequence[Written]) -> None:
    """Write the transactions by the plain driver, each durable by itself."""
    for one in transactions:
        cursor.execute("BEGIN IMMEDIATE")
        _statements(cursor, one)
        cursor.execute("COMMIT")


def together(transactions: Sequence[Written]) -> Written:
    """Several transactions as one."""
    return Written(tuple(statement for one in transactions for statement in one.statements))


def by_table(transaction: Written) -> Written:
    """The same rows with one `executemany` a statement, as somebody would write a batch by hand."""
    rows: dict[str, list[Any]] = {}
    for text, values in transaction.statements:
        rows.setdefault(text, []).extend(values)
    return Written(tuple(rows.items()))


def _statements(cursor: sqlite3.Cursor, transaction: Written) -> None:
    for text, rows in transaction.statements:
        if len(rows) == 1:
            cursor.execute(text, rows[0])
        else:
            cursor.executemany(text, rows)


def durable(path: Path) -> sqlite3.Cursor:
    """A plain cursor on a copy of a store, with the store's own settings."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection.cursor()


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
