"""Business time (SLA-01): when a team or a contract works, and arithmetic in that time.

Elapsed time is real seconds inside the open intervals, which are given in local time. An edge of a shift inside
a gap of the local clock (summer time begins) moves forward to the end of the gap; inside a fold (it ends) the
first of the two counts. So 24 hours of every day lose nothing, and a night shift over the change is an hour
shorter or longer. Opening moments are inside, closing moments outside.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, reduce
from itertools import pairwise
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import field, frozen

from itsmkit.core.errors import CalendarError
from itsmkit.core.model.record import from_ms, instant, to_ms
from itsmkit.core.openings import HORIZON_YEARS, YEARS, Openings, Span, gaps, merged, shared, year_window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_OPENS = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_CLOSES = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_DAY = timedelta(days=1)
_MILLISECOND = timedelta(milliseconds=1)


@frozen
class Shift:
    """A stretch of open time, "HH:MM" to "HH:MM" or "24:00" of the wall clock.

    A shift that closes at or before its opening runs over midnight and belongs to the day it opens.
    """

    opens: str
    closes: str

    def __attrs_post_init__(self) -> None:
        if not _OPENS.fullmatch(self.opens) or not _CLOSES.fullmatch(self.closes):
            raise CalendarError(f"shift {self.opens}-{self.closes}: write times as HH:MM, midnight at the end as 24:00")

    @cached_property
    def start(self) -> timedelta:
        """From midnight of its day to the opening."""
        return _from_midnight(self.opens)

    @cached_property
    def end(self) -> timedelta:
        """From midnight of its day to the closing, up to two days."""
        closes = _from_midnight(self.closes)
        return closes if closes > self.start else closes + _DAY

    def __str__(self) -> str:
        return f"{self.opens}-{self.closes}"


def _from_midnight(clock: str) -> timedelta:
    return timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))


Shifts = tuple[Shift, ...]


def _in_order(shifts: Iterable[Shift]) -> Shifts:
    return tuple(sorted(shifts, key=lambda shift: shift.start))


def _sealed_week(week: Mapping[str, Iterable[Shift]]) -> Mapping[str, Shifts]:
    named = {day: _in_order(shifts) for day, shifts in week.items()}
    return MappingProxyType({day: shifts for day, shifts in named.items() if shifts or day not in WEEKDAYS})


def _sealed_days(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)


def _sealed_extra(extra: Mapping[date, Iterable[Shift]]) -> Mapping[date, Shifts]:
    return MappingProxyType({day: _in_order(extra[day]) for day in sorted(extra)})


def _sealed_names(names: Mapping[date, str]) -> Mapping[date, str]:
    return MappingProxyType(dict(names))


@frozen
class Origin:
    """Where days off came from and what they are called: for readers, it decides nothing.

    The `sources` spoke of `years`; of `unpublished` ones they expect to say more.
    """

    sources: tuple[str, ...] = ()
    years: frozenset[int] = frozenset()
    unpublished: frozenset[int] = frozenset()
    names: Mapping[date, str] = field(factory=dict, converter=_sealed_names)


@frozen
class Calendar:
    """The working time of a place: a week of shifts, days off, and days of their own.

    `week` maps "mon" … "sun" to shifts, `extra` single dates to the shifts that replace the week's on that date (a
    make-up day, a short day; none: closed) and wins over `holidays`. Outside `valid_from` … `valid_until`, both
    included, the calendar is closed; the union of two calendars that follow each other gives one. `origin` is for
    readers and no part of what makes two calendars equal. Raises CalendarError for an unknown zone or weekday, dates
    outside 1900 to 2200, overlapping shifts, or where it would never be open.
    """

    name: str
    zone: str
    week: Mapping[str, Shifts] = field(converter=_sealed_week, hash=False)
    holidays: frozenset[date] = field(default=frozenset(), converter=_sealed_days)
    extra: Mapping[date, Shifts] = field(factory=dict, converter=_sealed_extra, hash=False)
    valid_from: date | None = None
    valid_until: date | None = None
    origin: Origin = field(default=Origin(), eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        for problem in _problems(self):
            raise CalendarError(f"calendar {self.name}: {problem}")

    def shifts_on(self, day: date) -> Shifts:
        """The shifts that open on that local date."""
        if (self.valid_from and day < self.valid_from) or (self.valid_until and day > self.valid_until):
            return ()
        own = self.extra.get(day)
        if own is not None:
            return own
        return () if day in self.holidays else self.week.get(WEEKDAYS[day.weekday()], ())

    @cached_property
    def openings(self) -> Openings:
        """Its open time in UTC, kept with the value so that it is worked out once."""
        return Openings(self.name, lambda year: _spans_of_year(self, year))

    @cached_property
    def _tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def _problems(calendar: Calendar) -> Iterator[str]:
    """What makes the calendar impossible, in the order it should be mended."""
    try:
        ZoneInfo(calendar.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"unknown time zone {calendar.zone!r}; use an IANA name like Europe/Berlin"
    for day in calendar.week:
        if day not in WEEKDAYS:
            yield f"unknown weekday {day!r}; use {', '.join(WEEKDAYS)}"
    yield from _far_dates(calendar)
    if calendar.valid_from and calendar.valid_until and calendar.valid_from > calendar.valid_until:
        yield f"valid_from {calendar.valid_from} is after valid_until {calendar.valid_until}"
    yield from _overlaps(calendar)
    if not _ever_open(calendar):
        yield "never open; give it shifts in week or extra on a day that is valid and no holiday"


def _far_dates(calendar: Calendar) -> Iterator[str]:
    """Dates that can only be slips of the pen: nothing is ever asked about them."""
    bounds = {"valid_from": calendar.valid_from, "valid_until": calendar.valid_until}
    for name, days in (*((name, (day,)) for name, day in bounds.items() if day),
                       ("holidays", sorted(calendar.holidays)), ("extra", calendar.extra)):  # fmt: skip
        for day in days:
            if day.year not in YEARS:
                yield f"{name}: {day} lies outside {YEARS[0]} to {YEARS[-1]}; mend the year, or leave it out"


def _overlaps(calendar: Calendar) -> Iterator[str]:
    for weekday, following in zip(WEEKDAYS, WEEKDAYS[1:] + WEEKDAYS[:1], strict=True):
        yield from _clashes(weekday, calendar.week.get(weekday, ()), calendar.week.get(following, ()))
    for day, shifts in calendar.extra.items():
        yield from _clashes(day - _DAY, calendar.shifts_on(day - _DAY), shifts)
        yield from _clashes(day, shifts, calendar.shifts_on(day + _DAY))


def _clashes(day: str | date, shifts: Shifts, following: Shifts) -> Iterator[str]:
    """Overlaps among the shifts of a day, and of its last with the first of the day that follows."""
    for one, other in pairwise(shifts):
        if one.end > other.start:
            yield f"{day}: shifts {one} and {other} overlap"
    if shifts and following and shifts[-1].end > following[0].start + _DAY:
        yield f"{day}: shift {shifts[-1]} runs into {following[0]} of the next day"


def _ever_open(calendar: Calendar) -> bool:
    if any(calendar.shifts_on(day) for day in calendar.extra):
        return True
    if not calendar.week:
        return False
    if calendar.valid_from is None or calendar.valid_until is None:
        return True  # holidays end, an unbounded week doesn't
    days = range(calendar.valid_from.toordinal(), calendar.valid_until.toordinal() + 1)
    return any(calendar.shifts_on(date.fromordinal(day)) for day in days)


def _spans_of_year(calendar: Calendar, year: int) -> list[Span]:
    return spans_of_year(lambda day: _spans_on(calendar, day), year)


def spans_of_year(spans_on: Callable[[date], Iterable[Span]], year: int) -> list[Span]:
    """The spans in a UTC year of what opens on local days: from those that reach into it, with zones a day off UTC."""
    days = range(date(year - 1, 12, 30).toordinal(), date(year + 1, 1, 2).toordinal() + 1)
    return shared(merged(span for day in days for span in spans_on(date.fromordinal(day))), [year_window(year)])


def _spans_on(calendar: Calendar, day: date) -> list[Span]:
    return shift_spans(calendar.shifts_on(day), day, calendar._tz)  # noqa: SLF001 - its own module


def shift_spans(shifts: Iterable[Shift], day: date, zone: ZoneInfo) -> list[Span]:
    """The stretches of shifts that open on a local date; empty ones where clocks jump over a whole shift."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return [(_moment(midnight + shift.start), _moment(midnight + shift.end)) for shift in shifts]


