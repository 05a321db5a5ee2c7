"""The kind decides the path, and the service catalogue: what is asked for is done step by step, by whose step it is."""

from datetime import timedelta
from typing import Any

import pytest

from itsmkit import BadInput, Desk, Kind, NotAllowed, Person, Status, Ticket, WrongStep
from itsmkit.core.catalogue import procedure
from itsmkit.core.model.catalogue import CatalogueItem
from itsmkit.testing import MovedClock, answering, brought_to, desk, reported
from itsmkit.testing.desks import PEOPLE, SERVICES, TEAMS

VPN = CatalogueItem(
    id="vpn",
    name="Remote access",
    parent="access",
    text="A way into the network from outside.",
    category="network",
    service="mail",
    hours=8,
    procedure=("30m Check that the superior agrees", "team:db 4h Lay on the account", "line:1 Tell the user"),
)
ITEMS = (CatalogueItem(id="access", name="Access"), VPN)
STEPS = [line.split("m ")[-1].split("h ")[-1].removeprefix("line:1 ") for line in VPN.procedure]
INC_10, INC_15 = "INC-10", "INC-15"


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock, records=(*TEAMS, *SERVICES, *PEOPLE, *ITEMS))


def asked(made: Desk, item: str = "vpn") -> Ticket:
    """A request for the item, opened by a worker."""
    ticket = reported(made, "I work from home", item=item)
    made.tick()
    return made.ticket(ticket.number, made.principal("bob"))


def does(made: Desk, by: str, verb: str, ticket: Ticket, **params: Any) -> Ticket:
    done: Ticket = made.do(verb, ticket.number, made.principal(by), **params)
    return done


@pytest.mark.requirement(INC_10, "a service request gets its catalogue procedure")
def test_a_request_for_an_item_gets_its_procedure(made: Desk) -> None:
    ticket = asked(made)
    assert (ticket.kind, ticket.item, ticket.category, ticket.service) == ("service_request", "vpn", "network", "mail")
    assert (ticket.step, ticket.status) == ("IM2.9", Status.OPEN)
    assert [job.name for job in ticket.procedure] == STEPS
    found = next(one for one in made.history(ticket.number, made.principal("bob")) if one.step == "IM2.7")
    assert (found.outcome, found.why["item"]) == ("found", "vpn")


@pytest.mark.requirement(INC_10, "a procedure is done step by step, by whose step it is, and journalled")
@pytest.mark.requirement(INC_15, "line 1 does what has a predefined procedure")
def test_a_procedure_is_done_step_by_step_by_whose_step_it_is(made: Desk, clock: MovedClock) -> None:
    list(made.load([Person(id="nina", name="Nina", roles=("support",), teams=("desk",))], made.service("test")))
    ticket = asked(made)
    with pytest.raises(NotAllowed, match=INC_15):
        does(made, "nina", "done-step", ticket)
    second = does(made, "bob", "done-step", ticket, text="Otto agrees")
    assert (second.team, second.line, second.hand_overs, second.step) == ("db", 2, 1, "IM2.9")
    with pytest.raises(NotAllowed, match="done by team db"):
        does(made, "bob", "done-step", ticket)
    clock.advance(hours=1)
    third = does(made, "dave", "done-step", ticket, text="laid on")
    assert (third.team, third.line) == ("desk", 1)
    end = does(made, "bob", "done-step", ticket)
    assert (end.status, end.step, end.solution) == (Status.RESOLVED, "IM5.2", "; ".join(STEPS))
    assert [(job.by, job.late, job.skipped) for job in end.procedure] == [
        ("bob", False, False), ("dave", False, False), ("bob", False, False)]  # fmt: skip
    told = [one for one in made.history(ticket.number, made.principal("bob")) if one.code == "done-step"]
    assert [(one.args["step"], one.args["of"], one.by) for one in told] == [
        (1, 3, "person:bob"), (2, 3, "person:dave"), (3, 3, "person:bob")]  # fmt: skip
    assert made.verify().breaches == ()


def test_a_procedure_may_begin_with_another_team(clock: MovedClock) -> None:
    item = CatalogueItem(id="dump", name="Dump", procedure=("team:db Write it", "Send it"))
    made = desk(clock, records=(*TEAMS, *SERVICES, *PEOPLE, item))
    ticket = asked(made, "dump")
    assert (ticket.team, ticket.line, ticket.hand_overs, ticket.step) == ("db", 2, 0, "IM2.9")
    after = does(made, "dave", "done-step", ticket)
    assert (after.team, after.hand_overs) == ("desk", 1)


@pytest.mark.requirement(INC_10, "each step has a target in working time; a missed one is shown")
def test_a_step_that_is_not_done_in_its_time_is_shown_as_late(made: Desk, clock: MovedClock) -> None:
    ticket = asked(made)
    assert ticket.procedure[0].due == ticket.opened + timedelta(minutes=30)
    clock.advance(minutes=31)
    made.tick()
    late = made.ticket(ticket.number, made.principal("bob"))
    assert (late.procedure[0].late, late.procedure[1].due) == (True, None)
    told = [one for one in made.history(ticket.number, made.principal("bob")) if one.code == "step_late"]
    assert [one.args["name"] for one in told] == STEPS[:1]
    assert [one.number for one in made.queue("overdue", made.principal("mia"))] == [ticket.number]
    clock.advance(hours=1)
    made.tick()
    second = does(made, "bob", "done-step", ticket)
    assert (second.procedure[0].late, second.procedure[1].due) == (True, clock() + timedelta(hours=4))
    assert made.verify().breaches == ()


