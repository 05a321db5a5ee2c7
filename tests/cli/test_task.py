from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.mark.requirement("IM2.11", "the work split into a task for another team, on the command line")
def test_a_task_is_split_off_and_done(at_work: "Itsmkit") -> None:
    at_work("--as", "ben", "ticket", "split", "T26-000001", "--team", "applications", "--title", "Look at the driver")
    assert [one["number"] for one in at_work.json("--as", "carol", "queue", "tasks")] == ["TK26-000001"]
    at_work("--as", "carol", "task", "accept", "TK26-000001")
    assert "TK2 Do the task" in at_work("--as", "carol", "task", "show", "TK26-000001").stdout
    at_work("--as", "carol", "task", "done", "TK26-000001", "--result", "a newer one is in")
    assert at_work.json("task", "list", "--open") == []
    assert [one["result"] for one in [at_work.json("task", "show", "TK26-000001")]] == ["a newer one is in"]
