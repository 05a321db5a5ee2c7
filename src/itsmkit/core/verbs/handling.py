"""Verbs of whoever works on the ticket: acceptance, investigation, resolution (IM2.12 to IM4.6)."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from attrs import frozen

from itsmkit.core.catalogue import check_procedure
from itsmkit.core.configuration import deviations
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.incident import needs_backup
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.pause import APPOINTMENT
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.verb import Act, Effect, Nothing, check_known, param, verb
from itsmkit.core.verbs.places import ACCEPTANCE, INVESTIGATION, LINE, RESOLUTION
from itsmkit.core.verbs.waiting import waiting


def accepted(ticket: Ticket, act: Act, assignee: str) -> Effect:
    """The ticket taken on by whoever has it; for `assignee`, or whoever it is assigned to."""
    changes = {
        "assignee": assignee or ticket.assignee,
        "responded": ticket.responded or act.now,
        "accepted": act.now,
        "declined": (),
    }
    return Effect(changes, {"IM2.12": "understood", "IM2.13": "yes"})


def _accept(ticket: Ticket, _params: Nothing, act: Act) -> Effect:
    return accepted(ticket, act, act.by.person)


@frozen
class Decline:
    """Why it is not ours, and whose it may be (IM2.14)."""

    reason: str = param("why it is not ours", required=True)
    suggest: str = param("the team it may belong to", default="")


def _decline(ticket: Ticket, params: Decline, act: Act) -> Effect:
    if params.suggest and act.site.team(params.suggest) is None:
        check_known("team", params.suggest, tuple(one.id for one in act.site.teams))
    return Effect(
        {"declined": (*ticket.declined, ticket.team), "assignee": ""},
        {"IM2.12": "understood", "IM2.13": "no", "IM2.14": "asked"},
        args={"team": ticket.team, "suggest": params.suggest},
        personal={"reason": params.reason},
    )


@frozen
class HandOver:
    """On to the next line, with what was found so far (INC-24)."""

    text: str = param("what was found so far", required=True, multiline=True)


_LEAVING = MappingProxyType(
    {
        "IM3.1": {"IM3.1": "done", "IM3.2": "line"},
        "IM3.2": {"IM3.2": "line"},
        "IM3.3": {"IM3.3": "no", "IM3.4": "no"},
        "IM3.4": {"IM3.4": "no"},
    }
)
"""Where the table itself leads on to another line; elsewhere a hand-over leaves it."""


def _hand_over(ticket: Ticket, params: HandOver, _act: Act) -> Effect:
    answers = _LEAVING.get(ticket.step, {})
    jump = None if answers else "IM2.11"
    return Effect({"assignee": ""}, answers, jump=jump, personal={"text": params.text})


@frozen
class Diagnose:
    """The cause, compared with the standard configuration (INC-28)."""

    cause: str = param("the cause", required=True, multiline=True)
    configuration: str = param("the configuration as found; left out, as reported", default="", multiline=True)


def _diagnose(ticket: Ticket, params: Diagnose, act: Act) -> Effect:
    found = params.configuration or ticket.configuration
    standard = act.ci.standard if act.ci else ()
    odd = [f"{name} = {have} ({due})" for name, due, have in deviations(standard, found)]
    args = {"compared": act.ci.id, "deviates": len(odd)} if act.ci and standard else {}
    personal = {"cause": params.cause, **({"deviations": "; ".join(odd)} if odd else {})}
    return Effect({"cause": params.cause, "configuration": found}, args=args, personal=personal)


_FOUND = MappingProxyType(
    {"IM2.8": "no", "IM2.9": "tried", "IM2.10": "yes", "IM3.1": "done", "IM3.2": "no", "IM3.3": "no", "IM3.4": "yes"}
)


@frozen
class Propose:
    """A solution or workaround found, before it is carried out."""

    solution: str = param("what solves it", required=True, multiline=True)
    workaround: bool = param("it only works around the cause", default=False)
    cause: str = param("the cause, where it was found", default="")


def _propose(ticket: Ticket, params: Propose, _act: Act) -> Effect:
    check_procedure(ticket)
    changes = {"solution": params.solution, "workaround": params.workaround, "cause": params.cause or ticket.cause}
    return Effect(changes, _FOUND, args={"workaround": params.workaround}, personal={"solution": params.solution})


@frozen
class Agree:
    """What was agreed with the customer: how long it takes, or when it is done where that can't be now (INC-31)."""

    takes: str = param("how long it takes, as told to the customer", default="")
    until: datetime | None = param("when it is done, where it can't be solved now; the ticket rests until then",
                                   default=None)  # fmt: skip


