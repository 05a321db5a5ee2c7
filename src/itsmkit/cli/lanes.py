"""`itsmkit lanes`: what waits for workers, and what they gave up."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import BadInput
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Lane, Lease

KEYS = ("lane", "type", "id", "part", "number", "due", "lapses")


@click.group("lanes")
def command() -> None:
    """Work that was parked, since its workers died over it again and again."""


@command.command("list")
@click.option("--lane", "lanes", type=click.Choice([str(one) for one in Lane]), multiple=True, help="On this lane.")
@form_option()
@click.pass_obj
def list_(session: Session, lanes: tuple[str, ...], form: str) -> None:
    """List what is parked."""
    found = session.desk.operator(session.by).parked(*map(Lane, lanes))
    show.rows(session, _rows(session, found), form, KEYS)


def _rows(session: Session, leases: Iterator[Lease]) -> Iterator[Mapping[str, Any]]:
    for one in leases:
        record = session.desk.setup.store.get(one.type, one.id, session.by.scope)
        number = record.number if isinstance(record, Ticket) else ""
        yield {key: getattr(one, key, None) for key in KEYS} | {"number": number, "lane": str(one.lane)}


@command.command("retry")
@click.argument("ids", nargs=-1, metavar="[ID|NUMBER]...")
@click.option(
    "--lane", "lanes", type=click.Choice([str(one) for one in Lane]), multiple=True, help="On this lane only."
)
@click.option("--all", "all_", is_flag=True, help="All that is parked there.")
@dry_run_option
@form_option()
@click.pass_obj
def retry(session: Session, ids: tuple[str, ...], lanes: tuple[str, ...], all_: bool, dry_run: bool,
          form: str) -> None:  # fmt: skip
    """Put parked work back on its lane; the next worker takes it up."""
    if bool(ids) is all_:
        msg = "name records by their ids or tickets by their numbers, or all that is parked by --all"
        raise BadInput(msg)
    parked = {(one.lane, one.type, one.id): one for one in session.desk.operator(session.by).parked(*map(Lane, lanes))}
    named = {key: row["number"] for key, row in zip(parked, _rows(session, iter(parked.values())), strict=True)}
    wanted = [one for key, one in parked.items() if all_ or not {key[2], named[key]}.isdisjoint(ids)]
    if unknown := set(ids) - {one.id for one in wanted} - set(named.values()):
        msg = f"nothing of {', '.join(sorted(unknown))} is parked; `itsmkit lanes list` shows what is"
        raise BadInput(msg)
    back = [one for each in wanted for one in session.desk.operator(session.by).put_back(each, dry_run=dry_run)]
    show.rows(session, _rows(session, iter(back)), form, KEYS)
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))
