"""`itsmkit ticket`: report, list, show, and every verb out of the one list of them."""

from typing import Any

import attrs
import click

from itsmkit.cli import referral, rows, show, verbs
from itsmkit.cli.options import Moment, Prose, dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.errors import BadInput
from itsmkit.core.model.message import Report
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.ticket import Contact, Status
from itsmkit.core.text import terms

REASSIGNED = ("number", "old", "team", "person", "refused")
CONTACT = tuple(one.name for one in attrs.fields(Contact) if one.name != "person")


@click.group("ticket", cls=verbs.group_of("ticket"))
def command() -> None:
    """Report, list and show tickets, and do every verb of the process to them."""


@command.command("report")
@click.option("--title", required=True, help="What it is about, in a line.")
@click.option("--text", type=Prose(), default="", help='All there is to say; "-" reads it from standard input.')
@click.option("--channel", default="phone", show_default=True, help="How it came in: phone, web, chat …")
@click.option("--name", default="", help="Who reports; without any of these the person at the keyboard does.")
@click.option("--mail", default="", help="Their mail address, by which they are known.")
@click.option("--phone", default="", help="Their phone number, by which they are known.")
@click.option("--employee", default="", help="Their employee number, by which they are known.")
@click.option("--department", default="", help="Their department.")
@click.option("--company", default="", help="Their company.")
@click.option("--kind", default="", help="incident, service_request, inquiry or complaint.")
@click.option("--category", default="", help="The category, as the site names it.")
@click.option("--service", default="", help="The service that is hit.")
@click.option("--item", default="", help="The item of the service catalogue that is asked for.")
@click.option("--ci", default="", help="The configuration item.")
@click.option("--impact", type=int, default=0, help="How much is hit, 1 the highest.")
@click.option("--urgency", type=int, default=0, help="How soon it must be mended, 1 the highest.")
@click.option("--stated", default="", help="The priority that the customer states.")
@click.option("--place", default="", help="Where it happened.")
@click.option("--happened", type=Moment(), help="When it happened.")
@click.option("--expected", type=Moment(), help="By when the customer expects a solution.")
@click.option("--reason", default="", help="Why it hurts the business.")
@click.option("--symptom", default="", help="The symptom.")
@click.option("--configuration", default="", help="Software and hardware configuration.")
@click.option("--on-site", is_flag=True, help="Somebody must go there.")
@dry_run_option
@form_option("table", "json")
@click.pass_obj
def report(session: Session, /, dry_run: bool, form: str, **given: Any) -> None:
    """Report a matter, for oneself or for somebody who called."""
    contact = Contact(**{name: given.pop(name) for name in CONTACT})
    typed = Report(contact=contact, **given)
    if dry_run:
        receipt, ticket = session.desk.foresee(session.desk.typed_in(typed, session.by))
    else:
        receipt, ticket = session.desk.report(typed, session.by), None
    if form == "json":
        show.print_json({**show.plain(receipt), "dry_run": dry_run})
        return
    click.echo(f"{receipt.number}  {session.t(receipt.state)}")
    if ticket is not None:
        show.facts(session, rows.ticket_facts(session, ticket))
        show.note(session.t("dry run: nothing was stored"))


@command.command("list")
@click.option("--status", type=click.Choice([str(one) for one in Status]), multiple=True, help="In this status.")
@click.option("--open", "open_", is_flag=True, help="Not closed yet.")
@click.option("--kind", help="Of this kind.")
@click.option("--category", help="Of this category.")
@click.option("--service", help="Hitting this service.")
@click.option("--priority", type=int, help="Of this priority.")
@click.option("--team", help="With this team.")
@click.option("--assignee", help="With this person.")
@click.option("--requester", help="Reported by this person.")
@click.option("--master", help="Linked to this master incident.")
@click.option("--month", "opened_month", help="Opened in this month, as 2026-11.")
@click.option("--words", default="", help="With some of these words in title or text.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@form_option()
@click.pass_obj
def list_(session: Session, /, status: tuple[str, ...], open_: bool, words: str, limit: int, form: str,
          **same: Any) -> None:  # fmt: skip
    """List tickets, the newest first."""
    where = [Test(name, value=value) for name, value in same.items() if value is not None]
    wanted = status or (tuple(str(one) for one in Status if one is not Status.CLOSED) if open_ else ())
    if wanted:
        where.append(Test("status", Op.ANY_OF, wanted))
    like = terms(words)
    if words and not like:
        msg = f"--words {words!r} holds nothing to search for"
        raise BadInput(msg)
    query = Query("ticket", tuple(where), like, order="opened", descending=True)
    found = rows.pages(session, query, limit)
    rows.print_rows(session, found, form, "ticket")


@command.command("reassign")
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--queue", default="", help="Those on this work list.")
@click.option("--to", "team", required=True, metavar="TEAM", help="The team that gets them.")
@click.option("--person", default="", help="The person of it.")
@click.option("--why", default="", help="Why; it stands on each ticket.")
@click.option("--command", default="", metavar="ID", help="Doing it again under this id changes nothing.")
@dry_run_option
@form_option()
@click.pass_obj
def reassign(session: Session, numbers: tuple[str, ...], queue: str, team: str, person: str, why: str, command: str,
             dry_run: bool, form: str) -> None:  # fmt: skip
    """Assign many tickets at once; what is refused is named, and ends in exit code 1, the rest is done."""
    done = session.desk.reassign(session.by, team, queue=queue, numbers=numbers, person=person, why=why,
                                 command=command, dry_run=dry_run)  # fmt: skip
    told = ({key: getattr(one, key) for key in REASSIGNED} for one in done)
    show.rows(session, told, form, REASSIGNED, flex="refused", wrap=True)
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))
    if any(one.refused for one in done):
        raise SystemExit(1)


@command.command("show")
@click.argument("number")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, number: str, form: str) -> None:
    """Show a ticket with its history, and what can be done to it."""
    ticket = session.desk.ticket(number, session.by)
    dead = [f"{one.recipient} ({one.channel}): {one.error}" for one in session.desk.dead_letters(number, session.by)]
    beside = [referral.line(session, one) for one in referral.of(session, ticket.number)]
    told = {"referrals": "\n".join(beside), "not_delivered": "\n".join(dead)}
    facts = {**rows.ticket_facts(session, ticket), **told}
    rows.print_record(session, ticket, facts, form, not_delivered=dead)
