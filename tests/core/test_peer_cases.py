"""Cases of other desks' test suites (OTRS, GLPI, Zammad): those that apply come out the same."""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from itsmkit import Clock, Fact, Moment, Target, add, always, between, calendar_from_dict, is_open
from itsmkit.core.calendar import BusinessHours
from itsmkit.core.clocks import elapsed, reaches, runs, settled, started

T0 = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STOPS = {
    "first_response": (Fact.RESPONDED, Fact.RESOLVED),
    "update": (Fact.RESOLVED,),
    "solution": (Fact.RESOLVED,),
}


def _read() -> dict[str, Any]:
    folder = os.environ.get("ITSMKIT_DATA")
    if not folder:
        pytest.skip("ITSMKIT_DATA is not set: the shared cases are not at hand")
    data: dict[str, Any] = json.loads((Path(folder) / "peer_sla_cases.json").read_text("utf-8"))
    return data


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    return _read()


@pytest.fixture(scope="module")
def calendars(cases: dict[str, Any]) -> dict[str, BusinessHours]:
    made: dict[str, BusinessHours] = {}
    for name, one in cases["calendars"].items():
        week = {day: [f"{opens}-{closes}" for opens, closes in shifts] for day, shifts in one["weekly"].items()}
        made[name] = calendar_from_dict(name, {"zone": one["tz"], "week": week, "holidays": one["holidays"]})
    return made


