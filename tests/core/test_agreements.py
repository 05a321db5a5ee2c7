"""Whether an SLA can be met at all: the worst starting moment against one that looks at every minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit import Desk, add, calendar_from_dict
from itsmkit.core.agreements import Leg, findings, worst_start
from itsmkit.testing import MovedClock, desk

CALENDARS = (
    calendar_from_dict("always", {"zone": "UTC", "week": {"mon-sun": ["00:00-24:00"]}}),
    calendar_from_dict("office", {"zone": "Europe/Berlin", "week": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}}),
    calendar_from_dict("nights", {"zone": "America/New_York", "week": {"mon-fri": ["22:30-06:10"]}}),
    calendar_from_dict("few", {"zone": "Asia/Shanghai", "week": {"tue": ["10:00-11:30"], "sat": ["09:00-09:20"]}}),
)
SINCE = datetime(2026, 3, 26, 7, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=4)
"""With the turn of the clocks in Berlin between."""
MINUTE = timedelta(minutes=1)
BEHIND = timedelta(milliseconds=1)
LEGS = st.tuples(st.sampled_from(CALENDARS), st.integers(1, 200).map(lambda minutes: minutes * 60 * 3))


def margin(sla: Leg, route: list[Leg], at: datetime) -> timedelta:
    done = at
    for calendar, seconds in route:
        done = add(calendar, done, seconds)
    return add(sla[0], at, sla[1]) - done


@pytest.mark.requirement("SLA-05", "the worst starting moment of an SLA that rests on OLAs and contracts")
@given(LEGS, st.lists(LEGS, min_size=1, max_size=3))
@settings(max_examples=12, deadline=None)
def test_no_minute_leaves_less_time_than_the_worst_start(sla: Leg, route: list[Leg]) -> None:
    found = worst_start(sla, route, SINCE, UNTIL)
    assert SINCE <= found.at <= UNTIL
    assert found.left == margin(sla, route, found.at)
    assert found.left == found.due - found.done
    # All edges and lengths are whole minutes: so are the bends, and between them nothing is worse than at their ends.
    least = timedelta.max
    at = SINCE
    while at < UNTIL:
        least = min(least, margin(sla, route, at), margin(sla, route, at + BEHIND))
        at += MINUTE
    assert found.left == min(least, margin(sla, route, UNTIL))


def test_a_friday_evening_is_the_worst_for_a_promise_round_the_clock() -> None:
    office, always = CALENDARS[1], CALENDARS[0]
    monday = datetime(2026, 4, 13, 0, 0, tzinfo=UTC)
    found = worst_start((always, 4 * 3600), [(office, 3600)], monday, monday + timedelta(days=7))
    friday = datetime(2026, 4, 17, 15, 0, tzinfo=UTC)  # 17:00 in Berlin: an hour is left, to the millisecond
    assert found.at == friday + BEHIND
    assert found.due == friday + timedelta(hours=4) + BEHIND
    assert found.done == datetime(2026, 4, 20, 7, 0, tzinfo=UTC) + BEHIND
    assert found.left < timedelta(0)


RULES = [
    {"name": "desk", "kind": "ola", "teams": ["desk"], "resolution": 60, "response": 20},
    {"name": "second", "kind": "ola", "teams": ["net", "db"], "resolution": 120},
    {"name": "slow", "kind": "ola", "teams": ["db"], "priorities": [4], "resolution": 240},
    {"name": "acme", "kind": "contract", "vendors": ["acme"], "resolution": 180},
]
TABLE = {
    "1": {"response": 15, "resolution": 359},
    "2": {"response": 20, "resolution": 360},
    "3": {"response": 60, "resolution": 360, "calendar": "always"},
    "4": {"response": 60, "resolution": 480},
}


def opened(clock: MovedClock) -> Desk:
    return desk(clock, use=("sla_default",), plugin={"sla_default": {"agreements": RULES, "priorities": TABLE}})


def test_what_the_lines_promise_one_behind_the_other_must_fit_into_the_sla(clock: MovedClock) -> None:
    made = opened(clock)
    found = {(one.sla.why.partition("(")[2][:10], one.sla.name): one for one in findings(made.setup, clock(), {})}
    kept = {key: one.kept for key, one in found.items()}
    assert kept == {
        ("priority 1", "response"): False,
        ("priority 1", "resolution"): False,
        ("priority 2", "response"): True,
        ("priority 2", "resolution"): True,
        ("priority 3", "response"): False,
        ("priority 3", "resolution"): False,
        ("priority 4", "response"): True,
        ("priority 4", "resolution"): True,
    }
    assert found["priority 1", "resolution"].worst.left < timedelta(0)
    route = found["priority 4", "resolution"].route
    assert [(one.kind, one.party, one.seconds // 60) for one in route] == [
        ("ola", "desk", 60), ("ola", "db", 240), ("contract", "acme", 180),
    ]  # fmt: skip
    assert [one.party for one in found["priority 2", "response"].route] == ["desk"], "the first answer is the first's"


def test_without_olas_and_contracts_there_is_nothing_to_find(clock: MovedClock) -> None:
    made = desk(clock, use=("sla_default",))
    assert list(findings(made.setup, clock(), {"customers": ["acme"]})) == []
