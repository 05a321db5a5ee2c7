"""Verbs of remote sessions: asked for, agreed to or refused by the customer, held (INC-22, INC-16)."""

from typing import Any

from attrs import frozen

from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.event import NOTHING, PUBLIC
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END
from itsmkit.core.model.remote import RemoteSession, RemoteStatus
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.tries import REMOTE, check_order, skipped, tried
from itsmkit.core.verb import Act, Effect, Nothing, param, verb
from itsmkit.core.verbs.places import LINE, WORKABLE

_OPEN = (RemoteStatus.ASKED, RemoteStatus.AGREED)
_WITH_CUSTOMER = LINE | {Duty.REPORT}


@frozen
class AskSession:
    """Why a session is needed."""

    reason: str = param("what was tried by phone, and why that will not do", required=True, multiline=True)


def _ask(ticket: Ticket, params: AskSession, act: Act) -> Effect:
    check_order(ticket, REMOTE, act.policy)
    made = RemoteSession(id="", reason=params.reason, asked_by=act.by.person)
    args = {"skipped": skipped(ticket, REMOTE)}
    return Effect({"remote": True}, args=args, personal={"reason": params.reason}, makes=made)


@frozen
class Consent:
    """Who agreed for the customer."""

    who: str = param("who agreed; left out, the requester who does this", default="")


def _consent(_session: RemoteSession, params: Consent, act: Act) -> Effect:
    who = params.who if _for_customer(act) else act.by.name
    if not who:
        msg = "say who agreed for the customer: --who"
        raise BadInput(msg)
    changes = {"consent_by": who, "consented": act.now}
    told = Effect(personal={"who": who}, audience=PUBLIC)
    return Effect(changes, {"RS1": "given"}, personal={"who": who}, audience=PUBLIC, parent=told)


def _for_customer(act: Act) -> bool:
    """Whether somebody of the desk notes the customer's word; NotAllowed for others than the requester."""
    if act.parent is not None and act.by.person and act.by.person == act.parent.requester:
        return False
    if LINE.isdisjoint(act.by.duties):
        msg = "only the requester, or the desk on their word, says whether a session may be held (INC-22)"
        raise NotAllowed(msg)
    return True


@frozen
class Refused:
    """Why the customer doesn't agree."""

    reason: str = param("why", default="")


def _refuse(_session: RemoteSession, params: Refused, act: Act) -> Effect:
    _for_customer(act)
    personal = {"reason": params.reason} if params.reason else {}
    changes = {"refusal": params.reason, "outcome": "refused", "closed": act.now}
    told = Effect(personal=personal, audience=PUBLIC)
    return Effect(changes, {"RS1": "refused"}, personal=personal, audience=PUBLIC, parent=told)


@frozen
class Hold:
    """What was done in the session."""

    work: str = param("what was done", required=True, multiline=True)
    solved: bool = param("the matter is settled by it", default=False)


def _hold(session: RemoteSession, params: Hold, act: Act) -> Effect:
    if session.consented is None:
        msg = f"INC-22: {session.number} needs the customer's consent before it is held; `consent` records it"
        raise NotAllowed(msg)
    changes: dict[str, Any] = {"work": params.work, "solved": params.solved, "held_by": act.by.person}
    changes |= {"outcome": "done", "closed": act.now}
    args, personal = {"solved": params.solved}, {"text": params.work}
    told = Effect(args=args, personal=personal, audience=PUBLIC)
    if act.parent is not None:
        logged = tried(act.parent, REMOTE, act.by.person, act.now, helped=params.solved)
        answers = {"IM2.9": "tried"} if act.parent.step == "IM2.9" and not act.parent.procedure else NOTHING
        told = Effect(logged, answers, args=args, personal=personal, audience=PUBLIC)
    return Effect(changes, {"RS2": "done"}, args=args, personal=personal, audience=PUBLIC, parent=told)


def _withdraw(_session: RemoteSession, _params: Nothing, act: Act) -> Effect:
    return Effect({"outcome": "withdrawn", "closed": act.now}, jump=END, parent=Effect())


ASKING = (verb("remote-session", "Ask for a remote session", AskSession, _ask, LINE, *WORKABLE),)
"""What is done to the ticket that the session is for."""

VERBS = (
    verb("consent", "Record the customer's consent", Consent, _consent, _WITH_CUSTOMER, "RS1"),
    verb("refuse", "Record that the customer does not agree", Refused, _refuse, _WITH_CUSTOMER, "RS1"),
    verb("hold", "Record the session as held", Hold, _hold, LINE, "RS1", "RS2"),
    verb("withdraw", "Withdraw the session", Nothing, _withdraw, LINE, *_OPEN),
)
"""What is done to the session itself."""
