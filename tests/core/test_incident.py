"""The incident table is the one of requirements §2.2, and each outcome of each step can be walked through the desk."""

from typing import Any

import pytest

from itsmkit import END, INCIDENT, Contact, Desk, Duty, Kind, Likeness, Report, Ticket
from itsmkit.core.incident import RULES
from itsmkit.core.plugins import hook_names
from itsmkit.core.policy import Rules
from itsmkit.core.process import problems
from itsmkit.testing import MovedClock, answering, brought_to, desk, reported

DESK, LINE2 = Duty.RECORD, Duty.HANDLE

REQUIRED = {
    # requirements §2.2: who, and where it leads
    "IM2.1": (DESK, {"IM2.2"}),
    "IM2.2": (DESK, {"IM2.3"}),
    "IM2.3": (DESK, {"IM2.4"}),
    "IM2.4": (DESK, {"IM2.5"}),
    "IM2.5": (DESK, {"IM2.6", "IM2.7"}),
    "IM2.6": (DESK, {"IM2.7"}),
    "IM2.7": (DESK, {"IM2.8"}),
    "IM2.8": (DESK, {"IM4.1", "IM2.9"}),
    "IM2.9": (DESK, {"IM2.10"}),
    "IM2.10": (DESK, {"IM4.1", "IM2.11"}),
    "IM2.11": (DESK, {"IM2.12"}),
    "IM2.12": (LINE2, {"IM2.13"}),
    "IM2.13": (LINE2, {"IM3.1", "IM2.14"}),
    "IM2.14": (LINE2, {"IM2.11"}),
}
"""T's table, IM2.1 to IM2.14, word for word."""


@pytest.mark.requirement("INC-10", "the steps IM2.1-IM2.14 are laid down and executable")
@pytest.mark.parametrize("step", REQUIRED)
def test_the_table_is_the_one_required(step: str) -> None:
    duty, leads_to = REQUIRED[step]
    assert (INCIDENT.steps[step].duty, set(INCIDENT.steps[step].to.values())) == (duty, leads_to)


@pytest.mark.parametrize(
    ("step", "outcome", "to"),
    [
        ("IM2.5", "yes", "IM2.6"),
        ("IM2.5", "no", "IM2.7"),
        ("IM2.8", "yes", "IM4.1"),
        ("IM2.8", "no", "IM2.9"),
        ("IM2.10", "yes", "IM4.1"),
        ("IM2.10", "no", "IM2.11"),
        ("IM2.13", "yes", "IM3.1"),
        ("IM2.13", "no", "IM2.14"),
        ("IM3.4", "yes", "IM4.1"),
        ("IM3.4", "no", "IM2.11"),
        ("IM4.6", "no", "IM3.1"),
        ("IM5.2", "no", "IM3.1"),
        ("IM5.2", "silence", "IM5.3"),
        ("IM5.6", "done", END),
    ],
)
def test_each_answer_leads_where_it_should(step: str, outcome: str, to: str) -> None:
    assert INCIDENT.steps[step].to[outcome] == to


def test_every_step_of_the_design_is_there_and_the_table_is_sound() -> None:
    counts = {"IM1": 4, "IM2": 14, "IM3": 4, "IM4": 8, "IM5": 6}
    assert list(INCIDENT.steps) == [
        f"{phase}.{number}" for phase, many in counts.items() for number in range(1, many + 1)
    ]
    assert problems(INCIDENT, frozenset(RULES), frozenset(hook_names())) == []


def test_every_step_says_where_it_comes_from() -> None:
    assert all(step.source and step.title for step in INCIDENT.steps.values())


# each outcome of each step, walked

COMPLAINT = {"kind": "complaint"}
PRIORITY_1 = {"impact": 1, "urgency": 1}
MEDIUM = Rules(default_category="network", default_impact=2)
LIKE = [Likeness("ticket", "t", "T26-000099", 0.95, "alike", solution="reboot")]
UNSURE = [Likeness("ticket", "t", "T26-000099", 0.5, "alike", solution="reboot")]

