"""Promises on the command line."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

AT = "2030-01-07T15:00"


@pytest.mark.requirement("USR-01", "the requester sees what was promised to them, on the command line")
def test_a_promise_on_the_command_line(at_work: "Itsmkit") -> None:
    own, public = ("T26-000001", "--text", "call back", "--until", AT), ("--sort", "visit", "--public")
    at_work("--as", "ben", "ticket", "promise", *own)
    at_work("--as", "ben", "commitment", "promise", *own, *public, "--since", "2030-01-07T14:00")
    listed = at_work.json("--as", "ben", "commitment", "list", "--open")
    assert [(one["number"], one["owner"], one["public"]) for one in listed] == [
        ("C26-000001", "ben", False),
        ("C26-000002", "ben", True),
    ]
    shown = at_work("--as", "ben", "ticket", "show", own[0]).stdout
    assert "C26-000001  2030-01-07 15:00  pending: call back" in shown
    mine = at_work("--as", "ursula", "ticket", "show", own[0]).stdout
    assert "C26-000002  2030-01-07 15:00  pending: call back" in mine
    assert "C26-000001" not in mine
    assert at_work.json("--as", "ben", "queue", "promises") == []
    at_work("--as", "ben", "commitment", "keep", "C26-000001", "--text", "called")
    at_work("--as", "ben", "commitment", "cancel", "C26-000002", "--reason", "solved by phone")
    assert [one["outcome"] for one in at_work.json("--as", "ben", "commitment", "list")] == ["fulfilled", "cancelled"]
    assert "needs the duty" in at_work.error("--as", "ursula", "commitment", "keep", "C26-000002")
    assert "no commitment" in at_work.error("--as", "ursula", "commitment", "show", "C26-000001")


def test_promises_in_chinese_fit_a_narrow_screen(at_work: "Itsmkit") -> None:
    at_work(
        "--as", "ben", "ticket", "promise", "T26-000001", "--text", "call back", "--until", AT, "--sort", "callback"
    )
    told = type(at_work)(at_work.site, columns=70)("--as", "ben", "--lang", "zh", "commitment", "list").stdout
    assert "待兑现" in told
    assert max(map(len, told.splitlines())) <= 70
