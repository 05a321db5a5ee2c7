import json
import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit.core.calendar import (
    WEEKDAYS,
    Calendar,
    Shift,
    add,
    always,
    between,
    difference,
    intersection,
    intervals,
    is_open,
    next_opening,
    subtract,
    union,
)
from itsmkit.core.calendar_cases import answers
from itsmkit.core.calendar_table import calendar_from_dict
from itsmkit.core.errors import CalendarError
from tests.core.walking import MINUTE, SPAN, sites, valid, wrong_answers

OFFICE = {"mon-fri": ["09:00-17:00"]}


def _made(zone: str = "UTC", week: dict[str, list[str]] | None = None, **more: Any) -> Calendar:
    return calendar_from_dict("c", {"zone": zone, "week": OFFICE if week is None else week, **more})


def _at(text: str, zone: str = "UTC", *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


# Cases answered by others: `itsmkit calendar check` is tested with its own


def _data(name: str) -> Any:
    folder = os.environ.get("ITSMKIT_DATA")
    if not folder:
        pytest.skip("ITSMKIT_DATA is not set: the shared cases are not at hand")
    return json.loads(Path(folder, name).read_text(encoding="utf-8"))


@pytest.mark.requirement("SLA-01", "at the service's hours, with holidays and make-up days, in the site's time zone")
@pytest.mark.parametrize(("name", "most"), [("business_time_dev.json", 2000), ("peer_sla_cases.json", 25)])
def test_every_shared_case_that_others_agree_on_is_met_to_the_second(name: str, most: int) -> None:
    found = [one for one in answers(_data(name)) if one.known]
    assert len([one for one in found if one.agreed]) > most
    assert [one for one in found if one.agreed and not one.met] == []


def test_shared_cases_with_clock_changes_follow_elapsed_real_seconds() -> None:
    disputed = [one for one in answers(_data("business_time_dev.json")) if not one.agreed]
    assert disputed
    assert [one for one in disputed if not one.met] == []


def test_targets_of_another_desk_are_met() -> None:
    data = _data("peer_sla_cases.json")
    cases = [case for case in data["cases"] if case["op"] == "sla_targets"]
    asked = [
        {"calendar": case["calendar"], "op": "add", "start": case["created"], "seconds": minutes * 60,
         "expected": case["expected"][target]}
        for case in cases for target, minutes in case["sla_minutes"].items()
    ]  # fmt: skip
    assert asked
    assert [one for one in answers({**data, "cases": asked}) if not one.met] == []


# Rules, one by one


def test_four_hours_from_maundy_thursday_end_after_easter() -> None:
    berlin = _made("Europe/Berlin", {"mon-fri": ["08:00-18:00"]}, holidays=["2026-04-03", "2026-04-06"])
    due = add(berlin, _at("2026-04-02 16:30", "Europe/Berlin"), 4 * 3600)
    assert due == _at("2026-04-07 10:30", "Europe/Berlin")
    assert due.tzinfo is UTC
    assert subtract(berlin, due, timedelta(hours=4)) == _at("2026-04-02 16:30", "Europe/Berlin")


@pytest.mark.requirement("SLA-01", "with holidays and make-up working days")
def test_a_make_up_saturday_counts_and_the_festival_does_not() -> None:
    hours = ["09:00-12:00", "13:30-18:00"]
    beijing = _made(
        "Asia/Shanghai",
        {"mon-fri": hours},
        holidays=[f"2026-02-{day}" for day in range(15, 24)],
        extra={"2026-02-14": hours},
    )
    friday_evening = _at("2026-02-13 17:30", "Asia/Shanghai")
    assert add(beijing, friday_evening, 3600) == _at("2026-02-14 09:30", "Asia/Shanghai")
    assert add(beijing, friday_evening, 9 * 3600) == _at("2026-02-24 10:00", "Asia/Shanghai")


def test_extra_days_win_over_holidays_and_may_close_a_day() -> None:
    calendar = _made(holidays=["2026-05-04"], extra={"2026-05-04": ["10:00-11:00"], "2026-05-05": []})
    assert between(calendar, _at("2026-05-04"), _at("2026-05-06")) == 3600


def test_time_that_ends_with_a_shift_is_due_at_closing_and_begins_at_opening() -> None:
    calendar = _made()
    monday = _at("2026-05-04 09:00")
    assert add(calendar, monday, 8 * 3600) == _at("2026-05-04 17:00")
    assert subtract(calendar, _at("2026-05-05 09:00"), 8 * 3600) == monday


def test_zero_is_where_it_started_and_less_goes_the_other_way() -> None:
    calendar = _made()
    night, noon = _at("2026-05-04 23:00"), _at("2026-05-04 12:00")
    assert add(calendar, night, 0) == subtract(calendar, night, 0) == night
    assert add(calendar, noon, -3600) == subtract(calendar, noon, 3600) == _at("2026-05-04 11:00")
    assert subtract(calendar, noon, -3600) == add(calendar, noon, 3600) == _at("2026-05-04 13:00")
    assert between(calendar, _at("2026-05-04 13:00"), noon) == -3600


def test_an_opening_is_inside_and_a_closing_outside() -> None:
    calendar = _made()
    assert is_open(calendar, _at("2026-05-04 09:00"))
    assert is_open(calendar, _at("2026-05-04 16:59:59.999"))
    assert not is_open(calendar, _at("2026-05-04 17:00"))
    assert next_opening(calendar, _at("2026-05-04 09:30")) == _at("2026-05-04 09:30")
    assert next_opening(calendar, _at("2026-05-08 17:00")) == _at("2026-05-11 09:00")


def test_fractions_of_a_second_are_kept_by_add_and_cut_by_between() -> None:
    calendar = _made()
    start = _at("2026-05-04 16:59:59.250")
    assert add(calendar, start, 1) == _at("2026-05-05 09:00:00.250")
    assert add(calendar, start, timedelta(milliseconds=500)) == _at("2026-05-04 16:59:59.750")
    assert between(calendar, start, _at("2026-05-05 09:00:01.100")) == 2


def test_a_night_shift_belongs_to_the_day_it_opens() -> None:
    nights = _made(week={"mon-fri": ["22:00-06:00"]}, holidays=["2026-05-05"])
    hours = [(start.isoformat()[5:16], end.isoformat()[5:16]) for start, end in intervals(nights, *_days("2026-05-04"))]
    assert hours == [("05-04T22:00", "05-05T06:00"), ("05-06T22:00", "05-07T06:00")]


def _days(first: str, days: int = 3) -> tuple[datetime, datetime]:
    return _at(first), _at(first) + timedelta(days=days, hours=12)


def test_outside_its_validity_a_calendar_is_closed_and_a_union_follows_on() -> None:
    old = _made(valid_until="2026-05-05")
    new = _made(week={"mon-fri": ["08:00-20:00"]}, valid_from=date(2026, 5, 6))
    assert between(old, _at("2026-05-04"), _at("2026-05-09")) == 2 * 8 * 3600
    assert next_opening(old, _at("2026-05-06")) is None
    assert next_opening(new, _at("2026-05-04")) == _at("2026-05-06 08:00")
    assert between(union(old, new), _at("2026-05-04"), _at("2026-05-09")) == (2 * 8 + 3 * 12) * 3600
    with pytest.raises(CalendarError, match=r"calendar c: .* after 2026-05-04"):
        add(old, _at("2026-05-04"), 17 * 3600)


# Clock changes


@pytest.mark.parametrize(
    ("shift", "seconds"),
    [
        ("22:00-06:00", 7 * 3600),  # an hour is missing
        ("02:30-04:00", 3600),  # opens inside the gap: at its end, 03:00
        ("01:00-02:15", 3600),  # closes inside the gap: at its end, which is its beginning
        ("02:10-02:50", 0),
    ],
)
def test_an_edge_inside_a_gap_moves_to_its_end(shift: str, seconds: int) -> None:
    berlin = _made(
        "Europe/Berlin", {"sat-sun": [shift]}, holidays=["2026-03-28"] if shift[0] == "0" else ["2026-03-29"]
    )
    assert between(berlin, _at("2026-03-28 12:00"), _at("2026-03-29 12:00")) == seconds


@pytest.mark.parametrize(
    ("shift", "seconds"),
    [
        ("22:00-06:00", 9 * 3600),  # an hour comes twice
        ("02:30-04:00", 2 * 3600 + 1800),  # opens at the first 02:30
        ("01:00-02:30", 3600 + 1800),  # closes at the first 02:30
        ("02:00-03:00", 2 * 3600),
    ],
)
def test_an_edge_inside_a_fold_takes_the_first(shift: str, seconds: int) -> None:
    berlin = _made(
        "Europe/Berlin", {"sat-sun": [shift]}, holidays=["2026-10-24"] if shift[0] == "0" else ["2026-10-25"]
    )
    assert between(berlin, _at("2026-10-24 12:00"), _at("2026-10-25 12:00")) == seconds


def test_the_end_of_a_gap_is_found_where_clocks_jump_by_half_an_hour_or_a_whole_day() -> None:
    howe = _made("Australia/Lord_Howe", {"sun": ["02:10-03:00"]})
    assert next_opening(howe, _at("2026-10-03 12:00")) == _at("2026-10-04 02:30", "Australia/Lord_Howe")
    apia = _made("Pacific/Apia", {"fri": ["09:00-17:00"], "sat": ["09:00-17:00"]})
    skipped_friday = _at("2011-12-29 23:59", "Pacific/Apia"), _at("2011-12-31 23:59", "Pacific/Apia")
    assert between(apia, *skipped_friday) == 8 * 3600


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])
def test_round_the_clock_loses_no_second_in_any_zone(zone: str) -> None:
    calendar = always(zone=zone)
    start, end = _at("2010-06-30 17:03:07"), _at("2013-02-28 04:05:06")
    assert between(calendar, start, end) == (end - start).total_seconds()
    assert add(calendar, start, end - start) == end
    assert list(intervals(calendar, start, end)) == [(start, end)]


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
@pytest.mark.parametrize("shift", ["12:00-12:00", "23:59-23:59", "00:00-24:00"])
def test_no_second_is_lost_at_new_year_far_from_utc(zone: str, shift: str) -> None:
    calendar = _made(zone, {"mon-sun": [shift]})
    start, end = _at("2025-12-30"), _at("2026-01-03")
    assert list(intervals(calendar, start, end)) == [(start, end)]


