"""`itsmkit calendar`: when work is done, day by day; days off from outside and cases have files of their own."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.calendar_check import check
from itsmkit.cli.calendar_grid import MARKS, grids, month_of, week_told, weekday_names
from itsmkit.cli.calendar_update import update
from itsmkit.cli.options import ParamType, form_option
from itsmkit.cli.session import Session
from itsmkit.core.calendar import BusinessHours, Calendar, is_open, next_opening
from itsmkit.core.calendar_days import Day, Doubt, days, doubts, leaves, zone_of
from itsmkit.core.errors import BadInput
from itsmkit.core.openings import YEARS
from itsmkit.core.world import system_world
from itsmkit.i18n import label

KEYS = ("date", "weekday", "hours", "seconds", "sort", "name")
LONGEST = 3660
"""So many days are shown at once, which is ten years."""


class Date(ParamType):
    """A date such as 2026-11-23."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The date itself."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-11-23", param, ctx)


@click.group("calendar")
def command() -> None:
    """Calendars of business hours: what they say, where their days off come from, whether they count right."""


command.add_command(update)
command.add_command(check)


@command.command("list")
@form_option()
@click.pass_obj
def list_(session: Session, form: str) -> None:
    """List the calendars: their hours, the sources of their days off, whether they are open now."""
    now = system_world().now()
    found = [
        {
            "name": name,
            "zone": ", ".join(sorted({one.zone for one in leaves(calendar)})),
            "hours": _hours(session, calendar),
            "days_off": sorted({source for one in leaves(calendar) for source in one.origin.sources}),
            "state": "open_now" if is_open(calendar, now) else "closed_now",
        }
        for name, calendar in session.settings.calendars.items()
    ]
    keys = ("name", "zone", "hours", "days_off", "state")
    shown = [key for key in keys if any(one[key] for one in found)]
    spare = [key for key in ("days_off", "zone") if key in shown]
    show.rows(session, found, form, keys, shown=shown, spare=spare, flex="hours", wrap=True)


def _hours(session: Session, calendar: BusinessHours) -> str:
    if isinstance(calendar, Calendar):
        return week_told(calendar, session.t)
    return f"{session.t(calendar.operation)}: {', '.join(part.name for part in calendar.parts)}"


@command.command("show")
@click.argument("name")
@click.option("--year", type=click.IntRange(YEARS[0], YEARS[-1]), help="This year.")
@click.option("--month", metavar="YYYY-MM", help="This month; the present one without any of these.")
@click.option("--from", "since", type=Date(), help="Day by day from this date …")
@click.option("--until", type=Date(), help="… to this one, both included.")
@form_option()
@click.pass_obj
def show_(session: Session, /, name: str, year: int | None, month: str | None, since: date | None,
          until: date | None, form: str) -> None:  # fmt: skip
    """Show what a calendar says of a year, a month or a stretch of days, and which days differ from its week.

    A mark before a day says how it differs from a day that is worked as usual.
    """
    calendar = session.settings.calendars.get(name)
    if calendar is None:
        msg = f"there is no calendar {name!r}; there are {', '.join(session.settings.calendars)}"
        raise BadInput(msg)
    now = system_world().now()
    zone = zone_of(calendar, session.zone)
    first, last = _period(now.astimezone(zone).date(), year, month, since, until)
    found = list(days(calendar, first, last, zone))
    if form != "table":
        show.rows(session, map(_row, found), form, KEYS)
    else:
        show.facts(session, {**_facts(session, calendar, now), "zone": str(zone)})
        click.echo()
        if since is None and until is None:
            _months(session, found)
        else:
            _table(session, found)
    for doubt in doubts(calendar, range(first.year, last.year + 1)):
        show.note(doubted(session, doubt))


def _period(
    today: date, year: int | None, month: str | None, since: date | None, until: date | None
) -> tuple[date, date]:
    """The first and last date asked for."""
    if sum((year is not None, month is not None, since is not None or until is not None)) > 1:
        raise click.UsageError("give one of --year, --month, or --from and --until")
    if year is not None:
        return date(year, 1, 1), date(year, 12, 31)
    if since is not None or until is not None:
        return _stretch(since or today, until or since or today)
    try:
        return month_of(date.fromisoformat(f"{month}-01") if month is not None else today)
    except ValueError:
        msg = f"{month!r} is no month; write it as 2026-11"
        raise BadInput(msg) from None


def _stretch(first: date, last: date) -> tuple[date, date]:
    if not first <= last or (last - first).days >= LONGEST:
        msg = f"from {first} until {last} is no stretch of 1 to {LONGEST} days"
        raise BadInput(msg)
    if first.year not in YEARS or last.year not in YEARS:
        msg = f"calendars know the years {YEARS[0]} to {YEARS[-1]}"
        raise BadInput(msg)
    return first, last


def _facts(session: Session, calendar: BusinessHours, now: datetime) -> Mapping[str, Any]:
    """What the calendar is, without its single days."""
    opens = next_opening(calendar, now)
    bounds = (calendar.valid_from, calendar.valid_until) if isinstance(calendar, Calendar) else (None, None)
    return {
        "name": calendar.name,
        "zone": "",
        "hours": _hours(session, calendar),
        "days_off": ", ".join(sorted({source for one in leaves(calendar) for source in one.origin.sources})),
        "valid_from": str(bounds[0] or ""),
        "valid_until": str(bounds[1] or ""),
        "state": "open_now" if opens == now else "closed_now",
        "next_opening": opens if opens != now else None,
    }


def _row(day: Day) -> Mapping[str, Any]:
    return {
        "date": str(day.date),
        "weekday": day.date.isoweekday(),
        "hours": day.hours,
        "seconds": day.seconds,
        "sort": day.sort,
        "name": day.name,
    }


def _table(session: Session, found: Iterable[Day]) -> None:
    """The days one below the other."""
    names = weekday_names(session.t)
    told = [
        {
            **_row(day),
            "weekday": names[day.date.weekday()],
            "hours": " ".join(day.hours),
            "name": day.name or (label(session.t, day.sort) if day.sort in MARKS else ""),
        }
        for day in found
    ]
    show.table(session, told, ("date", "weekday", "hours", "name"), flex="name", wrap=True)


def _months(session: Session, found: list[Day]) -> None:
    """The days as grids, and below them those that differ from the week."""
    for line in grids(found, show.columns_of_screen(), session.t):
        click.echo(line)
    legend = {mark: label(session.t, sort) for sort, mark in MARKS.items() if any(day.sort == sort for day in found)}
    if legend:
        click.echo()
        click.echo("  ".join(f"{mark} {told}" for mark, told in legend.items()))
    differing = [day for day in found if day.sort not in ("as_usual", "closed_as_usual", "not_valid") or day.name]
    if differing:
        click.echo()
        _table(session, differing)


def doubted(session: Session, doubt: Doubt) -> str:
    """A year in doubt as a person reads it, with what to do."""
    if doubt.sort == "unpublished":
        said = session.t("{calendar}: {sources} has no make-up days of {year} yet; add those decreed to its extra days")
    else:
        said = session.t("{calendar}: {sources} was not asked about {year}: itsmkit calendar update --years {year}")
    words = {"calendar": doubt.calendar, "sources": ", ".join(doubt.sources), "year": str(doubt.year)}
    for key, value in words.items():
        said = said.replace(f"{{{key}}}", value)
    return said
