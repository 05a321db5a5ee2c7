"""Who is told what, as data: one row a rule, matched against each event of a ticket; the shipped rows and a site's."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from attrs import field, frozen
from attrs.validators import ge, in_, matches_re

from itsmkit.core.model.announcement import Announcement
from itsmkit.core.model.event import NOTHING, PUBLIC, TO_REQUESTER, Event
from itsmkit.core.model.notice import NoticeDraft
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.notice_facts import FACTS, facts, side_facts

REQUESTER, ASSIGNED, OWNER, ESCALATION, GOING = "requester", "assigned", "owner", "escalation", "going"
"""Recipients that depend on the ticket or the event; any other is taken as it stands ("role:<role>")."""
OF_TICKETS = (REQUESTER, ASSIGNED, OWNER, ESCALATION, GOING)
GROUP, SUBSCRIBERS = "channel", "subscribers"
PARTY, ASKER = "party", "asker"
"""The two sides of a referral: who was asked, and the house, or whoever of a vendor's staff asked."""
RECIPIENTS = (*OF_TICKETS, GROUP, SUBSCRIBERS, PARTY, ASKER)
TICKETS, REFERRALS = "ticket", "referral"
"""What a rule is about; those about tickets tell of announcements as well."""
NAMED = ("person:", "team:", "role:")
DIGESTS = ("", "at once", "hourly", "daily")
"""How often notices go out: "" as usual, "at once" one by one."""

MANAGER = "role:manager"
STAFF_FACTS = ("priority", "team", "due", "reporter")
NOT_TOLD = "not_told"
"""The event on a ticket that one of its notices was given up or parked."""
ASSIGNS = ("assigned", "assign", "split", "task")
"""The events that name whom something is given to, where they name a team."""
_NAME = r"[a-z][a-z0-9_-]{0,63}"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"


@frozen
class On:
    """A sort of event: its code, and where they are given its step, outcome, audience and arguments.

    "public" is what the requester reads, and so what is between them and the house alone as well.
    """

    code: str
    step: str = ""
    outcome: str = ""
    audience: str = ""
    args: Mapping[str, Any] = NOTHING

    def fits(self, event: Event) -> bool:
        """Whether the event is of this sort."""
        wanted = (self.code, self.step, self.outcome, self.audience)
        audience = PUBLIC if event.audience in TO_REQUESTER else event.audience
        found = (event.code, event.step, event.outcome, audience)
        return all(not want or want == have for want, have in zip(wanted, found, strict=True)) and all(
            event.args.get(name) == value for name, value in self.args.items()
        )


def _is_recipient(_rule: Any, _attribute: Any, to: str) -> None:
    if to not in RECIPIENTS and not (to.startswith(NAMED) and to.partition(":")[2]):
        raise ValueError(f"to {to!r} is none of {', '.join(RECIPIENTS)}, person:ID, team:ID and role:ROLE")


def _are_facts(_rule: Any, _attribute: Any, names: tuple[str, ...]) -> None:
    if unknown := [name for name in names if name not in FACTS]:
        raise ValueError(f"tells {', '.join(unknown)}, which no notice knows; there are {', '.join(FACTS)}")


def _is_something(_rule: Any, _attribute: Any, on: tuple[On, ...]) -> None:
    if not on:
        raise ValueError("on names no event: the rule would never tell anything")


