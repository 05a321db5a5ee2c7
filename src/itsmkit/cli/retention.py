"""`itsmkit retention`: what is kept no longer."""

from datetime import datetime

import click

from itsmkit.cli import show
from itsmkit.cli.options import Moment, dry_run_option, form_option
from itsmkit.cli.person import ERASED, told
from itsmkit.cli.session import Session


@click.group("retention")
def command() -> None:
    """Erase what `[retention]` in itsmkit.toml keeps no longer; workers do so once a day."""


@command.command("run")
@click.option("--until", type=Moment(), help="What has run out by then; now without it, later in a dry run only.")
@dry_run_option
@form_option()
@click.pass_obj
def run(session: Session, until: datetime | None, dry_run: bool, form: str) -> None:
    """Erase what has run out, now. Numbers, times, classes and results stay."""
    found = []
    with show.growing(session.t("erasing")) as grown:
        step = grown(0)
        for one in session.desk.operator(session.by).retain(until, dry_run=dry_run):
            found.append({key: getattr(one, key) for key in ERASED})
            step()
    told(session, found, form, dry_run=dry_run)
