"""`itsmkit access`: who may do what and why, deputies, and an administrator's look at everything."""

from datetime import datetime

import click

from itsmkit.cli import show
from itsmkit.cli.options import Moment, dry_run_option, form_option
from itsmkit.cli.session import Session

RULES = ("rule", "holds", "said")
DUTIES = ("role", "duties")


@click.group("access")
def command() -> None:
    """Who may do what, and why."""


@command.command("explain")
@click.argument("who")
@click.argument("verb")
@click.argument("number")
@form_option()
@click.pass_obj
def explain(session: Session, who: str, verb: str, number: str, form: str) -> None:
    """Say why WHO may or may not do VERB to the record of that NUMBER.

    All three rules must hold: a duty that the verb needs, a record within reach, a state that the verb fits. WHO is an
    id or a key such as mail:ann@example.org.
    """
    found = session.desk.permits(who, verb, number, by=session.by)
    if form == "table":
        allowed = all(one.holds for one in found)
        click.echo(f"{who}  {verb}  {number}: {session.t('allowed') if allowed else session.t('refused')}")
        click.echo()
    rows = [{key: getattr(one, key) for key in RULES} for one in found]
    show.rows(session, rows, form, RULES, flex="said", wrap=True)


@command.command("roles")
@form_option()
@click.pass_obj
def roles(session: Session, form: str) -> None:
    """List the roles of the organisation model in force, and the duties of each."""
    rows = [{"role": role, "duties": duties} for role, duties in session.desk.roles()]
    show.rows(session, rows, form, DUTIES, flex="duties", wrap=True)


@command.command("deputise")
@click.argument("deputy")
@click.option("--for", "absent", default="", metavar="PERSON", help="Whom they stand in for; without it for you.")
@click.option("--since", type=Moment(), help="From when; now without it.")
@click.option("--until", type=Moment(), required=True, help="Until when.")
@dry_run_option
@click.pass_obj
def deputise(
    session: Session, deputy: str, absent: str, since: datetime | None, until: datetime, dry_run: bool
) -> None:
    """Let DEPUTY stand in for somebody who is away: with their duties and tickets, within the deputy's own ceiling."""
    done = session.desk.deputise(absent or session.by.person, deputy, since, until, by=session.by, dry_run=dry_run)
    _said(session, f"{done.name}  {session.t('until')} {until.astimezone(session.zone):%Y-%m-%d %H:%M}", dry_run)


@command.command("break-glass")
@click.option("--reason", required=True, help="Why; it is journalled.")
@click.option("--minutes", type=click.IntRange(1, 60), default=30, show_default=True, help="For how long.")
@dry_run_option
@click.pass_obj
def break_glass(session: Session, reason: str, minutes: int, dry_run: bool) -> None:
    """As an administrator, see everything and do the desk's work for a while; all of it says so in the journal."""
    done = session.desk.break_glass(reason, minutes, by=session.by, dry_run=dry_run)
    until = f"{done.glass.until.astimezone(session.zone):%Y-%m-%d %H:%M}" if done.glass else ""
    _said(session, f"{done.name}  {session.t('until')} {until}", dry_run)


def _said(session: Session, line: str, dry_run: bool) -> None:
    click.echo(line)
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))
