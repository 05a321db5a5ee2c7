"""Verbs of notices of non-compliance: given by a manager, answered by whom they concern, settled (REP-05)."""

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.entry import Entry, EntryKind
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.organisation import Duty, Principal, member
from itsmkit.core.verb import Act, Effect, Verb, check_known, param, verb
from itsmkit.core.verbs.places import EVERYBODY, MANAGERS

TITLE = 80
"""So many characters of a notice stand for it in lists."""


@frozen
class GiveNotice:
    """Who did not follow the process, and where."""

    text: str = param("what was not followed", required=True, multiline=True)
    person: str = param("the person it concerns", default="")
    team: str = param("the team it concerns", default="")
    vendor: str = param("the vendor it concerns", default="")
    ticket: str = param("the ticket", default="")
    step: str = param("the step, such as IM2.12", default="")
    rule: str = param("the rule, such as E26-000001", default="")


def _give(_nothing: None, params: GiveNotice, act: Act) -> Effect:
    if [params.person, params.team, params.vendor].count("") != 2:  # noqa: PLR2004 - one of three
        msg = "say whom it concerns: one of --person, --team and --vendor"
        raise BadInput(msg)
    if params.person and params.person == act.by.person:
        msg = "REP-05: nobody gives notice to themselves"
        raise BadInput(msg)
    vendor = _company(params, act)
    if act.by.vendor not in ("", vendor):
        msg = "REP-05: a vendor's manager gives notice within the vendor only"
        raise NotAllowed(msg)
    title = params.text.strip().partition("\n")[0][:TITLE]
    entry = Entry(
        id="", process="non_compliance", kind=EntryKind.NON_COMPLIANCE, title=title, text=params.text,
        person=params.person, team=params.team, vendor=vendor, at_step=params.step, rule=params.rule,
        opened=act.now, opened_by=act.by.person,
    )  # fmt: skip
    args = {"person": params.person, "team": params.team, "vendor": vendor, "step": params.step, "rule": params.rule}
    return Effect(args=args, personal={"text": params.text}, makes=entry)


def _company(params: GiveNotice, act: Act) -> str:
    """The company whose managers hear of it."""
    if act.person is not None:
        return act.person.vendor
    if params.team:
        check_known("team", params.team, tuple(one.id for one in act.site.teams))
        return next(one.vendor for one in act.site.teams if one.id == params.team)
    check_known("vendor", params.vendor, act.site.companies)
    return params.vendor


def concerned(entry: Entry, by: Principal) -> bool:
    """Whether somebody is the one, in the team, or a manager of the vendor that a notice is about."""
    if entry.person:
        return by.person == entry.person
    if entry.team:
        return member(entry.team) in by.scope.private
    return Duty.MANAGE in by.duties and by.vendor == entry.vendor


@frozen
class Reply:
    """What those concerned say to it."""

    text: str = param("how it came about, and what is done about it", required=True, multiline=True)


def _reply(entry: Entry, params: Reply, act: Act) -> Effect:
    if not concerned(entry, act.by):
        msg = f"REP-05: {entry.number} is answered by whom it concerns"
        raise NotAllowed(msg)
    return Effect({"answer": params.text}, {"NC1": "answered"}, personal={"text": params.text}, audience=PUBLIC)


@frozen
class Settle:
    """What follows from it."""

    result: str = param("what was found and agreed", required=True, multiline=True)


def _settle(entry: Entry, params: Settle, act: Act) -> Effect:
    if act.by.vendor not in ("", entry.vendor) or (entry.person and act.by.person == entry.person):
        msg = f"REP-05: {entry.number} is settled by a manager whom it doesn't concern"
        raise NotAllowed(msg)
    changes = {"result": params.result, "closed": act.now}
    return Effect(changes, {entry.step: "settled"}, personal={"result": params.result}, audience=PUBLIC)


BEGINNING = (Verb("give-notice", "Give notice of non-compliance", GiveNotice, _give, MANAGERS),)
VERBS = (
    verb("reply", "Reply to the notice", Reply, _reply, EVERYBODY, "NC1"),
    verb("settle", "Settle the notice", Settle, _settle, frozenset({Duty.ENFORCE}), "NC1", "NC2"),
)
