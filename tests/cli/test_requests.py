from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.mark.requirement("INC-10", "a service request by its catalogue procedure, on the command line")
def test_a_request_is_done_step_by_step(it: "Itsmkit") -> None:
    assert [one["id"] for one in it.json("catalogue", "list")][:3] == ["access", "new-account", "password-reset"]
    assert "Create the account" in it("catalogue", "show", "new-account").stdout
    it("ticket", "report", "--title", "An account, please", "--mail", "ursula@example.org", "--item", "new-account")
    it("worker", "--once")
    for who in ("anna", "carol", "anna"):
        it("--as", who, "ticket", "done-step", "T26-000001")
    shown = it("ticket", "show", "T26-000001").stdout
    assert "2 Create the account: done" in shown
    assert it.json("ticket", "show", "T26-000001")["status"] == "resolved"
    assert "no catalogue item" in it.error("catalogue", "show", "pony")


@pytest.mark.requirement("INC-30", "a change from the asking to its end, on the command line")
def test_a_change_is_asked_for_and_ends(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "A pony, please", "--kind", "service_request", "--category", "terminal device")
    it("--as", "anna", "ticket", "new-demand", "T26-000001", "--text", "to ride home", "--sort", "major")
    assert [(one["number"], one["sort"]) for one in it.json("change", "list", "--open")] == [("CR26-000001", "major")]
    it("--as", "anna", "change", "approve", "CR26-000001", "--who", "the board")
    it("--as", "anna", "change", "finish", "CR26-000001", "--result", "it is in the stable")
    it("worker", "--once")
    assert it.json("ticket", "show", "T26-000001")["solution"] == "it is in the stable"


@pytest.mark.requirement("INC-10", "the catalogue is loaded from CSV as well as from TOML")
def test_a_catalogue_may_be_a_csv_file(it: "Itsmkit") -> None:
    file = it.site / "catalogue.csv"
    file.write_text(
        "id,name,parent,hours,procedure\nbadge,Badge,access,8,line:1 5m Take a picture; Print it\n", "utf-8"
    )
    it("site", "load")
    shown = it.json("catalogue", "show", "badge")
    assert (shown["hours"], [one["name"] for one in shown["steps"]]) == (8, ["Take a picture", "Print it"])
    file.write_text("id,name,hours\nbadge,Badge,many\n", "utf-8")
    assert "hours is 'many', where a whole number is due" in it.error("site", "load")
    file.write_bytes("id,name\nbadge,Büro\n".encode("latin-1"))
    assert "is no CSV file in UTF-8" in it.error("site", "load")
    file.write_text("id,name\nbadge,Badge\nbadge,Other\n", "utf-8")
    assert "stands there twice" in it.error("site", "load")
