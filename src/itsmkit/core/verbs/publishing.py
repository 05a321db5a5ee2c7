"""Verbs of what is published and reviewed: rules, documents, templates, measures, the process (ORG-06, ORG-08)."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.entry import ADDRESSABLE, PUBLISHED, Entry, EntryKind
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.verb import Act, Effect, Nothing, Verb, check_known, param, verb
from itsmkit.core.verbs.dispatch import listed
from itsmkit.core.verbs.places import EVERYBODY, MANAGERS
from itsmkit.core.verbs.registers import OWNER

MAY_PUBLISH: Mapping[str, frozenset[Duty]] = MappingProxyType(
    {
        EntryKind.RULE: MANAGERS | OWNER,
        EntryKind.DOCUMENT: OWNER,
        EntryKind.TEMPLATE: OWNER | {Duty.TEMPLATES},
        EntryKind.MEASURE: OWNER,
    }
)
"""Whose it is to publish each kind."""
ANY_PUBLISHER = frozenset[Duty]().union(*MAY_PUBLISH.values())


@frozen
class Publish:
    """What is in force from now on, and for whom."""

    kind: str = param("rule, document, template or measure", required=True)
    title: str = param("its name", required=True)
    text: str = param("what it says, or where it is kept", default="", multiline=True)
    target: str = param("of a measure: what is to be reached", default="")
    to: str = param("the duties it is for, with commas between; left out, whoever works on tickets", default="")


def _publish(_nothing: None, params: Publish, act: Act) -> Effect:
    check_known("kind", params.kind, PUBLISHED)
    kind = EntryKind(params.kind)
    _check_publishes(kind, act.by)
    if (kind is EntryKind.MEASURE) is not bool(params.target):
        msg = "a measure has a --target, nothing else has one"
        raise BadInput(msg)
    names = listed(params.to)
    for one in names:
        check_known("duty to publish to", one, ADDRESSABLE)
    entry = Entry(
        id="", process="publication", kind=kind, title=params.title, text=params.text, target=params.target,
        edition=1, duties=tuple(dict.fromkeys(map(Duty, names))), vendor=act.by.vendor, opened=act.now,
        opened_by=act.by.person,
    )  # fmt: skip
    personal = {"title": params.title, "text": params.text}
    return Effect(args={"kind": kind.value, "edition": 1}, personal=personal, makes=entry)


def _check_publishes(kind: EntryKind, by: Principal, vendor: str | None = None) -> None:
    wanted = MAY_PUBLISH[kind]
    if wanted.isdisjoint(by.duties) or by.vendor not in ("", by.vendor if vendor is None else vendor):
        msg = f"ORG-06: to publish a {kind} needs the duty {' or '.join(sorted(wanted))}, in its own company"
        raise NotAllowed(msg)


@frozen
class Revise:
    """What is new in the next edition; what is left out stays."""

    text: str = param("what it says now, or where it is kept", default="", multiline=True)
    title: str = param("its new name", default="")
    target: str = param("of a measure: what is to be reached now", default="")


def _revise(entry: Entry, params: Revise, act: Act) -> Effect:
    _check_publishes(entry.kind, act.by, entry.vendor)
    given = {name: value for name in ("text", "title", "target") if (value := getattr(params, name))}
    if not given:
        msg = "say what is new: --text, --title or --target"
        raise BadInput(msg)
    if params.target and entry.kind is not EntryKind.MEASURE:
        msg = "a measure has a --target, nothing else has one"
        raise BadInput(msg)
    changes = {**given, "edition": entry.edition + 1, "readers": ()}
    old = {name: getattr(entry, name) for name in given}
    args = {"edition": entry.edition + 1}
    return Effect(changes, {"PB1": "revised"}, args=args, personal={"new": given, "old": old}, audience=PUBLIC)


def is_for(entry: Entry, by: Principal) -> bool:
    """Whether something published is for that reader."""
    return not by.scope.private.isdisjoint(entry.addressed)


def _read(entry: Entry, _params: Nothing, act: Act) -> Effect:
    if not act.by.person:
        msg = "only a person can read a rule"
        raise BadInput(msg)
    if not is_for(entry, act.by):
        msg = f"ORG-08: {entry.number} isn't for you; nothing is noted"
        raise BadInput(msg)
    if act.by.person in entry.readers:
        msg = f"you have read edition {entry.edition} of {entry.number} already"
        raise BadInput(msg)
    # A vendor's staff aren't told who of others has read it.
    return Effect({"readers": (*entry.readers, act.by.person)}, args={"edition": entry.edition})


@frozen
class ScheduleReview:
    """When the process is reviewed, and what is looked at."""

    title: str = param("what is reviewed", required=True)
    at: datetime = param("when", required=True)
    text: str = param("what is looked at", default="", multiline=True)


def _schedule(_nothing: None, params: ScheduleReview, act: Act) -> Effect:
    _check_ahead(params.at, act)
    entry = Entry(
        id="", process="process_review", kind=EntryKind.REVIEW, title=params.title, text=params.text, at=params.at,
        opened=act.now, opened_by=act.by.person,
    )  # fmt: skip
    args = {"at": params.at.isoformat()}
    return Effect(args=args, personal={"title": params.title, "text": params.text}, makes=entry)


def _check_ahead(at: datetime, act: Act) -> None:
    if at <= act.now:
        msg = "the review lies in the past; give a later moment"
        raise BadInput(msg)


@frozen
class Hold:
    """What the review found, and when the next one is."""

    findings: str = param("what was found", required=True, multiline=True)
    again: datetime | None = param("when it is reviewed next; left out, not again", default=None)


def _hold(entry: Entry, params: Hold, act: Act) -> Effect:
    result = f"{entry.result}\n\n{params.findings}" if entry.result else params.findings
    personal = {"findings": params.findings}
    if params.again is None:
        changes = {"result": result, "closed": act.now}
        return Effect(changes, {"RV1": "reviewed"}, personal=personal, audience=PUBLIC)
    _check_ahead(params.again, act)
    args = {"again": params.again.isoformat()}
    changes = {"result": result, "at": params.again}
    return Effect(changes, {"RV1": "next_set"}, args=args, personal=personal, audience=PUBLIC)


@frozen
class Postpone:
    """When it is reviewed instead."""

    at: datetime = param("when", required=True)


def _postpone(entry: Entry, params: Postpone, act: Act) -> Effect:
    _check_ahead(params.at, act)
    args = {"at": params.at.isoformat(), "was": entry.at.isoformat() if entry.at else ""}
    return Effect({"at": params.at}, {"RV1": "moved"}, args=args, audience=PUBLIC)


BEGINNING = (
    Verb("publish", "Publish a rule, document, template or measure", Publish, _publish, ANY_PUBLISHER),
    Verb("schedule-review", "Schedule a review of the process", ScheduleReview, _schedule, OWNER),
)
VERBS = (
    verb("read", "Say that you have read it", Nothing, _read, EVERYBODY, "PB1"),
    verb("revise", "Publish a new edition", Revise, _revise, ANY_PUBLISHER, "PB1"),
    verb("hold", "Hold the review", Hold, _hold, OWNER, "RV1"),
    verb("postpone", "Put the review off", Postpone, _postpone, OWNER, "RV1"),
)
