"""`itsmkit explain`: why a ticket is as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from itsmkit.cli import clocks, rows, show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.explaining import Decision, Explanation, said
from itsmkit.i18n import label

TOLD = ("queued", "recipient", "channel", "state", "why", "error")
CODED = ("kind", "channel", "skipped", "sort", "outcome")
"""The facts whose values are codes of the desk's own."""
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
    titles = rows.step_titles(session)
    for decision, answered in rows.folded(explained.decisions, _answers):
        _tell(session, decision, titles.get(decision.step, ""), answered=answered)
    if explained.notices:
        click.echo()
        told = ({key: getattr(one, key) for key in TOLD} for one in explained.notices)
        show.table(session, list(told), TOLD, spare=("queued", "channel"), flex="why", wrap=True)


def _fields(session: Session, explained: Explanation) -> Iterator[Mapping[str, Any]]:
    """The decided fields; who decided them, and why, beside the first of those decided together."""
    told = None
    for name, decision in explained.fields.items():
        value = getattr(explained.ticket, name, "")
        if value not in ("", 0, None):
            shown = label(session.t, value) if isinstance(value, str) else value
            why = {} if decision is told else {"by": decision.by, "because": _because(session, decision)}
            yield {"field": label(session.t, name), "value": shown, **why}
            told = decision


def _tell(session: Session, decision: Decision, title: str, *, answered: bool) -> None:
    """One decision: a line that says what and who, and below it why and who else was asked."""
    t = session.t
    when = show.cell(session, "at", decision.at)
    what = rows.deed(session, decision.what, title, answered=answered)
    outcome = label(t, decision.outcome)
    came = ", ".join((*([outcome] if outcome not in ("", what) else []), *_facts(session, decision.facts)))
    show.hang(f"{when}  ", f"{decision.step} {what}{': ' if came else ''}{came} ({decision.by})".lstrip())
    others = ", ".join(f"{name} {label(t, verdict)}" for name, verdict in decision.others)
    below = {"because": _because(session, decision), "others": others, "read": ", ".join(decision.read)}
    for name, text in below.items():
        if text:
            show.hang("    ", f"{label(t, name)}: {text}")


def _answers(first: Decision, then: Decision) -> bool:
    same = (first.at, first.step, first.outcome, first.by) == (then.at, then.step, then.outcome, then.by)
    more = then.reasons or then.grounds or then.others or then.read or not then.facts.items() <= first.facts.items()
    return same and first.what != "step" == then.what and not more


def _because(session: Session, decision: Decision) -> str:
    return "; ".join((*decision.reasons, *_facts(session, decision.grounds)))


def _facts(session: Session, facts: Mapping[str, Any]) -> Iterator[str]:
    """Facts in the reader's language, but for what has a name of the site's or a plugin's."""
    for name, value in facts.items():
        if isinstance(value, bool):
            yield f"{label(session.t, name)}: {show.cell(session, name, value)}"
        else:
            yield f"{label(session.t, name)} {_coded(session, value) if name in CODED else said(value)}"


def _coded(session: Session, value: Any) -> str:
    return ", ".join(label(session.t, str(one)) for one in (value if isinstance(value, list) else [value]))
