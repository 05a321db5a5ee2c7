"""The model of two desks, on a desk in memory."""

from collections.abc import Iterator

import model_sun
import pytest

from itsmkit import Contact, Desk, NotFound, Person, Report, Team
from itsmkit.testing import desk

RECORDS = (
    Team(id="berlin", name="Berlin"),
    Team(id="beijing", name="Beijing"),
    Person(id="anna", name="Anna", roles=("agent",), teams=("berlin",)),
    Person(id="lina", name="Lina", roles=("agent",), teams=("beijing",)),
    Person(id="uwe", name="Uwe", mails=("uwe@example.org",), language="en"),
    Person(id="zhou", name="Zhou", mails=("zhou@example.org",), language="zh"),
)


@pytest.fixture
def made() -> Iterator[Desk]:
    with desk(plugins={"model_sun": model_sun}, model="sun", records=RECORDS) as opened:
        yield opened


@pytest.mark.parametrize(("user", "agent", "other"), [("uwe", "anna", "lina"), ("zhou", "lina", "anna")])
def test_a_region_s_desk_answers_and_the_other_takes_over(made: Desk, user: str, agent: str, other: str) -> None:
    report = Report("No sound", contact=Contact(person=user))
    number = made.report(report, made.service("hotline")).number
    before = made.ticket(number, made.principal(agent))
    with pytest.raises(NotFound):
        made.ticket(number, made.principal(other))
    made.do("pass-on", number, made.principal(agent))
    after = made.ticket(number, made.principal(other))
    assert (before.line, after.line, after.hand_overs) == (1, 2, 1)
    assert made.ticket(number, made.principal(agent)).owner == agent, "who took it in keeps it in sight (INC-46)"


def test_the_leads_are_those_whom_escalations_reach(made: Desk) -> None:
    assert made.troubles == ()
    assert made.setup.model().reporting_line("manager", None) == "lead"  # type: ignore[arg-type]
