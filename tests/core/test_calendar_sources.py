"""Days off from outside: what is kept, what a calendar makes of it, and that only an update changes it."""

import tomllib
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit import CalendarError, DaysOff, add, between, calendar_from_dict, calendars_from_dict
from itsmkit.core.calendar import Calendar
from itsmkit.core.calendar_sources import misfit, read_days_off, sources_in, written
from itsmkit.core.calendar_table import table_of
from itsmkit.core.calendar_update import NOTHING, Moved, moved, renewed
from itsmkit.core.policy import Rules, make_policy
from tests.core.walking import sites, valid

OFFICE = {"zone": "UTC", "week": {"mon-fri": ["09:00-17:00"]}}
LAW = DaysOff(
    (2026, 2027),
    off={date(2026, 5, 4): "Spring", date(2026, 5, 5): "More spring"},
    working={date(2026, 5, 9): "For spring"},
    unpublished=(2027,),
)
FIRM = DaysOff((2026,), off={date(2026, 5, 9): "Closed", date(2026, 5, 6): "Outing"})


def made(**table: Any) -> Calendar:
    return calendar_from_dict("c", {**OFFICE, **table}, {"law": LAW, "firm": FIRM})


def hours(calendar: Calendar, day: int) -> list[str]:
    return list(map(str, calendar.shifts_on(date(2026, 5, day))))


@pytest.mark.requirement("SLA-01", "with holidays and make-up working days")
def test_days_off_are_closed_and_make_up_days_have_the_hours_of_the_weeks_first() -> None:
    calendar = made(days_off=["law"])
    assert [day for day in range(1, 12) if hours(calendar, day)] == [1, 6, 7, 8, 9, 11]
    assert hours(calendar, 9) == ["09:00-17:00"]
    assert hours(made(days_off=["law"], make_up=["08:00-12:00"]), 9) == ["08:00-12:00"]
    assert calendar.origin.names[date(2026, 5, 4)] == "Spring"


def test_a_later_source_wins_over_an_earlier_one() -> None:
    assert hours(made(days_off=["law", "firm"]), 9) == []
    assert hours(made(days_off=["firm", "law"]), 9) == ["09:00-17:00"]
    assert hours(made(days_off=["firm", "law"]), 6) == []


def test_the_sites_own_days_win_over_every_source() -> None:
    calendar = made(days_off=["law"], holidays=["2026-05-09"], extra={"2026-05-04": ["10:00-11:00"]})
    assert hours(calendar, 9) == []
    assert hours(calendar, 4) == ["10:00-11:00"]
    assert hours(calendar, 5) == []


def test_a_working_day_of_ones_own_settles_a_year_without_published_ones() -> None:
    assert made(days_off=["law"]).origin.unpublished == {2027}
    assert made(days_off=["law"], extra={"2027-05-08": []}).origin.unpublished == {2027}
    assert made(days_off=["law"], extra={"2027-05-08": ["09:00-17:00"]}).origin.unpublished == frozenset()


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({"days_off": ["moon"]}, "days_off: 'moon' has not been asked yet; `itsmkit calendar update` does"),
        ({"days_off": "law"}, "days_off must be a list"),
        ({"days_off": [7]}, "days_off: '7' has not been asked"),
        ({"make_up": ["9-5"]}, "write times as HH:MM"),
        ({"week": {}, "days_off": ["law"]}, "make_up is missing"),
    ],
)
def test_a_source_that_can_not_be_used_is_refused(table: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CalendarError, match="calendar c: ") as refused:
        made(**table)
    assert complaint in str(refused.value)


# Calendars put together in the file


def test_office_hours_that_change_on_a_day_keep_the_old_ones_for_the_old_dates() -> None:
    site = calendars_from_dict(
        {
            "office": {"union": ["winter", "summer"]},
            "winter": {**OFFICE, "valid_until": date(2026, 6, 30)},
            "summer": {"zone": "UTC", "week": {"mon-fri": ["07:00-15:00"]}, "valid_from": date(2026, 7, 1)},
        }
    )
    june, july = (datetime.fromisoformat(f"2026-0{month}T12:00+00:00") for month in ("6-30", "7-01"))
    assert add(site["office"], june, 6 * 3600) == datetime.fromisoformat("2026-07-01T08:00+00:00")
    assert between(site["office"], june, july) == (5 + 5) * 3600
    assert list(site) == ["always", "winter", "summer", "office"]


@pytest.mark.parametrize(
    ("tables", "complaint"),
    [
        ({"a": {"union": []}}, "calendar a: union of nothing"),
        ({"a": {"union": ["b"]}}, "calendar a: union: there is no calendar 'b'; there are a, always"),
        ({"a": {"difference": ["b"]}, "b": {"union": ["a"]}}, "calendar b: union: a would be a part of itself"),
        ({"a": {"union": ["always"], "zone": "UTC"}}, "calendar a: union stands alone"),
        ({"a": {"union": "always"}}, "calendar a: union must be a list"),
        ({"a": {"difference": ["always", "always"]}}, "calendar a: never open; look at the hours of always, always"),
        ({"a": 7}, "a must be a table"),
        (
            {"a": {"intersection": ["b", "c"]}, "b": OFFICE, "c": {"zone": "UTC", "week": {"sat": ["09:00-17:00"]}}},
            "calendar a: never open; look at the hours of b, c: the intersection is empty",
        ),
    ],
)
def test_calendars_that_can_not_be_put_together_are_refused_at_once(tables: dict[str, Any], complaint: str) -> None:
    with pytest.raises(CalendarError) as refused:
        calendars_from_dict(tables)
    assert complaint in str(refused.value)