@frozen
class NotifyRule:
    """One row: the events it holds for, whom it tells by which channel, and which facts beside the usual ones.

    Without a `channel` the site's usual one is meant, without a `template` the one named as the rule. `kinds`,
    `priorities`, `services` and `major` narrow it down to tickets of those. A rule that `confirms` tells also who
    caused the event: the number of a report is news to its reporter. `urgent` notices go out at night as well. Nobody
    can opt out of a `firm` rule. A `digest` ("hourly", "daily") collects what it has to say. `language` is used
    instead of the recipient's. A rule is `about` tickets or about referrals, whose events only the two sides are told.
    """

    name: str = field(validator=matches_re(_NAME))
    to: str = field(validator=_is_recipient)
    on: tuple[On, ...] = field(validator=_is_something)
    tells: tuple[str, ...] = field(default=(), validator=_are_facts)
    channel: str = ""
    template: str = ""
    language: str = field(default="", validator=in_(("", "en", "zh")))
    kinds: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    services: tuple[str, ...] = ()
    major: bool = False
    urgent: bool = False
    confirms: bool = False
    firm: bool = False
    digest: str = field(default="", validator=in_(DIGESTS))
    about: str = field(default=TICKETS, validator=in_((TICKETS, REFERRALS)))

    def __attrs_post_init__(self) -> None:
        of_sides = self.to in (PARTY, ASKER)
        if self.about == TICKETS and of_sides:
            raise ValueError(f"to {self.to!r} is for rules about referrals; say about = {REFERRALS!r}")
        if self.about == REFERRALS and not (of_sides or self.to == OWNER or self.to.startswith(("person:", "role:"))):
            raise ValueError(f"to {self.to!r} may not read referrals; tell party, asker, owner, person:ID or role:ROLE")

    def fits(self, event: Event, about: Ticket | Announcement) -> bool:
        """Whether the rule has something to say of that event of that ticket or announcement.

        Of an announcement only what is public is told, and to nobody by their part in a ticket.
        """
        if isinstance(about, Announcement):
            kind, priority, tells = "", 0, event.audience == PUBLIC and self.to not in OF_TICKETS
        else:
            kind, priority, tells = about.kind, about.priority, True
        return (
            tells
            and any(one.fits(event) for one in self.on)
            and (not self.kinds or kind in self.kinds)
            and (not self.priorities or priority in self.priorities)
            and (not self.services or about.service in self.services)
            and (not self.major or getattr(about, "major", False))
        )


VISIT_SET, *VISIT_OFF = (On("work_order", outcome=one, audience=PUBLIC) for one in ("schedule", "move", "cancel"))
VISIT_FACTS = ("visit_at", "visitor", "place", "said", "invitation")
BY_HOUSE, BY_PARTY = MappingProxyType({"from": "house"}), MappingProxyType({"from": "party"})
RULES = (
    NotifyRule("received", REQUESTER, (On("opened"),), ("by_mail",), confirms=True),
    NotifyRule("joined", REQUESTER, (On("joined", args={"requester": True}),), ("by_mail",), confirms=True),
    NotifyRule("progress", REQUESTER, (On("comment", audience="public"),), ("said",)),
    NotifyRule("visit", REQUESTER, (On("visit"), VISIT_SET), VISIT_FACTS),
    NotifyRule("visit_off", REQUESTER, tuple(VISIT_OFF), VISIT_FACTS),
    NotifyRule("going", GOING, (VISIT_SET, *VISIT_OFF), (*VISIT_FACTS, "reporter", "over")),
    NotifyRule("resolved", REQUESTER, (On("step", "IM4.6", "yes"),), ("solution", "workaround")),
    NotifyRule("reopened", REQUESTER, (On("step", "IM5.2", "no"), On("reopen"))),
    NotifyRule("closed", REQUESTER, (On("step", "IM5.5", "closed"),), ("silence",)),
    NotifyRule(
        "assigned",
        ASSIGNED,
        # A person's assignment to a further line is the answer to IM2.11; one to line 1 answers no step.
        (On("assigned"), On("step", "IM2.11", "assigned"), On("assign", args={"line": 1})),
        (*STAFF_FACTS, "report"),
    ),
    NotifyRule("declined", OWNER, (On("decline"),), (*STAFF_FACTS, "said", "suggested"), firm=True),
    NotifyRule("task", ASSIGNED, (On("split"), On("task", outcome="assign")), (*STAFF_FACTS, "said")),
    NotifyRule(
        "task_over",
        OWNER,
        (On("task", outcome="done"), On("task", outcome="decline")),
        (*STAFF_FACTS, "said", "suggested"),
    ),
    NotifyRule(
        "configuration", "role:configuration", (On("correct-ci"), On("submit-ci")), (*STAFF_FACTS, "ci", "said")
    ),
    NotifyRule("complaint", MANAGER, (On("step", "IM2.2", "yes"),), (*STAFF_FACTS, "report"), firm=True),
    NotifyRule(
        "highest_priority",
        MANAGER,
        (On("step", "IM2.4", "yes"), On("reprioritise", args={"priority": 1})),
        (*STAFF_FACTS, "report"),
        urgent=True,
        firm=True,
    ),
    NotifyRule("promised", REQUESTER, (On("promise", audience=PUBLIC),), ("said", "promised_from", "promised_until")),
    NotifyRule(
        "promise_broken",
        ESCALATION,
        (On("promise_broken"),),
        (*STAFF_FACTS, "said", "promised_until"),
        urgent=True,
        firm=True,
    ),
    NotifyRule(
        "announced",
        SUBSCRIBERS,
        (On("publish"), On("revise", audience=PUBLIC), On("withdraw", audience=PUBLIC)),
        ("text", "title_zh", "text_zh", "service", "over"),
    ),
    NotifyRule(
        "major_reported",  # INC-14: a site whose level "important and urgent" is another one gives its own priorities
        "role:department",
        (On("major", args={"major": True}), On("step", "IM2.3", "set"), On("reprioritise")),
        (*STAFF_FACTS, "report"),
        priorities=(1,),
        major=True,
        urgent=True,
        firm=True,
    ),
    NotifyRule(
        "escalated",
        ESCALATION,
        (On("escalate"), On("escalated")),
        (*STAFF_FACTS, "said", "clock", "share"),
        urgent=True,
        firm=True,
    ),
    NotifyRule("referred", PARTY, (On("opened"),), about=REFERRALS),
    NotifyRule(
        "told_party",
        PARTY,
        (
            On("tell", audience="public", args=BY_HOUSE),
            On("joined", audience="public", args=BY_HOUSE),
            On("settle"),
            On("withdraw"),
            On("followed", outcome="withdrawn"),
        ),
        about=REFERRALS,
    ),
    NotifyRule(
        "told_by_party",
        ASKER,
        (On("tell", args=BY_PARTY), On("joined", args=BY_PARTY), On("acknowledge"), On("return"), On("done")),
        about=REFERRALS,
    ),
    NotifyRule("disputed", MANAGER, (On("not-ours"),), firm=True, about=REFERRALS),
)
"""What a desk tells without a word from its site."""


