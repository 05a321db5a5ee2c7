"""Service-level clocks: a pure function of the timeline, the target and its calendar, never an accumulator.

A clock's `started` is the origin: a new priority or agreement starts a new cycle that keeps the origin and the
pauses, and levels that fired don't fire again (SLA-01 to SLA-03, SLA-05).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from attrs import define, field, frozen

from itsmkit.core.calendar import BusinessHours, add, between
from itsmkit.core.model.agreement import CONTRACT, OLA, Clock, Fact, Moment, Target
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Ticket, Wait

Stretch = tuple[datetime, datetime]

HOLDS: Mapping[str, Fact] = MappingProxyType({OLA: Fact.TEAM, CONTRACT: Fact.VENDOR})
"""The fact that gives a ticket to the party of such a target, or takes it away."""
_ENDS = frozenset({Fact.RESOLVED, Fact.CLOSED})


@frozen
class Runs:
    """How a clock ran: the finished stretches of its round, since when it runs now, and when it stopped.

    `begun` is None before its start; `past` are the stretches of earlier rounds.
    """

    done: tuple[Stretch, ...]
    since: datetime | None
    stopped: datetime | None
    begun: datetime | None = None
    past: tuple[tuple[Stretch, ...], ...] = ()


@define
class Replay:
    """One clock lived through again, fact by fact."""

    target: Target
    started: datetime
    begun: datetime | None = None
    since: datetime | None = None
    stopped: datetime | None = None
    done: list[Stretch] = field(factory=list)
    past: list[tuple[Stretch, ...]] = field(factory=list)
    rests: list[str] = field(factory=list)
    ended: bool = False
    for_good: bool = False
    left: bool = False

    def __attrs_post_init__(self) -> None:
        if Fact.OPENED in self.target.starts and not self.target.party:
            self.begun = self.since = self.started

    @property
    def state(self) -> str:
        """Where it stands: "coming" before its start, then "running", "paused" or "stopped"."""
        if self.begun is None:
            return "coming"
        if self.stopped is not None:
            return "stopped"
        return "paused" if self.since is None else "running"

    @property
    def ran(self) -> Runs:
        """How it ran so far."""
        return Runs(tuple(self.done), self.since, self.stopped, self.begun, tuple(self.past))

    def meet(self, moment: Moment) -> None:
        """Take in the next fact."""
        if moment.what is Fact.PAUSED or moment.what is Fact.RESUMED:
            self._wait(moment)
        elif not self.left and moment.at >= self.started:
            self._live(moment.what, moment.at, moment.value)

    def _wait(self, moment: Moment) -> None:
        if moment.what is Fact.PAUSED and self.target.pauses and self.target.kind in moment.kinds:
            self.rests.append(moment.value)
            self._rest(moment.at)
        elif moment.what is Fact.RESUMED and moment.value in self.rests:
            self.rests.remove(moment.value)
            self._run(moment.at)

    def _live(self, what: Fact, at: datetime, value: str) -> None:
        target = self.target
        if what is Fact.REOPENED:
            self._reopen(at)
        elif target.party and what is HOLDS[target.kind]:
            self._hold(at, mine=value == target.party)
        elif what in target.stops or (what is Fact.CLOSED and not target.follows):
            self._stop(at)
            self.ended |= what in _ENDS
            # Reopening takes back an end, not, say, an answer that was given in time.
            self.for_good |= self.begun is not None and what not in _ENDS
        elif self._begins(what):
            self._begin(at)

    def _begins(self, what: Fact) -> bool:
        """Whether a round begins: anew while one runs, the first, or the next behind a stop unless that was the end."""
        if what in self.target.restarts and self.begun and not self.stopped:
            return True
        fresh = self.begun is None or self.for_good
        at_end = self.ended and not self.target.follows
        return what in self.target.starts and fresh and not at_end and not self.target.party

    def _hold(self, at: datetime, *, mine: bool) -> None:
        """The party gets the ticket or, where it has it, loses it."""
        if self.begun is None and mine:
            self._begin(at)
        elif self.begun is not None and not mine:
            self._stop(at)
            self.left = True

    def _begin(self, at: datetime) -> None:
        """A round, the first or a new one behind it."""
        self._rest(at)
        if self.begun is not None:
            self.past.append(tuple(self.done))
        self.done, self.begun, self.stopped, self.for_good = [], at, None, False
        self.since = None if self.rests else at

    def _rest(self, at: datetime) -> None:
        if self.since is not None and at >= self.since:
            self.done.append((self.since, at))
            self.since = None

    def _run(self, at: datetime) -> None:
        if not self.rests and self.begun is not None and self.since is None and self.stopped is None:
            self.since = at

    def _stop(self, at: datetime) -> None:
        if self.begun is not None:
            self._rest(at)
            self.since, self.stopped = None, self.stopped or at

    def _reopen(self, at: datetime) -> None:
        self.ended = False
        if self.for_good:
            return
        if self.target.follows:
            self.begun = self.since = self.stopped = None
            self.done = []
        else:
            self.stopped = None
            self._run(at)


def runs(target: Target, started: datetime, timeline: Iterable[Moment]) -> Runs:
    """Replay the facts: when the clock ran. A reopened ticket starts a clock again that its end had stopped."""
    heeds = target.heeds
    heard = [moment for moment in timeline if moment.what in heeds]
    if not heard and not target.party and Fact.OPENED in target.starts:
        return Runs((), started, None, started)  # a ticket just opened
    return _replayed(target, started, heard).ran


def state(clock: Clock, timeline: Iterable[Moment]) -> str:
    """Where the clock stands: "coming" before its start, then "running", "paused" or "stopped"."""
    return _replayed(clock.target, clock.started, timeline).state


def _replayed(target: Target, started: datetime, timeline: Iterable[Moment]) -> Replay:
    replay = Replay(target, started)
    for moment in timeline:
        replay.meet(moment)
    return replay


def elapsed(calendar: BusinessHours, ran: Runs, now: datetime) -> int:
    """Seconds of the calendar's open time used up in this round until `now`."""
    used = _used(calendar, ran.done)
    return used + (between(calendar, ran.since, now) if ran.since and now > ran.since else 0)


