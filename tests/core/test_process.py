"""The laws of the engine, over any table: a walk ends, each answered step is one event, planted faults are found."""

from collections.abc import Sequence
from types import MappingProxyType

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from itsmkit import END, INCIDENT, Draft, Duty, ItsmError, Process, Status, Step, Wait
from itsmkit.core.process import MOST_STEPS, Answer, problems, status, walk
from itsmkit.testing import AT
from itsmkit.testing.builders import ticket as a_ticket

NAMES = tuple(f"S{number}" for number in range(8))


@st.composite
def tables(draw: st.DrawFn, *, forward: bool = True) -> Process:
    """A table whose steps lead to later ones or the end; with `forward` False anywhere."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    steps = {}
    for place, name in enumerate(names):
        onward = st.sampled_from((*names[place + 1 :], END) if forward else (*names, END))
        outcomes = draw(st.dictionaries(st.sampled_from(("yes", "no", "maybe")), onward, min_size=1))
        later, standing = draw(st.booleans()), draw(st.sampled_from((Status.NEW, Status.OPEN, Status.RESOLVED)))
        steps[name] = Step(name, name, Duty.RECORD, outcomes, standing, later=later)
    return Process("table", "A table", names[0], MappingProxyType(steps))


@given(tables(), st.data())
def test_a_walk_ends_where_nobody_answers_and_leaves_an_event_for_each_answer(
    process: Process, data: st.DataObject
) -> None:
    answered: list[tuple[str, str]] = []

    def answer(step: Step, _ticket: object) -> Answer | None:
        outcome = data.draw(st.sampled_from((*step.to, None)))
        if outcome is None:
            return None
        answered.append((step.id, outcome))
        return Answer(outcome, by="person:ann", notes=(Draft("noted", "core"),))

    ticket, drafts = walk(process, a_ticket(step=process.start), answer, later=True)
    assert [(one.step, one.outcome) for one in drafts if one.code == "step"] == answered
    assert {one.by for one in drafts if one.code == "step"} <= {"person:ann"}
    assert len(drafts) == 2 * len(answered)
    expected = process.start
    for step, outcome in answered:
        assert step == expected
        expected = process.steps[step].to[outcome]
    assert ticket.step == expected
    assert ticket.status == (Status.NEW if not answered else status(process, expected, waiting=False))


@given(tables())
def test_without_leave_no_later_step_is_taken(process: Process) -> None:
    asked: list[Step] = []

    def answer(step: Step, _ticket: object) -> Answer:
        asked.append(step)
        return Answer(next(iter(step.to)))

    ticket, _ = walk(process, a_ticket(step=process.start), answer, later=False)
    assert not any(step.later for step in asked)
    assert ticket.step == END or process.steps[ticket.step].later


@given(tables(), st.text(min_size=1, max_size=5))
def test_an_outcome_that_the_table_doesn_t_know_is_refused(process: Process, outcome: str) -> None:
    assume(outcome not in process.steps[process.start].to)
    with pytest.raises(ItsmError, match="has no outcome"):
        walk(process, a_ticket(step=process.start), lambda _step, _ticket: Answer(outcome), later=True)


def test_a_table_that_goes_in_circles_is_found_out() -> None:
    steps = {name: Step(name, name, Duty.RECORD, {"on": to}, Status.OPEN) for name, to in (("A", "B"), ("B", "A"))}
    asked: list[str] = []

    def answer(step: Step, _ticket: object) -> Answer:
        asked.append(step.id)
        return Answer("on")

    with pytest.raises(ItsmError, match="circles"):
        walk(Process("loop", "Loop", "A", steps), a_ticket(step="A"), answer, later=True)
    assert len(asked) == MOST_STEPS


def test_notes_without_an_outcome_are_kept_and_the_step_stands() -> None:
    note = Draft("plugin_fault", "core")
    ticket, drafts = walk(INCIDENT, a_ticket(step="IM2.1"), lambda *_: Answer("", notes=(note,)), later=True)
    assert (ticket.step, drafts) == ("IM2.1", [note])


@pytest.mark.parametrize("step", [*INCIDENT.steps, END])
@pytest.mark.parametrize("waits", [(), (Wait("a part", "vendor", AT),)])
def test_the_status_is_always_that_of_the_step_and_the_waits(step: str, waits: Sequence[Wait]) -> None:
    said = status(INCIDENT, step, waiting=bool(waits))
    plain = Status.CLOSED if step == END else INCIDENT.steps[step].status
    over = plain in (Status.RESOLVED, Status.CLOSED)
    assert said is (plain if over or not waits else Status.WAITING)


@given(tables(forward=False))
def test_a_table_in_order_has_no_problems_but_steps_out_of_reach(process: Process) -> None:
    found = problems(process, frozenset(), frozenset())
    assert all("can't be reached" in one for one in found)


FAULTS = {
    "leads to 'nowhere'": {"to": {"yes": "nowhere"}},
    "no rule 'ruled'": {"rule": "ruled"},
    "no hook 'itsmkit_asked'": {"asks": "itsmkit_asked"},
    "no hook 'itsmkit_added'": {"then": "itsmkit_added"},
    "default outcome 'else' leads nowhere": {"otherwise": "else"},
    "can't be left": {"to": {}},
    "is filed under": {"id": "OTHER"},
}


@given(tables(), st.sampled_from(sorted(FAULTS)), st.data())
def test_a_planted_fault_is_found(process: Process, says: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(process.steps)))
    broken = {**process.steps, name: evolve(process.steps[name], **FAULTS[says])}
    found = problems(evolve(process, steps=broken), frozenset(), frozenset())
    assert any(says in one for one in found)


@given(tables())
def test_an_unknown_start_is_found(process: Process) -> None:
    found = problems(evolve(process, start="nowhere"), frozenset(), frozenset())
    assert any("unknown step 'nowhere'" in one for one in found)
