"""A visit as a calendar file: RFC 5545, with the methods by which programs take it in and out again (RFC 5546)."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen

from itsmkit.core.codec import UNREADABLE, value
from itsmkit.core.labels import label
from itsmkit.core.model.record import instant
from itsmkit.core.model.work_order import WorkOrder
from itsmkit.core.outgoing import one_line, paragraphs

MOST_LINE = 75
"""Octets of a line, RFC 5545 §3.1."""
MOST_SUMMARY, MOST_TEXT = 200, 8_000
"""Characters; more is cut."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAIL = re.compile(r"[^\s\"<>,;:\\\x00-\x20\x7f]+@[^\s\"<>,;:\\\x00-\x20\x7f]+")
_ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


@frozen
class Invitation:
    """A visit as all concerned may know it: nothing in it is internal to the desk.

    `uid` is the same for ever, the highest `sequence` is the newest. One that is `off` takes the visit out again, and
    may have no `starts`.
    """

    uid: str
    sequence: int
    summary: str
    starts: datetime | None = None
    minutes: int = 0
    place: str = ""
    who: str = ""
    needs: str = ""
    bring: tuple[str, ...] = ()
    off: bool = False

    @property
    def method(self) -> str:
        """What it asks of a calendar: REQUEST to take it in, CANCEL to take it out."""
        return "CANCEL" if self.off else "REQUEST"


def invited(told: Any) -> Invitation | None:
    """The invitation of those plain values, None where they are those of none."""
    try:
        visit = value(told, Invitation)
        calendar_file(visit, visit.starts or EPOCH)
    except UNREADABLE:
        return None
    return visit


def uid(order: WorkOrder, domain: str) -> str:
    """By what calendars know the order's visit, however often it is put off."""
    return f"{order.id}@{domain}"


def calendar_file(
    visit: Invitation, now: datetime, language: str = "en", organizer: str = "", attendees: Iterable[str] = ()
) -> str:
    """The text of an .ics file; of the mail addresses what is none is left out, and its content can't break it."""
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//itsmkit//visit//EN", f"METHOD:{visit.method}", "BEGIN:VEVENT",
             *_event(visit, now, language), *_people(organizer, attendees), "END:VEVENT", "END:VCALENDAR")  # fmt: skip
    return "".join(f"{one}\r\n" for line in lines for one in _folded(line))


def _event(visit: Invitation, now: datetime, language: str) -> Iterator[str]:
    yield f"UID:{_text(visit.uid, MOST_SUMMARY)}"
    yield f"SEQUENCE:{visit.sequence}"
    yield f"DTSTAMP:{_moment(now)}"
    if visit.starts is not None:
        yield f"DTSTART:{_moment(visit.starts)}"
        yield f"DTEND:{_moment(visit.starts + timedelta(minutes=visit.minutes))}"
    yield f"STATUS:{'CANCELLED' if visit.off else 'CONFIRMED'}"
    yield f"SUMMARY:{_text(one_line(visit.summary, MOST_SUMMARY), MOST_SUMMARY)}"
    if visit.place:
        yield f"LOCATION:{_text(one_line(visit.place, MOST_SUMMARY), MOST_SUMMARY)}"
    told = {"visitor": visit.who, "needs": visit.needs, "bring": ", ".join(visit.bring)}
    mark = "：" if language == "zh" else ": "
    text = "\n".join(f"{label(name, language)}{mark}{said}" for name, said in told.items() if said)
    if text:
        yield f"DESCRIPTION:{_text(text, MOST_TEXT)}"


def _people(organizer: str, attendees: Iterable[str]) -> Iterator[str]:
    if _MAIL.fullmatch(organizer):
        yield f"ORGANIZER:mailto:{organizer}"
    for one in dict.fromkeys(attendees):
        if _MAIL.fullmatch(one):
            yield f"ATTENDEE:mailto:{one}"


def _moment(at: datetime) -> str:
    return f"{instant(at):%Y%m%dT%H%M%SZ}"


def _text(text: str, most: int) -> str:
    """A value of type TEXT (§3.3.11): its signs escaped, its lines in one, without controls."""
    return paragraphs(text, most).replace("\t", " ").translate(_ESCAPED)


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of 75 octets at most, each further one behind a space, and no character cut in two."""
    piece, room = "", MOST_LINE
    for character in line:
        size = len(character.encode())
        if size > room:
            yield piece
            piece, room = " ", MOST_LINE - 1
        piece, room = piece + character, room - size
    yield piece
