"""Calendars as a site writes them: tables of weekdays, holidays and extra working days, read strictly."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, get_args

from attrs import frozen

from itsmkit.core.calendar import (
    WEEKDAYS,
    BusinessHours,
    Calendar,
    Combined,
    Operation,
    Origin,
    Shift,
    Shifts,
    always,
    ever_open,
)
from itsmkit.core.errors import CalendarError
from itsmkit.core.model.days_off import DaysOff

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OPERATIONS: tuple[Operation, ...] = get_args(Operation)
_KEYS = ("zone", "week", "holidays", "extra", "valid_from", "valid_until", "days_off", "make_up")
NOTHING_KEPT: Mapping[str, DaysOff] = MappingProxyType({})


def calendars_from_dict(
    tables: Mapping[str, Any], kept: Mapping[str, DaysOff] = NOTHING_KEPT
) -> Mapping[str, BusinessHours]:
    """All calendars of a site's file, and "always", 7×24; CalendarError names the calendar and the key that is wrong.

    A table with the one key `union`, `intersection` or `difference` puts calendars of the file together by their names:
    open when any of them is, when all are, or when the first is and none of the others.
    """
    made: dict[str, BusinessHours] = {} if "always" in tables else {"always": always("always")}
    for name in tables:
        _make(name, tables, kept, made)
    return MappingProxyType(made)


def _make(
    name: str,
    tables: Mapping[str, Any],
    kept: Mapping[str, DaysOff],
    made: dict[str, BusinessHours],
    above: tuple[str, ...] = (),
) -> BusinessHours:
    """The calendar of that name, made after its parts; `above` are those that it is to be a part of."""
    if name not in made:
        table = table_in(tables, name)
        operation = next((one for one in _OPERATIONS if one in table), None)
        if operation is None:
            made[name] = calendar_from_dict(name, table, kept)
        else:
            try:
                names = _part_names(table, operation, {**tables, **made}, (*above, name))
            except CalendarError as error:
                raise CalendarError(f"calendar {name}: {error}") from error
            parts = [_make(one, tables, kept, made, (*above, name)) for one in names]
            made[name] = _together(name, operation, parts)
    return made[name]


def _part_names(
    table: Mapping[str, Any], operation: Operation, known: Mapping[str, Any], above: tuple[str, ...]
) -> list[str]:
    demand(len(table) == 1, f"{operation} stands alone; zone, week and the rest are those of its parts")
    names = [str(one) for one in listed(table[operation], operation)]
    for one in names:
        demand(one in known, f"{operation}: there is no calendar {one!r}; there are {', '.join(known)}")
        demand(one not in above, f"{operation}: {one} would be a part of itself")
    return names


def _together(name: str, operation: Operation, parts: list[BusinessHours]) -> Combined:
    combined = Combined(name, operation, tuple(parts))
    if not ever_open(combined):
        named = ", ".join(part.name for part in parts)
        raise CalendarError(f"calendar {name}: never open; look at the hours of {named}: the {operation} is empty")
    return combined


def calendar_from_dict(name: str, data: Mapping[str, Any], kept: Mapping[str, DaysOff] = NOTHING_KEPT) -> Calendar:
    """The calendar that a table of the site's file describes; CalendarError names the key that is wrong.

    `week` maps a weekday or a run of them ("mon-fri") to shifts "09:00-12:00"; `extra` maps dates to shifts, none
    for a closed day; dates are "2026-02-14" or TOML's own. `days_off` names sources such as "holidays:CN", whose days
    are looked up in `kept`; days worked in their place have the shifts of `make_up`, or else those of the first day
    of the week. A later source wins over an earlier one, `holidays` over both, `extra` over all.
    """
    try:
        unknown = sorted(set(data) - set(_KEYS))
        demand(not unknown, f"unknown key {', '.join(unknown)}; known: {', '.join((*_KEYS, *_OPERATIONS))}")
        demand(isinstance(data.get("zone"), str), "zone is missing; give an IANA name like Europe/Berlin")
        week = _read_week(table_in(data, "week"))
        own = [read_date(day) for day in listed(data.get("holidays", []), "holidays")]
        extra = {read_date(day): _read_shifts(shifts) for day, shifts in table_in(data, "extra").items()}
        given = _read_sources(data, week, kept)
        valid_from, valid_until = (
            read_date(data[key]) if key in data else None for key in ("valid_from", "valid_until")
        )
    except CalendarError as error:
        raise CalendarError(f"calendar {name}: {error}") from error
    working = {day: given.make_up for day in given.working if day not in own}
    by_hand = {day.year for day, shifts in extra.items() if shifts}
    return Calendar(
        name,
        data["zone"],
        week,
        given.off.union(own),
        {**working, **extra},
        valid_from,
        valid_until,
        Origin(given.sources, given.years, given.unpublished - by_hand, given.names),
    )


@frozen
class _Given:
    """What the sources of a calendar say together."""

    sources: tuple[str, ...]
    make_up: Shifts
    off: frozenset[date]
    working: frozenset[date]
    years: frozenset[int]
    unpublished: frozenset[int]
    names: Mapping[date, str]


def _read_sources(data: Mapping[str, Any], week: Mapping[str, Shifts], kept: Mapping[str, DaysOff]) -> _Given:
    sources = tuple(str(one) for one in listed(data.get("days_off", []), "days_off"))
    usual = next((week[day] for day in WEEKDAYS if week.get(day)), ())
    make_up = _read_shifts(data["make_up"]) if "make_up" in data else usual
    off: set[date] = set()
    working: set[date] = set()
    names: dict[date, str] = {}
    for source in sources:
        demand(source in kept, f"days_off: {source!r} has not been asked yet; `itsmkit calendar update` does")
        days = kept[source]
        off = off.union(days.off) - set(days.working)
        working = working.union(days.working) - set(days.off)
        names |= {**days.off, **days.working}
    demand(make_up or not working, "make_up is missing: the shifts of days that are worked in place of others")
    said = [kept[source] for source in sources]
    years = frozenset.intersection(*(frozenset(one.years) for one in said)) if said else frozenset()
    unpublished = frozenset(year for one in said for year in one.unpublished)
    return _Given(sources, make_up, frozenset(off), frozenset(working), years, unpublished, names)


def table_of(calendar: BusinessHours) -> dict[str, Any]:
    """The table that says what the calendar does, as plain values: what it was resolved to, whatever it came from.

    `calendar_from_dict` reads that of a `Calendar` back; parts of one put together are tables themselves.
    """
    if isinstance(calendar, Combined):
        return {calendar.operation: [table_of(part) for part in calendar.parts]}
    bounds = {"valid_from": calendar.valid_from, "valid_until": calendar.valid_until}
    return {
        "zone": calendar.zone,
        "week": {day: list(map(str, calendar.week[day])) for day in WEEKDAYS if day in calendar.week},
        "holidays": [str(day) for day in sorted(calendar.holidays)],
        "extra": {str(day): list(map(str, shifts)) for day, shifts in calendar.extra.items()},
        **{key: str(day) for key, day in bounds.items() if day},
    }


def demand(held: object, otherwise: str) -> None:
    """Raise CalendarError with the sentence unless it held."""
    if not held:
        raise CalendarError(otherwise)


def table_in(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The table under that key, empty where there is none; CalendarError where it is something else."""
    value: Mapping[str, Any] = data.get(key, {})
    demand(isinstance(value, Mapping), f"{key} must be a table, not {value!r:.40}")
    return value


