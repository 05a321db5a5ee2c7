"""The unit of work: what shall be, why, and what must still hold for it to be right."""

from datetime import datetime
from enum import StrEnum

from attrs import frozen

from itsmkit.core.model.event import Event
from itsmkit.core.model.record import Blob, Record


class Lane(StrEnum):
    """What workers lease from."""

    INTAKE = "intake"
    WORK = "work"
    NEWS = "news"
    POST = "post"
    DUE = "due"


@frozen
class Todo:
    """Something to be done for a record from `due` on; `due` None takes it off the lane.

    `part` tells several of one record apart (for NEWS the events "3-8"). A `hold` in seconds creates it
    already leased to its maker. Scheduling anew ends whatever lease there is.
    """

    lane: Lane
    due: datetime | None
    part: str = ""
    hold: int = 0


@frozen
class Lease:
    """An exclusive claim on a todo until `until` by the store's clock; `fence` rises with every lease.

    `lapses` counts the leases of this todo that ran out unsettled.
    """

    lane: Lane
    type: str
    id: str
    part: str
    due: datetime
    until: datetime
    fence: int
    lapses: int = 0


FENCE_STEP = 1 << 20
"""A todo's fence starts at its record's version times this and rises by one with each lease: it never repeats."""

LAPSES = 3
"""After so many lapsed leases a todo is parked: handed out no more until it is scheduled anew."""


@frozen
class Standing:
    """A todo as it stands on its lane: the lease it had last, whether somebody holds it still, whether it is parked."""

    lease: Lease
    leased: bool = False
    parked: bool = False

    @property
    def place(self) -> tuple[str, str, str]:
        """What tells it from the others of its lane: the record's type and id, and the part."""
        return self.lease.type, self.lease.id, self.lease.part


@frozen
class LaneView:
    """How a lane stands: todos waiting or leased, when the soonest is due, and those parked."""

    waiting: int
    soonest: datetime | None
    parked: tuple[Lease, ...] = ()


@frozen
class Settle:
    """The end of a lease: done (`again` None), or to be tried again at `again`, or parked for good."""

    lease: Lease
    again: datetime | None = None
    parked: bool = False


@frozen
class Change:
    """A record as it shall be, and the events that tell why.

    `before` is what the decision read (None: a new record); the store refuses the unit where the stored
    version differs from it. `after.version` = `before.version` + number of events, which are numbered on.
    """

    after: Record
    events: tuple[Event, ...]
    before: Record | None = None
    todos: tuple[Todo, ...] = ()


@frozen
class Given:
    """A record that the decision read: it must still be at that version."""

    type: str
    id: str
    version: int


@frozen
class Erase:
    """Forget the personal part of a record's events (all, or those up to `upto`); the chain stays valid.

    What the body held is removed by a change in the same unit.
    """

    type: str
    id: str
    upto: int | None = None


@frozen
class Unit:
    """All or nothing: changes, what they rest on, the leases they end, what they erase, the bytes they name.

    A `command` is unique for 30 days: committing it again changes nothing and gives the first outcome.
    """

    changes: tuple[Change, ...] = ()
    given: tuple[Given, ...] = ()
    settles: tuple[Settle, ...] = ()
    erases: tuple[Erase, ...] = ()
    blobs: tuple[Blob, ...] = ()
    command: str = ""


@frozen
class Ref:
    """A record's place and version after a unit."""

    type: str
    id: str
    version: int


@frozen
class Done:
    """The unit is durable. `leases` are those it was made with (`Todo.hold`); `repeated`: it was already."""

    refs: tuple[Ref, ...]
    leases: tuple[Lease, ...] = ()
    repeated: bool = False


@frozen
class Conflict:
    """A record is not at the version that the unit expected: here it is now, with the events missed."""

    type: str
    id: str
    expected: int
    record: Record | None
    missed: tuple[Event, ...] = ()


@frozen
class Duplicate:
    """A unique key of the unit belongs to the record named."""

    key: str
    type: str
    id: str


@frozen
class Late:
    """A lease that the unit settles had lapsed and gone to somebody else, or was ended by a new schedule."""

    lease: Lease


Outcome = Done | Conflict | Duplicate | Late
