"""Verbs of configuration items: wrong data and changed items handed to the configuration manager (INC-05, INC-43)."""

from attrs import frozen

from itsmkit.core.errors import BadInput
from itsmkit.core.model.configuration import About, CiNotice
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.verb import Act, Effect, param, verb
from itsmkit.core.verbs.places import DESK, OPEN, STAFF

_KEEPER = frozenset({Duty.CONFIGURE})


@frozen
class CorrectCi:
    """What is right about a configuration item whose data are wrong."""

    text: str = param("the correct data", required=True, multiline=True)
    ci: str = param("the item it really is; left out, the one on the ticket", default="")


def _correct(ticket: Ticket, params: CorrectCi, act: Act) -> Effect:
    ci = params.ci or ticket.ci
    if not ci:
        msg = f"{ticket.number} names no configuration item; say which: --ci"
        raise BadInput(msg)
    made = CiNotice(id="", sort=About.CORRECTION, ci=ci, text=params.text, told_by=act.by.person)
    return Effect({"ci": ci}, personal={"text": params.text, "ci": ci, "was": ticket.ci}, makes=made)


@frozen
class SubmitCi:
    """What the work changed about configuration items."""

    text: str = param("what changed; left out, as the resolution says", default="", multiline=True)


def _submit(ticket: Ticket, params: SubmitCi, act: Act) -> Effect:
    text = params.text or ticket.ci_change
    if not text:
        msg = f"{ticket.number} says of no configuration item that it changed; say what did: --text"
        raise BadInput(msg)
    made = CiNotice(id="", sort=About.CHANGED, ci=ticket.ci, text=text, told_by=act.by.person)
    changes = {"ci_change": text, "ci_submitted": True}
    return Effect(changes, {"IM5.4": "submitted"}, personal={"text": text}, makes=made)


@frozen
class Taken:
    """What became of it in the configuration data."""

    result: str = param("what was entered where", default="")


def _take(_notice: CiNotice, params: Taken, act: Act) -> Effect:
    personal = {"text": params.result} if params.result else {}
    changes = {"result": params.result, "outcome": "taken", "closed": act.now}
    return Effect(changes, {"CN1": "taken"}, personal=personal, parent=Effect(personal=personal))


@frozen
class RejectNotice:
    """Why the configuration data stay as they are."""

    reason: str = param("why", required=True)


def _reject(_notice: CiNotice, params: RejectNotice, act: Act) -> Effect:
    personal = {"reason": params.reason}
    changes = {"result": params.reason, "outcome": "rejected", "closed": act.now}
    return Effect(changes, {"CN1": "rejected"}, personal=personal, parent=Effect(personal=personal))


TELLING = (
    verb("correct-ci", "Tell the configuration manager the correct data", CorrectCi, _correct, STAFF, *OPEN),
    verb("submit-ci", "Hand changed configuration items to their manager", SubmitCi, _submit, DESK, *OPEN),
)
"""What is done to the ticket."""

VERBS = (
    verb("take-over", "Take it over into the configuration data", Taken, _take, _KEEPER, "CN1"),
    verb("reject", "Leave the configuration data as they are", RejectNotice, _reject, _KEEPER, "CN1"),
)
"""What the configuration manager does."""
