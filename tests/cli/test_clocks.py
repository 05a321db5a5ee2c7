"""Clocks, agreements and corrections on the command line: in columns, for programs, in both languages."""

from typing import TYPE_CHECKING

import pytest

from itsmkit.width import width

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

RULES = """
[[plugin.sla_default.agreements]]
name = "line one"
kind = "ola"
teams = ["service-desk"]
response = 10
resolution = 60

[[plugin.sla_default.agreements]]
name = "line two"
kind = "ola"
teams = ["infrastructure", "applications"]
resolution = 420

[[plugin.sla_default.agreements]]
name = "disks"
kind = "contract"
vendors = ["hardware-vendor"]
acknowledgement = 30
resolution = 480

[[plugin.sla_default.agreements]]
name = "gold"
customers = ["acme"]
resolution = 120
calendar = "always"
"""


OWN = """
[[rules.pause_reasons]]
name = "window"
owner = "customer"
longest_hours = 40
en = "service window"
zh = "停机窗口"
"""


@pytest.fixture
def agreed(at_work: "Itsmkit") -> "Itsmkit":
    settings = at_work.site / "itsmkit.toml"
    settings.write_text(settings.read_text("utf-8") + RULES, "utf-8")
    return at_work


@pytest.fixture
def waited(at_work: "Itsmkit") -> "Itsmkit":
    """A ticket that waited for the customer, and whose answer was put right."""
    at_work("ticket", "wait", "T26-000001", "--reason", "customer", "--text", "which room?")
    at_work("ticket", "resume", "T26-000001")
    return at_work


@pytest.mark.requirement("SLA-02", "the timeline tells which event started, paused and changed what, then the ledger")
def test_the_clocks_of_a_ticket_are_drawn(waited: "Itsmkit") -> None:
    shown = waited("explain", "T26-000001", "--clock").stdout
    for words in ("opened", "response starts", "paused customer", "resolution pauses", "resolution resumes", "Target",
                  "the site's table (priority", "Party", "100.0 %"):  # fmt: skip
        assert words in shown, shown
    assert "line " in shown or "off hours" in shown  # as the time of day will have it


@pytest.mark.parametrize("language", ["en", "zh"])
def test_they_fit_eighty_columns(waited: "Itsmkit", language: str) -> None:
    narrow = type(waited)(waited.site, columns=80)
    shown = narrow("--lang", language, "explain", "T26-000001", "--clock").stdout
    assert max(map(width, shown.splitlines())) <= 80
    assert ("暂停" in shown) is (language == "zh")


def test_programs_get_the_same(waited: "Itsmkit") -> None:
    rows = waited.json("explain", "T26-000001", "--clock")
    story = [(one["event"], one["clock"], one["what"]) for one in rows if one["part"] == "story"]
    assert ("paused", "sla:resolution", "pauses") in story
    assert ("opened", "sla:response", "starts") in story
    clocks = {one["clock"]: one["state"] for one in rows if one["part"] == "clock"}
    assert clocks["sla:resolution"] == "running"
    totals = {one["party"]: one["seconds"] for one in rows if one["part"] == "total"}
    shares = [one["seconds"] + one["left"] for one in rows if one["part"] == "share"]
    assert sum(totals.values()) == sum(shares)


def test_who_may_not_see_clocks_is_told_so(waited: "Itsmkit") -> None:
    shown = waited("--as", "ursula", "explain", "T26-000001", "--clock").stdout
    assert "shown to those who work on tickets" in shown


def test_a_reason_is_shown_in_the_site_s_own_words(at_work: "Itsmkit") -> None:
    settings = at_work.site / "itsmkit.toml"
    settings.write_text(settings.read_text("utf-8") + OWN, "utf-8")
    at_work("ticket", "wait", "T26-000001", "--reason", "window", "--text", "on Sunday")
    assert "service window: on Sunday until 20" in at_work("ticket", "show", "T26-000001").stdout
    assert "停机窗口" in at_work("--lang", "zh", "ticket", "show", "T26-000001").stdout
    assert "the site knows customer, appointment, change, vendor, part, window" in at_work.error(
        "ticket", "wait", "T26-000001", "--reason", "weather"
    )


def test_a_correction_is_a_manager_s_and_told(waited: "Itsmkit") -> None:
    opened = waited.json("ticket", "show", "T26-000001")["opened"]
    waited("ticket", "correct-time", "T26-000001", "--fact", "paused", "--at", opened, "--why", "asked by phone")
    shown = waited("explain", "T26-000001", "--clock").stdout
    assert "correct-time paused" in shown
    assert waited.json("verify")["breaches"] == []


@pytest.mark.requirement("SLA-01", "which targets hold is shown, and which rule won over which")
def test_the_targets_that_would_hold_are_shown(agreed: "Itsmkit") -> None:
    rows = agreed.json("agreement", "show", "--priority", "2", "--customer", "acme", "--team", "hardware-vendor")
    assert {(one["kind"], one["clock"], one["party"], one["seconds"]) for one in rows} == {
        ("sla", "response", "", 3600), ("sla", "resolution", "", 7200),
        ("contract", "acknowledgement", "hardware-vendor", 1800), ("contract", "resolution", "hardware-vendor", 28800),
    }  # fmt: skip
    shown = agreed("agreement", "show", "--customer", "acme").stdout
    assert "gold (customer acme) before the site's table (priority 1)" in shown
    assert "unknown team 'nobody'" in agreed.error("agreement", "show", "--team", "nobody", code=2)


@pytest.mark.requirement("SLA-05", "an SLA that its OLAs and contracts can't keep is found, with the worst moment")
def test_a_promise_that_can_t_be_kept_is_found(agreed: "Itsmkit") -> None:
    shown = agreed("agreement", "check", code=3).stdout
    assert "contract resolution hardware-vendor 8:00 office" in shown
    assert "resolution of gold (customer acme)" in shown
    rows = {one["why"]: one for one in agreed.json("agreement", "check", code=3) if one["clock"] == "resolution"}
    assert rows["the site's table (priority 4)"]["kept"] is True
    gold = next(one for why, one in rows.items() if why.startswith("gold"))
    assert gold["kept"] is False
    assert gold["late"] > 0
    doctor = agreed.json("doctor", code=3)
    assert any(one["part"] == "agreement" and "gold" in one["detail"] for one in doctor)


def test_without_olas_there_is_nothing_to_check(at_work: "Itsmkit") -> None:
    assert "No SLA rests on" in at_work("agreement", "check").stdout
    assert at_work.json("agreement", "check") == []


def test_reading_agreements_is_no_user_s_matter(at_work: "Itsmkit") -> None:
    assert "needs the duty" in at_work.error("--as", "ursula", "agreement", "show")
    assert "needs the duty" in at_work.error("--as", "ursula", "agreement", "check")


def test_a_wrong_rule_stops_the_desk_with_its_place(at_work: "Itsmkit") -> None:
    settings = at_work.site / "itsmkit.toml"
    settings.write_text(settings.read_text("utf-8") + RULES.replace("= 120", "= -1"), "utf-8")
    assert "agreements[4] 'gold': target 'resolution' must be longer than 0" in at_work.error("agreement", "show")
