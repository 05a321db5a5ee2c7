"""A simulated year of escalations, by seed: workers die, stall, have wrong clocks; nothing is lost, early or doubled.

Tickets are opened, answered, paused, resumed, reprioritised and resolved. Several workers sweep them; some die before
or after a commit, some stall until their lease has lapsed, all stop now and then, and their hosts' clocks jump by up
to two hours. The oracle works out from the ticket's facts, segment by segment, when each level became due, and holds
the journal against it: each level exactly once, none early, none later than a minute and the time workers were away.

    python -m bench.proof.escalations [seeds] [first seed] [memory: | sqlite]
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from attrs import define, field, frozen

from itsmkit import (
    Desk,
    Event,
    Fact,
    Lane,
    Level,
    Prioritisation,
    Refused,
    Report,
    Target,
    Ticket,
    add,
    always,
    between,
    calendar_from_dict,
    hookimpl,
    is_open,
    level,
)
from itsmkit.core.auditing import audit
from itsmkit.core.working import HOLD
from itsmkit.testing import MovedClock, desk
from itsmkit.testing.clock import MONDAY
from itsmkit.testing.desks import OFFICE_TABLE, desk_settings

HOUR = 3600
MINUTE = timedelta(minutes=1)
WAKES = 5
"""Seconds after which a worker that has nothing to do looks again."""
WORKERS = 3
FIRED = ("escalated", "overdue", "not_escalated", "passed_over")
CHAINS: Mapping[int, tuple[Level, ...]] = MappingProxyType(
    {
        1: (level("50%", "manager"), level("75%", "next_line"), level("due + 2h", "admin", every="1h", times=3)),
        2: (level("25%", "manager", during="office"), level("75%", "manager"), level("100%", "admin")),
        3: (level("start + 2h", "manager", until="responded"), level("90%", "admin", days="mon-wed")),
        4: (level("due - 30m", "manager"), level("due + 1h", "next_line")),
    }
)
CALENDARS = MappingProxyType({"always": always(), "office": calendar_from_dict("office", OFFICE_TABLE)})
SECONDS = MappingProxyType({1: 4 * HOUR, 2: 8 * HOUR, 3: 24 * HOUR, 4: 40 * HOUR})
CALENDAR = MappingProxyType({1: "always", 2: "office", 3: "always", 4: "office"})


class Levels:
    """The agreements of the simulated desk: the priority is what the impact says."""

    @hookimpl
    def itsmkit_prioritise(self, record: Ticket) -> Prioritisation:
        """Impact is urgency is priority."""
        return Prioritisation(record.impact, record.impact, record.impact)

    @hookimpl
    def itsmkit_agreements(self, record: Ticket) -> list[Target]:
        """The target of the priority, and half of it for an answer."""
        answer = Target(
            "response", SECONDS[record.priority] // 2, CALENDAR[record.priority], stops=(Fact.RESPONDED, Fact.RESOLVED),
            pauses=False, chain=(level("80%", "manager"),),
        )  # fmt: skip
        return [answer, target(record.priority)]


def target(priority: int) -> Target:
    """The target of a priority."""
    return Target("resolution", SECONDS[priority], CALENDAR[priority], chain=CHAINS[priority])


class Died(KeyboardInterrupt):
    """The worker's process is killed here."""


@define
class Worker:
    """A worker: its desk, its host's clock and how far that is off, and until when it is away."""

    desk: Desk
    host: MovedClock
    off: timedelta = timedelta()
    away: datetime | None = None
    fault: str = ""


