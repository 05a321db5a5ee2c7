"""Targets and clocks: what was promised, frozen when the clock starts, and the facts that a clock depends on."""

from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from attrs import field, frozen
from attrs.validators import in_

from itsmkit.core.model.escalation import BREACH, LATEST_SHARE, OVERDUE, Level, Rung

SLA, OLA, CONTRACT = "sla", "ola", "contract"
KINDS = (SLA, OLA, CONTRACT)
"""Whose promise a target is: the desk's to the customer, a team's, a vendor's."""


class Fact(StrEnum):
    """The kinds of entries in a record's timeline: all that its clocks depend on."""

    OPENED = "opened"
    ACCEPTED = "accepted"
    RESPONDED = "responded"
    PAUSED = "paused"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    PRIORITY = "priority"
    TEAM = "team"
    VENDOR = "vendor"
    DISPATCHED = "dispatched"
    ARRIVED = "arrived"
    TOLD = "told"
    HEARD = "heard"
    ASKED = "asked"
    CALLED = "called"


@frozen(slots=False)
class Moment:
    """One clock fact of a record: when, what, and the value where there is one (a pause's reason, a team, a vendor).

    `party` is whose turn it is from then on, where the fact decides that: "customer", "change", "line:2",
    "vendor:acme" …; `kinds` are the kinds of clocks that a pause stops.
    """

    at: datetime
    what: Fact
    value: str = ""
    party: str = ""
    kinds: tuple[str, ...] = ()


_ENDS = frozenset({Fact.RESOLVED, Fact.CLOSED})


@frozen(slots=False)
class Target:
    """What is promised for a ticket: so many seconds of a calendar's open time, from a fact until a fact.

    `name` says what for ("response", "resolution", "update" … or a site's own), `kind` whose promise it is: "sla" to
    the customer, "ola" of a team, "contract" of a vendor. With `party`, the team's or vendor's id, it holds for one
    assignment: from when the party gets the ticket until the ticket leaves it. Otherwise it starts at any of
    `starts`. It stops at any of `stops`, and at the closing whatever they are, unless it starts behind the
    resolution. Any of `restarts` begins it anew. Where `pauses`, it rests while the ticket waits for a reason that
    stops clocks of its kind. `why` names the rule that chose it. Its levels are those of `chain`, and of the site's
    chain named `escalation`, which are copied here when the clock starts.
    """

    name: str
    seconds: int = field()
    calendar: str
    kind: str = field(default=SLA, validator=in_(KINDS))
    stops: tuple[Fact, ...] = (Fact.RESOLVED,)
    pauses: bool = True
    chain: tuple[Level, ...] = field(default=())
    why: str = ""
    party: str = field(default="")
    starts: tuple[Fact, ...] = (Fact.OPENED,)
    restarts: tuple[Fact, ...] = ()
    escalation: str = ""

    @seconds.validator
    def _seconds(self, _attribute: Any, value: int) -> None:
        if value <= 0:
            msg = f"target {self.name!r} must be longer than 0 seconds"
            raise ValueError(msg)

    @chain.validator
    def _chain(self, _attribute: Any, value: tuple[Any, ...]) -> None:
        keys = [rung.key for one in value if isinstance(one, Level) for rung in one.rungs]
        if twice := {one for one in keys if keys.count(one) > 1}:
            msg = f"target {self.name!r} has two levels {min(twice)!r}: the second would never fire"
            raise ValueError(msg)

    @party.validator
    def _party(self, _attribute: Any, value: str) -> None:
        if value and self.kind == SLA:
            msg = f"target {self.name!r} is of kind sla, which is the desk's promise and no single party's"
            raise ValueError(msg)

    def __attrs_post_init__(self) -> None:
        if both := {*self.starts, *self.restarts} & set(self.stops):
            msg = f"target {self.name!r} would start and stop at once at {', '.join(sorted(both))}"
            raise ValueError(msg)

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """Every turn of the chain with the moment of breach in it; those at a share of the target first, in order."""
        return _rungs(self.chain)

    @cached_property
    def heeds(self) -> tuple[Fact, ...]:
        """The facts that can make a difference to it, beside the ticket's opening, with which it may start.

        A tuple, since a look into it is quicker than hashing.
        """
        holds = {OLA: Fact.TEAM, CONTRACT: Fact.VENDOR}
        party = {holds[self.kind]} if self.party else {*self.starts}
        own = {*self.stops, *self.restarts, *party, Fact.REOPENED, Fact.CLOSED}
        return tuple({*own, Fact.PAUSED, Fact.RESUMED} - {Fact.OPENED})

    @cached_property
    def follows(self) -> bool:
        """Whether it starts behind the resolution, as that of a follow-up call does: reopening takes its start back."""
        return not _ENDS.isdisjoint(self.starts)


@lru_cache(1024)
def _rungs(chain: tuple[Level, ...]) -> tuple[Rung, ...]:
    # Tickets of one agreement share a chain, but each brings its own copy from the store.
    breach = () if any(one.share == OVERDUE for one in chain) else (BREACH,)
    rungs = (rung for level in (*chain, *breach) for rung in level.rungs)
    return tuple(sorted(rungs, key=lambda rung: (rung.level.share or LATEST_SHARE + 1, rung.turn)))


@frozen(slots=False)
class Clock:
    """A target running on a ticket: since when, which levels fired in which cycle, and the verdict once it stopped.

    `started` is the moment from which facts count for it. `round` counts how often it began; each round is a new
    promise with levels of its own, and so is a new target: both begin a new `cycle`. `due` is the moment of the
    promise as it stands; None before its start, while paused or stopped. `met` holds for every round of it. `fired`
    holds the keys of levels. `reached` is the level that a hook decides on, and None at any other time. `later` is the
    target that holds by now, while the clock keeps the one of its verdict: it is that of the next round.
    """

    target: Target
    started: datetime
    cycle: int = 1
    fired: tuple[str, ...] = ()
    due: datetime | None = None
    stopped: datetime | None = None
    met: bool | None = None
    round: int = 1
    reached: Level | None = None
    later: Target | None = None
