"""`itsmkit health`: whether the desk works right now."""

from typing import TYPE_CHECKING

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.root import DEGRADED
from itsmkit.core.health import exposition

if TYPE_CHECKING:
    from itsmkit.cli.session import Session

KEYS = ("part", "state", "detail")


@click.command("health")
@form_option("table", "json", "csv", "prometheus")
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Tell what waits, since when, what is parked, and when workers and the auditor were last seen.

    Exit code 3 where something is amiss. `--format prometheus` gives metrics to be scraped.
    """
    session: Session = ctx.obj
    found = session.desk.health()
    if form == "prometheus":
        click.echo(exposition(found), nl=False)
    else:
        rows = [{"part": one.what, "state": "ok" if one.sound else "faulty", "detail": one.said}
                for one in (found.told(session.t) if form == "table" else found.findings)]  # fmt: skip
        show.rows(session, rows, form, KEYS, flex="detail", wrap=True)
    if not found.sound:
        ctx.exit(DEGRADED)
