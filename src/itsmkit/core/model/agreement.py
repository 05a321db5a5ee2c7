"""Targets and clocks: what was promised, frozen when the clock starts, and the facts that a clock depends on."""

from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from attrs import field, frozen

from itsmkit.core.model.escalation import BREACH, LATEST_SHARE, OVERDUE, Level, Rung


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


@frozen(slots=False)
class Moment:
    """One clock fact of a record: when, what, and the value where there is one (a pause's reason, a team)."""

    at: datetime
    what: Fact
    value: str = ""


@frozen(slots=False)
class Target:
    """What is promised for a ticket: so many seconds of a calendar's open time, until a fact stops the clock.

    `name` says what for ("response", "resolution", or a site's own), `kind` whose promise it is ("sla" to the
    customer, "ola" of a team, "contract" of a vendor). It stops for good at any of `stops`; where `pauses`,
    it rests while the ticket waits with a reason that pauses. `why` names the rule that chose it. Its levels are
    those of `chain`, and of the site's chain named `escalation`, which are copied here when the clock starts.
    """

    name: str
    seconds: int = field()
    calendar: str
    kind: str = "sla"
    stops: tuple[Fact, ...] = (Fact.RESOLVED,)
    pauses: bool = True
    chain: tuple[Level, ...] = field(default=())
    why: str = ""
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

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """Every turn of the chain with the moment of breach in it; those at a share of the target first, in order."""
        return _rungs(self.chain)


@lru_cache(1024)
def _rungs(chain: tuple[Level, ...]) -> tuple[Rung, ...]:
    # Tickets of one agreement share a chain, but each brings its own copy from the store.
    breach = () if any(one.share == OVERDUE for one in chain) else (BREACH,)
    rungs = (rung for level in (*chain, *breach) for rung in level.rungs)
    return tuple(sorted(rungs, key=lambda rung: (rung.level.share or LATEST_SHARE + 1, rung.turn)))


@frozen(slots=False)
class Clock:
    """A target running on a ticket: since when, which levels fired in which cycle, and the verdict once it stopped.

    `due` is the moment of the promise as it stands; None while paused or stopped. `fired` holds the keys of levels.
    `reached` is the level that a hook decides on, and None at any other time.
    """

    target: Target
    started: datetime
    cycle: int = 1
    fired: tuple[str, ...] = ()
    due: datetime | None = None
    stopped: datetime | None = None
    met: bool | None = None
    reached: Level | None = None
