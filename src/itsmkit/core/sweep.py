"""The fourth stage: whatever is due. Nothing is timed in memory; late is done late, coalesced, and said so."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from attrs import evolve, frozen

from itsmkit.core.assigning import person_of
from itsmkit.core.catalogue import overdue, to_do
from itsmkit.core.chains import Coming, duty, fallen, passed_over
from itsmkit.core.changes import ticket_change, with_children
from itsmkit.core.clocks import elapsed, promise, runs
from itsmkit.core.dues import Due, due_moment, dues
from itsmkit.core.errors import ItsmError, NewerShape, StoreError
from itsmkit.core.flushing import flushed
from itsmkit.core.leased import Read, each, together
from itsmkit.core.model.agreement import Clock
from itsmkit.core.model.escalation import NEXT_LINE, OVERDUE, ROTA, TEAM, Escalation, Level
from itsmkit.core.model.event import Draft
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Change, Conflict, Done, Lane, Lease, Settle, Unit
from itsmkit.core.plugins import Heard, a
from itsmkit.core.process import standing
from itsmkit.core.setup import Looking, Setup
from itsmkit.core.triage import reagreed, walk_on
from itsmkit.core.verbs.handing import handed_to
from itsmkit.core.verbs.waiting import next_follow_up

log = logging.getLogger("itsmkit")
TRIES = 8
LATE = 120
"""Seconds behind its time from which a due thing is called late in the journal."""
AHEAD = timedelta(seconds=1)
MANAGER = "manager"
"""Whom an escalation reaches that would reach nobody, and who judges one (SLA-04)."""
_SWEEP = Scope.system("sweep")
Decide = Callable[[Ticket, datetime], "Swept | None"]


@frozen
class Swept:
    """What a sweep makes of a ticket, not yet committed."""

    ticket: Ticket
    drafts: tuple[Draft, ...]


@frozen
class Committed:
    """What became of a lease: how many events it left, and the leases of the news that came with them."""

    events: int = 0
    news: tuple[Lease, ...] = ()


@frozen
class Ready:
    """A leased ticket with what shall become of it."""

    lease: Lease
    change: Change
    unit: Unit


def sweep(setup: Setup, leases: Sequence[Lease], hold: int, *, enough: Callable[[], bool] = lambda: False) -> Committed:
    """Do all that is due on the leased tickets, in one durable flush; a ticket's own in one unit.

    Where `enough` says so, those not yet begun are given back at once. A ticket that somebody changes meanwhile is
    decided anew; one that can't be decided on keeps its lease, which lapses.
    """

    def decide(lease: Lease) -> Decide:
        return lambda ticket, now: _all_due(setup, lease, hold, ticket, now)

    ready: list[Ready] = []
    read = together(setup.store, leases, _SWEEP)
    for at, lease in enumerate(leases):
        if at and enough():
            setup.store.settle(*(Settle(one, one.due) for one in leases[at:]))
            break
        if (one := _guarded(setup, lease, hold, decide(lease), read)) is not None:
            ready.append(one)
    return _committed(setup, ready, hold, decide)


def work(setup: Setup, leases: Sequence[Lease], hold: int, *, enough: Callable[[], bool] = lambda: False) -> Committed:
    """Take the leased tickets' later steps (IM2.7), each in a commit of its own."""

    def decide(lease: Lease) -> Decide:
        return lambda ticket, now: _later(setup, lease, ticket, now)

    events = 0
    for at, lease in enumerate(leases):
        if at and enough():
            setup.store.settle(*(Settle(one, one.due) for one in leases[at:]))
            break
        if (one := _guarded(setup, lease, 0, decide(lease), each(setup.store, _SWEEP))) is not None:
            events += _committed(setup, [one], hold, decide).events
    return Committed(events)


def _all_due(setup: Setup, lease: Lease, hold: int, ticket: Ticket, now: datetime) -> Swept | None:
    swept = due_now(setup, ticket, now)
    if swept.drafts:
        return swept
    if ticket.due is not None and ticket.due == due_moment(ticket, setup.policy):
        _not_yet(setup, lease, hold, ticket.due - now)
        return None
    # Nothing due after all: the policy has changed since the moment was noted, and so does the moment.
    return Swept(ticket, (Draft("rescheduled", "core", ticket.step),))


def _later(setup: Setup, lease: Lease, ticket: Ticket, now: datetime) -> Swept | None:
    moved, drafts = walk_on(setup, ticket, now, later=True)
    if drafts:
        return Swept(moved, tuple(drafts))
    setup.store.settle(Settle(lease))
    return None


