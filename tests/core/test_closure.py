"""What goes with resolution and closure: told and agreed, problems linked, calls, surveys, archive, major matters."""

from datetime import timedelta
from typing import Any

import pytest

from itsmkit import RULES, BadInput, Desk, Kind, NotAllowed, Status, Ticket, drafts_by_rules
from itsmkit.core.policy import Rules
from itsmkit.testing import MovedClock, brought_to, desk, reported

INC_14, INC_31, INC_44, INC_45 = "INC-14", "INC-31", "INC-44", "INC-45"


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock)


def does(made: Desk, by: str, verb: str, ticket: Ticket, **params: Any) -> Ticket:
    done: Ticket = made.do(verb, ticket.number, made.principal(by), **params)
    return done


def rules(made: Desk, ticket: Ticket) -> set[tuple[str, str]]:
    """What the shipped rules tell of the ticket, and whom."""
    now = made.ticket(ticket.number, made.principal("mia"))
    events = made.history(ticket.number, made.principal("mia"))
    return {(one.rule, one.to) for event in events for one in drafts_by_rules(RULES, "email", event, now)}


@pytest.mark.requirement(
    INC_14, "a major ticket of the level important and urgent is reported to the department manager"
)
@pytest.mark.parametrize(
    ("levels", "major", "told"), [((1, 1), "yes", True), ((3, 3), "yes", False), ((1, 1), "", False)]
)
def test_a_major_matter_of_the_highest_level_is_reported(
    made: Desk, levels: tuple[int, int], major: str, told: Any
) -> None:
    ticket = reported(made, impact=levels[0], urgency=levels[1])
    if major:
        assert does(made, "bob", "major", ticket, why="the whole site").unjudged == ("major",)
        with pytest.raises(BadInput, match="already"):
            does(made, "bob", "major", ticket, why="again")
    assert (("major_reported", "role:department") in rules(made, ticket)) is told


@pytest.mark.requirement(INC_14, "a major service request or inquiry is marked as one, and unmarked")
def test_a_mark_can_be_taken_off(made: Desk) -> None:
    ticket = reported(made, kind=Kind.SERVICE_REQUEST, category="network")
    does(made, "bob", "major", ticket, why="everybody needs it today")
    assert does(made, "mia", "major", ticket, why="only two do", none=True).major is False


@pytest.mark.requirement(INC_31, "the solution is told to the customer with the time it takes, and agreed")
def test_the_solution_is_told_and_agreed(made: Desk) -> None:
    ticket = brought_to(made, "IM4.1")
    after = does(made, "carol", "agree", ticket, takes="two hours")
    assert (after.agreed, after.status) == (True, Status.IN_PROGRESS)
    heard = [one for one in made.history(ticket.number, made.principal("ann")) if one.code == "agree"]
    assert [one.personal["text"] for one in heard] == ["replace the cable\n\ntwo hours"]


@pytest.mark.requirement(INC_31, "what can't be solved now gets a time that is agreed")
def test_a_time_is_agreed_where_it_can_t_be_solved_now(made: Desk, clock: MovedClock) -> None:
    until = clock() + timedelta(days=2)
    after = does(made, "carol", "agree", brought_to(made, "IM4.1"), until=until)
    assert (after.status, after.waits[0].reason, after.waits[0].until) == (Status.WAITING, "appointment", until)
    clock.at(until)
    made.tick()
    assert made.ticket(after.number, made.principal("bob")).status is Status.IN_PROGRESS
    with pytest.raises(BadInput, match="over before"):
        does(made, "carol", "agree", brought_to(made, "IM4.1"), until=clock() - timedelta(hours=1))


@pytest.mark.requirement("INC-33", "the resolution is verified; what does not hold is investigated again")
@pytest.mark.parametrize(("outcome", "step"), [("yes", "IM5.2"), ("no", "IM3.1")])
def test_a_resolution_is_verified(made: Desk, outcome: str, step: str) -> None:
    after = does(made, "carol", "step", brought_to(made, "IM4.6"), step="IM4.6", outcome=outcome)
    assert (after.step, after.solution) == (step, "replace the cable")


@pytest.mark.requirement("INC-33", "its steps are documented: none without a solution in words")
def test_a_resolution_says_what_was_done(made: Desk) -> None:
    with pytest.raises(BadInput, match="no solution yet"):
        does(made, "carol", "resolve", brought_to(made, "IM3.1"))


@pytest.mark.requirement("INC-27", "where the cause must be found a problem is linked to the ticket by its number")
@pytest.mark.requirement("INC-34", "root cause needed: a problem is linked to the ticket by its number")
def test_a_problem_is_linked_by_its_number(made: Desk) -> None:
    ticket = brought_to(made, "IM3.3")
    does(made, "carol", "step", ticket, step="IM3.3", outcome="yes")
    assert does(made, "carol", "link", ticket, to="P26-000007").links == ("P26-000007",)


@pytest.mark.requirement("INC-34", "resolved by a workaround only: the root cause is still to be found")
def test_a_workaround_leaves_the_root_cause_to_be_found(made: Desk) -> None:
    ticket = brought_to(made, "IM3.1")
    does(made, "carol", "resolve", ticket, solution="restart it each morning", workaround=True)
    found = [one.outcome for one in made.history(ticket.number, made.principal("bob")) if one.step == "IM4.7"]
    assert found == ["yes"]


