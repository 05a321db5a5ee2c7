"""`itsmkit verify`: proof over the whole store."""

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.query import Scope, Tally

BREACHES = 1


@click.command("verify")
@form_option()
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Prove chains, numbers, timelines and that nothing was lost; exit code 1 where something was."""
    session: Session = ctx.obj
    with show.progress(session.t("verifying"), _records(session)) as bar:
        found = session.desk.verify(lambda: bar.update(1))
    breaches = [{"type": one.type, "id": one.id, "what": one.what} for one in found.breaches]
    if form == "json":
        show.print_json({"records": found.records, "events": found.events, "balance": found.balance,
                         "breaches": breaches})  # fmt: skip
    elif form == "csv":
        show.rows(session, breaches, form, ("type", "id", "what"))
    else:
        counted = [{"type": session.t(name), "records": n} for name, n in found.records.items()]
        show.table(session, counted, ("type", "records"))
        click.echo(f"\n{session.t('events')}: {found.events}")
        for name, states in found.balance.items():
            parts = ", ".join(f"{session.t(state)} {n}" for state, n in states.items())
            click.echo(f"{session.t(name)}: {parts or 0}")
        click.echo()
        if breaches:
            show.table(session, breaches, ("type", "id", "what"), flex="what", wrap=True)
        else:
            click.echo(session.t("Every chain holds and nothing is missing."))
    if breaches:
        ctx.exit(BREACHES)


def _records(session: Session) -> int:
    """How many records there are to look at."""
    scope = Scope.system("progress")
    counts = (session.desk.setup.store.tally(Tally(one.name), scope) for one in session.desk.types)
    return sum(one.n for rows in counts for one in rows)