def _guarded(setup: Setup, lease: Lease, hold: int, decide: Decide, read: Read) -> Ready | None:
    """As `_ready`; one that can't be worked on must not hold up the rest: its lease lapses, then it is parked."""
    try:
        return _ready(setup, lease, hold, decide, read)
    except ItsmError as fault:
        if isinstance(fault, StoreError) and not isinstance(fault, NewerShape):
            raise
        log.warning("%s %s on lane %s: %s", lease.type, lease.id, lease.lane, fault)
        return None


def _ready(setup: Setup, lease: Lease, hold: int, decide: Decide, read: Read) -> Ready | None:
    """The unit for a leased ticket; None where there is nothing to commit, and the lease is settled then."""
    ticket = read(lease)
    if not isinstance(ticket, Ticket):
        setup.store.settle(Settle(lease, parked=True))
        return None
    now = setup.world.now()
    swept = decide(ticket, now)
    if swept is None:
        return None
    change = ticket_change(setup, ticket, swept.ticket, swept.drafts, now, news_held=hold)
    after = change.after
    again = after.due if lease.lane is Lane.DUE and isinstance(after, Ticket) else None
    return Ready(lease, change, Unit(with_children(setup, change, now), settles=(Settle(lease, again),)))


def _committed(setup: Setup, ready: Sequence[Ready], hold: int, decide: Callable[[Lease], Decide]) -> Committed:
    """Commit them together, and those anew where somebody came between."""
    events, news = 0, list[Lease]()
    held = hold if any(one.lease.lane is Lane.DUE for one in ready) else 0
    for _ in range(TRIES):
        if not ready:
            return Committed(events, tuple(news))
        setup.on_point("before sweep commit")
        outcomes = flushed(setup.store, [one.unit for one in ready])
        setup.on_point("after sweep commit")
        behind = []
        for one, outcome in zip(ready, outcomes, strict=True):
            if isinstance(outcome, Done):
                events += len(one.change.events)
                news += outcome.leases
            elif isinstance(outcome, Conflict):
                behind.append(one.lease)
        again = (_guarded(setup, lease, held, decide(lease), each(setup.store, _SWEEP)) for lease in behind)
        ready = [one for one in again if one is not None]
    for one in ready:  # somebody changes them all the time: soon again, and no lapse
        _not_yet(setup, one.lease, hold, AHEAD)
    return Committed(events, tuple(news))


def _not_yet(setup: Setup, lease: Lease, hold: int, wait: timedelta) -> None:
    """Give a lease back for a while, by the store's own clock, which may be ahead of ours."""
    store_now = lease.until - timedelta(seconds=hold)
    setup.store.settle(Settle(lease, store_now + max(wait, AHEAD)))


def due_now(setup: Setup, ticket: Ticket, now: datetime) -> Swept:
    """Everything due by `now`, in the order of its moments; levels of one clock that are due together fire once.

    What becomes due by that very work is done at the next look, which its commit asks for.
    """
    drafts: list[Draft] = []
    for due in sorted((due for due in dues(ticket, setup.policy) if due.at <= now), key=lambda due: due.at):
        ticket, fresh = _DOES[due.what](setup, ticket, due, now)
        drafts += fresh
    return Swept(ticket, tuple(drafts))


@frozen
class Firing:
    """A level that fires: with the clock it is of, when it was due, and the lower ones that it stands for."""

    clock: Clock
    reached: Coming
    at: datetime
    coalesced: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """The level itself."""
        return self.reached.rung.level


def _levels(setup: Setup, ticket: Ticket, due: Due, now: datetime) -> tuple[Ticket, list[Draft]]:
    """Fire what is due of a clock's chain.

    Of several levels that tell somebody the highest fires, and of several that hand the ticket on: the lower ones
    are recorded as coalesced. The moment of breach is noted beside them. One whose conditions don't hold is passed
    over, and swallows nobody.
    """
    clock = _standing_now(ticket, due.clock)
    if clock is None:
        return ticket, []
    due_by_now = fallen(clock, ticket.timeline, setup.policy.calendars, now)
    waiting = [(one, one.at) for one in due_by_now if one.at is not None]
    fired = revised(clock, fired=(*clock.fired, *(one.rung.key for one, _ in waiting)))
    ticket = revised(ticket, clocks=tuple(fired if one is clock else one for one in ticket.clocks))
    if any(one.rung.level.share == OVERDUE for one, _ in waiting) and clock.target.name not in ticket.unjudged:
        ticket = revised(ticket, unjudged=(*ticket.unjudged, clock.target.name))
    drafts: list[Draft] = []
    ready: list[tuple[Coming, datetime]] = []
    for one, at in waiting:
        if over := passed_over(one.rung.level, at, setup.policy, setup.site):
            drafts.append(_passed(setup, ticket, Firing(clock, one, at), over, now))
        else:
            ready.append((one, at))
    for firing in _coalesced(clock, ready):
        ticket, fresh = _fire(setup, ticket, firing, now)
        drafts += fresh
    return ticket, drafts


