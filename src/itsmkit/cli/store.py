"""`itsmkit store`: what an operator does to the store; works as well where the desk itself can't open."""

from collections.abc import Callable
from pathlib import Path

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option, form_option
from itsmkit.cli.root import DEGRADED
from itsmkit.cli.session import Session

CHECKED = ("what", "state", "detail")
BREACHES = 1


@click.group("store")
def command() -> None:
    """Check, upgrade, copy, back up and restore the store. Whoever may read its files or its password may do so."""


@command.command("check")
@form_option()
@click.pass_context
def check(ctx: click.Context, form: str) -> None:
    """Look at settings, tables, indexes, rights and clock of the store; exit code 3 where something isn't sound."""
    from itsmkit.keeping import keeper

    session: Session = ctx.obj
    found = []
    for one in keeper(session.settings).check():
        what = session.t(f"store: {one.what}").removeprefix("store: ") if form == "table" else one.what
        found.append({"what": what, "state": "ok" if one.sound else "faulty", "detail": one.said})
    show.rows(session, found, form, CHECKED, flex="detail", wrap=True)
    if any(one["state"] != "ok" for one in found):
        ctx.exit(DEGRADED)


@command.command("upgrade")
@dry_run_option
@click.pass_obj
def upgrade(session: Session, dry_run: bool) -> None:
    """Add what this version and its plugins need. May be stopped at any moment and run again."""
    from itsmkit.keeping import keeper

    made = keeper(session.settings)
    if dry_run:
        missing = [one for one in made.check() if not one.sound]
        for one in missing:
            click.echo(f"{one.what}: {one.said}")
        show.note(session.t("dry run: nothing was stored"))
        return
    done = False
    for line in made.upgrade():
        done = True
        click.echo(line)
    if not done:
        click.echo(session.t("Nothing is missing."))


@command.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--skip-unreadable", is_flag=True, help="Leave behind what can't be read, and say what.")
@form_option("table", "json")
@click.pass_context
def copy(ctx: click.Context, source: str, target: str, skip_unreadable: bool, form: str) -> None:
    """Move a site from the store with the URL FROM to the empty one TO, of any kinds; then compare and verify.

    Stop workers and programs that embed the desk first. A copy that was stopped goes on when it is begun again.
    """
    from itsmkit.keeping import copy_store

    session: Session = ctx.obj
    with show.growing(session.t("copying")) as grown:
        copied, verified = copy_store(session.settings, source, target, skip_unreadable=skip_unreadable, progress=grown)
    breaches = [{"type": one.type, "id": one.id, "what": one.what} for one in verified.breaches]
    if form == "json":
        show.print_json({"records": copied.records, "there": copied.there, "todos": copied.todos,
                         "left": copied.left, "breaches": breaches})  # fmt: skip
    else:
        counted = [{"type": session.t(name), "records": n} for name, n in copied.records.items()]
        show.table(session, counted, ("type", "records"))
        click.echo(f"\n{session.t('there already')}: {copied.there}, {session.t('todos')}: {copied.todos}")
        for one in copied.left:
            click.echo(f"{session.t('left behind')}: {one}")
        if breaches:
            show.table(session, breaches, ("type", "id", "what"), flex="what", wrap=True)
        else:
            click.echo(session.t("Both stores hold the same, and the copy is proven."))
    if breaches:
        ctx.exit(BREACHES)


def _file(command: Callable[..., None]) -> Callable[..., None]:
    return click.argument("file", type=click.Path(path_type=Path, dir_okay=False))(command)


@command.command("backup")
@_file
@click.pass_obj
def backup(session: Session, file: Path) -> None:
    """Write a whole copy of the store to FILE, as of one moment, while the desk goes on."""
    from itsmkit.core.errors import BadInput
    from itsmkit.keeping import keeper

    if file.exists():
        msg = f"{file} is there already; name a new file"
        raise BadInput(msg)
    click.echo(keeper(session.settings).backup(file))


@command.command("restore")
@_file
@click.pass_obj
def restore(session: Session, file: Path) -> None:
    """Put the backup FILE in the place of the store, which must be empty or not there."""
    from itsmkit.core.errors import BadInput
    from itsmkit.keeping import keeper

    if not file.exists():
        msg = f"there is no file {file}"
        raise BadInput(msg)
    click.echo(keeper(session.settings).restore(file))