# Algebra


def test_calendars_combine_across_zones() -> None:
    berlin, york = _made("Europe/Berlin"), _made("America/New_York")
    day = _at("2026-05-04"), _at("2026-05-05")
    assert between(intersection(berlin, york), *day) == 2 * 3600
    assert between(union(berlin, york), *day) == 14 * 3600
    assert between(difference(berlin, york), *day) == 6 * 3600
    assert between(difference(always(), berlin, york), *day) == 10 * 3600
    assert intersection(berlin, union(york, berlin), name="on site").name == "on site"
    assert union(berlin, york).name == "(c or c)"


def test_calendars_that_never_meet_end_in_an_error_not_in_a_search() -> None:
    never = intersection(_made(week={"mon": ["08:00-09:00"]}), _made(week={"tue": ["08:00-09:00"]}), name="never")
    assert next_opening(never, _at("2026-05-04")) is None
    for move in (add, subtract):
        with pytest.raises(CalendarError, match="calendar never: less than 1 s open in the 30 years"):
            move(never, _at("2026-05-04"), 1)


@pytest.mark.parametrize("year", [1, 1899, 2201, 9998])
def test_years_without_meaning_are_refused_quickly(year: int) -> None:
    with pytest.raises(CalendarError, match=f"calendar 24x7: asked about {year}, knows 1900 to 2200"):
        between(always(), datetime(year, 6, 1, tzinfo=UTC), datetime(year, 6, 2, tzinfo=UTC))


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_moments_at_the_ends_of_time_are_refused_like_other_years_without_meaning(text: str) -> None:
    at = datetime.fromisoformat(text)
    for ask in (lambda: add(always(), at, 60), lambda: is_open(always(), at), lambda: next_opening(always(), at)):
        with pytest.raises(CalendarError, match="knows 1900 to 2200"):
            ask()


