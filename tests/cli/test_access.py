from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.mark.requirement("USR-01", "why somebody may or may not do something, on the command line")
def test_why_somebody_may_or_may_not_is_told(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "VPN down", "--mail", "ursula@example.org")
    allowed = it("access", "explain", "anna", "comment", "T26-000001").stdout
    assert "anna  comment  T26-000001: allowed" in allowed
    refused = it.json("access", "explain", "ben", "comment", "T26-000001")
    assert {one["rule"]: one["holds"] for one in refused} == {"duty": True, "scope": False, "state": True}
    assert "needs the duty" in it.error("--as", "anna", "access", "explain", "ben", "comment", "T26-000001")


def test_the_roles_of_the_model_are_listed_with_their_duties(it: "Itsmkit") -> None:
    held = {one["role"]: one["duties"] for one in it.json("access", "roles")}
    assert "approve" in held["technical_director"]
    assert held["user"] == ["report"]


def test_a_deputy_is_named_and_a_glass_broken(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "VPN down", "--mail", "ursula@example.org")
    until = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert "own name" in it.error("--as", "carol", "access", "deputise", "ben", "--until", until)
    it("access", "deputise", "ben", "--for", "carol", "--until", until)
    assert "dry run" in it("access", "break-glass", "--reason", "audit", "--dry-run").stderr
    it("access", "break-glass", "--reason", "audit", "--minutes", "5")
