"""Who a notice reaches: whom an address of a draft stands for, what they want, when they work, where they read."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from hashlib import sha256

from attrs import frozen

from itsmkit.core.access import with_announcements
from itsmkit.core.calendar import next_opening
from itsmkit.core.model.announcement import Announcement
from itsmkit.core.model.event import Event
from itsmkit.core.model.notice import Channel, Notice, NoticeDraft, Subscription
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Query, Scope, Test
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.notice_rules import GROUP, SUBSCRIBERS, of_a_machine
from itsmkit.core.people import everything
from itsmkit.core.plugins import a
from itsmkit.core.setup import Setup

EVERY_RULE = "*"
"""The rule of a subscription that holds for all that have none of their own."""


def recipients(
    setup: Setup, ticket: Ticket, to: str, rule: str, everybody: Callable[[], Iterable[Person]]
) -> tuple[str, ...]:
    """The recipients that an address of a notice draft stands for: persons, a mailbox, the reporter, a group.

    `everybody` gives those who are there; it is asked only where somebody is looked for among them.
    """
    kind, _, name = to.partition(":")
    match kind:
        case "requester" if ticket.requester:
            return (f"person:{ticket.requester}",)
        case "requester" if ticket.contact.mail:
            return (f"contact:{ticket.contact.mail}",)
        case "vendor" if (vendor := setup.site.vendor(name)) is not None and vendor.mail:
            return (to,)
        case "contact" if name:
            return (to,)
        case "team" if (team := setup.site.team(name)) is not None and team.mail:
            return (to,)
    return (to,) if to == GROUP or (kind == "person" and name) else tuple(_persons(setup, ticket, to, rule, everybody))


def _persons(
    setup: Setup, ticket: Ticket, to: str, rule: str, everybody: Callable[[], Iterable[Person]]
) -> Iterator[str]:
    """The persons behind a team or vendor without a mailbox, a role, or the subscribers of a rule."""
    kind, _, name = to.partition(":")
    if kind == "team" and setup.site.team(name) is not None:
        yield from (f"person:{one.id}" for one in everybody() if name in one.teams)
    elif kind == "vendor" and name:
        yield from (f"person:{one.id}" for one in everybody() if one.vendor == name)
    elif kind == "role":
        yield from holders(setup, ticket, name, everybody())
    elif to == SUBSCRIBERS:
        yield from (f"person:{one.person}" for one in _subscribers(setup, rule) if one.want)


def holders(setup: Setup, ticket: Ticket, name: str, among: Iterable[Person]) -> Iterator[str]:
    """Those who hold a role, by its own name or by the organisation model's word for it ("manager")."""
    role = setup.ask_model(lambda model: model.reporting_line(name, ticket), a(str)).answer or name
    yield from (f"person:{one.id}" for one in among if role in one.roles)


def people(setup: Setup) -> Iterable[Person]:
    """Everybody of the site who is active."""
    return (one for one in everything(setup.store, "person") if isinstance(one, Person) and one.active)


def _subscribers(setup: Setup, rule: str) -> Iterator[Subscription]:
    query = Query("subscription", (Test("rule", value=rule),))
    after: str | None = None
    while True:
        page = setup.store.find(query, Scope.system("notify"), after, 200)
        yield from (one for one in page.items if isinstance(one, Subscription))
        if (after := page.after) is None:
            return


@frozen
class Wanted:
    """How a recipient gets a notice: by which channel, from which moment on; or why they don't."""

    channel: str
    at: datetime
    dropped: str = ""


def wanted(setup: Setup, draft: NoticeDraft, recipient: str, now: datetime) -> Wanted:
    """By what the recipient has subscribed to, the rule's digest, and the hours they work; urgent ones go at once."""
    own = _subscription(setup, draft, recipient)
    if own is not None and not own.want and not draft.firm:
        return Wanted(draft.channel, now, "the recipient doesn't want it")
    channel = own.channel if own is not None and own.channel in setup.channels else draft.channel
    if draft.urgent:
        return Wanted(channel, now)
    digest = (own.digest if own is not None else "") or draft.digest
    at = collected(digest, now, setup)
    return Wanted(channel, _working(setup, recipient, at) if setup.notify.duty_hours else at)


def _subscription(setup: Setup, draft: NoticeDraft, recipient: str) -> Subscription | None:
    kind, _, person = recipient.partition(":")
    if kind != "person":
        return None
    for rule in (draft.rule, EVERY_RULE):
        found = setup.store.get("subscription", subscription_id(person, rule), Scope.system("notify"))
        if isinstance(found, Subscription):
            return found
    return None


def subscription_id(person: str, rule: str) -> str:
    """The id of what a person has chosen for a rule."""
    return sha256(f"{person}\n{rule}".encode()).hexdigest()[:32]


