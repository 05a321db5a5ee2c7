"""`itsmkit announcement`: what is announced, and every verb of it."""

from collections.abc import Mapping
from typing import Any

import click

from itsmkit.cli import rows, show, verbs
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.announcement import Announcement, AnnouncementStatus
from itsmkit.core.model.query import Op, Query, Test

KEYS = ("number", "status", "service", "audience", "title", "text", "title_zh", "text_zh", "opened", "published",
        "withdrawn", "about", "drafted_by", "published_by", "version")  # fmt: skip
SHOWN = ("number", "status", "service", "audience", "published", "title")


@click.group("announcement", cls=verbs.group_of("announcement", {"draft": "announce"}))
def command() -> None:
    """List and show what is announced, draft it from a ticket, and do every verb of it."""


@command.command("list")
@click.option("--status", type=click.Choice([str(one) for one in AnnouncementStatus]), multiple=True,
              help="In this status; published without it.")  # fmt: skip
@click.option("--all", "all_", is_flag=True, help="Drafts and withdrawn ones too.")
@click.option("--service", help="Of this service.")
@click.option("--ticket", "about", help="About this ticket.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, /, status: tuple[str, ...], all_: bool, limit: int, form: str, **same: Any) -> None:
    """List announcements, the newest first: those published that are for the person at the keyboard."""
    where = [Test(name, value=value) for name, value in same.items() if value is not None]
    wanted = status or (() if all_ else (str(AnnouncementStatus.PUBLISHED),))
    if wanted:
        where.append(Test("status", Op.ANY_OF, wanted))
    found = rows.pages(session, Query("announcement", tuple(where), order="opened", descending=True), limit)
    read = [_row(one) for one in found]
    if form == "table":
        told = (one.told(_language(session))[0] for one in found)
        read = [{**row, "title": title} for row, title in zip(read, told, strict=True)]
    show.rows(session, read, form, KEYS, shown=SHOWN, spare=("audience", "service"), flex="title")


def _row(announcement: Announcement) -> Mapping[str, Any]:
    return {key: getattr(announcement, key) for key in KEYS}


@command.command("show")
@click.argument("number")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, number: str, form: str) -> None:
    """Show an announcement with its history, and what can be done to it."""
    announcement = rows.record(session, "announcement", number)
    title, text = announcement.told(_language(session))
    facts = {**_row(announcement), "title": title, "text": text, "title_zh": "", "text_zh": "", "version": 0}
    rows.print_record(session, announcement, {**facts, "step": rows.step_title(session, announcement)}, form)


def _language(session: Session) -> str:
    return session.language or session.settings.site.language
