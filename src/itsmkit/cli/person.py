"""`itsmkit person`: who is known, and the erasure of their data."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import NotFound
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Query

KEYS = ("id", "name", "mails", "employee", "phone", "department", "customer", "language", "roles", "teams", "expertise",
        "languages", "active", "erased")  # fmt: skip
SHOWN = ("id", "name", "mails", "department", "roles", "teams", "active")
FIELDS = {"expertise": "fields"}
"""Columns named otherwise than the record's field, whose word another table needs for something else."""
ERASED = ("type", "id", "number", "what")


@click.group("person")
def command() -> None:
    """Who is known, and the erasure of their data."""


@command.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, limit: int, form: str) -> None:
    """List the people that you may see."""
    show.rows(
        session,
        map(_row, _people(session, limit)),
        form,
        KEYS,
        shown=SHOWN,
        spare=("teams", "department"),
        flex="mails",
    )


def _row(person: Person) -> dict[str, Any]:
    return {key: getattr(person, FIELDS.get(key, key)) for key in KEYS}


def _people(session: Session, limit: int) -> Iterator[Person]:
    after: str | None = None
    n = 0
    while n < limit:
        page = session.desk.find(Query("person"), session.by, after, min(limit - n, 200))
        yield from (one for one in page.items if isinstance(one, Person))
        n += len(page.items)
        if (after := page.after) is None:
            return


@command.command("show")
@click.argument("person")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, person: str, form: str) -> None:
    """Show a person, named by id or key (as mail:ann@example.org)."""
    found = session.desk.setup.store.get("person", person, session.by.scope)
    if not isinstance(found, Person):
        raise NotFound("person", person)
    row = _row(found)
    if form == "json":
        show.print_json(row)
    else:
        show.facts(session, row)


@command.command("erase")
@click.argument("person")
@click.option("--reason", required=True, help="Why, such as the request it answers; the journal keeps it.")
@click.option("--open-too", is_flag=True, help="Also tickets that are still open.")
@dry_run_option
@form_option()
@click.pass_obj
def erase(session: Session, person: str, reason: str, open_too: bool, dry_run: bool, form: str) -> None:
    """Erase a person's data: in their tickets, messages, notices and attachments, and their own record.

    Ids, numbers, times, classes and results stay. There is no way back. What was stopped goes on when it is begun
    again.
    """
    found = []
    with show.growing(session.t("erasing")) as grown:
        step = grown(0)
        for one in session.desk.operator(session.by).erase(person, reason, open_too=open_too, dry_run=dry_run):
            found.append({key: getattr(one, key) for key in ERASED})
            step()
    told(session, found, form, dry_run=dry_run)


def told(session: Session, found: list[dict[str, str]], form: str, *, dry_run: bool) -> None:
    """Print what was erased, and how much of each type."""
    if form != "table":
        show.rows(session, found, form, ERASED)
    elif found:
        show.table(session, found, ERASED)
        counts = Counter(one["type"] for one in found)
        click.echo("\n" + ", ".join(f"{session.t(name)} {n}" for name, n in counts.items()))
    else:
        click.echo(session.t("Nothing is to be erased."))
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))