def test_one_that_is_open_on_a_single_day_far_from_now_is_open() -> None:
    once = {"zone": "UTC", "week": {}, "extra": {"2150-05-04": ["09:00-10:00"]}}
    assert calendars_from_dict({"a": {"intersection": ["once", "always"]}, "once": once})["a"]


# What a calendar came to is part of the policy


@given(sites())
def test_the_table_of_a_calendar_reads_back_to_an_equal_one(site: tuple[dict[str, Any], datetime]) -> None:
    calendar = valid(site[0])
    assert calendar_from_dict(calendar.name, table_of(calendar)) == calendar


def test_what_a_source_says_otherwise_makes_another_policy_and_its_names_do_not() -> None:
    def digest(days: DaysOff) -> str:
        calendars = calendars_from_dict({"c": {**OFFICE, "days_off": ["law"]}, "d": {"union": ["c"]}}, {"law": days})
        return make_policy(
            Rules(), calendars, "UTC", {"calendars": {name: table_of(one) for name, one in calendars.items()}}
        ).digest

    renamed = DaysOff(LAW.years, dict.fromkeys(LAW.off, "another"), LAW.working)
    shorter = DaysOff(LAW.years, {date(2026, 5, 4): "Spring"}, LAW.working)
    assert digest(LAW) == digest(renamed) != digest(shorter)


# The file they are kept in


names = st.text(st.characters(codec="utf-8"), max_size=20)
dates = st.dates(date(2026, 1, 1), date(2027, 12, 31))
answers = st.builds(
    lambda off, working: DaysOff((2026, 2027), off, working, (2027,)),
    st.dictionaries(dates, names, max_size=4),
    st.dictionaries(dates, names, max_size=4),
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), answers, max_size=3))
def test_the_file_reads_back_what_was_written_whatever_the_names(kept: dict[str, DaysOff]) -> None:
    back = read_days_off(tomllib.loads(written(kept)))
    assert [(set(one.off), set(one.working), one.years, one.unpublished) for one in back.values()] == [
        (set(kept[source].off), set(kept[source].working), kept[source].years, kept[source].unpublished)
        for source in sorted(kept)
    ] or len(back) < len(kept)  # sources that differ in control characters alone are one in the file


def test_names_are_kept_as_they_are() -> None:
    assert dict(read_days_off(tomllib.loads(written({"law": LAW})))) == {"law": LAW}


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("law = 7", "law must be a table"),
        ("[law]\nyear = [2026]", "law: unknown key year; known: years, unpublished, off, working"),
        ('[law]\nyears = ["2026"]', "law: years must be whole numbers"),
        ("[law]\nyears = 2026", "law: years must be a list"),
        ('[law.off]\n2026-13-01 = "x"', "law: 2026-13-01 is no date"),
        ("[law]\nyears = [2026]\n[law.off]\n2026-12-01 = 7", "law: off must map dates to names"),
        ('[law]\nyears = [2026]\n[law.off]\n2025-12-01 = "x"', "law: off: 2025-12-01 lies outside the years"),
        ("[law]\nyears = [26]", "law: years outside 1900 to 2200"),
        ("[law]\nunpublished = [2026]", "law: unpublished: years it doesn't speak of"),
    ],
)
def test_a_file_that_was_spoiled_is_refused_with_the_source_and_the_key(table: str, complaint: str) -> None:
    with pytest.raises(CalendarError) as refused:
        read_days_off(tomllib.loads(table))
    assert complaint in str(refused.value)
    assert "`itsmkit calendar update` writes it anew" in str(refused.value)


def test_sources_are_named_once_and_rubbish_is_passed_over() -> None:
    tables = {"a": {"days_off": ["x", "y", 7]}, "b": {"days_off": ["y", "z"]}, "c": 7, "d": {"days_off": "x"}}
    assert sources_in(tables) == ("x", "y", "z")


# Updates


def test_an_update_replaces_the_years_it_speaks_of_and_leaves_the_others() -> None:
    fresh = DaysOff((2027, 2028), off={date(2027, 5, 3): "Spring"}, unpublished=(2028,))
    after = renewed(LAW, fresh)
    assert after.years == (2026, 2027, 2028)
    assert after.unpublished == (2028,)
    assert dict(after.off) == {**LAW.off, date(2027, 5, 3): "Spring"}
    assert dict(after.working) == dict(LAW.working)
    assert renewed(NOTHING, LAW) == LAW


def test_an_update_tells_each_date_that_changes() -> None:
    fresh = DaysOff((2026,), off={date(2026, 5, 4): "Renamed", date(2026, 5, 9): "Off"}, working={})
    assert list(moved("law", LAW, fresh)) == [
        Moved("law", date(2026, 5, 5), "day_off", "", "More spring"),
        Moved("law", date(2026, 5, 9), "working_day", "day_off", "Off"),
    ]
    assert list(moved("law", LAW, LAW)) == []
    assert list(moved("law", LAW, NOTHING)) == []


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        (DaysOff((2026,), off={datetime(2026, 1, 1): "x"}), "off: "),  # noqa: DTZ001 - what is wrong with it
        (DaysOff((2026,), working={date(2026, 1, 1): 7}), "working: "),
        (DaysOff((2026,), off={date(2025, 1, 1): "x"}), "outside the years it speaks of"),
        (DaysOff((1,)), "years outside 1900 to 2200"),
        (DaysOff((2026,), unpublished=(2027,)), "unpublished"),
    ],
)
def test_an_answer_that_contradicts_itself_is_found(days: DaysOff, wrong: str) -> None:
    assert wrong in misfit(days)
