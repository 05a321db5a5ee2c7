"""Work split into tasks for several teams: accepted, declined, done by whose they are; the ticket holds for them."""

from typing import Any

import pytest

from itsmkit import RULES, BadInput, Desk, NotAllowed, NotFound, Person, Status, Ticket, WrongStep, drafts_by_rules
from itsmkit.core.model.task import Task
from itsmkit.testing import MovedClock, brought_to, desk

IM2_11, INC_21 = "IM2.11", "INC-21"


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock)


def split(made: Desk, **more: Any) -> Ticket:
    """A ticket of team net with a task for team db."""
    number = brought_to(made, "IM3.1").number
    params = {"team": "db", "title": "Look at the locks", "text": "since noon", **more}
    done: Ticket = made.do("split", number, made.principal("carol"), **params)
    return done


def does(made: Desk, by: str, verb: str, number: str = "TK26-000001", **params: Any) -> Task:
    done: Task = made.do(verb, number, made.principal(by), **params)
    return done


@pytest.mark.requirement(IM2_11, "the work may be split into tasks for several teams")
@pytest.mark.requirement(INC_21, "work together with other handlers")
def test_a_task_is_done_by_its_team_which_sees_the_ticket_meanwhile(made: Desk) -> None:
    ticket = split(made)
    assert ticket.children[0].number == "TK26-000001"
    assert [one.number for one in made.queue("tasks", made.principal("dave"))] == ["TK26-000001"]
    assert made.queue("tasks", made.principal("carol")) == ()
    assert made.ticket(ticket.number, made.principal("dave")).title == ticket.title
    mine = does(made, "dave", "accept")
    assert (mine.status, mine.person, mine.text) == ("in_progress", "dave", "since noon")
    end = does(made, "dave", "done", result="a lock, released")
    assert (end.status, end.outcome, end.result) == ("closed", "done", "a lock, released")
    after = made.ticket(ticket.number, made.principal("carol"))
    assert (after.children, after.step, after.hand_overs) == ((), "IM3.1", ticket.hand_overs)
    told = [one.outcome for one in made.history(ticket.number, made.principal("carol")) if one.code == "task"]
    assert told == ["accept", "done"]
    with pytest.raises(NotFound):
        made.ticket(ticket.number, made.principal("dave"))
    assert made.record("TK26-000001", made.principal("dave")).result == "a lock, released"
    assert made.verify().breaches == ()


@pytest.mark.requirement(IM2_11, "a ticket is not resolved before its tasks are closed")
def test_the_resolution_holds_for_the_tasks(made: Desk) -> None:
    ticket = split(made)
    with pytest.raises(WrongStep, match=r"IM4\.6 .* holds until TK26-000001 is closed"):
        made.do("resolve", ticket.number, made.principal("carol"), solution="done", backup=True)
    assert made.ticket(ticket.number, made.principal("carol")).step == "IM3.1"
    does(made, "carol", "withdraw", reason="found it myself")
    after = made.do("resolve", ticket.number, made.principal("carol"), solution="done", backup=True)
    assert after.status is Status.RESOLVED


@pytest.mark.requirement(IM2_11, "who sees everything does what is for their own teams")
def test_the_service_desk_does_its_own_tasks_only(made: Desk) -> None:
    split(made)
    with pytest.raises(NotAllowed, match="for team db"):
        does(made, "bob", "accept")
    does(made, "carol", "assign", team="desk")
    assert [one.number for one in made.queue("tasks", made.principal("bob"))] == ["TK26-000001"]
    assert does(made, "bob", "accept").person == "bob"


