"""Verbs of referrals: a party asked, its words, its answer; "not ours" and the manager's ruling (INC-24, INC-26)."""

import re
from typing import Any

from attrs import frozen

from itsmkit.core.access import may
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.event import INTERNAL, PUBLIC, VENDOR
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.process import END
from itsmkit.core.model.referral import Referral, ReferralStatus
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.verb import Act, Effect, check_known, param, verb
from itsmkit.core.verbs.attaching import attached
from itsmkit.core.verbs.handing import handed_back
from itsmkit.core.verbs.handling import Resolve, accepted, resolved
from itsmkit.core.verbs.places import ACCEPTANCE, EVERYBODY, LINE, MANAGERS, WORKABLE

REFERENCE = re.compile(r"(?=.*\d)[\w#/.+-]{3,64}")
"""A vendor's own number: one word with a digit in it, so that it is found in a mail."""


@frozen
class AskHelp:
    """Who is asked for help, and what (INC-26, INC-37); the ticket stays where it is."""

    text: str = param("what they are asked", required=True, multiline=True)
    vendor: str = param("a vendor", default="")
    person: str = param("a person of the site, by id or key", default="")
    team: str = param("a team, such as that of the on-site staff", default="")
    name: str = param("somebody whom the site doesn't know, by name", default="")
    mail: str = param("their mail address", default="")
    capacity: str = param("as what they are asked, such as developer or manufacturer", default="")


def _ask_help(ticket: Ticket, params: AskHelp, act: Act) -> Effect:
    named = [one for one in ("vendor", "person", "team", "name") if getattr(params, one)]
    if len(named) != 1:
        msg = "say who is asked: one of --vendor, --person, --team and --name"
        raise BadInput(msg)
    if params.mail and not params.name:
        msg = "--mail goes with --name; others are reached as the site knows them"
        raise BadInput(msg)
    _check_party(ticket, params, act)
    made = Referral(
        id="", opened=act.now, help=True, vendor=params.vendor, person=params.person, team=params.team,
        name=params.name, mail=params.mail, capacity=params.capacity, asked_by=act.by.person, asker=_company(act.by),
        title=ticket.title, service=ticket.service, ci=ticket.ci, request=params.text,
    )  # fmt: skip
    args = {name: value for name in ("vendor", "person", "team", "capacity") if (value := getattr(params, name))}
    return Effect(
        args=args, personal={"text": params.text, **({"who": params.name} if params.name else {})}, makes=made
    )


def _check_party(ticket: Ticket, params: AskHelp, act: Act) -> None:
    """BadInput or NotAllowed for parties that there aren't, or that aren't this principal's to ask."""
    if params.vendor and params.vendor not in _vendors(act):
        check_known("vendor", params.vendor, _vendors(act))
    if params.person and params.person == ticket.requester:
        msg = f"{params.person} is the requester of {ticket.number}; write a public comment"
        raise BadInput(msg)
    team = act.site.team(params.team) if params.team else None
    if params.team and team is None:
        check_known("team", params.team, tuple(one.id for one in act.site.teams))
    whose = params.vendor or (team.vendor if team and team.line > 1 else _company(act.by))
    if not act.by.scope.commands(whose):
        msg = "a vendor's staff ask within their vendor, line 1, or somebody outside of the site"
        raise NotAllowed(msg)


def _vendors(act: Act) -> tuple[str, ...]:
    known = act.site.companies
    return tuple(sorted(set(known)))


def _company(by: Principal) -> str:
    """The vendor whose staff somebody is of, "" for the house's own."""
    if VENDOR not in by.scope.audiences or INTERNAL in by.scope.audiences:
        return ""
    return next((one.removeprefix("vendor:") for one in sorted(by.scope.keys) if one.startswith("vendor:")), "")


def _check_part(referral: Referral, act: Act, what: str) -> None:
    """NotAllowed to who neither works on tickets nor is the party asked."""
    if not may(act.by, LINE) and act.by.person != referral.person:
        msg = f"{what} is for the party asked and for those who work on tickets"
        raise NotAllowed(msg)


@frozen
class Acknowledge:
    """The party has it, and under which number of its own."""

    reference: str = param("the vendor's own number for it", default="")


