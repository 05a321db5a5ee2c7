"""What an iCalendar file says, day by day. The file is a stranger's: every length and loop has a bound."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from attrs import frozen
from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from itsmkit import CalendarError, DaysOff

MOST_EVENTS = 5000
MOST_RULES = 500
MOST_DAYS = 50_000
EARLIEST = 1900
DAY = timedelta(days=1)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAYS = frozenset({"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYDAY"})
NUMBERS = re.compile(r"[+-]?\d+")


@frozen
class _Closure:
    """A whole-day event: its first day, how many days, and how it is told apart from its like."""

    first: date
    days: int
    name: str
    working: bool
    event: Event

    @property
    def uid(self) -> str:
        return str(self.event.get("UID", ""))


def days_off(raw: bytes, years: tuple[int, ...], working: tuple[str, ...]) -> DaysOff:
    """The days of those years that the file names; CalendarError where it can't be understood or goes on for ever.

    Events with a time of day, or without a start that can be read, are told in the notes.
    """
    closures, notes = _closures(_events(raw), working)
    marked: dict[bool, dict[date, str]] = {True: {}, False: {}}
    last = date(max(years), 12, 31)
    for first, closure in islice(_occurrences(closures, last), MOST_DAYS + 1):
        for day in _clipped(first, closure.days, date(min(years), 1, 1), last):
            if day.year in years:
                marked[closure.working].setdefault(day, closure.name)
        if sum(map(len, marked.values())) > MOST_DAYS:
            raise CalendarError(f"names more than {MOST_DAYS:,} days")
    off = {day: name for day, name in marked[False].items() if day not in marked[True]}
    return DaysOff(years, off, marked[True], notes=tuple(notes))


def _clipped(first: date, days: int, earliest: date, latest: date) -> Iterator[date]:
    start, end = max(first, earliest).toordinal(), min(first.toordinal() + days - 1, latest.toordinal())
    return map(date.fromordinal, range(start, end + 1))


def _events(raw: bytes) -> list[Event]:
    try:
        calendars = Calendar.from_ical(raw, multiple=True)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise CalendarError(f"is no iCalendar file: {_line(error)}") from error
    events = [one for calendar in calendars for one in calendar.walk("VEVENT") if isinstance(one, Event)]
    if not calendars:
        raise CalendarError("is no iCalendar file: there is no VCALENDAR in it")
    if len(events) > MOST_EVENTS:
        raise CalendarError(f"more than {MOST_EVENTS:,} events; take out what are no days off")
    return events


def _closures(events: Iterable[Event], working: tuple[str, ...]) -> tuple[list[_Closure], list[str]]:
    found, notes = [], []
    for event in events:
        name = _line(event.get("SUMMARY", ""))
        words = f"{name} {' '.join(_categories(event))}".casefold()
        span = _span(event)
        if isinstance(span, str):
            notes.append(f"passed over: {name or 'an event without a name'}: {span}")
        else:
            found.append(_Closure(*span, name, any(word in words for word in working), event))
    return found, notes


def _categories(event: Event) -> Iterator[str]:
    for one in _listed(event.get("CATEGORIES")):
        yield from (str(word) for word in getattr(one, "cats", [one]))


def _span(event: Event) -> tuple[date, int] | str:
    """The first day and the number of days of an event; for one that takes no whole days the reason."""
    broken = sorted({str(name) for name, _ in event.errors})
    if broken:
        return f"{_line(', '.join(broken))} can't be read"
    first, end = _day(event.get("DTSTART")), _day(event.get("DTEND"))
    if first is None:
        return "it has no whole day to start on"
    if first.year < EARLIEST:
        return f"it starts in {first.year}"
    if "DTEND" in event:
        return "it doesn't end with a day" if end is None else (first, max((end - first).days, 1))
    length = getattr(event.get("DURATION"), "dt", DAY)
    whole = isinstance(length, timedelta) and length % DAY == timedelta()
    return (first, max(length.days, 1)) if whole else "it doesn't end with a day"


def _day(value: Any) -> date | None:
    """The date of a property; a moment at midnight counts, as some programs write whole days."""
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime):
        return moment.date() if moment.time() == time() else None
    return moment if isinstance(moment, date) else None


def _occurrences(closures: list[_Closure], last: date) -> Iterator[tuple[date, _Closure]]:
    """Each first day that an event falls on up to the last day, with exceptions taken out (RFC 5545 §3.8.5)."""
    moved = {(one.uid, _day(one.event.get("RECURRENCE-ID"))) for one in closures if "RECURRENCE-ID" in one.event}
    rules = sum("RRULE" in one.event for one in closures)
    if rules > MOST_RULES:
        raise CalendarError(f"more than {MOST_RULES} recurring events; take out what are no days off")
    for one in closures:
        if str(one.event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if "RECURRENCE-ID" in one.event:
            yield one.first, one
            continue
        out = {*_dates(one.event, "EXDATE"), *(day for uid, day in moved if uid == one.uid)}
        for day in sorted({one.first, *_ruled(one, last), *_dates(one.event, "RDATE")} - out):
            yield day, one


def _dates(event: Event, key: str) -> Iterator[date]:
    for listed in _listed(event.get(key)):
        for one in getattr(listed, "dts", ()):
            day = _day(one)
            if day is not None:
                yield day


def _listed(value: Any) -> list[Any]:
    """A property that may stand once, several times, or not at all."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _ruled(closure: _Closure, last: date) -> Iterator[date]:
    """The first days that the event's rules give, none after the last day: a rule alone might never end."""
    for rule in _listed(closure.event.get("RRULE")):
        parts = {key.upper(): _listed(rule[key]) for key in rule}
        (frequency, *_), (interval, *_) = parts.get("FREQ") or [""], parts.get("INTERVAL") or [1]
        if str(frequency).upper() not in FREQUENCIES or int(interval) < 1:
            raise CalendarError(
                f"{closure.name or 'an event'}: a day off can't recur like {_line(rule.to_ical().decode())}"
            )
        until, count = (parts.pop(key, None) for key in ("UNTIL", "COUNT"))
        end = min([last, *filter(None, (_until(one) for one in until or ()))])
        text = ";".join(f"{key}={','.join(_text(one) for one in values)}" for key, values in parts.items())
        begun = datetime.combine(closure.first, time())
        try:
            _check_falls(parts, begun)
            found = rrulestr(f"{text};UNTIL={end:%Y%m%d}T235959", dtstart=begun)
            yield from (one.date() for one in islice(found, int(count[0]) if count else MOST_DAYS))
        except (ValueError, TypeError, IndexError, OverflowError) as error:
            raise CalendarError(f"{closure.name or 'an event'}: its rule can't be followed: {_line(error)}") from error


def _check_falls(parts: dict[str, list[Any]], begun: datetime) -> None:
    """ValueError where the rule lets no day of any year through: it would be looked for day by day to the year 9999.

    Year by year that is soon said; that a weekday is the month's second or last is left out.
    """
    days = {key: ",".join(_text(one) for one in parts[key]) for key in sorted(DAYS & parts.keys())}
    text = ";".join(f"{key}={NUMBERS.sub('', value) if key == 'BYDAY' else value}" for key, value in days.items())
    if text and next(iter(rrulestr(f"FREQ=YEARLY;{text}", dtstart=begun)), None) is None:
        msg = "it falls on no day"
        raise ValueError(msg)


def _until(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def _text(value: Any) -> str:
    return value.to_ical().decode() if hasattr(value, "to_ical") else str(value)


def _line(value: object) -> str:
    """A stranger's words in one printable line."""
    return "".join(char if char.isprintable() else " " for char in str(value)).strip()[:200]
