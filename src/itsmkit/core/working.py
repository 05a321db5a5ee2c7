"""What a worker does: one pass over the lanes, todos leased in small batches, done and settled.

Escalations come first, and again before every batch of anything else: a backlog of alarms, news or deliveries must not
hold them up. The news of what a sweep did is relayed by the same worker at once, ahead of the news that wait.

Time is the store's: when a batch was leased, and what has passed since then. A host whose clock is wrong does nothing
early and nothing late.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType

from attrs import define, evolve, field, frozen

from itsmkit.core import intake, masters, posting, promising, relay, retaining, sweep
from itsmkit.core.errors import ItsmError, StoreError
from itsmkit.core.model.cascade import CASCADE
from itsmkit.core.model.commitment import COMMITMENT
from itsmkit.core.model.record import instant
from itsmkit.core.model.ticket import TICKET
from itsmkit.core.model.unit import Lane, Lease, Settle
from itsmkit.core.setup import Setup

HOLD = 60
"""Seconds that a worker has for a batch, by the store's clock, before others may take it over."""
AT_ONCE = MappingProxyType({Lane.INTAKE: 10, Lane.WORK: 10, Lane.DUE: 100, Lane.NEWS: 50, Lane.POST: 1})
"""So many todos are leased together: few enough to be done well within their hold, so deliveries one by one."""
AFTER_DUE = (Lane.INTAKE, Lane.WORK, Lane.NEWS, Lane.POST)
"""The lanes behind the one of escalations, in the order they are worked on."""
SHARE = 4
"""A batch that takes longer than this part of its hold is cut short, and the rest given back."""
log = logging.getLogger("itsmkit")


@frozen
class Ticked:
    """What one pass of a worker did, by lane."""

    intake: int = 0
    work: int = 0
    due: int = 0
    news: int = 0
    post: int = 0

    @property
    def total(self) -> int:
        """Everything it did."""
        return self.intake + self.work + self.due + self.news + self.post


def _unwatched(_until: float | None) -> None:
    pass


@frozen
class Batch:
    """Some leased todos of a lane, and for how long they may be worked on."""

    setup: Setup
    leases: tuple[Lease, ...]
    begun: float
    hold: int

    def enough(self) -> bool:
        """Whether the rest should be given back, as others could get on with it."""
        return self.setup.world.monotonic() - self.begun > self.hold / SHARE

    def sweep(self) -> None:
        """Escalations and other deadlines, and the news of them; then promises, and routines of the site."""
        tickets, others = self.of(TICKET.name)
        promises, routines = evolve(self, leases=others).of(COMMITMENT.name)
        news = sweep.sweep(self.setup, tickets, self.hold, enough=self.enough).news
        relay.relay(self.setup, news, enough=self.enough)
        evolve(self, leases=promises).one_by_one(promising.fell_due)
        evolve(self, leases=routines).one_by_one(retaining.round_)

    def relay(self) -> None:
        """News that wait, and what is on its way from masters to the tickets linked to them."""
        cascades, news = self.of(CASCADE.name)
        relay.relay(self.setup, news, enough=self.enough)
        evolve(self, leases=cascades).one_by_one(masters.carried_on)

    def of(self, type_: str) -> tuple[tuple[Lease, ...], tuple[Lease, ...]]:
        """The leases of records of that type, and the others."""
        of_it, others = (tuple(one for one in self.leases if (one.type == type_) is is_) for is_ in (True, False))
        return of_it, others

    def work(self) -> None:
        """Later steps of the process."""
        sweep.work(self.setup, self.leases, self.hold, enough=self.enough)

    def one_by_one(self, do: Callable[[Setup, Lease], object]) -> None:
        """Each by itself: one that can't be worked on keeps its lease, which lapses, until it is parked."""
        for at, lease in enumerate(self.leases):
            if at and self.enough():
                self.setup.store.settle(*(Settle(one, one.due) for one in self.leases[at:]))
                return
            try:
                do(self.setup, lease)
            except StoreError:
                raise
            except ItsmError as fault:
                log.warning("%s %s on lane %s: %s", lease.type, lease.id, lease.lane, fault)


@define
class Working:
    """One pass: how much of each lane it may do, how long it may hold a batch, and whom it tells that it is at one.

    `at_work` gets the moment, by the monotonic clock, at which the batch's lease lapses, and None when it is done.
    """

    setup: Setup
    limit: int
    hold: int = HOLD
    at_work: Callable[[float | None], None] = _unwatched
    done: dict[Lane, int] = field(factory=lambda: dict.fromkeys(Lane, 0))

    def whole(self) -> Ticked:
        """Do what is due, up to the limit on each lane."""
        self._due()
        for lane in AFTER_DUE:
            while self._batch(lane):
                self._due()
        return Ticked(**{str(lane): count for lane, count in self.done.items()})

    def _due(self) -> None:
        while self._batch(Lane.DUE):
            pass

    def _batch(self, lane: Lane) -> int:
        """One batch of the lane; how many todos it had."""
        room = self.limit - self.done[lane]
        begun = self.setup.world.monotonic()
        leases = self.setup.store.lease(lane, self.hold, min(AT_ONCE[lane], room)) if room > 0 else ()
        if not leases:
            return 0
        self.at_work(begun + self.hold)
        batch = Batch(self._by_store_s_clock(leases[0], begun), leases, begun, self.hold)
        try:
            _DOES[lane](batch)
        finally:
            self.at_work(None)
        self.done[lane] += len(leases)
        return len(leases)

    def _by_store_s_clock(self, lease: Lease, begun: float) -> Setup:
        """The setup with the store's time as its own."""
        world = self.setup.world
        leased = lease.until - timedelta(seconds=self.hold)

        def now() -> datetime:
            return instant(leased + timedelta(seconds=world.monotonic() - begun))

        return evolve(self.setup, world=evolve(world, now=now))


def ticked(setup: Setup, limit: int, hold: int = HOLD, at_work: Callable[[float | None], None] = _unwatched) -> Ticked:
    """Clocks and deadlines, what dead receivers left, later steps, news, deliveries: `limit` of each."""
    retaining.schedule(setup)
    return Working(setup, limit, hold, at_work).whole()


def _taken_up(setup: Setup, lease: Lease) -> None:
    kept = intake.left_behind(setup, lease)
    if kept is not None:
        intake.finish(setup, kept)


_DOES: MappingProxyType[Lane, Callable[[Batch], None]] = MappingProxyType(
    {
        Lane.DUE: Batch.sweep,
        Lane.INTAKE: lambda batch: batch.one_by_one(_taken_up),
        Lane.WORK: Batch.work,
        Lane.NEWS: Batch.relay,
        Lane.POST: lambda batch: batch.one_by_one(posting.post),
    }
)
