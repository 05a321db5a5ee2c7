"""Change requests: made from a ticket, linked, decided; who waits for one hears of its end by the news."""

from typing import Any

import pytest

from itsmkit import BadInput, Desk, NotAllowed, NotFound, Query, Status, Ticket, UnknownVerb
from itsmkit.core.model.change import ChangeRequest
from itsmkit.core.policy import Rules
from itsmkit.testing import MovedClock, brought_to, desk, reported

INC_10, INC_30 = "INC-10", "INC-30"


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock)


def ticket(made: Desk, number: str) -> Ticket:
    return made.ticket(number, made.principal("bob"))


def waiting(made: Desk, **more: Any) -> Ticket:
    """A ticket that waits for a change, asked for just now or of that number."""
    number = brought_to(made, "IM4.1").number
    done: Ticket = made.do("change", number, made.principal("carol"), **more)
    return done


def does(made: Desk, verb: str, by: str = "bob", number: str = "CR26-000001", **params: Any) -> ChangeRequest:
    done: ChangeRequest = made.do(verb, number, made.principal(by), **params)
    return done


@pytest.mark.requirement(INC_30, "an RFC, normal, major or emergency, is created, and the ticket waits for it, linked")
@pytest.mark.parametrize("sort", ["normal", "major", "emergency"])
def test_a_change_is_requested_and_the_ticket_waits_for_it(made: Desk, sort: str) -> None:
    waits = waiting(made, sort=sort, text="a new firmware")
    assert (waits.change, waits.status, waits.step) == ("CR26-000001", Status.WAITING, "IM4.2")
    found = made.record("CR26-000001", made.principal("carol"))
    assert (found.sort, found.status, found.about, found.text) == (sort, "asked", waits.number, "a new firmware")
    assert [part.number for part in waits.children] == ["CR26-000001"]


@pytest.mark.requirement(INC_30, "when the change is done, the wait of every ticket linked to it ends")
def test_when_it_is_done_all_that_wait_go_on(made: Desk) -> None:
    first, second = waiting(made), waiting(made, number="CR26-000001")
    assert does(made, "approve", who="the board").status == "approved"
    made.tick()
    assert ticket(made, first.number).status is Status.WAITING
    does(made, "finish", result="firmware 7 is in")
    assert ticket(made, second.number).status is Status.WAITING
    made.tick()
    for one in (first, second):
        after = ticket(made, one.number)
        assert (after.step, after.status, after.waits, after.children) == ("IM4.3", Status.IN_PROGRESS, (), ())
        over = [event for event in made.history(one.number, made.principal("bob")) if event.code == "change_over"]
        assert [(event.outcome, event.args["change"], event.by) for event in over] == [
            ("done", "CR26-000001", "person:bob")]  # fmt: skip
    before = made.history(second.number, made.principal("bob"))
    made.tick()
    assert made.history(second.number, made.principal("bob")) == before
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_30, "a rejected change sends what it was to solve back to the investigation")
def test_a_rejected_change_leads_back_to_the_investigation(made: Desk) -> None:
    waits = waiting(made)
    end = does(made, "reject", reason="too risky this month", who="the board")
    assert (end.outcome, end.result, end.status) == ("rejected", "too risky this month", "closed")
    made.tick()
    after = ticket(made, waits.number)
    assert (after.step, after.status) == ("IM3.1", Status.IN_PROGRESS)


def test_a_failed_change_is_decided_on_anew_and_may_be_withdrawn(made: Desk) -> None:
    waits = waiting(made)
    does(made, "approve")
    assert (does(made, "fail", reason="rolled back").step, does(made, "withdraw", reason="no use").outcome) == (
        "CR1", "withdrawn")  # fmt: skip
    made.tick()
    assert ticket(made, waits.number).step == "IM3.1"


