"""`itsmkit agreement`: which targets would hold for a ticket, and whether the promises to customers can be kept."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.naming import clock_name, length
from itsmkit.cli.options import form_option
from itsmkit.cli.root import DEGRADED
from itsmkit.cli.session import Session
from itsmkit.core.agreements import Finding, findings, imagined, targets
from itsmkit.core.model.organisation import Duty
from itsmkit.core.who import demand
from itsmkit.opening import named

KEYS = ("priority", "kind", "clock", "party", "seconds", "calendar", "starts", "stops", "restarts", "pauses", "why")
SHOWN = ("priority", "clock", "target", "calendar", "why")
CHECKED = ("clock", "seconds", "calendar", "why", "rests_on", "kept", "start", "due", "done", "late")
FOUND = ("clock", "target", "rests_on", "state")
WORDS = ("services", "customers")


@click.group("agreement")
def command() -> None:
    """Service levels as agreed: SLAs to customers, OLAs of teams, contracts of vendors."""


@command.command("show")
@click.option("--priority", type=click.IntRange(1), default=None, help="Only of this priority; without it, of each.")
@click.option("--kind", default="incident", show_default=True, help="For a ticket of this kind …")
@click.option("--service", default="", help="… that hits this service …")
@click.option("--customer", default="", help="… of this customer …")
@click.option("--team", default="", help="… with this team, and its vendor, if it has one.")
@form_option()
@click.pass_obj
def show_(
    session: Session, form: str, *, priority: int | None, kind: str, service: str, customer: str, team: str
) -> None:
    """Print the targets that would hold for such a ticket, and which rule won over which."""
    desk = session.desk
    demand(session.by, "reading agreements", Duty.RECORD, Duty.HANDLE, Duty.MANAGE, Duty.OWN_PROCESS, Duty.ADMINISTER)
    setup = desk.setup
    holder = setup.site.team(team) if team else None
    if team and holder is None:
        msg = f"unknown team {team!r}; the site knows {', '.join(one.id for one in setup.site.teams) or 'none'}"
        raise click.UsageError(msg)
    facts: dict[str, Any] = {"kind": kind, "service": service, "customer": customer}
    facts |= {"team": holder.id, "line": holder.line, "vendor": holder.vendor} if holder else {}
    levels = [priority] if priority else range(1, len(setup.policy.rules.priorities) + 1)
    now = setup.world.now()
    found = [
        {
            "priority": level,
            "kind": one.kind,
            "clock": clock_name(session, one.kind, one.name, one.party) if form == "table" else one.name,
            "party": one.party,
            "target": length(one.seconds),
            "seconds": one.seconds,
            "calendar": one.calendar,
            "starts": one.starts,
            "stops": one.stops,
            "restarts": one.restarts,
            "pauses": one.pauses,
            "why": one.why,
        }
        for level in levels
        for one in targets(setup, imagined(now, priority=level, **facts), now)
    ]
    show.rows(session, found, form, KEYS, shown=SHOWN, spare=("calendar",), flex="why", wrap=True)


@command.command("check")
@form_option()
@click.pass_context
def check(ctx: click.Context, form: str) -> None:
    """Whether each SLA can be met by the OLAs and contracts that it rests on; exit code 3 where one can't.

    Each party may take all its time, one behind the other. Where that is too long, the worst moment to start at
    is the proof; moments of the year to come are looked at.
    """
    session: Session = ctx.obj
    demand(session.by, "checking agreements", Duty.MANAGE, Duty.OWN_PROCESS, Duty.ADMINISTER)
    found = list(checked(session))
    if form == "table":
        if found:
            show.table(session, [_shown(session, one) for one in found], FOUND, flex="rests_on", wrap=True)
        for one in found:
            if not one.kept:
                click.echo()
                show.hang("", told(session, one))
        if not found:
            click.echo(session.t("No SLA rests on an OLA or a contract."))
    else:
        show.rows(session, (_plain(one) for one in found), form, CHECKED)
    if not all(one.kept for one in found):
        ctx.exit(DEGRADED)


def checked(session: Session) -> Iterator[Finding]:
    """The findings of the desk's agreements: the words that its plugins' settings name are those they may go by."""
    setup = session.desk.setup
    words = {key: named(key, session.settings.plugin) for key in WORDS}
    return findings(setup, setup.world.now(), words)


def told(session: Session, finding: Finding) -> str:
    """A promise that can't be kept, by its worst starting moment."""
    worst = finding.worst
    at, due, done = (show.cell(session, "at", one) for one in (worst.at, worst.due, worst.done))
    words = session.t(
        "{clock} of {why} can't be kept: started at {at} it is due at {due}, but they may take until {done}"
    )
    name = clock_name(session, finding.sla.kind, finding.sla.name)
    return words.format(clock=name, why=finding.sla.why, at=at, due=due, done=done)


def _shown(session: Session, finding: Finding) -> Mapping[str, Any]:
    rests_on = " + ".join(
        f"{clock_name(session, one.kind, one.name, one.party)} {length(one.seconds)} {one.calendar}"
        for one in finding.route
    )
    return {
        "clock": clock_name(session, finding.sla.kind, finding.sla.name),
        "target": f"{length(finding.sla.seconds)} {finding.sla.calendar}",
        "rests_on": rests_on,
        "state": "kept" if finding.kept else "faulty",
    }


def _plain(finding: Finding) -> Mapping[str, Any]:
    worst = finding.worst
    return {
        "clock": finding.sla.name,
        "seconds": finding.sla.seconds,
        "calendar": finding.sla.calendar,
        "why": finding.sla.why,
        "rests_on": [[one.kind, one.name, one.party, one.seconds, one.calendar] for one in finding.route],
        "kept": finding.kept,
        "start": worst.at,
        "due": worst.due,
        "done": worst.done,
        "late": max(-int(worst.left.total_seconds()), 0),
    }
