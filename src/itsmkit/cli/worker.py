"""`itsmkit worker`: what runs in the background."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import NoReturn

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import StoreError
from itsmkit.core.health import EVERY
from itsmkit.core.model.unit import Lane
from itsmkit.core.working import HOLD

STUCK = 75
"""The exit code of a worker that ended itself; a supervisor starts another."""
LIMIT = 1000
"""So much of each lane is done in a round, before sources are polled again."""


@click.command("worker")
@click.option("--once", is_flag=True, help="Do all there is to do now, then end.")
@click.option("--interval", type=click.FloatRange(0.1, 3600), default=5.0, show_default=True,
              help="Seconds to rest when there was nothing to do.")  # fmt: skip
@click.option("--hold", type=click.IntRange(2, 3600), default=HOLD, show_default=True,
              help="Seconds a batch may take; then others take it over, and a worker that hangs ends.")  # fmt: skip
@click.option("--name", default="", help="What this worker is called in `itsmkit health`; the host without it.")
@dry_run_option
@click.pass_obj
def command(session: Session, once: bool, interval: float, hold: int, name: str, dry_run: bool) -> None:
    """Poll sources, take up what was left behind, run clocks, send notifications; any number may run at once.

    SIGTERM or Ctrl-C ends it after what it is at; nothing is lost in any case. A worker that hangs in a plugin ends
    itself with exit code 75 when its lease has lapsed: have it started again by a supervisor.
    """
    if dry_run:
        _waiting(session)
        return
    worker = Worker(session, hold, name or socket.gethostname())
    with stopping() as stop:
        while not stop.is_set():
            worked = worker.round() if once else worker.patient()
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


class Watchdog(Thread):
    """Ends the process where a batch isn't done when its lease lapses: a plugin hangs, and others go on with it."""

    def __init__(self) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._until: float | None = None
        self._over = Event()

    def at_work(self, until: float | None) -> None:
        """A batch has begun that must be done by then, or with None the last one is done."""
        self._until = until

    def run(self) -> None:
        """Look every second."""
        while not self._over.wait(1):
            until = self._until
            if until is not None and monotonic() > until:
                _end()


def _end() -> NoReturn:
    show.note("error: a plugin hangs, and the lease of its work has lapsed: this worker ends, others go on with it")
    os._exit(STUCK)


class Worker:
    """A worker between its rounds: how much it has done, and when it last left a sign of life."""

    def __init__(self, session: Session, hold: int, name: str) -> None:
        self._session, self._hold, self._name = session, hold, name
        self._done, self._beaten = 0, float("-inf")
        self._watchdog = Watchdog()
        self._watchdog.start()

    def patient(self) -> int:
        """One round and a sign of life; a store that can't be reached is told and tried again after the rest."""
        try:
            done = self.round()
            self._beat()
        except StoreError as fault:
            show.note(f"error: {' '.join(str(fault).split())}")
            return 0
        return done

    def round(self) -> int:
        """One round: sources first, then what is due; how much was due."""
        session = self._session
        received = len(session.desk.poll())
        ticked = session.desk.tick(LIMIT, hold=self._hold, at_work=self._watchdog.at_work)
        done = {"received": received, "intake": ticked.intake, "work": ticked.work, "due": ticked.due,
                "news": ticked.news, "post": ticked.post}  # fmt: skip
        if any(done.values()):
            now = show.cell(session, "at", session.desk.setup.world.now())
            click.echo(f"{now}  " + ", ".join(f"{session.t(name)} {n}" for name, n in done.items() if n))
        self._done += ticked.total
        return ticked.total

    def _beat(self) -> None:
        if monotonic() - self._beaten >= EVERY.total_seconds():
            self._session.desk.beat(self._name, self._done)
            self._beaten = monotonic()


def _waiting(session: Session) -> None:
    """What a round would find."""
    for source in session.desk.sources():
        click.echo(f"{source.name}: {sum(1 for _ in source.poll())}")
    listed = ((lane, session.desk.setup.store.peek(lane)) for lane in Lane)
    found = [{"lane": str(lane), "waiting": view.waiting, "soonest": view.soonest} for lane, view in listed]
    show.table(session, found, ("lane", "waiting", "soonest"))
