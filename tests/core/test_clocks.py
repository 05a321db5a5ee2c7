"""Clocks against an oracle that looks at every minute, and through the desk: what starts, pauses and stops them."""

import os
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from attrs import evolve
from bench.proof.clocks import TARGETS, Window, differences, life, prove, windows
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit import Clock, Desk, Fact, Target, Ticket, always, hookimpl
from itsmkit.core.clocks import settled, started
from itsmkit.testing import MovedClock, brought_to, desk, reported

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WINDOWS = windows()
CALENDARS = {"always": always("always")}
RESPONSE = Target("response", 3600, "always", stops=(Fact.RESPONDED, Fact.RESOLVED), pauses=False)
RESOLUTION = Target("resolution", 3600, "always")
TO_CLOSING = Target("closing", 3600, "office", stops=(Fact.CLOSED,))


@given(st.randoms(use_true_random=False), st.sampled_from(WINDOWS), st.sampled_from(TARGETS))
@settings(max_examples=150, deadline=None)
def test_a_clock_uses_the_minutes_that_count_and_no_others(random: Random, window: Window, target: Target) -> None:
    assert differences(life(random, window), target) == []


@pytest.mark.requirement(
    "SLA-02", "clocks equal a walk minute by minute: pauses, changes, reopenings, hand-overs, zones"
)
def test_twenty_thousand_lives_differ_from_the_oracle_by_no_second() -> None:
    proof = prove(int(os.environ.get("ITSMKIT_LIVES", "20000")), seed=1)
    assert proof.wrong == ()
    assert proof.minutes > 500 * proof.cases


def test_a_new_agreement_goes_on_where_the_old_one_was() -> None:
    old = evolve(Clock(RESOLUTION, START), fired=("50% manager",))
    (new,) = started((old,), [evolve(RESOLUTION, seconds=60)], START + timedelta(days=1))
    assert (new.started, new.cycle, new.fired) == (START, 2, ("50% manager",))
    assert started((old,), [RESOLUTION], START) == (old,)


def test_a_verdict_stands_and_a_promise_withdrawn_ends() -> None:
    judged, running = evolve(Clock(RESPONSE, START), met=True, stopped=START), Clock(RESOLUTION, START)
    assert started((judged, running), [], START) == (judged,)
    assert started((judged,), [evolve(RESPONSE, seconds=60)], START) == (judged,)


def test_of_two_plugins_promising_the_same_the_first_holds() -> None:
    longer = evolve(RESOLUTION, seconds=7200)
    (only,) = started((), [RESOLUTION, longer], START)
    assert only.target == RESOLUTION
    (again,) = started((evolve(only, fired=("50% manager",)),), [RESOLUTION, longer], START)
    assert again.fired == ("50% manager",)


# through the desk


class Targets:
    @hookimpl
    def itsmkit_agreements(self, record: Ticket) -> list[Target]:
        seconds = 3600 * (record.priority or 4)
        return [RESPONSE, evolve(RESOLUTION, seconds=seconds), evolve(TO_CLOSING, seconds=seconds)]


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock, {"targets": Targets()})


def clocks_of(made: Desk, ticket: Ticket) -> dict[str, Clock]:
    now = made.ticket(ticket.number, made.principal("bob"))
    return {one.target.name: one for one in now.clocks}


@pytest.mark.requirement("SLA-01", "the targets of the priority start when the ticket was opened")
def test_clocks_start_with_the_report(made: Desk, clock: MovedClock) -> None:
    clocks = clocks_of(made, reported(made))
    assert {name: one.due for name, one in clocks.items()} == {
        "response": clock() + timedelta(hours=1),
        "resolution": clock() + timedelta(hours=4),
        "closing": clock() + timedelta(hours=4),
    }


