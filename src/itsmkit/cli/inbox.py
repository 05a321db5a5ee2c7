"""`itsmkit inbox`: messages that were kept and not finished."""

from collections.abc import Iterable

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import BadInput

KEYS = ("id", "state", "channel", "mailbox", "name", "at", "size", "lapses", "next_try")
REPLAYED = ("received", "state", "number")
DROPPED = ("id", "state", "channel", "at")


@click.group("inbox")
def command() -> None:
    """Messages that are kept and not finished, since whoever took them in died over them or met a fault."""


@command.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, limit: int, form: str) -> None:
    """List them, the oldest first; a parked one waits for you."""
    listed = (
        {
            **{key: getattr(one.received, key, None) for key in KEYS},
            "state": one.stands,
            "lapses": one.lapses,
            "next_try": one.next_try,
        }
        for one in session.desk.operator(session.by).inbox(limit)
    )
    show.rows(session, listed, form, KEYS, spare=("mailbox", "size"), flex="name")


@command.command("replay")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--all", "all_", is_flag=True, help="All that are kept and not finished.")
@dry_run_option
@form_option()
@click.pass_obj
def replay(session: Session, ids: tuple[str, ...], all_: bool, dry_run: bool, form: str) -> None:
    """Run messages through intake again."""
    wanted = _ids(session, ids, all_=all_)
    receipts = [session.desk.operator(session.by).replay_message(one, dry_run=dry_run) for one in wanted]
    show.rows(session, (show.plain(one) for one in receipts), form, REPLAYED)
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))


@command.command("drop")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, help="Why it needs no ticket; the journal keeps it.")
@dry_run_option
@form_option()
@click.pass_obj
def drop(session: Session, ids: tuple[str, ...], reason: str, dry_run: bool, form: str) -> None:
    """Give messages up for good."""
    dropped = [session.desk.operator(session.by).drop_message(one, reason, dry_run=dry_run) for one in ids]
    show.rows(session, ({key: getattr(one, key) for key in DROPPED} for one in dropped), form, DROPPED)
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))


def _ids(session: Session, ids: tuple[str, ...], *, all_: bool) -> Iterable[str]:
    if bool(ids) is all_:
        msg = "name messages by their ids, or all of them by --all"
        raise BadInput(msg)
    return ids or [one.received.id for one in session.desk.operator(session.by).inbox(100_000)]
