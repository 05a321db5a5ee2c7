"""Human numbers such as T26-000123: taken in blocks per process, unique, never reused; gaps are allowed."""

import os
from collections.abc import Callable
from threading import Lock
from typing import ClassVar

from attrs import frozen

from itsmkit.core.errors import StoreError
from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record, RecordType
from itsmkit.core.model.unit import Done, Unit
from itsmkit.core.sealing import sealed
from itsmkit.core.store import Store
from itsmkit.core.world import World

LARGEST_BLOCK = 64
TRIES = 50


@frozen(kw_only=True, slots=False)
class Series(Record):
    """A series of numbers and the next one that is free."""

    type: ClassVar[str] = "series"

    next: int = 1


SERIES = RecordType("series", Series)


class Numbers:
    """Gives out numbers; the block doubles while it is used up, so that one command alone leaves no gap."""

    def __init__(self, store: Store, world: World, pause: Callable[[int], None] = lambda _: None) -> None:
        self._store, self._world, self._pause = store, world, pause
        self._begin()

    def _begin(self) -> None:
        """Empty-handed: at the start, and in a child process, whose parent goes on with the blocks it has."""
        self._process = os.getpid()
        self._blocks: dict[str, tuple[int, int, int]] = {}
        self._lock = Lock()

    def take(self, prefix: str, year: int) -> str:
        """The next number of the year's series, as in T26-000123."""
        series = f"{prefix}{year % 100:02d}"
        if self._process != os.getpid():
            self._begin()
        with self._lock:
            at, end, size = self._blocks.get(series, (0, 0, 0))
            if at == end:
                size = min(max(1, size * 2), LARGEST_BLOCK)
                at = self._allot(series, size)
                end = at + size
            self._blocks[series] = (at + 1, end, size)
        return f"{series}-{at:06d}"

    def reserve(self, prefix: str, year: int, count: int) -> None:
        """Make sure that at least so many numbers can be taken without going to the store."""
        series = f"{prefix}{year % 100:02d}"
        if self._process != os.getpid():
            self._begin()
        with self._lock:
            at, end, size = self._blocks.get(series, (0, 0, 0))
            if at == end and count > 1:
                at = self._allot(series, count)
                self._blocks[series] = (at, at + count, size)

    def _allot(self, series: str, size: int) -> int:
        """Take a block out of the store's series; another process may come between, then once more."""
        for attempt in range(TRIES):
            found = self._store.get("series", series, Scope.system("numbers"))
            before = found if isinstance(found, Series) else None
            first = before.next if before else 1
            drafts = (Draft("allotted", "core", args={"first": first, "count": size}),)
            after = Series(id=series, next=first + size)
            change = sealed(self._world, before, after, drafts, self._world.now())
            if isinstance(self._store.commit(Unit((change,)))[0], Done):
                return first
            self._pause(attempt)
        msg = f"series {series} is contended; try again"
        raise StoreError(msg)


class Foretold(Numbers):
    """Names the numbers that would come next and takes none, for trials."""

    def _allot(self, series: str, size: int) -> int:  # noqa: ARG002 - what is not taken has no size
        found = self._store.get("series", series, Scope.system("numbers"))
        return found.next if isinstance(found, Series) else 1
