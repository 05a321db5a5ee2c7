import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click
import pytest
from click.testing import CliRunner

from itsmkit.cli.root import cli
from itsmkit.cli.rows import KEYS
from itsmkit.core.verbs import VERBS

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


def test_a_report_without_a_name_is_ones_own(at_work: "Itsmkit") -> None:
    at_work("--as", "ursula", "ticket", "report", "--title", "My screen is black")
    (mine,) = at_work.json("--as", "ursula", "ticket", "list", "--words", "screen")
    assert mine["requester"] == "ursula"


def test_a_report_takes_all_that_is_asked_at_intake(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "ERP down", "--text", "-", "--phone", "+1 555 0100", "--channel", "chat",
       "--place", "Hall 2", "--expected", "2030-01-02T10:00", "--stated", "highest", "--symptom", "white page",
       "--reason", "month end", "--configuration", "Firefox", "--on-site", "--impact", "1",
       stdin="Nobody can book.\n")  # fmt: skip
    (ticket,) = it.json("ticket", "list")
    whole = it.json("ticket", "show", ticket["number"])
    assert (whole["text"], whole["requester"], whole["place"]) == ("Nobody can book.", "ursula", "Hall 2")
    assert (whole["expected"], whole["stated"], whole["on_site"]) == ("2030-01-02T09:00:00.000+00:00", "highest", True)


def test_a_dry_run_of_a_report_shows_the_ticket_as_it_would_be(it: "Itsmkit") -> None:
    before = it.stored()
    told = it("ticket", "report", "--title", "VPN down", "--impact", "1", "--urgency", "1", "--dry-run")
    assert "1 critical (impact 1 × urgency 1)" in told.stdout
    assert "service-desk" in told.stdout
    assert told.stderr == "dry run: nothing was stored\n"
    assert it.stored() == before


def test_the_list_comes_in_three_forms_with_stable_keys(looking: "Itsmkit") -> None:
    listed = looking.json("ticket", "list")
    assert [one["number"] for one in listed] == ["T26-000003", "T26-000002", "T26-000001"]
    assert all(tuple(one) == KEYS for one in listed)
    assert listed[0]["opened"].endswith("+00:00")
    table = list(csv.DictReader(io.StringIO(looking("ticket", "list", "--format", "csv").stdout)))
    assert [one["number"] for one in table] == [one["number"] for one in listed]
    assert tuple(table[0]) == KEYS
    assert "VPN down for everybody" in looking("ticket", "list").stdout


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (("--priority", "1"), ["T26-000002"]),
        (("--category", "terminal device"), ["T26-000001"]),
        (("--status", "new", "--status", "in_progress"), ["T26-000003", "T26-000001"]),
        (("--team", "infrastructure", "--open"), ["T26-000001"]),
        (("--requester", "ursula"), ["T26-000001"]),
        (("--words", "vpn everybody"), ["T26-000002"]),
        (("--month", "1999-01"), []),
        (("--limit", "1"), ["T26-000003"]),
    ],
)
def test_the_list_can_be_narrowed(looking: "Itsmkit", options: tuple[str, ...], numbers: list[str]) -> None:
    assert [one["number"] for one in looking.json("ticket", "list", *options)] == numbers


def test_show_tells_state_clocks_history_and_what_can_be_done(looking: "Itsmkit") -> None:
    told = looking("ticket", "show", "T26-000001").stdout
    assert "IM3.1 Investigate, find similar" in told
    assert "resolution: due " in told
    assert "restarted it" in told
    whole = looking.json("ticket", "show", "T26-000001")
    assert whole["assignee"] == "ben"
    assert "propose" in whole["verbs"]
    assert [one["seq"] for one in whole["events"]] == list(range(1, len(whole["events"]) + 1))


def test_every_verb_is_a_command_with_every_parameter_as_an_option() -> None:
    for verb in VERBS["ticket"].values():
        told = CliRunner().invoke(cli, ["ticket", verb.name, "--help"])
        assert told.exit_code == 0, told.output
        assert verb.title in told.output
        wanted = [one.name for one in attrs.fields(verb.params)]
        assert all(f"--{name.replace('_', '-')}" in told.output for name in wanted)
        assert all(option in told.output for option in ("--dry-run", "--expect", "--format"))


def test_a_matter_goes_its_whole_way(at_work: "Itsmkit") -> None:
    at_work("--as", "ben", "ticket", "diagnose", "T26-000001", "--cause", "a paper clip")
    done = at_work("--as", "ben", "ticket", "resolve", "T26-000001", "--solution", "took out the clip")
    assert "IM5.2 Does the user agree?" in done.stdout
    at_work("--as", "ursula", "ticket", "confirm", "T26-000001", "--satisfied")
    at_work("--as", "anna", "ticket", "follow-up", "T26-000001", "--result", "all is well")
    whole = at_work.json("ticket", "show", "T26-000001")
    assert (whole["status"], whole["satisfied"], whole["cause"]) == ("closed", True, "a paper clip")
    assert "IM2.1" not in at_work.error("--as", "ben", "ticket", "take", "T26-000001")
    at_work("--as", "ursula", "ticket", "reopen", "T26-000001", "--reason", "jammed again")
    assert at_work.json("verify")["breaches"] == []


