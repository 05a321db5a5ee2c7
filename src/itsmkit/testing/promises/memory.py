"""How the store in memory is opened, opened again, broken and looked into: the example to follow."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar

from attrs import evolve

from itsmkit.core.memory import MemoryStore
from itsmkit.core.model.record import RecordType
from itsmkit.core.store import Store
from itsmkit.testing.promises.base import Promises

OWN = ("_types", "_clock", "_lock")


class InMemory(Promises):
    """All that a contract asks for, of the store in memory or of one built upon it (`make`)."""

    make: ClassVar[type[MemoryStore]] = MemoryStore

    def open(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Store:
        """An empty one."""
        return self.make(types, clock)

    def reopen(self, store: Store, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Store:
        """Another one that takes over what the first holds, as a file would."""
        again = self.make(types, clock)
        vars(again).update({name: held for name, held in vars(store).items() if name not in OWN})
        return again

    def corrupt(self, store: Store, type_: str, id_: str) -> None:
        """Cut the body off in the middle."""
        rows = vars(store)["_rows"][type_]
        rows[id_] = evolve(rows[id_], body=rows[id_].body[:-1])

    def contents(self, store: Store) -> bytes:
        """Everything it holds, as text."""
        return repr({name: held for name, held in vars(store).items() if name not in OWN}).encode()
