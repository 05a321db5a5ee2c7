"""Verbs of requests for something of the service catalogue: chosen, and done step by step (INC-10, INC-15)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from attrs import frozen

from itsmkit.core.access import may
from itsmkit.core.catalogue import after, requested, to_do, turn
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.catalogue import Job
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.party import Team
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.verb import Act, Effect, check_known, param, verb
from itsmkit.core.verbs.handing import handed_to, of_team
from itsmkit.core.verbs.handling import SOLVED
from itsmkit.core.verbs.places import DESK, LINE, MANAGERS


@frozen
class Request:
    """What of the catalogue is asked for."""

    item: str = param("the catalogue item, by its id", required=True)


def _request(ticket: Ticket, params: Request, act: Act) -> Effect:
    item = act.site.item(params.item)
    if item is None or not item.procedure:
        check_known("catalogue item", params.item, tuple(one.id for one in act.site.catalogue if one.procedure))
        raise AssertionError
    if ticket.item == item.id:
        msg = f"{ticket.number} is a request for {item.id} already"
        raise BadInput(msg)
    changes = dict(requested(item, act.policy, act.now))
    args = {"item": item.id, "old": ticket.item, "steps": len(item.procedure)}
    return Effect(
        {**changes, **_to_whom(changes["procedure"][0], ticket, act)}, {"IM2.1": "set"}, jump="IM2.1", args=args
    )


@frozen
class DoneStep:
    """What was done of the procedure's present step."""

    text: str = param("what was done", default="", multiline=True)
    skipped: bool = param("it need not be done: the text says why", default=False)


_LAST = MappingProxyType({**SOLVED, "IM2.9": "tried", "IM2.10": "yes", "IM4.4": "not_needed"})


def _done_step(ticket: Ticket, params: DoneStep, act: Act) -> Effect:
    job, at = to_do(ticket), turn(ticket.procedure)
    if job is None or at is None:
        msg = f"{ticket.number} has no step of a catalogue procedure to be done; `request` chooses an item"
        raise BadInput(msg)
    if params.skipped and not params.text:
        msg = f"say with --text why {job.name!r} need not be done"
        raise BadInput(msg)
    _check_theirs(job, act)
    jobs = after(ticket, act.policy, act.now, act.by.person, skipped=params.skipped)
    args = {"step": at + 1, "of": len(jobs), "name": job.name, "skipped": params.skipped, "late": jobs[at].late}
    personal = {"text": params.text} if params.text else {}
    changes: dict[str, Any] = {"procedure": jobs, "responded": ticket.responded or act.now}
    if (following := turn(jobs)) is not None:
        return Effect({**changes, **_to_whom(jobs[following], ticket, act)}, args=args, personal=personal)
    done = "; ".join(one.name for one in jobs if not one.skipped)
    changes |= {"solution": ticket.solution or done or params.text, "agreed": True}
    return Effect(changes, _LAST, args=args, personal=personal, audience=PUBLIC)


def _check_theirs(job: Job, act: Act) -> None:
    """NotAllowed where the step is another line's or team's: a predefined procedure is line 1's own (INC-15)."""
    team = act.site.team(job.team) if job.team else None
    if of_team(act.by, team) if team else job.line > 1 or not act.by.person or may(act.by, DESK | MANAGERS):
        return
    whose = f"team {job.team}" if job.team else f"line {job.line}"
    msg = f"INC-15: the step {job.name!r} is done by {whose}"
    raise NotAllowed(msg)


def _to_whom(job: Job, ticket: Ticket, act: Act) -> Mapping[str, Any]:
    """The ticket goes to whoever has the step, where that is somebody else."""
    team = _team(job, ticket, act)
    return handed_to(ticket, team) if team is not None and team.id != ticket.team else {}


def _team(job: Job, ticket: Ticket, act: Act) -> Team | None:
    if job.team:
        return act.site.team(job.team)
    if ticket.line == job.line or not ticket.team:
        return None
    chosen = act.organisation.assignment(ticket, job.line, act.site)
    return act.site.team(chosen.team) if chosen else None


VERBS = (
    verb("request", "Take it as a request for something of the catalogue", Request, _request, DESK,
         "IM2.1", "IM2.7", "IM2.8", "IM2.9", "IM2.10"),
    verb("done-step", "The procedure's present step is done", DoneStep, _done_step, LINE, "IM2.9"),
)  # fmt: skip
"""In the order a ticket meets them."""
