"""Business time counted minute by minute, the slow way, around changes of any zone's clocks: what calendars must equal.

Nothing here knows how the core computes: a minute is open where the wall clock stands in a shift, and a clock that is
turned back goes on only when it passes where it has been.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from attrs import frozen
from hypothesis import assume
from hypothesis import strategies as st

from itsmkit import Calendar, CalendarError, add, between, calendar_from_dict, is_open, next_opening, subtract

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SPAN = 3 * 24 * 60
BACK = 6 * 60
"""No clock was turned back by more than so many minutes since 2000."""
YEARS = (2000, 2040)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
EXTRA_SHIFTS = [[], ["01:45-02:15"], ["10:00-11:30", "13:00-24:00"], ["22:00-02:30"]]


@cache
def changes(zone: str, year: int) -> tuple[datetime, ...]:
    """When the zone's clocks were or will be changed in that year, to the minute; else some moment of it."""
    tz = ZoneInfo(zone)
    start = datetime(year, 1, 1, tzinfo=UTC)
    offsets = [(start + day * DAY).astimezone(tz).utcoffset() for day in range(367)]
    found = [start + day * DAY for day in range(366) if offsets[day] != offsets[day + 1]]
    return tuple(_exactly(tz, day) for day in found) or (start + 180 * DAY,)


def _exactly(tz: ZoneInfo, day: datetime) -> datetime:
    before = day.astimezone(tz).utcoffset()
    minute = bisect_left(range(1440), True, key=lambda one: (day + one * MINUTE).astimezone(tz).utcoffset() != before)  # noqa: FBT003
    return day + minute * MINUTE


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    """Weeks of up to eleven shifts, many with an edge in the small hours, some over midnight."""
    edge = st.one_of(st.integers(0, 16), st.integers(0, 95)).map(lambda quarter: quarter * 15)
    minutes = st.builds(lambda day, minute: day * 1440 + minute, st.integers(0, 6), edge)
    cuts = sorted(draw(st.lists(minutes, min_size=2, max_size=22, unique=True)))
    week: dict[str, list[str]] = {day: [] for day in WEEKDAYS}
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        day, opens = divmod(start, 1440)
        closes = min(end - day * 1440, opens + 1440)
        over = closes > 1440
        week[WEEKDAYS[day]].append(f"{_clock(opens)}-{_clock(closes - 1440 if over else closes)}")
    return week


Place = tuple[str, datetime]
"""A zone, and a change of its clocks."""


@st.composite
def places(draw: st.DrawFn) -> Place:
    """Some change of some zone's clocks."""
    zone, year = draw(st.sampled_from(ZONES)), draw(st.integers(*YEARS))
    return zone, draw(st.sampled_from(changes(zone, year)))


def every_place() -> list[Place]:
    """Every change of any zone's clocks, each once however many zones share it; and a moment of zones without any."""
    found: dict[object, Place] = {}
    for zone in ZONES:
        for year in range(YEARS[0], YEARS[1] + 1):
            for change in changes(zone, year):
                offsets = [at.astimezone(ZoneInfo(zone)).utcoffset() for at in (change - MINUTE, change)]
                found.setdefault((change, *offsets), (zone, change))
    return list(found.values())


@st.composite
def sites(draw: st.DrawFn, where: st.SearchStrategy[Place] = places()) -> tuple[dict[str, Any], datetime]:  # noqa: B008 - strategies are values
    """The table of a calendar, and a moment up to two days before a change of its clocks."""
    zone, change = draw(where)
    day = change.astimezone(ZoneInfo(zone)).date()
    near = st.integers(-2, 2).map(lambda days: (day + days * DAY).isoformat())
    data = {
        "zone": zone,
        "week": draw(weeks()),
        "holidays": draw(st.lists(near, max_size=2)),
        "extra": draw(st.dictionaries(near, st.sampled_from(EXTRA_SHIFTS), max_size=2)),
    }
    return data, change - DAY - draw(st.integers(0, 23)) * 60 * MINUTE


