"""A process as pure data: steps, whose duty each is, what may answer it, and where each outcome leads."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import evolve, frozen

from itsmkit.core.errors import ItsmError
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.ticket import Status

STILL = frozenset({Status.RESOLVED, Status.CLOSED})

END = ""
"""Where the last step leads."""


@frozen
class Way:
    """How a step differs for one kind of ticket: what it is called there, and the rule that answers it, if another."""

    title: str
    rule: str = ""


@frozen
class Step:
    """One row of the table.

    Answered, in this order, by its `rule` (a pure function's name), by the hook it `asks`, by the outcome
    `otherwise`, or, where that is "", by a person who has the `duty`. `to` maps each outcome to the next step.
    Once it is answered, the hook it names in `then` adds to the ticket. A step marked `later` is not taken while
    a report comes in, but by a worker or when a person works on the ticket. `writes` names fields of the record. It
    may differ `by_kind`, and is not left while children of the types that it `holds` for are open; where that is
    "ticket", while tickets linked to the record are at work.
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
    by_kind: Mapping[str, Way] = MappingProxyType({})
    holds: tuple[str, ...] = ()

    def of(self, kind: str) -> "Step":
        """The step as it is for that kind of ticket."""
        way = self.by_kind.get(kind)
        return self if way is None else evolve(self, title=way.title, rule=way.rule or self.rule)


@frozen
class Process:
    """A table of steps by id, in order, where a record starts, and of which type the records are that walk it.

    At its end a record has the status `ended`; one that waits shows `resting`, unless its step's is among `still`.
    """

    name: str
    title: str
    start: str
    steps: Mapping[str, Step]
    type: str = "ticket"
    ended: str = Status.CLOSED
    resting: str = Status.WAITING
    still: frozenset[str] = STILL

    def step(self, id_: str) -> Step:
        """The step of that id; ItsmError where the table has none, as after a change of tables."""
        try:
            return self.steps[id_]
        except KeyError:
            msg = f"process {self.name} has no step {id_}; put its table back, or move the ticket with reclassify"
            raise ItsmError(msg) from None
