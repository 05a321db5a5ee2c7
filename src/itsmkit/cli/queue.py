"""`itsmkit queue`: the work lists."""

import click

from itsmkit.cli import commitment, rows, show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.queues import QUEUES, watched

LISTS = ("name", "title", "duty", "tickets")
MOST = 1000


@click.command("queue")
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def command(session: Session, name: str | None, limit: int, form: str) -> None:
    """Show a work list, the most urgent first.

    Without a NAME, which lists there are, and of those that are your work by your duties how much stands on them
    (1000 at most).
    """
    if name is None:
        mine = set(watched(session.by))
        listed = ({"name": one.name, "title": session.t(one.title), "duty": str(one.duty),
                   "tickets": len(session.desk.queue(one.name, session.by, MOST)) if one.name in mine else None}
                  for one in QUEUES.values())  # fmt: skip
        show.rows(session, listed, form, LISTS)
        return
    found = session.desk.queue(name, session.by, limit)
    if QUEUES[name].type == "commitment":
        commitment.print_rows(session, list(found), form)
        return
    if QUEUES[name].type != "ticket":
        show.rows(session, map(rows.beside_row, found), form, rows.BESIDE, flex="title")
        return
    show.rows(session, map(rows.ticket_row, found), form, rows.KEYS, shown=rows.SHOWN, spare=rows.SPARE, flex="title")
