"""Verbs of resources: asked of a vendor's manager, committed and allocated, reviewed, released (duty table of W)."""

from datetime import datetime

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.entry import Entry, EntryKind
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.organisation import Duty
from itsmkit.core.verb import Act, Effect, Verb, check_known, param, verb
from itsmkit.core.verbs.dispatch import listed
from itsmkit.core.verbs.places import MANAGERS

COMMITTING = frozenset({Duty.COMMIT})
MOST = 10_000


@frozen
class AskResources:
    """What is needed, and of whom."""

    title: str = param("what for, in a line", required=True)
    vendor: str = param("the vendor whose manager is asked", required=True)
    amount: int = param("how many people", default=1)
    at: datetime | None = param("from when on", default=None)
    until: datetime | None = param("until when", default=None)
    text: str = param("what they must be able to do", default="", multiline=True)
    ticket: str = param("the ticket they are needed for", default="")


def _ask(_nothing: None, params: AskResources, act: Act) -> Effect:
    if act.by.vendor:
        msg = "resources are asked for by the house's managers; a vendor's commit and allocate their own"
        raise NotAllowed(msg)
    check_known("vendor", params.vendor, act.site.companies)
    _check_span(params.at, params.until)
    if not 0 < params.amount <= MOST:
        msg = f"ask for 1 to {MOST} people, not {params.amount}"
        raise BadInput(msg)
    entry = Entry(
        id="", process="resources", kind=EntryKind.RESOURCES, title=params.title, text=params.text,
        vendor=params.vendor, amount=params.amount, at=params.at, until=params.until, opened=act.now,
        opened_by=act.by.person,
    )  # fmt: skip
    args = {"vendor": params.vendor, "amount": params.amount}
    return Effect(args=args, personal={"title": params.title, "text": params.text}, makes=entry)


def _check_span(at: datetime | None, until: datetime | None) -> None:
    if at is not None and until is not None and until <= at:
        msg = "the end lies before the beginning; give a later --until"
        raise BadInput(msg)


@frozen
class CommitResources:
    """People whom a manager commits without being asked."""

    title: str = param("what for, in a line", required=True)
    staff: str = param("the persons, by id, with commas between", required=True)
    at: datetime | None = param("from when on", default=None)
    until: datetime | None = param("until when", default=None)
    ticket: str = param("the ticket they are needed for", default="")


def _commit_unasked(_nothing: None, params: CommitResources, act: Act) -> Effect:
    _check_span(params.at, params.until)
    staff = listed(params.staff)
    entry = Entry(
        id="", process="resources", kind=EntryKind.RESOURCES, title=params.title, vendor=act.by.vendor,
        amount=len(staff), at=params.at, until=params.until, staff=staff, owner=act.by.person, opened=act.now,
        opened_by=act.by.person,
    )  # fmt: skip
    return Effect(
        answers={"RE1": _committed(act.by.vendor)},
        args={"staff": list(staff)},
        personal={"title": params.title},
        makes=entry,
    )


def _committed(vendor: str) -> str:
    """What a vendor commits the house reviews; its own is allocated at once."""
    return "committed" if vendor else "allocated"


@frozen
class Commit:
    """Who is committed, and for how long."""

    staff: str = param("the persons, by id, with commas between", required=True)
    at: datetime | None = param("from when on; left out, as asked", default=None)
    until: datetime | None = param("until when; left out, as asked", default=None)


def _commit(entry: Entry, params: Commit, act: Act) -> Effect:
    if act.by.vendor not in ("", entry.vendor):
        msg = f"{entry.number} asks for people of {entry.vendor or 'the house'}, whose manager commits them"
        raise NotAllowed(msg)
    staff, at, until = listed(params.staff), params.at or entry.at, params.until or entry.until
    _check_span(at, until)
    changes = {"staff": staff, "at": at, "until": until, "owner": act.by.person, "reason": ""}
    return Effect(changes, {"RE1": _committed(entry.vendor)}, args={"staff": list(staff)}, audience=PUBLIC)


@frozen
class Review:
    """Whether what was committed will do."""

    enough: bool = param("it will do", required=True)
    why: str = param("why not", default="", multiline=True)


def _review(entry: Entry, params: Review, act: Act) -> Effect:
    if act.by.vendor or act.by.person == entry.owner:
        msg = f"what was committed for {entry.number} is reviewed by the house, not by who committed it"
        raise NotAllowed(msg)
    outcome = "reviewed" if params.enough else "not_enough"
    personal = {"why": params.why} if params.why else {}
    changes = {"reason": "" if params.enough else params.why}
    return Effect(changes, {"RE2": outcome}, args={"enough": params.enough}, personal=personal, audience=PUBLIC)


@frozen
class Release:
    """What the people did, and that they are free again."""

    result: str = param("what came of it", default="", multiline=True)


def _release(entry: Entry, params: Release, act: Act) -> Effect:
    if act.by.vendor not in ("", entry.vendor):
        msg = f"{entry.number} is none of {act.by.vendor}"
        raise NotAllowed(msg)
    personal = {"result": params.result} if params.result else {}
    changes = {"result": params.result, "closed": act.now}
    return Effect(changes, {"RE3": "released"}, personal=personal, audience=PUBLIC)


BEGINNING = (
    Verb("ask-resources", "Ask a vendor's manager for resources", AskResources, _ask, MANAGERS),
    Verb("commit-resources", "Commit and allocate resources", CommitResources, _commit_unasked, COMMITTING),
)
VERBS = (
    verb("commit", "Commit the resources asked for", Commit, _commit, COMMITTING, "RE1"),
    verb("review", "Review what was committed", Review, _review, MANAGERS, "RE2"),
    verb("release", "Release the resources", Release, _release, MANAGERS | COMMITTING, "RE3"),
)
