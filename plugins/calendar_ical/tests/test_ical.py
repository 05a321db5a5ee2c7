"""Days off from iCalendar files: what is a day off, what recurs, what is passed over, and files that mean harm."""

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from itsmkit import CalendarError, DaysOff
from itsmkit.testing import PluginContract
from itsmkit_calendar_ical import MOST_BYTES, Settings, plugin
from itsmkit_calendar_ical.reading import days_off

WORKING = tuple(Settings().working)


class TestContract(PluginContract):
    def plugin(self) -> object:
        return plugin(Settings())


def event(*lines: str, start: str = "DTSTART;VALUE=DATE:20260504", uid: str = "1", name: str = "Closed") -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{name}", start, *lines, "END:VEVENT"))


def file(*events: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *events, "END:VCALENDAR", "")).encode()


def read(*events: str, years: tuple[int, ...] = (2026,)) -> DaysOff:
    return days_off(file(*events), years, WORKING)


def off(*events: str, years: tuple[int, ...] = (2026,)) -> list[str]:
    return [day.isoformat() for day in read(*events, years=years).off]


def days(*numbers: int) -> list[str]:
    return [f"2026-05-{number:02}" for number in numbers]


@pytest.mark.requirement("SLA-01", "with holidays")
@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((), days(4)),
        (("DTEND;VALUE=DATE:20260507",), days(4, 5, 6)),
        (("DTEND;VALUE=DATE:20260504",), days(4)),
        (("DTEND;VALUE=DATE:20260501",), days(4)),
        (("DURATION:P2D",), days(4, 5)),
        (("DURATION:P1W",), days(*range(4, 11))),
        (("TRANSP:TRANSPARENT",), days(4)),
        (("STATUS:CANCELLED",), []),
        (("RRULE:FREQ=DAILY;COUNT=3",), days(4, 5, 6)),
        (("RRULE:FREQ=WEEKLY;UNTIL=20260518",), days(4, 11, 18)),
        (("RRULE:FREQ=WEEKLY;UNTIL=20260518T000000Z",), days(4, 11, 18)),
        (("RRULE:FREQ=WEEKLY;BYDAY=MO,FR;COUNT=3", "DTEND;VALUE=DATE:20260506"), days(4, 5, 8, 9, 11, 12)),
        (("RRULE:FREQ=DAILY;COUNT=4", "EXDATE;VALUE=DATE:20260505,20260506"), days(4, 7)),
        (("RDATE;VALUE=DATE:20260506,20260509",), days(4, 6, 9)),
    ],
)
def test_a_whole_day_event_is_off_on_each_of_its_days(lines: tuple[str, ...], found: list[str]) -> None:
    assert off(event(*lines)) == found


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("DTSTART:20260504T000000", "DTEND:20260506T000000"),
        ("DTSTART;TZID=Europe/Berlin:20260504T000000", "DTEND;TZID=Europe/Berlin:20260506T000000"),
    ],
)
def test_midnight_to_midnight_is_a_whole_day_as_some_programs_write_it(start: str, end: str) -> None:
    assert off(event(end, start=start)) == days(4, 5)


def test_a_recurring_day_is_found_in_every_year_that_is_asked_about_and_in_no_other() -> None:
    yearly = event("RRULE:FREQ=YEARLY", start="DTSTART;VALUE=DATE:20100508")
    assert off(yearly, years=(2026, 2028)) == ["2026-05-08", "2028-05-08"]
    assert off(event("DTEND;VALUE=DATE:20270103", start="DTSTART;VALUE=DATE:20261230")) == ["2026-12-30", "2026-12-31"]


def test_an_occurrence_that_was_moved_is_off_where_it_went() -> None:
    series = event("RRULE:FREQ=DAILY;COUNT=3")
    moved = event("RECURRENCE-ID;VALUE=DATE:20260505", start="DTSTART;VALUE=DATE:20260520")
    gone = event("RECURRENCE-ID;VALUE=DATE:20260506", "STATUS:CANCELLED", start="DTSTART;VALUE=DATE:20260506")
    assert off(series, moved, gone) == days(4, 20)


def test_an_event_marked_as_working_makes_up_for_a_day_off() -> None:
    weekend = "DTSTART;VALUE=DATE:20260509"
    for marked in (event(start=weekend, name="补班"), event("CATEGORIES:Other,Workday", start=weekend)):
        found = read(event("DTEND;VALUE=DATE:20260510"), marked)
        assert list(found.working) == [date(2026, 5, 9)]
        assert date(2026, 5, 9) not in found.off
        assert found.off[date(2026, 5, 8)] == "Closed"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (event("DTEND:20260504T110000Z", start="DTSTART:20260504T100000Z"), "Closed: it has no whole day to start on"),
        (event("DURATION:PT4H"), "Closed: it doesn't end with a day"),
        (event("DTEND:20260504T110000Z"), "Closed: it doesn't end with a day"),
        (event(start="DTSTART:soon"), "Closed: DTSTART can't be read"),
        (event("RRULE:FREQ=DAILY;UNTIL=x", "EXDATE:y"), "Closed: EXDATE, RRULE can't be read"),
        (event(start="X-NOTHING:1"), "Closed: it has no whole day to start on"),
        (event(start="DTSTART;VALUE=DATE:00010101"), "Closed: it starts in 1"),
    ],
)
def test_what_is_no_whole_day_is_passed_over_and_named(entry: str, why: str) -> None:
    found = read(entry, event(start="DTSTART;VALUE=DATE:20260601"))
    assert list(found.off) == [date(2026, 6, 1)]
    assert found.notes == (f"passed over: {why}",)