def _standing_now(ticket: Ticket, clock: Clock | None) -> Clock | None:
    """That clock as it runs on the ticket now: what another clock's level did in the same look may have changed it."""
    if clock is None:
        return None
    of_one = (one for one in ticket.clocks if promise(one.target, one.started) == promise(clock.target, clock.started))
    found = next(of_one, None)
    return found if found is not None and found.met is None else None


def _coalesced(clock: Clock, ready: Iterable[tuple[Coming, datetime]]) -> list[Firing]:
    """Of each sort the highest: those with the latest moment, with the others of the sort behind them."""
    found: list[Firing] = []
    sorts = sorted(ready, key=lambda one: _sort(one[0].rung.level))
    for _, group in groupby(sorts, key=lambda one: _sort(one[0].rung.level)):
        one_sort = sorted(group, key=lambda one: one[1])
        last = one_sort[-1][1]
        behind = tuple(one.rung.key for one, at in one_sort if at < last)
        for one, at in one_sort:
            if at == last:
                found.append(Firing(clock, one, at, behind))
                behind = ()
    return sorted(found, key=lambda one: one.at)


def _sort(level: Level) -> str:
    if not level.to:
        return "breach"
    return "hand" if level.functional else "tell"


def _fire(setup: Setup, ticket: Ticket, firing: Firing, now: datetime) -> tuple[Ticket, list[Draft]]:
    """Ask what to do at this moment, and do it."""
    decided, heard = _decided(setup, ticket, firing, now)
    args = _args(setup, ticket, firing, now)
    args["to"] = decided.to
    why: dict[str, object] = {"due": firing.at.isoformat(), "asked": dict(heard.asked)}
    if decided.why:
        why["because"] = decided.why
    by, notes = f"plugin:{heard.by}" if heard.by else "core", list(heard.notes(ticket.step))
    if not decided.to:
        code = "overdue" if not firing.level.to and not heard.by else "not_escalated"
        return ticket, [Draft(code, by, ticket.step, args=args, why=why), *notes]
    moved, drafts = ticket, list[Draft]()
    if decided.to == NEXT_LINE:
        moved, drafts = _to_next_line(setup, ticket, now)
    elif decided.to.startswith(TEAM):
        moved, drafts = _to_team(setup, ticket, decided.to.removeprefix(TEAM), now)
    if moved is ticket:
        told, more = _told(setup, ticket, decided.to, now, why)
        args |= told
        notes += more
    return moved, [Draft("escalated", by, ticket.step, args=args, why=why), *notes, *drafts]


def _args(setup: Setup, ticket: Ticket, firing: Firing, now: datetime) -> dict[str, object]:
    target, level = firing.clock.target, firing.level
    behind = int((now - firing.at).total_seconds())
    return {
        "clock": target.name,
        "kind": target.kind,
        "level": level.moment,
        "turn": firing.reached.rung.turn,
        "cycle": firing.clock.cycle,
        "share": level.share or _share(setup, ticket, firing),
        "to": level.to,
        "coalesced": list(firing.coalesced),
        "late": behind if behind > LATE else 0,
    }


def _share(setup: Setup, ticket: Ticket, firing: Firing) -> int:
    """How much of the target was used up when the level was due, in percent."""
    target = firing.clock.target
    ran = runs(target, firing.clock.started, ticket.timeline)
    return elapsed(setup.policy.calendars[target.calendar], ran, firing.at) * 100 // target.seconds


def _passed(setup: Setup, ticket: Ticket, firing: Firing, over: str, now: datetime) -> Draft:
    args, why = _args(setup, ticket, firing, now), {"due": firing.at.isoformat(), "because": over}
    return Draft("passed_over", "core", ticket.step, args=args, why=why)


def _told(
    setup: Setup, ticket: Ticket, to: str, now: datetime, why: dict[str, object]
) -> tuple[dict[str, object], list[Draft]]:
    """Whom an escalation tells: a role, or the persons on duty; where that is nobody, the manager."""
    notes: list[Draft] = []
    if to.startswith(ROTA):
        people = [one for one in duty(setup.site, to.removeprefix(ROTA), now) if _active(setup, one)]
        if people:
            return {"role": "", "people": people}, notes
    else:
        told = setup.ask_model(lambda model: model.reporting_line(to, ticket), a(str))
        notes += told.notes(ticket.step)
        if told.answer:
            return {"role": told.answer}, notes
    why["nobody"] = to
    manager = setup.ask_model(lambda model: model.reporting_line(MANAGER, ticket), a(str))
    return {"role": manager.answer or ""}, [*notes, *manager.notes(ticket.step)]


