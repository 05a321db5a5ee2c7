"""Calendars as a site writes them: tables of weekdays, holidays and extra working days, read strictly."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from itsmkit.core.calendar import WEEKDAYS, Calendar, Shift, Shifts
from itsmkit.core.errors import CalendarError

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEYS = ("zone", "week", "holidays", "extra", "valid_from", "valid_until")


def calendar_from_dict(name: str, data: Mapping[str, Any]) -> Calendar:
    """The calendar that a table of the site's file describes; CalendarError names the key that is wrong.

    `week` maps a weekday or a run of them ("mon-fri") to shifts "09:00-12:00"; `extra` maps dates to shifts, none
    for a closed day; dates are "2026-02-14" or TOML's own.
    """
    try:
        unknown = sorted(set(data) - set(_KEYS))
        _demand(not unknown, f"unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}")
        _demand(isinstance(data.get("zone"), str), "zone is missing; give an IANA name like Europe/Berlin")
        week = _read_week(_table(data, "week"))
        holidays = [_read_date(day) for day in _list(data.get("holidays", []), "holidays")]
        extra = {_read_date(day): _read_shifts(shifts) for day, shifts in _table(data, "extra").items()}
        valid_from, valid_until = (
            _read_date(data[key]) if key in data else None for key in ("valid_from", "valid_until")
        )
    except CalendarError as error:
        raise CalendarError(f"calendar {name}: {error}") from error
    return Calendar(name, data["zone"], week, holidays, extra, valid_from, valid_until)


def _demand(held: object, otherwise: str) -> None:
    if not held:
        raise CalendarError(otherwise)


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value: Mapping[str, Any] = data.get(key, {})
    _demand(isinstance(value, Mapping), f"{key} must be a table, not {value!r:.40}")
    return value


def _list(value: object, what: str) -> list[object]:
    if not isinstance(value, list | tuple):
        raise CalendarError(f"{what} must be a list, not {value!r:.40}")
    return list(value)


def _read_week(week: Mapping[str, Any]) -> dict[str, Shifts]:
    result: dict[str, Shifts] = {}
    for days, shifts in week.items():
        for day in weekdays(days):
            _demand(day not in result, f"week names {day} twice")
            result[day] = _read_shifts(shifts)
    return result


def weekdays(days: str) -> tuple[str, ...]:
    """The weekdays of "mon" or "mon-fri"; a run may go over Sunday."""
    first, dash, rest = days.partition("-")
    last = rest if dash else first
    for day in (first, last):
        _demand(day in WEEKDAYS, f"unknown weekday {day!r} in week; use {', '.join(WEEKDAYS)} or a run like mon-fri")
    start, length = WEEKDAYS.index(first), (WEEKDAYS.index(last) - WEEKDAYS.index(first)) % 7 + 1
    return (WEEKDAYS * 2)[start : start + length]


def _read_shifts(shifts: object) -> Shifts:
    return tuple(_read_shift(shift) for shift in _list(shifts, "the shifts of a day"))


def _read_shift(text: object) -> Shift:
    if not isinstance(text, str) or "-" not in text:
        raise CalendarError(f"shift {text!r:.40} must look like 09:00-17:00")
    opens, _, closes = text.partition("-")
    return Shift(opens.strip(), closes.strip())


def _read_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise CalendarError(f"{value!r:.40} is no date; write it like 2026-02-14")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise CalendarError(f"{value} is no date: {error}") from error
