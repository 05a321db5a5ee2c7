from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Itsmkit


@pytest.fixture
def ordering(it: "Itsmkit") -> "Itsmkit":
    """A site that sends nobody without a work order, with one that was just asked for."""
    settings: Path = it.site / "itsmkit.toml"
    settings.write_text(settings.read_text("utf-8").replace('dispatch = "direct"', 'dispatch = "approved"'), "utf-8")
    it("ticket", "report", "--title", "Printer on fire", "--mail", "ursula@example.org", "--on-site")
    it("--as", "anna", "ticket", "ask-dispatch", "T26-000001", "--reason", "smoke")
    return it


@pytest.mark.requirement("INC-23", "a work order from the asking to the archive, on the command line")
def test_a_work_order_is_led_to_its_end_by_those_whose_duty_it_is(ordering: "Itsmkit") -> None:
    assert [one["status"] for one in ordering.json("work-order", "list", "--open")] == ["asked"]
    steps = (
        ("paul", "decide", "--needed", "--technicians", "ben,carol", "--team", "infrastructure"),
        ("tina", "approve"),
        ("anna", "schedule", "--at", "2030-01-07T09:00", "--place", "Hall 2", "--needs", "switch the power off"),
    )
    for who, verb, *options in steps:
        ordering("--as", who, "work-order", verb, "W26-000001", *options)
    shown = ordering("work-order", "show", "W26-000001").stdout
    assert "WO4 Go there" in shown
    assert "switch the power off" in shown
    mine = ordering.json("--as", "ursula", "work-order", "show", "W26-000001")
    assert (mine["place"], mine["reason"], mine["decided_by"]) == ("Hall 2", "", "")
    assert ordering.json("ticket", "show", "T26-000001")["step"] == "IM2.9"


def test_what_is_none_of_ones_business_is_refused_in_one_line(ordering: "Itsmkit") -> None:
    assert "needs the duty approve" in ordering.error("--as", "paul", "work-order", "approve", "W26-000001")
    assert "no work order" in ordering.error("--as", "victor", "work-order", "show", "W26-000001")
    assert "unknown verb" in ordering.error("--as", "tina", "work-order", "approve", "T26-000001")


def test_the_list_in_chinese_fits_a_narrow_screen(ordering: "Itsmkit") -> None:
    told = type(ordering)(ordering.site, columns=80)("--lang", "zh", "work-order", "list").stdout
    assert "已提出" in told
    assert max(map(len, told.splitlines())) <= 80