def _at(text: str, zone: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _target(name: str, minutes: int, calendar: str) -> Target:
    return Target(name, minutes * 60, calendar, stops=STOPS[name], restarts=(Fact.TOLD,) if name == "update" else ())


LEFT_OUT = {
    "add_working_days": "targets are lengths of open time; whole working days are hours times the day's length here",
    "add_working_days_end_of_day": "no target ends with the day whatever its length",
}
"""Operations that don't apply, with the reason; nothing else is left out."""
RULES = {
    "internal note by agent is not a first response; outbound email or phone article by agent is",
    "customer contact sets update target",
    "agent response clears update target",
    "update statistic keeps the longest exchange (10 then 5 min -> in_min 10, diff 50 with update_time 60)",
    "next_escalation = earliest non-null of first response/update/close targets",
}
"""Rules told in words: each is shown by a test of its own below or by the tests of promises."""


def test_every_case_applies_or_is_left_out_with_a_reason(cases: dict[str, Any]) -> None:
    known = {*DONE, *LEFT_OUT, "rule", "state_rule"}
    assert {one["op"] for one in cases["cases"]} <= known
    assert {one["note"] for one in cases["cases"] if one["op"] in ("rule", "state_rule")} == RULES


@pytest.mark.requirement("SLA-01", "targets equal those of other desks' own test suites")
def test_the_cases_come_out_the_same(cases: dict[str, Any], calendars: dict[str, BusinessHours]) -> None:
    done = 0
    for one in cases["cases"]:
        if one["op"] in DONE and one.get("agree", True):
            DONE[one["op"]](one, calendars, cases["calendars"].get(one.get("calendar"), {}).get("tz", "UTC"))
            done += 1
    assert done == 39


def _between(one: dict[str, Any], calendars: dict[str, BusinessHours], zone: str) -> None:
    calendar = calendars[one["calendar"]]
    assert between(calendar, _at(one["start"], zone), _at(one["end"], zone)) == one["expected_seconds"]


def _add(one: dict[str, Any], calendars: dict[str, BusinessHours], zone: str) -> None:
    assert add(calendars[one["calendar"]], _at(one["start"], zone), one["seconds"]) == _at(one["expected"], zone)


def _in_hours(one: dict[str, Any], calendars: dict[str, BusinessHours], zone: str) -> None:
    assert is_open(calendars[one["calendar"]], _at(one["at"], zone)) is one["expected"]


def _dues(one: dict[str, Any], calendars: dict[str, BusinessHours]) -> dict[str, datetime | None]:
    created = datetime.fromisoformat(one["created"])
    timeline = (Moment(created, Fact.OPENED),)
    clocks = [Clock(_target(name, minutes, one["calendar"]), created) for name, minutes in one["sla_minutes"].items()]
    return {clock.target.name: settled(clock, timeline, calendars).due for clock in clocks}


def _sla_targets(one: dict[str, Any], calendars: dict[str, BusinessHours], _zone: str) -> None:
    dues = _dues(one, calendars)
    expected = {name: datetime.fromisoformat(at) for name, at in one["expected"].items()}
    soonest = expected.pop("next_escalation", None)
    assert dues == expected
    assert soonest in (None, min(at for at in dues.values() if at))


def _first_response_stat(one: dict[str, Any], calendars: dict[str, BusinessHours], _zone: str) -> None:
    target = _target("first_response", one["sla_first_response_minutes"], one["calendar"])
    _judge(one, calendars, target, Moment(datetime.fromisoformat(one["first_response_at"]), Fact.RESPONDED))


def _close_stat(one: dict[str, Any], calendars: dict[str, BusinessHours], _zone: str) -> None:
    target = _target("solution", one["sla_solution_minutes"], one["calendar"])
    _judge(one, calendars, target, Moment(datetime.fromisoformat(one["close_at"]), Fact.RESOLVED))


def _judge(one: dict[str, Any], calendars: dict[str, BusinessHours], target: Target, end: Moment) -> None:
    created = datetime.fromisoformat(one["created"])
    timeline = (Moment(created, Fact.OPENED), end)
    used = elapsed(calendars[one["calendar"]], runs(target, created, timeline), end.at) // 60
    assert (used, target.seconds // 60 - used) == (one["expected"]["in_min"], one["expected"]["diff_in_min"])
    assert settled(Clock(target, created), timeline, calendars).met is (one["expected"]["diff_in_min"] >= 0)


def _sla_selector(one: dict[str, Any], calendars: dict[str, BusinessHours], _zone: str) -> None:
    """The agreement is for one priority only: with another one its clocks end."""
    created = datetime.fromisoformat(one["created"])
    targets = [_target(name, minutes, one["calendar"]) for name, minutes in one["sla_minutes"].items()]
    clocks = started((), targets, created)
    assert _dues(one, calendars) == {name: datetime.fromisoformat(at) for name, at in one["expected_before"].items()}
    assert started(clocks, [], created) == ()


WAITING = (
    Moment(T0, Fact.OPENED),
    Moment(T0 + 90 * MINUTE, Fact.PAUSED, "customer", "customer", ("sla",)),
    Moment(T0 + 120 * MINUTE, Fact.RESUMED, "customer"),
)
"""The timeline that the pause cases tell in words. There the closing at 120 ends the pending state only."""


def _pause_elapsed(one: dict[str, Any], _calendars: dict[str, BusinessHours], _zone: str) -> None:
    assert re.search(r"T0\+90m pending close \(clock stops\); T0\+120m closed", one["timeline"])
    start, end = T0 + one["start_min"] * MINUTE, T0 + one["end_min"] * MINUTE
    closed = (*WAITING[:2], Moment(T0 + 120 * MINUTE, Fact.CLOSED))
    ran = runs(Target("solution", 60, "always", stops=(Fact.CLOSED,)), T0, closed)
    calendar = always("always")
    used = elapsed(calendar, ran, end) if end > T0 + 90 * MINUTE else between(calendar, T0, end)
    assert (used - between(calendar, T0, start)) // 60 == one["expected_minutes"]


def _pause_destination(one: dict[str, Any], _calendars: dict[str, BusinessHours], _zone: str) -> None:
    """When a span that starts at a minute is used up, with the pause left out."""
    start = T0 + one["start_min"] * MINUTE
    timeline = tuple(moment for moment in WAITING if moment.at >= start)
    ran = runs(Target("solution", 60, "always"), start, timeline)
    assert reaches(always("always"), ran, one["span_min"] * 60) == T0 + one["expected_min"] * MINUTE


DONE = {
    "between": _between,
    "add": _add,
    "in_hours": _in_hours,
    "sla_targets": _sla_targets,
    "first_response_stat": _first_response_stat,
    "close_stat": _close_stat,
    "sla_selector": _sla_selector,
    "pause_elapsed": _pause_elapsed,
    "pause_destination": _pause_destination,
}


def test_the_customer_s_word_starts_and_the_agent_s_stops_such_a_clock() -> None:
    """Rules 2 and 3, as data: an update clock that runs from the customer's word to the answer."""
    target = Target("update", 3600, "always", starts=(Fact.HEARD,), stops=(Fact.TOLD, Fact.RESOLVED))
    exchange = (
        Moment(T0, Fact.OPENED),
        Moment(T0 + 10 * MINUTE, Fact.HEARD),
        Moment(T0 + 20 * MINUTE, Fact.TOLD),
        Moment(T0 + 30 * MINUTE, Fact.HEARD),
        Moment(T0 + 35 * MINUTE, Fact.TOLD),
    )
    calendars = {"always": always("always")}
    dues = [settled(Clock(target, T0), exchange[: upto + 1], calendars).due for upto in range(5)]
    assert dues == [None, T0 + 70 * MINUTE, None, T0 + 90 * MINUTE, None]
    ran = runs(target, T0, exchange)
    longest = max(sum(between(calendars["always"], *one) for one in each) for each in (*ran.past, ran.done))
    assert (longest // 60, 60 - longest // 60) == (10, 50), "the longest exchange counts"