@pytest.mark.requirement("SLA-01", "an item of the catalogue has a target of its own")
def test_an_item_is_promised_within_its_working_hours(made: Desk) -> None:
    clock = next(one for one in asked(made).clocks if one.target.name == "catalogue")
    assert (clock.target.seconds, clock.target.calendar, clock.target.why) == (
        8 * 3600, "office", "catalogue item vpn")  # fmt: skip


def test_what_line_1_recognises_as_a_request_becomes_one_and_keeps_its_number(made: Desk) -> None:
    ticket = reported(made, "I can't get in from home")
    chosen = does(made, "bob", "request", ticket, item="vpn")
    assert (chosen.number, chosen.kind, chosen.item, chosen.step) == (ticket.number, "service_request", "vpn", "IM2.9")
    with pytest.raises(BadInput, match="already"):
        does(made, "bob", "request", ticket, item="vpn")
    with pytest.raises(BadInput, match="unknown catalogue item 'access'; the site knows vpn"):
        does(made, "bob", "request", ticket, item="access")


def test_a_step_may_be_skipped_with_a_reason_and_the_procedure_not(made: Desk) -> None:
    ticket = asked(made)
    with pytest.raises(NotAllowed, match=INC_10):
        does(made, "bob", "attempt", ticket, text="just did it")
    with pytest.raises(NotAllowed, match=INC_10):
        does(made, "bob", "resolve", ticket, solution="just did it")
    with pytest.raises(BadInput, match="why"):
        does(made, "bob", "done-step", ticket, skipped=True)
    does(made, "bob", "done-step", ticket, skipped=True, text="it is the superior who asks")
    does(made, "dave", "done-step", ticket)
    end = does(made, "bob", "done-step", ticket)
    assert (end.procedure[0].skipped, end.solution) == (True, "; ".join(STEPS[1:]))


@pytest.mark.requirement(INC_10, "another kind takes the item and its procedure off")
def test_reclassified_it_is_no_request_any_more(made: Desk) -> None:
    after = does(made, "bob", "reclassify", asked(made), kind="incident", category="network")
    assert (after.kind, after.item, after.procedure) == ("incident", "", ())


@pytest.mark.parametrize(
    "line", ["line:x 30m Look", "team: 30m Look", "", "line:1", "team:net 3h", "99999h Wait for it"]
)
def test_a_line_that_is_no_step_is_refused(line: str) -> None:
    with pytest.raises(BadInput, match="is no step"):
        procedure(CatalogueItem(id="x", name="X", procedure=(line,)))


def test_an_item_with_such_a_line_is_not_loaded(made: Desk) -> None:
    with pytest.raises(BadInput, match="is no step"):
        list(made.load([CatalogueItem(id="x", name="X", procedure=("line:1",))], made.service("test")))


def test_what_a_catalogue_names_and_the_site_lacks_is_told(clock: MovedClock) -> None:
    odd = CatalogueItem(id="odd", name="Odd", parent="nowhere", service="nothing", procedure=("team:nobody Do it",))
    wrong = " ".join(desk(clock, records=(*TEAMS, *SERVICES, *PEOPLE, odd)).troubles)
    assert all(one in wrong for one in ("no item nowhere", "no service nothing", "no team nobody"))


@pytest.mark.requirement(INC_10, "an inquiry: the information is searched for and given")
def test_an_inquiry_is_answered_with_what_is_known(clock: MovedClock) -> None:
    from itsmkit import Likeness

    known = Likeness("ticket", "x", "T26-000009", 0.9, "same words", "extension 4711")
    made = desk(clock, {"known": answering("itsmkit_match", [known])})
    ticket = reported(made, "What is the number of the canteen?", kind="inquiry", category="network")
    made.tick()
    found = made.ticket(ticket.number, made.principal("bob"))
    assert (found.solution, found.followed) == ("extension 4711", "T26-000009")
    given = does(made, "bob", "resolve", found)
    assert (given.status, given.solution) == (Status.RESOLVED, "extension 4711")


@pytest.mark.requirement(INC_10, "a complaint is investigated, not matched, and the manager is told")
def test_a_complaint_is_investigated(clock: MovedClock) -> None:
    from itsmkit import Likeness

    known = Likeness("ticket", "x", "T26-000009", 0.99, "same words", "we are sorry")
    made = desk(clock, {"known": answering("itsmkit_match", [known])})
    ticket = reported(made, "Nobody calls back", kind="complaint", category="network")
    does(made, "bob", "step", ticket, step="IM2.2", outcome="yes")
    made.tick()
    found = made.ticket(ticket.number, made.principal("bob"))
    assert (found.step, found.solution, found.similar) == ("IM2.9", "", ())
    assert made.processes[0].steps[found.step].of(Kind.COMPLAINT).title == "Investigate the complaint"
    does(made, "bob", "attempt", found, text="the shift forgot")
    assert does(made, "bob", "resolve", found, solution="called back, apologised").status is Status.RESOLVED


def test_the_procedure_s_verb_fits_nowhere_else(made: Desk) -> None:
    with pytest.raises(WrongStep):
        does(made, "carol", "done-step", brought_to(made, "IM3.1"))
    ticket = reported(made, "I want something")
    with pytest.raises(BadInput, match="no step of a catalogue procedure"):
        does(made, "bob", "done-step", made.ticket(ticket.number, made.principal("bob")))
