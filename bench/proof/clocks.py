"""Clocks against an oracle that lives every minute: pauses, changes, reopenings, hand-overs, several time zones.

The oracle knows flags and a counter, and looks at the wall clock of the zone for each minute; it shares nothing with
what it judges. Each case is a ticket's life led as the desk leads it: after each change the clocks are started anew
for the targets that hold and settled by the timeline.

    python -m bench.proof.clocks [cases, a million by default] [seed]
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from itsmkit import Clock, Fact, Moment, Target, always, calendar_from_dict
from itsmkit.core.clocks import elapsed, runs, settled, started

MINUTE = timedelta(minutes=1)
SPAN = 4 * 24 * 60
"""So many minutes a life may take; the windows are a little longer."""
TABLES = {
    "office": {
        "zone": "Europe/Berlin",
        "week": {"mon-fri": ["08:30-12:00", "13:00-17:15"]},
        "holidays": ["2026-03-30"],
    },
    "nights": {"zone": "America/New_York", "week": {"sat-sun": ["22:00-06:00"], "mon-fri": ["21:00-03:30"]}},
    "make_up": {
        "zone": "Asia/Shanghai",
        "week": {"mon-fri": ["09:00-18:00"]},
        "extra": {"2026-03-28": ["09:00-18:00"]},
    },
}
CALENDARS = {"always": always("always"), **{name: calendar_from_dict(name, table) for name, table in TABLES.items()}}
STARTS = (datetime(2026, 3, 27, 7, 0, tzinfo=UTC), datetime(2026, 10, 23, 18, 30, tzinfo=UTC))
"""The turns of the clocks of 2026 lie inside: forward in Berlin, back there, and in New York back a week later."""
_CLOCK = Callable[[datetime], bool]


def _office(at: datetime) -> bool:
    clock = at.hour * 60 + at.minute
    return at.weekday() < 5 and f"{at:%m-%d}" != "03-30" and (510 <= clock < 720 or 780 <= clock < 1035)


def _nights(at: datetime) -> bool:
    clock, today, yesterday = at.hour * 60 + at.minute, at.weekday(), (at.weekday() - 1) % 7
    opens, closes = (1320 if today > 4 else 1260), (360 if yesterday > 4 else 210)
    return clock >= opens or clock < closes


def _make_up(at: datetime) -> bool:
    return (at.weekday() < 5 or f"{at:%m-%d}" == "03-28") and 9 <= at.hour < 18


WALLS: Mapping[str, tuple[str, _CLOCK]] = {
    "always": ("UTC", lambda _: True),
    "office": ("Europe/Berlin", _office),
    "nights": ("America/New_York", _nights),
    "make_up": ("Asia/Shanghai", _make_up),
}


def minutes(name: str, start: datetime) -> bytes:
    """For each minute from `start` whether the wall clock says open: one byte each."""
    zone, is_open = WALLS[name]
    there = ZoneInfo(zone)
    return bytes(is_open((start + at * MINUTE).astimezone(there)) for at in range(SPAN * 2))


@frozen
class Window:
    """A stretch of days with the open minutes of each calendar."""

    start: datetime
    open: Mapping[str, bytes]


def windows() -> tuple[Window, ...]:
    """The stretches that lives are led in."""
    return tuple(Window(start, {name: minutes(name, start) for name in WALLS}) for start in STARTS)


TARGETS = (
    Target("response", 60, "always", stops=(Fact.RESPONDED, Fact.RESOLVED), pauses=False),
    Target("resolution", 60, "office"),
    Target("closing", 60, "make_up", stops=(Fact.CLOSED,)),
    Target("update", 60, "nights", restarts=(Fact.TOLD,)),
    Target("answer", 60, "office", starts=(Fact.HEARD,), stops=(Fact.TOLD, Fact.RESOLVED)),
    Target("arrival", 60, "always", starts=(Fact.DISPATCHED,), stops=(Fact.ARRIVED, Fact.RESOLVED)),
    Target("follow_up", 60, "office", starts=(Fact.RESOLVED,), stops=(Fact.CALLED,)),
    Target("resolution", 60, "nights", kind="ola", party="net"),
    Target("acceptance", 60, "office", kind="ola", party="net", stops=(Fact.ACCEPTED, Fact.RESOLVED), pauses=False),
    Target("resolution", 60, "make_up", kind="contract", party="acme"),
)
HOLDS = {"ola": Fact.TEAM, "contract": Fact.VENDOR}


@define
class Oracle:
    """One target's life minute by minute: flags, and the minutes that counted in the round."""

    target: Target
    open: bytes
    begun: bool = False
    stopped: bool = False
    for_good: bool = False
    ended: bool = False
    gone: bool = False
    waits: list[str] = field(factory=list)
    used: list[int] = field(factory=list)
    past: list[int] = field(factory=list)
    verdict: bool | None = None
    later: Target | None = None

    @property
    def runs(self) -> bool:
        return self.begun and not self.stopped and not self.waits

    def live(self, since: int, until: int) -> None:
        """The minutes from `since` to `until`."""
        if self.runs:
            self.used += [at for at in range(since, until) if self.open[at]]

    def fresh(self) -> None:
        if self.begun:
            self.past.append(len(self.used))
        self.begun, self.stopped, self.for_good, self.used, self.verdict = True, False, False, [], None
        self.take_over()

    def stop(self) -> None:
        if self.begun and not self.stopped:
            self.stopped = True
            self.verdict = max((len(self.used), *self.past)) * 60 <= self.target.seconds

    def meet(self, moment: Moment) -> None:
        what = moment.what
        if what is Fact.PAUSED and self.target.pauses and self.target.kind in moment.kinds:
            self.waits.append(moment.value)
        elif what is Fact.RESUMED and moment.value in self.waits:
            self.waits.remove(moment.value)
        elif what is HOLDS.get(self.target.kind) and self.target.party:
            self.change_hands(moment.value)
        elif what is Fact.REOPENED and not self.gone:
            self.reopen()
        elif not self.gone:
            self.go_by(what)

    def change_hands(self, party: str) -> None:
        if party == self.target.party and not self.begun:
            self.fresh()
        elif party != self.target.party and self.begun:
            self.stop()
            self.gone = True

    def reopen(self) -> None:
        self.ended = False
        if self.for_good:
            return
        if Fact.RESOLVED in self.target.starts:
            self.begun = False
            self.used = []
        self.stopped, self.verdict = False, None
        self.take_over()

    def promise(self, target: Target) -> None:
        """Another target holds: at once, or from when it runs again."""
        if self.stopped:
            self.later = target
        else:
            self.target = target

    def take_over(self) -> None:
        self.target, self.later = self.later or self.target, None

    def go_by(self, what: Fact) -> None:
        target, follows = self.target, Fact.RESOLVED in self.target.starts
        if what in target.stops or (what is Fact.CLOSED and not follows):
            self.stop()
            self.ended |= what in (Fact.RESOLVED, Fact.CLOSED)
            self.for_good |= self.begun and what not in (Fact.RESOLVED, Fact.CLOSED)
        elif what in target.restarts and self.begun and not self.stopped:
            self.fresh()
        elif what in target.starts and not target.party and (follows or not self.ended):
            self.again()

    def again(self) -> None:
        if not self.begun or self.for_good:
            self.fresh()


