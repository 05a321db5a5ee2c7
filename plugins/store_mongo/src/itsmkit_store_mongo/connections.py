"""One client a process, every read and write with the concerns that keep records safe, errors in words."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from attrs import frozen
from bson.errors import BSONError
from pymongo import MongoClient, ReadPreference, timeout
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    InvalidOperation,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from itsmkit import OutcomeUnknown, StoreError, instant
from itsmkit_store_mongo import Settings
from itsmkit_store_mongo.address import Address
from itsmkit_store_mongo.layout import DESK, META

Doc = dict[str, Any]
Session = ClientSession | None

MAJORITY, SNAPSHOT = ReadConcern("majority"), ReadConcern("snapshot")
TRANSIENT, UNKNOWN = "TransientTransactionError", "UnknownTransactionCommitResult"
DUPLICATE_KEY, TOO_LARGE, NOT_ALLOWED = 11000, (10334, 17280, 17419, 17420), (13, 18, 8000)
APP = "itsmkit"
"""What our clients call themselves."""
ORPHAN = 2.0
"""Seconds without a word after which a transaction is taken for a dead client's."""
LONGEST = 0.25
"""Seconds between two tries, at most."""
READ_CLOCK = 10.0
"""Seconds that a reading of the server's clock is carried on by our own, which doesn't jump."""

_FAULTS = (PyMongoError, BSONError, OverflowError, UnicodeError)


class Refuted(Exception):
    """Something of a unit doesn't hold as hoped, or not any more; nothing was written."""


class Again(Exception):
    """Another writer was in the way; nothing was written and it may go better now."""


class Unsure(Exception):
    """The connection broke at a commit, which may have been done."""


@frozen
class _Open:
    """A process's client and, as they take time to make, what is asked for by it."""

    client: MongoClient[Doc]
    database: Database[Doc]
    desk: Collection[Doc]
    bare: Collection[Doc]


class Connections:
    """Lends the database's collections, plain, in a snapshot or in a transaction; StoreError for what it can't do.

    A client doesn't outlive a fork: the child makes one of its own.
    """

    def __init__(self, where: Address, settings: Settings, clock: Callable[[], datetime] | None = None) -> None:
        self.where = where
        self.settings = settings
        self._clock = clock
        self._guard = Lock()
        self._open: dict[int, _Open] = {}
        self._read: tuple[float, datetime] | None = None
        self._closed = False

    @property
    def durable(self) -> WriteConcern:
        """On disk with the majority."""
        return WriteConcern("majority", j=True, wtimeout=int(self.settings.patience * 1000))

    @property
    def desk(self) -> Collection[Doc]:
        """The collection that holds everything but notes on the layout."""
        return self._mine.desk

    @property
    def meta(self) -> Collection[Doc]:
        """Notes on the layout."""
        return self.database[META]

    @property
    def database(self) -> Database[Doc]:
        """The database, with our concerns."""
        return self._mine.database

    @property
    def client(self) -> MongoClient[Doc]:
        """This process's client."""
        return self._mine.client

    @property
    def _mine(self) -> _Open:
        """What is open in this process."""
        mine = self._open.get(os.getpid())
        return mine if mine is not None and not self._closed else self._opened()

    def _opened(self) -> _Open:
        with self._guard:
            if self._closed:
                raise StoreError(f"{self.where.shown}: the store was closed; open it again")
            # What was opened before a fork stays in the dictionary: closing it here would reach into the parent's.
            if os.getpid() not in self._open:
                self._open[os.getpid()] = self._connected()
            return self._open[os.getpid()]

    def _connected(self) -> _Open:
        client = _client(self.where, self.settings)
        primary = ReadPreference.PRIMARY
        database = client.get_database(self.where.database, None, primary, self.durable, MAJORITY)
        # A collection of its own: questions as of one moment bring the moment with them.
        return _Open(client, database, database[DESK], client.get_database(self.where.database)[DESK])

    def now(self) -> datetime:
        """The store's clock: the server's, or the one given in its place."""
        moment: datetime = instant(self._clock() if self._clock else self._server_clock())
        return moment

    def _server_clock(self) -> datetime:
        known = self._read
        if known is None or time.monotonic() - known[0] > READ_CLOCK:
            self._read = known = self._server_time()
        return known[1] + timedelta(seconds=time.monotonic() - known[0])

    def _server_time(self) -> tuple[float, datetime]:
        """A moment of our own clock, and the server's time then."""
        with self.telling():
            begun = time.monotonic()
            told = self.client.admin.command("hello")["localTime"].replace(tzinfo=UTC)
            return (begun + time.monotonic()) / 2, told

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Whatever the driver raises inside comes out as a StoreError that says what to do."""
        try:
            yield
        except _FAULTS as error:
            raise fault(error, self.where) from error

    @contextmanager
    def snapshot(self) -> Iterator[tuple[Collection[Doc], ClientSession]]:
        """The collection as of one moment, however many questions are asked."""
        with self.telling(), self.client.start_session(snapshot=True) as session:
            yield self._mine.bare, session

    @contextmanager
    def transaction(self) -> Iterator[ClientSession]:
        """Durable when left, nothing of it when left by an error: Refuted, Again, Unsure or a StoreError."""
        with self._sorted(), self.client.start_session() as session:
            session.start_transaction(SNAPSHOT, self.durable, ReadPreference.PRIMARY)
            yield session
            self._commit(session)

    def _commit(self, session: ClientSession) -> None:
        """Commit, and ask again while the answer is lost: a transaction is committed once, however often asked."""
        waits = pauses(self.settings.patience)
        while True:
            try:
                session.commit_transaction()
            except PyMongoError as error:
                if not error.has_error_label(UNKNOWN):
                    raise
                if next(waits, None) is None:
                    raise Unsure from error
            else:
                return

    def alone(self, one: Any) -> int:
        """Make that one write, durable by itself; how many documents it met. Errors as for `transaction`.

        It waits for a transaction that holds its document, but not for one that nobody will end any more.
        """
        with self._sorted():
            try:
                with timeout(self.settings.patience):
                    done = self.desk.bulk_write([one])
            except ExecutionTimeout as error:
                raise Again from error  # the server itself gave up: nothing was written
            except (ConnectionFailure, WTimeoutError) as error:
                if isinstance(error, ServerSelectionTimeoutError):
                    raise  # nobody was asked
                raise Unsure from error
            except BulkWriteError as error:
                if (error.details or {}).get("writeConcernErrors") and not (error.details or {}).get("writeErrors"):
                    raise Unsure from error
                raise
        return done.matched_count + done.upserted_count + done.deleted_count

    def waited(self, waits: Iterator[float]) -> bool:
        """Pause, as somebody is in the way; whether the patience lasts. Who is in the way for long may be dead."""
        pause = next(waits, None)
        if pause is None or pause >= LONGEST:
            self.end_orphans()
        return pause is not None

    def end_orphans(self) -> None:
        """Abort our transactions that nobody has gone on with for a while: what they hold would be held for a minute.

        That harms nobody who lives: a transaction that was aborted is told as `Again`, at its commit, too.
        """
        idle: Doc = {"allUsers": False, "idleSessions": True, "idleConnections": False}
        forgotten = {"appName": APP, "transaction.timeInactiveMicros": {"$gte": int(ORPHAN * 1_000_000)}}
        with suppress(PyMongoError):  # some providers forbid to look
            found = [
                one["lsid"]["id"] for one in self.client.admin.aggregate([{"$currentOp": idle}, {"$match": forgotten}])
            ]
            if found:
                self.client.admin.command("killSessions", [{"id": one} for one in found])

    @contextmanager
    def _sorted(self) -> Iterator[None]:
        """The driver's errors, apart by what follows from them."""
        try:
            yield
        except _FAULTS as error:
            if isinstance(error, PyMongoError) and error.has_error_label(TRANSIENT):
                if isinstance(error, ServerSelectionTimeoutError):
                    raise fault(error, self.where) from error  # that was patience enough
                raise Again from error
            if DUPLICATE_KEY in _codes(error):
                raise Refuted from error
            raise fault(error, self.where) from error

    def close(self) -> None:
        """Close this process's client; later use is a StoreError."""
        with self._guard:
            self._closed = True
            mine = self._open.pop(os.getpid(), None)
        if mine is not None:
            mine.client.close()


