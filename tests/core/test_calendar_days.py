from datetime import date
from zoneinfo import ZoneInfo

from itsmkit import DaysOff, calendar_from_dict, calendars_from_dict
from itsmkit.core.calendar_days import Day, Doubt, days, doubts, zone_of

UTC = ZoneInfo("UTC")
OFFICE = {"zone": "UTC", "week": {"mon-fri": ["09:00-17:00"]}}


def shown(calendar: object, first: str, last: str, zone: ZoneInfo = UTC) -> list[Day]:
    return list(days(calendar, date.fromisoformat(first), date.fromisoformat(last), zone))  # type: ignore[arg-type]


def test_each_day_says_how_it_differs_from_the_week() -> None:
    calendar = calendar_from_dict(
        "c",
        {
            **OFFICE,
            "holidays": ["2026-05-05", "2026-05-10"],
            "extra": {"2026-05-06": ["10:00-11:00"], "2026-05-09": ["09:00-12:00", "13:00-14:00"], "2026-05-07": []},
            "valid_until": "2026-05-12",
        },
    )
    assert [(one.date.day, one.sort, one.seconds // 3600) for one in shown(calendar, "2026-05-04", "2026-05-13")] == [
        (4, "as_usual", 8),
        (5, "day_off", 0),
        (6, "other_hours", 1),
        (7, "day_off", 0),
        (8, "as_usual", 8),
        (9, "working_day", 4),
        (10, "closed_as_usual", 0),
        (11, "as_usual", 8),
        (12, "as_usual", 8),
        (13, "not_valid", 0),
    ]
    assert shown(calendar, "2026-05-09", "2026-05-09")[0].hours == ("09:00-12:00", "13:00-14:00")


def test_a_night_shift_counts_on_the_day_it_opens_in_real_seconds() -> None:
    nights = calendar_from_dict("n", {"zone": "Europe/Berlin", "week": {"sat": ["22:00-06:00"]}})
    (saturday, sunday) = shown(nights, "2026-03-28", "2026-03-29")
    assert (saturday.hours, saturday.seconds) == (("22:00-06:00",), 7 * 3600)
    assert sunday.sort == "closed_as_usual"


def test_calendars_put_together_are_cut_at_midnight() -> None:
    site = calendars_from_dict(
        {
            "nights": {"zone": "UTC", "week": {"mon": ["22:00-06:00"]}},
            "office": OFFICE,
            "all": {"union": ["nights", "office"]},
        }
    )
    monday, tuesday = shown(site["all"], "2026-05-04", "2026-05-05")
    assert monday.hours == ("09:00-17:00", "22:00-24:00")
    assert tuesday.hours == ("00:00-06:00", "09:00-17:00")
    assert tuesday.seconds == 14 * 3600


def test_calendars_of_one_zone_are_read_in_it_and_others_in_the_sites() -> None:
    berlin = {**OFFICE, "zone": "Europe/Berlin"}
    site = calendars_from_dict(
        {"a": berlin, "b": berlin, "one": {"union": ["a", "b"]}, "two": {"union": ["a", "always"]}}
    )
    tokyo = ZoneInfo("Asia/Tokyo")
    assert str(zone_of(site["one"], tokyo)) == "Europe/Berlin"
    assert zone_of(site["two"], tokyo) == tokyo


def test_years_that_nobody_asked_about_or_that_are_not_decreed_are_in_doubt() -> None:
    law = DaysOff((2026, 2027), unpublished=(2027,))
    site = calendars_from_dict({"c": {**OFFICE, "days_off": ["law"]}, "d": {"union": ["c", "always"]}}, {"law": law})
    found = [Doubt("c", 2025, "unasked", ("law",)), Doubt("c", 2027, "unpublished", ("law",))]
    assert list(doubts(site["c"], (2025, 2026, 2027))) == list(doubts(site["d"], (2025, 2026, 2027))) == found
    assert list(doubts(site["always"], (2025,))) == []
