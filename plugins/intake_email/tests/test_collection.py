"""Three hundred real and nasty mails, each with what independent parsers agree on."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from itsmkit import Message, Report
from itsmkit_intake_email import Settings, plugin

pytestmark = pytest.mark.skipif("ITSMKIT_DATA" not in os.environ, reason="ITSMKIT_DATA names no folder of test mails")

TOLD = re.compile(r"(?:part|message)-\d+\.\w+")
AGREE = 2


def folder() -> Path:
    return Path(os.environ["ITSMKIT_DATA"])


def expected() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((folder() / "mail_expected.json").read_text())
    return found


def read(name: str) -> Report:
    report = plugin(Settings()).itsmkit_intake(Message((folder() / "mail" / name).read_bytes(), name=name))
    assert report is not None, f"{name} is not taken for a mail"
    return report


def words(text: str) -> str:
    return " ".join(text.split())


FIELDS: dict[str, Callable[[Report], Any]] = {
    "subject": lambda report: report.title,
    "from_": lambda report: [report.contact.mail.lower()] if report.contact.mail else [],
    "message_id": lambda report: report.message_id.strip("<>") or None,
    "in_reply_to": lambda report: sorted(one.strip("<>") for one in report.references),
    "attachments": lambda report: sorted(one.name for one in report.attachments if not TOLD.fullmatch(one.name)),
    "text": lambda report: words(f"{report.text} {report.quoted}"),
}
"""How each field is compared: case and blanks don't count, nor do names that we gave to nameless parts."""

DIFFERENT = {
    "from_": 4,
    "attachments": 6,
    "text": 19,
}
"""How many differ, and must, because more is kept or less is believed: From headers with two addresses or none at all;
mails inside mails stay whole where others list the files inside them; further parts of text are kept where others take
the first, and text is decoded where others give up."""


def told(field: str, wanted: Any) -> bool:
    return not (
        wanted is None and field in {"subject", "text"}
    )  # there we give the first line, or the words of the page


def same(field: str, wanted: Any, found: Any) -> bool:
    match field:
        case "from_":
            return bool([one.lower() for one in wanted] == found)
        case "in_reply_to":
            return set(wanted) <= set(found)  # ours are those of References too
        case "attachments":
            return sorted(wanted) == found
        case "subject" | "text":
            return words(wanted) == found
    return bool(wanted == found)


def differences(field: str) -> Iterator[str]:
    for name, mail in expected().items():
        entry = mail["expected"][field]
        if entry["agree"] >= AGREE and told(field, entry["value"]):
            found = FIELDS[field](read(name))
            if not same(field, entry["value"], found):
                yield f"{name}: {entry['value']!r:.200} is read as {found!r:.200}"


@pytest.mark.parametrize("field", FIELDS)
def test_fields_are_what_other_parsers_agree_on(field: str) -> None:
    found = list(differences(field))
    assert len(found) == DIFFERENT.get(field, 0), "\n".join(found)


def test_no_text_is_shorter_than_what_others_read() -> None:
    """Where ours differs it holds all the words of theirs, but for signs they could not decode."""
    lost = []
    for name, mail in expected().items():
        entry = mail["expected"]["text"]
        if entry["agree"] < AGREE or not entry["value"]:
            continue
        plain = set(re.findall(r"[a-zA-Z]{4,}", entry["value"]))
        report = read(name)
        missing = plain - set(re.findall(r"[a-zA-Z]{4,}", f"{report.title} {report.text} {report.quoted}"))
        if missing:
            lost.append((name, sorted(missing)[:5]))
    assert [name for name, _ in lost if "warning-4" not in name and "example13" not in name] == [], lost


def test_bounces_and_answering_machines_are_known() -> None:
    manifest = {one["sha256"]: one for one in json.loads((folder() / "mail_manifest.json").read_text())}
    marked = [name for name, mail in expected().items() if manifest[mail["sha256"]]["dsn"]]
    assert len(marked) > 100
    assert [name for name in marked if not read(name).automatic] == []
    bounces = [name for name, mail in expected().items() if any(mail["expected"].get("bounce_failures", {}).values())]
    # two are no bounces (a picture and a quotation mistaken for one), one carries no mark but its prose
    assert sum(not read(name).automatic for name in bounces) == 3