@pytest.mark.parametrize(
    "command",
    [
        ("propose", "--solution", "x"),
        ("comment", "--text", "x", "--public"),
        ("wait", "--reason", "part", "--text", "a disk", "--until", "2035-01-01T09:00"),
        ("reclassify", "--kind", "inquiry", "--category", "application system"),
        ("reprioritise", "--impact", "1", "--urgency", "1"),
        ("hand-over", "--text", "x"),
        ("link", "--to", "T26-000002"),
    ],
)
def test_a_dry_run_of_a_verb_decides_and_stores_nothing(at_work: "Itsmkit", command: tuple[str, ...]) -> None:
    before = at_work.stored()
    verb, *options = command
    done = at_work.json("ticket", verb, "T26-000001", *options, "--dry-run")
    assert done["dry_run"]
    assert at_work.stored() == before
    assert not at_work.json("ticket", verb, "T26-000001", *options)["dry_run"]
    assert at_work.stored() != before


def test_a_file_is_attached_under_its_own_name(at_work: "Itsmkit", tmp_path: Path) -> None:
    (tmp_path / "报告.log").write_bytes(b"\0log")
    at_work("ticket", "attach", "T26-000001", "--data", str(tmp_path / "报告.log"))
    (file,) = at_work.json("ticket", "show", "T26-000001")["internal_files"]
    assert (file["name"], file["size"]) == ("报告.log", 4)
    at_work("ticket", "attach", "T26-000001", "--data", str(tmp_path / "报告.log"), "--public")
    (file,) = at_work.json("ticket", "show", "T26-000001")["attachments"]
    assert (file["name"], file["size"]) == ("报告.log", 4)


def test_a_verb_with_a_number_of_its_own_is_done(at_work: "Itsmkit") -> None:
    at_work("ticket", "propose", "T26-000001", "--solution", "new driver")
    done = at_work.json("ticket", "change", "T26-000001", "--number", "RFC-7")
    assert (done["number"], done["change"], done["status"]) == ("T26-000001", "RFC-7", "waiting")


def test_a_stale_version_is_refused(at_work: "Itsmkit") -> None:
    version = at_work.json("ticket", "show", "T26-000001")["version"]
    at_work("ticket", "log", "T26-000001", "--text", "x", "--expect", str(version))
    told = at_work.error("ticket", "log", "T26-000001", "--text", "y", "--expect", str(version))
    assert f"at version {version + 1}, not {version}" in told


def test_a_repeated_command_changes_nothing(at_work: "Itsmkit") -> None:
    at_work("ticket", "log", "T26-000001", "--text", "x", "--command", "c1")
    before = at_work.stored()
    at_work("ticket", "log", "T26-000001", "--text", "x", "--command", "c1")
    assert at_work.stored() == before


@pytest.mark.parametrize(
    ("args", "code", "reason"),
    [
        (("ticket", "frobnicate", "T26-000001"), 2, "No such command 'frobnicate'"),
        (("ticket", "log", "T26-000001"), 2, "Missing option '--text'"),
        (("ticket", "accept", "T26-000001"), 1, "accept fits IM2.12, IM2.13; T26-000001 stands at IM3.1"),
        (("ticket", "show", "T26-999999"), 1, "no ticket 'T26-999999' that you can see"),
        (("ticket", "wait", "T26-000001", "--reason", "customer", "--until", "soon"), 2, "'soon' is no moment"),
        (("ticket", "assign", "T26-000001", "--team", "nobody"), 1, "unknown team 'nobody'; the site knows"),
        (("--as", "ursula", "ticket", "log", "T26-000001", "--text", "x"), 1, "log needs the duty"),
        (("--as", "carol", "ticket", "show", "T26-000001"), 1, "no ticket 'T26-000001' that you can see"),
        (("--as", "nobody", "ticket", "list"), 1, "--as nobody: nobody of that id"),
        (("ticket", "list", "--words", "the"), 1, "holds nothing to search for"),
    ],
)
def test_what_is_refused_is_one_clear_line(looking: "Itsmkit", args: tuple[str, ...], code: int, reason: str) -> None:
    assert reason in looking.error(*args, code=code)


def test_acting_for_somebody_else_is_journalled_with_both_names(at_work: "Itsmkit") -> None:
    at_work("--as", "ben", "ticket", "log", "T26-000001", "--text", "x")
    event = at_work.json("ticket", "show", "T26-000001")["events"][-1]
    assert event["by"] == "person:ben"
    assert event["args"]["real"].startswith("person:")
    assert event["args"]["real"] != "person:ben"


def test_a_login_that_nobody_has_is_told_what_to_do(it: "Itsmkit") -> None:
    people = it.site / "people.toml"
    people.write_text(people.read_text().replace("logins = [", 'logins = ["somebody-else"] # ['))
    it("site", "load")
    assert "belongs to nobody of this site" in it.error("ticket", "list")


def test_programs_get_json_that_reads_back(looking: "Itsmkit") -> None:
    text = looking("ticket", "show", "T26-000003", "--format", "json").stdout
    assert json.loads(text)["title"] == "Something quite unheard of"
    assert click.unstyle(text) == text