def listed(value: object, what: str) -> list[object]:
    """The items of a list; CalendarError where it is none."""
    if not isinstance(value, list | tuple):
        raise CalendarError(f"{what} must be a list, not {value!r:.40}")
    return list(value)


def _read_week(week: Mapping[str, Any]) -> dict[str, Shifts]:
    result: dict[str, Shifts] = {}
    for days, shifts in week.items():
        for day in weekdays(days):
            demand(day not in result, f"week names {day} twice")
            result[day] = _read_shifts(shifts)
    return result


def weekdays(days: str) -> tuple[str, ...]:
    """The weekdays of "mon" or "mon-fri"; a run may go over Sunday."""
    first, dash, rest = days.partition("-")
    last = rest if dash else first
    for day in (first, last):
        demand(day in WEEKDAYS, f"unknown weekday {day!r} in week; use {', '.join(WEEKDAYS)} or a run like mon-fri")
    start, length = WEEKDAYS.index(first), (WEEKDAYS.index(last) - WEEKDAYS.index(first)) % 7 + 1
    return (WEEKDAYS * 2)[start : start + length]


def _read_shifts(shifts: object) -> Shifts:
    return tuple(_read_shift(shift) for shift in listed(shifts, "the shifts of a day"))


def _read_shift(text: object) -> Shift:
    if not isinstance(text, str) or "-" not in text:
        raise CalendarError(f"shift {text!r:.40} must look like 09:00-17:00")
    opens, _, closes = text.partition("-")
    return Shift(opens.strip(), closes.strip())


def read_date(value: object) -> date:
    """The date of TOML's own kind or of a text "2026-02-14"; CalendarError where it is none."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise CalendarError(f"{value!r:.40} is no date; write it like 2026-02-14")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise CalendarError(f"{value} is no date: {error}") from error