def _client(where: Address, settings: Settings) -> MongoClient[Doc]:
    ms = int(settings.patience * 1000)
    patient = {"serverSelectionTimeoutMS": ms, "connectTimeoutMS": ms, "socketTimeoutMS": 3 * ms + 10_000}
    ours: dict[str, Any] = {name: value for name, value in patient.items() if name not in where.options}
    if settings.password:
        ours["password"] = settings.password.reveal()
    try:
        return MongoClient(where.url, appname=APP, tz_aware=False, **ours)
    except (ConfigurationError, ValueError) as error:
        raise fault(error, where) from error


def pauses(patience: float) -> Iterator[float]:
    """Pauses before further tries, longer and longer and never two alike, until the patience is spent."""
    end, pause = time.monotonic() + patience, 0.002
    while time.monotonic() < end:
        time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - so that those who met don't meet again
        yield pause
        pause = min(pause * 2, LONGEST)


def unsure(where: Address) -> OutcomeUnknown:
    """For a commit of which nobody can say whether it was done."""
    return OutcomeUnknown(
        f"{where.shown}: the connection broke in the middle of a commit, and it isn't known whether it was done; "
        "read again, or send the same command again, once the server answers"
    )


def _codes(error: Exception) -> set[int | None]:
    if isinstance(error, BulkWriteError):
        return {one.get("code") for one in (error.details or {}).get("writeErrors", ())}
    return {error.code} if isinstance(error, OperationFailure) else set()


def fault(error: BaseException, where: Address) -> StoreError:
    """The error as one line that says what to do."""
    said = " ".join(_said(error).split())[:400]
    return StoreError(f"{where.shown}: {said}: {_advice(error)}")


def _said(error: BaseException) -> str:
    if isinstance(error, BulkWriteError):
        errors: Sequence[Any] = (error.details or {}).get("writeErrors") or ()
        return str(errors[0].get("errmsg", error)) if errors else str(error)
    # What follows is the driver's view of every server, a page long.
    return str(error).split(", Topology Description", 1)[0].split(", full error", 1)[0]


def _advice(error: BaseException) -> str:
    codes = _codes(error) if isinstance(error, Exception) else set()
    if isinstance(error, DocumentTooLarge) or not codes.isdisjoint(TOO_LARGE):
        return "a record, event or report of more than 16 MB can't be kept; nothing was written"
    if not codes.isdisjoint(NOT_ALLOWED):
        return "the user or its password isn't right, or lacks the role readWrite on this database"
    return next((advice for kinds, advice in _ADVICE if isinstance(error, kinds)), "nothing was written; try again")


_ADVICE: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    (
        (BSONError, OverflowError, UnicodeError),
        "a text with half a character, or an endless number, can't be kept; nothing was written",
    ),
    (
        (NetworkTimeout, ExecutionTimeout, WTimeoutError),
        "the server or its majority is too slow or gone; see that enough members run, then try again",
    ),
    ((ConnectionFailure,), "see that the servers run, have a primary and can be reached from here, then try again"),
    ((InvalidOperation,), "the store was closed; open it again"),
)
