"""`itsmkit report`: the figures of a month, by a report of some plugin."""

import re
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import BadInput
from itsmkit.core.model.report import Table
from itsmkit.i18n import label


@click.command("report")
@click.argument("name", required=False)
@click.argument("period", required=False, metavar="[YYYY-MM]")
@form_option()
@click.pass_obj
def command(session: Session, name: str | None, period: str | None, form: str) -> None:
    """Compute a report for a month, this one without YYYY-MM; without a NAME, say which reports there are."""
    if name is None:
        reports = [one for _, one in session.desk.setup.plugins.every("itsmkit_reports").answer]
        listed = ({"name": one.name, "title": session.t(one.title)} for one in reports)
        show.rows(session, listed, form, ("name", "title"))
        return
    period = period or f"{session.desk.setup.world.now().astimezone(session.zone):%Y-%m}"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        msg = f"{period!r} is no month; write it as 2026-11"
        raise BadInput(msg)
    for number, table in enumerate(session.desk.tables(name, period, session.by)):
        if form == "table":
            _print(session, table, period, first=number == 0)
        else:
            show.rows(session, _rows(table), form, ("table", *table.columns))


def _rows(table: Table) -> list[dict[str, Any]]:
    return [{"table": table.title, **dict(zip(table.columns, row, strict=True))} for row in table.rows]


def _print(session: Session, table: Table, period: str, *, first: bool) -> None:
    if not first:
        click.echo()
    # A title with its month in it is looked up without, so that one translation serves all months.
    click.echo(session.t(table.title.replace(period, "{period}")).replace("{period}", period))
    click.echo()
    named = [
        {key: label(session.t, one) if isinstance(one, str) else one for key, one in row.items()}
        for row in _rows(table)
    ]
    show.table(session, named, table.columns)