def _acknowledge(referral: Referral, params: Acknowledge, act: Act) -> Effect:
    _check_part(referral, act, "acknowledging")
    changes, args = {"acknowledged": act.now}, {}
    if params.reference:
        changes |= _referred(referral, params.reference)
        args = {"reference": params.reference}
    told = Effect(args=args)
    if not referral.help and act.parent is not None and act.parent.step in ACCEPTANCE:
        own = accepted(act.parent, act, act.by.person if _company(act.by) == referral.vendor else "")
        told = Effect(own.changes, own.answers, args=args)
    return Effect(changes, {"RF1": "acknowledged"}, args=args, audience=PUBLIC, parent=told)


@frozen
class Reference:
    """The number under which a vendor keeps the matter."""

    reference: str = param("the vendor's own number for it, one word", required=True)


def _referred(referral: Referral, reference: str) -> dict[str, Any]:
    if not referral.vendor:
        msg = f"{referral.number} is with no vendor; only vendors have numbers of their own"
        raise BadInput(msg)
    if not REFERENCE.fullmatch(reference):
        msg = f"{reference!r} is no reference: one word of 3 to 64 characters with a digit in it"
        raise BadInput(msg)
    return {"reference": reference}


def _note_reference(referral: Referral, params: Reference, act: Act) -> Effect:
    _check_part(referral, act, "noting a reference")
    args = {"reference": params.reference, "old": referral.reference}
    return Effect(_referred(referral, params.reference), args=args, audience=PUBLIC, parent=Effect(args=args))


@frozen
class Tell:
    """A word between the house and the party, which nobody else reads."""

    text: str = param("what to say", required=True, multiline=True)
    internal: bool = param("for the house only, not for the party", default=False)


def _tell(referral: Referral, params: Tell, act: Act) -> Effect:
    if params.internal and not act.by.scope.hears(INTERNAL):
        msg = "what is internal is the house's; leave --internal out"
        raise NotAllowed(msg)
    audience = INTERNAL if params.internal else PUBLIC
    return Effect(args=_from(referral, act), personal={"text": params.text}, audience=audience, parent=Effect())


def _from(referral: Referral, act: Act) -> dict[str, str]:
    """Which side says it: the party, or the house and whoever of a vendor's staff asked."""
    mine = {f"vendor:{referral.vendor}", f"person:{referral.person}", f"team:{referral.team}"}
    theirs = _company(act.by) == referral.vendor if referral.vendor else not mine.isdisjoint(act.by.scope.keys)
    return {"from": "party" if theirs else "house"}


@frozen
class AttachTo:
    """A file for the house and the party."""

    name: str = param("the file's name", required=True)
    data: bytes = param("its bytes", required=True)
    media: str = param("its media type", default="application/octet-stream")


def _attach(referral: Referral, params: AttachTo, _act: Act) -> Effect:
    file, blob = attached(params.name, params.media, params.data)
    return Effect(
        {"files": (*referral.files, file)}, args={"digest": file.digest, "size": file.size},
        personal={"name": params.name}, audience=PUBLIC, blobs=(blob,), parent=Effect(),
    )  # fmt: skip


@frozen
class Return:
    """Why the party gives it back."""

    reason: str = param("why, and what was found so far", required=True, multiline=True)


def _return(referral: Referral, params: Return, act: Act) -> Effect:
    _check_part(referral, act, "returning it")
    changes = {"reason": params.reason, "closed": act.now, "outcome": "given_back"}
    return _given_back(referral, "given_back", changes, act, {"reason": params.reason})


def _given_back(
    referral: Referral, outcome: str, changes: dict[str, Any], act: Act, personal: dict[str, Any]
) -> Effect:
    """The end of a referral, and its ticket, where that was handed over, back with the line it came from."""
    told = Effect(personal=personal)
    if not referral.help and act.parent is not None:
        told = Effect(handed_back(act.parent, referral.home, act.site), jump="IM2.11", personal=personal)
    return Effect(changes, {referral.step: outcome}, personal=personal, audience=PUBLIC, parent=told)


@frozen
class NotOurs:
    """Why the matter is none of the vendor's contract."""

    evidence: str = param("what shows that it is not the vendor's", required=True, multiline=True)


