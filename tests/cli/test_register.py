"""The register, business rules and the managers' tools on the command line."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.mark.requirement("ORG-07", "a suggestion from its noting to its end, with status, on the command line")
def test_a_suggestion_is_led_to_its_end(it: "Itsmkit") -> None:
    assert (
        "E26"
        in it(
            "--as", "anna", "register", "note", "--kind", "improvement", "--title", "Ask for the serial", "--dry-run"
        ).stdout
    )
    assert it.json("register", "list") == []
    noted = it.json(
        "--as",
        "anna",
        "register",
        "note",
        "--kind",
        "improvement",
        "--title",
        "Ask for the serial",
        "--text",
        "it lacks",
    )
    number = noted["number"]
    assert [one["records"] for one in it.json("--as", "maria", "queue") if one["name"] == "suggestions"] == [1]
    assert [one["number"] for one in it.json("--as", "maria", "queue", "suggestions")] == [number]
    for who, verb, *options in (
        ("maria", "forward", "--why", "a matter of the form"),
        ("olga", "accept", "--person", "anna"),
        ("anna", "done", "--result", "the form has a field"),
    ):
        it("--as", who, "register", verb, number, *options)
    shown = it("--as", "anna", "register", "show", number).stdout
    assert "the form has a field" in shown
    assert "a matter of the form" in shown
    assert [one["status"] for one in it.json("--as", "olga", "register", "list", "--kind", "improvement")] == ["done"]
    assert it.json("--as", "olga", "register", "list", "--open") == []
    assert "no entry" in it.error("--as", "ben", "register", "show", number)


@pytest.mark.requirement("ORG-08", "rules are published, read, and who has read them is known, on the command line")
def test_a_rule_is_published_and_read(it: "Itsmkit") -> None:
    number = it.json("--as", "maria", "rule", "publish", "--title", "Call first", "--text", "Call before you assign.")[
        "number"
    ]
    assert [one["number"] for one in it.json("--as", "ben", "rule", "list", "--unread")] == [number]
    assert "Call before you assign." in it("--as", "ben", "rule", "read", number).stdout
    assert "Call before you assign." in it("--as", "ben", "rule", "read", number).stdout, "read again it is read once"
    assert it.json("--as", "ben", "rule", "list", "--unread") == []
    assert [one["read"] for one in it.json("--as", "ben", "rule", "list")] == [True]
    read = {one["person"]: one["read"] is not None for one in it.json("--as", "maria", "rule", "readers", number)}
    assert {name for name, done in read.items() if done} == {"ben"}
    assert {"anna", "carol", "victor", "maria"} <= set(read)
    assert "needs the duty" in it.error("--as", "ben", "rule", "readers", number)


@pytest.mark.requirement("REP-05", "a notice is given, answered and settled, on the command line")
def test_a_notice_of_non_compliance(it: "Itsmkit") -> None:
    number = it.json(
        "--as", "maria", "register", "give-notice", "--person", "ben", "--step", "IM2.12", "--text", "late"
    )["number"]
    assert "no entry" in it.error("--as", "anna", "register", "show", number)
    assert "needs the duty manage" in it.error(
        "--as", "anna", "register", "give-notice", "--person", "ben", "--text", "late"
    )
    assert [one["number"] for one in it.json("--as", "ben", "queue", "to-answer")] == [number]
    it("--as", "ben", "register", "reply", number, "--text", "I was ill")
    it("--as", "maria", "register", "settle", number, "--result", "a deputy is named")
    assert it.json("--as", "ben", "register", "show", number)["status"] == "settled"


@pytest.mark.requirement("ORG-06", "measures with targets, on the command line")
def test_measures_and_the_list_in_chinese(it: "Itsmkit") -> None:
    it("--as", "olga", "register", "publish", "--kind", "measure", "--title", "首次解决率", "--target", "75 %")
    told = type(it)(it.site, columns=80)("--lang", "zh", "--as", "olga", "register", "list").stdout
    assert "生效中" in told
    assert "衡量指标" in told
    assert max(map(len, told.splitlines())) <= 80
    assert "登记改进建议" in it("--lang", "zh", "register", "--help").stdout


@pytest.mark.requirement("REP-03", "many tickets are reassigned at once, with a dry run, on the command line")
def test_many_tickets_are_reassigned(at_work: "Itsmkit") -> None:
    before = at_work.stored()
    foretold = at_work.json("--as", "maria", "ticket", "reassign", "T26-000001", "--to", "applications", "--dry-run")
    assert at_work.stored() == before
    done = at_work("--as", "maria", "ticket", "reassign", "T26-000001", "T26-999999", "--to", "applications", code=1)
    assert foretold == [
        {"number": "T26-000001", "old": "infrastructure", "team": "applications", "person": "", "refused": ""}
    ]
    assert "no ticket" in done.stdout
    assert at_work.json("ticket", "show", "T26-000001")["team"] == "applications"
    assert "say which" in at_work.error("--as", "maria", "ticket", "reassign", "--to", "applications")
    assert at_work.json("--as", "maria", "ticket", "reassign", "--queue", "silent", "--to", "applications") == []
