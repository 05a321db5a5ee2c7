"""A site by either organisation model, and what a switch from one to the other leaves behind."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from itsmkit import Desk
from itsmkit.cli.root import cli
from tests.cli.conftest import Itsmkit as Command

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.fixture(scope="session")
def managed(tmp_path_factory: pytest.TempPathFactory) -> "Itsmkit":
    """A site of IS and vendor managers, with a ticket that is with a vendor; not to be changed but for its model."""
    folder = tmp_path_factory.mktemp("cli") / "managed"
    made = CliRunner().invoke(cli, ["init", str(folder), "--zone", "UTC", "--model", "vendor"])
    assert made.exit_code == 0, made.output
    it = Command(folder)
    it("ticket", "report", "--title", "The printer is jammed", "--mail", "ursula@example.org")
    it("ticket", "report", "--title", "The ERP shows an error", "--mail", "ursula@example.org")
    it("worker", "--once")
    for one in it.json("ticket", "list"):
        it("--as", "anna", "ticket", "pass-on", one["number"], "--text", "looked at it")
    return it


@pytest.mark.requirement("ORG-01", "both models ship as plugins; a site picks one in its configuration")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_site_by_the_vendor_model_is_in_order(language: str, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    made = CliRunner().invoke(cli, ["init", str(folder), "--zone", "UTC", "--model", "vendor", "--lang", language])
    assert made.exit_code == 0, made.output
    it = Command(folder)
    assert not [one for one in it.json("doctor") if one["part"] in ("model", "escalation", "desk")]
    with Desk.open(folder) as desk:
        assert desk.setup.model().name == "vendor"
        assert desk.setup.notify.operators.removeprefix("role:") in desk.setup.model().roles()
        assert {team.vendor for team in desk.setup.site.teams} == {"", "hardware-vendor", "software-vendor"}


@pytest.mark.requirement("ORG-01", "IS steers vendors: what line 1 passes on goes by contract")
@pytest.mark.requirement("ORG-02", "a vendor manager sees and steers its vendor's tickets only")
def test_each_vendor_sees_what_its_contract_brings(managed: "Itsmkit") -> None:
    hardware = managed.json("--as", "hanna", "ticket", "list")
    software = managed.json("--as", "sofia", "ticket", "list")
    assert [one["team"] for one in hardware] == ["hardware-vendor"]
    assert [one["team"] for one in software] == ["software-vendor"]
    assert managed.json("--as", "victor", "ticket", "list") == hardware
    assert len(managed.json("--as", "ines", "ticket", "list")) == 2


@pytest.mark.requirement("ORG-03", "what a role must watch appears as its work lists")
def test_the_lists_that_are_somebody_s_work_are_counted(managed: "Itsmkit") -> None:
    def work(who: str) -> dict[str, int]:
        return {one["name"]: one["tickets"] for one in managed.json("--as", who, "queue") if one["tickets"] is not None}

    assert work("ursula") == {}
    assert work("victor") == {"mine": 0, "tasks": 0, "changes": 0, "promises": 0}
    watched = ("unassigned", "unaccepted", "declined", "overdue", "escalated")
    assert set(work("sofia")) == {*watched, "mine", "to-judge", "tasks", "changes", "promises", "masters"}
    assert work("sofia")["unaccepted"] == 1
    assert "to-review" in work("ines")
    assert not set(watched) & set(work("ines")), "no duty of IS, which may look all the same"
    assert len(managed.json("--as", "ines", "queue", "unaccepted")) == 2


@pytest.mark.requirement("ORG-01", "switching is a line of the settings; who and what it leaves behind is named")
def test_the_doctor_names_what_the_other_model_can_t_hold(managed: "Itsmkit") -> None:
    settings, teams = managed.site / "itsmkit.toml", managed.site / "teams.toml"
    text, kept = settings.read_text("utf-8"), teams.read_text("utf-8")
    assert not [one for one in managed.json("doctor") if one["part"] == "model"]
    (jammed,) = (one["number"] for one in managed.json("ticket", "list") if one["team"] == "hardware-vendor")
    managed("--as", "ines", "ticket", "assign", jammed, "--team", "infrastructure", "--person", "ben")
    try:
        settings.write_text(text.replace('model = "vendor"', 'model = "tiered"'), "utf-8")
        teams.write_text(kept.replace('vendor = "software-vendor"', 'vendor = "another"'), "utf-8")
        managed("site", "load")
        found = [one for one in managed.json("doctor", code=3) if one["part"] == "model"]
    finally:
        settings.write_text(text, "utf-8")
    said = {(one["name"], one["detail"].split(";")[0]) for one in found}
    assert ("ines", "the model tiered knows no role is_incident_manager") in said
    about = [detail for name, detail in said if name.startswith("T")]
    assert sorted(about) == [
        "it is with vendor software-vendor, its team software-vendor with vendor another",
        "its assignee ben has no duty to work on tickets in the model tiered",
    ]
