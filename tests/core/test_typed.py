"""Whether a value is what its annotations say, down to the last field."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from itsmkit import Assignment, Classification, Contact, Fact, Level, Likeness, Report, Target, Ticket
from itsmkit.core.typed import LONGEST, misfit
from itsmkit.testing import tickets

TARGET = Target("resolution", 60, "always", chain=(Level(50, "manager"),))


@given(tickets())
def test_what_is_made_of_proper_values_fits(made: Ticket) -> None:
    assert misfit(made, Ticket, texts=False) == ""


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (Classification("incident", 7), "category is int, where str is due"),  # type: ignore[arg-type]
        (Classification("incident", "\ud800"), "half a surrogate pair"),
        (Classification("incident", "a\0b"), "NUL"),
        (Classification("incident", "x" * (LONGEST + 1)), "longer"),
        (Classification("incident", on_site=1), "on_site is int, where bool is due"),  # type: ignore[arg-type]
        (Assignment("net", line=True), "line is bool"),
        (Assignment("net", 1 << 63), "64 bits"),
        (Likeness("ticket", "t", "T", float("nan"), ""), "no finite number"),
        (Report("a", happened=datetime(2026, 1, 1)), "happened has no time zone"),  # noqa: DTZ001
        (Report("a", happened=7), "happened is int"),  # type: ignore[arg-type]
        (Report("a", contact=None), "contact is None, where Contact is due"),  # type: ignore[arg-type]
        (Report("a", contact=Contact(mail=7)), "contact mail is int"),  # type: ignore[arg-type]
        (Report("a", references=["<a>"]), "references is list, where a tuple is due"),  # type: ignore[arg-type]
        (Report("a", references=("<a>", 7)), "references has an item that is int"),  # type: ignore[arg-type]
        (Target("r", 60, "always", stops=("resolved",)), "stops has an item that is str, where Fact is due"),  # type: ignore[arg-type]
        ("text", "is str, where Target is due"),
    ],
)
def test_what_doesn_t_fit_is_named_down_to_the_field(value: Any, says: str) -> None:
    assert says in misfit(value, Target if isinstance(value, str) else type(value))


def test_what_fits_is_left_alone() -> None:
    assert misfit(TARGET, Target) == ""
    assert misfit(Target("r", 60, "always", stops=(Fact.RESPONDED, Fact.RESOLVED)), Target) == ""
    assert misfit(Report("网络", happened=datetime(2026, 1, 1, tzinfo=UTC)), Report) == ""
    assert misfit(Report("\ud800" + "x" * LONGEST), Report, texts=False) == ""
