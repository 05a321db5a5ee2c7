"""Rows of a file as reports: CSV or JSON lines, checked as a whole before the first one is taken in."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from itsmkit.core.errors import BadInput
from itsmkit.core.model.message import Message, Report
from itsmkit.core.model.ticket import Contact
from itsmkit.core.text import clean
from itsmkit.defaults import form

CHANNEL = "file"
CONTACT = tuple(one.name for one in attrs.fields(Contact) if one.name != "person")
NUMBERS = ("impact", "urgency")
TIMES = ("happened", "expected")
FLAGS = ("on_site", "detected")
TEXTS = ("title", "text", "kind", "category", "service", "ci", "stated", "place", "reason", "symptom",
         "configuration", "language")  # fmt: skip
COLUMNS = (*TEXTS, *NUMBERS, *TIMES, *FLAGS, *CONTACT)
YES, NO = ("yes", "true", "1"), ("no", "false", "0", "")


def messages_of(path: Path, raw: bytes, zone: ZoneInfo, by: str = "") -> list[Message]:
    """The rows of a file, each as the message of a report; BadInput names file, row and what is wrong.

    The same file gives the same messages, so that taking it in twice makes nothing twice. Moments without an offset
    are the zone's.
    """
    digest = sha256(raw).hexdigest()[:16]
    found = []
    for number, row in _rows(path, raw):
        report = _report(f"{path}, row {number}", row, zone)
        call = f"{digest}:{number}"
        found.append(Message(form(report, call), CHANNEL, name=f"{path.name}:{number}", by=by))
    return found


def _rows(path: Path, raw: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows with their numbers, the first of a CSV file being its heading."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        msg = f"{path} is no UTF-8 text: {fault.reason} at byte {fault.start}"
        raise BadInput(msg) from fault
    if text.lstrip().startswith("{"):
        yield from _json_lines(path, text)
        return
    try:
        for number, row in enumerate(csv.DictReader(io.StringIO(text), strict=True), 2):
            if None in row or None in row.values():
                msg = f"{path}, row {number}: not as many cells as there are headings"
                raise BadInput(msg)
            yield number, row
    except csv.Error as fault:
        msg = f"{path} is no CSV: {fault}"
        raise BadInput(msg) from fault


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as fault:
            msg = f"{path}, row {number}: no JSON: {fault}"
            raise BadInput(msg) from fault
        if not isinstance(row, dict):
            msg = f"{path}, row {number}: {row!r:.40} is no object"
            raise BadInput(msg)
        yield number, row


def _report(where: str, row: Mapping[str, Any], zone: ZoneInfo) -> Report:
    unknown = sorted(set(row) - set(COLUMNS))
    if unknown:
        msg = f"{where}: unknown column {', '.join(unknown)}; known: {', '.join(COLUMNS)}"
        raise BadInput(msg)
    given = {name: one for name, one in row.items() if one not in (None, "")}
    values = {name: _value(f"{where}: {name}", name, one, zone) for name, one in given.items()}
    if not values.get("title"):
        msg = f"{where}: title is missing"
        raise BadInput(msg)
    contact = Contact(**{name: values.pop(name) for name in CONTACT if name in values})
    return Report(contact=contact, channel=CHANNEL, **values)


def _value(where: str, name: str, given: Any, zone: ZoneInfo) -> Any:
    if name in NUMBERS:
        if isinstance(given, bool) or not str(given).strip().isdecimal():
            msg = f"{where} is {given!r:.40}, where a whole number is due"
            raise BadInput(msg)
        return int(given)
    if name in FLAGS:
        word = str(given).strip().lower()
        if word not in (*YES, *NO):
            msg = f"{where} is {given!r:.40}, where yes or no is due"
            raise BadInput(msg)
        return word in YES
    if not isinstance(given, str):
        msg = f"{where} is {given!r:.40}, where a text is due"
        raise BadInput(msg)
    return _moment(where, given.strip(), zone) if name in TIMES else clean(given).strip()


def _moment(where: str, given: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(given)
    except ValueError as fault:
        msg = f"{where} is {given!r:.40}, where a moment such as 2026-11-23T14:30 is due"
        raise BadInput(msg) from fault
    return at if at.tzinfo else at.replace(tzinfo=zone)
