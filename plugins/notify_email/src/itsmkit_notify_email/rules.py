"""Who is told what of an incident, as data: one row a rule, matched against each event of a ticket."""

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import frozen

from itsmkit import Event, NoticeDraft, Ticket
from itsmkit_notify_email.facts import facts

CHANNEL = "email"

REQUESTER, ASSIGNED, OWNER, ESCALATION = "requester", "assigned", "owner", "escalation"
"""Recipients that depend on the ticket or the event; any other is taken as it stands ("role:<role>")."""

MANAGER = "role:manager"
STAFF_FACTS = ("priority", "team", "due", "reporter")


@frozen
class On:
    """A sort of event: its code, and where they are given its step, outcome, audience and arguments."""

    code: str
    step: str = ""
    outcome: str = ""
    audience: str = ""
    args: tuple[tuple[str, Any], ...] = ()

    def fits(self, event: Event) -> bool:
        """Whether the event is of this sort."""
        wanted = (self.code, self.step, self.outcome, self.audience)
        found = (event.code, event.step, event.outcome, event.audience)
        return all(not want or want == have for want, have in zip(wanted, found, strict=True)) and all(
            event.args.get(name) == value for name, value in self.args
        )


@frozen
class Rule:
    """One row: the events it holds for, whom it tells, and which facts beside the usual ones.

    Its name is that of its template. A rule that `confirms` tells also the one who caused the event: the number of
    a report is news to its reporter. `urgent` notices go out before others.
    """

    name: str
    to: str
    on: tuple[On, ...]
    tells: tuple[str, ...] = ()
    confirms: bool = False
    urgent: bool = False


RULES = (
    Rule("received", REQUESTER, (On("opened"),), ("by_mail",), confirms=True),
    Rule("joined", REQUESTER, (On("joined", args=(("requester", True),)),), ("by_mail",), confirms=True),
    Rule("progress", REQUESTER, (On("comment", audience="public"),), ("said",)),
    Rule("visit", REQUESTER, (On("visit"),), ("visit_at", "visitor", "place", "said")),
    Rule("resolved", REQUESTER, (On("step", "IM4.6", "yes"),), ("solution", "workaround")),
    Rule("reopened", REQUESTER, (On("step", "IM5.2", "no"), On("reopen"))),
    Rule("closed", REQUESTER, (On("step", "IM5.5", "closed"),), ("silence",)),
    Rule(
        "assigned",
        ASSIGNED,
        # A person's assignment to a further line is the answer to IM2.11; one to line 1 answers no step.
        (On("assigned"), On("step", "IM2.11", "assigned"), On("assign", args=(("line", 1),))),
        (*STAFF_FACTS, "report"),
    ),
    Rule("declined", OWNER, (On("decline"),), (*STAFF_FACTS, "said", "suggested")),
    Rule("complaint", MANAGER, (On("step", "IM2.2", "yes"),), (*STAFF_FACTS, "report")),
    Rule(
        "highest_priority",
        MANAGER,
        (On("step", "IM2.4", "yes"), On("reprioritise", args=(("priority", 1),))),
        (*STAFF_FACTS, "report"),
        urgent=True,
    ),
    Rule(
        "escalated",
        ESCALATION,
        (On("escalate"), On("escalated")),
        (*STAFF_FACTS, "said", "clock", "share"),
        urgent=True,
    ),
)


def drafts(rules: Iterable[Rule], event: Event, ticket: Ticket) -> Iterator[NoticeDraft]:
    """The notices that the rules ask for: none to a machine that reported, none to who did it themselves."""
    for rule in rules:
        if not any(one.fits(event) for one in rule.on):
            continue
        if rule.to == REQUESTER and event.args.get("automatic"):
            continue  # two autoresponders would talk to each other for ever
        people = event.args.get("people", ()) if rule.to == ESCALATION else ()
        for to in (f"person:{one}" for one in people) if people else (recipient(rule.to, event, ticket),):
            if to and (event.by != _person(to, ticket) or rule.confirms):
                yield NoticeDraft(rule.name, to, CHANNEL, rule.name, facts(rule.tells, event, ticket), rule.urgent)


def recipient(to: str, event: Event, ticket: Ticket) -> str:
    """Whom a rule's `to` means for that event, "" where there is nobody."""
    if to == REQUESTER:
        return REQUESTER if ticket.requester or ticket.contact.mail else ""
    if to == ASSIGNED:
        return _assigned(ticket)
    if to == OWNER:
        return f"person:{ticket.owner}" if ticket.owner else "role:desk"
    if to == ESCALATION:
        role = event.args.get("role")
        return f"role:{role}" if role else _assigned(ticket)
    return to


def _assigned(ticket: Ticket) -> str:
    if ticket.assignee:
        return f"person:{ticket.assignee}"
    return f"team:{ticket.team}" if ticket.team else ""


def _person(to: str, ticket: Ticket) -> str:
    return f"person:{ticket.requester}" if to == REQUESTER else to
