"""Notices that wait, failed or are dead, as an operator sees them: listed, tried again, dropped with a reason."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import frozen

from itsmkit.core.errors import BadInput, NotFound, Stale
from itsmkit.core.model.event import INTERNAL, Draft
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.query import Op, Query, Scope, Test
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Change, Done, Lane, Todo, Unit
from itsmkit.core.relay import DIGEST
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.standings import standings

ALL = Scope.system("outbox")
STANDS = ("waiting", "failed", "dead")
OPEN = ("waiting", "dead", "parked")
"""The states of a notice that something can be done about."""


@frozen
class Letter:
    """A notice on its way or given up: how it stands ("waiting", "failed", "dead" or "parked"), and its next try."""

    notice: Notice
    stands: str
    next_try: datetime | None = None


def letters(setup: Setup, stands: Iterable[str] = (), channel: str = "", limit: int = 1000) -> tuple[Letter, ...]:
    """The outbox, the oldest first: all of it, or what stands so or goes by that channel."""
    wanted = frozenset(stands)
    if unknown := wanted - {*STANDS, "parked"}:
        msg = f"a notice is {', '.join(STANDS)} or parked, not {', '.join(sorted(unknown))}"
        raise BadInput(msg)
    found: list[Notice] = []
    for notice in _notices(setup, OPEN, channel):
        if len(found) == limit:
            break
        found.append(notice)
    ids = {one.id for one in found}
    places = {one.lease.id: one for one in standings(setup.store, Lane.POST) if one.lease.id in ids}
    listed = []
    for notice in found:
        place = places.get(notice.id)
        parked = place is not None and place.parked
        how = "parked" if parked else "failed" if notice.state == "waiting" and notice.tries else notice.state
        if not wanted or how in wanted:
            listed.append(Letter(notice, how, place.lease.due if place and not parked else None))
    return tuple(listed)


def _notices(setup: Setup, states: tuple[str, ...], channel: str = "", more: tuple[Test, ...] = ()) -> Iterator[Notice]:
    where = (Test("state", Op.ANY_OF, states), *((Test("channel", value=channel),) if channel else ()), *more)
    after: str | None = None
    while True:
        page = setup.store.find(Query("notice", where, order="queued"), ALL, after, 200)
        yield from (one for one in page.items if isinstance(one, Notice))
        if (after := page.after) is None:
            return


def dead(setup: Setup, channel: str = "") -> tuple[str, ...]:
    """The ids of all dead letters, or of those of a channel."""
    return tuple(one.id for one in _notices(setup, ("dead",), channel))


def undelivered(setup: Setup, ticket: Ticket, scope: Scope) -> tuple[Notice, ...]:
    """The dead letters of a ticket; none for those who don't see its inner side."""
    if not scope.hears(INTERNAL):
        return ()
    query = Query("notice", (Test("about", value=ticket.id), Test("state", value="dead")))
    return tuple(one for one in setup.store.find(query, scope).items if isinstance(one, Notice))


def retry(setup: Setup, id_: str, by: Principal, *, dry_run: bool = False) -> Notice:
    """Try a notice again at once, as if for the first time, with all that it collected.

    BadInput where there is nothing to try.
    """
    notice = _notice(setup, id_)
    if notice.state not in OPEN or notice.erased:
        msg = f"notice {id_} is {notice.state}{', and its words are erased' if notice.erased else ''}; nothing to retry"
        raise BadInput(msg)
    now = setup.world.now()

    def retried(one: Notice, state: str, *todos: Todo) -> Change:
        draft = Draft("retried", by.id, args={"was": one.state, "tries": one.tries})
        return sealed(setup.world, one, revised(one, state=state, tries=0), (draft,), now, todos=todos)

    given_up = _collected(setup, notice, "dead", "parked")
    changes = (retried(notice, "waiting", Todo(Lane.POST, now)), *(retried(one, "held") for one in given_up))
    return _committed(setup, notice, changes, dry_run=dry_run)


def drop(setup: Setup, id_: str, by: Principal, reason: str, *, dry_run: bool = False) -> Notice:
    """Give a notice up for good, with all that it collected.

    BadInput without a reason, or where it was sent or dropped already.
    """
    if not reason.strip():
        msg = "to drop a notice takes a reason"
        raise BadInput(msg)
    notice = _notice(setup, id_)
    if notice.state not in OPEN:
        msg = f"notice {id_} is {notice.state}; there is nothing to drop"
        raise BadInput(msg)
    now = setup.world.now()

    def dropped(one: Notice, *todos: Todo) -> Change:
        after = revised(one, state="dropped", error=reason.strip()[:500])
        draft = Draft("dropped", by.id, args={"was": one.state}, personal={"reason": reason.strip()})
        return sealed(setup.world, one, after, (draft,), now, todos=todos)

    collected = _collected(setup, notice, "held", "dead", "parked")
    changes = (dropped(notice, Todo(Lane.POST, None)), *(dropped(one) for one in collected))
    return _committed(setup, notice, changes, dry_run=dry_run)


def _collected(setup: Setup, digest: Notice, *states: str) -> tuple[Notice, ...]:
    """What that notice collected and stands so; nothing where it is no digest."""
    if digest.rule != DIGEST:
        return ()
    found = _notices(setup, states, more=(Test("digest", value=digest.id),))
    return tuple(one for one in found if not one.erased)


def _notice(setup: Setup, id_: str) -> Notice:
    found = setup.store.get("notice", id_, ALL) if ":" not in id_ else None
    if not isinstance(found, Notice):
        raise NotFound("notice", id_)
    return found


def _committed(setup: Setup, before: Notice, changes: tuple[Change, ...], *, dry_run: bool) -> Notice:
    """The notice as the first of the changes leaves it, which are stored together."""
    if not dry_run and not isinstance(setup.store.commit(Unit(changes))[0], Done):
        raise Stale(f"notice {before.id}", before.version, before.version + 1, ("a try to deliver it",))
    after = changes[0].after
    return after if dry_run and isinstance(after, Notice) else _notice(setup, before.id)
