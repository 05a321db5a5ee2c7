"""Commitments: promised with an owner and a time, kept or broken; broken ones reach their owner and the manager."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from itsmkit import (
    BadInput,
    Desk,
    NotAllowed,
    NotFound,
    Query,
    Ticket,
    WrongStep,
)
from itsmkit.core.model.commitment import Commitment
from itsmkit.testing import MovedClock, brought_to, desk, reported
from tests.core.post import Post

INC_03 = "INC-03"
HOUR = timedelta(hours=1)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def made(clock: MovedClock, post: Post) -> Desk:
    return desk(clock, {"post": post})


def promised(made: Desk, clock: MovedClock, by: str = "carol", **params: Any) -> Commitment:
    """What somebody has just promised on a ticket of Ann's, for an hour from now."""
    ticket = brought_to(made, "IM3.1")
    given = {"text": "call back", "until": clock() + HOUR, **params}
    made.do("promise", ticket.number, made.principal(by), **given)
    return one_of(made)


def one_of(made: Desk) -> Commitment:
    (found,) = made.find(Query("commitment"), made.service("test")).items
    assert isinstance(found, Commitment)
    return found


def does(made: Desk, verb: str, promise: Commitment, by: str = "carol", **params: Any) -> Commitment:
    done: Commitment = made.do(verb, promise.number, made.principal(by), **params)
    return done


def about(made: Desk, promise: Commitment) -> Ticket:
    return made.ticket(promise.about, made.service("test"))


def passed(made: Desk, clock: MovedClock, until: datetime) -> None:
    clock.at(until)
    while made.tick().total:
        pass


@pytest.mark.requirement("INC-31", "if it can't be solved now, a time is agreed")
def test_a_promise_is_kept_in_time(made: Desk, clock: MovedClock) -> None:
    promise = promised(made, clock, since=clock() + HOUR / 2, sort="visit")
    assert (promise.number, promise.status, promise.owner, promise.sort) == ("C26-000001", "pending", "carol", "visit")
    clock.advance(minutes=50)
    kept = does(made, "keep", promise, text="was there")
    assert (kept.status, kept.outcome, kept.due, kept.broken) == ("closed", "fulfilled", None, None)
    passed(made, clock, promise.until + HOUR)
    assert one_of(made).outcome == "fulfilled"
    told = [(one.outcome, one.args["outcome"]) for one in made.history(promise.about, made.principal("carol"))
            if one.code == "commitment"]  # fmt: skip
    assert told == [("keep", "fulfilled")]
    assert made.verify().breaches == ()
    with pytest.raises(WrongStep):
        does(made, "keep", promise)


@pytest.mark.requirement("SLA-04", "a broken promise is the incident manager's to judge")
@pytest.mark.requirement("INC-46", "the user is told of progress in time: a promised call that isn't made is told of")
def test_a_broken_promise_is_on_the_ticket_and_reaches_owner_and_manager(
    made: Desk, clock: MovedClock, post: Post
) -> None:
    promise = promised(made, clock)
    passed(made, clock, promise.until)
    broken = one_of(made)
    assert (broken.status, broken.broken, broken.due) == ("broken", promise.until, None)
    told = made.history(promise.about, made.principal("carol"))[-1]
    assert (told.code, told.args["commitment"], told.personal) == (
        "promise_broken",
        broken.number,
        {"text": "call back"},
    )
    reached = [(one.address, one.args["promised_until"]) for one in post.sent if one.rule == "promise_broken"]
    assert sorted(reached) == [(f"{who}@example.org", promise.until.isoformat()) for who in ("carol", "mia")]
    assert about(made, promise).unjudged == ("promise",)
    assert [one.number for one in made.queue("to-judge", made.principal("mia"))] == [promise.about]
    late = does(made, "keep", promise)
    assert (late.outcome, late.status, late.broken) == ("fulfilled_late", "closed", promise.until)
    assert made.verify().breaches == ()
    assert made.audit() == ()


def test_what_is_kept_too_late_is_late_before_anybody_looked(made: Desk, clock: MovedClock) -> None:
    promise = promised(made, clock)
    clock.at(promise.until + HOUR)
    assert does(made, "keep", promise).outcome == "fulfilled_late"
    passed(made, clock, clock() + HOUR)
    assert "promise_broken" not in {one.code for one in made.history(promise.about, made.service("test"))}


def test_a_promise_is_called_off_with_its_reason(made: Desk, clock: MovedClock) -> None:
    promise = promised(made, clock)
    with pytest.raises(BadInput, match="reason"):
        does(made, "cancel", promise)
    assert does(made, "cancel", promise, reason="Ann called herself").outcome == "cancelled"
    passed(made, clock, promise.until + HOUR)
    assert one_of(made).outcome == "cancelled"


@pytest.mark.parametrize("sort", ["fix", "callback"])
@pytest.mark.parametrize("late", [False, True])
def test_a_fix_is_kept_by_the_resolution_and_a_call_is_not(
    made: Desk, clock: MovedClock, sort: str, *, late: bool
) -> None:
    promise = promised(made, clock, sort=sort)
    if late:
        passed(made, clock, promise.until)
    made.do("resolve", promise.about, made.principal("carol"), solution="a cable", backup=True)
    passed(made, clock, clock() + HOUR / 2)
    outcome = f"fulfilled{'_late' * late}" if sort == "fix" else ""
    assert one_of(made).outcome == outcome
    assert made.verify().breaches == ()


