"""Days off of countries: China's make-up days, parts of countries, years that aren't decreed yet, what isn't known."""

import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from itsmkit import CalendarError, DaysOff, calendar_from_dict
from itsmkit.testing import PluginContract
from itsmkit_calendar_holidays import Settings, plugin

DAY = timedelta(days=1)


class TestContract(PluginContract):
    def plugin(self) -> object:
        return plugin(Settings())


def asked(source: str, *years: int, language: str = "") -> DaysOff:
    return plugin(Settings(language)).itsmkit_days_off(source, years)  # type: ignore[attr-defined, no-any-return]


@pytest.mark.requirement("SLA-01", "with holidays and make-up working days")
def test_china_has_holidays_and_days_that_make_up_for_them() -> None:
    found = asked("holidays:CN", 2026)
    assert found.off[date(2026, 2, 17)] == "春节"
    assert {date(2026, 2, 14), date(2026, 2, 28), date(2026, 10, 10)} <= set(found.working)
    assert found.unpublished == ()


def test_a_part_of_a_country_has_its_own_holidays() -> None:
    corpus_christi = date(2026, 6, 4)
    assert corpus_christi in asked("holidays:DE-BY", 2026).off
    assert corpus_christi not in asked("holidays:DE-BE", 2026).off


def test_names_are_in_the_countrys_language_or_in_the_one_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "th")
    assert asked("holidays:CN", 2026).off[date(2026, 1, 1)] == "元旦"
    assert asked("holidays:CN", 2026, language="en_US").off[date(2026, 1, 1)] == "New Year's Day"


def test_a_holiday_kept_in_the_year_before_is_told_for_that_year() -> None:
    """New Year's Day of 2028 is a Saturday: the United States keep it on the Friday before."""
    assert date(2027, 12, 31) in asked("holidays:US", 2027).off
    assert asked("holidays:US", 2028).off.keys() & {date(2027, 12, 31)} == set()


def test_a_year_without_decreed_make_up_days_is_told_where_they_are_the_custom() -> None:
    from holidays import country_holidays

    last = max(country_holidays("CN").special_public_holidays)
    assert asked("holidays:CN", last, last + 1).unpublished == (last + 1,)
    assert asked("holidays:DE", last, last + 1).unpublished == ()


def test_only_years_that_the_library_knows_are_spoken_of() -> None:
    assert asked("holidays:CN", 1900, 2026, 2200).years == (2026,)


@pytest.mark.parametrize("place", ["", "XX", "DE-XX", "../etc", "de de", "\0", "CN-"])
def test_a_place_that_is_none_is_refused_in_a_line(place: str) -> None:
    if place == "CN-":
        assert asked(f"holidays:{place}", 2026).off
        return
    with pytest.raises(CalendarError, match="give the codes of ISO 3166") as refused:
        asked(f"holidays:{place}", 2026)
    assert "\n" not in str(refused.value)


@pytest.mark.skipif("ITSMKIT_DATA" not in os.environ, reason="ITSMKIT_DATA names no folder with holiday_cn/")
def test_every_day_since_2018_is_worked_or_not_as_the_state_council_announced() -> None:
    """The announcements call weekends within a festival off too, which a week of five days is anyway."""
    announced: dict[date, bool] = {}
    for year in range(2018, 2027):
        path = Path(os.environ["ITSMKIT_DATA"]) / "holiday_cn" / f"{year}.json"
        for day in json.loads(path.read_text("utf-8"))["days"]:
            announced[date.fromisoformat(day["date"])] = day["isOffDay"]
    kept = {"holidays:CN": asked("holidays:CN", *range(2018, 2027))}
    table = {"zone": "Asia/Shanghai", "week": {"mon-fri": ["09:00-17:00"]}, "days_off": ["holidays:CN"]}
    calendar = calendar_from_dict("cn", table, kept)
    day = date(2018, 1, 1)
    while day.year < 2027:
        worked = not announced[day] if day in announced else day.weekday() < 5
        assert bool(calendar.shifts_on(day)) == worked, day
        day += DAY
