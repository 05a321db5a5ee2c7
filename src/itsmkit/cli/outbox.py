"""`itsmkit outbox`: notices that wait, failed or are dead."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import BadInput
from itsmkit.core.model.notice import Notice
from itsmkit.core.outbox import STANDS

KEYS = ("id", "state", "number", "recipient", "channel", "rule", "queued", "tries", "next_try", "error")
SHOWN = ("id", "state", "number", "recipient", "channel", "tries", "next_try", "error")
DONE = ("id", "number", "recipient", "channel", "state")


@click.group("outbox")
def command() -> None:
    """Notices that wait for their delivery, failed, or are dead."""


@command.command("list")
@click.option(
    "--state", "states", type=click.Choice([*STANDS, "parked"]), multiple=True, help="Only those that stand so."
)
@click.option("--channel", default="", help="Only those of this channel.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, states: tuple[str, ...], channel: str, limit: int, form: str) -> None:
    """List what isn't delivered, the oldest first, with the last error and the next try."""
    found = session.desk.operator(session.by).outbox(*states, channel=channel, limit=limit)
    listed = ({**_row(one.notice), "state": one.stands, "next_try": one.next_try} for one in found)
    show.rows(session, listed, form, KEYS, shown=SHOWN, spare=("channel",), flex="error", wrap=True)


def _row(notice: Notice) -> Mapping[str, Any]:
    return {key: getattr(notice, key, None) for key in KEYS}


@command.command("retry")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "all_", is_flag=True, help="All dead letters.")
@click.option("--channel", default="", help="With --all: only those of this channel.")
@dry_run_option
@form_option()
@click.pass_obj
def retry(session: Session, ids: tuple[str, ...], all_: bool, channel: str, dry_run: bool, form: str) -> None:
    """Try notices again at once, as if for the first time."""
    _print(session, [session.desk.operator(session.by).retry_notice(one, dry_run=dry_run)
                     for one in _ids(session, ids, channel, all_=all_)], form, dry_run=dry_run)  # fmt: skip


@command.command("drop")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "all_", is_flag=True, help="All dead letters.")
@click.option("--channel", default="", help="With --all: only those of this channel.")
@click.option("--reason", required=True, help="Why nobody needs to be told any more; the journal keeps it.")
@dry_run_option
@form_option()
@click.pass_obj
def drop(session: Session, ids: tuple[str, ...], all_: bool, channel: str, reason: str, dry_run: bool,
         form: str) -> None:  # fmt: skip
    """Give notices up for good."""
    _print(session, [session.desk.operator(session.by).drop_notice(one, reason, dry_run=dry_run)
                     for one in _ids(session, ids, channel, all_=all_)], form, dry_run=dry_run)  # fmt: skip


def _ids(session: Session, ids: tuple[str, ...], channel: str, *, all_: bool) -> Iterable[str]:
    if bool(ids) is all_:
        msg = "name notices by their ids, or all dead ones by --all"
        raise BadInput(msg)
    if channel and not all_:
        msg = "--channel goes with --all"
        raise BadInput(msg)
    if ids:
        return ids
    found = [one.notice for one in session.desk.operator(session.by).outbox("dead", channel=channel, limit=100_000)]
    dead = {one.id for one in found}
    return [one.id for one in found if one.digest not in dead]  # a digest takes what it collected with it


def _print(session: Session, found: Iterable[Notice], form: str, *, dry_run: bool) -> None:
    show.rows(session, map(_row, found), form, DONE)
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))
