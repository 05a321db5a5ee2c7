"""Questions of business time with their answers, as a file brings them from elsewhere, and whether ours are the same.

The file is an object of `calendars` by name (`tz`, `weekly`, `holidays`, `exceptions`) and of `cases`: a `calendar`, an
`op`, its moments, and the answer that is due. A case that says `agree: false` is one that others disagree about.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from itsmkit.core.calendar import Calendar, add, between, is_open, next_opening, subtract
from itsmkit.core.calendar_table import calendar_from_dict
from itsmkit.core.errors import BadInput, CalendarError

_DUE = ("elapsed_oracle", "expected", "expected_seconds", "oracle")
_NAMES = MappingProxyType({"tz": "zone", "weekly": "week", "exceptions": "extra", "holidays": "holidays"})
Case = Mapping[str, Any]


@frozen
class Answer:
    """Our answer to a case, its place counted from 1: what is due, what we say, and what hindered us, if anything did.

    `agreed` tells whether others agree on what is due, `known` whether we know such questions at all.
    """

    place: int
    calendar: str
    op: str
    due: object
    ours: object = None
    agreed: bool = True
    known: bool = True
    trouble: str = ""

    @property
    def met(self) -> bool:
        """Whether it is the answer that is due, to the second."""
        return self.known and not self.trouble and _same(self.due, self.ours)


def _same(due: object, ours: object) -> bool:
    if isinstance(ours, bool) or isinstance(due, bool):
        return due is ours
    return due == ours


def answers(data: Any) -> Iterator[Answer]:
    """Our answer to each case; BadInput where the file isn't of that form."""
    if not isinstance(data, Mapping) or not isinstance(data.get("cases"), list):
        raise BadInput("not a file of cases: an object with `calendars` and a list of `cases` is due")
    tables = data.get("calendars")
    made: dict[str, Calendar] = {}
    for place, case in enumerate(data["cases"], 1):
        yield _answered(place, case, tables if isinstance(tables, Mapping) else {}, made)


def _answered(place: int, case: Any, tables: Mapping[str, Any], made: dict[str, Calendar]) -> Answer:
    if not isinstance(case, Mapping):
        return Answer(place, "", "", None, trouble="is no object")
    name, op = str(case.get("calendar", "")), str(case.get("op", ""))
    answer = Answer(place, name, op, None, agreed=case.get("agree") is not False, known=op in _OPERATIONS)
    if not answer.known:
        return answer
    try:
        if name not in made:
            made[name] = _calendar(name, tables)
        due = next((case[key] for key in _DUE if key in case), None)
        ours = _OPERATIONS[op](made[name], case)
        due = _moment(due, made[name]) if isinstance(ours, datetime) else due
    except (CalendarError, BadInput) as error:
        return evolve(answer, trouble=str(error))
    return evolve(answer, due=due, ours=ours)


def _calendar(name: str, tables: Mapping[str, Any]) -> Calendar:
    table = tables.get(name)
    if not isinstance(table, Mapping):
        raise BadInput(f"there is no calendar {name!r} in the file")
    named = {own: table[theirs] for theirs, own in _NAMES.items() if theirs in table}
    return calendar_from_dict(name, {**named, **{key: _days(named[key]) for key in ("week", "extra") if key in named}})


def _days(table: Any) -> Any:
    """Shifts as a site writes them, from pairs of an opening and a closing."""
    if not isinstance(table, Mapping):
        return table
    return {day: [_shift(one) for one in shifts] if isinstance(shifts, list) else shifts
            for day, shifts in table.items()}  # fmt: skip


def _shift(edges: Any) -> Any:
    paired = isinstance(edges, list) and len(edges) == len(("opens", "closes"))
    return "-".join(map(str, edges)) if paired else edges


def _moment(text: Any, calendar: Calendar) -> datetime:
    """The moment of a text; without an offset it is on the calendar's wall clock."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{text!r:.40} is no moment; write it like 2026-11-23T14:30:00+01:00") from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(calendar.zone))


def _given(case: Case, calendar: Calendar, *keys: str) -> datetime:
    """The moment under the first of these keys that the case has."""
    key = next((one for one in keys if one in case), None)
    if key is None:
        raise BadInput(f"lacks {' or '.join(keys)}")
    return _moment(case[key], calendar)


def _length(case: Case) -> timedelta:
    seconds = case.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or abs(seconds) > _LONGEST:
        raise BadInput(f"seconds: {seconds!r:.40} is no length of time")
    return timedelta(seconds=seconds)


_LONGEST = 300 * 366 * 86400
_OPERATIONS: Mapping[str, Callable[[Calendar, Case], object]] = MappingProxyType(
    {
        "add": lambda calendar, case: add(calendar, _given(case, calendar, "start"), _length(case)),
        "subtract": lambda calendar, case: subtract(calendar, _given(case, calendar, "end", "start"), _length(case)),
        "between": lambda calendar, case: between(
            calendar, _given(case, calendar, "start"), _given(case, calendar, "end")
        ),
        "in_hours": lambda calendar, case: is_open(calendar, _given(case, calendar, "at")),
        "is_open": lambda calendar, case: is_open(calendar, _given(case, calendar, "at")),
        "next_opening": lambda calendar, case: next_opening(calendar, _given(case, calendar, "at", "start")),
    }
)
