"""Company management, as line 2: staff and equipment to be approved, major faults and disputes to be led (INC-25)."""

from collections.abc import Iterator
from typing import Any

import pytest

from itsmkit import BadInput, Desk, NotAllowed, Report, Ticket
from itsmkit.testing import MovedClock, desk
from tests.core.test_referrals import CONTRACTS, PEOPLE, TEAMS, VENDORS, Service, side, somebody, with_acme

BOSS = (somebody("clara", "company_management"), somebody("carl", "company_management", "support", teams=("net",)))


@pytest.fixture
def made(clock: MovedClock) -> Iterator[Desk]:
    records = (*TEAMS, Service(id="lan", name="LAN"), *VENDORS, *CONTRACTS, *PEOPLE, *BOSS)
    with desk(clock, model="tiered", use=("model_tiered",), records=records) as opened:
        yield opened
        assert opened.verify().breaches == ()


def reported(made: Desk, **told: Any) -> Ticket:
    number = made.report(Report("The hall is dark", **told), made.principal("ann")).number
    made.tick()
    return made.ticket(number, made.principal("mia"))


def listed(made: Desk, queue: str) -> list[str]:
    return [one.number for one in made.queue(queue, made.principal("clara"))]


@pytest.mark.requirement("INC-25", "company management approves new service staff and equipment")
@pytest.mark.parametrize("what", ["staff", "equipment"])
def test_staff_and_equipment_are_asked_for_and_approved(made: Desk, what: str) -> None:
    one = reported(made)
    made.do("ask-for", one.number, made.principal("bob"), what=what, text="two more, until Friday")
    assert listed(made, "to-approve") == [one.number]
    for who in ("bob", "mia"):
        with pytest.raises(NotAllowed, match="needs the duty lead"):
            made.do("grant", one.number, made.principal(who))
    made.do("grant", one.number, made.principal("clara"), text="one")
    assert listed(made, "to-approve") == []
    event = made.history(one.number, made.principal("mia"))[-1]
    assert (event.code, event.args, event.by) == ("grant", {"what": what}, "person:clara")


@pytest.mark.requirement("INC-25", "what is not approved goes back with the reason")
def test_what_is_denied_may_be_asked_for_again(made: Desk) -> None:
    one = reported(made)
    for _ in range(2):
        made.do("ask-for", one.number, made.principal("bob"), what="staff", text="two more")
        with pytest.raises(BadInput, match="to be approved already"):
            made.do("ask-for", one.number, made.principal("bob"), what="equipment", text="a lamp")
        made.do("deny", one.number, made.principal("clara"), reason="not this year")
    with pytest.raises(BadInput, match="nothing is to be approved"):
        made.do("grant", one.number, made.principal("clara"))


@pytest.mark.requirement("INC-25", "who asks does not approve")
def test_who_asks_does_not_approve(made: Desk) -> None:
    one = reported(made)
    made.do("ask-for", one.number, made.principal("carl"), what="staff", text="x")
    with pytest.raises(NotAllowed, match="INC-25"):
        made.do("grant", one.number, made.principal("carl"))


@pytest.mark.parametrize("wrong", ["money", ""])
def test_only_staff_and_equipment_are_approved(made: Desk, wrong: str) -> None:
    one = reported(made)
    with pytest.raises(BadInput):
        made.do("ask-for", one.number, made.principal("bob"), what=wrong, text="x")
    assert made.ticket(one.number, made.principal("mia")) == one


@pytest.mark.requirement("INC-25", "company management leads in major faults and disputes")
def test_major_faults_and_disputes_are_led(made: Desk) -> None:
    plain, complaint = reported(made), reported(made, kind="complaint")
    disputed = with_acme(made)
    made.do("not-ours", side(made, disputed).number, made.principal("vera"), evidence="x")
    assert set(listed(made, "to-lead")) == {complaint.number, disputed.number}
    made.do("lead", disputed.number, made.principal("clara"))
    assert listed(made, "to-lead") == [complaint.number]
    assert made.ticket(disputed.number, made.principal("mia")).leader == "clara"
    assert made.ticket(disputed.number, made.principal("ann")).leader == ""
    with pytest.raises(BadInput, match="neither major nor disputed"):
        made.do("lead", plain.number, made.principal("clara"))
    made.do("settle", side(made, disputed).number, made.principal("clara"), upheld=True, reason="so it is")


@pytest.mark.requirement("INC-25", "company management is reached by an escalation")
@pytest.mark.requirement("INC-24", "an escalation goes to the department manager where needed")
@pytest.mark.parametrize(("to", "role"), [("company", "company_management"), ("department", "department_manager")])
def test_an_escalation_reaches_company_and_department(made: Desk, to: str, role: str) -> None:
    one = reported(made)
    made.do("escalate", one.number, made.principal("bob"), to=to, why="the whole hall stands still")
    event = made.history(one.number, made.principal("mia"))[-1]
    assert (event.code, event.args["role"]) == ("escalate", role)


def test_who_leads_is_a_person(made: Desk) -> None:
    one = reported(made, kind="complaint")
    with pytest.raises(BadInput, match="only a person"):
        made.do("lead", one.number, made.service("program"))
