"""Months of a calendar as grids of days, side by side as far as the screen goes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby, zip_longest
from types import MappingProxyType

from itsmkit.core.calendar import WEEKDAYS, Calendar
from itsmkit.core.calendar_days import Day
from itsmkit.i18n import Translate
from itsmkit.width import pad

CELL = 4
WIDE = CELL * len(WEEKDAYS)
GAP = 2
MARKS: Mapping[str, str] = MappingProxyType(
    {"closed_as_usual": "·", "not_valid": "/", "day_off": "×", "working_day": "+", "other_hours": "~"}
)
"""What stands before a day that isn't worked as usual."""


def weekday_names(t: Translate) -> tuple[str, ...]:
    """Monday to Sunday in at most two columns each."""
    return (t("Mo"), t("Tu"), t("We"), t("Th"), t("Fr"), t("Sa"), t("Su"))


def grids(days: Sequence[Day], screen: int, t: Translate) -> Iterator[str]:
    """The lines of the months that the days lie in."""
    months = [list(_month(list(found), t)) for _, found in groupby(days, key=lambda one: one.date.replace(day=1))]
    across = max((min(screen, 120) + GAP) // (WIDE + GAP), 1)
    for start in range(0, len(months), across):
        if start:
            yield ""
        for parts in zip_longest(*months[start : start + across], fillvalue=""):
            yield (" " * GAP).join(pad(part, WIDE) for part in parts).rstrip()


def _month(days: Sequence[Day], t: Translate) -> Iterator[str]:
    worked = sum(one.seconds > 0 for one in days)
    total = t("{days} days, {hours} h")
    yield f" {days[0].date:%Y-%m}  {total.replace('{days}', str(worked)).replace('{hours}', hours(days))}"
    yield "".join(pad(name, CELL, right=True) for name in weekday_names(t))
    line = " " * (CELL * days[0].date.weekday())
    for one in days:
        line += pad(f"{MARKS.get(one.sort, '')}{one.date.day}", CELL, right=True)
        if one.date.weekday() == len(WEEKDAYS) - 1:
            yield line
            line = ""
    if line:
        yield line


def hours(days: Sequence[Day]) -> str:
    """The open time of the days in hours and minutes."""
    minutes = round(sum(one.seconds for one in days) / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


def week_told(calendar: Calendar, t: Translate) -> str:
    """The week in a line: runs of days that are worked alike, with their shifts."""
    names = dict(zip(WEEKDAYS, weekday_names(t), strict=True))
    runs = groupby(WEEKDAYS, key=lambda day: calendar.week.get(day, ()))
    told = []
    for shifts, found in runs:
        run = [names[day] for day in found]
        if shifts:
            told.append(f"{run[0]}{'-' + run[-1] if len(run) > 1 else ''} {' '.join(map(str, shifts))}")
    return "; ".join(told)


def month_of(day: date) -> tuple[date, date]:
    """The first and last date of a date's month."""
    first = day.replace(day=1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, date.fromordinal(following.toordinal() - 1)
