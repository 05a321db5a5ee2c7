"""What becomes due: done once, late rather than never, and said so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit import (
    Desk,
    Escalation,
    Event,
    Fact,
    Lane,
    Level,
    Outcome,
    Status,
    Store,
    StoreError,
    Target,
    Ticket,
    Unit,
    hookimpl,
)
from itsmkit.core.policy import Rules
from itsmkit.core.sweep import sweep
from itsmkit.testing import MovedClock, answering, brought_to, desk, raising, reported
from tests.core.newer import Newer

RULES = Rules(default_category="network", silence_hours=16, follow_up_hours=40)


class Targets:
    """Four hours, with a chain."""

    def __init__(self, *chain: tuple[int, str]) -> None:
        self._chain = tuple(Level(share, to) for share, to in chain)

    @hookimpl
    def itsmkit_agreements(self) -> list[Target]:
        return [Target("resolution", 4 * 3600, "always", chain=self._chain)]


def opened(clock: MovedClock, *chain: tuple[int, str], **plugins: object) -> Desk:
    return desk(clock, {**plugins, "targets": Targets(*chain)}, rules=RULES)


def told(made: Desk, ticket: Ticket, *codes: str) -> list[Event]:
    return [one for one in made.history(ticket.number, made.principal("bob")) if one.code in codes]


def now(made: Desk, ticket: Ticket) -> Ticket:
    return made.ticket(ticket.number, made.principal("bob"))


ESCALATIONS = ("escalated", "overdue", "not_escalated")


@pytest.mark.requirement("SLA-03", "escalation by time in steps, each at its share of the target")
def test_levels_fire_in_order_at_their_moments(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"), (75, "support"), (150, "admin"))
    ticket = reported(made)
    seen = []
    for minutes in range(0, 420, 30):
        clock.at(ticket.opened + timedelta(minutes=minutes))
        made.tick()
        events = told(made, ticket, *ESCALATIONS)
        if len(events) > len(seen):
            seen.append((minutes, events[-1].code, events[-1].args["share"], events[-1].args["to"]))
    assert seen == [
        (120, "escalated", 50, "manager"),
        (180, "escalated", 75, "support"),
        (240, "overdue", 100, ""),
        (360, "escalated", 150, "admin"),
    ]
    assert {one.args["late"] for one in told(made, ticket, *ESCALATIONS)} == {0}
    assert [one.args.get("role") for one in told(made, ticket, "escalated")] == ["manager", "support", "admin"]
    assert made.verify().breaches == ()


@pytest.mark.requirement("SLA-06", "nothing due is lost: late, the highest level fires and the lower ones are recorded")
def test_late_the_highest_level_fires_and_the_lower_ones_are_recorded(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"), (75, "support"), (150, "admin"))
    ticket = reported(made)
    clock.advance(hours=5)
    made.tick()
    first, breach = told(made, ticket, *ESCALATIONS)
    assert (first.code, first.args["share"], first.args["coalesced"], first.args["late"]) == (
        "escalated",
        75,
        ["50% manager"],
        7200,
    )
    assert (breach.code, breach.args["share"], breach.args["late"]) == ("overdue", 100, 3600)
    assert now(made, ticket).clocks[0].fired == ("50% manager", "75% support", "100%")
    clock.advance(hours=1)
    made.tick()
    assert [one.args["share"] for one in told(made, ticket, *ESCALATIONS)] == [75, 100, 150]
    assert made.setup.store.peek(Lane.DUE).waiting == 0


def test_nothing_fires_twice_however_often_it_is_swept(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"))
    ticket = reported(made)
    clock.advance(hours=2)
    for _ in range(5):
        made.tick()
    assert len(told(made, ticket, *ESCALATIONS)) == 1


def test_nothing_fires_while_the_clock_rests(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"))
    ticket = reported(made)
    made.do("wait", ticket.number, made.principal("bob"), reason="customer")
    clock.advance(days=2)
    made.tick()
    assert told(made, ticket, *ESCALATIONS) == []
    made.do("resume", ticket.number, made.principal("bob"))
    clock.advance(hours=2)
    made.tick()
    assert [one.args["share"] for one in told(made, ticket, *ESCALATIONS)] == [50]


def test_nothing_fires_after_the_resolution(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"))
    ticket = brought_to(made, "IM5.2")
    clock.advance(hours=10)
    made.tick()
    assert told(made, ticket, *ESCALATIONS) == []


@pytest.mark.requirement("SLA-03", "functional escalation: on to the next line")
def test_a_functional_escalation_hands_on_to_the_next_line(clock: MovedClock) -> None:
    made = opened(clock, (50, "next_line"), (75, "next_line"), (90, "next_line"))
    ticket = reported(made)
    made.tick()
    lines = []
    for hours in (2, 1, 0.6):
        clock.advance(hours=hours)
        made.tick()
        lines.append((now(made, ticket).line, now(made, ticket).team, now(made, ticket).step))
    assert lines == [(2, "net", "IM2.12"), (3, "acme", "IM2.12"), (3, "acme", "IM2.12")]
    assert now(made, ticket).hand_overs == 2
    assert made.verify().breaches == ()


@pytest.mark.requirement("SLA-04", "whether to escalate is judged, and the judgement is on the ticket")
def test_a_plugin_may_decide_otherwise(clock: MovedClock) -> None:
    decide = answering("itsmkit_escalate", Escalation("admin", "an important customer"))
    made = opened(clock, (50, "manager"), boss=decide)
    ticket = reported(made)
    clock.advance(hours=2)
    made.tick()
    (event,) = told(made, ticket, *ESCALATIONS)
    assert (event.by, event.args["to"], event.why["because"]) == ("plugin:boss", "admin", "an important customer")


def test_a_plugin_may_decide_for_nobody_this_time(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"), boss=answering("itsmkit_escalate", Escalation("", "only low")))
    ticket = reported(made)
    clock.advance(hours=2)
    made.tick()
    (event,) = told(made, ticket, *ESCALATIONS)
    assert (event.code, event.by) == ("not_escalated", "plugin:boss")
    assert now(made, ticket).clocks[0].fired == ("50% manager",)


def test_a_plugin_that_fails_leaves_it_to_the_chain(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"), boss=raising("itsmkit_escalate"))
    ticket = reported(made)
    clock.advance(hours=2)
    made.tick()
    assert [one.args.get("to", one.outcome) for one in told(made, ticket, "escalated", "plugin_fault")] == [
        "manager",
        "raised",
    ]


# waits, silence, follow-up


def test_a_wait_ends_when_it_is_over(clock: MovedClock) -> None:
    made = opened(clock)
    ticket = reported(made)
    until = clock() + timedelta(hours=3)
    made.do("wait", ticket.number, made.principal("bob"), reason="vendor", until=until)
    clock.advance(hours=2)
    made.tick()
    assert now(made, ticket).status is Status.WAITING
    clock.advance(hours=1)
    made.tick()
    after = now(made, ticket)
    assert (after.status, after.waits) == (Status.OPEN, ())
    assert [one.args["owners"] for one in told(made, ticket, "wait_over")] == [["vendor"]]
    assert [one.what for one in after.timeline[-2:]] == [Fact.PAUSED, Fact.RESUMED]


def test_of_two_waits_only_the_one_that_is_over_ends(clock: MovedClock) -> None:
    made = opened(clock)
    ticket, bob = reported(made), made.principal("bob")
    made.do("wait", ticket.number, bob, reason="customer", until=clock() + timedelta(hours=1))
    made.do("wait", ticket.number, bob, reason="vendor")
    clock.advance(hours=1)
    made.tick()
    after = now(made, ticket)
    assert [one.owner for one in after.waits] == ["vendor"]
    assert after.status is Status.WAITING


def test_two_waits_that_are_over_together_end_once(clock: MovedClock) -> None:
    made = opened(clock)
    ticket, bob = reported(made), made.principal("bob")
    for reason in ("customer", "vendor"):
        made.do("wait", ticket.number, bob, reason=reason, until=clock() + timedelta(hours=1))
    clock.advance(hours=2)
    made.tick()
    assert [one.args["owners"] for one in told(made, ticket, "wait_over")] == [["customer", "vendor"]]


@pytest.mark.requirement("INC-40", "silence for the configured time closes the ticket and says so")
def test_silence_closes_and_says_so(clock: MovedClock) -> None:
    made = opened(clock)
    ticket = brought_to(made, "IM5.2")  # Monday 9:00; 16 office hours end on Tuesday 17:00
    clock.at(datetime(2026, 3, 3, 16, 59, tzinfo=UTC))
    made.tick()
    assert now(made, ticket).status is Status.RESOLVED
    clock.at(datetime(2026, 3, 3, 17, 0, tzinfo=UTC))
    made.tick()
    after = now(made, ticket)
    assert (after.status, after.closed_by, after.step) == (Status.CLOSED, "silence", "IM5.6")
    (event,) = told(made, ticket, "silent")
    assert event.args["hours"] == 16
    assert event in made.history(ticket.number, made.principal("bob"))
    assert "silent" in [one.code for one in made.history(ticket.number, made.principal("ann"))]


def test_silence_is_counted_from_when_the_user_was_asked(clock: MovedClock) -> None:
    """A ticket that waited at IM5.1 for data of the desk's must not close the moment the user is asked."""
    made = desk(clock, rules=evolve(RULES, mandatory=("solution", "place")))
    ticket = brought_to(made, "IM4.5")
    made.do("resolve", ticket.number, made.principal("carol"), solution="a cable")
    assert now(made, ticket).step == "IM5.1"
    clock.advance(days=7)
    made.do("amend", ticket.number, made.principal("bob"), place="room 7")
    assert now(made, ticket).step == "IM5.2"
    made.tick()
    assert now(made, ticket).step == "IM5.2"