@frozen
class Life:
    """A ticket's life: what happened at which minute, and the new lengths of targets that came with a priority."""

    window: Window
    facts: tuple[tuple[int, Fact, str, tuple[str, ...]], ...]
    lengths: tuple[int, ...]
    until: int


_REASONS = {"customer": ("sla", "ola"), "vendor": ("sla",), "watch": ("contract",), "quiet": ()}


def life(random: Random, window: Window) -> Life:
    """A life as tickets have them: pauses end, a resolution comes before a closing, a reopening after either."""
    at, facts = random.randrange(24 * 60), []
    state = dict.fromkeys(("resolved", "closed"), False)
    waits: list[str] = []
    facts.append((at, Fact.OPENED, "", ()))
    lengths = [random.randrange(1, 40) * 30]
    for _ in range(random.randrange(12)):
        at += int(random.random() ** 3 * 600)
        may: list[tuple[Fact, str, tuple[str, ...]]] = [
            (fact, "", ()) for fact in (Fact.TOLD, Fact.HEARD, Fact.RESPONDED, Fact.ACCEPTED)
        ]
        if state["resolved"]:
            may += [(Fact.REOPENED, "", ())] * 3 + [(Fact.CALLED, "", ())]
            may += [] if state["closed"] else [(Fact.CLOSED, "", ())] * 2
        else:
            may += [(Fact.RESOLVED, "", ())] * 2 + [(Fact.DISPATCHED, "", ()), (Fact.ARRIVED, "", ())]
            may += [(Fact.TEAM, random.choice(("desk", "net")), ()), (Fact.VENDOR, random.choice(("acme", "")), ())] * 2
            may += [(Fact.PAUSED, name, _REASONS[name]) for name in random.sample(list(_REASONS), 2)]
            may += [(Fact.RESUMED, random.choice(waits), ())] * 3 if waits else []
            may += [(Fact.PRIORITY, "", ())]
        what, value, kinds = random.choice(may)
        if what in (Fact.TEAM, Fact.VENDOR):
            at += 1  # what is handed on in the same breath was never held
        if what is Fact.PAUSED:
            waits.append(value)
        elif what is Fact.RESUMED:
            waits.remove(value)
        elif what is Fact.PRIORITY:
            lengths.append(random.randrange(1, 40) * 30)
        elif what is Fact.RESOLVED:
            facts += [(at, Fact.RESUMED, one, ()) for one in waits]
            waits, state["resolved"] = [], True
        elif what is Fact.CLOSED:
            state["closed"] = True
        elif what is Fact.REOPENED:
            state.update(resolved=False, closed=False)
        facts.append((at, what, value, kinds))
    until = at + random.choice((0, 1, 59, random.randrange(900)))
    return Life(window, tuple(facts), tuple(lengths), min(until, SPAN * 2 - 1))


