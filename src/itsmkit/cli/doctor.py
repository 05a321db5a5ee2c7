"""`itsmkit doctor`: whether everything is in order."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import click

from itsmkit.cli import agreement, show
from itsmkit.cli.calendar import doubted
from itsmkit.cli.options import form_option
from itsmkit.cli.root import DEGRADED
from itsmkit.cli.session import Session
from itsmkit.core.calendar import Calendar
from itsmkit.core.calendar_days import doubts
from itsmkit.core.calendar_sources import sources_in
from itsmkit.core.calendar_update import NOTHING, asked, moved
from itsmkit.core.errors import ItsmError
from itsmkit.core.misfits import misfits
from itsmkit.core.model.unit import Lane
from itsmkit.settings import calendar_tables, kept_days_off

KEYS = ("part", "name", "state", "detail")
AHEAD = timedelta(days=60)
"""Deadlines reach so far: a year that begins within it must be known, a later one may be waited for."""


@click.command("doctor")
@form_option()
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Look at settings, plugins, organisation, calendars, store and lanes; exit code 3 where something is amiss."""
    session: Session = ctx.obj
    found = [
        *_troubles(session),
        *_plugins(session),
        *_organisation(session),
        *_calendars(session),
        *_agreements(session),
        *_chains(session),
        *_store(session),
        *_lanes(session),
    ]
    show.rows(session, found, form, KEYS, flex="detail", wrap=True)
    amiss = [one for one in found if one["state"] not in ("ok", "waiting")]
    if form == "table":
        click.echo()
        click.echo(session.t("Everything is in order.") if not amiss else session.t("Something is amiss; see above."))
    if amiss:
        ctx.exit(DEGRADED)


def _row(part: str, name: str, state: str, detail: str = "") -> Mapping[str, Any]:
    return dict(zip(KEYS, (part, name, state, detail), strict=True))


def _troubles(session: Session) -> Iterator[Mapping[str, Any]]:
    for trouble in session.desk.troubles:
        yield _row("desk", "", "degraded", trouble)


def _plugins(session: Session) -> Iterator[Mapping[str, Any]]:
    faults = {one.plugin: one for one in session.desk.setup.plugins.faults}
    for one in session.desk.plugins:
        fault = faults.get(one.name)
        yield _row("plugin", one.name, "faulty" if fault else "ok",
                   f"{fault.hook}: {fault.detail}" if fault else one.origin)  # fmt: skip


def _organisation(session: Session) -> Iterator[Mapping[str, Any]]:
    """People and open tickets that the model in force can't hold: those that a switch of the model left behind."""
    for one in misfits(session.desk.setup):
        yield _row("model", one.what, "faulty", one.said)


def _calendars(session: Session) -> Iterator[Mapping[str, Any]]:
    """Years whose days off nobody knows yet, and sources that say otherwise than what was taken over from them."""
    now = session.desk.setup.world.now()
    for name, calendar in session.settings.calendars.items():
        if isinstance(calendar, Calendar) and calendar.origin.sources:
            found = list(doubts(calendar, (now.year, now.year + 1)))
            for doubt in found:
                pressing = doubt.year <= (now + AHEAD).year
                yield _row("calendar", name, "outdated" if pressing else "waiting", doubted(session, doubt))
            if not found:
                yield _row("calendar", name, "ok", ", ".join(calendar.origin.sources))
    yield from _sources(session, now.year)


def _sources(session: Session, year: int) -> Iterator[Mapping[str, Any]]:
    kept = kept_days_off(session.site)
    for source in sources_in(calendar_tables(session.site)):
        before = kept.get(source, NOTHING)
        years = tuple(one for one in before.years if one >= year)
        try:
            fresh = asked(session.desk.setup.plugins, source, years, session.site) if years else NOTHING
        except ItsmError as fault:
            yield _row("calendar", source, "faulty", str(fault))
        else:
            otherwise = [str(one.date) for one in moved(source, before, fresh)]
            if otherwise:
                says = session.t("says otherwise by now, see itsmkit calendar update --dry-run")
                yield _row("calendar", source, "outdated", f"{says}: {', '.join(otherwise[:5])}")


def _agreements(session: Session) -> Iterator[Mapping[str, Any]]:
    """Promises to customers that those they rest on can't keep."""
    for finding in agreement.checked(session):
        if not finding.kept:
            yield _row("agreement", finding.sla.name, "faulty", agreement.told(session, finding))


def _store(session: Session) -> Iterator[Mapping[str, Any]]:
    url = session.settings.store.url
    try:
        session.desk.setup.store.peek(Lane.INTAKE, 1)
    except ItsmError as fault:
        yield _row("store", url, "faulty", str(fault))
    else:
        yield _row("store", url, "ok")


def _chains(session: Session) -> Iterator[Mapping[str, Any]]:
    for one in session.desk.escalation_flaws():
        yield _row("escalation", one.what, "faulty", one.said)


def _lanes(session: Session) -> Iterator[Mapping[str, Any]]:
    for lane in Lane:
        view = session.desk.setup.store.peek(lane)
        soonest = show.cell(session, "soonest", view.soonest)
        waits = f"{view.waiting}, {session.t('the next at')} {soonest}" if view.waiting else "0"
        yield _row("lane", str(lane), "waiting" if view.waiting else "ok", waits)
        for one in view.parked:
            yield _row("lane", str(lane), "parked", f"{one.type} {one.id} {one.part}".strip())
