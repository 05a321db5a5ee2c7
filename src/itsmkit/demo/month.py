"""The month: which scene begins when, each day's work around them, and the order in which moments come."""

from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from itsmkit.demo import scenes_clocks, scenes_closure, scenes_escalation, scenes_intake, scenes_lines, scenes_masters
from itsmkit.demo.daily import arrivals, calls_round, desk_round, is_working, line_round, users_round
from itsmkit.demo.stage import Stage

Scene = Callable[[Stage], Iterator[datetime]]

SCENES: tuple[Scene, ...] = (
    scenes_intake.first_mail,
    scenes_intake.phone_call,
    scenes_intake.chinese_mail,
    scenes_lines.declined,
    scenes_intake.duplicate,
    scenes_lines.through_the_lines,
    scenes_intake.absent_reader,
    scenes_intake.not_readable,
    scenes_clocks.paused,
    scenes_clocks.outage,
    scenes_intake.complaint,
    scenes_closure.second_time,
    scenes_intake.rows_of_a_file,
    scenes_intake.flapping,
    scenes_lines.on_site,
    scenes_closure.rejected,
    scenes_closure.silent,
    scenes_escalation.planned,
    scenes_intake.stranger,
    scenes_intake.killed_receiver,
    scenes_lines.reclassified,
    scenes_clocks.change_needed,
    scenes_masters.many_reports,
    scenes_clocks.summer_time,
)
SPECIALISTS = ("network", "network2", "applications", "applications2", "workplace", "vendor", "hardware")
DAYS = 31


def plays(stage: Stage, days: int) -> Iterator[Iterator[datetime]]:
    """Everything that plays in so many days: the scenes, and each day's arrivals and rounds."""
    yield from (scene(stage) for scene in SCENES)
    asked: set[str] = set()
    for day in range(1, days + 1):
        yield arrivals(stage, day)
        yield worker(stage, day)
        if not is_working(day):
            continue
        for time in ("8:10", "10:30", "13:15", "15:40"):
            yield desk_round(stage, "agent", stage.day(day, time))
        for time in ("9:00", "11:20", "14:30"):
            yield desk_round(stage, "agent2", stage.day(day, time))
        for at, part in enumerate(SPECIALISTS):
            for hour in (9, 13, 16):
                yield line_round(stage, part, stage.day(day, f"{hour}:{5 + 7 * at}"))
        yield users_round(stage, stage.day(day, "11:50"), asked)
        yield calls_round(stage, stage.day(day, "14:45"))


def worker(stage: Stage, day: int) -> Iterator[datetime]:
    """The worker's rounds: every hour of a working day, every four hours else. For what is due it wakes anyway."""
    for hour in range(7, 20) if is_working(day) else range(3, 24, 4):
        yield stage.day(day, f"{hour}:01")
        stage.work()


def live(stage: Stage, days: int, evening: Callable[[int], None]) -> None:
    """Play the days: always whatever comes next, the worker in between; `evening` is told when a day is over."""
    order = count()
    line: list[tuple[datetime, int, Iterator[datetime] | None]] = []

    def queue(play: Iterator[datetime]) -> None:
        if (moment := next(play, None)) is not None:
            heappush(line, (moment, next(order), play))

    for play in plays(stage, days):
        queue(play)
    for day in range(1, days + 1):
        heappush(line, (stage.day(day, "23:59"), next(order), None))
    over = 0
    while line and over < days:
        moment, _, going = heappop(line)
        stage.advance(moment)
        if going is not None:
            queue(going)
            continue
        over += 1
        stage.work()
        evening(over)