@define
class Year:
    """One simulated year on one store."""

    seed: int
    url: str = "memory:"
    tickets: int = 40
    days: int = 365
    clock: MovedClock = field(factory=MovedClock)
    counts: Counter[str] = field(factory=Counter)
    outages: list[tuple[datetime, datetime]] = field(factory=list)
    priorities: dict[str, int] = field(factory=dict)
    dice: random.Random = field(init=False)
    front: Desk = field(init=False)
    workers: list[Worker] = field(init=False)
    serial: int = 0

    def __attrs_post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        settings = desk_settings(use=("store_sql",), order=("levels",), store=self.url)
        self.front = desk(self.clock, {"levels": Levels()}, settings=settings)
        self.workers = [self._worker() for _ in range(WORKERS)]

    def _worker(self) -> Worker:
        """A fresh process on a host of its own."""
        self.serial += 1
        host = MovedClock(self.clock())
        made: list[Worker] = []
        opened = desk(
            host, {"levels": Levels()}, store=self.front.setup.store, seed=self.seed * 1000 + self.serial,
            records=(), on_point=lambda point: self._point(made[0], point),
        )  # fmt: skip
        made.append(Worker(opened, host))
        return made[0]

    # what happens

    def live(self) -> None:
        """The whole year, and the quiet after it."""
        acts = sorted(self._acts(), key=lambda one: one[0])
        for moment, number, what in acts:
            self._until(moment)
            self._act(number, what)
        self._until(self.clock() + timedelta(days=40))
        self.clock.advance(seconds=HOLD + 1)
        self.front.tick(limit=1_000_000)  # the news of whoever died last

    def _acts(self) -> Iterator[tuple[datetime, int, str]]:
        """When what is done to which ticket: opened at any time, then a few things over hours or days."""
        start = self.clock()
        for number in range(self.tickets):
            at = start + timedelta(seconds=self.dice.randrange(self.days * 86_400))
            yield at, number, "open"
            for _ in range(self.dice.randrange(7)):
                at += timedelta(seconds=int(self.dice.expovariate(1 / (5 * HOUR))) + 1)
                yield at, number, self.dice.choice(("wait", "resume", "reprioritise", "answer", "log", "resolve"))
            if self.dice.random() < 0.7:
                yield at + timedelta(seconds=int(self.dice.expovariate(1 / (30 * HOUR))) + 1), number, "resolve"

    def _act(self, number: int, what: str) -> None:
        bob, key = self.front.principal("bob"), self.numbers.get(number, "")
        self.counts[what] += 1
        if what == "open":
            impact = self.dice.randint(1, 3)
            receipt = self.front.report(
                Report(f"matter {number}", impact=impact, urgency=1), self.front.principal("ann")
            )
            self.numbers[number] = receipt.number
            self.priorities[receipt.number] = impact
            return
        with suppress(Refused):
            if what == "wait":
                self.front.do("wait", key, bob, reason="customer", text="a word")
            elif what == "resume":
                self.front.do("resume", key, bob)
            elif what == "reprioritise":
                self.front.do("reprioritise", key, bob, impact=self.dice.randint(1, 3), urgency=self.dice.randint(1, 3))
            elif what == "answer":
                self.front.do("comment", key, bob, text="we are at it", public=True)
            elif what == "log":
                self.front.do("log", key, bob, text="still at it")
            else:
                self.front.do("take", key, bob)
                self.front.do("resolve", key, bob, solution="a cable", backup=True)

    numbers: dict[int, str] = field(factory=dict)

    # workers

    def _until(self, moment: datetime) -> None:
        """Let time pass until then; workers wake a few seconds after whatever becomes due."""
        while True:
            soonest = self.front.setup.store.peek(Lane.DUE).soonest
            wakes = max(soonest, self.clock()) + timedelta(seconds=self.dice.uniform(0.1, WAKES)) if soonest else moment
            if wakes >= moment:
                self.clock.at(max(moment, self.clock()))
                return
            self.clock.at(wakes)
            self._wake()

    def _wake(self) -> None:
        now = self.clock()
        if self.dice.random() < 0.004:
            self._all_away(timedelta(seconds=self.dice.uniform(30, 12 * HOUR)))
        there = [one for one in self.workers if one.away is None or one.away <= now]
        if not there:
            first = min(self.workers, key=lambda one: one.away or now)
            self.clock.at(max(first.away or now, now))
            there = [first]
        worker = self.dice.choice(there)
        if self.dice.random() < 0.1:
            worker.off = timedelta(seconds=self.dice.randint(-2 * HOUR, 2 * HOUR))
            self.counts["clock jumps"] += 1
        worker.fault = self.dice.choices(("", "die before", "die after", "stall"), (90, 3, 3, 4))[0]
        self._tick(worker)

    def _tick(self, worker: Worker) -> None:
        worker.away = None
        worker.host.at(self.clock() + worker.off)
        try:
            worker.desk.tick()
        except Died:
            # Its lease has to lapse before another takes over.
            back = self.clock() + timedelta(seconds=self.dice.uniform(1, 120))
            self.outages.append((self.clock() - MINUTE, self.clock() + timedelta(seconds=HOLD + WAKES)))
            self.workers[self.workers.index(worker)] = fresh = self._worker()
            fresh.away = back

    def _point(self, worker: Worker, point: str) -> None:
        """Where a worker may die, or stall until its lease has gone to somebody else."""
        fault = worker.fault
        if (fault, point) in (("die before", "before sweep commit"), ("die after", "after sweep commit")):
            self.counts[fault] += 1
            worker.fault = ""
            raise Died
        if fault == "stall" and point == "before sweep commit":
            worker.fault = ""
            self.counts["stall"] += 1
            begun = self.clock()
            self.clock.advance(seconds=HOLD + 1)
            other = self.dice.choice([one for one in self.workers if one is not worker])
            other.fault = ""
            self._tick(other)
            self.outages.append((begun - MINUTE, self.clock() + timedelta(seconds=WAKES)))

    def _all_away(self, length: timedelta) -> None:
        self.counts["outages"] += 1
        back = self.clock() + length
        for one in self.workers:
            one.away = back
        self.outages.append((self.clock() - timedelta(seconds=WAKES), back + timedelta(seconds=WAKES)))

    def allowed(self, due: datetime) -> datetime:
        """The latest moment at which what was due then may fire: a minute later, and the outages besides."""
        latest = due + MINUTE
        for since, until in sorted(self.outages):
            if since <= latest:
                latest = max(latest, until + MINUTE)
        return latest


