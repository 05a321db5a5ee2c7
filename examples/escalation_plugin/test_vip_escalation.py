"""What the plugin decides, tried out on a desk in memory whose clock is moved by hand."""

import vip_escalation

from itsmkit import Contact, Event, Report
from itsmkit.testing import MovedClock, desk


def late(department: str, impact: int) -> Event:
    """What happened to a ticket that nobody answered for a week."""
    clock = MovedClock()
    with desk(clock, {"vip_escalation": vip_escalation}, use=["sla_default"]) as trial:
        hotline = trial.service("hotline")
        report = Report("No sound", contact=Contact(department=department), impact=impact, urgency=2)
        number = trial.report(report, by=hotline).number
        clock.advance(days=7)
        trial.tick()
        return next(one for one in trial.history(number, by=hotline) if one.args.get("clock") == "response")


def test_a_late_answer_to_the_board_goes_to_the_department_manager() -> None:
    event = late("board", impact=3)
    assert (event.code, event.args["to"]) == ("escalated", "department")
    assert event.why["because"] == "board is answered at once"


def test_a_late_answer_of_low_priority_goes_to_nobody() -> None:
    assert late("sales", impact=3).code == "not_escalated"


def test_any_other_late_answer_goes_as_the_chain_says() -> None:
    event = late("sales", impact=2)
    assert (event.code, event.args["to"]) == ("escalated", "manager")
