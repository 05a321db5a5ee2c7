"""Masters on the command line."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.mark.requirement("INC-20", "the master shows its status and how many are linked, on the command line")
def test_a_ticket_is_linked_to_a_master_and_both_show_it(at_work: "Itsmkit") -> None:
    assert at_work.json("--as", "anna", "ticket", "link-master", "T26-000003", "--master", "T26-000002")["master"]
    master = at_work("--as", "anna", "ticket", "show", "T26-000002").stdout
    assert "1 (at work: 1)" in master
    child = at_work("--as", "anna", "--lang", "zh", "ticket", "show", "T26-000003").stdout
    assert "T26-000002" in child
    assert "已关联: 1 (尚未解决: 1)" in child
    linked = at_work.json("--as", "anna", "ticket", "list", "--master", "T26-000002")
    assert [one["number"] for one in linked] == ["T26-000003"]
    assert "INC-20" in at_work.error(
        "--as", "anna", "ticket", "link-master", "T26-000002", "--master", "T26-000003"
    )  # fmt: skip
    assert at_work("--as", "ursula", "ticket", "show", "T26-000001").stdout.count("Master") == 0
    at_work("--as", "anna", "ticket", "unlink-master", "T26-000003", "--reason", "another matter")
    assert at_work.json("--as", "anna", "ticket", "list", "--master", "T26-000002") == []


def test_masters_are_a_work_list(at_work: "Itsmkit") -> None:
    at_work("--as", "anna", "ticket", "link-master", "T26-000003", "--master", "T26-000002")
    assert [one["number"] for one in at_work.json("--as", "maria", "queue", "masters")] == ["T26-000002"]
