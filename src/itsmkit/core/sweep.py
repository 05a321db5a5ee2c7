"""The fourth stage: whatever is due. Nothing is timed in memory; late is done late, coalesced, and said so."""

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import evolve, frozen

from itsmkit.core.changes import ticket_change
from itsmkit.core.clocks import next_level
from itsmkit.core.dues import Due, due_moment, dues
from itsmkit.core.model.agreement import Clock
from itsmkit.core.model.escalation import OVERDUE, Escalation, Level
from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Conflict, Done, Lane, Lease, Settle, Unit
from itsmkit.core.plugins import Heard, a
from itsmkit.core.process import standing
from itsmkit.core.setup import Looking, Setup
from itsmkit.core.triage import walk_on

HOLD = 60
TRIES = 8
LATE = 120
"""Seconds behind its time from which a due thing is called late in the journal."""
AHEAD = timedelta(seconds=1)
NEXT_LINE = "next_line"


@frozen
class Swept:
    """What a sweep makes of a ticket, not yet committed."""

    ticket: Ticket
    drafts: tuple[Draft, ...]


def sweep(setup: Setup, lease: Lease) -> int:
    """Do all that is due on one ticket in one commit; how many events that left."""

    def decide(ticket: Ticket, now: datetime) -> Swept | None:
        swept = due_now(setup, ticket, now)
        if swept.drafts:
            return swept
        if ticket.due is not None and ticket.due == due_moment(ticket, setup.policy):
            _not_yet(setup, lease, ticket.due - now)
            return None
        # Nothing due after all: the policy has changed since the moment was noted, and so does the moment.
        return Swept(ticket, (Draft("rescheduled", "core", ticket.step),))

    return _committed(setup, lease, decide)


def work(setup: Setup, lease: Lease) -> int:
    """Take a ticket's later steps (IM2.7) in one commit; how many events that left."""

    def decide(ticket: Ticket, now: datetime) -> Swept | None:
        moved, drafts = walk_on(setup, ticket, now, later=True)
        if drafts:
            return Swept(moved, tuple(drafts))
        setup.store.settle(Settle(lease))
        return None

    return _committed(setup, lease, decide)


def _committed(setup: Setup, lease: Lease, decide: Callable[[Ticket, datetime], Swept | None]) -> int:
    """Decide on the leased ticket and commit it, anew where somebody came between.

    `decide` gives None where there is nothing to commit; it has settled the lease then.
    """
    for _ in range(TRIES):
        ticket = setup.store.get("ticket", lease.id, Scope.system(f"lane {lease.lane}"))
        if not isinstance(ticket, Ticket):
            setup.store.settle(Settle(lease, parked=True))
            return 0
        now = setup.world.now()
        swept = decide(ticket, now)
        if swept is None:
            return 0
        change = ticket_change(setup, ticket, swept.ticket, swept.drafts, now)
        after = change.after
        again = after.due if lease.lane is Lane.DUE and isinstance(after, Ticket) else None
        outcome = setup.store.commit(Unit((change,), settles=(Settle(lease, again),)))[0]
        if not isinstance(outcome, Conflict):
            return len(swept.drafts) if isinstance(outcome, Done) else 0
    _not_yet(setup, lease, AHEAD)  # somebody changes it all the time: soon again, and no lapse
    return 0


def _not_yet(setup: Setup, lease: Lease, wait: timedelta) -> None:
    """Give a lease back for a while, by the store's own clock, which may be ahead of ours."""
    store_now = lease.until - timedelta(seconds=HOLD)
    setup.store.settle(Settle(lease, store_now + max(wait, AHEAD)))


def due_now(setup: Setup, ticket: Ticket, now: datetime) -> Swept:
    """Everything due by `now`, in the order of its moments; levels of one clock that are due together fire once."""
    drafts: list[Draft] = []
    for _ in range(50):
        waiting = sorted((due for due in dues(ticket, setup.policy) if due.at <= now), key=lambda due: due.at)
        if not waiting:
            break
        ticket, fresh = _DOES[waiting[0].what](setup, ticket, waiting[0], now)
        drafts += fresh
    return Swept(ticket, tuple(drafts))


