"""`itsmkit subscription`: what one wants to be told, by which channel, and how often."""

import click

from itsmkit.cli import show
from itsmkit.cli.naming import recipient_name
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.notice_rules import DIGESTS

KEYS = ("rule", "recipient", "channel", "digest", "want", "firm", "urgent")


@click.group("subscription")
def command() -> None:
    """Choose what you are told, by which channel, and how often."""


@command.command("list")
@click.option("--person", default="", help="Somebody else's; needs the duty to administer.")
@form_option()
@click.pass_obj
def list_(session: Session, person: str, form: str) -> None:
    """List the rules, and what was chosen for each; "*" holds for those without a choice of their own."""
    chosen = {one.rule: one for one in session.desk.subscriptions(session.by, person)}
    rules = session.desk.setup.rules
    usual = session.desk.settings.notify.channel
    found: list[dict[str, object]] = [
        {"rule": "*", "recipient": "", "channel": one.channel, "digest": one.digest, "want": one.want}
        for one in chosen.values()
        if one.rule == "*"
    ]
    for rule in rules:
        own = chosen.get(rule.name)
        found.append(
            {
                "rule": rule.name,
                "recipient": recipient_name(session, rule.to) if form == "table" else rule.to,
                "channel": (own.channel if own else "") or rule.channel or usual,
                "digest": (own.digest if own else "") or rule.digest,
                "want": own.want if own else rule.to != "subscribers",
                "firm": rule.firm,
                "urgent": rule.urgent,
            }
        )
    show.rows(session, found, form, KEYS)


@command.command("set")
@click.argument("rule")
@click.option("--on/--off", "want", default=True, help="Whether it is wanted.")
@click.option("--channel", default="", help="By which channel; without it, by the rule's.")
@click.option("--digest", type=click.Choice([one for one in DIGESTS if one]), default=None,
              help="Collected, or one by one; without it, as the rule says.")  # fmt: skip
@click.option("--person", default="", help="For somebody else; needs the duty to administer.")
@click.pass_obj
def set_(session: Session, rule: str, want: bool, channel: str, digest: str | None, person: str) -> None:
    """Choose for a rule, or for all with "*"."""
    made = session.desk.subscribe(session.by, rule, want=want, channel=channel, digest=digest or "", person=person)
    said = " ".join(filter(None, (made.rule, "on" if made.want else "off", made.channel, made.digest)))
    click.echo(said)
