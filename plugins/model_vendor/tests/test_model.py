"""The model of IS and vendor managers: the duty table of requirements §5, contracts, and who may steer what."""

from collections.abc import Iterator

import pytest

from itsmkit import (
    BadInput,
    Contact,
    Contract,
    Desk,
    Duty,
    NotAllowed,
    NotFound,
    Person,
    Report,
    RoleModel,
    Site,
    Team,
    Ticket,
)
from itsmkit.testing import MovedClock, PluginContract, desk, ticket
from itsmkit_model_vendor import ROLES, Settings, plugin

TEAMS = (
    Team(id="desk", name="Service desk"),
    Team(id="net", name="Networks", line=2, categories=("network", "database")),
    Team(id="acme", name="Acme", line=3, vendor="acme", categories=("network",)),
    Team(id="acme-night", name="Acme at night", line=3, vendor="acme"),
    Team(id="ace", name="Ace", line=3, vendor="ace", services=("payroll",)),
)
CONTRACTS = (
    Contract(id="lan", name="The network", vendor="acme", categories=("network",)),
    Contract(id="pay", name="Payroll", vendor="ace", services=("payroll",)),
)
SITE = Site("Site", "UTC", "en", "example.org", TEAMS, contracts=CONTRACTS)


def _person(id_: str, *roles: str, **told: object) -> Person:
    return Person(id=id_, name=id_.title(), mails=(f"{id_}@example.org",), roles=roles, **told)  # type: ignore[arg-type]


PEOPLE = (
    _person("ann", "user", phone="+1555"),
    _person("bob", "service_desk"),
    _person("nora", "analyst", teams=("net",)),
    _person("ida", "is_incident_manager"),
    _person("petra", "is_problem_manager"),
    _person("olga", "process_owner"),
    _person("root", "administrator"),
    *(
        _person(f"{vendor}-{role.removeprefix('vendor_')}", role, vendor=vendor, teams=(vendor,))
        for vendor in ("acme", "ace")
        for role in ("vendor_analyst", "vendor_incident_manager", "vendor_problem_manager")
    ),
)
ACME, ACE = "acme-incident_manager", "ace-incident_manager"


def model(settings: Settings) -> RoleModel:
    """The model that the plugin gives for those settings."""
    given: RoleModel = plugin(settings).itsmkit_organisation()  # type: ignore[attr-defined]
    return given


MODEL = model(Settings())


class TestContract(PluginContract):
    def plugin(self) -> object:
        return plugin(Settings())


@pytest.fixture
def made() -> Iterator[Desk]:
    with desk(MovedClock(), model="vendor", use=("model_vendor",), records=(*TEAMS, *CONTRACTS, *PEOPLE)) as opened:
        yield opened


def with_acme(made: Desk, **told: int) -> Ticket:
    """A ticket that the service desk passed on, to the vendor whose contract covers it."""
    number = made.report(Report("The network is down", **told), made.principal("ann")).number
    made.do("pass-on", number, made.principal("bob"))
    return made.ticket(number, made.principal("ida"))


DUTIES = (
    ("coordinates daily operation, sees to the steps, escalates, gives notice", Duty.MANAGE, "IS-IM IS-PM V-IM V-PM"),
    ("determines changes of the process", Duty.DETERMINE, "IS-IM"),
    ("collects and manages exceptions", Duty.COLLECT, "IS-IM IS-PM"),
    ("commits and allocates resources", Duty.COMMIT, "V-IM V-PM"),
    ("implements improvements", Duty.IMPROVE, "IS-IM IS-PM V-IM"),
    ("management reports", Duty.READ_REPORTS, "IS-IM IS-PM V-IM"),
    ("manages templates", Duty.TEMPLATES, "IS-IM IS-PM V-IM"),
    ("handles non-compliance", Duty.ENFORCE, "IS-IM V-IM V-PM"),
    ("chairs the review of the highest severity", Duty.CHAIR, "IS-IM IS-PM"),
    ("watches open tickets, their data and who has them", Duty.WATCH, "V-IM V-PM"),
)
"""The rows of the duty table by the duty that stands for each."""
SHORT = {"IS-IM": "is_incident_manager", "IS-PM": "is_problem_manager",
         "V-IM": "vendor_incident_manager", "V-PM": "vendor_problem_manager"}  # fmt: skip