def test_the_search_stops_at_the_ends_of_the_known_years() -> None:
    assert add(always(), _at("2200-12-31 23:00"), 3600) == _at("2201-01-01")
    assert subtract(always(), _at("1900-01-01 01:00"), 3600) == _at("1900-01-01")
    for move, at in ((add, "2200-12-31 23:00"), (subtract, "1900-01-01 01:00")):
        with pytest.raises(CalendarError, match="less than 3601 s"):
            move(always(), _at(at), 3601)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 5, 4, 9, 0)  # noqa: DTZ001 - it is what is refused
    for length in (0, 1):
        with pytest.raises(ValueError, match="time zone"):
            add(always(), naive, length)


# Values


def test_calendars_are_values() -> None:
    calendar = _made(extra={"2026-05-09": ["09:00-10:00"]})
    assert calendar == _made(extra={"2026-05-09": ["09:00-10:00"]})
    assert hash(calendar) == hash(_made(extra={"2026-05-09": ["09:00-10:00"]}))
    is_open(calendar, _at("2026-05-04 12:00"))
    moved = evolve(calendar, zone="America/New_York")
    assert moved != calendar
    assert not is_open(moved, _at("2026-05-04 12:00"))
    with pytest.raises(CalendarError, match="unknown weekday 'Sunday'"):
        evolve(calendar, week={"Sunday": ()})
    with pytest.raises(TypeError):
        calendar.week["sun"] = (Shift("09:00", "17:00"),)  # type: ignore[index]