@pytest.mark.requirement(INC_21, "a declined task is assigned anew, and that hand-over is counted")
def test_a_declined_task_goes_to_another_team_and_is_counted(made: Desk) -> None:
    ticket = split(made)
    back = does(made, "dave", "decline", reason="it is no lock", suggest="acme")
    assert (back.status, back.refusal) == ("declined", "it is no lock")
    assert [one.number for one in made.queue("tasks-declined", made.principal("bob"))] == ["TK26-000001"]
    gone = does(made, "carol", "assign", team="acme")
    assert (gone.team, gone.line, gone.vendor, gone.hand_overs, gone.status) == ("acme", 3, "acme", 1, "assigned")
    after = made.ticket(ticket.number, made.principal("carol"))
    assert after.hand_overs == ticket.hand_overs + 1
    assert "vendor:acme" in after.reach
    for number in (ticket.number, "TK26-000001"):
        with pytest.raises(NotFound):
            made.record(number, made.principal("dave"))
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_21, "those who have a task are told, and so is who split it off when it is over")
def test_who_has_a_task_is_told(made: Desk) -> None:
    ticket = split(made, person="dave")
    does(made, "dave", "decline", reason="no lock")
    does(made, "carol", "assign", team="acme")
    events = made.history(ticket.number, made.principal("carol"))
    drafts = [one for event in events for one in drafts_by_rules(RULES, "email", event, ticket)]
    told = [(one.rule, one.to, one.args["said"]) for one in drafts if one.rule.startswith("task")]
    assert told == [
        ("task", "person:dave", "Look at the locks"),
        ("task_over", "person:bob", "no lock"),
        ("task", "team:acme", ""),
    ]


@pytest.mark.parametrize(
    ("by", "verb", "params", "refusal"),
    [
        ("carol", "accept", {}, (NotAllowed, "for team db")),
        ("carol", "done", {"result": "x"}, (WrongStep, "TK1")),
        ("dave", "decline", {"reason": "x", "suggest": "nobody"}, (BadInput, "unknown team")),
        ("dave", "assign", {"team": "nobody"}, (BadInput, "unknown team")),
        ("ann", "accept", {}, (NotAllowed, "duty")),
    ],
)
def test_what_doesn_t_fit_is_refused_and_changes_nothing(
    made: Desk, by: str, verb: str, params: dict[str, Any], refusal: tuple[type[Exception], str]
) -> None:
    split(made)
    before = made.record("TK26-000001", made.service("test"))
    with pytest.raises(refusal[0], match=refusal[1]):
        does(made, by, verb, **params)
    assert made.record("TK26-000001", made.service("test")) == before


def test_a_user_is_not_shown_what_teams_say(made: Desk) -> None:
    split(made)
    mine = made.record("TK26-000001", made.principal("ann"))
    assert (mine.title, mine.text, mine.team, mine.reach) == ("Look at the locks", "", "db", ())


@pytest.mark.parametrize("given", [("split", {"title": "Look"}), ("assign", {})])
def test_nobody_gets_work_who_works_on_no_line(made: Desk, given: tuple[str, dict[str, str]]) -> None:
    number, (verb, more) = brought_to(made, "IM3.1").number, given
    before = made.ticket(number, made.principal("bob"))
    with pytest.raises(BadInput, match="Ann User lacks the duty handle or record"):
        made.do(verb, number, made.principal("bob"), team="db", person="ann", **more)
    assert made.ticket(number, made.principal("bob")) == before
    split(made)
    with pytest.raises(BadInput, match="Ann User lacks the duty handle or record"):
        does(made, "bob", "assign", team="db", person="ann")


@pytest.mark.parametrize("given", [("split", {"title": "Look"}), ("assign", {})])
def test_a_team_s_work_goes_to_nobody_of_another_company(made: Desk, given: tuple[str, dict[str, str]]) -> None:
    vic = Person(id="vic", name="Vic Acme", mails=("vic@acme.example",), roles=("support",), vendor="acme")
    list(made.load([vic], made.service("test")))
    number, (verb, more) = brought_to(made, "IM3.1").number, given
    for team, person, why in (("db", "vic", "works for vendor acme"), ("acme", "dave", "works for the house")):
        with pytest.raises(BadInput, match=why):
            made.do(verb, number, made.principal("bob"), team=team, person=person, **more)
    split(made)
    with pytest.raises(BadInput, match="Vic Acme works for vendor acme, and can't be given the work of team db"):
        does(made, "bob", "assign", team="db", person="vic")


def test_teams_of_the_house_help_each_other(made: Desk) -> None:
    split(made, person="carol")
    assert made.record("TK26-000001", made.principal("carol")).person == "carol"