@pytest.mark.requirement("INC-35", "the recorder at line 1 confirms with the user")
def test_the_recorder_confirms_with_the_user(made: Desk) -> None:
    ticket = brought_to(made, "IM5.2")
    assert ticket.assignee == ticket.owner == "bob"
    with pytest.raises(NotAllowed, match="USR-01"):
        does(made, "carol", "confirm", ticket)
    assert does(made, "bob", "confirm", ticket).closed_by == "confirmed"


@pytest.mark.requirement("INC-36", "status codes are true to the ticket's step and waits")
def test_the_status_follows_from_step_and_waits(made: Desk) -> None:
    ticket = brought_to(made, "IM3.1")
    assert ticket.status is Status.IN_PROGRESS
    assert does(made, "carol", "wait", ticket, reason="part").status is Status.WAITING
    assert does(made, "carol", "resume", ticket).status is Status.IN_PROGRESS


@pytest.mark.requirement("INC-21", "accept: who takes it over has understood it")
@pytest.mark.requirement("INC-36", "who takes over verifies the description and what was done so far")
def test_who_takes_over_says_that_it_is_understood(made: Desk) -> None:
    ticket = brought_to(made, "IM2.12")
    does(made, "carol", "amend", ticket, symptom="every second packet is lost")
    does(made, "carol", "accept", ticket)
    said = [
        (one.step, one.outcome) for one in made.history(ticket.number, made.principal("carol")) if one.code == "step"
    ]
    assert said[-2:] == [("IM2.12", "understood"), ("IM2.13", "yes")]


@pytest.mark.requirement("INC-41", "a new solution is told from one that was followed, for the knowledge base")
def test_a_new_solution_is_known_as_one(made: Desk) -> None:
    ticket = brought_to(made, "IM5.6")
    found = [one.outcome for one in made.history(ticket.number, made.principal("bob")) if one.step == "IM5.3"]
    assert found == ["new"]


@pytest.mark.requirement("INC-42", "the mandatory data that a ticket lacks are told by name")
def test_what_is_missing_is_named(clock: MovedClock) -> None:
    made = desk(clock, rules=Rules(default_category="network", mandatory=("solution", "place", "symptom")))
    ticket = brought_to(made, "IM3.1")
    does(made, "carol", "amend", ticket, place="hall 3")
    assert does(made, "carol", "resolve", ticket, solution="mended").step == "IM5.1"
    with pytest.raises(BadInput, match="still lacks symptom"):
        does(made, "bob", "complete", ticket)
    assert does(made, "bob", "amend", ticket, symptom="no light").step == "IM5.2"


@pytest.mark.requirement("INC-42", "a ticket closes when its records are archived: remote sessions and work orders")
def test_a_ticket_is_not_closed_before_its_records_are(clock: MovedClock) -> None:
    made = desk(clock, rules=Rules(default_category="network", dispatch="approved"))
    ticket = brought_to(made, "IM3.1")
    does(made, "carol", "ask-dispatch", ticket, reason="it must be opened")
    does(made, "carol", "remote-session", ticket, reason="to be sure")
    does(made, "carol", "resolve", ticket, solution="mended")
    assert does(made, "ann", "confirm", ticket).step == "IM5.5"
    made.do("refuse", "RS26-000001", made.principal("ann"))
    assert made.ticket(ticket.number, made.principal("bob")).step == "IM5.5"
    made.do("cancel", "W26-000001", made.principal("bob"), reason="solved")
    assert made.ticket(ticket.number, made.principal("bob")).status is Status.CLOSED
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_44, "the follow-up call's record: its result, who, with whom, when")
def test_the_follow_up_call_leaves_its_record(made: Desk, clock: MovedClock) -> None:
    ticket = brought_to(made, "IM5.6")
    clock.advance(hours=1)
    after = does(made, "bob", "follow-up", ticket, result="all well", satisfied=True, spoke_with="Ann's colleague")
    call = after.call
    assert call is not None
    assert (call.at, call.by, call.spoke_with, call.result) == (clock(), "bob", "Ann's colleague", "all well")
    assert after.called == call.at


@pytest.mark.requirement(INC_44, "overdue calls are on a list of their own, and the late one says so")
def test_overdue_calls_are_listed(made: Desk, clock: MovedClock) -> None:
    ticket = brought_to(made, "IM5.6")
    assert made.queue("follow-up-late", made.principal("bob")) == ()
    clock.advance(days=8)
    made.tick()
    assert [one.number for one in made.queue("follow-up-late", made.principal("bob"))] == [ticket.number]
    does(made, "bob", "follow-up", ticket, result="at last")
    assert made.history(ticket.number, made.principal("bob"))[-2].args["late"] is True


@pytest.mark.requirement("USR-01", "a user answers the survey, and nobody does in their place")
@pytest.mark.requirement(INC_45, "the user answers a survey, the answers are kept and feed the report")
def test_the_answers_of_the_survey_feed_the_report(made: Desk) -> None:
    ticket = brought_to(made, "IM5.6")
    after = does(made, "ann", "survey", ticket, score=2, text="too slow")
    assert (after.survey, after.survey_text, after.satisfied) == (2, "too slow", False)
    for score in (0, 6):
        with pytest.raises(BadInput, match="1 to 5"):
            does(made, "ann", "survey", ticket, score=score)
    with pytest.raises(NotAllowed, match="USR-01"):
        does(made, "carol", "survey", ticket, score=5)
    tables = made.tables("survey", made.setup.policy.month(ticket.opened), made.principal("mia"))
    assert tables[0].rows == ((2, 1),)
