"""Verbs of announcements: drafted from a ticket when many are hit, published, revised, withdrawn (INC-11)."""

from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.announcement import ALL, AUDIENCES, Announcement, AnnouncementStatus
from itsmkit.core.model.event import INTERNAL, PUBLIC
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.verb import Act, Effect, Nothing, check_known, param, verb
from itsmkit.core.verbs.places import WORKABLE

WORDS = ("title", "text", "title_zh", "text_zh")


@frozen
class Announce:
    """What is to be told, to whom, of which service."""

    title: str = param("what it is about, in a line of English", default="")
    text: str = param("what is to be told, in English", default="", multiline=True)
    title_zh: str = param("what it is about, in a line of Chinese", default="")
    text_zh: str = param("what is to be told, in Chinese", default="", multiline=True)
    service: str = param("the service that is hit; left out, the ticket's", default="")
    audience: str = param("whom it is for: all, customer:NAME or department:NAME", default=ALL)


def _announce(ticket: Ticket, params: Announce, act: Act) -> Effect:
    _inside(act)
    _check(params.service, params.audience, act)
    words = {name: getattr(params, name) for name in WORDS}
    made = Announcement(
        id="", drafted_by=act.by.person, opened=act.now, service=params.service or ticket.service,
        audience=params.audience, **words,
    )  # fmt: skip
    _check_words(made)
    args = {"service": made.service, "audience": made.audience}
    return Effect(args=args, personal={name: said for name, said in words.items() if said}, makes=made)


@frozen
class Revise:
    """Another wording, service or audience; what is left out stays."""

    title: str = param("what it is about, in a line of English", default="")
    text: str = param("what is to be told, in English", default="", multiline=True)
    title_zh: str = param("what it is about, in a line of Chinese", default="")
    text_zh: str = param("what is to be told, in Chinese", default="", multiline=True)
    service: str = param("the service that is hit", default="")
    audience: str = param("whom it is for: all, customer:NAME or department:NAME", default="")


def _revise(announcement: Announcement, params: Revise, act: Act) -> Effect:
    _inside(act)
    given = {name: said for name in (*WORDS, "service", "audience") if (said := getattr(params, name))}
    if not given:
        msg = "say what is to be changed: --title, --text, --service or --audience"
        raise BadInput(msg)
    _check(params.service, params.audience or ALL, act)
    _check_words(evolve(announcement, **given))
    audience = PUBLIC if announcement.status == AnnouncementStatus.PUBLISHED else INTERNAL
    personal = {name: said for name, said in given.items() if name in WORDS}
    return Effect(given, args={"fields": sorted(given)}, personal=personal, audience=audience, parent=Effect())


def _check(service: str, audience: str, act: Act) -> None:
    if service and act.site.service(service) is None:
        check_known("service", service, tuple(one.id for one in act.site.services))
    sort, _, name = audience.partition(":")
    if audience != ALL and not (sort in AUDIENCES and name.strip()):
        msg = f"an announcement is for all, customer:NAME or department:NAME, not for {audience!r}"
        raise BadInput(msg)


def _check_words(announcement: Announcement) -> None:
    pairs = ((announcement.title, announcement.text), (announcement.title_zh, announcement.text_zh))
    if any(bool(title) is not bool(text) for title, text in pairs) or not any(title for title, _ in pairs):
        msg = "an announcement has a title and a text, in English, in Chinese (--title-zh, --text-zh) or in both"
        raise BadInput(msg)


def _publish(_announcement: Announcement, _params: Nothing, act: Act) -> Effect:
    _inside(act)
    ticket = act.parent
    if ticket is None or ticket.status not in WORKABLE:
        msg = f"INC-11: {ticket.number if ticket else 'its ticket'} is resolved; there is nothing to announce any more"
        raise NotAllowed(msg)
    changes = {"published": act.now, "published_by": act.by.person}
    return Effect(changes, {"AN1": "published"}, audience=PUBLIC, parent=Effect())


@frozen
class Withdraw:
    """Why it is told no longer."""

    reason: str = param("why it is told no longer", required=True)


def _withdraw(announcement: Announcement, params: Withdraw, act: Act) -> Effect:
    _inside(act)
    personal: dict[str, Any] = {"reason": params.reason}
    return evolve(withdrawn(announcement, act.now), personal=personal, parent=Effect(personal=personal))


def withdrawn(announcement: Announcement, now: datetime) -> Effect:
    """What the end of an announcement changes; it goes where nobody of those it was for sees it.

    That it is over they are told, but for a draft's, of which they never heard.
    """
    public = announcement.status == AnnouncementStatus.PUBLISHED
    return Effect({"withdrawn": now}, jump=END, audience=PUBLIC if public else INTERNAL)


def _inside(act: Act) -> None:
    if not act.by.scope.hears(INTERNAL):
        msg = "INC-11: announcements are the desk's own; who works for a vendor asks the service desk for one"
        raise NotAllowed(msg)


_TELLING = frozenset({Duty.RECORD, Duty.MANAGE})
_TOLD = (AnnouncementStatus.DRAFT, AnnouncementStatus.PUBLISHED)

ANNOUNCING = (verb("announce", "Draft an announcement", Announce, _announce, _TELLING, *WORKABLE),)
"""What is done to the ticket that it is about."""

VERBS = (
    verb("publish", "Publish the announcement", Nothing, _publish, _TELLING, "AN1"),
    verb("revise", "Change the announcement", Revise, _revise, _TELLING, *_TOLD),
    verb("withdraw", "Withdraw the announcement", Withdraw, _withdraw, _TELLING, *_TOLD),
)
"""What is done to the announcement itself, as it meets them."""
