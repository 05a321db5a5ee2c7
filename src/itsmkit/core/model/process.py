"""A process as pure data: steps, whose duty each is, what may answer it, and where each outcome leads."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from itsmkit.core.errors import ItsmError
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.ticket import Status

STILL = frozenset({Status.RESOLVED, Status.CLOSED})

END = ""
"""Where the last step leads."""


@frozen
class Step:
    """One row of the table.

    Answered, in this order, by its `rule` (a pure function's name), by the hook it `asks`, by the outcome
    `otherwise`, or, where that is "", by a person who has the `duty`. `to` maps each outcome to the next step.
    Once it is answered, the hook it names in `then` adds to the ticket. A step marked `later` is not taken while
    a report comes in, but by a worker or when a person works on the ticket. `writes` names fields of the record.
    """

    id: str
    title: str
    duty: Duty
    to: Mapping[str, str]
    status: str
    rule: str = ""
    asks: str = ""
    otherwise: str = ""
    then: str = ""
    later: bool = False
    writes: tuple[str, ...] = ()
    source: str = ""


@frozen
class Process:
    """A table of steps by id, in order, where a record starts, and of which type the records are that walk it.

    At its end a record has the status `ended`, or of `ends` that of the outcome that ended it; one that waits shows
    `resting`, unless its step's is among `still`.
    """

    name: str
    title: str
    start: str
    steps: Mapping[str, Step]
    type: str = "ticket"
    ended: str = Status.CLOSED
    resting: str = Status.WAITING
    still: frozenset[str] = STILL
    ends: Mapping[str, str] = MappingProxyType({})

    def step(self, id_: str) -> Step:
        """The step of that id; ItsmError where the table has none, as after a change of tables."""
        try:
            return self.steps[id_]
        except KeyError:
            msg = f"process {self.name} has no step {id_}; put its table back, or move the ticket with reclassify"
            raise ItsmError(msg) from None
