"""`itsmkit referral`: what is with vendors and others, and every verb of theirs."""

from collections.abc import Mapping
from typing import Any

import click

from itsmkit.cli import rows, show, verbs
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.referral import Referral, ReferralStatus
from itsmkit.i18n import label

KEYS = ("number", "about", "status", "step", "help", "vendor", "person", "team", "name", "capacity", "reference",
        "title", "opened", "acknowledged", "closed", "outcome", "version")  # fmt: skip
FACTS = ("about", "title", "status", "help", "capacity", "reference", "service", "ci", "asked_by", "home", "request",
         "evidence", "ruling", "ruled_by", "reason", "solution", "opened", "acknowledged", "closed",
         "outcome")  # fmt: skip
SHOWN = ("number", "about", "status", "counterpart", "reference", "opened", "title")
MOST = 200


@click.group("referral", cls=verbs.group_of("referral"))
def command() -> None:
    """List and show referrals, to vendors and to others who were asked for help, and do every verb to them."""


@command.command("list")
@click.option(
    "--status", type=click.Choice([str(one) for one in ReferralStatus]), multiple=True, help="In this status."
)
@click.option("--open", "open_", is_flag=True, help="Not closed yet.")
@click.option("--ticket", "about", help="Of this ticket.")
@click.option("--vendor", help="With this vendor.")
@click.option("--reference", help="Under this number of the vendor's.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, /, status: tuple[str, ...], open_: bool, limit: int, form: str, **same: str | None) -> None:
    """List referrals, the newest first."""
    where = [Test(name, value=value) for name, value in same.items() if value is not None]
    wanted = status or (tuple(str(one) for one in ReferralStatus if one is not ReferralStatus.CLOSED) if open_ else ())
    if wanted:
        where.append(Test("status", Op.ANY_OF, wanted))
    found = rows.pages(session, Query("referral", tuple(where), order="opened", descending=True), limit)
    listed = ({**{key: getattr(one, key) for key in KEYS}, "counterpart": party(one)} for one in found)
    show.rows(session, listed, form, KEYS, shown=SHOWN, spare=("opened", "reference"), flex="title")


def of(session: Session, number: str) -> list[Referral]:
    """The referrals of a ticket that the reader may see, the oldest first."""
    query = Query("referral", (Test("about", value=number),), order="opened")
    found = session.desk.find(query, session.by, limit=MOST).items
    return [one for one in found if isinstance(one, Referral)]


def line(session: Session, referral: Referral) -> str:
    """A referral in a line: its number, whom it is with, how it stands, and the vendor's number."""
    words = (
        referral.number,
        party(referral),
        label(session.t, referral.outcome or referral.status),
        referral.reference,
    )
    return "  ".join(filter(None, words))


def party(referral: Referral) -> str:
    """Whom it is with, in a word."""
    return next(filter(None, (*referral.party[:3], referral.name, referral.mail)), "")


@command.command("show")
@click.argument("number")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, number: str, form: str) -> None:
    """Show a referral with the words of both sides, and what can be done to it."""
    referral = rows.record(session, "referral", number)
    rows.print_record(session, referral, _facts(session, referral), form)


def _facts(session: Session, referral: Referral) -> Mapping[str, Any]:
    facts = {"number": referral.number, "counterpart": party(referral), "step": rows.step_title(session, referral)}
    files = tuple(f"{one.name} ({one.size} B)" for one in referral.files)
    return {**facts, **{key: getattr(referral, key) for key in FACTS}, "attachments": files}