def _used(calendar: BusinessHours, done: Iterable[Stretch]) -> int:
    return sum(between(calendar, since, until) for since, until in done)


def reaches(calendar: BusinessHours, ran: Runs, seconds: int) -> datetime | None:
    """When the clock has or will have used so many seconds as it runs now; None while it rests short of them."""
    for since, until in ran.done:
        length = between(calendar, since, until)
        if length >= seconds:
            return add(calendar, since, seconds)
        seconds -= length
    return add(calendar, ran.since, seconds) if ran.since else None


Held = Mapping[str, tuple[str, datetime]]
"""By kind of target, the party that has the ticket and since when."""


def held(ticket: Ticket, now: datetime) -> Held:
    """Which team and which vendor have the ticket and since when: since now where the timeline doesn't know it yet."""
    return {
        kind: (party, _since(ticket.timeline, HOLDS[kind], party) or now)
        for kind, party in ((OLA, ticket.team), (CONTRACT, ticket.vendor))
        if party
    }


def _since(timeline: tuple[Moment, ...], what: Fact, party: str) -> datetime | None:
    last = next((one for one in reversed(timeline) if one.what is what), None)
    return last.at if last and last.value == party else None


Promise = tuple[str, str, str, datetime | None]


def promise(target: Target, started: datetime) -> Promise:
    """What a clock is of, whatever its target becomes: two clocks of one promise are the same clock."""
    return target.kind, target.name, target.party, started if target.party else None


def started(
    clocks: tuple[Clock, ...], targets: Iterable[Target], origin: datetime, held: Held = MappingProxyType({})
) -> tuple[Clock, ...]:
    """The clocks for the targets that hold now: same name and promise goes on in a new cycle, others start.

    Clocks that have their verdict keep it and its target, and take the new one when they run again; those without a
    target any more end. Those of a party that the ticket
    leaves stay for their verdict, those of one that doesn't have it don't start. Of two targets of one name and
    promise the first holds.
    """
    known = {promise(one.target, one.started): one for one in clocks}
    wanted: dict[Promise, Clock] = {}
    for target in targets:
        party, since = held.get(target.kind, ("", origin))
        if not target.party or target.party == party:
            fresh = Clock(target, since if target.party else origin)
            wanted.setdefault(promise(target, fresh.started), fresh)
    running = []
    for one, fresh in wanted.items():
        old = known.pop(one, None)
        if old is None:
            running.append(fresh)
        elif old.met is not None:
            later = fresh.target if fresh.target != old.target else None
            running.append(old if old.later == later else revised(old, later=later))
        elif old.target == fresh.target:
            running.append(old)
        else:
            running.append(revised(old, target=fresh.target, cycle=old.cycle + 1, due=None))
    return (*running, *(one for one in known.values() if one.met is not None or _leaves(one, held)))


def _leaves(clock: Clock, held: Held) -> bool:
    """Whether its party had the ticket and loses it; one that hands it on in the same breath never had it."""
    party, since = held.get(clock.target.kind, ("", None))
    return bool(clock.target.party) and party != clock.target.party and clock.started != since


