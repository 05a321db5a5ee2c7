"""`itsmkit doctor`: whether everything is in order."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.root import DEGRADED
from itsmkit.cli.session import Session
from itsmkit.core.errors import ItsmError
from itsmkit.core.model.unit import Lane

KEYS = ("part", "name", "state", "detail")


@click.command("doctor")
@form_option()
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Look at settings, plugins, organisation, store and lanes; exit code 3 where something is amiss."""
    session: Session = ctx.obj
    found = [*_troubles(session), *_plugins(session), *_store(session), *_lanes(session), *_chains(session)]
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
