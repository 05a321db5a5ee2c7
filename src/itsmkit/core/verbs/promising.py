"""Verbs of commitments: promised on a ticket, kept or called off."""

from datetime import datetime

from attrs import frozen

from itsmkit.core.errors import BadInput
from itsmkit.core.model.commitment import Commitment, CommitmentStatus, Promise
from itsmkit.core.model.event import INTERNAL, PUBLIC
from itsmkit.core.model.process import END
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.verb import Act, Effect, check_known, param, verb
from itsmkit.core.verbs.places import OPEN, STAFF


@frozen
class Promised:
    """What is promised, by when, and who keeps it."""

    text: str = param("what is promised", required=True, multiline=True)
    until: datetime = param("by when", required=True)
    since: datetime | None = param("from when on, where it is a window of time", default=None)
    sort: str = param("call, visit, fix or other; a fix is kept by the ticket's resolution", default=Promise.OTHER)
    person: str = param("who sees to it that it is kept; left out, you", default="", duties=STAFF)
    public: bool = param("promised to the requester, who is told", default=False)


def _promise(ticket: Ticket, params: Promised, act: Act) -> Effect:
    check_known("sort of promise", params.sort, tuple(one for one in Promise if one != Promise.EXPECTED))
    if params.until <= act.now:
        msg = f"a promise for {params.until:%Y-%m-%d %H:%M} is broken before it is made; give a later moment"
        raise BadInput(msg)
    if params.since is not None and params.since >= params.until:
        msg = "the window of time ends before it begins; --since is its begin and --until its end"
        raise BadInput(msg)
    made = Commitment(
        id="", sort=Promise(params.sort), text=params.text, owner=params.person or act.by.person,
        made_by=act.by.person, public=params.public, since=params.since, until=params.until, opened=act.now,
        due=params.until,
    )  # fmt: skip
    changes = {"responded": ticket.responded or act.now} if params.public else {}
    args = told(made)
    return Effect(changes, args=args, personal={"text": made.text}, audience=audience_of(made), makes=made)


def told(commitment: Commitment) -> dict[str, str]:
    """What events say of a promise: sort, owner and time."""
    since = commitment.since.isoformat() if commitment.since else ""
    until = commitment.until.isoformat()
    return {"sort": str(commitment.sort), "owner": commitment.owner, "since": since, "until": until}


def audience_of(commitment: Commitment) -> str:
    """Whom it is told how a promise stands: the requester, if it was made to them."""
    return PUBLIC if commitment.public else INTERNAL


@frozen
class Keep:
    """How the promise was kept."""

    text: str = param("how", default="", multiline=True)


def _keep(commitment: Commitment, params: Keep, act: Act) -> Effect:
    personal = {"text": params.text} if params.text else {}
    kept, audience = keeping(commitment, act.now), audience_of(commitment)
    parent = Effect(args={"outcome": kept.changes["outcome"]}, personal=personal, audience=audience)
    return Effect(kept.changes, kept.answers, args=parent.args, personal=personal, audience=audience, parent=parent)


def keeping(commitment: Commitment, at: datetime) -> Effect:
    """What changes when a promise is done at that moment: kept, or late, whether or not the desk has looked yet."""
    late = at > commitment.until or commitment.broken is not None
    answers = {"PR1": "broken", "PR2": "fulfilled_late"} if late else {"PR1": "fulfilled"}
    broken = {"broken": commitment.until} if late else {}
    return Effect({"closed": at, "due": None, "outcome": "fulfilled_late" if late else "fulfilled", **broken}, answers)


@frozen
class CallOff:
    """Why it is not kept."""

    reason: str = param("why", required=True)


def _cancel(commitment: Commitment, params: CallOff, act: Act) -> Effect:
    personal, audience = {"reason": params.reason}, audience_of(commitment)
    changes = {"closed": act.now, "due": None, "outcome": "cancelled"}
    parent = Effect(personal=personal, audience=audience)
    return Effect(changes, jump=END, personal=personal, audience=audience, parent=parent)


_STANDING = (CommitmentStatus.PENDING, CommitmentStatus.BROKEN)

PROMISING = (verb("promise", "Promise something by a certain time", Promised, _promise, STAFF, *OPEN),)
"""What is done to the ticket that it is promised on."""

VERBS = (
    verb("keep", "The promise is kept", Keep, _keep, STAFF, "PR1", "PR2"),
    verb("cancel", "Call the promise off", CallOff, _cancel, STAFF, *_STANDING),
)
"""What is done to the commitment itself, as it meets them."""