def _active(setup: Setup, person: str) -> bool:
    found = setup.store.get("person", person, Scope.system("rota"))
    return isinstance(found, Person) and found.active


def _decided(setup: Setup, ticket: Ticket, firing: Firing, now: datetime) -> tuple[Escalation, Heard]:
    """What a plugin says, else what the chain says."""
    look = Looking(now, setup.site, setup.store, Scope.system("escalation"))
    clock = revised(firing.clock, reached=firing.level)
    heard = setup.plugins.first("itsmkit_escalate", a(Escalation), record=ticket, clock=clock, look=look)
    return (heard.answer or Escalation(firing.level.to)), heard


def _to_next_line(setup: Setup, ticket: Ticket, now: datetime) -> tuple[Ticket, list[Draft]]:
    """A functional escalation: on to the next line, where there is one that isn't the ticket's already."""
    process = setup.processes[ticket.process]
    jumped = standing(process, ticket, "IM2.11", {"assignee": ""})
    moved, drafts = walk_on(setup, jumped, now, later=True)
    return (moved, drafts) if moved.team != ticket.team else (ticket, [])


def _to_team(setup: Setup, ticket: Ticket, name: str, now: datetime) -> tuple[Ticket, list[Draft]]:
    """A functional escalation to a team by name, where there is one and the ticket isn't with it already."""
    team = setup.site.team(name)
    if team is None or ticket.team == name:
        return ticket, []
    choice = person_of(setup, ticket, team, now)
    args = {"team": team.id, "line": team.line, "person": choice.person, "old": ticket.team}
    why = {"because": choice.why} if choice.why else {}
    note = Draft("assigned", "core", ticket.step, "assigned", args, why)
    at = ticket.step if team.line == 1 else "IM2.11"
    handed = standing(setup.processes[ticket.process], ticket, at, handed_to(ticket, team, choice.person))
    clocks, notes = reagreed(setup, ticket, handed, now, at)
    handed, drafts = revised(handed, clocks=clocks), [note, *notes]
    if team.line == 1:
        return handed, drafts
    moved, steps = walk_on(setup, handed, now, later=True, answers={"IM2.11": "assigned"}, by="core")
    return moved, [*drafts, *steps]


def _wait(setup: Setup, ticket: Ticket, due: Due, now: datetime) -> tuple[Ticket, list[Draft]]:
    over = tuple(one for one in ticket.waits if one.until and one.until <= now)
    if not over:
        return ticket, []  # another's end, in this very look, was that of this one too
    kept = tuple(one for one in ticket.waits if one not in over)
    process = setup.processes[ticket.process]
    args = {"owners": [one.owner for one in over], "reasons": [one.reason for one in over]}
    return standing(process, ticket, ticket.step, {"waits": kept}), [
        Draft("wait_over", "core", ticket.step, args=args, why={"due": due.at.isoformat()})
    ]


def _asked_again(setup: Setup, ticket: Ticket, due: Due, now: datetime) -> tuple[Ticket, list[Draft]]:
    """Whoever the ticket waits for is to be asked how it stands, and again after as long."""
    waits, drafts = [], list[Draft]()
    for wait in ticket.waits:
        if wait.follow_up is None or wait.follow_up > now:
            waits.append(wait)
            continue
        waits.append(evolve(wait, follow_up=next_follow_up(setup.policy, wait.reason, now)))
        args, why = {"reason": wait.reason, "owner": wait.owner}, {"due": due.at.isoformat()}
        drafts.append(Draft("asked_again", "core", ticket.step, args=args, why=why))
    return revised(ticket, waits=tuple(waits)), drafts


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


def _step_late(_setup: Setup, ticket: Ticket, due: Due, _now: datetime) -> tuple[Ticket, list[Draft]]:
    """The present step of a catalogue procedure wasn't done in its time: shown from now on."""
    job = to_do(ticket)
    args = {"name": job.name, "team": job.team, "line": job.line} if job else {}
    draft = Draft("step_late", "core", ticket.step, args=args, why={"due": due.at.isoformat()})
    return revised(ticket, procedure=overdue(ticket)), [draft]


_DOES = {
    "procedure": _step_late,
    "level": _levels,
    "wait": _wait,
    "asked_again": _asked_again,
    "silence": _silence,
    "follow_up": _follow_up,
}
