from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.mark.requirement("INC-44", "the follow-up call's record, on the command line")
@pytest.mark.requirement("INC-45", "the survey and its figures, on the command line")
@pytest.mark.requirement("INC-14", "a major matter is marked, on the command line")
@pytest.mark.requirement("INC-31", "the solution is told and agreed, on the command line")
def test_a_matter_comes_to_its_end(at_work: "Itsmkit") -> None:
    number = "T26-000001"
    at_work("--as", "ben", "ticket", "major", number, "--why", "the whole floor")
    at_work("--as", "ben", "ticket", "propose", number, "--solution", "a new roller")
    at_work("--as", "ben", "ticket", "agree", number, "--takes", "an hour")
    at_work("--as", "ben", "ticket", "resolve", number, "--backup")
    at_work("--as", "ursula", "ticket", "confirm", number)
    at_work("--as", "ursula", "ticket", "survey", number, "--score", "5", "--text", "well done")
    at_work("--as", "anna", "ticket", "follow-up", number, "--result", "it prints", "--spoke-with", "Ursula")
    shown = at_work("ticket", "show", number).stdout
    assert "Ursula: it prints" in shown
    done = at_work.json("ticket", "show", number)
    assert (done["major"], done["survey"], done["call"]["by"]) == (True, 5, "anna")
    assert [(row["score"], row["answers"]) for row in at_work.json("report", "survey")] == [(5, 1)]
