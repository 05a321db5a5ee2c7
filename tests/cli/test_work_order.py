from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar

from itsmkit import Desk

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


def approved_by(site: "Itsmkit", who: str) -> None:
    """The order, approved by somebody at a keyboard of their own."""
    with Desk.open(site.site) as desk:
        desk.do("approve", "W26-000001", desk.principal(who))


@pytest.mark.requirement("INC-23", "who decides as somebody else approves under neither name")
def test_one_login_does_not_decide_and_approve_under_two_names(ordering: "Itsmkit") -> None:
    ordering("--as", "paul", "work-order", "decide", "W26-000001", "--needed", "--technicians", "ben")
    decided = ordering.json("work-order", "show", "W26-000001")
    assert (decided["decided_by"], bool(decided["decider"])) == ("paul", True)
    assert "INC-23" in ordering.error("--as", "tina", "work-order", "approve", "W26-000001")
    approved_by(ordering, "tina")
    assert ordering.json("work-order", "show", "W26-000001")["status"] == "approved"


@pytest.mark.requirement("INC-23", "a work order from the asking to the archive, on the command line")
def test_a_work_order_is_led_to_its_end_by_those_whose_duty_it_is(ordering: "Itsmkit") -> None:
    assert [one["status"] for one in ordering.json("work-order", "list", "--open")] == ["asked"]
    going = ("--needed", "--technicians", "ben,carol", "--team", "infrastructure")
    ordering("--as", "paul", "work-order", "decide", "W26-000001", *going)
    approved_by(ordering, "tina")
    agreed = ("--at", "2030-01-07T09:00", "--place", "Hall 2", "--needs", "switch the power off")
    ordering("--as", "anna", "work-order", "schedule", "W26-000001", *agreed)
    shown = ordering("work-order", "show", "W26-000001").stdout
    assert "WO4 Go there" in shown
    assert "switch the power off" in shown
    mine = ordering.json("--as", "ursula", "work-order", "show", "W26-000001")
    assert (mine["place"], mine["reason"], mine["decided_by"]) == ("Hall 2", "", "")
    assert ordering.json("ticket", "show", "T26-000001")["step"] == "IM2.9"


@pytest.mark.requirement("INC-23", "the five earliest common slots, and the calendar file, on the command line")
def test_a_visit_is_offered_agreed_and_put_into_calendars(ordering: "Itsmkit") -> None:
    ordering("--as", "paul", "work-order", "decide", "W26-000001", "--needed", "--technicians", "ben,carol")
    approved_by(ordering, "tina")
    wanted = ("work-order", "slots", "W26-000001", "--minutes", "90", "--after", "2030-01-07T09:20")
    told = ordering("--as", "anna", *wanted)
    assert "2030-01-07 09:30" in told.stdout
    assert "by the hours of customer (office), ben (" in told.stderr
    offered = ordering.json("--as", "anna", *wanted)
    assert [one["slot"] for one in offered] == [1, 2, 3, 4, 5]
    assert offered[0]["visit_at"] == "2030-01-07T08:30:00.000+00:00"
    assert offered[0]["who"] == ["ben", "carol"]
    agreed = ("--at", offered[0]["visit_at"], "--minutes", "90", "--place", "Hall 2")
    ordering("--as", "anna", "work-order", "schedule", "W26-000001", *agreed)
    (event,) = Calendar.from_ical(ordering("--as", "ursula", "work-order", "ics", "W26-000001").stdout_bytes).events
    assert event.start.isoformat() == offered[0]["visit_at"].replace(".000", "")
    assert (event["LOCATION"], str(event["ATTENDEE"])) == ("Hall 2", "mailto:ursula@example.org")
    assert "上门时间" in ordering("--as", "anna", "--lang", "zh", *wanted).stdout
    assert "needs the duty" in ordering.error("--as", "ursula", "work-order", "slots", "W26-000001")
    assert "no work order" in ordering.error("--as", "victor", "work-order", "ics", "W26-000001")


def test_what_is_none_of_ones_business_is_refused_in_one_line(ordering: "Itsmkit") -> None:
    assert "needs the duty approve" in ordering.error("--as", "paul", "work-order", "approve", "W26-000001")
    assert "no work order" in ordering.error("--as", "victor", "work-order", "show", "W26-000001")
    assert "no work order" in ordering.error("--as", "tina", "work-order", "approve", "T26-000001")


def test_the_list_in_chinese_fits_a_narrow_screen(ordering: "Itsmkit") -> None:
    told = type(ordering)(ordering.site, columns=80)("--lang", "zh", "work-order", "list").stdout
    assert "已提出" in told
    assert max(map(len, told.splitlines())) <= 80