def _moment(local: datetime) -> int:
    """The UTC milliseconds of an edge on the wall clock: past a gap, at the first of a fold."""
    before, after = local.utcoffset(), local.replace(fold=1).utcoffset()
    assumed = to_ms(local)
    if before is None or after is None or after <= before:
        return assumed
    seconds = range(assumed // 1000 - round((after - before).total_seconds()), assumed // 1000)
    low, high = seconds.start, seconds.stop
    while low < high:  # the clock jumps somewhere in this stretch: find the first second with the later offset
        middle = (low + high) // 2
        if from_ms(middle * 1000).astimezone(local.tzinfo).utcoffset() == before:
            low = middle + 1
        else:
            high = middle
    return low * 1000


Operation = Literal["union", "intersection", "difference"]


@frozen
class Combined:
    """Calendars put together; works wherever a calendar does, each part in its own zone.

    Two that never meet make an intersection that is never open: `add` then says so, it doesn't search on.
    """

    name: str
    operation: Operation
    parts: tuple["BusinessHours", ...]

    def __attrs_post_init__(self) -> None:
        if not self.parts:
            raise CalendarError(f"calendar {self.name}: {self.operation} of nothing; name the calendars it is made of")

    @cached_property
    def openings(self) -> Openings:
        """Its open time in UTC, kept with the value so that it is worked out once."""
        return Openings(self.name, lambda year: _combined_spans(self, year))


BusinessHours = Calendar | Combined
_TYPICAL = range(2024, 2032)


def ever_open(calendar: BusinessHours) -> bool:
    """Whether it is open at all, looking at some typical years and at those that its parts name dates of.

    Between these every year is like another: a week comes round with each weekday in summer and in winter.
    """
    years = sorted({near for year in _named_years(calendar) for near in (year - 1, year, year + 1)} | {*_TYPICAL})
    return any(calendar.openings.spans_of(year) for year in years if year in YEARS)


def _named_years(calendar: BusinessHours) -> set[int]:
    if isinstance(calendar, Combined):
        return {year for part in calendar.parts for year in _named_years(part)}
    bounds = (calendar.valid_from, calendar.valid_until)
    return {day.year for day in (*calendar.holidays, *calendar.extra, *bounds) if day}


def _combined_spans(combined: Combined, year: int) -> list[Span]:
    first, *others = [part.openings.spans_of(year) for part in combined.parts]
    match combined.operation:
        case "union":
            return merged(span for spans in (first, *others) for span in spans)
        case "intersection":
            return reduce(shared, others, first)
        case "difference":
            window = year_window(year)
            return reduce(lambda left, taken: shared(left, gaps(taken, window)), others, first)


def union(first: BusinessHours, *others: BusinessHours, name: str = "") -> Combined:
    """Open when any of them is."""
    return _combined("union", " or ", (first, *others), name)


def intersection(first: BusinessHours, *others: BusinessHours, name: str = "") -> Combined:
    """Open when all of them are: the customer's hours and the vendor's coverage and the technician's rota."""
    return _combined("intersection", " and ", (first, *others), name)


def difference(first: BusinessHours, *others: BusinessHours, name: str = "") -> Combined:
    """Open when the first is and none of the others: hours less the maintenance window."""
    return _combined("difference", " without ", (first, *others), name)


def _combined(operation: Operation, word: str, parts: tuple[BusinessHours, ...], name: str) -> Combined:
    return Combined(name or f"({word.join(part.name for part in parts)})", operation, parts)


def always(name: str = "24x7", zone: str = "UTC") -> Calendar:
    """Open on every day round the clock."""
    return Calendar(name, zone, dict.fromkeys(WEEKDAYS, (Shift("00:00", "24:00"),)))


def add(calendar: BusinessHours, start: datetime, length: int | timedelta) -> datetime:
    """The first moment by which `length` (seconds) of open time has gone since `start`, in UTC.

    Time that ends with a shift is due at the closing, not at the next opening. Zero gives `start` itself, open or
    not; less than zero subtracts. Raises CalendarError where 30 years don't hold that much.
    """
    ms = _length_ms(length)
    if ms <= 0:
        return subtract(calendar, start, timedelta(milliseconds=-ms)) if ms else instant(start)
    found = calendar.openings.after(start, ms)
    if found is None:
        raise _too_long(calendar, ms, f"after {start.isoformat()}")
    return from_ms(found)


def subtract(calendar: BusinessHours, end: datetime, length: int | timedelta) -> datetime:
    """The last moment from which `length` (seconds) of open time goes until `end`, in UTC; the mirror of `add`."""
    ms = _length_ms(length)
    if ms <= 0:
        return add(calendar, end, timedelta(milliseconds=-ms)) if ms else instant(end)
    found = calendar.openings.ahead(end, ms)
    if found is None:
        raise _too_long(calendar, ms, f"before {end.isoformat()}")
    return from_ms(found)


def _length_ms(length: int | timedelta) -> int:
    return length // _MILLISECOND if isinstance(length, timedelta) else length * 1000


def _too_long(calendar: BusinessHours, ms: int, where: str) -> CalendarError:
    lacking = f"less than {ms // 1000} s open in the {HORIZON_YEARS} years {where}"
    return CalendarError(f"calendar {calendar.name}: {lacking}; check its validity, or what it is combined of")


def between(calendar: BusinessHours, since: datetime, until: datetime) -> int:
    """Open seconds from `since` to `until`, negative where `until` comes first; fractions of moments are cut off."""
    if until < since:
        return -calendar.openings.elapsed(until, since)
    return calendar.openings.elapsed(since, until)


def is_open(calendar: BusinessHours, at: datetime) -> bool:
    """Whether work is done at that moment."""
    return calendar.openings.contain(at)


def next_opening(calendar: BusinessHours, at: datetime) -> datetime | None:
    """`at` itself where it is open, else the next opening, in UTC; None where 30 years hold none."""
    found = calendar.openings.first(at)
    return None if found is None else from_ms(found)


def seconds_on(calendar: BusinessHours, day: date, zone: ZoneInfo) -> int:
    """Open seconds of a local date; those of a shift over midnight belong to the date it opens on.

    Calendars put together have no shifts of their own: theirs are counted from midnight to midnight of `zone`.
    """
    if isinstance(calendar, Calendar):
        return sum(end - start for start, end in _spans_on(calendar, day)) // 1000
    midnight, following = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + _DAY))
    return between(calendar, midnight, following)


def intervals(calendar: BusinessHours, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open intervals between two moments in UTC, in order, cut at both."""
    return ((from_ms(start), from_ms(end)) for start, end in calendar.openings.within(since, until))