def test_a_ticket_that_went_elsewhere_meanwhile_is_left_alone(made: Desk) -> None:
    waits = waiting(made)
    made.do("reclassify", waits.number, made.principal("bob"), kind="incident", category="database")
    before = ticket(made, waits.number)
    does(made, "withdraw", reason="no use")
    made.tick()
    assert ticket(made, waits.number).step == before.step


@pytest.mark.requirement(INC_30, "a number of a change process elsewhere may stand for it")
def test_a_change_kept_elsewhere_is_linked_by_its_number_and_ended_by_hand(made: Desk) -> None:
    waits = waiting(made, number="RFC-7")
    assert (waits.change, waits.children) == ("RFC-7", ())
    assert made.do("changed", waits.number, made.principal("carol")).step == "IM4.3"


@pytest.mark.requirement(INC_10, "a new demand: an RFC is created and linked, and the ticket waits")
@pytest.mark.parametrize(("outcome", "words"), [("finish", {"result": "it is there"}), ("reject", {"reason": "no"})])
def test_a_new_demand_waits_for_its_change_and_ends_with_it(made: Desk, outcome: str, words: dict[str, str]) -> None:
    asked = reported(made, "I want a pony", kind="service_request", category="network")
    waits = made.do("new-demand", asked.number, made.principal("bob"), text="to ride home")
    assert (waits.kind, waits.step, waits.status, waits.change) == (
        "service_request", "IM4.2", Status.WAITING, "CR26-000001")  # fmt: skip
    if outcome == "finish":
        does(made, "approve")
    does(made, outcome, **words)
    made.tick()
    after = ticket(made, asked.number)
    assert (after.status, after.solution) == (Status.RESOLVED, *words.values())


@pytest.mark.requirement(INC_10, "a new demand: the ticket closes, as configured")
def test_a_new_demand_closes_where_the_site_says_so(clock: MovedClock) -> None:
    made = desk(clock, rules=Rules(default_category="network", new_demand="closes"))
    asked = reported(made, "I want a pony", kind="service_request", category="network")
    after = made.do("new-demand", asked.number, made.principal("bob"), text="to ride home")
    assert (after.status, after.step, after.change) == (Status.RESOLVED, "IM5.2", "CR26-000001")
    does(made, "approve")
    does(made, "finish", result="here it is")
    made.tick()
    assert ticket(made, asked.number).step == "IM5.2"
    assert made.verify().breaches == ()


@pytest.mark.parametrize(
    ("report", "says"), [({"kind": "incident"}, "of the kind incident"), ({"kind": "inquiry"}, "of the kind inquiry")]
)
def test_only_a_service_request_is_a_new_demand(made: Desk, report: dict[str, str], says: str) -> None:
    asked = reported(made, "I want a pony", category="network", **report)
    with pytest.raises(NotAllowed, match=says):
        made.do("new-demand", asked.number, made.principal("bob"), text="x")


def test_what_doesn_t_fit_is_refused(made: Desk) -> None:
    waits = waiting(made)
    other = brought_to(made, "IM4.1").number
    with pytest.raises(BadInput, match="normal, major, emergency"):
        made.do("change", other, made.principal("carol"), sort="tiny")
    with pytest.raises(NotFound):
        made.do("change", other, made.principal("carol"), number="CR26-000099")
    does(made, "withdraw", reason="no use")
    with pytest.raises(BadInput, match="over already"):
        made.do("change", other, made.principal("carol"), number="CR26-000001")
    with pytest.raises(UnknownVerb):
        made.do("approve", waits.number, made.principal("carol"))
    with pytest.raises(NotAllowed):
        does(made, "withdraw", "ann", reason="x")


def test_a_change_is_seen_with_its_ticket_without_the_desk_s_words(made: Desk) -> None:
    waiting(made, title="new firmware", text="the switch is broken by design")
    mine = made.record("CR26-000001", made.principal("ann"))
    assert (mine.title, mine.text, mine.asked_by) == ("new firmware", "", "")
    with pytest.raises(NotFound):
        made.record("CR26-000001", made.principal("otto"))
    assert made.find(Query("change"), made.principal("otto")).items == ()
