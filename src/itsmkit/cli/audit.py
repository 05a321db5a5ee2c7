"""`itsmkit audit`: proves that everything due has run, and says so to somebody outside."""

from pathlib import Path
from urllib.parse import urlsplit

import click

from itsmkit.cli import show
from itsmkit.cli.root import DEGRADED
from itsmkit.cli.session import Session
from itsmkit.cli.worker import stopping
from itsmkit.core.errors import BadInput, StoreError

PATIENCE = 10


@click.command("audit")
@click.option("--once", is_flag=True, help="Look once, then end.")
@click.option("--interval", type=click.FloatRange(1, 3600), default=60.0, show_default=True,
              help="Seconds between two looks.")  # fmt: skip
@click.option("--ping", metavar="URL|FILE", default="",
              help="Where to say that all is well: a URL to call, or a file to write.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, once: bool, interval: float, ping: str) -> None:
    """Prove that everything due has run; any trouble is told, and then the heartbeat stays away.

    Whoever watches the heartbeat hears of it when workers, auditor, host or store are gone. With `--once`, exit code
    3 where something is amiss.
    """
    session: Session = ctx.obj
    _check(ping)
    with stopping() as stop:
        if not once:
            said = session.t("Looks every {n} s, and tells what is amiss; Ctrl-C ends it.")
            show.note(said.replace("{n}", f"{interval:g}"))
        while True:
            sound = _round(session, ping)
            if once and not sound:
                ctx.exit(DEGRADED)
            if once or stop.wait(interval):
                return


def _round(session: Session, ping: str) -> bool:
    """One look; whether all is well. A store that can't be reached is told, and tried again."""
    try:
        found = session.desk.audit()
    except StoreError as fault:
        show.note(f"error: {' '.join(str(fault).split())}")
        return False
    now = session.desk.setup.world.now()
    for said in found:
        click.echo(f"{show.cell(session, 'at', now)}  {said}")
    if not found and ping:
        _ping(ping, now.isoformat(timespec="seconds"))
    return not found


def _check(ping: str) -> None:
    """BadInput where it looks like a URL and can't be called."""
    if "://" not in ping:
        return
    try:
        callable_ = urlsplit(ping).scheme in ("http", "https")
    except ValueError:
        callable_ = False
    if not callable_:
        msg = f"--ping {ping}: a URL of http or https, or a file"
        raise BadInput(msg)


def _ping(ping: str, now: str) -> None:
    """Say that all is well; where that fails it is told here, and heard of there."""
    from http.client import HTTPException
    from urllib.request import urlopen

    try:
        if "://" in ping:
            with urlopen(ping, timeout=PATIENCE) as answer:  # noqa: S310 - the scheme was checked
                answer.read(1)
        else:
            path = Path(ping)
            fresh = path.with_name(f"{path.name}.new")
            fresh.write_text(f"{now}\n", "utf-8")
            fresh.replace(path)
    except (OSError, HTTPException, ValueError) as fault:
        show.note(f"error: {ping}: {' '.join(str(fault).split())}")
