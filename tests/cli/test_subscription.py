"""What one wants to be told, chosen at the command."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


def test_a_choice_is_kept_and_listed(it: "Itsmkit") -> None:
    assert it("subscription", "set", "assigned", "--digest", "hourly").stdout == "assigned on hourly\n"
    assert it("subscription", "set", "progress", "--off").stdout == "progress off\n"
    assert it("subscription", "set", "*", "--digest", "daily").stdout == "* on daily\n"
    listed = {one["rule"]: one for one in it.json("subscription", "list")}
    assert (listed["assigned"]["digest"], listed["assigned"]["want"]) == ("hourly", True)
    assert listed["progress"]["want"] is False
    assert listed["*"]["digest"] == "daily"
    assert listed["escalated"]["firm"]
    assert listed["escalated"]["urgent"]


def test_what_can_t_be_chosen_is_refused_in_one_line(it: "Itsmkit") -> None:
    assert "firm" in it.error("subscription", "set", "escalated", "--off")
    assert "unknown rule 'typo'" in it.error("subscription", "set", "typo")
    assert "unknown channel" in it.error("subscription", "set", "assigned", "--channel", "pigeon")