def collected(digest: str, now: datetime, setup: Setup) -> datetime:
    """When a digest of that sort goes out next: at the full hour, at the site's hour of the day, or at once."""
    if digest == "hourly":
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if digest == "daily":
        hour, minute = map(int, setup.notify.daily_at.split(":"))
        local = now.astimezone(setup.zone)
        today = datetime.combine(local.date(), time(hour, minute), setup.zone)
        if today <= local:
            today = datetime.combine(local.date() + timedelta(days=1), time(hour, minute), setup.zone)
        return today.astimezone(now.tzinfo)
    return now


def _working(setup: Setup, recipient: str, at: datetime) -> datetime:
    """`at`, or the recipient's next opening; who has no calendar, or one that opens no more, is told at any time."""
    kind, _, name = recipient.partition(":")
    if kind == "team":
        names: tuple[str, ...] = (name,)
    elif kind == "person" and isinstance(person := setup.store.get("person", name, Scope.system("notify")), Person):
        names = person.teams
    else:
        names = ()
    calendars = [team.calendar for one in names if (team := setup.site.team(one)) and team.calendar]
    if not calendars or len(calendars) < len(names):
        return at
    openings = [next_opening(setup.policy.calendars[calendar], at) for calendar in calendars]
    return min((one for one in openings if one is not None), default=at)


@frozen
class Address:
    """Where a notice goes, in which language, or why it doesn't."""

    to: str = ""
    language: str = ""
    dropped: str = ""


def address(setup: Setup, notice: Notice, about: Ticket | Announcement | Referral | None) -> Address | None:
    """Resolve the recipient now, and drop the notice where they may no longer see what it is about, or what it tells.

    None where no organisation model can say who may see what. Without `about` the notice is about the desk itself.
    """
    channel = setup.channels.get(notice.channel, Channel(notice.channel))
    where = _found(setup, notice, about)
    if where is None or where.dropped or not channel.budgeted:
        return where
    if where.to.lower() in {one.lower() for one in channel.own}:
        return Address(dropped="it is the desk's own address")
    return Address(dropped="nobody reads that address") if of_a_machine(where.to) else where


def _found(setup: Setup, notice: Notice, about: Ticket | Announcement | Referral | None) -> Address | None:
    if isinstance(about, Referral) and (gone := _no_party(about, notice.recipient)):
        return Address(dropped=gone)
    kind, _, name = notice.recipient.partition(":")
    language = setup.site.language
    if notice.recipient == GROUP:
        return Address("", language)
    if kind == "contact":
        return Address(name, (about.language if isinstance(about, Ticket) else "") or language)
    if kind in ("vendor", "team"):
        return _mailbox(setup, kind, name, language)
    person = setup.store.get("person", name, Scope.system("post"))
    if not isinstance(person, Person) or not person.active:
        return Address(dropped="no such person any more")
    return _of_person(setup, person, notice, about, language)


def _mailbox(setup: Setup, kind: str, name: str, language: str) -> Address:
    party = setup.site.vendor(name) if kind == "vendor" else setup.site.team(name)
    if party is None or not party.mail:
        return Address(dropped=f"the {kind} has no mailbox")
    return Address(party.mail, getattr(party, "language", "") or language)


def _no_party(side: Referral, recipient: str) -> str:
    """Why a mailbox isn't told of a referral: it is none of its sides."""
    kind, _, name = recipient.partition(":")
    theirs = recipient in side.reach if kind in ("vendor", "team") else name == side.mail
    return "" if theirs or kind not in ("vendor", "team", "contact") else "it is no party to it"


def _of_person(
    setup: Setup, person: Person, notice: Notice, about: Ticket | Announcement | Referral | None, language: str
) -> Address | None:
    if about is not None:
        scope = setup.ask_model(lambda model: model.scope(person), a(Scope)).answer
        if scope is None:
            return None
        ended = isinstance(about, Announcement) and about.heard_by(notice.args.get("event", ""))
        if not with_announcements(scope, person).sees(ended or about.reach):
            return Address(dropped=f"may not see the {about.type}")
        if notice.audience and not scope.hears(notice.audience):
            return Address(dropped="may not see it")
    if not person.mails:
        return Address(dropped="has no address")
    return Address(person.mails[0], person.language or language)


def by_hand(notice: Notice) -> bool:
    """Whether somebody at the desk did what the notice tells of, and not its recipient or a machine."""
    return notice.by.startswith("person:") and notice.by != notice.recipient


def told_already(event: Event, recipient: str, channel: str) -> bool:
    """Whether the event says that this recipient can't be reached by this channel."""
    return event.args.get("recipient") == recipient and event.args.get("channel") == channel
