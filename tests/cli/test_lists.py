import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from itsmkit.core.incident import INCIDENT
from itsmkit.core.plugins import hook_names
from itsmkit.core.queues import QUEUES
from itsmkit.width import width

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

LISTS = [
    ("ticket", "list"), ("queue",), ("queue", "open"), ("report",), ("report", "month"), ("explain", "T26-000001"),
    ("verify",), ("doctor",), ("plugins",), ("plugins", "--hooks"), ("process", "show", "incident"),
    ("site", "load", "--dry-run"), ("receive", "--dry-run", __file__),
]  # fmt: skip


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
@pytest.mark.parametrize("columns", [80, 120])
def test_a_table_fits_the_screen(looking: "Itsmkit", chinese: Path, command: tuple[str, ...], columns: int) -> None:
    for site in (looking.site, chinese):
        told = type(looking)(site, columns)(*command)
        assert told.stdout.strip()
        assert max(width(line) for line in told.stdout.splitlines()) <= columns


@pytest.mark.parametrize("command", LISTS, ids=" ".join)
def test_every_list_has_json_and_csv_with_the_same_keys(looking: "Itsmkit", command: tuple[str, ...]) -> None:
    found = looking.json(*command)
    (heading, *_) = csv.reader(io.StringIO(looking(*command, "--format", "csv").stdout))
    if isinstance(found, list):
        assert found
        assert all(list(one) == heading for one in found)
    else:
        assert heading == ["type", "id", "what"], "verify lists its breaches"


def test_queues_are_listed_and_shown(looking: "Itsmkit") -> None:
    assert [one["name"] for one in looking.json("queue")] == list(QUEUES)
    assert [one["number"] for one in looking.json("queue", "unclassified")] == ["T26-000003"]
    assert [one["number"] for one in looking.json("--as", "ben", "queue", "mine")] == ["T26-000001"]
    assert "there is no queue 'nothing'; there are open, " in looking.error("queue", "nothing")


@pytest.mark.requirement("REP-01", "number of tickets of a month, by kind and priority")
def test_the_month_is_counted(looking: "Itsmkit") -> None:
    rows = looking.json("report", "month")
    assert rows[-1]["kind"] == "all"
    assert rows[-1]["opened"] == 3
    assert sum(one["opened"] for one in rows[:-1]) == 3
    assert looking.json("report", "month", "1999-01")[-1]["opened"] == 0
    assert "'2026-13' is no month; write it as 2026-11" in looking.error("report", "month", "2026-13")
    assert "there is no report 'year'" in looking.error("report", "year", "2026-11")
    assert "needs the duty" not in looking("--as", "olga", "report", "month").stderr
    assert "needs the duty read_reports" in looking.error("--as", "ursula", "report", "month")


def test_explain_tells_why_priority_and_team(looking: "Itsmkit") -> None:
    told = looking("explain", "T26-000002").stdout
    summary = {line.split()[0]: line for line in told.splitlines() if line.startswith(("impact", "team"))}
    assert "impact 1 x urgency 1 of the matrix" in summary["impact"]
    assert "model:tiered" in summary["team"]
    assert "sla_default answered" in told
    by_step = {one["step"]: one for one in looking.json("explain", "T26-000002")}
    assert by_step["IM2.3"]["because"]


def test_verify_proves_and_finds(at_work: "Itsmkit") -> None:
    assert "Every chain holds and nothing is missing." in at_work("verify").stdout


def test_the_doctor_finds_a_healthy_desk_healthy(looking: "Itsmkit") -> None:
    assert "Everything is in order." in looking("doctor").stdout
    parts = {(one["part"], one["name"]) for one in looking.json("doctor")}
    assert {("plugin", "store_sql"), ("store", "sqlite:///desk.db"), ("lane", "news")} <= parts


def test_the_doctor_tells_of_a_plugin_that_is_missing_or_broken(it: "Itsmkit") -> None:
    (it.site / "sick.py").write_text("raise RuntimeError('no good')\n")
    settings = it.site / "itsmkit.toml"
    text = settings.read_text().replace('# local = ["my_escalation.py"]', 'local = ["sick.py"]')
    settings.write_text(text.replace("# order = []", 'order = ["ghost"]'))
    told = it("doctor", code=3).stdout
    assert "no good" in told
    assert "ghost" in told
    assert "Something is amiss" in told
    states = {one["name"]: one["state"] for one in it.json("plugins")}
    assert (states["sick"], states["ghost"], states["store_sql"]) == ("left out", "left out", "ok")
    it("ticket", "report", "--title", "goes on")


def test_plugins_stand_in_the_order_they_are_asked(it: "Itsmkit") -> None:
    settings = it.site / "itsmkit.toml"
    text = settings.read_text().replace("# order = []", 'order = ["sla_default", "match_text"]')
    settings.write_text(text.replace("# disable = []", 'disable = ["intake_alerts"]'))
    found = it.json("plugins")
    assert [one["name"] for one in found[:2]] == ["sla_default", "match_text"]
    asked = [one["name"] for one in found if one["state"] == "ok"]
    assert asked[-1] == "defaults"
    assert next(one for one in found if one["name"] == "intake_alerts")["state"] == "disabled"
    hooks = {one["hook"]: one for one in it.json("plugins", "--hooks")}
    assert tuple(hooks) == hook_names()
    assert hooks["itsmkit_intake"] == {
        "hook": "itsmkit_intake",
        "sort": "first",
        "plugins": ["intake_email", "defaults"],
    }


def test_the_process_is_shown_as_it_is_laid_down(looking: "Itsmkit") -> None:
    assert [one["step"] for one in looking.json("process", "show", "incident")] == list(INCIDENT.steps)
    drawn = looking("process", "show", "incident", "--format", "mermaid").stdout.splitlines()
    assert drawn[0] == "flowchart TD"
    arrows = sum(len(step.to) for step in INCIDENT.steps.values())
    assert sum("-->" in line for line in drawn) == arrows
    assert "    IM2_13 -->|no| IM2_14" in drawn
    assert "there is no process 'problem'" in looking.error("process", "show", "problem")


def test_people_are_loaded_once_and_changed_where_they_changed(it: "Itsmkit") -> None:
    people = it.site / "people.toml"
    people.write_text(people.read_text().replace("Ben Okafor", "Ben Okafor-Lind") + '\n[zoe]\nname = "Zoe"\n')
    before = it.stored()
    foreseen = it("site", "load", "--dry-run")
    assert "new 1, changed 1, same " in foreseen.stdout
    assert it.stored() == before
    moved = [one for one in it.json("site", "load") if one["sort"] != "same"]
    assert moved == [
        {"type": "person", "id": "ben", "sort": "changed", "fields": ["name"]},
        {"type": "person", "id": "zoe", "sort": "new", "fields": []},
    ]
    assert "new 0, changed 0" in it("site", "load").stdout


def test_a_wrong_site_file_is_named(it: "Itsmkit") -> None:
    (it.site / "teams.toml").write_text('[a]\nname = "A"\nlevel = 2\n')
    assert "teams.toml, a: unknown key level; known: name, line" in it.error("site", "load")


def test_loading_needs_the_duty(looking: "Itsmkit") -> None:
    assert "needs the duty administer; Anna Reyes lacks it" in looking.error("--as", "anna", "site", "load")


def test_a_store_that_was_lost_is_filled_anew(it: "Itsmkit") -> None:
    for path in it.site.glob("desk.db*"):
        path.unlink()
    assert it("site", "load").stdout.endswith("changed 0, same 0\n")
    assert it.json("ticket", "list") == []
