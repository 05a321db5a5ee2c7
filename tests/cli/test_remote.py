from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.mark.requirement("INC-22", "a remote session from the asking to its record, on the command line")
def test_a_session_is_held_with_consent(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "The printer is jammed", "--mail", "ursula@example.org")
    it("worker", "--once")
    it("--as", "anna", "ticket", "remote-session", "T26-000001", "--reason", "she can't find the button")
    assert "INC-22" in it.error("--as", "anna", "remote-session", "hold", "RS26-000001", "--work", "x")
    it("--as", "ursula", "remote-session", "consent", "RS26-000001")
    it("--as", "anna", "remote-session", "hold", "RS26-000001", "--work", "the queue emptied", "--solved")
    (one,) = it.json("remote-session", "list")
    assert (one["consent_by"], one["held_by"], one["solved"], one["outcome"]) == ("Ursula Frei", "anna", True, "done")
    assert "the queue emptied" in it("remote-session", "show", "RS26-000001").stdout