def target_for(target: Target, minutes: int) -> Target:
    """The target with that length."""
    return Target(
        target.name, minutes * 60, target.calendar, target.kind, target.stops, target.pauses, target.chain, "",
        target.party, target.starts, target.restarts,
    )  # fmt: skip


@define
class Desk:
    """What a desk does with one target along a life, and the oracle beside it."""

    case: Life
    template: Target
    lengths: Iterator[int]
    target: Target
    timeline: list[Moment] = field(factory=list)
    clocks: tuple[Clock, ...] = ()
    holders: dict[str, tuple[str, datetime]] = field(factory=dict)
    oracle: Oracle | None = None

    @property
    def opened(self) -> datetime:
        return self.timeline[0].at

    def meet(self, moment: Moment) -> None:
        """A change of the ticket: its fact, the targets that hold then, the clocks settled."""
        what = moment.what
        self.timeline.append(moment)
        if what is Fact.PRIORITY:
            self.target = target_for(self.template, next(self.lengths))
        for kind, fact in HOLDS.items():
            if what is fact and self.holders.get(kind, ("", moment.at))[0] != moment.value:
                self.holders[kind] = moment.value, moment.at
        if what in (Fact.OPENED, Fact.PRIORITY, Fact.TEAM, Fact.VENDOR):
            self.clocks = started(self.clocks, [self.target], self.opened, self.holders)
        self.clocks = tuple(settled(one, self.timeline, CALENDARS) for one in self.clocks)

    def meet_oracle(self, moment: Moment) -> None:
        """The same for the oracle; each assignment of a party has one of its own."""
        oracle, target = self.oracle, self.target
        if oracle is not None:
            oracle.meet(moment)
            if moment.what is Fact.PRIORITY:
                oracle.promise(target)
        party, _ = self.holders.get(target.kind, ("", None))
        if (oracle is None or oracle.gone) and target.party in ("", party):
            self.oracle = oracle = Oracle(target, self.case.window.open[target.calendar])
            oracle.begun = not target.party and Fact.OPENED in target.starts
            for earlier in self.timeline if target.party else ():
                if earlier.what in (Fact.PAUSED, Fact.RESUMED) or earlier is moment:
                    oracle.meet(earlier)


