"""Walking a process table: the engine asks, somebody answers, the record moves on; every step leaves an event."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from itsmkit.core.errors import ItsmError
from itsmkit.core.model.event import INTERNAL, NOTHING, Draft
from itsmkit.core.model.process import END, Process, Step
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Status, Ticket

MOST_STEPS = 100
"""A walk longer than this goes in circles."""


@frozen(slots=False)
class Answer:
    """How a step was answered: the outcome, by whom and why, what it changes on the ticket, and what else to note."""

    outcome: str
    by: str = "core"
    changes: Mapping[str, Any] = NOTHING
    args: Mapping[str, Any] = NOTHING
    why: Mapping[str, Any] = NOTHING
    personal: Mapping[str, Any] = NOTHING
    audience: str = INTERNAL
    notes: tuple[Draft, ...] = ()


Answerer = Callable[[Step, Ticket], Answer | None]
"""Answers a step, or gives None: then the step stands on the list of the people who have its duty.

An answer without outcome is none either; its notes are kept.
"""


def walk(process: Process, ticket: Ticket, answer: Answerer, *, later: bool) -> tuple[Ticket, list[Draft]]:
    """Move the ticket on until a step has no answer, the process ends, or, unless `later`, a later step comes.

    Each answered step leaves one event with the code "step".
    """
    drafts: list[Draft] = []
    for _ in range(MOST_STEPS):
        if ticket.step == END:
            return ticket, drafts
        step = process.step(ticket.step)
        if step.later and not later:
            return ticket, drafts
        given = answer(step, ticket)
        if given is None or not given.outcome:
            return ticket, [*drafts, *(given.notes if given else ())]
        ticket = moved(process, step, ticket, given)
        drafts.append(
            Draft("step", given.by, step.id, given.outcome, given.args, given.why, given.personal, given.audience)
        )
        drafts += given.notes
    msg = f"process {process.name} goes in circles at step {ticket.step}; mend its table"
    raise ItsmError(msg)


def moved(process: Process, step: Step, ticket: Ticket, given: Answer) -> Ticket:
    """The ticket behind that answer; ItsmError where the table doesn't know the outcome."""
    try:
        following = step.to[given.outcome]
    except KeyError:
        msg = f"step {step.id} has no outcome {given.outcome!r}; it has {', '.join(step.to)}"
        raise ItsmError(msg) from None
    return standing(process, ticket, following, given.changes)


def standing(process: Process, ticket: Ticket, at: str, changes: Mapping[str, Any] = NOTHING) -> Ticket:
    """The ticket with those changes, at that step, its status true to both."""
    waits = changes.get("waits", ticket.waits)
    return revised(ticket, **{**changes, "step": at, "status": status(process, at, waiting=bool(waits))})


def status(process: Process, at: str, *, waiting: bool) -> Status:
    """The status that follows from the step and from whether the ticket waits (INC-36)."""
    found = Status.CLOSED if at == END else process.step(at).status
    return Status.WAITING if waiting and found not in (Status.RESOLVED, Status.CLOSED) else found


def problems(process: Process, rules: frozenset[str], hooks: frozenset[str]) -> list[str]:
    """What is wrong with a table: unknown next steps, rules or hooks, steps that can't be reached or left."""
    found = [] if process.start in process.steps else [f"it starts at an unknown step {process.start!r}"]
    reached = {process.start, *(one for step in process.steps.values() for one in step.to.values())}
    for id_, step in process.steps.items():
        if id_ != step.id:
            found.append(f"step {step.id} is filed under {id_}")
        found += [f"{id_}: {outcome!r} leads to {to!r}, which doesn't exist" for outcome, to in step.to.items()
                  if to != END and to not in process.steps]  # fmt: skip
        if step.rule and step.rule not in rules:
            found.append(f"{id_}: no rule {step.rule!r}")
        found += [f"{id_}: no hook {hook!r}" for hook in (step.asks, step.then) if hook and hook not in hooks]
        if step.otherwise and step.otherwise not in step.to:
            found.append(f"{id_}: its default outcome {step.otherwise!r} leads nowhere")
        if not step.to:
            found.append(f"{id_}: can't be left")
        if id_ not in reached:
            found.append(f"{id_}: can't be reached")
    return found
