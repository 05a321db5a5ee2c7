"""`itsmkit work-order`: on-site dispatches, and every verb of theirs."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from itsmkit.cli import rows, show, verbs
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.work_order import OrderStatus, WorkOrder

KEYS = ("number", "about", "status", "step", "technicians", "along", "team", "visit_at", "minutes", "place", "opened",
        "asked_by", "decided_by", "approved_by", "arrived", "departed", "closed", "outcome", "version")  # fmt: skip
FIELDS = {"visit_at": "starts", "departed": "left"}
"""Columns named otherwise than the record's field, whose word another table needs for something else."""
SHOWN = ("number", "about", "status", "visit_at", "technicians", "place")


@click.group("work-order", cls=verbs.group_of("work_order"))
def command() -> None:
    """List and show work orders, and do every verb of the dispatch to them."""


@command.command("list")
@click.option("--status", type=click.Choice([str(one) for one in OrderStatus]), multiple=True, help="In this status.")
@click.option("--open", "open_", is_flag=True, help="Not closed yet.")
@click.option("--ticket", "about", help="For this ticket.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, status: tuple[str, ...], open_: bool, about: str | None, limit: int, form: str) -> None:
    """List work orders, the newest first."""
    where = [Test("about", value=about)] if about else []
    wanted = status or (tuple(one for one in map(str, OrderStatus) if one != OrderStatus.CLOSED) if open_ else ())
    if wanted:
        where.append(Test("status", Op.ANY_OF, wanted))
    found = rows.pages(session, Query("work_order", tuple(where), order="opened", descending=True), limit)
    show.rows(session, map(_row, found), form, KEYS, shown=SHOWN, spare=("technicians",), flex="place")


def _row(order: WorkOrder) -> Mapping[str, Any]:
    return _values(order, KEYS)


def _values(order: WorkOrder, keys: Iterable[str]) -> Mapping[str, Any]:
    return {key: getattr(order, FIELDS.get(key, key)) for key in keys}


@command.command("show")
@click.argument("number")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, number: str, form: str) -> None:
    """Show a work order with its history, and what can be done to it."""
    order = session.desk.record(number, session.by)
    rows.print_record(session, order, _facts(session, order), form)


def _facts(session: Session, order: WorkOrder) -> Mapping[str, Any]:
    told = (
        "about status asked_by reason decided_by technicians along team approved_by refusal visit_at minutes place "
        "needs bring arrived departed work signed_by closed outcome"
    )
    return {"number": order.number, "step": rows.step_title(session, order), **_values(order, told.split())}
