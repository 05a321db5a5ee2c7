"""Duty rosters (ORG-09): who is on duty at a moment, by the week's pattern and by dates of their own.

Shifts are read off the wall clock of the roster's zone: in the hour that summer time skips nobody's duty begins or
ends, and in the hour that comes twice it lasts twice.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from itsmkit.core.calendar import WEEKDAYS, Shift, shift_spans, spans_of_year
from itsmkit.core.calendar_table import weekdays
from itsmkit.core.errors import BadInput, CalendarError
from itsmkit.core.model.party import Rota
from itsmkit.core.openings import Openings, Span

D = TypeVar("D")

IN_TURN = ["in", "turn"]
_DAY = timedelta(days=1)
_FIRST_MONDAY = date(1970, 1, 5)


@frozen
class Duty:
    """One line of a roster: when it lasts, and who has it, all of them or one a week in turn."""

    shift: Shift
    persons: tuple[str, ...]
    in_turn: bool = False

    def on(self, day: date) -> tuple[str, ...]:
        """Who has the duty that begins on that date."""
        if not self.in_turn:
            return self.persons
        return (self.persons[(day - _FIRST_MONDAY).days // 7 % len(self.persons)],)


@frozen
class Roster:
    """A roster as it is read: duties by weekday and by date."""

    zone: ZoneInfo
    week: dict[str, tuple[Duty, ...]]
    dates: dict[date, tuple[Duty, ...]]

    def beginning(self, day: date) -> tuple[Duty, ...]:
        """The duties that begin on that date."""
        return self.dates[day] if day in self.dates else self.week.get(WEEKDAYS[day.weekday()], ())


@cache
def read(rota: Rota, zone: str = "UTC") -> Roster:
    """The roster that the lines describe, in its own zone or else in that one; BadInput names the line."""
    try:
        place = ZoneInfo(rota.zone or zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadInput(f"rota {rota.id}: unknown zone {rota.zone!r}; give a name such as Europe/Berlin") from None
    week: dict[str, tuple[Duty, ...]] = {}
    for line in rota.week:
        days, duties = _line(rota, line, weekdays)
        if not duties:
            raise BadInput(f"rota {rota.id}, week {line!r}: nobody has this duty; name persons by their ids")
        for day in days:
            week[day] = (*week.get(day, ()), *duties)
    dates: dict[date, tuple[Duty, ...]] = {}
    for line in rota.dates:
        (date_,), duties = _line(rota, line, _date)
        dates[date_] = (*dates.get(date_, ()), *duties)
    if not week and not any(dates.values()):
        raise BadInput(f'rota {rota.id} has nobody; give it a line such as week = ["mon-fri 09:00-17:00 ann"]')
    return Roster(place, week, dates)


def _line(rota: Rota, line: str, days: Callable[[str], tuple[D, ...]]) -> tuple[tuple[D, ...], tuple[Duty, ...]]:
    """Its days and what begins on them."""
    first, *rest = line.split() or [""]
    try:
        found = days(first)
        if not rest:
            return found, ()
        opens, _, closes = rest[0].partition("-")
        shift = Shift(opens, closes)
    except (CalendarError, ValueError) as fault:
        raise BadInput(f"rota {rota.id}, {line!r}: {fault}") from None
    in_turn = rest[1:3] == IN_TURN
    persons = tuple(rest[3:] if in_turn else rest[1:])
    return found, (Duty(shift, persons, in_turn),) if persons else ()


def _date(word: str) -> tuple[date, ...]:
    return (date.fromisoformat(word),)


def on_duty(rota: Rota, at: datetime, zone: str = "UTC") -> tuple[str, ...]:
    """The ids of the persons on duty at that moment, in the order of the lines; nobody where no line says so.

    A line that can't be read raises BadInput; `itsmkit site load` refuses such a roster.
    """
    roster = read(rota, zone)
    local = at.astimezone(roster.zone).replace(tzinfo=None)
    midnight = datetime(local.year, local.month, local.day)  # noqa: DTZ001 - the wall clock's
    found: dict[str, None] = {}
    for back in (0, 1):
        since = local - midnight + back * _DAY
        day = midnight.date() - back * _DAY
        for duty in roster.beginning(day):
            if duty.shift.start <= since < duty.shift.end:
                found.update(dict.fromkeys(duty.on(day)))
    return tuple(found)


def openings(rota: Rota, person: str, zone: str = "UTC") -> Openings | None:
    """When that person has duty by the roster, None where no line of it names them; the edges are a calendar's.

    BadInput as `on_duty`.
    """
    roster = read(rota, zone)
    lines = (*roster.week.values(), *roster.dates.values())
    if not any(person in duty.persons for duties in lines for duty in duties):
        return None

    def spans_on(day: date) -> list[Span]:
        shifts = [duty.shift for duty in roster.beginning(day) if person in duty.on(day)]
        return shift_spans(shifts, day, roster.zone)

    return Openings(f"rota {rota.id}", lambda year: spans_of_year(spans_on, year))
