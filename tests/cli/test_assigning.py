"""Who a ticket goes to, on the command line: people's fields from the site's files, and the why of it."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

EXPERT = "id,name,roles,teams,fields,languages\nerin,Erin Moss,support,applications,{},en;zh\n"


@pytest.mark.requirement("INC-17", "fields and languages come from the site's files, TOML and CSV")
@pytest.mark.requirement("INC-17", "`explain` tells why it went to whom it did")
def test_a_ticket_goes_to_who_knows_its_field_and_explain_says_so(it: "Itsmkit") -> None:
    (it.site / "people.csv").write_text(EXPERT.format("application system;erp"), "utf-8")
    with (it.site / "people.toml").open("a", encoding="utf-8") as people:
        people.write('[fay]\nname = "Fay Lee"\nteams = ["infrastructure"]\nfields = ["servers"]\nlanguages = ["zh"]\n')
    it("site", "load")
    known = {one["id"]: (one["expertise"], one["languages"]) for one in it.json("person", "list")}
    assert known["erin"] == (["application system", "erp"], ["en", "zh"])
    assert known["fay"] == (["servers"], ["zh"])
    it("ticket", "report", "--title", "The ERP shows an error", "--mail", "ursula@example.org")
    it("worker", "--once")
    it("--as", "anna", "ticket", "pass-on", "T26-000001", "--text", "looked at it")
    assert it.json("ticket", "show", "T26-000001")["assignee"] == "erin"
    (why,) = (one["because"] for one in it.json("explain", "T26-000001") if "erin" in one["because"])
    assert why.endswith("; erin: category application system and language en")


@pytest.mark.requirement("INC-17", "fields and languages are validated")
def test_a_language_that_is_none_is_refused_and_an_unknown_field_named(it: "Itsmkit") -> None:
    (it.site / "people.csv").write_text(EXPERT.replace("en;zh", "English").format("erp"), "utf-8")
    assert "person erin: 'English' is no language; write its code, such as en or zh" in it.error("site", "load")
    (it.site / "people.csv").write_text(EXPERT.format("gardening"), "utf-8")
    it("site", "load")
    assert "the field gardening is neither a category nor a service here" in it("doctor", code=3).stdout


@pytest.mark.requirement("ORG-09", "who is on a team's roster and can't be given its tickets is named")
def test_a_roster_with_somebody_who_can_t_take_the_tickets_is_named(it: "Itsmkit") -> None:
    (it.site / "rotas.toml").write_text(
        '[day]\nname = "Day"\nteam = "applications"\nweek = ["mon-sun 00:00-24:00 victor ursula carol"]\n', "utf-8"
    )
    it("site", "load")
    said = [one["detail"] for one in it.json("escalation", "check", code=1)]
    begins = "can't be given the tickets of team applications: "
    assert said == [
        f"ursula {begins}ursula has no duty to work on tickets",
        f"victor {begins}victor works for vendor hardware-vendor",
    ]