def _level(setup: Setup, ticket: Ticket, due: Due, now: datetime) -> tuple[Ticket, list[Draft]]:
    """Fire the highest level of a clock that is due; lower ones due as well are recorded as coalesced."""
    clock, level = due.clock, due.level
    if clock is None or level is None:
        return ticket, []
    reached, at, coalesced = _highest(setup, ticket, clock, due, now)
    fired = evolve(clock, fired=(*clock.fired, *coalesced, reached.share))
    after = revised(ticket, clocks=_swapped(ticket, clock, fired))
    decided, heard = _decided(setup, ticket, clock, reached.to, now)
    behind = int((now - at).total_seconds())
    args = {
        "clock": clock.target.name,
        "kind": clock.target.kind,
        "share": reached.share,
        "to": decided.to,
        "coalesced": coalesced,
        "late": behind if behind > LATE else 0,
    }
    why = {"due": at.isoformat(), "asked": dict(heard.asked), **({"because": decided.why} if decided.why else {})}
    by, notes = f"plugin:{heard.by}" if heard.by else "core", list(heard.notes(ticket.step))
    if not decided.to:
        code = "overdue" if reached.share == OVERDUE and not heard.by else "not_escalated"
        return after, [Draft(code, by, ticket.step, args=args, why=why), *notes]
    if decided.to == NEXT_LINE:
        moved, drafts = _to_next_line(setup, after, now)
        return moved, [Draft("escalated", by, ticket.step, args=args, why=why), *notes, *drafts]
    told = setup.ask_model(lambda model: model.reporting_line(decided.to, ticket), a(str))
    args["role"] = told.answer or ""
    return after, [Draft("escalated", by, ticket.step, args=args, why=why), *notes, *told.notes(ticket.step)]


def _highest(setup: Setup, ticket: Ticket, clock: Clock, due: Due, now: datetime) -> tuple[Level, datetime, list[int]]:
    """The highest level of the clock that is due by now, when it was, and the lower ones due with it."""
    reached, at, coalesced = due.level or Level(OVERDUE, ""), due.at, list[int]()
    while True:
        behind = evolve(clock, fired=(*clock.fired, *coalesced, reached.share))
        following = next_level(behind, ticket.timeline, setup.policy.calendars)
        if following is None or following[0] > now:
            return reached, at, coalesced
        coalesced.append(reached.share)
        at, reached = following


def _decided(setup: Setup, ticket: Ticket, clock: Clock, chain: str, now: datetime) -> tuple[Escalation, Heard]:
    """What a plugin says, else what the chain says."""
    look = Looking(now, setup.site, setup.store, Scope.system("escalation"))
    heard = setup.plugins.first("itsmkit_escalate", a(Escalation), record=ticket, clock=clock, look=look)
    return (heard.answer or Escalation(chain)), heard


def _to_next_line(setup: Setup, ticket: Ticket, now: datetime) -> tuple[Ticket, list[Draft]]:
    """A functional escalation: on to the next line, where there is one that isn't the ticket's already."""
    process = setup.processes[ticket.process]
    jumped = standing(process, ticket, "IM2.11", {"assignee": ""})
    moved, drafts = walk_on(setup, jumped, now, later=True)
    return (moved, drafts) if moved.team != ticket.team else (ticket, [])


def _swapped(ticket: Ticket, old: Clock, new: Clock) -> tuple[Clock, ...]:
    return tuple(new if one is old else one for one in ticket.clocks)


def _wait(setup: Setup, ticket: Ticket, due: Due, now: datetime) -> tuple[Ticket, list[Draft]]:
    over = tuple(one for one in ticket.waits if one.until and one.until <= now)
    kept = tuple(one for one in ticket.waits if one not in over)
    process = setup.processes[ticket.process]
    args = {"owners": [one.owner for one in over]}
    return standing(process, ticket, ticket.step, {"waits": kept}), [
        Draft("wait_over", "core", ticket.step, args=args, why={"due": due.at.isoformat()})
    ]


def _silence(setup: Setup, ticket: Ticket, due: Due, now: datetime) -> tuple[Ticket, list[Draft]]:
    """No word from the user for the configured time: the ticket closes, and says so (INC-40)."""
    hours = setup.policy.rules.silence_hours
    quiet = revised(ticket, closed_by="silence")
    note = Draft(
        "silent", "core", ticket.step, args={"hours": hours}, why={"due": due.at.isoformat()}, audience="public"
    )
    moved, drafts = walk_on(setup, quiet, now, later=True, answers={"IM5.2": "silence"}, by="core")
    return moved, [note, *drafts]


def _follow_up(_setup: Setup, ticket: Ticket, due: Due, _now: datetime) -> tuple[Ticket, list[Draft]]:
    """The follow-up call wasn't made in time: shown from now on (INC-44)."""
    draft = Draft("follow_up_late", "core", ticket.step, why={"due": due.at.isoformat()})
    return revised(ticket, follow_up_late=True), [draft]


_DOES = {"level": _level, "wait": _wait, "silence": _silence, "follow_up": _follow_up}
