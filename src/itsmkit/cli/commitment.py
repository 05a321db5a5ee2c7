"""`itsmkit commitment`: what was promised by a certain time, and every verb of it."""

from collections.abc import Mapping
from typing import Any

import click

from itsmkit.cli import rows, show, verbs
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.commitment import Commitment, CommitmentStatus
from itsmkit.core.model.query import Op, Query, Test

KEYS = ("number", "about", "status", "sort", "promised_from", "promised_until", "owner", "text", "public", "broken",
        "opened", "closed", "outcome", "made_by", "version")  # fmt: skip
SHOWN = ("number", "about", "status", "sort", "promised_from", "promised_until", "owner", "text")
SPARE = ("promised_from", "sort", "owner")
FIELDS = {"promised_from": "since", "promised_until": "until"}
"""Columns named otherwise than the record's field, whose word another table needs for something else."""


@click.group("commitment", cls=verbs.group_of("commitment", {"promise": "promise"}))
def command() -> None:
    """List and show what was promised, promise it on a ticket, and do every verb of it."""


@command.command("list")
@click.option("--status", type=click.Choice([str(one) for one in CommitmentStatus]), multiple=True,
              help="In this status.")  # fmt: skip
@click.option("--open", "open_", is_flag=True, help="Not kept or called off yet.")
@click.option("--ticket", "about", help="For this ticket.")
@click.option("--owner", help="Of this person.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, /, status: tuple[str, ...], open_: bool, limit: int, form: str, **same: Any) -> None:
    """List what was promised, what is due soonest first."""
    where = [Test(name, value=value) for name, value in same.items() if value is not None]
    standing = tuple(str(one) for one in CommitmentStatus if one is not CommitmentStatus.CLOSED)
    if wanted := status or (standing if open_ else ()):
        where.append(Test("status", Op.ANY_OF, wanted))
    print_rows(session, rows.pages(session, Query("commitment", tuple(where), order="until"), limit), form)


def print_rows(session: Session, found: list[Commitment], form: str) -> None:
    """Commitments in a list."""
    show.rows(session, map(_row, found), form, KEYS, shown=SHOWN, spare=SPARE, flex="text")


def _row(commitment: Commitment) -> Mapping[str, Any]:
    return {key: getattr(commitment, FIELDS.get(key, key)) for key in KEYS}


@command.command("show")
@click.argument("number")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, number: str, form: str) -> None:
    """Show what was promised with its history, and what can be done to it."""
    commitment = rows.record(session, "commitment", number)
    facts = {**_row(commitment), "version": 0, "step": rows.step_title(session, commitment)}
    rows.print_record(session, commitment, facts, form)