@frozen
class Notification:
    """How a site tells people: its own rules beside the shipped ones (of the same name: in their place), and bounds.

    `channel` is the usual one; `off` names shipped rules that are not wanted. With `duty_hours` nothing that isn't
    urgent reaches staff outside their teams' calendars. `daily_at` is when daily digests go out. Through a channel
    that machines use, an address gets one notice in `per_ticket_minutes` about one ticket and `per_hour` in all, and
    so many `confirmations` until somebody at the desk has something to say, whose own words wait for no minutes.
    `operators` are who is told of the desk's own troubles, by `operators_channel`, "" for the usual one.
    """

    channel: str = "email"
    off: tuple[str, ...] = ()
    duty_hours: bool = True
    daily_at: str = field(default="09:00", validator=matches_re(_CLOCK))
    per_ticket_minutes: int = field(default=15, validator=ge(0))
    per_hour: int = field(default=10, validator=ge(1))
    confirmations: int = field(default=5, validator=ge(1))
    operators: str = field(default="role:administrator", validator=_is_recipient)
    operators_channel: str = ""
    rules: tuple[NotifyRule, ...] = ()

    def __attrs_post_init__(self) -> None:
        shipped, own = [rule.name for rule in RULES], [rule.name for rule in self.rules]
        if unknown := [name for name in self.off if name not in shipped]:
            raise ValueError(f"off: no rules named {', '.join(unknown)}; there are {', '.join(shipped)}")
        if twice := sorted({name for name in own if own.count(name) > 1}):
            raise ValueError(f"rules: {', '.join(twice)} stands there twice; give each rule its own name")

    @property
    def in_force(self) -> tuple[NotifyRule, ...]:
        """The shipped rules that are wanted and not replaced, then the site's own."""
        left_out = {*self.off, *(rule.name for rule in self.rules)}
        return (*(rule for rule in RULES if rule.name not in left_out), *self.rules)