WALKS: list[
    tuple[str, str, dict[str, Any], dict[str, object], Rules | None, list[tuple[str, str, dict[str, Any]]], str]
] = [
    # step, outcome, what is told, plugins, rules, verbs from IM2.7 on (or from where it stands), whose answer it is
    ("IM1.1", "known", {}, {}, None, [], "core"),
    ("IM1.1", "unknown", {"contact": Contact(name="Zoe")}, {}, None, [], "core"),
    ("IM1.2", "new", {}, {}, None, [], "core"),
    ("IM1.3", "recorded", {}, {}, None, [], "core"),
    ("IM1.4", "none", {}, {}, None, [], "core"),
    ("IM1.4", "unknown", {"ci": "router"}, {}, None, [], "core"),
    ("IM1.4", "right", {"ci": "router"}, {"cmdb": answering("itsmkit_lookup", "router")}, None, [], "plugin:cmdb"),
    ("IM1.4", "corrected", {"ci": "ruoter"}, {"cmdb": answering("itsmkit_lookup", "router")}, None, [], "plugin:cmdb"),
    ("IM2.1", "set", {}, {}, None, [], "plugin:defaults"),
    ("IM2.1", "set", {}, {}, Rules(), [("classify", "bob", {"kind": "incident", "category": "network"})], "person:bob"),
    ("IM2.2", "no", {}, {}, None, [], "core"),
    ("IM2.2", "yes", COMPLAINT, {}, None, [("step", "bob", {"step": "IM2.2", "outcome": "yes"})], "person:bob"),
    ("IM2.2", "no", COMPLAINT, {}, None, [("step", "bob", {"step": "IM2.2", "outcome": "no"})], "person:bob"),
    ("IM2.3", "set", {}, {}, None, [], "plugin:defaults"),
    ("IM2.4", "yes", PRIORITY_1, {}, None, [], "core"),
    ("IM2.4", "no", {}, {}, None, [], "core"),
    ("IM2.5", "yes", {"on_site": True}, {}, None, [], "core"),
    ("IM2.5", "no", {}, {}, None, [], "core"),
    ("IM2.7", "none", {}, {}, None, [], "core"),
    ("IM2.7", "found", {}, {"match": answering("itsmkit_match", LIKE)}, None, [], "core"),
    ("IM2.8", "yes", {}, {"match": answering("itsmkit_match", LIKE)}, None, [], "core"),
    ("IM2.8", "no", {}, {}, None, [], "core"),
    ("IM2.8", "no", {}, {"match": answering("itsmkit_match", UNSURE)}, None, [("judge", "bob", {})], "person:bob"),
    (
        "IM2.8",
        "yes",
        {},
        {"match": answering("itsmkit_match", UNSURE)},
        None,
        [("judge", "bob", {"matched": True, "number": "T26-000099"})],
        "person:bob",
    ),
    ("IM2.9", "tried", {}, {}, None, [("attempt", "bob", {"text": "rebooted"})], "person:bob"),
    ("IM2.10", "yes", {}, {}, None, [("propose", "bob", {"solution": "reboot"})], "person:bob"),
    ("IM2.10", "no", {}, {}, None, [("pass-on", "bob", {})], "person:bob"),
    ("IM2.11", "assigned", {}, {}, None, [("pass-on", "bob", {})], "model:plain"),
    ("IM2.11", "assigned", {}, {}, None, [("assign", "bob", {"team": "db"})], "person:bob"),
]


def step_events(made: Desk, number: str) -> list[Any]:
    return [one for one in made.history(number, made.principal("bob")) if one.code == "step"]