def differences(case: Life, template: Target) -> list[str]:
    """In what the desk's clock of that target and the oracle's differ at the end of the life; none is right."""
    lengths = iter(case.lengths)
    desk = Desk(case, template, lengths, target_for(template, next(lengths)))
    lived = 0
    for minute, what, value, kinds in case.facts:
        moment = Moment(case.window.start + minute * MINUTE, what, value, kinds=kinds)
        if desk.oracle is not None:
            desk.oracle.live(lived, minute)
        desk.meet(moment)
        desk.meet_oracle(moment)
        lived = minute
    if desk.oracle is None or not desk.clocks:
        return [] if not (desk.oracle or desk.clocks) else ["one has a clock, the other none"]
    desk.oracle.live(lived, case.until)
    return list(_compared(case, desk, desk.oracle))


def _compared(case: Life, desk: Desk, oracle: Oracle) -> Iterator[str]:
    now = case.window.start + case.until * MINUTE
    clock = max(desk.clocks, key=lambda one: one.started)
    calendar = CALENDARS[clock.target.calendar]
    used = elapsed(calendar, runs(clock.target, clock.started, desk.timeline), now)
    if used != len(oracle.used) * 60:
        yield f"used {used} s, the oracle {len(oracle.used) * 60} s"
    if clock.met is not oracle.verdict:
        yield f"verdict {clock.met}, the oracle {oracle.verdict}"
    if (clock.due is not None) is not oracle.runs:
        yield f"due {clock.due}, while the oracle {'runs' if oracle.runs else 'rests'}"
    elif clock.due is not None:
        goal = clock.target.seconds // 60
        if (clock.due <= now) is not (len(oracle.used) >= goal):
            yield f"due {clock.due} at {now} with {used} s used"
        elif clock.due <= now and clock.due != (expected := case.window.start + (oracle.used[goal - 1] + 1) * MINUTE):
            yield f"due {clock.due}, the oracle {expected}"


@frozen
class Proof:
    """What a run of the proof came to."""

    cases: int
    minutes: int
    wrong: tuple[str, ...]


def prove(cases: int, seed: int, most_wrong: int = 10) -> Proof:
    """Lead so many lives from the seed on, each with a target in turn."""
    random, stretches = Random(seed), windows()
    lived, wrong = 0, []
    for number in range(cases):
        case = life(random, stretches[number % len(stretches)])
        target = TARGETS[number % len(TARGETS)]
        lived += case.until - case.facts[0][0]
        if found := differences(case, target):
            wrong.append(f"case {number}, {target.kind} {target.name}: {'; '.join(found)}")
            if len(wrong) == most_wrong:
                return Proof(number + 1, lived, tuple(wrong))
    return Proof(cases, lived, tuple(wrong))


def main(arguments: list[str]) -> int:
    """Print the seed, the counts and what differs; exit code 1 where anything does."""
    cases, seed = (int(one) for one in (*arguments, *("1000000", "1")[len(arguments) :]))
    began = time.perf_counter()
    proof = prove(cases, seed)
    print(f"seed {seed}: {proof.cases:,} cases, {proof.minutes:,} minutes lived, {len(proof.wrong)} differ, "
          f"{time.perf_counter() - began:.1f} s")  # fmt: skip
    for one in proof.wrong:
        print(one)
    return 1 if proof.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
