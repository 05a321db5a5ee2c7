"""Days off that come from outside: asked for once, kept in a file of the site, and read from there ever after.

A library of holidays mends its data now and then, and a feed changes any day. Were they asked at each start, an update
would move due times behind everybody's back, and two workers could disagree. So a calendar is made from what the file
holds, and `itsmkit calendar update` alone changes the file, after showing what would change.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from itsmkit.core.calendar_table import demand, listed, read_date, table_in
from itsmkit.core.errors import CalendarError
from itsmkit.core.model.days_off import DaysOff
from itsmkit.core.openings import YEARS
from itsmkit.core.text import clean

HEAD = """\
# The days off that calendars.toml names sources for. `itsmkit calendar update` writes this file and shows what changes;
# what a calendar does is decided by this file alone, so keep it with the site's others.
"""
_KEYS = ("years", "unpublished", "off", "working")
_CONTROL = dict.fromkeys([*range(32), 127], " ")


def sources_in(tables: Mapping[str, Any]) -> tuple[str, ...]:
    """The sources that a site's tables of calendars name, each once."""
    named = (one for table in tables.values() if isinstance(table, Mapping) for one in _sources(table))
    return tuple(dict.fromkeys(named))


def _sources(table: Mapping[str, Any]) -> Iterator[str]:
    sources = table.get("days_off", ())
    yield from (one for one in sources if isinstance(one, str)) if isinstance(sources, list | tuple) else ()


def misfit(days: DaysOff) -> str:
    """What is wrong with a source's answer, "" where nothing is."""
    for name in ("off", "working"):
        for day, title in getattr(days, name).items():
            if type(day) is not date or not isinstance(title, str):
                return f"{name}: {day!r:.40} = {title!r:.40}, where a date and a text are due"
            if day.year not in days.years:
                return f"{name}: {day} lies outside the years it speaks of"
    if days.years and not (YEARS[0] <= days.years[0] and days.years[-1] <= YEARS[-1]):
        return f"years outside {YEARS[0]} to {YEARS[-1]}"
    return "" if set(days.unpublished) <= set(days.years) else "unpublished: years it doesn't speak of"


def read_days_off(data: Mapping[str, Any]) -> Mapping[str, DaysOff]:
    """The days off by source, from the tables of their file; CalendarError names the source and key that is wrong."""
    found = {}
    for source in data:
        try:
            found[source] = _read(table_in(data, source))
        except CalendarError as error:
            raise CalendarError(f"{source}: {error}; `itsmkit calendar update` writes it anew") from error
    return MappingProxyType(found)


def _read(table: Mapping[str, Any]) -> DaysOff:
    unknown = sorted(set(table) - set(_KEYS))
    demand(not unknown, f"unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}")
    years, unpublished = (_years(table.get(key, []), key) for key in ("years", "unpublished"))
    days = DaysOff(years, _days(table, "off"), _days(table, "working"), unpublished)
    wrong = misfit(days)
    demand(not wrong, wrong)
    return days


def _years(value: object, what: str) -> tuple[int, ...]:
    years = listed(value, what)
    demand(all(type(one) is int for one in years), f"{what} must be whole numbers")
    return tuple(one for one in years if isinstance(one, int))


def _days(table: Mapping[str, Any], key: str) -> Mapping[date, str]:
    days = {read_date(day): name for day, name in table_in(table, key).items()}
    demand(all(isinstance(name, str) for name in days.values()), f"{key} must map dates to names")
    return days


def written(kept: Mapping[str, DaysOff]) -> str:
    """The file's text that `read_days_off` reads back."""
    return "\n".join((HEAD, *(line for source in sorted(kept) for line in _lines(source, kept[source]))))


def _lines(source: str, days: DaysOff) -> Iterator[str]:
    yield f"[{_quoted(source)}]"
    yield f"years = {list(days.years)}"
    yield f"unpublished = {list(days.unpublished)}"
    for key in ("off", "working"):
        yield f"\n[{_quoted(source)}.{key}]"
        yield from (f"{day} = {_quoted(name)}" for day, name in getattr(days, key).items())
    yield ""


def _quoted(text: str) -> str:
    """A basic string of TOML: what JSON writes is one, once control characters are gone."""
    return json.dumps(clean(text).translate(_CONTROL), ensure_ascii=False)
