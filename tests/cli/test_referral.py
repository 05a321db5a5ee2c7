from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit


@pytest.fixture
def referring(it: "Itsmkit") -> "Itsmkit":
    """A site with a ticket that is with a vendor, by contract."""
    it("ticket", "report", "--title", "The storage is full", "--mail", "ursula@example.org", "--ci", "storage-1",
       "--kind", "incident", "--category", "server hardware")  # fmt: skip
    it("worker", "--once")
    it("--as", "anna", "ticket", "pass-on", "T26-000001", "--text", "nothing to delete")
    return it


@pytest.mark.requirement("INC-13", "straight to line 3 by contract, explained when asked, on the command line")
def test_what_a_contract_covers_goes_to_the_vendor_and_says_why(referring: "Itsmkit") -> None:
    assert referring.json("ticket", "show", "T26-000001")["team"] == "hardware-vendor"
    assert "contract storage covers ci storage-1" in referring("explain", "T26-000001").stdout
    (contract,) = referring.json("vendor", "show", "hardware-vendor")["contracts"]
    assert (contract["covers"], contract["runs"]) == (["storage-1", "storage-2"], True)
    assert [one["id"] for one in referring.json("--as", "victor", "vendor", "contracts")] == ["storage"]
    assert referring.json("--as", "ursula", "vendor", "list") == []
    assert "no vendor" in referring.error("--as", "ursula", "vendor", "show", "hardware-vendor")


@pytest.mark.requirement("INC-24", "a hand-over acknowledged, disputed and settled, on the command line")
def test_a_referral_is_led_to_its_end(referring: "Itsmkit") -> None:
    (one,) = referring.json("referral", "list", "--open", "--vendor", "hardware-vendor")
    assert (one["number"], one["about"], one["status"]) == ("V26-000001", "T26-000001", "referred")
    referring("--as", "victor", "referral", "acknowledge", "V26-000001", "--reference", "SR-4711")
    assert referring.json("--as", "anna", "ticket", "show", "hardware-vendor:SR-4711")["number"] == "T26-000001"
    assert referring.json("referral", "list", "--reference", "SR-4711")[0]["number"] == "V26-000001"
    referring("--as", "anna", "referral", "tell", "V26-000001", "--text", "how long will it take?")
    shown = referring("--as", "anna", "ticket", "show", "T26-000001").stdout
    assert "V26-000001  hardware-vendor  acknowledged  SR-4711" in shown
    assert "V26-000001" not in referring("--as", "ursula", "ticket", "show", "T26-000001").stdout
    assert "how long will it take?" in referring("--as", "victor", "referral", "show", "V26-000001").stdout
    referring("--as", "victor", "referral", "not-ours", "V26-000001", "--evidence", "no disk of ours")
    assert [one["number"] for one in referring.json("--as", "maria", "queue", "to-rule")] == ["T26-000001"]
    referring("--as", "maria", "referral", "settle", "V26-000001", "--upheld", "--reason", "so it is")
    end = referring.json("referral", "show", "V26-000001")
    assert (end["status"], end["outcome"], end["ruling"]) == ("closed", "not_theirs", "so it is")
    assert referring.json("ticket", "show", "T26-000001")["team"] == "service-desk"
    referring("--as", "maria", "ticket", "assign", "T26-000001", "--team", "hardware-vendor")
    again = referring.json("referral", "list", "--reference", "SR-4711")
    assert [(one["number"], one["status"]) for one in again] == [("V26-000002", "referred")]
    referring("verify")


def test_what_is_none_of_ones_business_is_refused_in_one_line(referring: "Itsmkit") -> None:
    assert "no referral" in referring.error("--as", "ursula", "referral", "show", "V26-000001")
    assert "needs the duty lead or manage" in referring.error(
        "--as", "victor", "referral", "settle", "V26-000001", "--upheld", "--reason", "x"
    )
    assert "no referral" in referring.error(
        "--as", "victor", "referral", "settle", "T26-000001", "--not-upheld", "--reason", "x"
    )


@pytest.mark.requirement("INC-26", "help asked on the command line")
def test_help_is_asked_and_given(referring: "Itsmkit") -> None:
    referring("--as", "anna", "ticket", "ask-help", "T26-000001", "--person", "ben", "--text", "is it the old one?")
    told = type(referring)(referring.site, columns=80)("--lang", "zh", "referral", "list").stdout
    assert "已转办" in told
    assert max(map(len, told.splitlines())) <= 80
    referring("--as", "ben", "referral", "done", "V26-000002", "--solution", "it is")
    assert "it is" in referring("--as", "anna", "ticket", "show", "T26-000001").stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[x]\nname = "X"\nvendor = "hardware-vendor"\n', "covers nothing"),
        ('[x]\nname = "X"\nservices = ["erp"]\n', "vendor is missing"),
        ('[x]\nname = "X"\nvendor = "v"\nservices = ["erp"]\nuntil = "soon"\n', "where a date"),
        (
            '[x]\nname = "X"\nvendor = "v"\nservices = ["erp"]\nsince = "2027-01-01"\nuntil = "2026-01-01"\n',
            "ends before",
        ),
    ],
)
def test_a_contract_that_can_t_be_is_refused(it: "Itsmkit", text: str, says: str) -> None:
    (it.site / "contracts.toml").write_text(text, "utf-8")
    before = it.stored()
    assert says in it.error("site", "load")
    assert it.stored() == before


@pytest.mark.requirement("ORG-01", "what a vendor has and the site can't hold any more is named")
def test_the_doctor_names_what_a_change_of_vendors_leaves_behind(referring: "Itsmkit") -> None:
    assert not [one for one in referring.json("doctor") if one["part"] == "model"]
    contracts, teams = referring.site / "contracts.toml", referring.site / "teams.toml"
    contracts.write_text(contracts.read_text("utf-8") + 'until = "2026-01-02"\nteam = "applications"\n', "utf-8")
    teams.write_text(teams.read_text("utf-8") + '\n[stray]\nname = "Stray"\nline = 3\nvendor = "nobody"\n', "utf-8")
    referring("site", "load")
    found = {(one["name"], one["detail"]) for one in referring.json("doctor", code=3) if one["part"] == "model"}
    assert found == {
        ("stray", "there is no vendor nobody; name it in vendors.toml"),
        ("storage", "its team applications is none of vendor hardware-vendor"),
        ("T26-000001", "it is with vendor hardware-vendor, none of whose contracts runs any more"),
    }


def test_a_dispute_reads_in_chinese_from_its_evidence_to_its_ruling(referring: "Itsmkit") -> None:
    referring("--as", "victor", "referral", "not-ours", "V26-000001", "--evidence", "the disk is sound")
    referring("referral", "settle", "V26-000001", "--upheld", "--reason", "so it is")
    said = referring("--lang", "zh", "referral", "show", "V26-000001").stdout
    assert not {"Home", "Evidence", "Ruling", "Ruled", "evidence:"} & set(said.split())
    assert {"证据", "裁定意见", "裁定人"} <= set(said.split())