def test_threads_may_share_a_calendar() -> None:
    calendar = _made("Europe/Berlin")
    starts = [_at("2001-01-01") + timedelta(days=97 * step) for step in range(100)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda start: add(calendar, start, 400 * 3600), starts))
    assert together == [add(_made("Europe/Berlin"), start, 400 * 3600) for start in starts]


# The site's file


def test_a_site_writes_its_calendar_in_toml() -> None:
    data = tomllib.loads("""
        zone = "Europe/Berlin"
        week = {mon-thu = ["08:00-12:00", "13:00-17:00"], fri = ["08:00-14:00"], sat-sun = []}
        holidays = [2026-01-01, "2026-12-25"]
        extra = {2026-02-14 = ["22:00-02:00"], 2026-12-24 = []}
        valid_from = 2026-01-01
        valid_until = "2026-12-31"
    """)
    assert calendar_from_dict("site", data) == Calendar(
        name="site",
        zone="Europe/Berlin",
        week={
            **dict.fromkeys(WEEKDAYS[:4], (Shift("08:00", "12:00"), Shift("13:00", "17:00"))),
            "fri": (Shift("08:00", "14:00"),),
        },
        holidays=frozenset({date(2026, 1, 1), date(2026, 12, 25)}),
        extra={date(2026, 2, 14): (Shift("22:00", "02:00"),), date(2026, 12, 24): ()},
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
    )


def test_a_run_of_days_may_go_over_sunday() -> None:
    assert set(_made(week={"sat-mon": ["09:00-17:00"]}).week) == {"sat", "sun", "mon"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"zone": "Mars/Olympus"}, "unknown time zone 'Mars/Olympus'"),
        ({"zone": "../../etc/passwd"}, "unknown time zone"),
        ({"zone": "Europe"}, "unknown time zone"),
        ({"zone": ""}, "unknown time zone"),
        ({"zone": 1}, "zone is missing"),
        ({"weeks": {}}, "unknown key weeks; known: zone, week"),
        ({"week": []}, "week must be a table"),
        ({"week": {"monday": ["09:00-17:00"]}}, "unknown weekday 'monday'"),
        ({"week": {"mon-": ["09:00-17:00"]}}, "unknown weekday ''"),
        ({"week": {"mon-fri": [], "wed": ["09:00-17:00"]}}, "week names wed twice"),
        ({"week": {"mon": "09:00-17:00"}}, "the shifts of a day must be a list"),
        ({"week": {"mon": ["0900"]}}, "shift '0900' must look like"),
        ({"week": {"mon": [9]}}, "shift 9 must look like"),
        ({"week": {"mon": ["9:00-17:00"]}}, "shift 9:00-17:00: write times as HH:MM"),
        ({"week": {"mon": ["24:00-06:00"]}}, "write times as HH:MM"),
        ({"week": {"mon": ["09:00-24:01"]}}, "write times as HH:MM"),
        ({"week": {"mon": ["09:00-17:60"]}}, "write times as HH:MM"),
        ({"week": {"mon": ["09:00-\uff11\uff17:00"]}}, "write times as HH:MM"),
        ({"week": {"mon": ["13:00-17:00", "09:00-13:01"]}}, "mon: shifts 09:00-13:01 and 13:00-17:00 overlap"),
        ({"week": {"sun": ["22:00-06:01"], "mon": ["06:00-09:00"]}}, "sun: shift 22:00-06:01 runs into 06:00-09:00"),
        ({"week": {"mon": ["22:00-06:00"]}, "extra": {"2026-05-05": ["05:00-07:00"]}}, "2026-05-04: shift 22:00-06:00"),
        ({"extra": {"2026-05-03": ["22:00-09:30"]}}, "2026-05-03: shift 22:00-09:30 runs into 09:00-17:00"),
        ({"extra": {"2026-05-03": ["09:00-12:00", "11:00-13:00"]}}, "2026-05-03: shifts 09:00-12:00 and 11:00-13:00"),
        ({"extra": {"soon": []}}, "'soon' is no date"),
        ({"extra": {"9999-12-31": ["22:00-06:00"]}}, "extra: 9999-12-31 lies outside 1900 to 2200; mend the year"),
        ({"extra": {"0001-01-01": ["22:00-06:00"]}}, "extra: 0001-01-01 lies outside"),
        ({"holidays": ["0201-05-01"]}, "holidays: 0201-05-01 lies outside"),
        ({"valid_until": "9999-12-31"}, "valid_until: 9999-12-31 lies outside 1900 to 2200; mend the year, or"),
        ({"holidays": "2026-01-01"}, "holidays must be a list"),
        ({"holidays": ["2026-02-30"]}, "2026-02-30 is no date"),
        ({"holidays": [datetime(2026, 1, 1, tzinfo=UTC)]}, "is no date"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "valid_from 2026-02-01 is after"),
        ({"week": {}}, "never open"),
        ({"week": {}, "extra": {"2026-05-03": []}}, "never open"),
        ({"valid_from": "2026-05-02", "valid_until": "2026-05-03"}, "never open"),
        ({"valid_from": "2026-05-01", "valid_until": "2026-05-03", "holidays": ["2026-05-01"]}, "never open"),
        ({"week": {}, "extra": {"2026-05-03": ["09:00-10:00"]}, "valid_from": "2026-06-01"}, "never open"),
    ],
)
def test_an_impossible_calendar_is_refused_in_one_line_that_names_it(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CalendarError) as refused:
        calendar_from_dict("help desk", {"zone": "UTC", "week": OFFICE, **change})
    line = str(refused.value)
    assert line.startswith("calendar help desk: ")
    assert complaint in line
    assert "\n" not in line


