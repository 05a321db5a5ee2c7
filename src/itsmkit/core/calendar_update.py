"""Asking the sources of days off anew, and what would change by it."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from attrs import frozen

from itsmkit.core.calendar_sources import misfit
from itsmkit.core.errors import CalendarError
from itsmkit.core.model.days_off import DaysOff
from itsmkit.core.plugins import Plugins, a

NOTHING = DaysOff(())


def asked(plugins: Plugins, source: str, years: tuple[int, ...], folder: Path | None) -> DaysOff:
    """What the plugin that knows the source says of those years; CalendarError where none does, or it failed."""
    heard = plugins.first("itsmkit_days_off", a(DaysOff, misfit), source=source, years=years, folder=folder)
    if heard.answer is None:
        reasons = "; ".join(f"{one.plugin}: {one.detail}" for one in heard.faults)
        raise CalendarError(f"days_off: no plugin gives {source!r}; {reasons or 'try itsmkit[calendars]'}")
    answer: DaysOff = heard.answer
    return answer


def renewed(kept: DaysOff, fresh: DaysOff) -> DaysOff:
    """The kept days with those years anew that the fresh ones speak of; other years stay as they are."""

    def both(old: Mapping[date, str], new: Mapping[date, str]) -> Mapping[date, str]:
        return {day: name for day, name in old.items() if day.year not in fresh.years} | dict(new)

    unpublished = {*kept.unpublished} - {*fresh.years} | {*fresh.unpublished}
    return DaysOff(
        (*kept.years, *fresh.years), both(kept.off, fresh.off), both(kept.working, fresh.working), unpublished
    )


@frozen
class Moved:
    """A date that a source speaks of otherwise than before: `was` and `now` are "", "day_off" or "working_day"."""

    source: str
    date: date
    was: str
    now: str
    name: str


def moved(source: str, kept: DaysOff, fresh: DaysOff) -> Iterator[Moved]:
    """The dates of the fresh days' years on which the two differ, in order; another name alone is no difference."""
    for day in sorted({*kept.off, *kept.working, *fresh.off, *fresh.working}):
        was, now = _said(kept, day), _said(fresh, day)
        if was != now and day.year in fresh.years:
            yield Moved(source, day, was, now, fresh.off.get(day) or fresh.working.get(day) or _name(kept, day))


def _said(days: DaysOff, day: date) -> str:
    return "working_day" if day in days.working else "day_off" if day in days.off else ""


def _name(days: DaysOff, day: date) -> str:
    return days.working.get(day) or days.off.get(day, "")
