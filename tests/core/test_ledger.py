"""The ledger of responsibility: its law of conservation, and whose time it was through the desk."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from bench.proof.clocks import life, windows
from hypothesis import given
from hypothesis import strategies as st

from itsmkit import Desk, Fact, Moment, calendar_from_dict, is_open
from itsmkit.core.ledger import NOBODY, OFF_HOURS, hours, ledger
from itsmkit.testing import MovedClock, desk, reported

START = datetime(2026, 3, 27, 16, 0, tzinfo=UTC)
OFFICE = calendar_from_dict("office", {"zone": "Europe/Berlin", "week": {"mon-fri": ["09:00-12:00", "13:00-17:00"]}})
HOURS = {"team:net": OFFICE, "team:desk": OFFICE, "vendor:acme": OFFICE}
WINDOWS = windows()
PARTIES = {"customer": "customer", "vendor": "vendor:acme", "watch": "change", "quiet": "is"}


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Moment, ...]:
    """Lives with seconds and milliseconds, each fact saying whose turn it is then."""
    random = draw(st.randoms(use_true_random=False))
    facts, extra = life(random, draw(st.sampled_from(WINDOWS))), timedelta(0)
    found = []
    for minute, what, value, kinds in facts.facts:
        extra += timedelta(milliseconds=random.randrange(90_000))
        party = PARTIES.get(value, "") if what is Fact.PAUSED else ""
        party = {"net": "line:2", "desk": "line:1"}.get(value, "") if what is Fact.TEAM else party
        found.append(Moment(facts.window.start + timedelta(minutes=minute) + extra, what, value, party, kinds))
    return tuple(found)


@pytest.mark.requirement("SLA-05", "every second belongs to one party, and the sums equal wall time to the second")
@given(timelines(), st.integers(0, 500_000_000))
def test_every_second_belongs_to_one_party_and_the_sums_are_wall_time(timeline: tuple[Moment, ...], more: int) -> None:
    now = timeline[-1].at + timedelta(milliseconds=more)
    account = ledger(timeline, HOURS, now)
    assert account is not None
    assert sum(account.totals.values()) == account.seconds
    assert sum(one.seconds + one.closed for one in account.shares) == account.seconds
    assert all(one.seconds >= 0 <= one.closed for one in account.shares)
    wall = int(account.until.timestamp()) - int(account.since.timestamp())
    assert wall == account.seconds
    edges = [account.since, *(one.until for one in account.shares)]
    if account.shares:
        assert [one.since for one in account.shares] == edges[:-1], "no gap, no overlap"
        assert edges[-1] == account.until
    assert all(one.party != other.party or one.since < other.since for one, other in pairwise(account.shares))


def lived_through(timeline: tuple[Moment, ...], at: datetime) -> str:
    """Whose second it is that begins at a moment, told by the facts up to it alone."""
    holder, team, waits, asked, closed = NOBODY, "", list[Moment](), False, False
    for moment in timeline:
        if moment.at > at:
            break
        if moment.what is Fact.TEAM:
            holder, team = moment.party or NOBODY, f"team:{moment.value}"
        elif moment.what is Fact.PAUSED:
            waits.append(moment)
        elif moment.what is Fact.RESUMED:
            first = [one for one in waits if one.value == moment.value][:1]
            waits = [one for one in waits if one not in first]
        elif moment.what in (Fact.ASKED, Fact.HEARD):
            asked = moment.what is Fact.ASKED
        elif moment.what in (Fact.CLOSED, Fact.REOPENED):
            asked, closed = False, moment.what is Fact.CLOSED
    party, key = (NOBODY, "") if closed else (holder, team)
    if waits and not closed:
        party, key = waits[0].party, waits[0].party
    elif asked and not closed:
        party, key = "customer", ""
    return OFF_HOURS if key in HOURS and not is_open(HOURS[key], at) else party


@given(st.integers(0, 10_000))
def test_it_says_what_a_walk_minute_by_minute_says(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a life, not a secret
    facts = life(random, WINDOWS[seed % len(WINDOWS)])
    timeline = tuple(
        Moment(
            facts.window.start + timedelta(minutes=minute),
            what,
            value,
            PARTIES.get(value, "") or {"net": "line:2", "desk": "line:1"}.get(value, ""),
            kinds,
        )
        for minute, what, value, kinds in facts.facts
    )
    account = ledger(timeline, HOURS, facts.window.start + timedelta(minutes=facts.until))
    assert account is not None
    walked: dict[str, int] = {}
    at = account.since
    while at < account.until:
        party = lived_through(timeline, at)
        walked[party] = walked.get(party, 0) + 60
        at += timedelta(minutes=1)
    assert account.totals == walked


def test_nothing_opened_has_no_ledger() -> None:
    assert ledger((), HOURS, START) is None
    assert ledger((Moment(START, Fact.OPENED),), HOURS, START - timedelta(seconds=1)) is None


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock)


@pytest.mark.requirement("SLA-02", "time waited for the customer or a change is theirs and nobody else's")
def test_the_way_through_lines_and_waits(made: Desk, clock: MovedClock) -> None:
    ticket, bob = reported(made), made.principal("bob")
    clock.advance(minutes=10)
    made.do("wait", ticket.number, bob, reason="customer", text="which room?")
    clock.advance(hours=10)  # over the closing of the office: a customer has no hours
    made.do("resume", ticket.number, bob)
    clock.advance(hours=14)  # until nine in the morning
    made.do("assign", ticket.number, bob, team="acme")
    clock.advance(minutes=20)
    made.do("wait", ticket.number, bob, reason="vendor")
    clock.advance(minutes=5)
    made.do("resume", ticket.number, bob)
    made.do("accept", ticket.number, bob)
    made.do("resolve", ticket.number, bob, solution="plugged in", backup=True)
    clock.advance(minutes=45)
    made.do("confirm", ticket.number, made.principal("ann"))
    after = made.ticket(ticket.number, bob)
    clock.advance(days=3)
    account = ledger(after.timeline, hours(after, made.setup.site, made.setup.policy), clock())
    assert account is not None
    assert account.totals == {
        "line:1": 600 + 600,
        OFF_HOURS: 14 * 3600 - 600,
        "customer": 10 * 3600 + 45 * 60,
        "vendor:acme": 25 * 60,
    }
    assert account.seconds == 24 * 3600 + 600 + 25 * 60 + 45 * 60
