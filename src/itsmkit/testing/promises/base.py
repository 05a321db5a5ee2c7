"""The ground all promises stand on: a fresh store on a moved clock, and what a subclass provides."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pytest

from itsmkit.core.model.message import RECEIVED
from itsmkit.core.model.party import PERSON, TEAM
from itsmkit.core.model.query import Query, Scope
from itsmkit.core.model.record import RecordType
from itsmkit.core.model.ticket import TICKET
from itsmkit.core.store import Store
from itsmkit.testing.clock import MovedClock
from itsmkit.testing.sample_type import CONFIDED, SAMPLE

ALL = Scope.system("store contract")


class Promises:
    """A store opened anew for each test, on a clock that only the test moves."""

    types: ClassVar[tuple[RecordType, ...]] = (SAMPLE, CONFIDED, TICKET, PERSON, TEAM, RECEIVED)

    folder: Path
    """An empty directory of the test's own, for stores that keep files."""

    clock: MovedClock
    store: Store

    def open(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Store:
        """A fresh, empty store for those types that judges time by `clock`."""
        raise NotImplementedError

    def reopen(self, store: Store, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Store:
        """The same store closed and opened again, perhaps by a program with other types."""
        pytest.skip(f"no way is given to open {store} again for {types} and {clock}")

    def corrupt(self, store: Store, type_: str, id_: str) -> None:
        """Make the stored body of that record unreadable, behind the store's back."""
        pytest.skip(f"no way is given to break the body of {type_} {id_} in {store}")

    def contents(self, store: Store) -> bytes:
        """Everything the store keeps, so that a test can look for what must be gone."""
        pytest.skip(f"no way is given to look at all that {store} keeps")

    @contextmanager
    def at_work(self, folder: Path) -> Iterator[None]:
        """The time of one test: the store is opened before and closed behind it."""
        self.folder, self.clock = folder, MovedClock()
        self.store = self.open(self.types, self.clock)
        try:
            yield
        finally:
            self.store.close()

    @pytest.fixture(autouse=True)
    def _at_work(self, tmp_path: Path) -> Iterator[None]:
        with self.at_work(tmp_path):
            yield

    def ids(self, query: Query, scope: Scope = ALL, limit: int = 1000) -> list[str]:
        """The ids that a query gives, in its order."""
        return [one.id for one in self.store.find(query, scope, limit=limit).items]