@pytest.mark.requirement("ORG-02", "duties are enforced as permissions and scopes")
@pytest.mark.requirement("ORG-03", "who watches open tickets and who chairs reviews is a duty of the role")
@pytest.mark.parametrize(("said", "duty", "whose"), DUTIES)
def test_the_duties_are_those_of_the_table(said: str, duty: Duty, whose: str) -> None:
    assert {name for name, role in SHORT.items() if duty in ROLES[role].duties} == set(whose.split()), said


MANAGERS = {"IS-IM": "ida", "IS-PM": "petra", "V-IM": "acme-incident_manager", "V-PM": "acme-problem_manager"}
NOTE = {"text": "too late", "person": "acme-analyst"}
DONE: tuple[tuple[str, str, str, dict[str, object], str], ...] = (
    ("coordinates daily operation", "assign", "ticket", {"team": "acme-night"}, "IS-IM IS-PM V-IM V-PM"),
    ("identifies changes of the process", "note", "", {"kind": "process_change"}, "IS-IM IS-PM V-IM V-PM"),
    ("determines changes of the process", "accept", "process_change", {}, "IS-IM"),
    ("identifies exceptions", "note-exception", "ticket", {"title": "by phone"}, "IS-IM IS-PM V-IM V-PM"),
    ("manages exceptions", "accept", "exception", {}, "IS-IM IS-PM"),
    ("reports exceptions to IS", "forward", "exception", {}, "IS-IM IS-PM V-IM V-PM"),
    ("communicates business rules", "publish", "", {"kind": "rule"}, "IS-IM IS-PM V-IM V-PM"),
    ("asks the vendor's manager for resources", "ask-resources", "", {"vendor": "acme"}, "IS-IM IS-PM"),
    ("reviews resources", "review", "committed", {"enough": True}, "IS-IM IS-PM"),
    ("commits and allocates resources", "commit", "asked", {"staff": "acme-analyst"}, "V-IM V-PM"),
    ("identifies improvements", "note", "", {"kind": "improvement"}, "IS-IM IS-PM V-IM V-PM"),
    ("implements improvements", "accept", "improvement", {}, "IS-IM IS-PM V-IM"),
    ("suggests them above", "forward", "improvement", {}, "IS-IM IS-PM V-IM V-PM"),
    ("manages templates", "publish", "", {"kind": "template"}, "IS-IM IS-PM V-IM"),
    ("gives notice of non-compliance", "give-notice", "", NOTE, "IS-IM IS-PM V-IM V-PM"),
    ("handles non-compliance", "settle", "notice", {"result": "talked about"}, "IS-IM V-IM V-PM"),
    ("escalates", "escalate", "ticket", {"why": "no progress"}, "IS-IM IS-PM V-IM V-PM"),
)
"""Rows of the duty table, what is done for each and to what, and which managers may do it."""


@pytest.mark.requirement("ORG-02", "each row of the duty table is what its managers may do, and no others")
@pytest.mark.requirement("ORG-02", "only IS determines process changes")
def test_each_row_of_the_duty_table_is_what_its_managers_may_do(made: Desk) -> None:
    def begun(who: str, what: str, **params: object) -> str:
        number: str = made.begin(what, made.principal(who), **params).number
        return number

    noted = {kind: begun("acme-analyst", "note", kind=kind, title=kind)
             for kind in ("process_change", "exception", "improvement")}  # fmt: skip
    asked = begun("ida", "ask-resources", vendor="acme", title="the move")
    committed = begun(ACME, "commit-resources", title="the move", staff="acme-analyst")
    about = {**noted, "ticket": with_acme(made).number, "asked": asked, "committed": committed}
    about["notice"] = begun("ida", "give-notice", **NOTE)
    for said, verb, what, params, whose in DONE:
        told = {"title": "so", **params} if verb in ("note", "publish", "ask-resources") else params
        may = set()
        for short, who in MANAGERS.items():
            by = made.principal(who)
            try:
                made.do(verb, about[what], by, dry_run=True, **told) if what else made.begin(
                    verb, by, dry_run=True, **told
                )
            except NotAllowed:
                continue
            may.add(short)
        assert may == set(whose.split()), said


@pytest.mark.requirement(
    "ORG-02", "contact to customers is no duty of a vendor's managers: nobody's addresses are shown"
)
def test_who_is_shown_how_customers_are_reached(made: Desk) -> None:
    told = Report("The network is down", contact=Contact(name="Ann", mail="somebody@example.org"))
    number = made.report(told, made.principal("bob")).number
    made.do("assign", number, made.principal("ida"), team="acme")
    shown = {short for short, who in MANAGERS.items() if made.ticket(number, made.principal(who)).contact.mail}
    assert shown == {"IS-IM", "IS-PM"}


