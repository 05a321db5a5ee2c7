import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

CSV = "title,mail,impact,happened,on_site\nPrinter jammed,ursula@example.org,2,2026-03-02 09:30,yes\n网络断了,,,,\n"


def test_a_folder_of_mails_becomes_tickets(it: "Itsmkit", mails: Path) -> None:
    rows = it.json("receive", str(mails))
    assert [one["state"] for one in rows] == ["opened"] * 3
    assert [one["file"] for one in rows] == ["0.txt", "1.txt", "2.txt"]
    assert it.json("ticket", "show", rows[0]["number"])["requester"] == "ursula"
    assert it.json("verify")["balance"]["received"] == {"opened": 3}


def test_what_came_in_before_is_not_taken_in_again(it: "Itsmkit", mails: Path) -> None:
    first = it.json("receive", str(mails / "0.txt"))
    again = it.json("receive", str(mails / "0.txt"))
    assert again[0]["state"] == "duplicate"
    assert again[0]["number"] == first[0]["number"]


def test_a_message_may_come_from_standard_input(it: "Itsmkit", mails: Path) -> None:
    told = it("receive", "-", "--channel", "email", stdin=(mails / "0.txt").read_bytes())
    assert "T26-000001" in told.stdout
    assert it.json("ticket", "list")[0]["channel"] == "email"


def test_what_nobody_can_read_becomes_a_ticket(it: "Itsmkit", tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(range(256)))
    assert it.json("receive", str(tmp_path / "x.bin"))[0]["state"] == "unreadable"
    assert "not readable: x.bin" in it("ticket", "list").stdout


def test_a_missing_file_is_told_and_the_others_are_taken_in(it: "Itsmkit", mails: Path) -> None:
    told = it("receive", str(mails / "nothing.txt"), str(mails / "0.txt"), code=1)
    assert "opened 1" in told.stdout
    assert told.stderr == f"error: {mails / 'nothing.txt'}: No such file or directory\n"


def test_many_are_counted_instead_of_listed(it: "Itsmkit", tmp_path: Path, mails: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number}.txt").write_bytes((mails / "0.txt").read_bytes().replace(b"<0@", b"<%d@" % number))
    assert it("receive", str(folder)).stdout == "opened 30\n"
    assert it("receive", str(folder), "--format", "csv").stdout.count("duplicate") == 30


def test_a_dry_run_foresees_and_stores_nothing(it: "Itsmkit", mails: Path) -> None:
    before = it.stored()
    foreseen = it.json("receive", str(mails), "--dry-run")
    assert [one["state"] for one in foreseen] == ["opened"] * 3
    assert it.stored() == before


def test_rows_of_a_table_are_reports(it: "Itsmkit", tmp_path: Path) -> None:
    (tmp_path / "reports.csv").write_text(CSV, "utf-8-sig")
    rows = it.json("receive", "--rows", str(tmp_path / "reports.csv"))
    assert [(one["file"], one["state"]) for one in rows] == [("reports.csv:2", "opened"), ("reports.csv:3", "opened")]
    ticket = it.json("ticket", "show", rows[0]["number"])
    assert (ticket["channel"], ticket["requester"], ticket["impact"], ticket["on_site"]) == ("file", "ursula", 2, True)
    assert ticket["happened"] == "2026-03-02T08:30:00.000+00:00", "in the site's zone"
    again = it.json("receive", "--rows", str(tmp_path / "reports.csv"))
    assert [one["state"] for one in again] == ["duplicate"] * 2


def test_rows_may_be_json_lines(it: "Itsmkit", tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(one) for one in ({"title": "a", "urgency": 1}, {"title": "b"}))
    (tmp_path / "reports.jsonl").write_text(lines)
    assert "opened 2" in it("receive", "--rows", str(tmp_path / "reports.jsonl")).stdout


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("title,colour\na,red\n", "row 2: unknown column colour; known: title"),
        ("title,text\na,b\n,c\n", "row 3: title is missing"),
        ("title,impact\na,high\n", "row 2: impact is 'high', where a whole number is due"),
        ("title,happened\na,yesterday\n", "row 2: happened is 'yesterday', where a moment such as"),
        ("title,on_site\na,perhaps\n", "row 2: on_site is 'perhaps', where yes or no is due"),
        ("title,text\na\n", "row 2: not as many cells as there are headings"),
        ("title,text\na,b,c\n", "row 2: not as many cells as there are headings"),
        ('{"title": "a"}\n{"title": ', "row 2: no JSON"),
        ('{"title": "a"}\n[1]', "row 2: [1] is no object"),
        ('{"title": 7}', "row 1: title is 7, where a text is due"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_of_the_file_taken_in(
    it: "Itsmkit", tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "reports.csv").write_text(text)
    before = it.stored()
    assert f"reports.csv, {reason}" in it.error("receive", "--rows", str(tmp_path / "reports.csv"))
    assert it.stored() == before


def test_rows_that_are_no_text_are_refused(it: "Itsmkit", tmp_path: Path) -> None:
    (tmp_path / "reports.csv").write_bytes(b"title\n\xff\xfe\n")
    assert "is no UTF-8 text" in it.error("receive", "--rows", str(tmp_path / "reports.csv"))
