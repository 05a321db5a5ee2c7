"""`itsmkit explain`: why a ticket is as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from itsmkit.cli import clocks, show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.explaining import Decision, Explanation
from itsmkit.i18n import label

TOLD = ("queued", "recipient", "channel", "state", "why", "error")
KEYS = ("at", "step", "what", "by", "result", "because", "others", "read")


@click.command("explain")
@click.argument("number")
@click.option("--clock", is_flag=True, help="Draw its clocks instead, and the ledger of whose time it was.")
@form_option()
@click.pass_obj
def command(session: Session, number: str, form: str, *, clock: bool) -> None:
    """Tell every decision on a ticket: who made it, from what, and who else was asked."""
    if clock:
        clocks.explain(session, number, form)
        return
    explained = session.desk.explain(number, session.by)
    if form != "table":
        found = ({key: getattr(one, key) for key in KEYS} for one in explained.decisions)
        show.rows(session, ({**row, "others": dict(row["others"])} for row in found), form, KEYS)
        return
    click.echo(f"{explained.ticket.number}  {explained.ticket.title}\n")
    summary = list(_fields(session, explained))
    show.table(session, summary, ("field", "value", "by", "because"), flex="because", wrap=True)
    click.echo()
    for decision in explained.decisions:
        _tell(session, decision)
    if explained.notices:
        click.echo()
        told = ({key: getattr(one, key) for key in TOLD} for one in explained.notices)
        show.table(session, list(told), TOLD, spare=("queued", "channel"), flex="why", wrap=True)


def _fields(session: Session, explained: Explanation) -> Iterator[Mapping[str, Any]]:
    for name, decision in explained.fields.items():
        value = getattr(explained.ticket, name, "")
        if value not in ("", 0, None):
            field, said = label(session.t, name), label(session.t, value) if isinstance(value, str) else value
            yield {"field": field, "value": said, "by": decision.by, "because": decision.because}


def _tell(session: Session, decision: Decision) -> None:
    """One decision: a line that says what and who, and below it why and who else was asked."""
    t = session.t
    when = show.cell(session, "at", decision.at)
    what = _step(session, decision) if decision.what == "step" else label(t, decision.what)
    said = f": {t(decision.result)}" if decision.result else ""
    show.hang(f"{when}  ", f"{decision.step} {what}{said} ({decision.by})".lstrip())
    others = ", ".join(f"{name} {label(t, verdict)}" for name, verdict in decision.others)
    for name, text in (("because", decision.because), ("others", others), ("read", ", ".join(decision.read))):
        if text:
            show.hang("    ", f"{label(t, name)}: {text}")


def _step(session: Session, decision: Decision) -> str:
    if decision.what != "step":
        return ""
    steps = (one.steps[decision.step] for one in session.desk.processes if decision.step in one.steps)
    return next((session.t(one.title) for one in steps), "")
