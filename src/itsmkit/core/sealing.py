"""A change of any record, with its events numbered, chained on and salted."""

from collections.abc import Iterable
from datetime import datetime

from itsmkit.core.journal import seal
from itsmkit.core.model.event import Draft
from itsmkit.core.model.record import Record, revised
from itsmkit.core.model.unit import Change, Todo
from itsmkit.core.world import World


def sealed(
    world: World,
    before: Record | None,
    after: Record,
    drafts: Iterable[Draft],
    now: datetime,
    *,
    cause: str = "",
    todos: Iterable[Todo] = (),
) -> Change:
    """The change with its events numbered and chained on, and the version and head that follow."""
    version, head = (before.version, before.head) if before else (0, "")
    drafts = tuple(drafts)
    salts = [world.salt() for draft in drafts if draft.personal]
    events = seal(after.id, version, head, drafts, at=now, salts=salts, cause=cause)
    final = revised(after, version=version + len(events), head=events[-1].digest)
    return Change(final, events, before, tuple(todos))
