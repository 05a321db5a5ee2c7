"""One connection a thread, writers one after the other, and nothing carried over a fork."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock, local
from types import ModuleType
from weakref import WeakSet, ref

from attrs import define, field

from itsmkit import StoreError
from itsmkit_store_sql.sqlite import BEGIN_READ, BEGIN_WRITE, FORGET, Place, connect, fault

try:
    import fcntl as _fcntl
except ImportError:  # Windows: there SQLite's own waiting must do
    fcntl: ModuleType | None = None
else:
    fcntl = _fcntl

_FAULTS = (sqlite3.Error, UnicodeEncodeError, OverflowError)


@define(eq=False)
class _Held:
    """A thread's connection; `lock` is taken while it is in use."""

    connection: sqlite3.Connection
    cursor: sqlite3.Cursor = field(init=False)
    lock: RLock = field(factory=RLock)
    closed: bool = False

    def __attrs_post_init__(self) -> None:
        self.cursor = self.connection.cursor()

    def close(self) -> None:
        self.closed = True
        with suppress(sqlite3.Error):
            self.connection.close()

    def __del__(self) -> None:
        self.close()


class Connections:
    """Lends cursors, each inside a transaction; StoreError for whatever the database can't do.

    Before a fork every connection is closed and opened again when needed: SQLite's locks belong to a process, so
    that a child with inherited ones could lose what it writes.
    """

    def __init__(self, where: Place) -> None:
        self._where = where
        self._queue = _Queue(where.lock)
        self._local = local()
        self._all: WeakSet[_Held] = WeakSet()
        self._guard = RLock()
        self._closed = False
        self._process = os.getpid()
        _watch_forks(self)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Cursor]:
        """A cursor that sees one state of the database throughout."""
        with self._lent(BEGIN_READ, "COMMIT") as cursor:
            yield cursor

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Cursor]:
        """A cursor that alone may write; durable when left, nothing of it when left by an error."""
        with self._queue.turn(), self._lent(BEGIN_WRITE, "COMMIT") as cursor:
            yield cursor

    def forget(self) -> None:
        """Leave no trace of what was overwritten or deleted; what a reader is just looking at goes with a later one."""
        with self._queue.turn(), self._lent() as cursor:
            cursor.execute(FORGET)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The right to write, for those with a connection of their own."""
        with self._queue.turn():
            yield

    def close(self) -> None:
        """Close all threads' connections; later use is a StoreError."""
        with self._queue.turn(), self._guard:
            self._closed = True
            for held in list(self._all):
                with held.lock:
                    held.close()
        self._queue.close()

    @contextmanager
    def _lent(self, begin: str = "", end: str = "") -> Iterator[sqlite3.Cursor]:
        held = self._taken()
        try:
            if begin:
                held.cursor.execute(begin)
            yield held.cursor
            if end:
                held.cursor.execute(end)
        except BaseException as error:
            _roll_back(held)
            if isinstance(error, _FAULTS):
                raise fault(error, self._where) from error
            raise
        finally:
            held.lock.release()

    def _taken(self) -> _Held:
        """This thread's connection, its lock taken."""
        if self._process != os.getpid():
            raise StoreError(f"{self._where.path}: opened before a fork that Python wasn't told of; open it after")
        while True:
            held: _Held | None = getattr(self._local, "held", None)
            if held is not None:
                held.lock.acquire()
                if not held.closed:
                    return held
                held.lock.release()
            self._local.held = self._connected()

    def _connected(self) -> _Held:
        with self._guard:
            if self._closed:
                raise StoreError(f"{self._where.path}: the store was closed; open it again")
            try:
                held = _Held(connect(self._where))
            except sqlite3.Error as error:
                raise fault(error, self._where) from error
            self._all.add(held)
        return held

    def before_fork(self) -> None:
        """Let running transactions end, then close everything; `after_fork` lets go."""
        self._queue.pause()
        self._guard.acquire()
        for held in list(self._all):
            with held.lock:
                held.close()

    def after_fork(self) -> None:
        """Go on, in parent and child alike."""
        self._process = os.getpid()
        self._guard.release()
        self._queue.resume()


class _Queue:
    """Writers of this process wait on a lock, those of several processes on a lock file: in turn, without polling."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._file: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Mine alone until left; the system ends it where a process dies."""
        with self._lock:
            if fcntl is None:
                yield
                return
            file = self._open()
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def _open(self) -> int:
        if self._file is None:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            except OSError as error:
                raise StoreError(
                    f"{self._path}: {error.strerror}: the database's folder must exist and be writable"
                ) from error
        return self._file

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def pause(self) -> None:
        """Nobody writes until `resume`; the file is opened anew then, as a lock on it belongs to who opened it."""
        self._lock.acquire()
        self.close()

    def resume(self) -> None:
        self._lock.release()


def _roll_back(held: _Held) -> None:
    try:
        if held.connection.in_transaction:
            held.cursor.execute("ROLLBACK")
    except sqlite3.Error:
        held.close()


def _watch_forks(connections: Connections) -> None:
    if not hasattr(os, "register_at_fork"):
        return
    weak = ref(connections)
    paused: list[Connections] = []  # between the two calls it must stay alive, else its locks would stay taken

    def before() -> None:
        one = weak()
        if one is not None:
            one.before_fork()
            paused.append(one)

    def after() -> None:
        if paused:
            paused.pop().after_fork()

    os.register_at_fork(before=before, after_in_parent=after, after_in_child=after)