def _not_ours(referral: Referral, params: NotOurs, act: Act) -> Effect:
    _check_part(referral, act, 'saying "not ours"')
    if referral.help:
        msg = f"{referral.number} only asks for help; `return` it with the reason"
        raise BadInput(msg)
    personal = {"evidence": params.evidence}
    told = Effect({"disputed": referral.number}, personal=personal)
    return Effect({"evidence": params.evidence, "ruling": ""}, {referral.step: "not_ours"}, personal=personal,
                  audience=PUBLIC, parent=told)  # fmt: skip


@frozen
class Settle:
    """The manager's ruling on "not ours"."""

    upheld: bool = param("the vendor is right: the ticket goes back to the line it came from", required=True)
    reason: str = param("why", required=True, multiline=True)


def _settle(referral: Referral, params: Settle, act: Act) -> Effect:
    if not act.by.scope.commands(""):
        msg = f"who is a party to {referral.number} does not rule on it; the house's manager does"
        raise NotAllowed(msg)
    personal = {"reason": params.reason}
    changes: dict[str, Any] = {"ruling": params.reason, "ruled_by": act.by.person}
    if params.upheld:
        ended = {**changes, "closed": act.now, "outcome": "not_theirs"}
        return _given_back(referral, "upheld", ended, act, personal)
    # Who had taken it on before needn't do so again.
    answers = {"RF3": "rejected", **({"RF1": "acknowledged"} if referral.acknowledged else {})}
    told = Effect({"disputed": ""}, personal=personal)
    return Effect(changes, answers, args={"upheld": False}, personal=personal, audience=PUBLIC, parent=told)


@frozen
class DoneBy:
    """What solves it, as the party carried it out or advises it."""

    solution: str = param("what was done, step by step, or what to do", required=True, multiline=True)
    workaround: bool = param("it only works around the cause", default=False)
    cause: str = param("the cause, where it was found", default="")
    backup: bool = param("a backup was confirmed before the work (INC-32)", default=False)


def _done(referral: Referral, params: DoneBy, act: Act) -> Effect:
    _check_part(referral, act, "answering it")
    personal = {"solution": params.solution}
    changes = {"solution": params.solution, "closed": act.now, "outcome": "done"}
    told = Effect(personal=personal)
    if not referral.help and act.parent is not None:
        told = resolved(act.parent, Resolve(params.solution, params.workaround, params.cause, params.backup), act)
    return Effect(changes, {referral.step: "done"}, personal=personal, audience=PUBLIC, parent=told)


@frozen
class Withdraw:
    """Why the party needn't help any more."""

    reason: str = param("why", required=True)


def _withdraw(referral: Referral, params: Withdraw, act: Act) -> Effect:
    if not referral.help:
        msg = f"{referral.about} itself was handed over; assign it to another team, which ends {referral.number}"
        raise BadInput(msg)
    changes = {"closed": act.now, "outcome": "withdrawn"}
    personal = {"reason": params.reason}
    return Effect(changes, jump=END, personal=personal, audience=PUBLIC, parent=Effect(personal=personal))


_OPEN = tuple(one for one in ReferralStatus if one is not ReferralStatus.CLOSED)
_ASKED = ("RF1", "RF2")

ASKING = (verb("ask-help", "Ask a vendor or somebody else for help", AskHelp, _ask_help, LINE, *WORKABLE),)
"""What is done to the ticket that help is asked for."""

VERBS = (
    verb("acknowledge", "Acknowledge it", Acknowledge, _acknowledge, EVERYBODY, "RF1"),
    verb("reference", "Note the vendor's own number", Reference, _note_reference, EVERYBODY, *_OPEN),
    verb("tell", "Write to the other side", Tell, _tell, EVERYBODY, *ReferralStatus),
    verb("attach", "Attach a file", AttachTo, _attach, EVERYBODY, *ReferralStatus),
    verb("done", "Record the solution", DoneBy, _done, EVERYBODY, *_ASKED),
    verb("return", "Give it back", Return, _return, EVERYBODY, *_ASKED),
    verb("not-ours", "Say that it is not the vendor's", NotOurs, _not_ours, LINE, *_ASKED),
    verb("settle", "Settle whose it is", Settle, _settle, MANAGERS | {Duty.LEAD}, "RF3"),
    verb("withdraw", "Ask no longer", Withdraw, _withdraw, LINE, *_OPEN),
)
"""What is done to the referral itself, as it meets them."""
