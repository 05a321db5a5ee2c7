"""A calendar day by day, as a person checks it; and the years that its sources leave in doubt."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

from itsmkit.core.calendar import WEEKDAYS, BusinessHours, Calendar, Combined, intervals, seconds_on

_DAY = timedelta(days=1)
SORTS = ("as_usual", "closed_as_usual", "day_off", "working_day", "other_hours", "not_valid")
"""As the week says, open or closed; closed, open, or open at other hours than the week says; outside its validity."""


@frozen
class Day:
    """A local date: its hours as "09:00-17:00", their sum in real seconds, how it differs from the week, and why."""

    date: date
    hours: tuple[str, ...]
    seconds: int
    sort: str
    name: str = ""


def days(calendar: BusinessHours, first: date, last: date, zone: ZoneInfo) -> Iterator[Day]:
    """Each date from the first to the last, both included; `zone` counts for calendars put together."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        seconds = seconds_on(calendar, day, zone)
        if isinstance(calendar, Combined):
            yield Day(
                day, tuple(_stretches(calendar, day, zone)), seconds, "as_usual" if seconds else "closed_as_usual"
            )
        else:
            hours = tuple(map(str, calendar.shifts_on(day)))
            yield Day(day, hours, seconds, _sort(calendar, day), calendar.origin.names.get(day, ""))


def _sort(calendar: Calendar, day: date) -> str:
    usual, own = calendar.week.get(WEEKDAYS[day.weekday()], ()), calendar.shifts_on(day)
    if (calendar.valid_from and day < calendar.valid_from) or (calendar.valid_until and day > calendar.valid_until):
        return "not_valid"
    if own == usual:
        return "as_usual" if own else "closed_as_usual"
    return "other_hours" if own and usual else "working_day" if own else "day_off"


def _stretches(calendar: Combined, day: date, zone: ZoneInfo) -> Iterator[str]:
    midnight, following = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + _DAY))
    for start, end in intervals(calendar, midnight, following):
        closes = "24:00" if end == following else f"{end.astimezone(zone):%H:%M}"
        yield f"{start.astimezone(zone):%H:%M}-{closes}"


def zone_of(calendar: BusinessHours, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone to read a calendar in: its own, or the one that all its parts share."""
    zones = {one.zone for one in leaves(calendar)}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else otherwise


def leaves(calendar: BusinessHours) -> Iterator[Calendar]:
    """The calendars with shifts of their own that it is made of, itself where it is one."""
    if isinstance(calendar, Combined):
        for part in calendar.parts:
            yield from leaves(part)
    else:
        yield calendar


@frozen
class Doubt:
    """A year whose days off may be incomplete: "unpublished" make-up days, or "unasked", as nobody asked the source."""

    calendar: str
    year: int
    sort: str
    sources: tuple[str, ...]


def doubts(calendar: BusinessHours, years: Iterable[int]) -> Iterator[Doubt]:
    """The years in doubt for a calendar with sources; a working day of the site's own table settles its year."""
    asked = tuple(years)
    for one in leaves(calendar):
        origin = one.origin
        for year in asked if origin.sources else ():
            if year not in origin.years:
                yield Doubt(one.name, year, "unasked", origin.sources)
            elif year in origin.unpublished:
                yield Doubt(one.name, year, "unpublished", origin.sources)
