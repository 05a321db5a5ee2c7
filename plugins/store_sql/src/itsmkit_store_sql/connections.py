"""One connection a thread, and nothing carried over a fork."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import RLock, local
from typing import Generic, Protocol, TypeVar
from weakref import WeakSet, ref

from attrs import define, field

from itsmkit import StoreError


class Closes(Protocol):
    """A driver's connection."""

    def close(self) -> None:
        """End it."""
        ...


C = TypeVar("C", bound=Closes)


@define(eq=False)
class Held(Generic[C]):
    """A thread's connection; `lock` is taken while it is in use."""

    connection: C
    lock: RLock = field(factory=RLock)
    closed: bool = False

    def close(self) -> None:
        """End it; the thread gets another one when it asks again."""
        self.closed = True
        with suppress(Exception):  # it is gone already then, in whatever way its driver tells
            self.connection.close()

    def __del__(self) -> None:
        self.close()


class Connections(Generic[C]):
    """Lends a thread its connection. `connect` makes one, `name` says whereto.

    Before a fork every connection is closed and opened again when needed: SQLite's locks belong to a process, so
    that a child with inherited ones could lose what it writes; and two processes would talk at once on one socket.
    """

    def __init__(self, name: str, connect: Callable[[], C]) -> None:
        self._name = name
        self._connect = connect
        self._local = local()
        self._all: WeakSet[Held[C]] = WeakSet()
        self._guard = RLock()
        self._closed = False
        self._process = os.getpid()

    @contextmanager
    def lent(self) -> Iterator[Held[C]]:
        """This thread's connection."""
        held = self._taken()
        try:
            yield held
        finally:
            held.lock.release()

    def _taken(self) -> Held[C]:
        if self._process != os.getpid():
            raise StoreError(f"{self._name}: opened before a fork that Python wasn't told of; open it after")
        while True:
            held: Held[C] | None = getattr(self._local, "held", None)
            if held is not None:
                held.lock.acquire()
                if not held.closed:
                    return held
                held.lock.release()
            self._local.held = self._connected()

    def _connected(self) -> Held[C]:
        with self._guard:
            if self._closed:
                raise StoreError(f"{self._name}: the store was closed; open it again")
            held = Held(self._connect())
            self._all.add(held)
        return held

    def close(self) -> None:
        """Close all threads' connections; later use is a StoreError."""
        with self._guard:
            self._closed = True
            self._end_all()

    def _end_all(self) -> None:
        for held in list(self._all):
            with held.lock:
                held.close()

    def before_fork(self) -> None:
        """Let running transactions end, then close everything; `after_fork` lets go."""
        self._guard.acquire()
        self._end_all()

    def after_fork(self) -> None:
        """Go on, in parent and child alike."""
        self._process = os.getpid()
        self._guard.release()


class Forks(Protocol):
    """Who must know of forks."""

    def before_fork(self) -> None:
        """Let go of what a child must not have."""
        ...

    def after_fork(self) -> None:
        """Go on."""
        ...


def watch_forks(whom: Forks) -> None:
    """Tell them, as long as they live."""
    if not hasattr(os, "register_at_fork"):
        return
    weak = ref(whom)
    paused: list[Forks] = []  # between the two calls it must stay alive, else its locks would stay taken

    def before() -> None:
        one = weak()
        if one is not None:
            one.before_fork()
            paused.append(one)

    def after() -> None:
        if paused:
            paused.pop().after_fork()

    os.register_at_fork(before=before, after_in_parent=after, after_in_child=after)
