"""`itsmkit calendar check`: whether business time comes out as others say it should."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.calendar_cases import Answer, answers
from itsmkit.core.errors import BadInput
from itsmkit.settings import FILE

KEYS = ("place", "calendar", "op", "due", "ours", "trouble")
FIRST = 10
"""So many of the cases that differ are shown."""


@click.command("check")
@click.argument("cases", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@form_option("table", "json")
@click.pass_context
def check(ctx: click.Context, cases: Path, form: str) -> None:
    """Answer the questions of business time in a JSON file and compare; exit code 1 where an agreed case differs.

    The file is an object with `calendars` by name and a list of `cases`; it needs no site.
    """
    session: Session = ctx.obj
    if not (session.site / FILE).exists():
        session.language = session.language or "en"  # there is no site to say which
    found = list(answers(_read(cases)))
    agreed = [one for one in found if one.agreed and one.known]
    if not agreed:
        msg = f"{cases}: holds no case of a kind that is known and agreed on"
        raise BadInput(msg)
    differing = [one for one in agreed if not one.met]
    disputed = [one for one in found if not one.agreed and one.known]
    figures = {
        "agreed": len(agreed),
        "met": len(agreed) - len(differing),
        "disputed": len(disputed),
        "disputed_met": sum(one.met for one in disputed),
        "left_out": dict(Counter(one.op for one in found if not one.known)),
    }
    if form == "json":
        show.print_json({**figures, "differing": [_row(one) for one in differing]})
    else:
        _tell(session, figures, differing)
    if differing:
        ctx.exit(1)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        msg = f"{path}: is no JSON: {fault}"
        raise BadInput(msg) from fault


def _row(one: Answer) -> dict[str, Any]:
    ours = one.ours
    return {"place": one.place, "calendar": one.calendar, "op": one.op, "due": one.due, "ours": ours,
            "trouble": one.trouble}  # fmt: skip


def _tell(session: Session, figures: dict[str, Any], differing: list[Answer]) -> None:
    t = session.t
    share = t("{met} of {agreed} cases that others agree on are met")
    click.echo(_filled(share, figures))
    if figures["disputed"]:
        click.echo(_filled(t("{disputed_met} of {disputed} cases that others disagree on come out as the first says"),
                           figures))  # fmt: skip
    if figures["left_out"]:
        told = ", ".join(f"{op or '?'} {n}" for op, n in sorted(figures["left_out"].items()))
        click.echo(f"{t('Left out, being other questions')}: {told}")
    if differing:
        click.echo()
        texts = [{**_row(one), "due": str(one.due), "ours": str(one.ours)} for one in differing[:FIRST]]
        shown = KEYS if any(one.trouble for one in differing[:FIRST]) else KEYS[:-1]
        show.table(session, texts, shown, flex=shown[-1], wrap=True)
        if len(differing) > FIRST:
            click.echo("…")


def _filled(text: str, figures: dict[str, Any]) -> str:
    for key, value in figures.items():
        text = text.replace(f"{{{key}}}", str(value))
    return text
