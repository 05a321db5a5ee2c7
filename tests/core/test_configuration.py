"""Configuration items: verified at intake, wrong and changed data told their manager, the standard compared."""

from typing import Any

import pytest

from itsmkit import RULES, BadInput, Desk, Duty, KeyTaken, NotAllowed, Person, Scope, Status, Ticket, drafts_by_rules
from itsmkit.core.configuration import deviations
from itsmkit.core.model.configuration import CiNotice, ConfigurationItem
from itsmkit.testing import MovedClock, answering, brought_to, desk, reported
from itsmkit.testing.desks import PEOPLE, SERVICES, TEAMS, PlainModel

CIS = (
    ConfigurationItem(id="sw-7", name="Switch 7", aliases=("switch seven",), standard=("firmware = 7.1", "ports: 48")),
    ConfigurationItem(id="pc-1", name="PC 1"),
)
INC_05, INC_28, INC_43 = "INC-05", "INC-28", "INC-43"


class Model(PlainModel):
    """The plain model with a configuration manager."""

    def roles(self) -> tuple[str, ...]:
        return (*super().roles(), "configuration")

    def duties(self, person: Person) -> frozenset[Duty]:
        more = frozenset({Duty.CONFIGURE}) if "configuration" in person.roles else frozenset()
        return super().duties(person) | more

    def scope(self, person: Person) -> Scope:
        everybody = Scope(frozenset(), frozenset({"public", "internal"}), everything=True)
        return everybody if "configuration" in person.roles else super().scope(person)


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    konrad = Person(id="konrad", name="Konrad", roles=("configuration",))
    model = {"offices": answering("itsmkit_organisation", Model())}
    return desk(clock, model, records=(*TEAMS, *SERVICES, *PEOPLE, konrad, *CIS))


def step(made: Desk, ticket: Ticket) -> Any:
    found = (one for one in made.history(ticket.number, made.principal("bob")) if one.step == "IM1.4")
    return next(found)


def does(made: Desk, by: str, verb: str, number: str = "CN26-000001", **params: Any) -> CiNotice:
    done: CiNotice = made.do(verb, number, made.principal(by), **params)
    return done


@pytest.mark.requirement(INC_05, "verifies the configuration item named in the report")
@pytest.mark.parametrize(
    ("told", "outcome", "ci"),
    [
        ("sw-7", "right", "sw-7"),
        ("Switch  Seven", "corrected", "sw-7"),
        ("SW-7", "corrected", "sw-7"),
        ("sw-8", "unknown", "sw-8"),
        ("", "none", ""),
    ],
)
def test_the_item_is_verified_by_the_site_s_table(made: Desk, told: str, outcome: str, ci: str) -> None:
    ticket = reported(made, ci=told)
    assert (step(made, ticket).outcome, ticket.ci) == (outcome, ci)


@pytest.mark.requirement(INC_05, "a plugin answers for a real CMDB")
def test_a_plugin_is_asked_before_the_table(clock: MovedClock) -> None:
    made = desk(clock, {"cmdb": answering("itsmkit_lookup", "SW-0007")}, records=(*TEAMS, *SERVICES, *PEOPLE, *CIS))
    ticket = reported(made, ci="sw-7")
    assert (ticket.ci, step(made, ticket).by) == ("SW-0007", "plugin:cmdb")


def test_two_items_of_one_name_are_refused(made: Desk) -> None:
    twin = ConfigurationItem(id="other", name="Other", aliases=("SW-7",))
    with pytest.raises(KeyTaken, match="ci:sw-7"):
        list(made.load([twin], made.service("test")))


@pytest.mark.requirement(INC_05, "where it is wrong the correct data are reported to the configuration manager")
def test_the_correct_data_go_to_the_configuration_manager(made: Desk) -> None:
    ticket = reported(made, ci="sw-8")
    after = made.do("correct-ci", ticket.number, made.principal("bob"), ci="sw-7", text="it stands in hall 3")
    assert (after.ci, after.children[0].number) == ("sw-7", "CN26-000001")
    (one,) = made.queue("ci-notices", made.principal("konrad"))
    assert (one.sort, one.ci, one.text, one.title) == (
        "correction", "sw-7", "it stands in hall 3", "sw-7: it stands in hall 3")  # fmt: skip
    event = next(one for one in made.history(ticket.number, made.principal("bob")) if one.code == "correct-ci")
    assert [(draft.rule, draft.to, draft.args["said"]) for draft in drafts_by_rules(RULES, "email", event, after)] == [
        ("configuration", "role:configuration", "it stands in hall 3")]  # fmt: skip
    end = does(made, "konrad", "take-over", result="entered")
    assert (end.outcome, end.status) == ("taken", "closed")
    assert made.queue("ci-notices", made.principal("konrad")) == ()
    assert made.ticket(ticket.number, made.principal("bob")).children == ()
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_43, "changed attributes are submitted by line 1 to the configuration manager")
def test_what_the_work_changed_is_handed_in_before_the_ticket_closes(made: Desk) -> None:
    ticket = brought_to(made, "IM3.1", ci="sw-7")
    made.do("resolve", ticket.number, made.principal("carol"), solution="mended", ci_change="firmware 7.2", backup=True)
    stands = made.do("confirm", ticket.number, made.principal("ann"))
    assert (stands.step, stands.status) == ("IM5.4", Status.RESOLVED)
    assert [one.number for one in made.queue("to-submit", made.principal("bob"))] == [ticket.number]
    with pytest.raises(NotAllowed):
        made.do("submit-ci", ticket.number, made.principal("carol"))
    after = made.do("submit-ci", ticket.number, made.principal("bob"))
    assert after.status is Status.CLOSED
    (one,) = made.queue("ci-notices", made.principal("konrad"))
    assert (one.sort, one.ci, one.text, one.told_by) == ("changed", "sw-7", "firmware 7.2", "bob")
    assert does(made, "konrad", "reject", reason="rolled back").outcome == "rejected"
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_28, "diagnosis compares with the standard configuration; the cause found is recorded")
def test_the_diagnosis_compares_with_the_standard(made: Desk) -> None:
    ticket = brought_to(made, "IM3.1", ci="sw-7", configuration="Firmware = 6.9; ports = 48; colour = red")
    after = made.do("diagnose", ticket.number, made.principal("carol"), cause="an old firmware")
    event = made.history(ticket.number, made.principal("carol"))[-1]
    assert (after.cause, event.args["compared"], event.args["deviates"]) == ("an old firmware", "sw-7", 1)
    assert event.personal["deviations"] == "firmware = 6.9 (7.1)"
    found = made.do("diagnose", ticket.number, made.principal("carol"), cause="x", configuration="firmware = 7.1")
    assert found.configuration == "firmware = 7.1"
    assert made.history(ticket.number, made.principal("carol"))[-1].args["deviates"] == 0


def test_only_what_was_found_otherwise_deviates() -> None:
    standard = ("os = Windows 11", "memory: 16 GB", "no setting")
    assert list(deviations(standard, "OS: windows 11\nmemory = 8 GB")) == [("memory", "16 GB", "8 GB")]


@pytest.mark.parametrize(("verb", "params"), [("correct-ci", {"text": "x"}), ("submit-ci", {})])
def test_nothing_to_tell_is_refused(made: Desk, verb: str, params: dict[str, str]) -> None:
    ticket = reported(made)
    with pytest.raises(BadInput, match=ticket.number):
        made.do(verb, ticket.number, made.principal("bob"), **params)
