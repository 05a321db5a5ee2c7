"""`itsmkit register`: improvements, exceptions, notices of non-compliance, resources, what is published, reviews."""

from collections.abc import Mapping
from typing import Any

import click

from itsmkit.cli import rows, verbs
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.entry import ENDED, Entry, EntryKind, EntryStatus
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.verbs import BEGINNINGS

SHOWN = ("kind", "title", "status", "about", "opened", "opened_by", "vendor", "team", "person", "at_step", "rule",
         "text", "target", "edition", "duties", "amount", "at", "until", "staff", "owner", "answer", "reason", "result",
         "closed")  # fmt: skip


@click.group("register", cls=verbs.group_of("entry", beginnings=BEGINNINGS))
def command() -> None:
    """Note, list and show entries of the register, and do every verb of theirs."""


@command.command("list")
@click.option("--kind", type=click.Choice([str(one) for one in EntryKind]), multiple=True, help="Of this kind.")
@click.option("--status", type=click.Choice([str(one) for one in EntryStatus]), multiple=True, help="In this status.")
@click.option("--open", "open_", is_flag=True, help="Not ended yet.")
@click.option("--ticket", "about", help="About this ticket.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, kind: tuple[str, ...], status: tuple[str, ...], open_: bool, about: str | None, limit: int,
          form: str) -> None:  # fmt: skip
    """List entries, the newest first."""
    where = [Test("about", value=about)] if about else []
    wanted = status or (tuple(str(one) for one in EntryStatus if one not in ENDED) if open_ else ())
    for name, values in (("kind", kind), ("status", wanted)):
        if values:
            where.append(Test(name, Op.ANY_OF, values))
    found = rows.pages(session, Query("entry", tuple(where), order="opened", descending=True), limit)
    rows.print_rows(session, found, form, "entry")


@command.command("show")
@click.argument("number")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, number: str, form: str) -> None:
    """Show an entry with its history, and what can be done to it."""
    entry = rows.record(session, "entry", number)
    rows.print_record(session, entry, _facts(session, entry), form)


def _facts(session: Session, entry: Entry) -> Mapping[str, Any]:
    facts = {"number": entry.number, "step": rows.step_title(session, entry)}
    return {**facts, **{key: getattr(entry, key) for key in SHOWN}}
