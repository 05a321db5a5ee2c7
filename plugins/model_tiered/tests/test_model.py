"""The tiered model: duties and scopes by role, lines by team, the team that fits a ticket best."""

import pytest

from itsmkit import (
    BadInput,
    Desk,
    Duty,
    NotAllowed,
    NotFound,
    Organisation,
    Person,
    Report,
    RoleModel,
    Site,
    Team,
    Ticket,
)
from itsmkit.testing import PluginContract, desk, reported, ticket
from itsmkit_model_tiered import ROLES, Settings, plugin


def model(settings: Settings) -> RoleModel:
    """The model that the plugin gives for those settings."""
    given: RoleModel = plugin(settings).itsmkit_organisation()  # type: ignore[attr-defined]
    return given


MODEL = model(Settings())
TEAMS = (
    Team(id="desk", name="Service desk"),
    Team(id="net", name="Networks", line=2, categories=("network",)),
    Team(id="mail", name="Mail", line=2, services=("mail",), languages=("zh",)),
    Team(id="zh", name="Chinese", line=2, languages=("zh",)),
    Team(id="acme", name="Acme", line=3, vendor="acme", categories=("network",)),
)
SITE = Site("Site", "UTC", "en", "example.org", TEAMS)


class TestContract(PluginContract):
    def plugin(self) -> object:
        return plugin(Settings())


def chosen(about: Ticket, line: int, site: Site = SITE) -> tuple[str, int, str]:
    found = MODEL.assignment(about, line, site)
    assert found is not None
    return found.team, found.line, found.why


@pytest.mark.requirement("INC-17", "assignment proposes by category, then by field and language")
@pytest.mark.parametrize(
    ("told", "team", "why"),
    [
        ({"category": "network"}, "net", "category network"),
        ({"category": "network", "service": "mail", "language": "zh"}, "net", "category network"),
        ({"service": "mail"}, "mail", "service mail"),
        ({"service": "mail", "language": "zh"}, "mail", "service mail and language zh"),
        ({"language": "zh"}, "mail", "language zh"),
        ({}, "mail", "no team fits better"),
    ],
)
def test_the_team_that_fits_best(told: dict[str, str], team: str, why: str) -> None:
    assert chosen(ticket(**told), 2) == (team, 2, f"line 2: {why}")


@pytest.mark.requirement("ORG-04", "the number of lines is configurable")
def test_a_line_without_a_team_is_skipped() -> None:
    two = Site("Site", "UTC", "en", "example.org", tuple(one for one in TEAMS if one.line != 2))
    assert MODEL.lines(two) == (1, 3)
    assert chosen(ticket(), 2, two)[:2] == ("acme", 3)


def test_behind_the_last_line_is_nobody() -> None:
    assert MODEL.assignment(ticket(), 4, SITE) is None
    assert MODEL.assignment(ticket(), 1, Site("Empty", "UTC", "en", "example.org")) is None


def test_the_vendor_of_a_line_is_named() -> None:
    found = MODEL.assignment(ticket(), 3, SITE)
    assert found is not None
    assert found.vendor == "acme"


def person(*roles: str, **told: object) -> Person:
    return Person(id="p", name="P", roles=roles, **told)  # type: ignore[arg-type]


@pytest.mark.requirement("ORG-02", "duties are enforced as permissions and scopes")
def test_duties_are_those_of_all_roles_and_unknown_ones_add_nothing() -> None:
    assert MODEL.duties(person()) == {Duty.REPORT}
    assert MODEL.duties(person("no such role")) == {Duty.REPORT}
    assert MODEL.duties(person("support", "process_owner")) == (ROLES["support"].duties | ROLES["process_owner"].duties)
    assert Duty.HANDLE not in MODEL.duties(person("administrator"))


MANAGERS = {"incident_manager", "problem_manager"}
DONE: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("coordinates daily operation", "assign", "ticket", {"team": "mail"}),
    ("determines changes of the process", "accept", "process_change", {}),
    ("manages exceptions", "accept", "exception", {}),
    ("communicates business rules", "publish", "", {"kind": "rule", "title": "so"}),
    ("commits and allocates resources", "commit-resources", "", {"staff": "service_desk", "title": "so"}),
    ("implements improvements", "accept", "improvement", {}),
    ("suggests them to the process owner", "forward", "improvement", {}),
    ("manages templates", "publish", "", {"kind": "template", "title": "so"}),
    ("gives notice of non-compliance", "give-notice", "", {"text": "too late", "person": "support"}),
    ("handles non-compliance", "settle", "notice", {"result": "talked about"}),
    ("judges escalations", "withhold", "ticket", {"why": "it comes by itself"}),
)
"""Rows of the duty table, what is done for each and to what: the two managers may, line 1 and 2 may not."""


