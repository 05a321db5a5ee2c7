"""SLA, OLA and contract side by side, and every kind of clock, through the desk."""

from datetime import timedelta
from typing import Any

import pytest

from itsmkit import BadInput, Clock, Desk, Fact, PauseReason, Rules, Target, Ticket, hookimpl
from itsmkit.testing import MovedClock, brought_to, desk, reported

HOUR = timedelta(hours=1)


class Promises:
    """An SLA of eight hours, OLAs of the teams, the vendor's contract, and the clocks beside them."""

    @hookimpl
    def itsmkit_agreements(self, record: Ticket) -> list[Target]:
        found = [
            Target("resolution", 8 * 3600, "always"),
            Target("update", 3600, "always", restarts=(Fact.TOLD,)),
            Target("arrival", 3600, "always", starts=(Fact.DISPATCHED,), stops=(Fact.ARRIVED, Fact.RESOLVED)),
            Target("follow_up", 3600, "always", starts=(Fact.RESOLVED,), stops=(Fact.CALLED,), pauses=False),
        ]
        if record.team in ("net", "db"):
            found.append(Target("resolution", 2 * 3600, "always", kind="ola", party=record.team))
        if record.vendor:
            found += [
                Target("resolution", 4 * 3600, "always", kind="contract", party=record.vendor),
                Target("acknowledgement", 1800, "always", kind="contract", party=record.vendor,
                       stops=(Fact.ACCEPTED, Fact.RESOLVED), pauses=False),
            ]  # fmt: skip
        return found


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock, {"promises": Promises()})


def clocks(made: Desk, ticket: Ticket) -> dict[tuple[str, str, str], Clock]:
    now = made.ticket(ticket.number, made.principal("bob"))
    return {(one.target.kind, one.target.name, one.target.party): one for one in now.clocks}


