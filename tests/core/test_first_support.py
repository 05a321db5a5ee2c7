"""First support step by step as it is laid down (T): who does each, what it leaves, where it leads."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from itsmkit import Channel, Desk, Likeness, Refused, Ticket, WrongStep
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.query import Query
from itsmkit.core.policy import Rules
from itsmkit.testing import MovedClock, answering, brought_to, desk, reported

UNSURE = [Likeness("ticket", "t", "T26-000099", 0.5, "shares router", solution="reboot the router")]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def made(clock: MovedClock) -> Iterator[Desk]:
    """A desk whose matches are never sure, and that leaves the classification to people."""
    with desk(clock, {"match": answering("itsmkit_match", UNSURE)}, rules=Rules()) as opened:
        yield opened


@pytest.fixture
def telling(clock: MovedClock) -> Iterator[Desk]:
    """A desk that tells people by mail."""
    post = answering("itsmkit_channels", [Channel("email")])
    with desk(clock, {"post": post}, rules=Rules(default_category="network")) as opened:
        yield opened


def walked(made: Desk, ticket: Ticket) -> dict[str, str]:
    """The outcome of each step that the ticket took, the last where it took one twice."""
    told = made.history(ticket.number, made.principal("bob"))
    return {one.step: one.outcome for one in told if one.code == "step"}


def does(made: Desk, who: str, verb: str, ticket: Ticket, /, **params: Any) -> Ticket:
    done: Ticket = made.do(verb, ticket.number, made.principal(who), **params)
    return done


def told(made: Desk, ticket: Ticket) -> list[tuple[str, str]]:
    """The rules that made notices about the ticket, and to whom, once a worker came by."""
    made.tick()
    notices = made.find(Query("notice"), made.service("test")).items
    return [(one.rule, one.recipient) for one in notices if isinstance(one, Notice) and one.number == ticket.number]


@pytest.mark.requirement("IM2.1", "the service desk sets kind and category, which the next step reads")
@pytest.mark.requirement("IM2.3", "priority from impact and urgency")
def test_the_service_desk_classifies_what_no_rule_recognised(made: Desk) -> None:
    ticket = reported(made)
    assert (ticket.step, ticket.kind) == ("IM2.1", "")
    assert [one.number for one in made.queue("unclassified", made.principal("bob"))] == [ticket.number]
    with pytest.raises(Refused):
        does(made, "carol", "classify", ticket, kind="incident", category="network")
    done = does(made, "bob", "classify", ticket, kind="incident", category="network")
    assert (done.kind, done.category, done.priority) == ("incident", "network", 4)
    assert walked(made, done)["IM2.1"] == "set"


@pytest.mark.requirement("IM2.2", "a complaint is verified by the service desk and reported to the incident manager")
def test_a_complaint_is_verified_and_reported_to_the_incident_manager(telling: Desk) -> None:
    ticket = reported(telling, kind="complaint")
    assert (ticket.step, ticket.priority) == ("IM2.2", 0)
    assert ("complaint", "person:mia") not in told(telling, ticket)
    after = does(telling, "bob", "step", ticket, step="IM2.2", outcome="yes")
    assert after.priority
    assert ("complaint", "person:mia") in told(telling, ticket)


@pytest.mark.requirement(
    "IM2.4", "the highest priority is told to the incident manager at once, and leads on either way"
)
@pytest.mark.requirement("IM2.5", "on-site service needed: yes to IM2.6, no to IM2.7")
@pytest.mark.requirement("IM2.6", "the visit is set and told; the on-site need is on the ticket")
def test_the_highest_priority_and_the_need_to_go_there(telling: Desk, clock: MovedClock) -> None:
    far, near = reported(telling, impact=1, urgency=1, on_site=True), reported(telling)
    outcomes = [walked(telling, ticket) for ticket in (far, near)]
    assert [(one["IM2.4"], one["IM2.5"]) for one in outcomes] == [("yes", "yes"), ("no", "no")]
    assert (far.step, far.on_site, near.step) == ("IM2.6", True, "IM2.7")
    assert ("highest_priority", "person:mia") in told(telling, far)
    assert ("highest_priority", "person:mia") not in told(telling, near)
    at = clock() + timedelta(hours=2)
    assert does(telling, "bob", "visit", far, who="Carol", at=at).step != "IM2.6"
    assert ("visit", "person:ann") in told(telling, far)
    (visit,) = [one for one in telling.history(far.number, telling.principal("ann")) if one.code == "visit"]
    assert visit.args["at"] == at.isoformat()


@pytest.mark.requirement("IM2.7", "similar records are found and stand on the ticket")
@pytest.mark.requirement("IM2.8", "the service desk checks how alike they are; yes leads to the resolution")
def test_what_is_alike_is_judged_by_the_service_desk(made: Desk) -> None:
    ticket = brought_to(made, "IM2.8")
    assert [(one.number, one.solution) for one in ticket.similar] == [("T26-000099", "reboot the router")]
    with pytest.raises(Refused):
        does(made, "carol", "judge", ticket, matched=True, number="T26-000099")
    after = does(made, "bob", "judge", ticket, matched=True, number="T26-000099")
    assert (after.step, after.solution, after.followed) == ("IM4.1", "reboot the router", "T26-000099")


@pytest.mark.requirement("IM2.8", "no leads to the attempt at line 1")
@pytest.mark.requirement("IM2.9", "what line 1 tried is in the work log")
@pytest.mark.requirement("IM2.10", "a solution found leads to the resolution")
@pytest.mark.requirement("INC-16", "guidance first, each try logged")
def test_line_1_tries_and_finds_a_solution(made: Desk) -> None:
    ticket = brought_to(made, "IM2.8")
    assert does(made, "bob", "judge", ticket, matched=False).step == "IM2.9"
    does(made, "bob", "log", ticket, text="asked line 2")
    assert does(made, "bob", "attempt", ticket, text="guided by phone, with the article").step == "IM2.10"
    assert does(made, "bob", "propose", ticket, solution="a new cable").step == "IM4.1"
    said = [one.personal["text"] for one in made.history(ticket.number, made.principal("bob"))
            if one.code in ("log", "attempt") and one.personal]  # fmt: skip
    assert said == ["asked line 2", "guided by phone, with the article"]


@pytest.mark.requirement("IM2.10", "none found leads to line 2")
@pytest.mark.requirement("IM2.11", "assigned by the classification to the team responsible, the work log with it")
@pytest.mark.requirement("IM2.12", "line 2 takes it in and completes description and log")
@pytest.mark.requirement("IM2.13", "in the team's scope: accepted, to the investigation")
def test_line_2_gets_it_by_its_class_and_accepts(made: Desk) -> None:
    ticket = brought_to(made, "IM2.8")
    does(made, "bob", "judge", ticket, matched=False)
    with_log = does(made, "bob", "pass-on", ticket, text="cable and port are fine")
    assert (with_log.step, with_log.team, with_log.line) == ("IM2.12", "net", 2)
    seen = [one.personal for one in made.history(ticket.number, made.principal("carol"))]
    assert any("cable and port are fine" in str(one) for one in seen), "line 2 reads the work log"
    does(made, "carol", "amend", ticket, symptom="no link light")
    assert does(made, "carol", "step", ticket, step="IM2.12", outcome="understood").step == "IM2.13"
    after = does(made, "carol", "accept", ticket)
    assert (after.step, after.assignee, after.symptom) == ("IM3.1", "carol", "no link light")


@pytest.mark.requirement("IM2.13", "not in the team's scope: not accepted")
@pytest.mark.requirement(
    "IM2.14", "the reason and a suggestion for the next assignment are on the ticket; back to IM2.11"
)
def test_line_2_asks_for_reassignment_with_reason_and_suggestion(made: Desk) -> None:
    ticket = brought_to(made, "IM2.13")
    after = does(made, "carol", "decline", ticket, reason="it is the database", suggest="db")
    assert (after.step, after.declined) == ("IM2.11", ("net",))
    (said,) = [one for one in made.history(ticket.number, made.principal("bob")) if one.code == "decline"]
    assert said.personal
    assert (said.personal["reason"], said.args["suggest"]) == ("it is the database", "db")
    with pytest.raises(WrongStep):
        does(made, "carol", "accept", ticket)
    assert does(made, "bob", "assign", ticket, team="db").step == "IM2.12"


@pytest.mark.requirement("INC-28", "the cause found is recorded")
@pytest.mark.requirement("INC-31", "the solution is told to the customer and agreed")
@pytest.mark.requirement("INC-33", "the resolution is verified; what fails goes back to the investigation")
@pytest.mark.requirement("INC-34", "a workaround without a cause found needs root-cause analysis")
@pytest.mark.requirement("INC-36", "the status follows from the step, and so is true at each")
def test_from_the_cause_to_the_verified_resolution(made: Desk) -> None:
    ticket = brought_to(made, "IM3.4")
    assert ticket.status == "in_progress"
    assert does(made, "carol", "diagnose", ticket, cause="a full disk").cause == "a full disk"
    proposed = does(made, "carol", "propose", ticket, solution="delete the logs")
    assert (proposed.step, proposed.agreed) == ("IM4.1", False)
    agreed = does(made, "carol", "agree", ticket)
    assert (agreed.step, agreed.agreed) == ("IM4.5", True)
    does(made, "carol", "step", ticket, step="IM4.5", outcome="done")
    failed = does(made, "carol", "step", ticket, step="IM4.6", outcome="no")
    assert (failed.step, failed.status, failed.resolved) == ("IM3.1", "in_progress", None)
    end = does(made, "carol", "resolve", ticket, solution="a bigger disk")
    assert (end.status, end.solution, end.resolved is not None) == ("resolved", "a bigger disk", True)
    other = brought_to(made, "IM3.1")
    does(made, "carol", "resolve", other, solution="use the other printer", workaround=True)
    assert (walked(made, ticket)["IM4.7"], walked(made, other)["IM4.7"]) == ("no", "yes")


@pytest.mark.requirement("INC-41", "a new solution is found to be new to the knowledge base, a followed one is not")
@pytest.mark.requirement("INC-43", "changed attributes of a configuration item are submitted")
@pytest.mark.requirement("INC-45", "whether the user was satisfied is recorded")
def test_at_the_closure_what_is_new_and_changed_is_noted(made: Desk) -> None:
    ticket = brought_to(made, "IM3.1")
    does(made, "carol", "resolve", ticket, solution="a new card", ci_change="card 7 in router 2")
    assert does(made, "ann", "confirm", ticket, satisfied=True).step == "IM5.4"
    does(made, "bob", "submit-ci", ticket, text="card 7 in router 2")
    outcomes = walked(made, ticket)
    assert (outcomes["IM5.3"], outcomes["IM5.4"]) == ("new", "submitted")
    kept = made.ticket(ticket.number, made.principal("bob"))
    assert (kept.ci_change, kept.satisfied, kept.status) == ("card 7 in router 2", True, "closed")
