"""`itsmkit queue`: the work lists."""

import click

from itsmkit.cli import rows, show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.queues import QUEUES


@click.command("queue")
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def command(session: Session, name: str | None, limit: int, form: str) -> None:
    """Show a work list, the most urgent first; without a NAME, which lists there are."""
    if name is None:
        listed = ({"name": one.name, "title": session.t(one.title)} for one in QUEUES.values())
        show.rows(session, listed, form, ("name", "title"))
        return
    found = session.desk.queue(name, session.by, limit)
    show.rows(session, map(rows.ticket_row, found), form, rows.KEYS, shown=rows.SHOWN, spare=rows.SPARE, flex="title")