HARMFUL = {
    "every second": event("RRULE:FREQ=SECONDLY"),
    "every hour": event("RRULE:FREQ=HOURLY;INTERVAL=24"),
    "no step": event("RRULE:FREQ=DAILY;INTERVAL=0"),
    "a step back": event("RRULE:FREQ=DAILY;INTERVAL=-1"),
    "no frequency": event("RRULE:COUNT=3"),
    "a position that is none": event("RRULE:FREQ=YEARLY;BYDAY=MO;BYSETPOS=0"),
    "many rules": "\r\n".join(event("RRULE:FREQ=YEARLY") for _ in range(501)),
    "many events": "\r\n".join(event() for _ in range(5001)),
    "not iCalendar": "END:VEVENT",
}


@pytest.mark.parametrize("what", HARMFUL)
def test_a_file_that_goes_on_for_ever_or_is_none_is_refused_in_a_line(what: str) -> None:
    with pytest.raises(CalendarError) as refused:
        read(HARMFUL[what])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", "FREQ=DAILY;BYMONTH=13",
     "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;BYMONTH=4;BYMONTHDAY=-31;BYDAY=2MO"],
)  # fmt: skip
def test_a_rule_that_falls_on_no_day_is_refused(rule: str) -> None:
    start = time.process_time()
    with pytest.raises(CalendarError, match="no day"):
        read(event(f"RRULE:{rule}", start="DTSTART;VALUE=DATE:19000101"))
    assert time.process_time() - start < 2


def test_a_rule_that_finds_far_too_much_ends() -> None:
    assert len(read(event("RRULE:FREQ=DAILY;COUNT=99999999", start="DTSTART;VALUE=DATE:19000101")).off) == 365


def test_the_last_friday_of_a_month_is_found_where_no_year_ends_with_it() -> None:
    found = read(event("RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYMONTHDAY=24", start="DTSTART;VALUE=DATE:20260101"))
    assert [f"{day:%m-%d}" for day in found.off] == ["01-01", "04-24"]


def test_an_event_of_ten_thousand_years_is_cut_to_those_asked_about() -> None:
    assert len(off(event("DTEND;VALUE=DATE:99991231"), years=(2026, 2028))) == 242 + 366


PIECES = (
    *("BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:"),
    *("DTSTART;VALUE=DATE:20260504", "DTSTART:x", "DTEND:1", "DURATION:-P1D", "DURATION:P99999999999D"),
    *(
        "RRULE:FREQ=DAILY;UNTIL=x",
        "RRULE:FREQ=WEEKLY;BYDAY=99MO",
        "RRULE:",
        "EXDATE:20260504",
        "RDATE;VALUE=PERIOD:x/y",
    ),
    *("SUMMARY:\0\x1b[2J", "CATEGORIES:a,b", 'UID;X="a:b', "TZID:x", " folded", "X" * 5000),
)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=12))
@example(["BEGIN:VCALENDAR"])
@settings(deadline=None)
def test_whatever_stands_in_a_file_is_read_or_refused(lines: list[str]) -> None:
    raw = file("\r\n".join(lines), event("\r\n".join(lines[:4])))
    assert all(line.isprintable() for line in told(raw))


def told(raw: bytes) -> tuple[str, ...]:
    """The notes of a file, or the error that refuses it."""
    try:
        return days_off(raw, (2026,), WORKING).notes
    except CalendarError as error:
        return (str(error),)


@given(st.binary(max_size=200), st.integers(0, 200))
@settings(deadline=None)
def test_a_damaged_file_is_read_or_refused(noise: bytes, at: int) -> None:
    whole = file(event("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260505"))
    for raw in (whole[:at] + noise + whole[at:], whole[:at], noise):
        assert all(line.isprintable() for line in told(raw))


def asked(source: str, folder: Path | None, **given: Any) -> DaysOff | None:
    found: DaysOff | None = plugin(Settings(**given)).itsmkit_days_off(source, (2026,), folder)  # type: ignore[attr-defined]
    return found


def test_a_file_is_found_in_the_sites_folder(tmp_path: Path) -> None:
    (tmp_path / "closures.ics").write_bytes(file(event(name="Shift")))
    found = asked("ical:closures.ics", tmp_path)
    assert found is not None
    assert list(found.off) == [date(2026, 5, 4)]
    made_up = asked("ical:closures.ics", tmp_path, working=("shift",))
    assert made_up is not None
    assert list(made_up.working) == [date(2026, 5, 4)]


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "big.ics").write_bytes(b"x" * (MOST_BYTES + 1))
    for name, why in (("none.ics", "No such file"), ("", "directory"), ("big.ics", "larger than 5 MB"), ("\0", "null")):
        with pytest.raises(CalendarError, match=why):
            asked(f"ical:{name}", tmp_path)


def test_years_before_the_event_have_no_days() -> None:
    assert read(event(), years=(2020,)).off == {}
    assert read(event(), years=(2026,)).off.keys() == {date(2026, 5, 3) + timedelta(days=1)}
