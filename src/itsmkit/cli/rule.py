"""`itsmkit rule`: business rules published to the participants, and who has read them (ORG-08)."""

from collections.abc import Container

import click

from itsmkit.cli import rows, show, verbs
from itsmkit.cli.options import Prose, dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.entry import Entry, EntryKind, EntryStatus
from itsmkit.core.model.query import Query, Test
from itsmkit.core.queues import MOST
from itsmkit.core.verbs.publishing import is_for

KEYS = ("number", "title", "edition", "opened", "opened_by", "vendor", "read", "text")
SHOWN = ("number", "edition", "opened", "read", "title")
READERS = ("person", "name", "vendor", "read", "real")


@click.group("rule")
def command() -> None:
    """Publish business rules, read them, and see who has."""


@command.command("publish")
@click.option("--title", required=True, help="Its name.")
@click.option("--text", type=Prose(), default="", help='What it says; "-" reads it from standard input.')
@click.option("--to", default="", help="The duties it is for, with commas; without it, whoever works on tickets.")
@click.option("--command", default="", metavar="ID", help="Doing it again under this id changes nothing.")
@dry_run_option
@form_option("table", "json")
@click.pass_obj
def publish(session: Session, title: str, text: str, to: str, command: str, dry_run: bool, form: str) -> None:
    """Publish a business rule to those who take part."""
    verbs.begun(session, "publish", command=command, dry_run=dry_run, form=form, kind=str(EntryKind.RULE), title=title,
                text=text, to=to)  # fmt: skip


@command.command("list")
@click.option("--unread", is_flag=True, help="Only those that you have not read.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, unread: bool, limit: int, form: str) -> None:
    """List the business rules in force, the newest first, and whether you have read them."""
    where = (Test("kind", value=str(EntryKind.RULE)), Test("status", value=str(EntryStatus.IN_FORCE)))
    query = Query("entry", where, order="opened", descending=True)
    left = {one.number: one for one in session.desk.queue("unread", session.by, limit)}
    found = left.values() if unread else rows.pages(session, query, limit)
    told = ({**{key: getattr(one, key) for key in KEYS if key != "read"}, "read": _read(session, one, left)}
            for one in found)  # fmt: skip
    show.rows(session, told, form, KEYS, shown=SHOWN, spare=("opened",), flex="title")


def _read(session: Session, rule: Entry, left: Container[str]) -> bool | None:
    """Whether the reader has read the rule; None where it isn't for them."""
    return rule.number not in left if is_for(rule, session.by) else None


@command.command("read")
@click.argument("number")
@form_option("table", "json")
@click.pass_obj
def read(session: Session, number: str, form: str) -> None:
    """Show a business rule, and note that you have read it."""
    rule = session.desk.record(number, session.by)
    if number in [one.number for one in session.desk.queue("unread", session.by, MOST)]:
        rule = session.desk.do("read", number, session.by)
    if form == "json":
        show.print_json(rule)
        return
    show.facts(session, {key: getattr(rule, key) for key in ("number", "title", "edition", "opened_by", "text")})


@command.command("readers")
@click.argument("number")
@form_option()
@click.pass_obj
def readers(session: Session, number: str, form: str) -> None:
    """List those whom a rule is for, and when each has read it."""
    found = session.desk.readers(number, session.by)
    show.rows(session, ({key: getattr(one, key) for key in READERS} for one in found), form, READERS)
