"""The dispatch by work order: asked, decided, approved or refused, scheduled, on site, signed, archived."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit import BadInput, Desk, Duty, NotAllowed, NotFound, Person, Query, Scope, UnknownVerb, WrongStep
from itsmkit.core.dispatch import BRING
from itsmkit.core.model.work_order import WorkOrder
from itsmkit.core.policy import Rules
from itsmkit.testing import MovedClock, answering, brought_to, desk
from itsmkit.testing.desks import PlainModel

ROLES = {
    "project": frozenset({Duty.REPORT, Duty.DISPATCH}),
    "director": frozenset({Duty.REPORT, Duty.APPROVE}),
    "archive": frozenset({Duty.REPORT, Duty.ARCHIVE}),
}
APPROVED = Rules(default_category="network", dispatch="approved")
INC_23 = "INC-23"


class Model(PlainModel):
    """The plain model with those who decide on dispatches."""

    def roles(self) -> tuple[str, ...]:
        return (*super().roles(), *ROLES)

    def duties(self, person: Person) -> frozenset[Duty]:
        return super().duties(person).union(*(ROLES.get(role, frozenset()) for role in person.roles))

    def scope(self, person: Person) -> Scope:
        scope = super().scope(person)
        return evolve(scope, everything=scope.everything or not set(ROLES).isdisjoint(person.roles))


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    opened = desk(clock, {"offices": answering("itsmkit_organisation", Model())}, rules=APPROVED)
    people = [Person(id=role, name=role.capitalize(), roles=(role,)) for role in ROLES]
    people.append(Person(id="gone", name="Gone", roles=("support",), active=False))
    list(opened.load(people, opened.service("test")))
    return opened


def asked(made: Desk, step: str = "IM3.1", by: str = "carol") -> WorkOrder:
    """A work order as line 1 or 2 has just asked for it."""
    ticket = brought_to(made, step)
    made.do("ask-dispatch", ticket.number, made.principal(by), reason="the screen stays black")
    return order(made)


def order(made: Desk) -> WorkOrder:
    (found,) = made.find(Query("work_order"), made.service("test")).items
    assert isinstance(found, WorkOrder)
    return found


def does(made: Desk, by: str, verb: str, **params: Any) -> WorkOrder:
    done: WorkOrder = made.do(verb, order(made).number, made.principal(by), **params)
    return done


def scheduled(made: Desk, clock: MovedClock, **more: Any) -> WorkOrder:
    """A work order with its visit agreed for tomorrow."""
    asked(made)
    does(made, "project", "decide", needed=True, technicians="carol")
    does(made, "director", "approve")
    visit = {"at": clock() + timedelta(days=1), "minutes": 90, "place": "room 12", "needs": "a key", **more}
    return does(made, "bob", "schedule", **visit)


@pytest.mark.requirement(INC_23, "line 1 asks the project manager, who decides; the technical director approves")
@pytest.mark.requirement(INC_23, "date, time, place and the customer's part are agreed, the record is signed")
@pytest.mark.requirement("INC-42", "the work order goes to the archivist")
def test_an_order_is_asked_decided_approved_scheduled_done_signed_and_archived(made: Desk, clock: MovedClock) -> None:
    first = asked(made)
    assert (first.number, first.step, first.status, first.asked_by) == ("W26-000001", "WO1", "asked", "carol")
    decided = does(made, "project", "decide", needed=True, technicians="carol, dave", along="bob", team="net")
    assert (decided.step, decided.technicians, decided.along, decided.line) == ("WO2", ("carol", "dave"), ("bob",), 2)
    assert does(made, "director", "approve").status == "approved"
    at = clock() + timedelta(days=1)
    visit = does(made, "bob", "schedule", at=at, minutes=90, place="room 12", needs="open the cabinet")
    assert (visit.status, visit.starts, visit.bring) == ("scheduled", at, BRING)
    clock.at(at)
    assert does(made, "carol", "arrive").arrived == at
    signed = does(made, "carol", "sign", work="power supply replaced", signed_by="Ann User")
    assert (signed.status, signed.work, signed.signed_by) == ("signed", "power supply replaced", "Ann User")
    end = does(made, "archive", "archive")
    assert (end.step, end.status, end.outcome, end.closed) == ("", "closed", "done", clock())
    told = [one.outcome for one in made.history(end.about, made.principal("bob")) if one.code == "work_order"]
    assert told == ["decide", "approve", "schedule", "arrive", "sign", "archive"]
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_23, "those who go are staff that the site knows")
def test_who_goes_is_named_by_id_or_key_and_once(made: Desk) -> None:
    asked(made)
    sent = does(made, "project", "decide", needed=True, technicians="mail:carol@example.org, carol", along="dave")
    assert (sent.technicians, sent.along) == (("carol",), ("dave",))
    assert {"person:carol", "person:dave"} <= set(sent.reach)


@pytest.mark.requirement(INC_23, "a refused order goes back with its reason")
def test_a_refused_order_goes_back_with_its_reason(made: Desk) -> None:
    asked(made)
    does(made, "project", "decide", needed=True, technicians="carol")
    back = does(made, "director", "refuse", reason="a remote session will do")
    assert (back.step, back.refusal) == ("WO1", "a remote session will do")
    again = does(made, "project", "decide", needed=True, technicians="dave", why="the network is down there")
    assert (again.step, again.refusal, again.technicians) == ("WO2", "", ("dave",))


@pytest.mark.requirement(INC_23, "the project manager decides that it is needed")
def test_what_is_not_needed_ends_there_and_the_ticket_hears_of_it(made: Desk) -> None:
    asked(made)
    end = does(made, "project", "decide", needed=False, why="it can be done by phone")
    assert (end.step, end.status, end.outcome) == ("", "closed", "not_needed")
    heard = made.history(end.about, made.principal("bob"))[-1]
    assert (heard.code, heard.outcome, heard.args["needed"]) == ("work_order", "decide", False)


@pytest.mark.requirement(INC_23, "who decides on an order does not approve it as well")
def test_who_decides_does_not_approve(made: Desk) -> None:
    both = Person(id="both", name="Both", roles=("project", "director"))
    list(made.load([both], made.service("test")))
    asked(made)
    does(made, "both", "decide", needed=True, technicians="carol")
    with pytest.raises(NotAllowed, match="INC-23"):
        does(made, "both", "approve")
    assert order(made).step == "WO2"


@pytest.mark.requirement(INC_23, "who decides on an order does not approve it as well")
def test_who_decides_does_not_approve_as_somebody_else(made: Desk) -> None:
    both = Person(id="both", name="Both", roles=("project", "manager"))
    list(made.load([both], made.service("test")))
    asked(made)
    does(made, "both", "decide", needed=True, technicians="carol")
    as_director = made.impersonated(made.principal("both"), "director")
    with pytest.raises(NotAllowed, match=INC_23):
        made.do("approve", order(made).number, as_director)
    assert order(made).step == "WO2"


@pytest.mark.requirement(INC_23, "who decides as somebody else approves under neither name")
def test_who_decides_as_somebody_else_does_not_approve_in_their_own_name(made: Desk) -> None:
    both = Person(id="both", name="Both", roles=("director", "manager"))
    list(made.load([both], made.service("test")))
    asked(made)
    as_project = made.impersonated(made.principal("both"), "project")
    decided: WorkOrder = made.do("decide", order(made).number, as_project, needed=True, technicians="carol")
    assert (decided.decided_by, decided.decider) == ("project", "both")
    with pytest.raises(NotAllowed, match=INC_23):
        does(made, "both", "approve")
    with pytest.raises(NotAllowed, match=INC_23):
        made.do("approve", order(made).number, made.impersonated(made.principal("both"), "director"))
    assert order(made).step == "WO2"
    does(made, "director", "refuse", reason="look again")
    assert does(made, "project", "decide", needed=True, technicians="carol").decider == ""
    assert does(made, "both", "approve").approved_by == "both"


@pytest.mark.requirement(INC_23, "who decides as somebody else approves under neither name")
def test_whose_name_was_lent_does_not_approve_either(made: Desk) -> None:
    both = Person(id="both", name="Both", roles=("project", "director"))
    list(made.load([both], made.service("test")))
    asked(made)
    as_both = made.impersonated(made.principal("mia"), "both")
    made.do("decide", order(made).number, as_both, needed=True, technicians="carol")
    with pytest.raises(NotAllowed, match=INC_23):
        does(made, "both", "approve")
    assert does(made, "director", "approve").status == "approved"
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_23, "a visit may be put off, and may have to be repeated")
def test_a_visit_is_put_off_and_repeated(made: Desk, clock: MovedClock) -> None:
    scheduled(made, clock)
    assert does(made, "bob", "move", reason="the customer is away").starts is None
    at = clock() + timedelta(days=2)
    does(made, "bob", "schedule", at=at)
    clock.at(at)
    does(made, "carol", "arrive")
    again = does(made, "carol", "sign", work="looked at it", signed_by="Ann", again=True)
    assert (again.step, again.starts, again.place) == ("WO3", None, "room 12")
    does(made, "bob", "schedule", at=at + timedelta(days=1))
    clock.at(at + timedelta(days=1))
    does(made, "carol", "arrive")
    assert does(made, "carol", "sign", work="mended", signed_by="Ann").work == "looked at it\n\nmended"


@pytest.mark.requirement(INC_23, "the step IM2.6 stands until the visit is arranged, or found not to be needed")
def test_a_ticket_that_needs_somebody_on_site_waits_at_im2_6_for_the_visit(made: Desk, clock: MovedClock) -> None:
    ticket = brought_to(made, "IM2.6", on_site=True)
    made.do("ask-dispatch", ticket.number, made.principal("bob"), reason="nobody there can help")
    assert made.ticket(ticket.number, made.service("test")).step == "IM2.6"
    does(made, "project", "decide", needed=True, technicians="carol")
    does(made, "director", "approve")
    does(made, "bob", "schedule", at=clock() + timedelta(hours=3), place="hall 3")
    assert made.ticket(ticket.number, made.service("test")).step == "IM2.9"


def test_without_a_visit_the_ticket_goes_on_from_im2_6(made: Desk) -> None:
    ticket = brought_to(made, "IM2.6", on_site=True)
    made.do("ask-dispatch", ticket.number, made.principal("bob"), reason="nobody there can help")
    does(made, "bob", "cancel", reason="it works again")
    after = made.ticket(ticket.number, made.service("test"))
    assert (after.step, after.on_site) == ("IM2.9", False)
    assert order(made).outcome == "cancelled"


@pytest.mark.requirement(INC_23, "direct dispatch by the site's policy")
def test_a_site_that_sends_its_staff_directly_has_no_orders(clock: MovedClock) -> None:
    direct = desk(clock)
    ticket = brought_to(direct, "IM3.1")
    with pytest.raises(NotAllowed, match="INC-23"):
        direct.do("ask-dispatch", ticket.number, direct.principal("carol"), reason="x")


def test_an_order_is_seen_by_who_sees_its_ticket_and_by_those_who_go(made: Desk, clock: MovedClock) -> None:
    number = scheduled(made, clock).number
    seen = made.record(number, made.principal("ann"))
    assert (seen.place, seen.needs, seen.reason, seen.version) == ("room 12", "a key", "", 0)
    with pytest.raises(NotFound, match="work order"):
        made.record(number, made.principal("otto"))
    with pytest.raises(NotFound, match="work order"):
        made.record("W26-000077", made.principal("otto"))


@pytest.mark.requirement("ORG-02", "who can't see a ticket any more can't see its work orders")
def test_an_order_goes_out_of_sight_with_its_ticket(made: Desk) -> None:
    nina = Person(id="nina", name="Nina Net", roles=("support",), teams=("net",))
    list(made.load([nina], made.service("test")))
    order = asked(made)
    assert made.record(order.number, made.principal("nina")).about == order.about
    made.do("assign", order.about, made.principal("mia"), team="db")
    with pytest.raises(NotFound, match="work order"):
        made.record(order.number, made.principal("nina"))
    assert made.record(order.number, made.principal("dave")).about == order.about
    assert made.record(order.number, made.principal("carol")).asked_by == "carol"
    assert made.verify().breaches == ()


def test_a_ticket_is_no_work_order(made: Desk) -> None:
    number = asked(made).about
    with pytest.raises(UnknownVerb):
        made.do("approve", number, made.principal("director"))
    with pytest.raises(NotFound):
        made.ticket(order(made).number, made.principal("bob"))


@pytest.mark.parametrize(
    ("by", "verb", "params", "refusal"),
    [
        ("bob", "decide", {"needed": True, "technicians": "carol"}, (NotAllowed, "dispatch")),
        ("project", "decide", {"needed": True}, (BadInput, "technicians")),
        ("project", "decide", {"needed": True, "technicians": "carol", "team": "nobody"}, (BadInput, "unknown team")),
        ("project", "decide", {"needed": True, "technicians": "carol, nobody at all"}, (BadInput, "nobody at all")),
        ("project", "decide", {"needed": True, "technicians": "gone"}, (BadInput, "unknown person")),
        ("project", "decide", {"needed": True, "technicians": "carol", "along": "otto"}, (BadInput, "lacks the duty")),
        ("director", "approve", {}, (WrongStep, "WO1")),
        ("archive", "archive", {}, (WrongStep, "WO1")),
    ],
)
def test_what_doesn_t_fit_is_refused_and_changes_nothing(
    made: Desk, by: str, verb: str, params: dict[str, Any], refusal: tuple[type[Exception], str]
) -> None:
    before = asked(made)
    with pytest.raises(refusal[0], match=refusal[1]):
        does(made, by, verb, **params)
    assert order(made) == before


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"at": timedelta(0)}, "past"),
        ({"minutes": 0}, "minute"),
        ({"minutes": 10**6}, "31 days"),
        ({"place": ""}, "where"),
    ],
)
def test_an_absurd_visit_is_refused(made: Desk, clock: MovedClock, more: dict[str, Any], says: str) -> None:
    if "at" in more:
        more = {"at": clock() + more["at"]}
    with pytest.raises(BadInput, match=says):
        scheduled(made, clock, **more)


def test_a_dry_run_of_the_asking_makes_no_order_and_takes_no_number(made: Desk) -> None:
    ticket = brought_to(made, "IM3.1")
    made.do("ask-dispatch", ticket.number, made.principal("carol"), reason="x", dry_run=True)
    assert made.find(Query("work_order"), made.service("test")).items == ()
    made.do("ask-dispatch", ticket.number, made.principal("carol"), reason="x")
    assert order(made).number == "W26-000001"


def test_a_repeated_asking_makes_one_order(made: Desk) -> None:
    ticket = brought_to(made, "IM3.1")
    for _ in range(2):
        made.do("ask-dispatch", ticket.number, made.principal("carol"), reason="x", command="c1")
    assert order(made).number == "W26-000001"