def _agree(ticket: Ticket, params: Agree, act: Act) -> Effect:
    changes: dict[str, Any] = {"agreed": True}
    args = {"at": params.until.isoformat()} if params.until else {}
    if params.until:
        changes["waits"] = (*ticket.waits, waiting(APPOINTMENT, params.takes, params.until, act))
    personal = {"text": f"{ticket.solution}\n\n{params.takes}".strip()}
    return Effect(changes, {"IM4.1": "no", "IM4.3": "agreed"}, args=args, personal=personal, audience=PUBLIC)


def _backup(_ticket: Ticket, _params: Nothing, _act: Act) -> Effect:
    return Effect({"backup": True}, {"IM4.4": "confirmed"})


SOLVED = MappingProxyType(
    {
        "IM2.12": "understood",
        "IM2.13": "yes",
        **_FOUND,
        "IM4.1": "no",
        "IM4.2": "done",
        "IM4.3": "agreed",
        "IM4.5": "done",
        "IM4.6": "yes",
    }
)
"""The answers of whoever has a solution and has carried it out, from wherever the ticket stands."""


@frozen
class Resolve:
    """The resolution as carried out and verified (INC-31 to INC-33)."""

    solution: str = param("what was done; left out, the solution proposed before", default="", multiline=True)
    workaround: bool = param("it only works around the cause", default=False)
    cause: str = param("the cause, where it was found", default="")
    backup: bool = param("a backup was confirmed before the work (INC-32)", default=False)
    ci_change: str = param("configuration items changed by the work (INC-43)", default="")


def resolved(ticket: Ticket, params: Resolve, act: Act) -> Effect:
    """The ticket with its solution carried out; BadInput without one, NotAllowed without the backup it needs."""
    check_procedure(ticket)
    solution = params.solution or ticket.solution
    if not solution:
        msg = f"{ticket.number} has no solution yet; give one with --solution"
        raise BadInput(msg)
    if needs_backup(ticket, act.policy) and not (ticket.backup or params.backup):
        band = act.policy.rules.band(ticket.priority)
        msg = f"INC-32: {ticket.number} is of {band} severity, a backup must be confirmed before the work: --backup"
        raise NotAllowed(msg)
    changes = {
        "solution": solution,
        "workaround": params.workaround or ticket.workaround,
        "cause": params.cause or ticket.cause,
        "backup": params.backup or ticket.backup,
        "ci_change": params.ci_change or ticket.ci_change,
        "agreed": True,
        "waits": (),
        "responded": ticket.responded or act.now,
    }
    args = {"workaround": changes["workaround"], "backup": changes["backup"]}
    answers = {**SOLVED, "IM4.4": "confirmed" if changes["backup"] else "not_needed"}
    return Effect(changes, answers, args=args, personal={"solution": solution}, audience=PUBLIC)


VERBS = (
    verb("accept", "Accept the assignment", Nothing, _accept, LINE, *ACCEPTANCE),
    verb("decline", "Decline the assignment", Decline, _decline, LINE, *ACCEPTANCE),
    verb(
        "hand-over", "Hand over to the next line", HandOver, _hand_over, LINE, *ACCEPTANCE, *INVESTIGATION, *RESOLUTION
    ),
    verb("diagnose", "Record the cause", Diagnose, _diagnose, LINE, *INVESTIGATION, *RESOLUTION),
    verb("propose", "Propose a solution", Propose, _propose, LINE, "IM2.8", "IM2.9", "IM2.10", *INVESTIGATION),
    verb("agree", "The customer agrees to the solution", Agree, _agree, LINE, "IM4.1", "IM4.3"),
    verb("backup", "Confirm the backup", Nothing, _backup, LINE, "IM4.4"),
    verb(
        "resolve",
        "Record the verified resolution",
        Resolve,
        resolved,
        LINE,
        "IM2.8",
        "IM2.9",
        "IM2.10",
        *INVESTIGATION,
        *RESOLUTION,
    ),
)
"""In the order a ticket meets them."""