@pytest.mark.requirement("SLA-02", "clocks pause while the ticket waits for the customer, and resume")
def test_waiting_for_the_customer_stops_what_may_pause(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    clock.advance(minutes=30)
    made.do("wait", ticket.number, bob, reason="customer")
    clocks = clocks_of(made, ticket)
    assert clocks["resolution"].due is None
    assert clocks["response"].due == ticket.opened + timedelta(hours=1)
    clock.advance(hours=2)
    made.do("comment", ticket.number, made.principal("ann"), text="room 7")
    assert clocks_of(made, ticket)["resolution"].due == ticket.opened + timedelta(hours=6)


def test_a_reason_says_which_kinds_of_clocks_rest_with_it(made: Desk) -> None:
    ticket = reported(made)
    made.do("wait", ticket.number, made.principal("bob"), reason="part")
    assert clocks_of(made, ticket)["resolution"].due == ticket.opened + timedelta(hours=4)


def test_reopening_restarts_what_the_resolution_had_stopped_and_nothing_else(made: Desk, clock: MovedClock) -> None:
    ticket = brought_to(made, "IM3.1")
    clock.advance(hours=1)
    ticket = brought_to(made, "IM5.2", ticket)
    clocks = clocks_of(made, ticket)
    assert (clocks["response"].met, clocks["resolution"].met) == (True, True)
    clock.advance(hours=8)
    made.do("reject", ticket.number, made.principal("ann"), reason="still down")
    clocks = clocks_of(made, ticket)
    assert clocks["response"].met is True, "the answer was in time, whatever came after"
    assert (clocks["resolution"].met, clocks["resolution"].due) == (None, clock() + timedelta(hours=3))


@pytest.mark.requirement("SLA-01", "a verdict says whether the target was met")
@pytest.mark.parametrize(("hours", "met"), [(3, True), (4, True), (5, False)])
def test_the_verdict(made: Desk, clock: MovedClock, hours: int, met: bool) -> None:  # noqa: FBT001
    ticket = brought_to(made, "IM3.1")
    clock.advance(hours=hours)
    assert clocks_of(made, brought_to(made, "IM5.2", ticket))["resolution"].met is met


def test_a_new_priority_keeps_origin_pauses_and_fired_levels(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    made.do("wait", ticket.number, bob, reason="customer")
    clock.advance(hours=2)
    made.do("resume", ticket.number, bob)
    clock.advance(hours=5)
    made.tick()
    assert clocks_of(made, ticket)["resolution"].fired == ("100%",)
    made.do("reprioritise", ticket.number, bob, impact=1, urgency=3)
    now = clocks_of(made, ticket)["resolution"]
    assert (now.started, now.cycle, now.fired) == (ticket.opened, 2, ("100%",))
    assert now.due == ticket.opened + timedelta(hours=2 + 3)


def test_the_facts_of_the_timeline_equal_the_journal(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    for verb, params in (
        ("wait", {"reason": "customer"}),
        ("resume", {}),
        ("reprioritise", {"impact": 1, "urgency": 1}),
        ("take", {}),
    ):
        clock.advance(minutes=7)
        made.do(verb, ticket.number, bob, **params)
    clock.advance(minutes=7)
    brought_to(made, "IM5.6", made.ticket(ticket.number, bob))
    clock.advance(minutes=7)
    made.do("reopen", ticket.number, bob, reason="again")
    final = made.ticket(ticket.number, bob)
    whats = [one.what for one in final.timeline]
    assert whats == [
        Fact.OPENED,
        Fact.TEAM,
        Fact.PAUSED,
        Fact.RESUMED,
        Fact.PRIORITY,
        Fact.RESPONDED,
        Fact.TEAM,
        Fact.ACCEPTED,
        Fact.PAUSED,
        Fact.RESUMED,
        Fact.TOLD,
        Fact.RESOLVED,
        Fact.ASKED,
        Fact.HEARD,
        Fact.CLOSED,
        Fact.TOLD,
        Fact.REOPENED,
    ]
    at = {event.at for event in made.history(ticket.number, bob)}
    assert {one.at for one in final.timeline} <= at
    assert final.clocks == tuple(settled(one, final.timeline, made.setup.policy.calendars) for one in final.clocks)
    assert made.verify().breaches == ()
