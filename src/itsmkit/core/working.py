"""What a worker does: one pass over the lanes, each todo leased, done and settled."""

import logging
from collections.abc import Callable
from types import MappingProxyType

from attrs import frozen

from itsmkit.core import intake, relay, retaining, sweep
from itsmkit.core.errors import ItsmError, StoreError
from itsmkit.core.model.unit import Lane, Lease
from itsmkit.core.setup import Setup

AT_ONCE = MappingProxyType({Lane.INTAKE: 10, Lane.WORK: 10, Lane.DUE: 10, Lane.NEWS: 10, Lane.POST: 1})
"""So many todos are leased together: few enough to be done well within their hold, so deliveries one by one."""
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


def ticked(setup: Setup, limit: int) -> Ticked:
    """Take up what dead receivers left, later steps, clocks and deadlines, news, deliveries: `limit` of each."""
    retaining.schedule(setup)
    return Ticked(
        _drained(setup, Lane.INTAKE, intake.HOLD, limit, _taken_up),
        _drained(setup, Lane.WORK, sweep.HOLD, limit, sweep.work),
        _drained(setup, Lane.DUE, sweep.HOLD, limit, _due),
        _drained(setup, Lane.NEWS, relay.HOLD, limit, relay.relay),
        _drained(setup, Lane.POST, relay.HOLD, limit, relay.post),
    )


def _drained(setup: Setup, lane: Lane, hold: int, limit: int, do: Callable[[Setup, Lease], object]) -> int:
    done = 0
    while done < limit and (leases := setup.store.lease(lane, hold, min(AT_ONCE[lane], limit - done))):
        for lease in leases:
            try:
                do(setup, lease)
            except StoreError:
                raise
            except ItsmError as fault:
                # One ticket that can't be worked on must not hold up the rest: its lease lapses, then it is parked.
                log.warning("%s %s on lane %s: %s", lease.type, lease.id, lane, fault)
        done += len(leases)
    return done


def _due(setup: Setup, lease: Lease) -> None:
    if lease.type == retaining.ROUTINE.name:
        retaining.round_(setup, lease)
    else:
        sweep.sweep(setup, lease)


def _taken_up(setup: Setup, lease: Lease) -> None:
    kept = intake.left_behind(setup, lease)
    if kept is not None:
        intake.finish(setup, kept)