@pytest.mark.requirement("ORG-02", "a vendor manager sees and steers its vendor's tickets only")
def test_a_vendor_s_manager_sees_what_is_with_the_vendor_and_nothing_inside(made: Desk) -> None:
    one = with_acme(made)
    made.do("log", one.number, made.principal("bob"), text="between ourselves")
    seen = made.ticket(one.number, made.principal(ACME))
    assert (seen.contact.mail, seen.contact.phone, seen.version, seen.timeline) == ("", "", 0, ())
    assert "log" not in [one.code for one in made.history(one.number, made.principal(ACME))]
    for who in (ACE, "ace-analyst", "ace-problem_manager", "nora"):
        with pytest.raises(NotFound):
            made.ticket(one.number, made.principal(who))
        with pytest.raises(NotFound):
            made.do("assign", one.number, made.principal(who), team="net")


@pytest.mark.requirement("ORG-02", "a vendor manager sees and steers its vendor's tickets only")
def test_a_vendor_s_manager_gives_work_within_the_vendor(made: Desk) -> None:
    one, manager = with_acme(made), made.principal(ACME)
    made.do("assign", one.number, manager, team="acme-night", person="acme-analyst")
    assert made.ticket(one.number, made.principal("ida")).assignee == "acme-analyst"
    for team in ("ace", "net"):
        with pytest.raises(NotAllowed, match="within their vendor"):
            made.do("assign", one.number, manager, team=team)
    with pytest.raises(BadInput, match="unknown person 'ace-analyst'"):
        made.do("assign", one.number, manager, team="acme", person="ace-analyst")
    made.do("assign", one.number, made.principal("ida"), team="ace")
    with pytest.raises(NotFound):
        made.ticket(one.number, manager)


@pytest.mark.requirement("ORG-02", "IS sees all and may always act")
def test_is_may_always_act(made: Desk) -> None:
    one = with_acme(made)
    for who in ("ida", "petra"):
        made.do("comment", one.number, made.principal(who), text="how far is it?")
        assert made.ticket(one.number, made.principal(who)).version


@pytest.mark.requirement("ORG-02", "a vendor's staff have no duties of the house")
def test_a_role_of_the_house_on_a_vendor_s_staff_is_of_no_effect() -> None:
    astray = Person(id="x", name="X", roles=("is_incident_manager", "vendor_analyst"), vendor="acme")
    assert MODEL.duties(astray) == ROLES["vendor_analyst"].duties
    assert not MODEL.scope(astray).everything
    assert MODEL.scope(astray).audiences == {"public", "vendor"}


@pytest.mark.requirement("ORG-02", "the process owner is shown nobody's addresses, the administrator nothing of others")
def test_owner_and_administrator(made: Desk) -> None:
    one = with_acme(made)
    assert made.ticket(one.number, made.principal("olga")).contact.mail == ""
    with pytest.raises(NotFound):
        made.ticket(one.number, made.principal("root"))


@pytest.mark.requirement("USR-01", "nothing of others")
def test_a_user_sees_their_own(made: Desk) -> None:
    one = with_acme(made)
    assert made.ticket(one.number, made.principal("ann")).title == "The network is down"
    other = made.report(Report("Mine"), made.principal("nora")).number
    with pytest.raises(NotFound):
        made.ticket(other, made.principal("ann"))


@pytest.mark.requirement("ORG-02", "a vendor's manager explains access, and names deputies, within the vendor only")
def test_a_vendor_s_manager_asks_about_their_own(made: Desk, clock: MovedClock) -> None:
    one = with_acme(made)
    manager = made.principal(ACME)
    assert [rule.holds for rule in made.permits("acme-analyst", "comment", one.number, by=manager)][:2] == [True, True]
    with pytest.raises(NotFound):
        made.permits("ace-analyst", "comment", one.number, by=manager)
    made.do("assign", one.number, made.principal("ida"), team="net")
    with pytest.raises(NotFound):
        made.permits("acme-analyst", "comment", one.number, by=manager)
    until = clock().replace(year=clock().year + 1)
    made.deputise("acme-analyst", "acme-problem_manager", None, until, by=manager)
    with pytest.raises(NotFound):
        made.deputise("ace-analyst", "ace-problem_manager", None, until, by=manager)


