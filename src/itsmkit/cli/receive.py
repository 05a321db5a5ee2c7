"""`itsmkit receive`: messages, alerts and rows of reports from files."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option, form_option
from itsmkit.cli.reports import messages_of
from itsmkit.cli.session import Session
from itsmkit.core.errors import Degraded, NotAllowed
from itsmkit.core.model.message import Message, Receipt
from itsmkit.i18n import label

KEYS = ("file", "state", "number", "received")
FEW = 20
BATCH = 100


@click.command("receive")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...|-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--channel", default="", help="How they came in; without it what the reader of a message says.")
@click.option("--mailbox", default="", help="Where they came in, if there is more than one place.")
@click.option("--rows", is_flag=True, help="The files are CSV or JSON lines, each row a report.")
@dry_run_option
@form_option()
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], channel: str, mailbox: str, rows: bool, dry_run: bool,
            form: str) -> None:  # fmt: skip
    """Take in messages and alerts, a file each, recognised by their content; a directory stands for its files.

    What was taken in before is not taken in again. "-" reads one message from standard input.
    """
    session: Session = ctx.obj
    by = _by(session)
    files = list(_files(paths))
    troubles: list[str] = []
    messages: Iterable[Message]
    if rows:
        messages = reports = [one for path in files for one in messages_of(path, _bytes(path), session.zone, by)]
        length = len(reports)
    else:
        messages, length = _messages(files, channel, mailbox, by, troubles), len(files)
    found = list(_taken(session, messages, length, dry_run=dry_run))
    _print(session, found, form)
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))
    for trouble in troubles:
        show.note(f"error: {trouble}")
    if troubles:
        ctx.exit(1)


def _by(session: Session) -> str:
    """Who hands them in; taking in goes on where nobody is known."""
    try:
        return session.by.id
    except (Degraded, NotAllowed):
        if session.as_:
            raise
        return ""


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if str(path) != "-" and path.is_dir():
            yield from sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        else:
            yield path


def _bytes(path: Path) -> bytes:
    return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()


def _messages(files: Iterable[Path], channel: str, mailbox: str, by: str, troubles: list[str]) -> Iterator[Message]:
    """The messages in the files; what can't be read is told and left where it is."""
    for path in files:
        try:
            raw = _bytes(path)
        except OSError as fault:
            troubles.append(f"{path}: {fault.strerror}")
        else:
            yield Message(raw, channel, mailbox, "" if str(path) == "-" else path.name, by)


def _taken(session: Session, messages: Iterable[Message], length: int, *, dry_run: bool) -> Iterator[Mapping[str, Any]]:
    with show.progress(session.t("receiving"), length) as bar:
        for batch in _batches(messages):
            receipts = _foreseen(session, batch) if dry_run else session.desk.receive_many(batch)
            bar.update(len(batch))
            yield from map(_row, batch, receipts)


def _foreseen(session: Session, batch: Iterable[Message]) -> list[Receipt]:
    return [session.desk.foresee(one)[0] for one in batch]


def _batches(messages: Iterable[Message]) -> Iterator[list[Message]]:
    batch: list[Message] = []
    for message in messages:
        batch.append(message)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _row(message: Message, receipt: Receipt) -> Mapping[str, Any]:
    return {"file": message.name or "-", "state": receipt.state, "number": receipt.number, "received": receipt.received}


def _print(session: Session, found: list[Mapping[str, Any]], form: str) -> None:
    if form != "table" or len(found) <= FEW:
        show.rows(session, found, form, KEYS, shown=KEYS[:3], flex="file")
    if form == "table":
        counts = Counter(one["state"] for one in found)
        click.echo(", ".join(f"{label(session.t, state)} {n}" for state, n in counts.most_common()) or "0")