@pytest.mark.requirement("INC-10", "the journal shows which step ran, when, by whom, with what outcome")
@pytest.mark.parametrize(("step", "outcome", "told", "plugins", "rules", "verbs", "by"), WALKS)
def test_each_outcome_of_the_first_steps_can_be_walked(  # noqa: PLR0917 - a row of the table
    clock: MovedClock,
    step: str,
    outcome: str,
    told: dict[str, Any],
    plugins: dict[str, object],
    rules: Rules | None,
    verbs: list[tuple[str, str, dict[str, Any]]],
    by: str,
) -> None:
    made = desk(clock, plugins, rules=rules)
    ticket = reported(made, **told)
    made.tick()
    for verb, who, params in verbs:
        made.do(verb, ticket.number, made.principal(who), **params)
    walked = [one for one in step_events(made, ticket.number) if one.step == step]
    assert [(one.outcome, one.by, one.at) for one in walked] == [(outcome, by, clock())]
    assert walked[0].seq >= 1
    assert made.verify().breaches == ()


LATER_WALKS = [
    ("IM2.6", [], "dispatched"),
    ("IM2.12", [], "understood"),
    ("IM2.13", [("accept", "carol", {})], "yes"),
    ("IM2.13", [("decline", "carol", {"reason": "not ours"})], "no"),
    ("IM2.14", [("decline", "carol", {"reason": "not ours"})], "asked"),
    ("IM3.1", [], "done"),
    ("IM3.2", [], "no"),
    ("IM3.2", [("step", "carol", {"step": "IM3.2", "outcome": "line"})], "line"),
    ("IM3.3", [], "no"),
    ("IM3.3", [("step", "carol", {"step": "IM3.3", "outcome": "yes"})], "yes"),
    ("IM3.4", [], "yes"),
    ("IM3.4", [("hand-over", "carol", {"text": "beyond us"})], "no"),
    ("IM3.2", [("hand-over", "carol", {"text": "beyond us"})], "line"),
    ("IM4.1", [("agree", "carol", {})], "no"),
    ("IM4.1", [("change", "carol", {"number": "RFC-1"})], "yes"),
    ("IM4.2", [], "done"),
    ("IM4.3", [], "agreed"),
    ("IM4.4", [], "confirmed"),
    ("IM4.5", [], "done"),
    ("IM4.6", [("step", "carol", {"step": "IM4.6", "outcome": "no"})], "no"),
    ("IM4.6", [("step", "carol", {"step": "IM4.6", "outcome": "yes"})], "yes"),
    ("IM5.2", [("confirm", "ann", {})], "yes"),
    ("IM5.2", [("reject", "ann", {"reason": "still down"})], "no"),
    ("IM5.6", [("follow-up", "bob", {"result": "content"})], "done"),
]


@pytest.mark.parametrize(("step", "verbs", "outcome"), LATER_WALKS)
def test_each_outcome_of_the_other_steps_can_be_walked(
    clock: MovedClock, step: str, verbs: list[tuple[str, str, dict[str, Any]]], outcome: str
) -> None:
    made = desk(clock, rules=MEDIUM)
    ticket = brought_to(made, "IM2.13" if step == "IM2.14" else step, on_site=step == "IM2.6")
    before = len(step_events(made, ticket.number))
    for verb, who, params in verbs:
        made.do(verb, ticket.number, made.principal(who), **params)
    if not verbs:
        carried_on(made, ticket)
    fresh = step_events(made, ticket.number)[before:]
    assert (step, outcome) in [(one.step, one.outcome) for one in fresh]
    assert all(one.by for one in fresh)
    assert made.verify().breaches == ()


def carried_on(made: Desk, ticket: Ticket) -> None:
    """Past the step it stands at, in the ordinary course."""
    for following in INCIDENT.steps[ticket.step].to.values():
        try:
            brought_to(made, following, ticket)
        except (AssertionError, KeyError):
            continue
        return