def settled(clock: Clock, timeline: Iterable[Moment], calendars: Mapping[str, BusinessHours]) -> Clock:
    """The clock as the timeline leaves it: its due moment, or its verdict once it stopped."""
    ran = runs(clock.target, clock.started, timeline)
    if clock.round != len(ran.past) + 1:
        clock = revised(clock, round=len(ran.past) + 1, cycle=clock.cycle + 1, fired=())
        clock = revised(clock, target=clock.later or clock.target, later=None)
    elif ran.stopped is None and clock.later is not None:
        clock = revised(clock, target=clock.later, later=None, cycle=clock.cycle + 1)
    calendar = calendars[clock.target.calendar]
    if ran.stopped is None:
        due = reaches(calendar, ran, clock.target.seconds) if ran.since else None
        return revised(clock, due=due, stopped=None, met=None)
    if clock.met is not None and clock.stopped == ran.stopped:
        return clock  # its verdict stands, whatever became of the calendar since
    met = all(_used(calendar, one) <= clock.target.seconds for one in (*ran.past, ran.done))
    return revised(clock, due=None, stopped=ran.stopped, met=met)


_STAMPS = (
    ("responded", Fact.RESPONDED),
    ("accepted", Fact.ACCEPTED),
    ("dispatched", Fact.DISPATCHED),
    ("arrived", Fact.ARRIVED),
    ("told", Fact.TOLD),
    ("heard", Fact.HEARD),
    ("resolved", Fact.RESOLVED),
    ("asked", Fact.ASKED),
    ("called", Fact.CALLED),
)
"""The fields of a ticket that hold when a fact last came about."""
STAMPED: Mapping[Fact, str] = MappingProxyType({fact: name for name, fact in _STAMPS})


def facts(before: Ticket | None, after: Ticket, now: datetime) -> tuple[Moment, ...]:
    """The clock facts that a change makes: what differs between the two, nothing else."""
    if before is None:
        opened = Moment(after.opened, Fact.OPENED, after.channel)
        return (opened, *_given_to(after, now)) if after.team else (opened,)
    found: list[Moment] = []
    if after.priority != before.priority:
        found.append(Moment(now, Fact.PRIORITY, str(after.priority)))
    if after.team != before.team:
        found += _given_to(after, now, before.vendor)
    elif after.vendor != before.vendor:
        found.append(Moment(now, Fact.VENDOR, after.vendor))
    if after.waits != before.waits:
        found += _waits(before, after, now)
    for name, fact in _STAMPS:
        at = getattr(after, name)
        if at is not None and at != getattr(before, name):
            found.append(Moment(at, fact))
    if after.reopened > before.reopened:
        found.append(Moment(now, Fact.REOPENED))
    if after.closed and not before.closed:
        found.append(Moment(after.closed, Fact.CLOSED))
    return tuple(found)


def _waits(before: Ticket, after: Ticket, now: datetime) -> Iterator[Moment]:
    """The rests that ended and those that began; one that is only asked for again is neither."""
    gone, come = ({(one.reason, one.since): one for one in each.waits} for each in (before, after))
    for key, wait in gone.items():
        if key not in come:
            yield Moment(now, Fact.RESUMED, wait.reason, wait.owner)
    for key, wait in come.items():
        if key not in gone:
            yield Moment(now, Fact.PAUSED, wait.reason, waited_for(wait, after), wait.pauses)


def _given_to(ticket: Ticket, now: datetime, vendor: str = "") -> list[Moment]:
    """The facts of a ticket that came to another team, and so perhaps to or from a vendor."""
    holder = f"vendor:{ticket.vendor}" if ticket.vendor else f"line:{ticket.line}" if ticket.line else ""
    given = [Moment(now, Fact.TEAM, ticket.team, holder)]
    return [*given, Moment(now, Fact.VENDOR, ticket.vendor)] if ticket.vendor != vendor else given


def waited_for(wait: Wait, ticket: Ticket) -> str:
    """Whose turn it is while the ticket waits: the owner of the reason, the ticket's own vendor by name."""
    return f"vendor:{ticket.vendor}" if wait.owner == "vendor" and ticket.vendor else wait.owner


def timed(before: Ticket | None, after: Ticket, calendars: Mapping[str, BusinessHours], now: datetime) -> Ticket:
    """The ticket with the facts of this change on its timeline and its clocks settled by them.

    A change that comes with a timeline of its own corrects what was: it makes no facts beside.
    """
    corrected = before is not None and after.timeline != before.timeline
    fresh = () if corrected else facts(before, after, now)
    if not fresh and before is not None and after.clocks == before.clocks:
        return after
    timeline = after.timeline + fresh
    return revised(after, timeline=timeline, clocks=tuple(settled(one, timeline, calendars) for one in after.clocks))