@pytest.mark.requirement("ORG-02", "each row of the duty table is what its managers may do, and no others")
def test_each_row_of_the_duty_table_is_what_the_managers_may_do() -> None:
    staff = (*sorted(MANAGERS), "service_desk", "support")
    people = [Person(id=role, name=role, roles=(role,), teams=("net",)) for role in (*staff, "user")]
    with desk(model="tiered", use=("model_tiered",), records=(*TEAMS, *people)) as made:
        line_1, boss = made.principal("service_desk"), made.principal("incident_manager")
        about = {kind: made.begin("note", line_1, kind=kind, title=kind).number
                 for kind in ("process_change", "exception", "improvement")}  # fmt: skip
        about["notice"] = made.begin("give-notice", boss, text="too late", person="support").number
        about["ticket"] = made.report(Report("The network is down"), made.principal("user")).number
        for said, verb, what, params in DONE:
            may = set()
            for who in staff:
                try:
                    _tried(made, who, verb, about.get(what, ""), params)
                except (NotAllowed, NotFound):
                    continue
                except BadInput:
                    assert verb == "withhold"  # nothing is to be judged, but they might
                may.add(who)
            assert may - {"service_desk"} == MANAGERS, said
            assert ("service_desk" in may) == (verb == "assign"), said
    watched = {role for role in staff if Duty.WATCH in ROLES[role].duties}
    chaired = {role for role in staff if {Duty.CHAIR, Duty.READ_REPORTS} <= ROLES[role].duties}
    assert watched == chaired == MANAGERS


def _tried(made: Desk, who: str, verb: str, number: str, params: dict[str, object]) -> None:
    by = made.principal(who)
    if number:
        made.do(verb, number, by, dry_run=True, **params)
    else:
        made.begin(verb, by, dry_run=True, **params)


@pytest.mark.requirement("ORG-02", "who sees what follows from the role")
@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (person(), {"own"}),
        (person("user", teams=("net",)), {"own"}),
        (person("support", teams=("net",)), {"own", "team"}),
        (person("department_manager", department="fin"), {"own", "department"}),
        (person("service_desk"), {"own", "team", "department", "other"}),
        (person("incident_manager"), {"own", "team", "department", "other"}),
        (person("administrator"), {"own"}),
    ],
)
def test_what_a_role_sees(who: Person, sees: set[str]) -> None:
    reaches = {
        "own": ("person:p",),
        "team": ("team:net",),
        "department": ("dept:fin",),
        "other": ("team:db", "person:q"),
    }
    assert {name for name, reach in reaches.items() if MODEL.scope(who).sees(reach)} == sees


@pytest.mark.requirement("ORG-02", "what is shown of a ticket follows from the role")
@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("user", {"public", "personal"}),
        ("support", {"public", "personal", "internal"}),
        ("vendor_support", {"public", "vendor"}),
        ("process_owner", {"public", "internal"}),
        ("department_manager", {"public"}),
    ],
)
def test_what_a_role_is_shown_of_a_ticket(role: str, shown: set[str]) -> None:
    assert MODEL.scope(person(role)).audiences == shown


def test_a_vendor_s_staff_see_what_is_assigned_to_their_vendor() -> None:
    scope = MODEL.scope(person("vendor_support", vendor="acme"))
    assert scope.sees(("vendor:acme",))
    assert not scope.sees(("vendor:ace",))


def test_escalations_reach_the_role_of_the_settings() -> None:
    assert MODEL.reporting_line("manager", ticket()) == "incident_manager"
    assert model(Settings({"manager": "process_owner"})).reporting_line("manager", ticket()) == "process_owner"
    assert MODEL.reporting_line("incident_manager", ticket()) == "incident_manager"
    assert MODEL.reporting_line("the pope", ticket()) == ""


@pytest.mark.requirement("ORG-01", "a model is picked in the configuration")
def test_a_desk_runs_by_it() -> None:
    agent = Person(id="bob", name="Bob", roles=("service_desk",))
    with desk(
        model="tiered",
        use=("model_tiered",),
        records=(*TEAMS, agent, Person(id="ann", name="Ann", mails=("ann@example.org",))),
    ) as made:
        assert made.troubles == ()
        assert reported(made).team == "desk"
        in_force: Organisation | None = made.setup.organisation
        assert in_force is not None
        assert in_force.name == "tiered"
