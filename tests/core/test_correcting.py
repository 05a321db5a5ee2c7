"""Correcting when something was: what it changes, what it refuses, and that the proof still holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit import BadInput, Desk, Fact, Moment, NotAllowed, Person, Target, Ticket, hookimpl
from itsmkit.core.clocks import settled
from itsmkit.core.model.event import Draft
from itsmkit.core.model.unit import Unit
from itsmkit.core.sealing import sealed
from itsmkit.testing import MovedClock, brought_to, desk, reported

HOUR = timedelta(hours=1)


class Targets:
    @hookimpl
    def itsmkit_agreements(self, record: Ticket) -> list[Target]:
        ola = [Target("resolution", 7200, "always", kind="ola", party=record.team)] if record.team else []
        answer = Target("response", 3600, "always", stops=(Fact.RESPONDED, Fact.RESOLVED), pauses=False)
        return [answer, Target("resolution", 4 * 3600, "always"), *ola]


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock, {"targets": Targets()})


def corrected(made: Desk, ticket: Ticket, **params: Any) -> Ticket:
    return made.do("correct-time", ticket.number, made.principal("mia"), **{"why": "as we know now", **params})


def clock_of(ticket: Ticket, name: str, kind: str = "sla") -> Any:
    return next(one for one in ticket.clocks if (one.target.kind, one.target.name) == (kind, name))


def paused(made: Desk, clock: MovedClock) -> Ticket:
    """Asked at half past nine, answered at eleven."""
    ticket, bob = reported(made), made.principal("bob")
    clock.advance(minutes=30)
    made.do("wait", ticket.number, bob, reason="customer")
    clock.advance(minutes=90)
    made.do("resume", ticket.number, bob)
    return made.ticket(ticket.number, bob)


@pytest.mark.requirement("SLA-02", "a pause that began earlier is corrected, and the clocks follow")
def test_a_pause_that_should_have_begun_earlier(made: Desk, clock: MovedClock) -> None:
    ticket = paused(made, clock)
    before = clock_of(ticket, "resolution")
    after = corrected(made, ticket, fact="paused", at=ticket.opened + timedelta(minutes=5))
    assert clock_of(after, "resolution").due == before.due + timedelta(minutes=25)
    assert clock_of(after, "resolution").started == before.started
    assert after.clocks == tuple(settled(one, after.timeline, made.setup.policy.calendars) for one in after.clocks)
    assert made.verify().breaches == ()


@pytest.mark.requirement("SLA-01", "an answer given by phone counts from when it was given, and the verdict with it")
def test_an_answer_that_was_given_by_phone(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    clock.advance(hours=2)
    made.do("comment", ticket.number, bob, text="we are on it", public=True)
    late = made.ticket(ticket.number, bob)
    assert clock_of(late, "response").met is False
    by_phone = ticket.opened + timedelta(minutes=30)
    after = corrected(made, late, fact="responded", at=by_phone)
    assert (clock_of(after, "response").met, clock_of(after, "response").stopped) == (True, by_phone)
    assert after.responded == by_phone
    told = made.history(ticket.number, bob)[-1]
    assert (told.code, told.by, told.personal) == ("correct-time", "person:mia", {"why": "as we know now"})
    assert told.args == {
        "fact": "responded",
        "value": "",
        "was": late.responded.isoformat() if late.responded else "",
        "at": by_phone.isoformat(),
        "until": "",
        "verdicts": [["sla", "response", "", False, True]],
    }
    assert made.verify().breaches == ()
    clock.advance(hours=1)
    made.do("log", ticket.number, bob, text="more")
    assert made.ticket(ticket.number, bob).timeline == after.timeline, "what was corrected stays so"


def test_an_answer_that_nobody_had_recorded_is_added(made: Desk, clock: MovedClock) -> None:
    ticket = reported(made)
    clock.advance(hours=2)
    after = corrected(made, ticket, fact="responded", at=ticket.opened + timedelta(minutes=59))
    assert clock_of(after, "response").met is True
    assert made.verify().breaches == ()


def test_a_pause_that_nobody_had_recorded_is_added(made: Desk, clock: MovedClock) -> None:
    ticket = reported(made)
    clock.advance(hours=3)
    after = corrected(
        made, ticket, fact="paused", at=ticket.opened + HOUR, until=ticket.opened + 2 * HOUR, reason="change"
    )
    assert clock_of(after, "resolution").due == ticket.opened + 5 * HOUR
    assert [(one.what, one.value, one.party) for one in after.timeline[-2:]] == [
        (Fact.PAUSED, "change", "change"),
        (Fact.RESUMED, "change", "change"),
    ]
    assert made.verify().breaches == ()


def test_a_pause_that_still_lasts_began_earlier(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    clock.advance(hours=1)
    made.do("wait", ticket.number, bob, reason="customer")
    after = corrected(made, ticket, fact="paused", at=ticket.opened)
    assert after.waits[0].since == ticket.opened
    clock.advance(hours=1)
    made.do("resume", ticket.number, bob)
    assert clock_of(made.ticket(ticket.number, bob), "resolution").due == clock() + 4 * HOUR


def test_a_hand_over_that_came_earlier_takes_the_clocks_of_its_team_along(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    clock.advance(hours=3)
    made.do("assign", ticket.number, bob, team="acme")
    ticket = made.ticket(ticket.number, bob)
    earlier = ticket.opened + HOUR
    after = corrected(made, ticket, fact="team", at=earlier, was=clock())
    left, held = (one for one in after.clocks if one.target.kind == "ola")
    if left.target.party != "desk":
        left, held = held, left
    assert (left.met, left.stopped) == (True, earlier)
    assert (held.started, held.due) == (earlier, earlier + 2 * HOUR)
    assert [one.at for one in after.timeline if one.what is Fact.VENDOR] == [earlier]
    assert made.verify().breaches == ()


def test_a_resolution_keeps_its_month(made: Desk, clock: MovedClock) -> None:
    ticket = brought_to(made, "IM3.1")
    clock.at(datetime(2026, 4, 1, 9, 0, tzinfo=UTC))
    ticket = brought_to(made, "IM5.2", ticket)
    assert ticket.resolved_month == "2026-04"
    after = corrected(made, ticket, fact="resolved", at=clock() - timedelta(days=1))
    assert (after.resolved, after.resolved_month) == (clock() - timedelta(days=1), "2026-03")


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"fact": "opened", "minutes": 5}, "unknown fact to correct 'opened'"),
        ({"fact": "nonsense", "minutes": 5}, "unknown fact to correct"),
        ({"fact": "paused", "minutes": -5}, "outside the life"),
        ({"fact": "paused", "minutes": 500}, "outside the life"),
        ({"fact": "paused", "minutes": 121}, "outside the life"),
        ({"fact": "resumed", "minutes": 10}, "would end before it begins"),
        ({"fact": "resolved", "minutes": 10}, "no fact resolved to correct"),
        ({"fact": "paused", "minutes": 5, "was": 50}, "no fact paused at"),
        ({"fact": "paused", "minutes": 40, "until": 30}, "lies behind its beginning"),
        ({"fact": "responded", "minutes": 10, "until": 30}, "is for a pause"),
        ({"fact": "paused", "minutes": 5, "until": 6, "reason": "weather"}, "the site knows customer"),
    ],
)
def test_what_can_t_have_been_is_refused(made: Desk, clock: MovedClock, params: dict[str, Any], says: str) -> None:
    ticket = paused(made, clock)
    given = {"fact": params["fact"], "at": ticket.opened + timedelta(minutes=params["minutes"])}
    given |= {name: ticket.opened + timedelta(minutes=params[name]) for name in ("was", "until") if name in params}
    given |= {"reason": params["reason"]} if "reason" in params else {}
    with pytest.raises(BadInput, match=says):
        corrected(made, ticket, **given)
    assert made.ticket(ticket.number, made.principal("mia")).version == ticket.version


def test_of_several_it_must_be_said_which(made: Desk, clock: MovedClock) -> None:
    ticket, bob = paused(made, clock), made.principal("bob")
    clock.advance(minutes=10)
    made.do("wait", ticket.number, bob, reason="customer")
    with pytest.raises(BadInput, match="several facts paused; say with --was"):
        corrected(made, ticket, fact="paused", at=ticket.opened)
    first = ticket.opened + timedelta(minutes=30)
    after = corrected(made, ticket, fact="paused", at=ticket.opened + timedelta(minutes=1), was=first)
    assert [one.at for one in after.timeline if one.what is Fact.PAUSED] == [
        ticket.opened + timedelta(minutes=1), clock(),
    ]  # fmt: skip


def test_who_works_on_it_does_not_correct_it(made: Desk, clock: MovedClock) -> None:
    ticket = paused(made, clock)
    both = Person(id="mia", name="Mia Manager", mails=("mia@example.org",), roles=("manager", "support"))
    list(made.load([both], made.service("test")))
    mia = made.principal("mia")
    made.do("assign", ticket.number, made.principal("bob"), team="desk", person="mia")
    with pytest.raises(NotAllowed, match="another manager can"):
        made.do("correct-time", ticket.number, mia, fact="paused", at=ticket.opened, why="it looks better")
    with pytest.raises(NotAllowed, match="needs the duty manage"):
        made.do("correct-time", ticket.number, made.principal("bob"), fact="paused", at=ticket.opened, why="x")


def test_the_proof_finds_a_timeline_that_no_correction_tells_of(made: Desk, clock: MovedClock) -> None:
    ticket = paused(made, clock)
    after = corrected(made, ticket, fact="paused", at=ticket.opened + timedelta(minutes=5))
    store, world = made.setup.store, made.setup.world

    def stored(timeline: tuple[Moment, ...]) -> list[str]:
        now = made.ticket(ticket.number, made.principal("bob"))
        change = sealed(world, now, evolve(now, timeline=timeline), (Draft("tampered", "core"),), world.now())
        store.commit(Unit((change,)))
        return [one.what for one in made.verify().breaches]

    back = tuple(evolve(one, at=ticket.timeline[2].at) if one.what is Fact.PAUSED else one for one in after.timeline)
    assert any("lacks paused" in one for one in stored(back)), "the old time is no proof any more"
    moved = tuple(
        evolve(one, at=one.at + timedelta(minutes=1)) if one.what is Fact.PAUSED else one for one in after.timeline
    )
    assert any("no event tells of" in one for one in stored(moved))
