"""`itsmkit process`: a process as it is laid down."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import BadInput
from itsmkit.core.model.process import END, Process, Step
from itsmkit.i18n import Translate, label

KEYS = ("step", "title", "duty", "answer", "to", "status", "writes", "source")


@click.group("process")
def command() -> None:
    """Processes are tables; this shows them."""


@command.command("show")
@click.argument("name")
@form_option("table", "mermaid", "json", "csv")
@click.pass_obj
def show_(session: Session, name: str, form: str) -> None:
    """Show the steps of a process: whose duty each is, what answers it, where each outcome leads."""
    tables = {one.name: one for one in session.desk.processes}
    if name not in tables:
        msg = f"there is no process {name!r}; there are {', '.join(sorted(tables))}"
        raise BadInput(msg)
    if form == "mermaid":
        click.echo("\n".join(mermaid(tables[name], session.t)))
        return
    t = session.t if form == "table" else str
    shown = ("step", "title", "duty", "answer", "to")
    listed = [row for one in tables[name].steps.values() for row in _rows(one, t, apart=form == "table")]
    show.rows(session, listed, form, KEYS,
              shown=shown, spare=("duty", "answer"), flex="to", wrap=True)  # fmt: skip


def _rows(step: Step, t: Translate, *, apart: bool) -> Iterator[Mapping[str, Any]]:
    """The step, and how it differs by kind: in rows of their own, or behind its title."""
    ways = [f"{label(t, outcome) if t is not str else outcome} → {to or t('end')}" for outcome, to in step.to.items()]
    answers = (step.rule and f"rule {step.rule}", step.asks, step.otherwise and f"otherwise {step.otherwise}")
    answer = ", ".join(filter(None, answers)) or t("person")
    kinds = [f"{label(t, kind)}: {t(way.title)}" for kind, way in step.by_kind.items()]
    title = t(step.title) if apart else "; ".join((t(step.title), *kinds))
    yield dict(zip(KEYS, (step.id, title, step.duty, answer, ways, step.status, step.writes, step.source), strict=True))
    yield from ({"title": f"  {one}"} for one in kinds if apart)


def mermaid(process: Process, t: Translate) -> Iterator[str]:
    """The process as a Mermaid flowchart: a person's step in a box, one that answers itself rounded."""
    yield "flowchart TD"
    for step in process.steps.values():
        left, right = ("([", "])") if step.rule or step.asks else ("[", "]")
        yield f'    {_id(step.id)}{left}"{step.id} {t(step.title)}"{right}'
    yield f'    {_id(END)}(("{t("end")}"))'
    for step in process.steps.values():
        for outcome, to in step.to.items():
            yield f"    {_id(step.id)} -->|{label(t, outcome)}| {_id(to)}"


def _id(step: str) -> str:
    return step.replace(".", "_") or "finish"
