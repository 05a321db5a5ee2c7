"""Committing what many leases came to, so that one that can't be kept holds up none of the others."""

import logging
from collections.abc import Sequence

from itsmkit.core.errors import OutcomeUnknown, StoreError
from itsmkit.core.model.unit import Outcome, Unit
from itsmkit.core.store import Store

log = logging.getLogger("itsmkit")


def flushed(store: Store, units: Sequence[Unit]) -> tuple[Outcome | None, ...]:
    """Commit the units in one flush; where the store refuses that, one by one, with None for one that it refuses.

    Two refused in a row are no matter of single units: the second StoreError is raised, and so is OutcomeUnknown.
    """
    try:
        return tuple(store.commit(*units))
    except OutcomeUnknown:
        raise
    except StoreError:
        if len(units) < 2:  # noqa: PLR2004 - nothing to take apart
            raise
    outcomes: list[Outcome | None] = []
    for unit in units:
        try:
            outcomes += store.commit(unit)
        except OutcomeUnknown:
            raise
        except StoreError as fault:
            if outcomes and outcomes[-1] is None:
                raise
            log.warning("left for later: %s", fault)
            outcomes.append(None)
    return tuple(outcomes)
