"""`itsmkit calendar update`: take over what the sources of days off say now, after showing what changes."""

import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.calendar_sources import sources_in, written
from itsmkit.core.calendar_table import calendars_from_dict
from itsmkit.core.calendar_update import NOTHING, Moved, asked, moved, renewed
from itsmkit.core.errors import BadInput, CalendarError
from itsmkit.core.model.days_off import DaysOff
from itsmkit.core.openings import YEARS
from itsmkit.core.world import system_world
from itsmkit.opening import gather
from itsmkit.settings import CALENDARS, DAYS_OFF, calendar_tables, kept_days_off, load_without_calendars

KEYS = ("source", "date", "was", "now", "name")


@click.command("update")
@click.option("--years", metavar="FIRST[-LAST]", help="Ask about these; last year to next year without it.")
@dry_run_option
@form_option()
@click.pass_obj
def update(session: Session, years: str | None, dry_run: bool, form: str) -> None:
    """Ask the sources of days off that calendars.toml names, and keep what they say in days_off.toml.

    Other years stay as they were taken over, so that tickets of the past keep their times.
    """
    folder = session.site
    tables, kept = calendar_tables(folder), _readable(folder)
    settings = load_without_calendars(folder)
    # The calendars may not be known before the update, and after a dry run neither.
    session.language = session.language or settings.site.language
    plugins = gather(settings, monotonic)[0]
    wanted = _wanted(years)
    fresh: dict[str, DaysOff] = {}
    changes: list[Moved] = []
    for source in sources_in(tables):
        answer = asked(plugins, source, wanted, folder)
        for note in answer.notes:
            show.note(f"{source}: {note}")
        before = kept.get(source, NOTHING)
        changes += moved(source, before, answer)
        fresh[source] = renewed(before, answer)
    _check(folder, tables, fresh)
    if not dry_run and (fresh or kept):
        _write(folder / DAYS_OFF, written(fresh))
    _tell(session, changes, form)
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))


def _readable(folder: Path) -> dict[str, DaysOff]:
    """What was kept so far; a file that can't be understood is written anew, as its error says."""
    try:
        return dict(kept_days_off(folder))
    except CalendarError as fault:
        show.note(str(fault))
        return {}


def _wanted(years: str | None) -> tuple[int, ...]:
    if years is None:
        now = system_world().now().year
        return (now - 1, now, now + 1)
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", years, re.ASCII)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if not YEARS[0] <= first <= last <= YEARS[-1]:
        msg = f"--years {years}: write them as 2026 or 2024-2027, within {YEARS[0]} and {YEARS[-1]}"
        raise BadInput(msg)
    return tuple(range(first, last + 1))


def _check(folder: Path, tables: object, fresh: dict[str, DaysOff]) -> None:
    """Days off that would make a calendar impossible aren't taken over."""
    try:
        calendars_from_dict(tables, fresh)  # type: ignore[arg-type]
    except CalendarError as fault:
        msg = f"{folder / CALENDARS}: {fault}"
        raise CalendarError(msg) from fault


def _write(path: Path, text: str) -> None:
    """All of it or nothing."""
    making = path.with_name(f"{path.name}.new")
    making.write_text(text, "utf-8")
    making.replace(path)


def _tell(session: Session, changes: list[Moved], form: str) -> None:
    if form == "table" and not changes:
        click.echo(session.t("The days off are as they were."))
        return
    show.rows(session, _rows(session, changes, form), form, KEYS, flex="name", wrap=True)


def _rows(session: Session, changes: list[Moved], form: str) -> Iterator[dict[str, str]]:
    for one in changes:
        was, now = ((session.t(said) if form == "table" else said).replace("_", " ") if said else ""
                    for said in (one.was, one.now))  # fmt: skip
        yield {"source": one.source, "date": str(one.date), "was": was, "now": now, "name": one.name}
