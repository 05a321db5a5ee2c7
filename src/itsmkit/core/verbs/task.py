"""Verbs of tasks: work split off for another team, accepted, declined, assigned anew, done (IM2.11, INC-21)."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from itsmkit.core.errors import NotAllowed
from itsmkit.core.model.process import END
from itsmkit.core.model.task import Task, TaskStatus
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.verb import Act, Effect, Nothing, check_known, param, verb
from itsmkit.core.verbs.handing import of_team
from itsmkit.core.verbs.places import LINE, STAFF, WORKABLE

_OPEN = tuple(one for one in TaskStatus if one is not TaskStatus.CLOSED)


@frozen
class Split:
    """A part of the work for another team."""

    team: str = param("the team that does it", required=True)
    title: str = param("what is to be done, in a line", required=True)
    text: str = param("what they need to know", default="", multiline=True)
    person: str = param("the person who does it", default="", duties=LINE)


def _split(_ticket: Ticket, params: Split, act: Act) -> Effect:
    whose = _whose(params.team, params.person, act)
    made = Task(id="", title=params.title, text=params.text, asked_by=act.by.person, **whose)
    return Effect(args={"team": made.team, "person": made.person}, personal={"text": params.title}, makes=made)


def _whose(name: str, person: str, act: Act) -> Mapping[str, Any]:
    """The fields that say who has the task."""
    team = act.site.team(name)
    if team is None:
        check_known("team", name, tuple(one.id for one in act.site.teams))
        raise AssertionError
    if not act.by.scope.commands(team.vendor):
        msg = f"a vendor's staff split work within their vendor, not to team {team.id}"
        raise NotAllowed(msg)
    return {"team": team.id, "line": team.line, "vendor": team.vendor, "person": person}


def _check_ours(task: Task, act: Act) -> None:
    team = act.site.team(task.team)
    if task.person != act.by.person and not (team is not None and of_team(act.by, team)):
        msg = f"{task.number} is for team {task.team}; whoever is of it accepts, declines and does it"
        raise NotAllowed(msg)


def _accept(task: Task, _params: Nothing, act: Act) -> Effect:
    _check_ours(task, act)
    changes = {"person": act.by.person or task.person, "accepted": act.now, "refusal": ""}
    return Effect(changes, {"TK1": "yes"}, parent=Effect())


@frozen
class Decline:
    """Why the task is not ours."""

    reason: str = param("why it is not ours", required=True)
    suggest: str = param("the team it may belong to", default="")


def _decline(task: Task, params: Decline, act: Act) -> Effect:
    _check_ours(task, act)
    if params.suggest:
        check_known("team", params.suggest, tuple(one.id for one in act.site.teams))
    args, personal = {"by_team": task.team, "suggest": params.suggest}, {"reason": params.reason}
    changes = {"refusal": params.reason, "person": ""}
    return Effect(changes, {"TK1": "no"}, args=args, personal=personal, parent=Effect(args=args, personal=personal))


@frozen
class AssignTask:
    """Whose the task is now."""

    team: str = param("the team that does it", required=True)
    person: str = param("the person who does it", default="", duties=LINE)


def _assign(task: Task, params: AssignTask, act: Act) -> Effect:
    whose = _whose(params.team, params.person, act)
    moved = params.team != task.team
    args = {"team": params.team, "person": params.person, "old": task.team}
    changes = {**whose, "hand_overs": task.hand_overs + moved, "accepted": None}
    counted = {"hand_overs": act.parent.hand_overs + 1} if moved and act.parent is not None else {}
    told = Effect(counted, args=args)
    return Effect(changes, {"TK3": "assigned"}, jump="TK3", args=args, parent=told)


@frozen
class DoneTask:
    """What was done."""

    result: str = param("what was done and what came of it", required=True, multiline=True)


def _done(task: Task, params: DoneTask, act: Act) -> Effect:
    _check_ours(task, act)
    personal = {"text": params.result}
    changes = {"result": params.result, "outcome": "done", "closed": act.now}
    return Effect(changes, {"TK2": "done"}, personal=personal, parent=Effect(personal=personal))


@frozen
class Withdraw:
    """Why it need not be done after all."""

    reason: str = param("why it need not be done", required=True)


def _withdraw(_task: Task, params: Withdraw, act: Act) -> Effect:
    personal = {"reason": params.reason}
    changes = {"outcome": "withdrawn", "closed": act.now}
    return Effect(changes, jump=END, personal=personal, parent=Effect(personal=personal))


SPLITTING = (verb("split", "Split off a task for another team", Split, _split, STAFF, *WORKABLE),)
"""What is done to the ticket that the task is a part of."""

VERBS = (
    verb("accept", "Accept the task", Nothing, _accept, LINE, "TK1"),
    verb("decline", "Decline the task", Decline, _decline, LINE, "TK1"),
    verb("done", "The task is done", DoneTask, _done, LINE, "TK2"),
    verb("assign", "Assign the task to another team", AssignTask, _assign, STAFF, "TK1", "TK2", "TK3"),
    verb("withdraw", "Withdraw the task", Withdraw, _withdraw, STAFF, *_OPEN),
)
"""What is done to the task itself."""
