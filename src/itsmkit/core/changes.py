"""From a decision on a ticket to what the store is given: stamps, facts, clocks, reach and lanes of one change."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from attrs import evolve

from itsmkit.core.access import reach
from itsmkit.core.clocks import timed
from itsmkit.core.dues import ASKS, due_moment
from itsmkit.core.model.child import Child
from itsmkit.core.model.event import INTERNAL, NOTHING, Draft
from itsmkit.core.model.process import END, Process
from itsmkit.core.model.query import Query, Scope, Test
from itsmkit.core.model.record import Record, revised
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.model.unit import Change, Lane, Todo
from itsmkit.core.policy import Policy
from itsmkit.core.process import standing
from itsmkit.core.referral import followed, handed_over, holder
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup

C = TypeVar("C", bound=Child)
MAJOR = "major"
CHILDREN = 10_000
"""More children of one type than a ticket can come to."""
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


def born(setup: Setup, made: C, ticket: Ticket | None, now: datetime) -> C:
    """What begins as it does: with an id and a number, at a step of its process, perhaps as a ticket's child."""
    process = setup.processes[made.process]
    number = setup.numbers.take(setup.types[made.type].prefix, now.astimezone(setup.zone).year)
    parent, about = (ticket.id, ticket.number) if ticket else ("", "")
    id_ = made.id or setup.world.new_id()
    begun = revised(made, id=id_, number=number, parent=parent, about=about, opened=now)
    return standing(process, begun, made.step or process.start)


def linked(ticket: Ticket, child: Child) -> Ticket:
    """The ticket with what it knows of a child that begins."""
    known: dict[str, Any] = {child.named_by: child.number} if child.named_by else {}
    if child.tracked:
        known["children"] = (*ticket.children, child.part)
    return revised(ticket, beside=tuple(dict.fromkeys((*ticket.beside, child.type))), **known)


def child_change(
    setup: Setup,
    before: Record | None,
    after: Child,
    drafts: Iterable[Draft],
    now: datetime,
    *,
    parent: Ticket | None,
    cause: str = "",
) -> Change:
    """The change of a record that belongs to a ticket, complete: its reach, and its places on the lanes.

    What others are to hear of it is told on the ticket; only what is watched puts news on the lane itself.
    """
    drafts, todos = tuple(drafts), list[Todo]()
    if after.watched:
        version = before.version if before else 0
        todos.append(Todo(Lane.NEWS, now, f"{version + 1}-{version + len(drafts)}"))
    if (due := getattr(after, "due", None)) != getattr(before, "due", None):
        todos.append(Todo(Lane.DUE, due))
    after = revised(after, reach=after.seen_by(parent))
    return sealed(setup.world, before, after, drafts, now, cause=cause, todos=todos)


def opening(
    child: Child, ticket: Ticket, by: str, personal: Mapping[str, Any] = NOTHING, audience: str = INTERNAL
) -> Draft:
    """The event that a child begins with, for those whom the verb is for, or whom its sort is always for."""
    args = {"for": ticket.number, **child.begins}
    return Draft("opened", by, child.step, args=args, personal=personal, audience=child.opens_for or audience)


def with_children(setup: Setup, change: Change, now: datetime, but: str = "") -> tuple[Change, ...]:
    """A ticket's change, and those of its children that follow from it.

    Where others see the ticket now, nobody keeps sight of what runs beside it. Where a vendor has the ticket there is
    one open referral to it, which stands as the ticket does. The child of the id `but` is left out: it changes in the
    same unit anyway.
    """
    before, ticket = change.before, change.after
    if not isinstance(ticket, Ticket):
        return (change,)
    moved = before is not None and before.reach != ticket.reach
    with_vendor = bool(holder(ticket) or (isinstance(before, Ticket) and holder(before)))
    if not (moved or with_vendor):
        return (change,)
    beside = tuple(children(setup, ticket) if moved else children(setup, ticket, Referral.type))
    made = _handed_over(change, (one for one in beside if isinstance(one, Referral)), now)
    follow = (_follows(setup, one, change, now, made) for one in beside if one.id != but)
    others = tuple(one for one in follow if one is not None)
    if made is None:
        return (change, *others)
    child = born(setup, made, ticket, now)
    personal = {"text": child.request} if child.request else {}
    begun = opening(child, ticket, "core", personal)
    handed = child_change(setup, None, child, (begun,), now, parent=ticket)
    return (evolve(change, after=linked(ticket, child)), *others, handed)


def _follows(setup: Setup, child: Child, change: Change, now: datetime, made: Referral | None) -> Change | None:
    """The child's change that follows from its ticket's, None where there is none."""
    before: Any = change.before
    ticket: Any = change.after
    after, draft = child, Draft("seen_by_others", "core", args={"ticket": ticket.number})
    if isinstance(child, Referral):
        found = followed(setup.processes[child.process], child, before, ticket, now)
        if found is not None:
            after, draft = found.referral, found.draft
        if made is not None and made.reference and child.reference == made.reference:
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


def child_types(setup: Setup) -> tuple[str, ...]:
    """The names of the types whose records belong to a ticket."""
    return tuple(one.name for one in setup.types.values() if issubclass(one.value, Child))


def children(setup: Setup, ticket: Ticket, type_: str = "") -> Iterator[Child]:
    """Everything that runs, or ran, beside the ticket, or all of one type."""
    for each in (one for one in ticket.beside if type_ in ("", one)):
        query = Query(each, (Test("parent", value=ticket.id),))
        found = setup.store.find(query, Scope.system("reach of children"), limit=CHILDREN).items
        yield from (one for one in found if isinstance(one, Child))


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
