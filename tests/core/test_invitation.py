"""Calendar files: read back by a library of its own, whatever they hold."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from itsmkit import Invitation, calendar_file, invited, plain
from itsmkit.core.outgoing import one_line, paragraphs
from itsmkit.testing.strategies import texts

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


@settings(max_examples=50)
@given(texts(), texts(), texts(), st.lists(texts(), max_size=3))
@example("a\r\nEND:VEVENT", "\\n;,:\"'", "你" * 200, ["x@y.example\r\nX:1", "ann@example.org", '"a"@b'])
def test_a_file_says_what_it_was_given_and_nothing_breaks_it(
    summary: str, place: str, needs: str, mails: list[str]
) -> None:
    visit = Invitation("1@desk.example.org", 3, summary, AT, 45, place, needs=needs)
    text = calendar_file(visit, AT, attendees=mails)
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    read = Calendar.from_ical(text)
    assert isinstance(read, Calendar)
    (event,) = read.walk("VEVENT")
    assert event["SUMMARY"] == one_line(summary, 200)
    assert event.get("LOCATION", "") == one_line(place, 200)
    said = paragraphs(f"Please prepare: {needs}", 8_000).replace("\t", " ") if needs else ""
    assert event.get("DESCRIPTION", "") == said
    attendees = event.get("ATTENDEE", [])
    assert len(attendees if isinstance(attendees, list) else [attendees]) <= len(set(mails))


def test_an_invitation_comes_back_from_plain_values() -> None:
    visit = Invitation("1@x", 3, "a visit", AT, 45, bring=("a manual",), off=True)
    assert invited(plain(visit)) == visit


@pytest.mark.parametrize(
    "told",
    [
        *(None, {}, [], "x", 7),
        {"uid": "1", "sequence": 1, "summary": "x", "extra": 1},
        {"uid": "1", "sequence": "newest", "summary": "x"},
        {"uid": "1", "sequence": 1, "summary": "x", "starts": "soon"},
        {"uid": "1", "sequence": 1, "summary": "x", "starts": 10**15},
        {"uid": "1", "sequence": 1, "summary": "x", "starts": 253_402_300_799_000, "minutes": 10**9},
    ],
)
def test_what_is_no_invitation_is_none(told: Any) -> None:
    assert invited(told) is None