@pytest.mark.requirement("ORG-03", "open tickets are watched by the vendor's managers, as work lists of their own")
def test_a_vendor_s_manager_watches_what_is_late_with_the_vendor(clock: MovedClock) -> None:
    records = (*TEAMS, *CONTRACTS, *PEOPLE)
    with desk(clock, model="vendor", use=("model_vendor", "sla_default"), records=records) as made:
        one = with_acme(made)
        clock.advance(days=30)
        made.tick()
        (late,) = made.queue("overdue", made.principal(ACME))
        assert (late.number, late.clocks, late.contact.mail) == (one.number, (), "")
        assert made.queue("overdue", made.principal(ACE)) == ()
        assert [each.number for each in made.queue("overdue", made.principal("ida"))] == [one.number]
        with pytest.raises(NotAllowed):
            made.queue("overdue", made.principal("ann"))


@pytest.mark.requirement("ORG-03", "a closed ticket of the highest severity is a review to be made")
@pytest.mark.requirement("ORG-02", "only IS chairs reviews")
def test_only_is_chairs_the_review_of_the_highest_severity(made: Desk) -> None:
    one = with_acme(made, impact=1, urgency=1)
    boss = made.principal("ida")
    closed(made, one.number)
    assert [each.number for each in made.queue("to-review", boss)] == [one.number]
    for who in (ACME, "bob", "olga"):
        with pytest.raises(NotAllowed, match="needs the duty chair"):
            made.do("review", one.number, made.principal(who), findings="well done")
    made.do("review", one.number, boss, findings="the cable was old", present="Acme")
    assert made.queue("to-review", boss) == ()
    with pytest.raises(BadInput, match="not to be reviewed"):
        made.do("review", one.number, boss, findings="again")


def closed(made: Desk, number: str) -> None:
    """Bring it to its end, by IS, who may always act."""
    boss = made.principal("ida")
    answers = {"IM2.12": "understood", "IM3.1": "done", "IM3.2": "no", "IM3.3": "no", "IM4.5": "done", "IM4.6": "yes"}
    verbs = {"IM2.13": ("accept", {}), "IM3.4": ("propose", {"solution": "a cable"}), "IM4.3": ("agree", {}),
             "IM4.4": ("backup", {}), "IM5.1": ("complete", {}), "IM5.2": ("confirm", {}),
             "IM5.6": ("follow-up", {"result": "content"}), "IM4.1": ("change", {"number": "C"}),
             "IM4.2": ("changed", {})}  # fmt: skip
    while (now := made.ticket(number, boss)).is_open:
        name, told = verbs.get(now.step) or ("step", {"step": now.step, "outcome": answers[now.step]})
        made.do(name, number, boss, **told)


@pytest.mark.requirement("ORG-01", "assignment by this model: line 1, then the vendor whose contract covers it")
@pytest.mark.parametrize(
    ("told", "line", "team"),
    [
        ({"category": "network"}, 1, "desk"),
        ({"category": "network"}, 2, "acme"),
        ({"service": "payroll"}, 2, "ace"),
        ({"category": "network", "service": "payroll"}, 2, "ace"),
        ({"category": "database"}, 2, "net"),
        ({"category": "database"}, 3, "ace"),
        ({"category": "network"}, 4, ""),
    ],
)
def test_what_line_1_passes_on_goes_by_contract(told: dict[str, str], line: int, team: str) -> None:
    found = MODEL.assignment(ticket(**told), line, SITE)
    assert (found.team if found else "") == team
    assert found is None or found.vendor == {"acme": "acme", "ace": "ace"}.get(team, "")


@pytest.mark.requirement("ORG-04", "the number of lines is configurable")
def test_the_lines_are_those_of_the_teams() -> None:
    assert MODEL.lines(SITE) == (1, 2, 3)
    assert MODEL.lines(Site("S", "UTC", "en", "example.org", TEAMS[:1])) == (1,)


@pytest.mark.parametrize(
    ("to", "vendor", "role"),
    [
        ("manager", "acme", "is_incident_manager"),
        ("vendor_manager", "acme", "vendor_incident_manager"),
        ("vendor_manager", "", "is_incident_manager"),
        ("department", "", "department_manager"),
        ("owner", "", "process_owner"),
        ("archivist", "", "archivist"),
        ("the pope", "", ""),
    ],
)
def test_escalations_reach_a_role(to: str, vendor: str, role: str) -> None:
    assert MODEL.reporting_line(to, ticket(vendor=vendor)) == role
    assert model(Settings({"manager": "process_owner"})).reporting_line("manager", ticket()) == "process_owner"
