from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.mark.requirement("INC-05", "a table of the site, loaded from CSV, and correction notices, on the command line")
def test_items_are_loaded_and_corrected(it: "Itsmkit") -> None:
    (it.site / "cis.csv").write_text("id,name,aliases,place\nprn-3,Printer 3,printer hall 3,Hall 3\n", "utf-8")
    it("site", "load")
    it("ticket", "report", "--title", "The printer is jammed", "--ci", "Printer hall 3")
    assert it.json("ticket", "show", "T26-000001")["ci"] == "prn-3"
    it("--as", "anna", "ticket", "correct-ci", "T26-000001", "--text", "it stands in hall 4 now")
    assert [one["number"] for one in it.json("--as", "konrad", "queue", "ci-notices")] == ["CN26-000001"]
    it("--as", "konrad", "ci-notice", "take-over", "CN26-000001", "--result", "entered")
    assert [one["outcome"] for one in it.json("ci-notice", "list")] == ["taken"]