AUTOMATIC = [
    ("IM4.4", "not_needed", {}),
    ("IM4.7", "no", {}),
    ("IM4.7", "yes", {"workaround": True}),
    ("IM4.8", "returned", {}),
    ("IM5.1", "complete", {}),
    ("IM5.3", "new", {}),
    ("IM5.4", "none", {}),
    ("IM5.4", "submitted", {"ci_change": "cable 7"}),
    ("IM5.5", "closed", {}),
]


@pytest.mark.parametrize(("step", "outcome", "params"), AUTOMATIC)
def test_each_outcome_that_follows_from_the_ticket_is_noted_with_its_reason(
    clock: MovedClock, step: str, outcome: str, params: dict[str, Any]
) -> None:
    made = desk(clock)
    ticket = brought_to(made, "IM3.1")
    made.do("resolve", ticket.number, made.principal("carol"), solution="a cable", **params)
    after = made.do("confirm", ticket.number, made.principal("ann"))
    if after.step == "IM5.4":
        made.do("submit-ci", ticket.number, made.principal("bob"))
    assert [one.outcome for one in step_events(made, ticket.number) if one.step == step] == [outcome]


def test_a_followed_solution_is_no_new_knowledge(clock: MovedClock) -> None:
    made = desk(clock, {"match": answering("itsmkit_match", LIKE)})
    ticket = brought_to(made, "IM4.1")
    made.do("resolve", ticket.number, made.principal("bob"))
    made.do("confirm", ticket.number, made.principal("ann"))
    assert [one.outcome for one in step_events(made, ticket.number) if one.step == "IM5.3"] == ["none"]


def test_every_outcome_of_every_step_is_walked_here() -> None:
    walked = {(step, outcome) for step, outcome, *_ in (*WALKS, *AUTOMATIC)}
    walked |= {(step, outcome) for step, _, outcome in LATER_WALKS}
    walked |= {("IM5.2", "silence"), ("IM5.3", "none")}  # test_sweep and above
    walked |= {("IM4.2", "passed_on"), ("IM4.2", "rejected")}  # test_changes
    assert {(step.id, outcome) for step in INCIDENT.steps.values() for outcome in step.to} == walked


@pytest.mark.requirement("INC-10", "a complaint is verified by the service desk before it gets its priority")
def test_a_complaint_stands_until_somebody_verified_it(clock: MovedClock) -> None:
    made = desk(clock)
    ticket = reported(made, kind="complaint")
    assert (ticket.kind, ticket.step, ticket.priority) == (Kind.COMPLAINT, "IM2.2", 0)


@pytest.mark.requirement("INC-10", "at the same level an incident sorts before a service request")
def test_work_lists_show_the_higher_priority_first_and_incidents_before_the_rest(clock: MovedClock) -> None:
    made = desk(clock)
    numbers = {
        name: reported(made, **told).number
        for name, told in {
            "request": {"kind": "service_request", "category": "x"},
            "incident": {"kind": "incident"},
            "urgent request": {"kind": "service_request", "category": "x", **PRIORITY_1},
        }.items()
    }
    order = [one.number for one in made.queue("open", made.principal("bob"))]
    assert order == [numbers[name] for name in ("urgent request", "incident", "request")]


@pytest.mark.requirement("INC-03", "what was reported is on the ticket")
def test_what_was_reported_is_on_the_ticket(clock: MovedClock) -> None:
    told = {
        "text": "no link",
        "place": "room 7",
        "reason": "nobody can work",
        "symptom": "red light",
        "configuration": "v1",
        "stated": "urgent",
        "service": "mail",
        "happened": clock(),
        "expected": clock(),
        "language": "en",
    }
    ticket = reported(desk(clock), **told)
    assert {name: getattr(ticket, name) for name in told} == told
    assert Report("x").channel == ""
    assert ticket.channel == "web"


@pytest.mark.requirement("INC-19", "the priority that the customer states is recorded beside the desk's own")
def test_the_stated_priority_decides_nothing(clock: MovedClock) -> None:
    ticket = reported(desk(clock), stated="critical!!")
    assert (ticket.stated, ticket.priority) == ("critical!!", 4)
