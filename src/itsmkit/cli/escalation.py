"""`itsmkit escalation`: what is to come on a ticket, and what in the site's chains can't work."""

from collections.abc import Mapping
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.escalating import Planned
from itsmkit.i18n import label

KEYS = ("at", "clock", "kind", "level", "turn", "to", "reaches", "conditions", "over")
SHOWN = ("at", "clock", "level", "to", "reaches", "conditions")


@click.group("escalation")
def command() -> None:
    """Look ahead at chains of escalation."""


@command.command("plan")
@click.argument("number")
@form_option()
@click.pass_obj
def plan(session: Session, number: str, form: str) -> None:
    """Show the steps to come on a ticket as if nothing changed: when, to whom, on which conditions.

    Who is on duty is looked up for that moment. A step without a time waits for its clock to go on.
    """
    found = session.desk.escalations(number, session.by)
    if form != "table":
        show.rows(session, ({key: getattr(one, key) for key in KEYS} for one in found), form, KEYS)
    elif found:
        show.table(session, [_row(session, one) for one in found], SHOWN, spare=("conditions",), flex="reaches")
    else:
        click.echo(session.t("Nothing is to come."))


def _row(session: Session, one: Planned) -> Mapping[str, Any]:
    """A step as people read it."""
    t = session.t
    turn = f" ({one.turn})" if one.turn > 1 else ""
    to = label(t, one.to) if one.to else t("noted as overdue")
    nobody = t("nobody: the manager is told instead") if one.to and not one.reaches else ""
    reaches = f"{t('passed over')}: {one.over}" if one.over else ", ".join(one.reaches) or nobody
    return {
        "at": one.at or t("at rest"),
        "clock": label(t, one.clock),
        "level": one.level + turn,
        "to": to,
        "reaches": reaches,
        "conditions": one.conditions,
    }


@command.command("check")
@form_option()
@click.pass_context
def check(ctx: click.Context, form: str) -> None:
    """Look for steps that reach nobody, can't be reached or go in circles, and for rosters with nobody on duty.

    Exit code 1 where there are any.
    """
    session: Session = ctx.obj
    found = [{"part": one.what, "detail": one.said} for one in session.desk.escalation_flaws()]
    if found or form != "table":
        show.rows(session, found, form, ("part", "detail"), flex="detail", wrap=True)
    else:
        click.echo(session.t("Everything is in order."))
    if found:
        ctx.exit(1)
