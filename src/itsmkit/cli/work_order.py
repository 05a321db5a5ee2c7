"""`itsmkit work-order`: on-site dispatches, and every verb of theirs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import click

from itsmkit.cli import children, show
from itsmkit.cli.options import Moment, form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.work_order import OrderStatus, WorkOrder

KEYS = ("number", "about", "status", "step", "technicians", "along", "team", "visit_at", "minutes", "place", "opened",
        "asked_by", "decided_by", "decider", "approved_by", "arrived", "departed", "closed", "outcome",
        "version")  # fmt: skip
FACTS = (
    *("about", "status", "asked_by", "reason", "decided_by", "decider", "technicians", "along", "team"),
    *(
        "approved_by",
        "refusal",
        "visit_at",
        "minutes",
        "place",
        "needs",
        "bring",
        "arrived",
        "departed",
        "work",
        "signed_by",
        "closed",
        "outcome",
    ),
)
SHOWN = ("slot", "visit_at", "until", "who")
FIELDS = {"visit_at": "starts", "departed": "left"}
"""Columns named otherwise than the record's field, whose word another table needs for something else."""


def _row(order: WorkOrder, keys: Iterable[str]) -> Mapping[str, Any]:
    return {key: getattr(order, FIELDS.get(key, key)) for key in keys}


command = children.group(
    "work-order",
    "work_order",
    "work orders",
    [str(one) for one in OrderStatus],
    keys=KEYS,
    shown=("number", "about", "status", "visit_at", "technicians", "place"),
    spare=("technicians",),
    flex="place",
    facts=FACTS,
    of=_row,
)


@command.command("slots")
@click.argument("number")
@click.option("--minutes", type=click.IntRange(min=1), help="How long it takes.  [default: as agreed before, or 60]")
@click.option("--after", type=Moment(), help="No earlier than that.  [default: now]")
@form_option()
@click.pass_obj
def slots(session: Session, number: str, minutes: int | None, after: datetime | None, form: str) -> None:
    """The five earliest times for the visit at which the customer, those who go and the vendor are there."""
    offer = session.desk.slots(number, session.by, minutes or 0, after)
    found = (
        {"slot": at, "visit_at": one.starts, "until": one.ends, "who": offer.going}
        for at, one in enumerate(offer.slots, 1)
    )
    show.rows(session, found, form, SHOWN, flex="who")
    if form == "table":
        whose = ", ".join(f"{session.t(one.who)} ({one.by})" for one in offer.hours)
        show.note(f"{session.t('by the hours of')} {whose}")


@command.command("ics")
@click.argument("number")
@click.pass_obj
def ics(session: Session, number: str) -> None:
    """Write the visit as a calendar file; one that was put off or cancelled takes it out of calendars again."""
    text = session.desk.calendar_file(number, session.by, session.language)
    click.echo(text.encode(), nl=False)
