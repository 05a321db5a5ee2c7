"""Walking a process table: the engine asks, somebody answers, the record moves on; every step leaves an event."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from attrs import frozen

from itsmkit.core.errors import ItsmError
from itsmkit.core.model.event import INTERNAL, NOTHING, Draft
from itsmkit.core.model.process import END, Process, Step
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Wait

MOST_STEPS = 100
"""A walk longer than this goes in circles."""


class Walker(Protocol):
    """A record that walks a process: where it stands, what people are told of that, and why it rests."""

    @property
    def type(self) -> str:
        """Its type's name."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def number(self) -> str:
        """The number that people know it by."""

    @property
    def process(self) -> str:
        """The name of the table."""

    @property
    def step(self) -> str:
        """The step it stands at."""

    @property
    def status(self) -> str:
        """What follows from step and waits."""

    @property
    def waits(self) -> tuple[Wait, ...]:
        """Why it rests."""


W = TypeVar("W", bound=Walker)


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


def walk(
    process: Process, record: W, answer: Callable[[Step, W], Answer | None], *, later: bool
) -> tuple[W, list[Draft]]:
    """Move the record on until a step has no answer, the process ends, or, unless `later`, a later step comes.

    `answer` gives None where nobody answers: then the step stands on the list of the people who have its duty. An
    answer without outcome is none either; its notes are kept. Each answered step leaves one event with the code "step".
    """
    drafts: list[Draft] = []
    for _ in range(MOST_STEPS):
        if record.step == END:
            return record, drafts
        step = process.step(record.step).of(getattr(record, "kind", ""))
        if step.later and not later:
            return record, drafts
        given = answer(step, record)
        if given is None or not given.outcome:
            return record, [*drafts, *(given.notes if given else ())]
        record = moved(process, step, record, given)
        drafts.append(
            Draft("step", given.by, step.id, given.outcome, given.args, given.why, given.personal, given.audience)
        )
        drafts += given.notes
    msg = f"process {process.name} goes in circles at step {record.step}; mend its table"
    raise ItsmError(msg)


def walk_by(process: Process, record: W, answers: Mapping[str, str], by: str) -> tuple[W, list[Draft]]:
    """Move the record on by these answers (step id to outcome), each used once, and by the table's defaults alone."""
    given = dict(answers)

    def answer(step: Step, _record: W) -> Answer | None:
        if step.id in given:
            return Answer(given.pop(step.id), by)
        return Answer(step.otherwise) if step.otherwise else None

    return walk(process, record, answer, later=True)


def moved(process: Process, step: Step, record: W, given: Answer) -> W:
    """The record behind that answer; ItsmError where the table doesn't know the outcome."""
    try:
        following = step.to[given.outcome]
    except KeyError:
        msg = f"step {step.id} has no outcome {given.outcome!r}; it has {', '.join(step.to)}"
        raise ItsmError(msg) from None
    return standing(process, record, following, given.changes)


def standing(process: Process, record: W, at: str, changes: Mapping[str, Any] = NOTHING) -> W:
    """The record with those changes, at that step, its status true to both."""
    waits = changes.get("waits", record.waits)
    return revised(record, **{**changes, "step": at, "status": status(process, at, waiting=bool(waits))})


def status(process: Process, at: str, *, waiting: bool) -> str:
    """The status that follows from the step and from whether the record waits (INC-36)."""
    found = process.ended if at == END else process.step(at).status
    return process.resting if waiting and found not in process.still else found


def problems(process: Process, rules: frozenset[str], hooks: frozenset[str]) -> list[str]:
    """What is wrong with a table: unknown next steps, rules or hooks, steps that can't be reached or left."""
    found = [] if process.start in process.steps else [f"it starts at an unknown step {process.start!r}"]
    reached = {process.start, *(one for step in process.steps.values() for one in step.to.values())}
    for id_, step in process.steps.items():
        if id_ != step.id:
            found.append(f"step {step.id} is filed under {id_}")
        found += [f"{id_}: {outcome!r} leads to {to!r}, which doesn't exist" for outcome, to in step.to.items()
                  if to != END and to not in process.steps]  # fmt: skip
        named = (step.rule, *(way.rule for way in step.by_kind.values()))
        found += [f"{id_}: no rule {rule!r}" for rule in named if rule and rule not in rules]
        found += [f"{id_}: no hook {hook!r}" for hook in (step.asks, step.then) if hook and hook not in hooks]
        if step.otherwise and step.otherwise not in step.to:
            found.append(f"{id_}: its default outcome {step.otherwise!r} leads nowhere")
        if not step.to:
            found.append(f"{id_}: can't be left")
        if id_ not in reached:
            found.append(f"{id_}: can't be reached")
    return found