# the oracle


@frozen
class Expected:
    """A level that became due: of which clock, under which key, and when."""

    clock: str
    key: str
    at: datetime
    level: Level


def expected(ticket: Ticket, priority: int) -> Iterator[Expected]:
    """Every level that became due, from the ticket's facts: one clock after the other, segment by segment."""
    for name in ("response", "resolution"):
        yield from _of_clock(name, ticket, priority)


def _promise(name: str, priority: int) -> Target:
    return next(one for one in Levels().itsmkit_agreements(_prioritised(priority)) if one.name == name)


def _prioritised(priority: int) -> Ticket:
    return Ticket(id="", number="", opened=MONDAY, opened_month="", channel="", priority=priority)


def _of_clock(name: str, ticket: Ticket, priority: int) -> Iterator[Expected]:
    promise, ran, answered = _promise(name, priority), list[tuple[datetime, datetime]](), False
    began: datetime | None = ticket.opened
    done: set[str] = set()
    since = ticket.opened
    for fact in [*(one for one in ticket.timeline if one.what is not Fact.OPENED), None]:
        until = fact.at if fact else since + timedelta(days=400)
        calendar = CALENDARS[promise.calendar]
        used = sum(between(calendar, *one) for one in ran)
        found = []
        for key, one, need in _needs(promise):
            if key in done or (one.until and answered) or (not one.to and "100%" in {one.split()[0] for one in done}):
                continue
            at = since if used >= need else began and max(add(calendar, began, need - used), since)
            if at and at < until:
                found.append(Expected(name, key, at, one))
        for each in sorted(found, key=lambda one: one.at):
            done.add(each.key)
            yield each
        if fact is None or fact.what in promise.stops or fact.what is Fact.CLOSED:
            return
        since = until
        if fact.what is Fact.PRIORITY:
            promise = _promise(name, int(fact.value))
        elif promise.pauses and fact.what is Fact.PAUSED and began:
            ran.append((began, until))
            began = None
        elif promise.pauses and fact.what is Fact.RESUMED:
            began = until
        answered |= fact.what is Fact.RESPONDED


def _needs(promise: Target) -> Iterator[tuple[str, Level, int]]:
    """Each turn of each level, and after how many seconds of the clock it comes."""
    chain = promise.chain
    if not any(one.share == 100 for one in chain):
        chain = (*chain, Level(100))
    for one in chain:
        first = (
            promise.seconds * one.share // 100 if one.share else one.offset + promise.seconds * (one.origin == "due")
        )
        for turn in range(one.times):
            key = f"{one.moment} {one.to}".strip() + (f" #{turn + 1}" if turn else "")
            yield key, one, first + turn * one.every


@frozen
class Verdict:
    """What a year came to: how many levels fired, how many their clock's end overtook, and every fault."""

    fired: int
    coalesced: int
    overtaken: int
    latest: float
    faults: tuple[str, ...]