@pytest.mark.requirement("INC-44", "a follow-up call not made within five working days is shown as late")
def test_a_follow_up_call_that_is_late_is_shown(clock: MovedClock) -> None:
    made = opened(clock)
    ticket = brought_to(made, "IM5.6")
    clock.at(datetime(2026, 3, 6, 16, 59, tzinfo=UTC))
    made.tick()
    assert not now(made, ticket).follow_up_late
    clock.at(datetime(2026, 3, 6, 17, 0, tzinfo=UTC))
    made.tick()
    assert now(made, ticket).follow_up_late
    assert len(told(made, ticket, "follow_up_late")) == 1
    clock.advance(days=30)
    assert made.tick().due == 0


# workers


@pytest.mark.requirement("SLA-06", "nothing fires twice: two workers, each level once")
def test_two_workers_fire_each_level_once(clock: MovedClock) -> None:
    from threading import Thread

    first = opened(clock, (50, "manager"))
    second = desk(clock, {"targets": Targets((50, "manager"))}, rules=RULES, store=first.setup.store, seed=1)
    tickets = [reported(first, f"matter {number}") for number in range(15)]
    clock.advance(hours=2)
    workers = [Thread(target=one.tick) for one in (first, second)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    assert [len(told(first, one, "escalated")) for one in tickets] == [1] * 15
    assert first.verify().breaches == ()


@pytest.mark.requirement("SLA-06", "nothing due is lost when a worker dies")
def test_a_worker_that_dies_in_the_middle_leaves_it_to_another(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"), boss=raising("itsmkit_escalate", KeyboardInterrupt()))
    ticket = reported(made)
    clock.advance(hours=2)
    with pytest.raises(KeyboardInterrupt):
        made.tick()
    other = desk(clock, {"targets": Targets((50, "manager"))}, rules=RULES, store=made.setup.store, seed=1)
    clock.advance(seconds=61)
    other.tick()
    assert len(told(other, ticket, "escalated")) == 1


def test_a_policy_that_gives_more_time_moves_the_moment_and_wears_nobody_out(clock: MovedClock) -> None:
    made = opened(clock)
    ticket = brought_to(made, "IM5.2")
    patient = desk(clock, {"targets": Targets()}, rules=evolve(RULES, silence_hours=24), store=made.setup.store, seed=1)
    clock.at(datetime(2026, 3, 3, 17, 0, tzinfo=UTC))
    assert patient.tick().due <= 1
    assert now(patient, ticket).status is Status.RESOLVED
    assert patient.tick().due == 0
    assert patient.verify().breaches == ()
    clock.at(datetime(2026, 3, 4, 17, 0, tzinfo=UTC))
    patient.tick()
    assert now(patient, ticket).closed_by == "silence"


@pytest.mark.requirement(
    "SLA-06", "the store's clock decides: a host that is wrong fires nothing early and nothing late"
)
@pytest.mark.parametrize("off", [-2, 2])
def test_a_host_whose_clock_is_wrong_fires_nothing_early_and_nothing_late(clock: MovedClock, off: int) -> None:
    made = opened(clock, (50, "manager"), (75, "support"))
    ticket = reported(made)
    host = MovedClock(clock() + timedelta(hours=off))
    worker = desk(
        host, {"targets": Targets((50, "manager"), (75, "support"))}, rules=RULES, store=made.setup.store, seed=1
    )
    for minutes in range(10, 200, 10):
        clock.at(ticket.opened + timedelta(minutes=minutes))
        host.at(clock() + timedelta(hours=off))
        worker.tick()
    events = told(made, ticket, *ESCALATIONS)
    assert [(one.at - ticket.opened, one.args["late"]) for one in events] == [
        (timedelta(hours=2), 0),
        (timedelta(hours=3), 0),
    ]


def test_a_policy_that_takes_a_moment_away_leaves_nothing_behind(clock: MovedClock) -> None:
    made = desk(clock, rules=RULES)
    ticket = reported(made)
    made.do("wait", ticket.number, made.principal("bob"), reason="customer", until=clock() + timedelta(hours=1))
    clock.advance(hours=1)
    assert made.tick().due == 1
    assert made.tick().due == 0
    assert made.setup.store.peek(Lane.DUE).waiting == 0


# later steps


def test_a_worker_takes_the_matching_that_intake_left(clock: MovedClock) -> None:
    made = opened(clock)
    ticket = reported(made)
    assert ticket.step == "IM2.7"
    assert made.setup.store.peek(Lane.WORK).waiting == 1
    assert made.tick().work == 1
    assert now(made, ticket).step == "IM2.9"
    assert made.setup.store.peek(Lane.WORK).waiting == 0


def test_a_person_who_opens_the_ticket_first_has_it_matched_then(clock: MovedClock) -> None:
    made = opened(clock)
    ticket = reported(made)
    made.do("take", ticket.number, made.principal("bob"))
    assert now(made, ticket).step == "IM2.9"
    assert made.tick().work == 0


@pytest.mark.requirement("SLA-06", "nothing due is lost on a ticket that others keep changing")
def test_a_busy_ticket_is_escalated_all_the_same(clock: MovedClock) -> None:
    class Talking:
        """Counts how often a level is decided."""

        def __init__(self) -> None:
            self.words: list[str] = []

        @hookimpl
        def itsmkit_escalate(self) -> None:
            self.words.append("more")

    talking = Talking()
    made = desk(clock, {"targets": Targets((50, "manager")), "talking": talking}, rules=RULES)
    ticket = reported(made)
    made.tick()
    busy = made.setup.store.commit
    interruptions = 3

    def commit(*units: Unit) -> tuple[Outcome, ...]:
        nonlocal interruptions
        if interruptions and len(talking.words) == 4 - interruptions:
            interruptions -= 1
            made.setup.store.commit = busy
            made.do("log", ticket.number, made.principal("bob"), text="still at it")
            made.setup.store.commit = commit
        return busy(*units)

    made.setup.store.commit = commit
    clock.advance(hours=2)
    made.tick()
    assert [one.args["share"] for one in told(made, ticket, "escalated")] == [50]
    assert len(told(made, ticket, "log")) == 3
    assert made.setup.store.peek(Lane.DUE).parked == ()


def test_a_ticket_of_a_newer_itsmkit_holds_up_no_other(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"))
    tickets = [reported(made) for _ in range(3)]
    clock.advance(hours=2)
    leases = made.setup.store.lease(Lane.DUE, 60, 10)
    assert sweep(evolve(made.setup, store=Newer(made.setup.store, leases[0].id)), leases, 60).events
    late = {one.id for one in tickets if told(made, one, "escalated")}
    assert late == {one.id for one in leases[1:]}


def test_a_unit_that_the_store_refuses_holds_up_no_other(clock: MovedClock) -> None:
    made = opened(clock, (50, "manager"))
    tickets = [reported(made) for _ in range(3)]
    clock.advance(hours=2)
    leases = made.setup.store.lease(Lane.DUE, 60, 10)
    sweep(evolve(made.setup, store=Choosy(made.setup.store, leases[1].id)), leases, 60)
    assert {one.id for one in tickets if told(made, one, "escalated")} == {leases[0].id, leases[2].id}


def test_two_clocks_due_in_one_look_fire_each_level_once_though_the_first_hands_on(clock: MovedClock) -> None:
    made = desk(clock, {"targets": ByTeam()}, rules=RULES)
    ticket = reported(made)
    clock.advance(hours=3)
    made.tick()
    made.tick()
    fired = [(one.args["clock"], one.args["level"], one.args["cycle"]) for one in told(made, ticket, "escalated")]
    assert len(fired) == len(set(fired)) >= 2


def test_a_team_that_a_level_hands_to_is_promised_what_is_its_own(clock: MovedClock) -> None:
    made = desk(clock, {"targets": ByTeam("team:db")}, rules=RULES)
    ticket = reported(made)
    before = {one.target.seconds for one in now(made, ticket).clocks}
    clock.advance(hours=3)
    made.tick()
    assert now(made, ticket).team == "db"
    assert {one.target.seconds for one in now(made, ticket).clocks} != before


class ByTeam:
    """A response and a resolution, the latter shorter for line 2; the response's level hands the ticket on."""

    def __init__(self, to: str = "next_line") -> None:
        self._to = to

    @hookimpl
    def itsmkit_agreements(self, record: Ticket) -> list[Target]:
        hours = 4 if record.line == 1 else 5
        return [
            Target("response", 2 * 3600, "always", chain=(Level(50, self._to),)),
            Target("resolution", hours * 3600, "always", chain=(Level(50, "manager"),)),
        ]


class Choosy:
    """A store that refuses whatever changes one record."""

    def __init__(self, store: Store, id_: str) -> None:
        self._store, self._id = store, id_

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *units: Unit) -> Any:
        if any(change.after.id == self._id for unit in units for change in unit.changes):
            raise StoreError("too large")
        return self._store.commit(*units)