@pytest.mark.requirement("SLA-05", "the vendor's clock runs while the customer's rests")
def test_the_vendor_s_clock_runs_while_the_customer_s_rests(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    clock.advance(hours=1)
    made.do("assign", ticket.number, bob, team="acme")
    clock.advance(minutes=10)
    made.do("wait", ticket.number, bob, reason="vendor", text="their engineer")
    now = clocks(made, ticket)
    assert now["sla", "resolution", ""].due is None
    contract = now["contract", "resolution", "acme"]
    assert (contract.started, contract.due) == (ticket.opened + HOUR, ticket.opened + 5 * HOUR)
    clock.advance(minutes=10)
    made.do("accept", ticket.number, bob)
    assert clocks(made, ticket)["contract", "acknowledgement", "acme"].met is True
    clock.advance(hours=4)
    made.do("resume", ticket.number, bob)
    made.do("resolve", ticket.number, bob, solution="changed the disk", backup=True)
    now = clocks(made, ticket)
    assert now["contract", "resolution", "acme"].met is False
    assert now["sla", "resolution", ""].met is True


@pytest.mark.requirement("SLA-05", "a promise of a party starts when it gets the ticket and ends when it leaves it")
def test_each_assignment_of_a_team_has_a_clock_of_its_own(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    for team in ("net", "db", "net"):
        clock.advance(hours=1)
        made.do("assign", ticket.number, bob, team=team)
    clock.advance(hours=3)
    made.do("assign", ticket.number, bob, team="desk")
    after = made.ticket(ticket.number, bob)
    olas = sorted((one for one in after.clocks if one.target.kind == "ola"), key=lambda one: one.started)
    told = [(one.target.party, one.started - ticket.opened, one.met) for one in olas]
    assert told == [("net", HOUR, True), ("db", 2 * HOUR, True), ("net", 3 * HOUR, False)]
    assert made.verify().breaches == ()


def test_a_ticket_handed_on_in_the_same_breath_leaves_no_clock_behind(made: Desk) -> None:
    ticket, bob = reported(made), made.principal("bob")
    made.do("assign", ticket.number, bob, team="net")
    made.do("assign", ticket.number, bob, team="db")
    assert [key for key in clocks(made, ticket) if key[0] == "ola"] == [("ola", "resolution", "db")]


@pytest.mark.requirement("SLA-01", "the clock of words to the customer begins anew with each")
def test_each_public_word_begins_the_update_clock_anew(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    clock.advance(minutes=50)
    made.do("log", ticket.number, bob, text="still looking")
    assert clocks(made, ticket)["sla", "update", ""].due == ticket.opened + HOUR, "an internal word is none"
    made.do("comment", ticket.number, bob, text="still looking", public=True)
    now = clocks(made, ticket)["sla", "update", ""]
    assert (now.due, now.round, now.cycle, now.fired) == (clock() + HOUR, 2, 2, ())
    made.do("comment", ticket.number, made.principal("ann"), text="thanks")
    assert clocks(made, ticket)["sla", "update", ""].due == clock() + HOUR, "the customer's own word is none either"
    clock.advance(hours=2)
    made.tick()
    assert clocks(made, ticket)["sla", "update", ""].fired == ("100%",)
    made.do("comment", ticket.number, bob, text="found it", public=True)
    now = clocks(made, ticket)["sla", "update", ""]
    assert (now.round, now.cycle, now.fired) == (3, 3, ()), "a new promise, with levels of its own"
    made.do(
        "resolve", brought_to(made, "IM3.1", made.ticket(ticket.number, bob)).number, bob, solution="x", backup=True
    )
    assert clocks(made, ticket)["sla", "update", ""].met is False, "one of its rounds was missed"


@pytest.mark.requirement("SLA-01", "the clock of the follow-up call starts with the resolution")
def test_the_follow_up_s_clock_starts_behind_the_resolution(made: Desk, clock: MovedClock) -> None:
    ticket = brought_to(made, "IM3.1")
    assert clocks(made, ticket)["sla", "follow_up", ""].due is None
    clock.advance(hours=1)
    ticket = brought_to(made, "IM5.2", ticket)
    assert clocks(made, ticket)["sla", "follow_up", ""].due == clock() + HOUR
    made.do("reject", ticket.number, made.principal("ann"), reason="still down")
    assert clocks(made, ticket)["sla", "follow_up", ""].due is None, "reopening takes its start back"
    clock.advance(hours=1)
    ticket = brought_to(made, "IM5.6", made.ticket(ticket.number, made.principal("bob")))
    clock.advance(minutes=30)
    made.do("follow-up", ticket.number, made.principal("bob"), result="works")
    assert clocks(made, ticket)["sla", "follow_up", ""].met is True


@pytest.mark.requirement("SLA-01", "the clock of the arrival starts when on-site staff is sent")
def test_the_arrival_s_clock_runs_from_the_dispatch(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    brought_to(made, "IM2.9", ticket)
    assert clocks(made, ticket)["sla", "arrival", ""].due is None
    clock.advance(minutes=5)
    made.do("arrive", ticket.number, bob)
    assert clocks(made, ticket)["sla", "arrival", ""].due is None, "nobody was sent"


@pytest.mark.requirement("SLA-01", "the clock of the arrival stops on arrival")
def test_the_arrival_s_clock_stops_on_arrival(clock: MovedClock) -> None:
    made = desk(clock, {"promises": Promises()})
    bob = made.principal("bob")
    ticket = reported(made, on_site=True)
    assert ticket.step == "IM2.6"
    made.do("visit", ticket.number, bob, who="Vera", at=clock() + HOUR)
    assert clocks(made, ticket)["sla", "arrival", ""].due == clock() + HOUR
    clock.advance(minutes=61)
    made.do("arrive", ticket.number, bob)
    assert clocks(made, ticket)["sla", "arrival", ""].met is False


# reasons to wait


def test_an_unknown_reason_is_refused_with_the_list(made: Desk) -> None:
    ticket = reported(made)
    with pytest.raises(
        BadInput, match="unknown reason to wait 'weather'; the site knows customer, appointment, change"
    ):
        made.do("wait", ticket.number, made.principal("bob"), reason="weather")


PARTS = PauseReason("delivery", "vendor", pauses=("ola",), longest_hours=16, follow_up_hours=6)


@pytest.fixture
def own(clock: MovedClock) -> Desk:
    return desk(clock, {"promises": Promises()}, rules=Rules(default_category="network", pause_reasons=(PARTS,)))


@pytest.mark.requirement("SLA-02", "a site's own reasons: owner, longest time, follow-up, which clocks rest")
def test_a_reason_ends_after_its_longest_time(own: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(own), own.principal("bob")
    clock.advance(hours=1)
    own.do("assign", ticket.number, bob, team="net")
    waiting = own.do("wait", ticket.number, bob, reason="delivery", text="a disk").waits[0]
    assert (waiting.owner, waiting.pauses, waiting.text) == ("vendor", ("ola",), "a disk")
    assert (waiting.follow_up, waiting.until) == (clock() + 6 * HOUR, clock() + timedelta(days=2)), "working hours"
    now = clocks(own, ticket)
    assert (now["ola", "resolution", "net"].due, now["sla", "resolution", ""].due) == (None, ticket.opened + 8 * HOUR)
    clock.advance(hours=6)
    own.tick()
    (asked,) = [one for one in own.history(ticket.number, bob) if one.code == "asked_again"]
    assert asked.args == {"reason": "delivery", "owner": "vendor"}
    assert own.ticket(ticket.number, bob).waits[0].follow_up == clock() + timedelta(hours=22), "six hours more"
    assert clocks(own, ticket)["ola", "resolution", "net"].due is None, "asking again is no resuming"
    clock.advance(days=2)
    own.tick()
    assert own.ticket(ticket.number, bob).waits == ()
    assert [one.args["reasons"] for one in own.history(ticket.number, bob) if one.code == "wait_over"] == [["delivery"]]
    assert own.verify().breaches == ()


def test_nobody_waits_longer_than_the_reason_allows(own: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(own), own.principal("bob")
    with pytest.raises(BadInput, match="a wait for delivery lasts 16 working hours"):
        own.do("wait", ticket.number, bob, reason="delivery", until=clock() + timedelta(days=30))
    sooner = clock() + HOUR
    assert own.do("wait", ticket.number, bob, reason="delivery", until=sooner).waits[0].until == sooner


def test_two_waits_end_the_rest_together(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    made.do("wait", ticket.number, bob, reason="customer")
    made.do("wait", ticket.number, bob, reason="change")
    clock.advance(hours=1)
    made.do("comment", ticket.number, made.principal("ann"), text="here you are")
    assert clocks(made, ticket)["sla", "resolution", ""].due is None, "it still waits for the change"
    made.do("resume", ticket.number, bob)
    assert clocks(made, ticket)["sla", "resolution", ""].due == ticket.opened + 9 * HOUR


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "x", "pauses": ("sla", "bank")},
        {"name": "x", "longest_hours": -1},
        {"name": "x", "follow_up_hours": -1},
        {"name": "x", "longest_hours": 8, "follow_up_hours": 8},
    ],
)
def test_reasons_that_can_t_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"reason"):
        PauseReason(**wrong)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"seconds": 0}, "longer than 0"),
        ({"seconds": -60}, "longer than 0"),
        ({"kind": "bank"}, "kind"),
        ({"party": "net"}, "no single party's"),
        ({"starts": (Fact.RESOLVED,)}, "start and stop at once at resolved"),
        ({"restarts": (Fact.RESOLVED,)}, "start and stop at once at resolved"),
    ],
)
def test_targets_that_can_t_be_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Target(**{"name": "resolution", "seconds": 60, "calendar": "always", **wrong})
