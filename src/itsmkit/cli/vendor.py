"""`itsmkit vendor`: who is under contract, for what, and until when."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.contracts import PRODUCTS, runs
from itsmkit.core.errors import NotFound
from itsmkit.core.model.party import Contract, Vendor
from itsmkit.core.model.query import Query, Test
from itsmkit.core.model.record import Record

KEYS = ("id", "name", "mail", "phone", "contact", "language")
CONTRACTS = ("id", "name", "vendor", "covers", "customers", "team", "since", "until", "runs", "contact")
SHOWN = ("id", "vendor", "name", "covers", "customers", "until", "runs")
MOST = 10_000


@click.group("vendor")
def command() -> None:
    """Vendors and their contracts, as vendors.toml and contracts.toml made them known."""


@command.command("list")
@form_option()
@click.pass_obj
def list_(session: Session, form: str) -> None:
    """List the vendors that you may see."""
    found = _found(session, Query("vendor"))
    show.rows(session, ({key: getattr(one, key) for key in KEYS} for one in found), form, KEYS, flex="name")


@command.command("contracts")
@click.option("--vendor", help="Of this vendor.")
@form_option()
@click.pass_obj
def contracts(session: Session, vendor: str | None, form: str) -> None:
    """List the contracts that you may see: what they cover, for whom, until when."""
    show.rows(session, _contracts(session, vendor), form, CONTRACTS, shown=SHOWN, spare=("customers",), flex="covers",
              wrap=True)  # fmt: skip


@command.command("show")
@click.argument("vendor")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, vendor: str, form: str) -> None:
    """Show a vendor and its contracts."""
    found = session.desk.setup.store.get("vendor", vendor, session.by.scope) if ":" not in vendor else None
    if not isinstance(found, Vendor):
        raise NotFound("vendor", vendor)
    row, theirs = {key: getattr(found, key) for key in KEYS}, list(_contracts(session, vendor))
    if form == "json":
        show.print_json({**row, "contracts": [{**one, "covers": list(one["covers"])} for one in theirs]})
        return
    show.facts(session, row)
    click.echo()
    show.table(session, theirs, SHOWN, spare=("customers", "vendor"), flex="covers", wrap=True)


def _contracts(session: Session, vendor: str | None) -> Iterator[Mapping[str, Any]]:
    setup = session.desk.setup
    now, zone = setup.world.now(), setup.site.zone
    for one in _found(session, Query("contract", (Test("vendor", value=vendor),) if vendor else ())):
        if isinstance(one, Contract):
            told = {key: getattr(one, key) for key in CONTRACTS if key not in ("covers", "runs")}
            covers = tuple(name for names, _ in PRODUCTS for name in getattr(one, names))
            yield {**told, "covers": covers, "runs": runs(one, now, zone)}


def _found(session: Session, query: Query) -> Iterator[Record]:
    found = session.desk.find(query, session.by, limit=MOST).items
    return (one for one in found if isinstance(one, Vendor | Contract))
