"""The plugin contract bites: each way to misbehave, at each hook, fails it."""

from collections.abc import Callable
from typing import Any

import pytest
from _pytest.outcomes import Failed, Skipped

from itsmkit import Report, hookimpl
from itsmkit.core.plugins import hook_names
from itsmkit.testing import (
    GARBAGE,
    Mutating,
    PlainModel,
    PluginContract,
    answering,
    endless,
    greedy,
    raising,
    recursing,
)

ORDINARY = [one for one in hook_names() if one not in ("itsmkit_commands", "itsmkit_organisation")]
"""Hooks whose answers the contract judges at the call; the two others have promises of their own."""


def contract_of(plugin: object) -> PluginContract:
    made = PluginContract()
    vars(made)["plugin"] = lambda: plugin
    return made


def answers(plugin: object, hook: str) -> None:
    contract_of(plugin).test_it_answers_within_its_types_or_not_at_all(hook)  # type: ignore[call-arg]


@pytest.mark.parametrize("hook", hook_names())
@pytest.mark.parametrize("misbehave", [raising, recursing, lambda hook: raising(hook, SystemExit(1))])
def test_who_raises_fails(hook: str, misbehave: Callable[[str], object]) -> None:
    with pytest.raises(Failed, match=f"{hook} raised"):
        answers(misbehave(hook), hook)


@pytest.mark.parametrize("hook", ORDINARY)
def test_who_answers_garbage_fails(hook: str) -> None:
    with pytest.raises(Failed, match=f"{hook} (garbage|raised)"):
        answers(answering(hook, GARBAGE[hook][1]), hook)


def test_an_answer_without_end_fails() -> None:
    with pytest.raises(Failed, match="garbage"):
        answers(endless("itsmkit_match"), "itsmkit_match")


@pytest.mark.parametrize("hook", ["itsmkit_classify", "itsmkit_match", "itsmkit_escalate"])
def test_who_reads_beyond_the_budget_fails(hook: str) -> None:
    with pytest.raises(Failed, match="BudgetSpent"):
        answers(greedy(hook), hook)


def test_who_changes_what_it_is_handed_fails() -> None:
    with pytest.raises(AssertionError, match="changed what it was handed"):
        answers(Mutating("itsmkit_deliver"), "itsmkit_deliver")


def test_who_answers_another_s_question_with_a_name_of_the_wrong_sort_fails() -> None:
    with pytest.raises(Failed, match="garbage"):
        answers(answering("itsmkit_lookup", 7), "itsmkit_lookup")


@pytest.mark.parametrize("hook", ["itsmkit_open_store", "itsmkit_deliver"])
def test_who_answers_for_others_fails(hook: str) -> None:
    with pytest.raises(Failed, match="can't be its own"):
        answers(answering(hook, object()), hook)


def test_who_can_t_take_part_fails() -> None:
    class Unmarked:
        def itsmkit_classify(self) -> None: ...

    with pytest.raises(AssertionError, match="@hookimpl"):
        contract_of(Unmarked()).test_it_takes_part()
    with pytest.raises(AssertionError, match="no hook"):
        contract_of(object()).test_it_takes_part()


@pytest.mark.parametrize(
    "wrong",
    [
        {"duties": lambda _: frozenset()},
        {"duties": lambda _: frozenset({"anything", "report"})},
        {"scope": lambda _: "everything"},
        {"lines": lambda _: (2, 1)},
        {"assignment": lambda *_: "net"},
        {"reporting_line": lambda *_: None},
        {"reporting_line": lambda *_: "manager"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_model_that_answers_wrongly_fails(wrong: dict[str, Any]) -> None:
    model = type("Model", (), {name: staticmethod(does) for name, does in wrong.items()})
    both = type("Wrong", (model, PlainModel), {})()
    with pytest.raises(AssertionError):
        contract_of(answering("itsmkit_organisation", both)).test_its_organisation_model_answers_for_everybody()  # type: ignore[call-arg]


def test_a_report_whose_rows_don_t_fit_fails() -> None:
    from itsmkit import ReportDefinition, Table

    crooked = ReportDefinition("x", "X", lambda _look, _period: (Table("T", ("a", "b"), ((1,),)),))
    with pytest.raises(AssertionError):
        contract_of(answering("itsmkit_reports", [crooked])).test_its_reports_can_be_made()


def test_a_good_plugin_passes_and_what_it_lacks_is_skipped() -> None:
    class Good:
        @hookimpl
        def itsmkit_intake(self) -> Report:
            return Report("a title")

    good = contract_of(Good())
    good.test_it_takes_part()
    answers(Good(), "itsmkit_intake")
    with pytest.raises(Skipped):
        answers(Good(), "itsmkit_match")