def test_what_is_promised_on_a_ticket_that_is_closed_before_is_overtaken(
    made: Desk, clock: MovedClock, post: Post
) -> None:
    promise = promised(made, clock)
    made.do("resolve", promise.about, made.principal("carol"), solution="a cable", backup=True)
    made.do("confirm", promise.about, made.principal("ann"))
    passed(made, clock, promise.until)
    assert (one_of(made).outcome, one_of(made).status) == ("overtaken", "closed")
    assert not [one for one in post.sent if one.rule == "promise_broken"]


@pytest.mark.requirement(INC_03, "the time by which the customer expects a solution is watched: kept or missed")
@pytest.mark.parametrize("solved", [True, False])
def test_the_customer_s_expected_time_is_watched(made: Desk, clock: MovedClock, *, solved: bool) -> None:
    ticket = reported(made, "The printer is jammed", expected=clock() + 3 * HOUR)
    made.tick()
    made.tick()
    expected = one_of(made)
    assert (expected.sort, expected.until, expected.owner) == ("expected", clock() + 3 * HOUR, "")
    if solved:
        made.do("attempt", ticket.number, made.principal("bob"), text="looked at it")
        made.do("resolve", ticket.number, made.principal("bob"), solution="paper out", backup=True)
    passed(made, clock, expected.until)
    assert one_of(made).status == ("closed" if solved else "broken")
    assert one_of(made).outcome == ("fulfilled" if solved else "")
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_03, "a time that lay behind when it was reported is no commitment")
def test_an_expectation_that_was_past_already_makes_no_commitment(made: Desk, clock: MovedClock) -> None:
    reported(made, "The printer is jammed", expected=clock() - HOUR)
    made.tick()
    assert made.find(Query("commitment"), made.service("test")).items == ()


@pytest.mark.requirement("USR-01", "a user sees what was promised to them, nothing of the desk's own promises")
def test_the_requester_sees_what_was_promised_to_them_and_nothing_else(
    made: Desk, clock: MovedClock, post: Post
) -> None:
    own = promised(made, clock)
    with pytest.raises(NotFound, match="commitment"):
        made.record(own.number, made.principal("ann"))
    public = {"text": "an engineer comes", "since": clock() + HOUR, "until": clock() + 3 * HOUR, "public": True}
    made.do("promise", own.about, made.principal("carol"), **public)
    (seen,) = made.find(Query("commitment"), made.principal("ann")).items
    assert isinstance(seen, Commitment)
    assert (seen.text, seen.made_by, seen.version) == ("an engineer comes", "", 0)
    made.tick()
    (notice,) = [one for one in post.sent if one.rule == "promised"]
    assert (notice.address, notice.args["said"]) == ("ann@example.org", "an engineer comes")
    assert notice.args["promised_from"] == (clock() + HOUR).isoformat()
    assert [one.code for one in made.history(seen.number, made.principal("ann"))] == ["opened"]
    passed(made, clock, own.until)
    assert "promise_broken" not in {one.code for one in made.history(own.about, made.principal("ann"))}
    with pytest.raises(NotAllowed, match="needs the duty"):
        made.do("keep", seen.number, made.principal("ann"))
    with pytest.raises(NotFound):
        made.record(seen.number, made.principal("otto"))


def test_who_loses_sight_of_the_ticket_loses_sight_of_its_promises(made: Desk, clock: MovedClock) -> None:
    own = promised(made, clock, by="bob")
    assert made.record(own.number, made.principal("carol")).number == own.number
    made.do("assign", own.about, made.principal("bob"), team="db")
    with pytest.raises(NotFound):
        made.record(own.number, made.principal("carol"))
    assert made.record(own.number, made.principal("dave")).number == own.number


def test_promises_due_today_and_broken_are_a_work_list(made: Desk, clock: MovedClock) -> None:
    broken, today = promised(made, clock), clock() + 5 * HOUR
    for until in (today, clock() + timedelta(days=2)):
        made.do("promise", broken.about, made.principal("carol"), text="later", until=until)
    passed(made, clock, broken.until)
    queued = made.queue("promises", made.principal("carol"))
    assert [(one.status, one.until) for one in queued] == [("broken", broken.until), ("pending", today)]


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"until": "past"}, "broken before it is made"),
        ({"since": "after"}, "ends before it begins"),
        ({"sort": "expected"}, "unknown sort of promise"),
        ({"person": "nobody"}, "unknown person"),
    ],
)
def test_what_makes_no_sense_is_refused(made: Desk, clock: MovedClock, params: dict[str, Any], why: str) -> None:
    moments = {"past": clock() - HOUR, "after": clock() + 2 * HOUR}
    with pytest.raises(BadInput, match=why):
        promised(made, clock, **{name: moments.get(one, one) for name, one in params.items()})
    assert made.find(Query("commitment"), made.service("test")).items == ()


def test_a_promise_is_kept_by_nobody_who_could_not_record_it(made: Desk, clock: MovedClock) -> None:
    with pytest.raises(BadInput, match="Otto Other lacks the duty handle or manage or record"):
        promised(made, clock, person="otto")
    assert made.find(Query("commitment"), made.service("test")).items == ()
    assert promised(made, clock, person="mia").owner == "mia"


def test_what_was_broken_before_the_ticket_closed_is_broken_though_nobody_had_looked(
    made: Desk, clock: MovedClock
) -> None:
    ticket = brought_to(made, "IM5.2")
    made.do("promise", ticket.number, made.principal("bob"), text="call back", until=clock() + HOUR)
    clock.advance(hours=2)
    made.do("confirm", ticket.number, made.principal("ann"), satisfied=True)
    while made.tick().total:
        pass
    broken = one_of(made)
    assert not made.ticket(ticket.number, made.service("test")).is_open
    assert (broken.status, broken.broken) == ("broken", broken.until)
