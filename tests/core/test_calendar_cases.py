from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit import BadInput
from itsmkit.core.calendar_cases import answers

CALENDARS = {
    "c": {"tz": "Europe/Berlin",
          "weekly": {"mon": [["09:00", "17:00"]], "tue": [["09:00", "12:00"], ["13:00", "17:00"]]},
          "holidays": ["2026-05-11"], "exceptions": {"2026-05-09": [["09:00", "10:00"]]}, "note": "more is allowed"},
    "empty": {"tz": "UTC", "weekly": {}},
}  # fmt: skip
MONDAY = "2026-05-04T09:00:00+02:00"


def answered(**case: Any) -> Any:
    (answer,) = answers({"calendars": CALENDARS, "cases": [{"calendar": "c", **case}]})
    return answer


@pytest.mark.parametrize(
    "case",
    [
        {"op": "add", "start": MONDAY, "seconds": 3600, "elapsed_oracle": "2026-05-04T10:00:00+02:00"},
        {"op": "add", "start": MONDAY, "seconds": 3600.5, "expected": "2026-05-04T08:00:00.500Z"},
        {"op": "add", "start": "2026-05-04T09:00:00", "seconds": 9 * 3600, "oracle": "2026-05-05T10:00:00"},
        {"op": "subtract", "end": "2026-05-05T10:00:00", "seconds": 3600, "expected": "2026-05-05T09:00:00"},
        {"op": "between", "start": MONDAY, "end": "2026-05-12T09:00:00+02:00", "expected_seconds": (8 + 7 + 1) * 3600},
        {"op": "in_hours", "at": MONDAY, "expected": True},
        {"op": "is_open", "at": "2026-05-11T12:00:00+02:00", "elapsed_oracle": False},
        {"op": "next_opening", "at": "2026-05-10T00:00:00+02:00", "expected": "2026-05-12T09:00:00+02:00"},
    ],
)
def test_each_kind_of_question_is_met(case: dict[str, Any]) -> None:
    answer = answered(**case)
    assert answer.met, answer


@pytest.mark.parametrize(
    ("case", "trouble"),
    [
        ({"op": "in_hours", "at": MONDAY, "expected": 1}, ""),
        ({"op": "between", "start": MONDAY, "end": MONDAY, "expected": False}, ""),
        ({"op": "add", "start": MONDAY, "seconds": 3600, "expected": "2026-05-04T10:00:01+02:00"}, ""),
        ({"op": "add", "start": MONDAY, "seconds": 3600}, "None is no moment"),
        ({"op": "add", "seconds": 3600, "expected": MONDAY}, "lacks start"),
        ({"op": "add", "start": "soon", "seconds": 1, "expected": MONDAY}, "'soon' is no moment"),
        ({"op": "add", "start": MONDAY, "seconds": "1", "expected": MONDAY}, "seconds: '1' is no length"),
        ({"op": "add", "start": MONDAY, "seconds": True, "expected": MONDAY}, "seconds: True is no length"),
        ({"op": "add", "start": MONDAY, "seconds": float("inf"), "expected": MONDAY}, "seconds: inf is no length"),
        ({"op": "add", "start": MONDAY, "seconds": 10**30, "expected": MONDAY}, "is no length"),
        ({"op": "add", "start": "9999-12-31T00:00:00Z", "seconds": 1, "expected": MONDAY}, "asked about 9999"),
        ({"op": "between", "start": "0001-01-01T00:00:00+14:00", "end": MONDAY, "expected": 0}, "asked about 1, knows"),
        ({"calendar": "empty", "op": "in_hours", "at": MONDAY, "expected": False}, "calendar empty: never open"),
        ({"calendar": "none", "op": "in_hours", "at": MONDAY, "expected": False}, "there is no calendar 'none'"),
    ],
)
def test_a_case_that_differs_or_can_not_be_read_is_not_met(case: dict[str, Any], trouble: str) -> None:
    answer = answered(**case)
    assert not answer.met
    assert trouble in answer.trouble
    assert bool(trouble) == bool(answer.trouble)


def test_other_questions_are_told_apart_and_dispute_is_kept() -> None:
    assert not answered(op="sla_selector").known
    assert not answered(op="in_hours", at=MONDAY, expected=True, agree=False).agreed
    assert answered(op="in_hours", at=MONDAY, expected=True, agree=None).agreed


@pytest.mark.parametrize("data", [None, [], {}, {"cases": {}}, {"calendars": {}}, "text", 7])
def test_a_file_of_another_form_is_refused(data: Any) -> None:
    with pytest.raises(BadInput, match="not a file of cases"):
        list(answers(data))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["calendar", "op", "start", "end", "at", "seconds", "expected"]), values),
       st.dictionaries(st.sampled_from(["tz", "weekly", "holidays", "exceptions"]), values),
       st.sampled_from(["add", "between", "subtract", "in_hours", "next_opening"]))  # fmt: skip
def test_whatever_a_file_holds_is_answered_or_told(case: dict[str, Any], table: dict[str, Any], op: str) -> None:
    cases = [{**case, "calendar": "x", "op": op}, {**case, "calendar": "c", "op": op}, case]
    for answer in answers({"calendars": {**CALENDARS, "x": table}, "cases": cases}):
        assert answer.trouble or not answer.known or answer.ours is not None or op == "next_opening"
