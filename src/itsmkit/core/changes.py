"""From a decision on a ticket to what the store is given: stamps, facts, clocks, reach and lanes of one change."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from itsmkit.core.access import reach, side_reach
from itsmkit.core.clocks import timed
from itsmkit.core.dues import ASKS, due_moment
from itsmkit.core.model.event import INTERNAL, PUBLIC, Draft
from itsmkit.core.model.process import END, Process
from itsmkit.core.model.query import Query, Scope, Test
from itsmkit.core.model.record import Record, revised
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.model.unit import Change, Lane, Todo
from itsmkit.core.model.work_order import WorkOrder
from itsmkit.core.policy import Policy
from itsmkit.core.process import standing
from itsmkit.core.referral import followed, handed_over, holder
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup

MAJOR = "major"
CHILDREN = 10_000
"""More work orders or referrals than a ticket can come to."""
_DONE = frozenset({Status.RESOLVED, Status.CLOSED})


def ticket_change(
    setup: Setup,
    before: Ticket | None,
    after: Ticket,
    drafts: Iterable[Draft],
    now: datetime,
    *,
    cause: str = "",
    news_held: int = 0,
) -> Change:
    """A ticket's change, complete: stamps, timeline, clocks, next due moment, reach, and its places on the lanes.

    `news_held` leases its news to whoever commits it, for so many seconds.
    """
    drafts, policy, process = tuple(drafts), setup.policy, setup.processes[after.process]
    after = stamped(before, after, policy, now)
    after = timed(before, after, policy.calendars, now)
    after = revised(after, due=due_moment(after, policy), reach=reach(after))
    version = before.version if before else 0
    todos = [Todo(Lane.NEWS, now, f"{version + 1}-{version + len(drafts)}", news_held)]
    if after.due != (before.due if before else None):
        todos.append(Todo(Lane.DUE, after.due))
    works, worked = (_has_later_step(process, one) for one in (after, before))
    if works != worked:
        todos.append(Todo(Lane.WORK, now if works else None))
    return sealed(setup.world, before, after, drafts, now, cause=cause, todos=todos)


def child_change(
    setup: Setup,
    before: Record | None,
    after: Any,
    drafts: Iterable[Draft],
    now: datetime,
    *,
    parent: Ticket | None,
    cause: str = "",
) -> Change:
    """The change of a record that belongs to a ticket: seen by whoever sees the ticket, and by its own people.

    What others are to hear of a work order is told on the ticket; a referral has news of its own, for its party.
    """
    if isinstance(after, Referral):
        reaches = side_reach(after, parent) if parent else after.reach
    else:
        own = (f"person:{one}" for one in after.people)
        reaches = tuple(dict.fromkeys((*(parent.reach if parent else after.reach), *own)))
    drafts, version = tuple(drafts), before.version if before else 0
    news = (Todo(Lane.NEWS, now, f"{version + 1}-{version + len(drafts)}"),) if isinstance(after, Referral) else ()
    return sealed(setup.world, before, revised(after, reach=reaches), drafts, now, cause=cause, todos=news)


def numbered(setup: Setup, made: Any, ticket: Ticket, now: datetime) -> Any:
    """A child of the ticket as it begins: with an id and a number, at the first step of its process."""
    process = setup.processes[made.process]
    number = setup.numbers.take(setup.types[made.type].prefix, now.astimezone(setup.zone).year)
    begun = revised(made, id=setup.world.new_id(), number=number, parent=ticket.id, about=ticket.number)
    return standing(process, begun, process.start)


def begun(
    setup: Setup, child: Any, ticket: Ticket, now: datetime, *, by: str, personal: Mapping[str, Any], cause: str = ""
) -> Change:
    """The change that begins a child; what is referred is told to its party, so that is for all who see it."""
    args: dict[str, Any] = {"for": ticket.number}
    audience = INTERNAL
    if isinstance(child, Referral):
        args |= {"help": child.help, "vendor": child.vendor, "capacity": child.capacity}
        audience = PUBLIC
    draft = Draft("opened", by, child.step, args=args, personal=personal, audience=audience)
    return child_change(setup, None, child, (draft,), now, parent=ticket, cause=cause)


def children(setup: Setup, ticket: Ticket, type_: str) -> tuple[Any, ...]:
    """The records of that type that belong to a ticket."""
    query = Query(type_, (Test("parent", value=ticket.id),))
    found = setup.store.find(query, Scope.system("children of a ticket"), limit=CHILDREN).items
    return tuple(one for one in found if isinstance(one, WorkOrder | Referral))


def with_children(setup: Setup, change: Change, now: datetime, *, but: str = "") -> tuple[Change, ...]:
    """A ticket's change, and those of its children that follow from it, but for the one of that id.

    Where others see the ticket now, nobody keeps sight of its work orders and side threads. Where a vendor has the
    ticket there is one open referral to it, which stands as the ticket does.
    """
    before, ticket = change.before, change.after
    if not isinstance(ticket, Ticket):
        return (change,)
    moved = before is not None and before.reach != ticket.reach
    with_vendor = bool(holder(ticket) or (isinstance(before, Ticket) and holder(before)))
    orders = children(setup, ticket, "work_order") if moved else ()
    sides = children(setup, ticket, "referral") if before is not None and (moved or with_vendor) else ()
    made = _handed_over(change, sides, now)
    follow = (_follows(setup, one, change, now, made) for one in (*orders, *sides) if one.id != but)
    changes = (change, *(one for one in follow if one is not None))
    if made is None:
        return changes
    personal = {"text": made.request} if made.request else {}
    return (*changes, begun(setup, numbered(setup, made, ticket, now), ticket, now, by="core", personal=personal))


def _follows(setup: Setup, child: Any, change: Change, now: datetime, made: Referral | None) -> Change | None:
    """The child's change that follows from its ticket's, None where there is none."""
    before: Any = change.before
    ticket: Any = change.after
    after, draft = child, Draft("seen_by_others", "core", args={"ticket": ticket.number})
    if isinstance(child, Referral):
        found = followed(setup.processes[child.process], child, before, ticket, now)
        if found is not None:
            after, draft = found.referral, found.draft
        if made is not None and made.reference and after.reference == made.reference:
            after = revised(after, reference="")  # the vendor's number goes with the matter to the next one
    changed = child_change(setup, child, after, (draft,), now, parent=ticket)
    return None if after is child and changed.after.reach == child.reach else changed


def _handed_over(change: Change, sides: Iterable[Referral], now: datetime) -> Referral | None:
    """The referral that begins because a vendor has the ticket and no open one says so, else None.

    It takes up the number that the vendor knows the matter by, and where the ticket had come from.
    """
    before: Any = change.before
    ticket: Any = change.after
    own = sorted((one for one in sides if not one.help), key=lambda one: one.number)
    if not holder(ticket) or any(one.is_open and one.vendor == ticket.vendor for one in own):
        return None
    made = handed_over(ticket, before, now)
    homes = [one.home for one in own if one.home]
    known = [one.reference for one in own if one.reference and one.vendor == ticket.vendor]
    return revised(made, home=made.home or next(reversed(homes), ""), reference=next(reversed(known), ""))


def _has_later_step(process: Process, ticket: Ticket | None) -> bool:
    return ticket is not None and ticket.step != END and process.step(ticket.step).later


def stamped(before: Ticket | None, after: Ticket, policy: Policy, now: datetime) -> Ticket:
    """The ticket with the moments that its new step and status bring: resolved, asked, closed, reopened."""
    if after.step == ASKS and (before is None or before.step != ASKS):
        after = revised(after, asked=now)
    if after.major and not (before and before.major):
        after = revised(after, unjudged=(*after.unjudged, MAJOR))
    if after.disputed and holder(after) != holder(before):
        after = revised(after, disputed="")
    old = before.status if before else Status.NEW
    if old is after.status:
        return after
    done, was_done = after.status in _DONE, old in _DONE
    if done and not was_done:
        month = policy.month(now)
        after = revised(after, resolved=now, resolved_month=month, resolved_line=after.line, answered=False)
    if was_done and not done:
        return revised(
            after, resolved=None, resolved_month="", resolved_line=0, closed=None, closed_month="",
            reviewed=None, reopened=after.reopened + 1,
        )  # fmt: skip
    if after.status is Status.CLOSED:
        return revised(after, closed=now, closed_month=policy.month(now), firing=False)
    return after
