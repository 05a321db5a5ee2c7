"""`itsmkit worker`: what runs in the background."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import StoreError
from itsmkit.core.model.unit import Lane


@click.command("worker")
@click.option("--once", is_flag=True, help="Do all there is to do now, then end.")
@click.option("--interval", type=click.FloatRange(0.1, 3600), default=5.0, show_default=True,
              help="Seconds to rest when there was nothing to do.")  # fmt: skip
@dry_run_option
@click.pass_obj
def command(session: Session, once: bool, interval: float, dry_run: bool) -> None:
    """Poll sources, take up what was left behind, run clocks, send notifications; any number may run at once.

    SIGTERM or Ctrl-C ends it after what it is at; nothing is lost in any case.
    """
    if dry_run:
        _waiting(session)
        return
    with stopping() as stop:
        while not stop.is_set():
            worked = _pass(session) if once else _patient(session)
            if not worked and (once or stop.wait(interval)):
                break


@contextmanager
def stopping() -> Iterator[Event]:
    """An event that is set by SIGTERM and SIGINT while this lasts."""
    stop = Event()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _patient(session: Session) -> int:
    """One round; a store that can't be reached right now is told and tried again after the rest."""
    try:
        return _pass(session)
    except StoreError as fault:
        show.note(f"error: {' '.join(str(fault).split())}")
        return 0


def _pass(session: Session) -> int:
    """One round: sources first, then what is due; how much was due."""
    received = len(session.desk.poll())
    ticked = session.desk.tick()
    done = {"received": received, "intake": ticked.intake, "work": ticked.work, "due": ticked.due,
            "news": ticked.news, "post": ticked.post}  # fmt: skip
    if any(done.values()):
        now = show.cell(session, "at", session.desk.setup.world.now())
        click.echo(f"{now}  " + ", ".join(f"{session.t(name)} {n}" for name, n in done.items() if n))
    return ticked.total


def _waiting(session: Session) -> None:
    """What a round would find."""
    for source in session.desk.sources():
        click.echo(f"{source.name}: {sum(1 for _ in source.poll())}")
    listed = ((lane, session.desk.setup.store.peek(lane)) for lane in Lane)
    found = [{"lane": str(lane), "waiting": view.waiting, "soonest": view.soonest} for lane, view in listed]
    show.table(session, found, ("lane", "waiting", "soonest"))