def judged(year: Year) -> Verdict:
    """The year's journal held against the oracle."""
    fired = coalesced = overtaken = 0
    latest, faults = 0.0, list[str]()
    bob = year.front.principal("bob")
    for number, priority in year.priorities.items():
        ticket = year.front.ticket(number, bob)
        events = [one for one in year.front.history(number, bob) if one.code in FIRED]
        seen = Counter((one.args["clock"], key) for one in events for key in _keys(one))
        when = {(one.args["clock"], key): one.at for one in events for key in _keys(one)}
        fired += len(events)
        coalesced += sum(len(one.args["coalesced"]) for one in events)
        faults += [f"{number}: {one} fired {n} times" for one, n in seen.items() if n > 1]
        wanted = {(one.clock, one.key): one for one in expected(ticket, priority)}
        missed = [place for place in wanted if place not in when]
        faults += [
            f"{number}: {one} fired and never became due"
            for one in seen
            if one not in wanted and not _instead(one, missed)
        ]
        for place, one in wanted.items():
            at, allowed = when.get(place), year.allowed(one.at)
            if at is None:
                stop = min((fact.at for fact in ticket.timeline if _ends(one, fact.what)), default=None)
                if stop is not None and stop <= allowed:
                    overtaken += 1
                else:
                    faults.append(f"{number}: {place} was due at {one.at} and never fired")
            elif at < one.at:
                faults.append(f"{number}: {place} fired at {at}, before {one.at}")
            elif at > allowed:
                faults.append(f"{number}: {place} fired at {at}, due at {one.at}, later than {allowed}")
            else:
                latest = max(latest, (at - one.at).total_seconds())
        faults += _disordered(number, events, wanted)
        faults += _wrongly_passed(number, events, wanted)
    faults += [f"verify: {one}" for one in year.front.verify().breaches]
    faults += [f"audit: {one}" for one in audit(year.front.setup.store, year.front.setup.policy, year.clock()).found]
    return Verdict(fired, coalesced, overtaken, latest, tuple(faults))


def _ends(one: Expected, fact: Fact) -> bool:
    """Whether the fact ends the level before it fired: its clock's end, or the fact that it names."""
    own = fact in (Fact.RESOLVED, Fact.CLOSED) or (one.clock == "response" and fact is Fact.RESPONDED)
    return own or fact in one.level.until or fact is Fact.PRIORITY


def _instead(place: tuple[str, str], missed: list[tuple[str, str]]) -> bool:
    """Whether the breach was noted for a level at the same moment that a new priority took away before it fired."""
    return place[1] == "100%" and any(clock == place[0] and key.startswith("100% ") for clock, key in missed)


def _keys(event: Event) -> tuple[str, ...]:
    args = event.args
    to = event.why.get("to", args["to"])
    turn = f" #{args['turn']}" if args["turn"] > 1 else ""
    return (*args["coalesced"], f"{args['level']} {to}".strip() + turn)


def _disordered(number: str, events: list[Event], wanted: Mapping[tuple[str, str], Expected]) -> Iterator[str]:
    """Levels of one clock that fired in another order than they became due."""
    last: dict[str, datetime] = {}
    for event in events:
        one = wanted.get((event.args["clock"], _keys(event)[-1]))
        if one is not None:
            if event.at != last.get(f"at {one.clock}") and one.at < last.get(one.clock, one.at):
                yield f"{number}: {one.clock} {one.key} came behind a later level"
            last[one.clock], last[f"at {one.clock}"] = one.at, event.at


def _wrongly_passed(number: str, events: list[Event], wanted: Mapping[tuple[str, str], Expected]) -> Iterator[str]:
    """Levels passed over though their conditions held, or the other way round."""
    for event in events:
        one = wanted.get((event.args["clock"], _keys(event)[-1]))
        if one is None:
            continue
        due = datetime.fromisoformat(event.why["due"])
        days = one.level.days
        holds = (not one.level.during or is_open(CALENDARS["office"], due)) and (
            not days or ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[due.weekday()] in days
        )
        if holds is (event.code == "passed_over"):
            yield f"{number}: {one.key} at {due} was {event.code}"


def proven(seed: int, url: str = "memory:", tickets: int = 40) -> tuple[Year, Verdict]:
    """One year by its seed, lived and judged."""
    year = Year(seed, url, tickets)
    try:
        year.live()
        return year, judged(year)
    finally:
        year.front.close()


def main(seeds: int, first: int, url: str) -> None:
    """Prove so many years; exit code 1 where one has a fault, with its seed."""
    begun, totals = time.perf_counter(), Counter[str]()
    failed = 0
    for seed in range(first, first + seeds):
        with tempfile.TemporaryDirectory() as folder:
            place = f"sqlite:///{Path(folder) / 'year.db'}" if url == "sqlite" else url
            year, verdict = proven(seed, place)
        totals.update(year.counts)
        totals.update(fired=verdict.fired, coalesced=verdict.coalesced, overtaken=verdict.overtaken)
        if verdict.faults:
            failed += 1
            print(f"seed {seed}: {len(verdict.faults)} faults")
            for one in verdict.faults[:5]:
                print(f"  {one}")
    spent = time.perf_counter() - begun
    told = ", ".join(f"{name} {count:,}" for name, count in sorted(totals.items()))
    print(f"{seeds:,} seeds from {first} on {url}: {failed} with faults; {told}; {spent / seeds:.1f} s a year")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 10, int(given[1]) if given[1:] else 1, given[2] if given[2:] else "memory:")