def test_shifts_may_touch_each_other_and_the_next_day() -> None:
    shifts = ["00:00-06:00", "06:00-12:00", "22:00-24:00"]
    calendar = _made(week={"mon-sun": shifts}, extra={"2026-05-05": ["00:00-24:00"]})
    assert between(calendar, _at("2026-05-04 12:00"), _at("2026-05-06 12:00")) == (2 + 24 + 12) * 3600


# Laws, on random calendars around changes of any zone's clocks, against a walk minute by minute

QUESTIONS = 300


@given(sites(), st.integers(0, 2**32))
@settings(max_examples=70, deadline=None)
@pytest.mark.requirement("SLA-01", "in the site's time zone, with holidays and make-up days: to the second")
def test_business_time_is_what_a_walk_minute_by_minute_counts(site: tuple[dict[str, Any], datetime], seed: int) -> None:
    assert list(wrong_answers(*site, QUESTIONS, seed)) == []


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(sites(), MOMENTS, MOMENTS, MOMENTS)
@settings(max_examples=70, deadline=None)
def test_elapsed_time_adds_up(
    site: tuple[dict[str, Any], datetime], one: datetime, other: datetime, third: datetime
) -> None:
    calendar = valid(site[0])
    assert between(calendar, one, other) + between(calendar, other, third) == between(calendar, one, third)
    assert between(calendar, one, other) == -between(calendar, other, one)
    first, last = (moment.replace(microsecond=0) for moment in sorted((one, other)))
    open_time = sum((end - start for start, end in intervals(calendar, first, last)), timedelta())
    assert open_time.total_seconds() == between(calendar, first, last)


@given(sites(), MOMENTS, st.integers(1, 2_000_000))
@settings(max_examples=70, deadline=None)
def test_add_and_subtract_undo_each_other_and_agree_with_between(
    site: tuple[dict[str, Any], datetime], start: datetime, seconds: int
) -> None:
    calendar = valid(site[0])
    start = start.replace(microsecond=start.microsecond // 1000 * 1000)
    due, origin = add(calendar, start, seconds), subtract(calendar, start, seconds)
    assert between(calendar, start, due) == between(calendar, origin, start) == seconds
    assert is_open(calendar, origin)
    assert is_open(calendar, due - timedelta(milliseconds=1))
    if is_open(calendar, start):
        assert between(calendar, add(calendar, origin, seconds), start) == 0
        assert subtract(calendar, due, seconds) == start


@given(sites(), sites(), st.lists(st.integers(0, SPAN), min_size=30, max_size=30))
@settings(max_examples=40, deadline=None)
def test_combined_calendars_are_the_sets_they_name(
    site: tuple[dict[str, Any], datetime], second: tuple[dict[str, Any], datetime], steps: list[int]
) -> None:
    one, other = valid(site[0]), valid(second[0])
    first = site[1]
    either, both, only = union(one, other), intersection(one, other), difference(one, other)
    for step in steps:
        at = first + step * MINUTE
        here, there = is_open(one, at), is_open(other, at)
        assert is_open(either, at) == (here or there)
        assert is_open(both, at) == (here and there)
        assert is_open(only, at) == (here and not there)
    last = first + SPAN * MINUTE
    assert between(either, first, last) + between(both, first, last) == sum(
        between(calendar, first, last) for calendar in (one, other)
    )