def valid(data: dict[str, Any]) -> Calendar:
    """The calendar of the table; hypothesis is asked for another where its shifts overlap."""
    try:
        return calendar_from_dict("random", data)
    except CalendarError:
        assume(False)  # noqa: FBT003 - hypothesis's word for "another one, please"
        raise


def walked(data: dict[str, Any], first: datetime, minutes: int = SPAN) -> list[bool]:
    """Open or not, minute by minute from the first moment on."""
    zone, days = ZoneInfo(data["zone"]), {}
    furthest = datetime.min  # noqa: DTZ901 - wall time
    walk = []
    for step in range(-BACK, minutes):
        furthest = max(furthest, (first + step * MINUTE).astimezone(zone).replace(tzinfo=None))
        day = furthest.date()
        if day not in days:
            days[day] = _open_minutes(data, day)
        if step >= 0:
            walk.append(bool(days[day][furthest.hour * 60 + furthest.minute]))
    return walk


def _open_minutes(data: dict[str, Any], day: date) -> bytearray:
    """The minutes of a date on the wall clock that a shift covers, be it one that opened the day before."""
    found = bytearray(2880)
    for opens, closes in _shifts(data, day - DAY):
        found[max(opens - 1440, 0) : max(closes - 1440, 0)] = b"\1" * max(closes - 1440 - max(opens - 1440, 0), 0)
    for opens, closes in _shifts(data, day):
        found[opens:closes] = b"\1" * (closes - opens)
    return found


def _shifts(data: dict[str, Any], day: date) -> Iterator[tuple[int, int]]:
    texts = data["week"].get(WEEKDAYS[day.weekday()], ()) if day.isoformat() not in data["holidays"] else ()
    for text in data["extra"].get(day.isoformat(), texts):
        opens, closes = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
        yield opens, closes if closes > opens else closes + 1440


@frozen
class Wrong:
    """A question that was answered otherwise than the walk counts."""

    question: str
    ours: object
    walk: object


@frozen
class Walk:
    """A calendar with its minutes from the first moment on; `counted[n]` of the first n are open."""

    calendar: Calendar
    first: datetime
    open: list[bool]
    counted: list[int]

    def at(self, minute: int) -> datetime:
        return self.first + minute * MINUTE


def wrong_answers(data: dict[str, Any], first: datetime, questions: int, seed: int) -> Iterator[Wrong]:
    """The answers of the calendar that differ from the walk's, of so many questions drawn by the seed."""
    random, minutes = Random(seed), walked(data, first)  # noqa: S311 - to repeat, not to hide
    walk = Walk(valid(data), first, minutes, [0, *accumulate(minutes)])
    for number in range(questions):
        one, other = random.randint(0, SPAN - 1), random.randint(0, SPAN)
        question, ours, due = KINDS[number % len(KINDS)](walk, one, other)
        if ours != due:
            yield Wrong(f"{question} {walk.at(one)} {walk.at(other)}", ours, due)


Answered = tuple[str, object, object]
"""What was asked, our answer, and the walk's."""


def _between(walk: Walk, one: int, other: int) -> Answered:
    gone = walk.counted[other] - walk.counted[one]
    return "between", between(walk.calendar, walk.at(one), walk.at(other)), gone * 60


def _open(walk: Walk, one: int, _: int) -> Answered:
    return "is_open", is_open(walk.calendar, walk.at(one)), walk.open[one]


def _opening(walk: Walk, one: int, _: int) -> Answered:
    found, opens = next_opening(walk.calendar, walk.at(one)), next((m for m in range(one, SPAN) if walk.open[m]), None)
    if opens is not None:
        return "next_opening", found, walk.at(opens)
    return "next_opening behind the walk", found is None or found >= walk.at(SPAN), True


def _moved(walk: Walk, one: int, other: int) -> Answered:
    gone = walk.counted[other] - walk.counted[one]
    if gone < 0:
        latest = bisect_right(walk.counted, walk.counted[other]) - 1
        return "subtract", subtract(walk.calendar, walk.at(one), -gone * 60), walk.at(latest)
    due = bisect_left(walk.counted, walk.counted[other]) if gone else one
    return "add", add(walk.calendar, walk.at(one), gone * 60), walk.at(due)


KINDS = (_between, _moved, _open, _moved, _opening)
