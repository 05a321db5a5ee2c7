"""`itsmkit demo`: a month of a service desk."""

import tempfile
from pathlib import Path

import click

from itsmkit.cli.session import Session, login


@click.command("demo")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--model",
    type=click.Choice(["tiered", "vendor"]),
    default="tiered",
    show_default=True,
    help="The organisation model; the reports are the same in each.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Another seed, another month.")
@click.pass_obj
def command(session: Session, folder: Path | None, model: str, seed: int) -> None:
    """Live a month of a desk in a scratch site, with a moved clock, and say where everything lies.

    At its end it tells what the other organisation model makes of the first week's reports.

    FOLDER must be new or empty; without it the site is made in a temporary folder.
    """
    from itsmkit.demo.run import run

    place = folder or Path(tempfile.mkdtemp(prefix="itsmkit-demo-"))
    run(place, click.echo, model=model, seed=seed, language=session.language or "en", login=login())