def drafts_by_rules(
    rules: Iterable[NotifyRule],
    usual: str,
    event: Event,
    ticket: Ticket | Announcement,
    side: Referral | None = None,
) -> Iterator[NoticeDraft]:
    """The notices that the rules ask for: none to a machine that reported, none to who did it themselves.

    With `side` the event is one of that referral of the ticket.
    """
    about = TICKETS if side is None else REFERRALS
    for rule in rules:
        if rule.about != about or not rule.fits(event, ticket):
            continue
        if rule.to == REQUESTER and event.args.get("automatic"):
            continue  # two autoresponders would talk to each other for ever
        for to in recipients(rule.to, event, ticket) if side is None else of_side(rule.to, ticket, side):
            if event.by == _person(to, ticket) and not rule.confirms:
                continue
            yield NoticeDraft(
                rule.name,
                to,
                rule.channel or usual,
                rule.template or rule.name,
                facts(rule.tells, event, ticket) if side is None else side_facts(event, side),
                urgent=rule.urgent,
                firm=rule.firm,
                digest=rule.digest,
                confirms=rule.confirms,
                language=rule.language,
                why=why(rule, event),
                by_part=side is None and rule.to in (ASSIGNED, OWNER, ESCALATION, GOING),
            )


def why(rule: NotifyRule, event: Event) -> str:
    """Which rule tells whom of what: "rule assigned: step IM2.11 assigned -> assigned"."""
    return f"rule {rule.name}: {' '.join(filter(None, (event.code, event.step, event.outcome)))} -> {rule.to}"


def recipients(to: str, event: Event, ticket: Ticket | Announcement) -> tuple[str, ...]:
    """All whom a rule's `to` means for that event: all who go, or on duty where an escalation goes to a roster."""
    if not isinstance(ticket, Ticket):
        return (to,)
    if to == GOING:
        return tuple(f"person:{one}" for one in event.why.get("people", ()))
    people = [f"person:{one}" for one in event.args.get("people", ())] if to == ESCALATION else []
    if people and not event.args.get("role"):
        return tuple(people)
    return (*people, *filter(None, (recipient(to, event, ticket),)))


def of_side(to: str, ticket: Ticket | Announcement, side: Referral) -> tuple[str, ...]:
    """Whom a rule about referrals means: the party, or who asked it, and else who keeps the ticket."""
    if to == PARTY:
        mailed = f"contact:{side.mail}" if side.mail else ""
        named = (("vendor", side.vendor), ("person", side.person), ("team", side.team))
        return tuple(filter(None, (next((f"{sort}:{name}" for sort, name in named if name), mailed),)))
    if to == ASKER and side.asked_by:
        return (f"person:{side.asked_by}",)
    return (_owner(ticket),) if to in (ASKER, OWNER) else (to,)


def recipient(to: str, event: Event, ticket: Ticket) -> str:
    """Whom a rule's `to` means for that event, "" where there is nobody."""
    if to == REQUESTER:
        return REQUESTER if ticket.requester or ticket.contact.mail else ""
    if to == ASSIGNED:
        return _assigned(event, ticket)
    if to == OWNER:
        return _owner(ticket)
    if to == ESCALATION:
        role = event.args.get("role")
        return f"role:{role}" if role else _assigned(event, ticket)
    return to


def _owner(ticket: Ticket | Announcement) -> str:
    owner = getattr(ticket, "owner", "")
    return f"person:{owner}" if owner else "role:desk"


def _assigned(event: Event, ticket: Ticket) -> str:
    """Whom an assignment names, whoever has the ticket by now; for other events who has it."""
    if (event.code in ASSIGNS or event.step == "IM2.11") and event.args.get("team"):
        person = event.args.get("person")
        return f"person:{person}" if person else f"team:{event.args['team']}"
    if ticket.assignee:
        return f"person:{ticket.assignee}"
    return f"team:{ticket.team}" if ticket.team else ""


def _person(to: str, ticket: Ticket | Announcement) -> str:
    return f"person:{ticket.requester}" if to == REQUESTER and isinstance(ticket, Ticket) else to


_MACHINES = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?daemon|(?:[\w.+-]*[._+-])?(?:no|do-?not|dont)[._-]?reply(?:[._+-][\w.+-]*)?"
    r"|bounces?(?:[+-][\w.+=-]*)?|[\w.+-]+-(?:bounces|request|owner))@.*",
    re.IGNORECASE,
)


def of_a_machine(address: str) -> bool:
    """Whether nobody reads what is sent to that mail address."""
    return _MACHINES.fullmatch(address) is not None
