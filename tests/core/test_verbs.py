"""Every verb through the desk: where it fits, whose it is, what it takes, what it leaves; a refusal leaves nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit import (
    INCIDENT,
    BadInput,
    Desk,
    Duty,
    Fact,
    KeyTaken,
    Likeness,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    Status,
    Target,
    Ticket,
    UnknownVerb,
    WrongStep,
    hookimpl,
)
from itsmkit.core import verbs as every
from itsmkit.core.policy import Rules
from itsmkit.testing import PEOPLE, MovedClock, answering, brought_to, desk, reported

LATER = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
MEDIUM = Rules(default_category="network", default_impact=2, default_urgency=2)
"""Every ticket is of medium severity: a backup is due before the work."""
TO_CLASSIFY = Rules()
_ELSEWHERE = (
    *every.dispatch.ASKING,
    *every.referral.ASKING,
    *every.masters.VERBS,
    *every.announcing.ANNOUNCING,
    *every.promising.PROMISING,
)
VERBS = {name: one for name, one in every.VERBS["ticket"].items() if one not in _ELSEWHERE}
"""Those of the incident process; what begins another record, and masters, have their own tests."""


class Targets:
    @hookimpl
    def itsmkit_agreements(self, record: Ticket) -> list[Target]:
        respond = Target("response", 3600, "always", stops=(Fact.RESPONDED, Fact.RESOLVED), pauses=False)
        return [respond, Target("resolution", 3600 * record.priority, "always")]


_PRIORITY = evolve(INCIDENT.steps["IM2.3"], asks="")
BY_HAND = answering("itsmkit_processes", [evolve(INCIDENT, steps={**INCIDENT.steps, "IM2.3": _PRIORITY})])
"""A table that leaves the priority to a person."""


class ByHand:
    """A matching that is never sure, so that IM2.8 stands."""

    @hookimpl
    def itsmkit_match(self) -> list[Likeness]:
        return [Likeness("ticket", "t", "T26-000099", 0.5, "alike", solution="reboot")]


def opened(clock: MovedClock, rules: Rules | None = None, **plugins: object) -> Desk:
    return desk(clock, {"targets": Targets(), **plugins}, rules=rules)


def standing_at(clock: MovedClock, step: str) -> tuple[Desk, Ticket]:
    """A desk and a ticket of it that stands at the step."""
    if step == "IM2.1":
        made = opened(clock, TO_CLASSIFY)
    elif step == "IM2.3":
        made = opened(clock, tables=BY_HAND)
    elif step == "IM2.8":
        made = opened(clock, by_hand=ByHand())
    elif step == "IM4.4":
        made = opened(clock, MEDIUM)
    elif step == "IM5.1":
        made = opened(clock, evolve(MEDIUM, default_category="", mandatory=("kind", "category", "solution", "place")))
    else:
        made = opened(clock)
    if step == "IM2.11":
        ticket = brought_to(made, "IM2.12")
        made.do("decline", ticket.number, made.principal("carol"), reason="not ours")
        return made, seen(made, ticket)
    told = {"kind": "complaint"} if step == "IM2.2" else {"on_site": True} if step in ("IM2.5", "IM2.6") else {}
    return made, brought_to(made, step, **told)


def seen(made: Desk, ticket: Ticket) -> Ticket:
    return made.ticket(ticket.number, made.principal("bob"))


HAPPY: Mapping[str, tuple[str, str, Mapping[str, Any], Mapping[str, Any]]] = {
    # verb: where the ticket stands, who, with what, and what the ticket is then
    "classify": (
        "IM2.1",
        "bob",
        {"kind": "inquiry", "category": "network", "service": "mail"},
        {"kind": "inquiry", "category": "network", "service": "mail", "step": "IM2.9"},
    ),
    "prioritise": (
        "IM2.3",
        "bob",
        {"impact": 1, "urgency": 2},
        {"impact": 1, "urgency": 2, "priority": 2, "step": "IM2.9"},
    ),
    "visit": ("IM2.6", "bob", {"who": "Carol", "at": LATER}, {"on_site": True, "step": "IM2.9"}),
    "judge": (
        "IM2.8",
        "bob",
        {"matched": True, "number": "T26-000099"},
        {"solution": "reboot", "followed": "T26-000099", "step": "IM4.1"},
    ),
    "attempt": ("IM2.9", "bob", {"text": "rebooted"}, {"step": "IM2.10"}),
    "pass-on": ("IM2.9", "bob", {"text": "rebooted"}, {"step": "IM2.12", "team": "net", "line": 2, "hand_overs": 1}),
    "accept": ("IM2.12", "carol", {}, {"step": "IM3.1", "assignee": "carol", "status": Status.IN_PROGRESS}),
    "decline": (
        "IM2.13",
        "carol",
        {"reason": "a database", "suggest": "db"},
        {"step": "IM2.11", "declined": ("net",), "assignee": ""},
    ),
    "propose": (
        "IM3.1",
        "carol",
        {"solution": "a cable", "workaround": True},
        {"solution": "a cable", "workaround": True, "step": "IM4.1"},
    ),
    "diagnose": ("IM3.2", "carol", {"cause": "a mouse"}, {"cause": "a mouse", "step": "IM3.2"}),
    "hand-over": (
        "IM3.2",
        "bob",
        {"text": "beyond us"},
        {"team": "acme", "line": 3, "vendor": "acme", "step": "IM2.12"},
    ),
    "change": ("IM4.1", "carol", {"number": "RFC-1"}, {"change": "RFC-1", "step": "IM4.2", "status": Status.WAITING}),
    "changed": ("IM4.2", "carol", {}, {"waits": (), "step": "IM4.3", "status": Status.IN_PROGRESS}),
    "agree": ("IM4.3", "carol", {}, {"agreed": True, "step": "IM4.5"}),
    "backup": ("IM4.4", "carol", {}, {"backup": True, "step": "IM4.5"}),
    "resolve": (
        "IM4.5",
        "carol",
        {"solution": "a new cable", "ci_change": "cable 7"},
        {"solution": "a new cable", "ci_change": "cable 7", "step": "IM5.2", "status": Status.RESOLVED},
    ),
    "complete": ("IM5.1", "bob", {}, {}),
    "confirm": ("IM5.2", "ann", {"satisfied": True}, {"satisfied": True, "step": "IM5.6", "status": Status.CLOSED}),
    "reject": (
        "IM5.2",
        "ann",
        {"reason": "still down"},
        {"step": "IM3.1", "reopened": 1, "resolved": None, "solution": ""},
    ),
    "follow-up": ("IM5.6", "bob", {"result": "content", "satisfied": True}, {"step": "", "satisfied": True}),
    "reopen": ("IM5.6", "ann", {"reason": "down again"}, {"step": "IM3.1", "reopened": 1, "closed": None}),
    "step": ("IM3.1", "carol", {"step": "IM3.1", "outcome": "done"}, {"step": "IM3.2"}),
    "take": ("IM2.9", "bob", {}, {"assignee": "bob", "owner": "bob", "step": "IM2.9"}),
    "assign": (
        "IM2.9",
        "bob",
        {"team": "db", "person": "dave"},
        {"team": "db", "line": 2, "assignee": "dave", "hand_overs": 1, "step": "IM2.12"},
    ),
    "reclassify": (
        "IM3.1",
        "bob",
        {"kind": "inquiry", "category": "database"},
        {"kind": "inquiry", "category": "database"},
    ),
    "reprioritise": (
        "IM3.1",
        "bob",
        {"impact": 1, "urgency": 1},
        {"impact": 1, "urgency": 1, "priority": 1, "step": "IM3.1"},
    ),
    "amend": ("IM3.1", "carol", {"ci": "router-7", "service": "mail"}, {"ci": "router-7", "service": "mail"}),
    "identify": ("IM3.1", "bob", {"person": "otto"}, {"requester": "otto", "step": "IM3.1"}),
    "comment": ("IM3.1", "ann", {"text": "any news?"}, {"step": "IM3.1"}),
    "log": ("IM3.1", "carol", {"text": "looked"}, {"step": "IM3.1"}),
    "note-exception": ("IM3.1", "carol", {"title": "by phone"}, {"step": "IM3.1"}),
    "attach": ("IM3.1", "ann", {"name": "a.txt", "data": b"abc"}, {"step": "IM3.1"}),
    "link": ("IM3.1", "carol", {"to": "T26-000077"}, {"links": ("T26-000077",)}),
    "arrive": ("IM3.1", "carol", {}, {"step": "IM3.1", "arrived": datetime(2026, 3, 2, 9, 0, tzinfo=UTC)}),
    "correct-time": (
        "IM3.1",
        "mia",
        {"fact": "responded", "at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "why": "by phone"},
        {"step": "IM3.1"},
    ),
    "wait": ("IM3.1", "carol", {"reason": "part"}, {"status": Status.WAITING, "step": "IM3.1"}),
    "resume": ("IM4.2", "carol", {}, {"waits": (), "status": Status.IN_PROGRESS, "step": "IM4.2"}),
    "escalate": ("IM3.1", "carol", {"why": "too slow"}, {"step": "IM3.1"}),
    "review": ("IM5.6", "mia", {"findings": "the cable was old", "present": "Bob"}, {"solution": "replace the cable"}),
    "ask-for": (
        "IM3.1",
        "carol",
        {"what": "equipment", "text": "a switch"},
        {"wanted": "equipment", "wanted_by": "carol", "step": "IM3.1"},
    ),
    "grant": ("IM3.1", "root", {}, {}),
    "deny": ("IM3.1", "root", {"reason": "no money"}, {}),
    "lead": ("IM3.1", "root", {}, {}),
    "split": ("IM3.1", "carol", {"team": "db", "title": "the locks"}, {"step": "IM3.1"}),
    "remote-session": ("IM2.9", "bob", {"reason": "no luck by phone"}, {"remote": True, "step": "IM2.9"}),
    "request": ("IM2.9", "bob", {"item": "vpn"}, {}),
    "done-step": ("IM2.9", "bob", {"text": "done"}, {}),
    "new-demand": ("IM2.9", "bob", {"text": "a pony"}, {}),
    "correct-ci": ("IM3.1", "carol", {"ci": "router-7", "text": "in hall 3"}, {"ci": "router-7", "step": "IM3.1"}),
    "submit-ci": ("IM3.1", "bob", {"text": "firmware 7"}, {"ci_submitted": True, "ci_change": "firmware 7"}),
    "major": ("IM3.1", "carol", {"why": "the whole site"}, {"major": True, "step": "IM3.1"}),
    "survey": ("IM5.6", "ann", {"score": 4, "text": "quick"}, {"survey": 4, "satisfied": True, "step": "IM5.6"}),
    "withhold": ("IM3.1", "mia", {"why": "solved soon"}, {"unjudged": ()}),
}


def at_happy_place(clock: MovedClock, verb: str) -> tuple[Desk, Ticket, str, dict[str, Any], Mapping[str, Any]]:
    step, by, params, then = HAPPY[verb]
    made, ticket = standing_at(clock, step)
    return made, ticket, by, dict(params), then


ELSEWHERE = {"complete", "withhold", "review", "request", "done-step", "new-demand", "grant", "deny", "lead"}
"""Verbs that an ordinary ticket has nothing for; those of the catalogue are tried in test_requests and test_changes,
those of company management in test_company."""
TRIED = sorted(set(HAPPY) - ELSEWHERE)
"""Those that fit a ticket in an ordinary course; `withhold` needs one past its target, as test_chains.py has."""


def test_every_verb_is_tried_here() -> None:
    assert set(HAPPY) == set(VERBS)


@pytest.mark.parametrize("name", TRIED)
def test_a_verb_does_what_it_says(clock: MovedClock, name: str) -> None:
    made, ticket, by, params, then = at_happy_place(clock, name)
    given = made.do(name, ticket.number, made.principal(by), **params)
    after = seen(made, ticket)
    assert {field: getattr(after, field) for field in then} == dict(then)
    assert given.step == after.step
    event = next(one for one in made.history(ticket.number, made.principal("bob")) if one.seq == ticket.version + 1)
    assert (event.code, event.by, event.step) == (name, f"person:{by}", ticket.step)
    assert made.verify().breaches == ()


@pytest.mark.parametrize("name", TRIED)
def test_a_dry_run_says_what_would_be_and_changes_nothing(clock: MovedClock, name: str) -> None:
    made, ticket, by, params, then = at_happy_place(clock, name)
    would = made.do(name, ticket.number, made.principal(by), dry_run=True, **params)
    assert would.step == then.get("step", would.step)
    assert seen(made, ticket) == ticket
    assert made.do(name, ticket.number, made.principal(by), **params).step == would.step


@pytest.mark.parametrize("name", TRIED)
def test_a_repeated_command_changes_nothing_and_is_no_error(clock: MovedClock, name: str) -> None:
    made, ticket, by, params, _ = at_happy_place(clock, name)
    made.do(name, ticket.number, made.principal(by), command="c1", **params)
    once = seen(made, ticket)
    again = made.do(name, ticket.number, made.principal(by), command="c1", **params)
    assert again.step == once.step
    assert seen(made, ticket) == once


@pytest.mark.parametrize("name", [one for one in TRIED if HAPPY[one][1] != "ann"])
def test_a_stale_version_is_refused_with_what_was_missed(clock: MovedClock, name: str) -> None:
    made, ticket, by, params, _ = at_happy_place(clock, name)
    made.do("log", ticket.number, made.principal("bob"), text="in between")
    moved = seen(made, ticket)
    with pytest.raises(Stale, match=r"missed: log") as refusal:
        made.do(name, ticket.number, made.principal(by), expect=ticket.version, **params)
    assert (refusal.value.expected, refusal.value.current) == (ticket.version, ticket.version + 1)
    assert seen(made, ticket) == moved


def test_a_repeated_command_that_expects_what_it_read_is_no_conflict(clock: MovedClock) -> None:
    """The first answer was lost on the way: the caller asks again with the version it knows."""
    made, ticket = standing_at(clock, "IM3.1")
    for _ in range(2):
        made.do("log", ticket.number, made.principal("carol"), expect=ticket.version, command="c1", text="once")
    assert seen(made, ticket).version == ticket.version + 1


@pytest.mark.parametrize("name", sorted(VERBS))
def test_who_lacks_the_duty_is_refused(clock: MovedClock, name: str) -> None:
    if Duty.REPORT in VERBS[name].duties:
        pytest.skip("everybody may report")
    where = HAPPY[name]
    made, ticket = standing_at(clock, where[0] if name != "complete" else "IM5.2")
    with pytest.raises(NotAllowed, match="needs the duty"):
        made.do(name, ticket.number, made.principal("ann"), **where[2])
    assert seen(made, ticket) == ticket


@pytest.mark.parametrize("name", sorted(VERBS))
def test_where_it_doesn_t_fit_a_verb_is_refused(clock: MovedClock, name: str) -> None:
    params = dict(HAPPY[name][2])
    fits = VERBS[name]
    for step in ("IM2.9", "IM3.1", "IM5.2", "IM5.6"):
        made, ticket = standing_at(clock, step)
        if step in fits.steps or ticket.status in fits.statuses:
            continue
        with pytest.raises(WrongStep, match=ticket.number):
            made.do(name, ticket.number, made.service("anybody"), **params)
        assert seen(made, ticket) == ticket
        return


@pytest.mark.parametrize("name", sorted(VERBS))
def test_what_a_verb_can_t_use_is_refused_by_name(clock: MovedClock, name: str) -> None:
    made, ticket = standing_at(clock, "IM3.1")
    bob = made.principal("bob")
    with pytest.raises(BadInput, match="has no parameter nonsense"):
        made.do(name, ticket.number, bob, nonsense=1)
    params = dict(HAPPY[name][2])
    for parameter, proper in params.items():
        with pytest.raises(BadInput, match=parameter):
            made.do(name, ticket.number, bob, **{**params, parameter: object()})
        if isinstance(proper, str):
            with pytest.raises(BadInput, match="longer"):
                made.do(name, ticket.number, bob, **{**params, parameter: "x" * 1_000_001})
    assert seen(made, ticket) == ticket


@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("classify", "category"),
        ("visit", "who"),
        ("attempt", "text"),
        ("decline", "reason"),
        ("propose", "solution"),
        ("hand-over", "text"),
        ("diagnose", "cause"),
        ("split", "team"),
        ("request", "item"),
        ("reject", "reason"),
        ("assign", "team"),
        ("comment", "text"),
        ("log", "text"),
        ("attach", "data"),
        ("link", "to"),
        ("wait", "reason"),
        ("escalate", "why"),
        ("follow-up", "result"),
        ("prioritise", "impact"),
    ],
)
@pytest.mark.parametrize("empty", [None, "", "missing"])
def test_what_a_verb_needs_must_be_given(clock: MovedClock, name: str, lacks: str, empty: str | None) -> None:
    made, ticket = standing_at(clock, "IM3.1")
    params = dict(HAPPY[name][2])
    params.pop(lacks, None)
    if empty != "missing":
        params[lacks] = empty
    with pytest.raises(BadInput, match=lacks):
        made.do(name, ticket.number, made.principal("bob"), **params)


ABSURD = [
    ("IM2.1", "classify", {"kind": "no such kind", "category": "x"}, "unknown kind"),
    ("IM2.1", "classify", {"kind": "incident", "category": "x", "service": "none"}, "unknown service"),
    ("IM2.6", "visit", {"who": "Carol", "at": datetime(2020, 1, 1, tzinfo=UTC)}, "past"),
    ("IM2.8", "judge", {"matched": True, "number": "T26-000001"}, "choose one"),
    ("IM2.12", "decline", {"reason": "no", "suggest": "no such team"}, "unknown team"),
    ("IM2.9", "assign", {"team": "no such team"}, "unknown team"),
    ("IM2.9", "assign", {"team": "net", "person": "no such person"}, "unknown person"),
    ("IM2.9", "wait", {"reason": "part", "until": datetime(2020, 1, 1, tzinfo=UTC)}, "over before"),
    ("IM2.9", "wait", {"reason": "part", "until": datetime(2026, 3, 2, 9, 0, tzinfo=UTC)}, "over before"),
    ("IM3.1", "reprioritise", {"impact": 0, "urgency": 1}, "impact runs"),
    ("IM3.1", "reprioritise", {"impact": 1, "urgency": 4}, "urgency from"),
    ("IM3.1", "reprioritise", {"impact": -(10**30), "urgency": 1}, "impact runs"),
    ("IM3.1", "reprioritise", {"impact": 3, "urgency": 2}, "already"),
    ("IM3.1", "resolve", {}, "no solution"),
    ("IM3.1", "step", {"step": "IM3.2", "outcome": "no"}, "stands at IM3.1"),
    ("IM3.1", "step", {"step": "IM3.1", "outcome": "maybe"}, "has the outcomes"),
    ("IM3.1", "escalate", {"why": "slow", "to": "the pope"}, "knows no"),
    ("IM3.1", "amend", {}, "say what to amend"),
    ("IM3.1", "amend", {"service": "none"}, "unknown service"),
    ("IM4.2", "link", {"to": "T26-000001"}, "linked"),
]


@pytest.mark.parametrize(("step", "verb", "params", "says"), ABSURD)
def test_absurd_input_is_refused_and_nothing_changes(
    clock: MovedClock, step: str, verb: str, params: dict[str, Any], says: str
) -> None:
    made, ticket = standing_at(clock, step)
    with pytest.raises(BadInput, match=says):
        made.do(verb, ticket.number, made.principal("bob"), **params)
    assert seen(made, ticket) == ticket


def test_an_unknown_verb_names_those_there_are(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.9")
    with pytest.raises(UnknownVerb, match=r"explode.*accept"):
        made.do("explode", ticket.number, made.principal("bob"))


@pytest.mark.parametrize("number", ["", "T26-999999", "id", "number:T26-000001", "\x00", "💥"])
def test_an_unknown_number_is_not_found(clock: MovedClock, number: str) -> None:
    made, _ = standing_at(clock, "IM2.9")
    with pytest.raises(NotFound):
        made.do("log", number, made.principal("bob"), text="x")


# steps


@pytest.mark.parametrize(
    "step",
    ["IM2.1", "IM2.6", "IM2.8", "IM2.11", "IM2.13", "IM3.4", "IM4.1", "IM4.2", "IM4.3", "IM4.4", "IM5.2", "IM5.6"],
)
def test_a_step_that_leaves_more_than_an_outcome_needs_its_own_verb(clock: MovedClock, step: str) -> None:
    made, ticket = standing_at(clock, step)
    outcomes = made.processes[0].step(step).to
    for outcome in outcomes:
        with pytest.raises(WrongStep, match="use "):
            made.do("step", ticket.number, made.service("all"), step=step, outcome=outcome)
    assert seen(made, ticket) == ticket


def test_the_end_has_no_step_to_answer(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM5.6")
    made.do("follow-up", ticket.number, made.principal("bob"), result="content")
    with pytest.raises(BadInput, match="at its end"):
        made.do("step", ticket.number, made.principal("bob"), step="IM5.6", outcome="done")


def test_the_verbs_offered_are_those_that_work(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.9")
    offered = {one.name for one in made.verbs(ticket.number, made.principal("bob"))}
    assert {"attempt", "pass-on", "propose", "take", "assign", "comment"} <= offered
    assert offered.isdisjoint({"accept", "confirm", "reopen", "resume"})
    assert {one.name for one in made.verbs(ticket.number, made.principal("ann"))} == {"comment", "attach"}


# single rules


@pytest.mark.requirement("INC-32", "work on a fault of high or medium severity needs a confirmed backup")
def test_without_a_backup_no_resolution(clock: MovedClock) -> None:
    made = opened(clock, MEDIUM)
    ticket = brought_to(made, "IM3.1")
    with pytest.raises(NotAllowed, match="INC-32"):
        made.do("resolve", ticket.number, made.principal("carol"), solution="a cable")
    assert seen(made, ticket) == ticket
    made.do("resolve", ticket.number, made.principal("carol"), solution="a cable", backup=True)
    assert step_outcome(made, ticket, "IM4.4") == "confirmed"


@pytest.mark.requirement("INC-32", "low severity and other kinds need none, and the journal doesn't say there was one")
def test_where_no_backup_is_due_none_is_claimed(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM3.1")
    made.do("resolve", ticket.number, made.principal("carol"), solution="a cable")
    assert step_outcome(made, ticket, "IM4.4") == "not_needed"


def step_outcome(made: Desk, ticket: Ticket, step: str) -> str:
    events = made.history(ticket.number, made.principal("bob"))
    return [one.outcome for one in events if one.code == "step" and one.step == step][-1]


@pytest.mark.requirement(
    "INC-21", "a declined ticket goes back to the service desk, which decides; hand-overs are counted"
)
def test_the_desk_decides_about_a_declined_ticket(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.11")
    assert (ticket.team, ticket.declined, ticket.hand_overs) == ("net", ("net",), 1)
    assert [one.number for one in made.queue("declined", made.principal("bob"))] == [ticket.number]
    made.do("assign", ticket.number, made.principal("bob"), team="db")
    after = seen(made, ticket)
    assert (after.step, after.team, after.declined, after.hand_overs) == ("IM2.12", "db", (), 2)


def test_the_desk_may_take_a_declined_ticket_back_itself(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.11")
    made.do("assign", ticket.number, made.principal("bob"), team="desk")
    after = seen(made, ticket)
    assert (after.team, after.line, after.step) == ("desk", 1, "IM2.12")


@pytest.mark.requirement(
    "INC-12", "reclassification restarts priority, due times and assignment and keeps the old values"
)
def test_reclassifying_restarts_what_depends_on_it_and_keeps_what_was(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM3.1")
    clock.advance(minutes=10)
    made.do("reclassify", ticket.number, made.principal("carol"), kind="inquiry", category="database", why="asks only")
    after = seen(made, ticket)
    assert (after.kind, after.category, after.team, after.assignee) == ("inquiry", "database", "desk", "")
    event = next(one for one in made.history(ticket.number, made.principal("bob")) if one.code == "reclassify")
    assert event.args["old"] == {"kind": "incident", "category": "network", "service": "", "priority": 4}
    assert [one.started for one in after.clocks] == [ticket.opened] * 2


@pytest.mark.requirement("INC-40", "reclassified where needed, before it is closed")
@pytest.mark.requirement("INC-12", "reclassification is possible at every later step")
@pytest.mark.parametrize("step", ["IM2.9", "IM2.12", "IM3.1", "IM4.5", "IM5.2"])
def test_reclassifying_fits_at_every_later_step(clock: MovedClock, step: str) -> None:
    made, ticket = standing_at(clock, step)
    made.do("reclassify", ticket.number, made.principal("bob"), kind="incident", category="database", why="so it was")
    assert (ticket.category, seen(made, ticket).category) == ("network", "database")


@pytest.mark.requirement("INC-12", "the old priority is kept, and the clock goes on from where it began")
def test_a_new_priority_keeps_the_origin(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM3.1")
    clock.advance(minutes=10)
    made.do("reprioritise", ticket.number, made.principal("bob"), impact=1, urgency=1)
    after = seen(made, ticket)
    resolution = next(one for one in after.clocks if one.target.name == "resolution")
    assert (resolution.started, resolution.cycle) == (ticket.opened, 2)
    assert resolution.due == ticket.opened + timedelta(hours=1)


def test_another_urgency_with_the_same_priority_is_a_change(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM3.1")
    after = made.do("reprioritise", ticket.number, made.principal("bob"), impact=3, urgency=3)
    assert (after.priority, after.urgency) == (ticket.priority, 3)


@pytest.mark.requirement("INC-40", "the requester rejects a resolution: the ticket reopens")
def test_a_rejected_resolution_reopens(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM5.2")
    made.do("reject", ticket.number, made.principal("ann"), reason="still down")
    after = seen(made, ticket)
    assert (after.status, after.reopened, after.resolved, after.resolved_month) == (Status.IN_PROGRESS, 1, None, "")


@pytest.mark.requirement("INC-40", "how often a ticket may reopen, and what follows, is the site's to say")
@pytest.mark.parametrize("beyond", ["judge", "anew"])
def test_a_ticket_that_comes_back_too_often(clock: MovedClock, beyond: str) -> None:
    made = opened(clock, Rules(default_category="network", reopen_most=1, reopen_beyond=beyond))
    ticket, ann = brought_to(made, "IM5.2"), made.principal("ann")
    made.do("reject", ticket.number, ann, reason="still down")
    assert seen(made, ticket).unjudged == ()
    made.do("resolve", ticket.number, made.principal("carol"), solution="another cable")
    brought_to(made, "IM5.2", seen(made, ticket))
    before = seen(made, ticket)
    if beyond == "anew":
        with pytest.raises(NotAllowed, match=r"INC-40: .* anew"):
            made.do("reject", ticket.number, ann, reason="still down")
        assert seen(made, ticket) == before
        return
    made.do("reject", ticket.number, ann, reason="still down")
    assert (seen(made, ticket).unjudged, seen(made, ticket).reopened) == (("reopened",), 2)
    assert [one.number for one in made.queue("to-judge", made.principal("mia"))] == [ticket.number]


def test_a_ticket_closed_long_ago_is_reported_anew(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM5.6")
    clock.advance(days=14)
    made.do("reopen", ticket.number, made.principal("ann"), dry_run=True, reason="again")
    clock.advance(seconds=1)
    with pytest.raises(NotAllowed, match="14 days"):
        made.do("reopen", ticket.number, made.principal("ann"), reason="again")


@pytest.mark.requirement("ORG-03", "the review of the highest severity is a work item")
def test_a_ticket_of_the_highest_priority_is_reviewed_once_it_is_closed(clock: MovedClock) -> None:
    made = opened(clock)
    mia, ticket = made.principal("mia"), brought_to(made, "IM5.6", impact=1, urgency=1)
    assert [one.number for one in made.queue("to-review", mia)] == [ticket.number]
    with pytest.raises(NotAllowed, match="needs the duty chair"):
        made.do("review", ticket.number, made.principal("bob"), findings="none")
    assert made.do("review", ticket.number, mia, findings="the cable was old", present="Bob").reviewed == clock()
    assert made.queue("to-review", mia) == ()
    with pytest.raises(BadInput, match="is not to be reviewed"):
        made.do("review", ticket.number, mia, findings="again")
    made.do("reopen", ticket.number, made.principal("ann"), reason="down again")
    assert seen(made, ticket).reviewed is None
    other = brought_to(made, "IM5.6", title="Another")
    with pytest.raises(BadInput, match="is not to be reviewed"):
        made.do("review", other.number, mia, findings="of low priority")


def test_an_alert_s_ticket_can_t_be_reopened_beside_its_successor(clock: MovedClock) -> None:
    from itsmkit import Contact, Report

    report = Report("disk full", fingerprint="f1", contact=Contact(mail="ann@example.org"))
    made = opened(clock, alerts=answering("itsmkit_intake", report))
    first = made.receive(b"one")
    brought_to(made, "IM5.6", made.ticket(first.number, made.principal("bob")))
    made.receive(b"two")
    with pytest.raises(KeyTaken, match="alert:f1"):
        made.do("reopen", first.number, made.principal("ann"), reason="again")
    assert made.verify().breaches == ()


@pytest.mark.requirement("INC-42", "a ticket with missing mandatory data can't close")
def test_mandatory_data_must_be_complete(clock: MovedClock) -> None:
    made = opened(clock, Rules(mandatory=("kind", "category", "solution")))
    ticket = reported(made)
    made.do("assign", ticket.number, made.principal("bob"), team="net")
    ticket = brought_to(made, "IM3.1", seen(made, ticket))
    made.do("resolve", ticket.number, made.principal("carol"), solution="a cable", backup=True)
    assert seen(made, ticket).step == "IM5.1"
    with pytest.raises(BadInput, match=r"INC-42.*category"):
        made.do("complete", ticket.number, made.principal("bob"), kind="incident")
    made.do("complete", ticket.number, made.principal("bob"), kind="incident", category="network")
    assert seen(made, ticket).step == "IM5.2"


@pytest.mark.requirement("INC-30", "a ticket waits for its change request, linked, with its clocks at rest")
@pytest.mark.requirement("SLA-02", "clocks pause while a ticket waits for a change, and resume")
def test_clocks_rest_while_a_change_is_awaited(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM4.2")
    assert [one.due for one in ticket.clocks if one.target.pauses] == [None]
    clock.advance(hours=5)
    made.do("changed", ticket.number, made.principal("carol"))
    after = seen(made, ticket)
    assert [one.due for one in after.clocks if one.target.pauses] == [clock() + timedelta(hours=4)]


@pytest.mark.requirement("INC-46", "the recorder who took the ticket stays its owner, whoever works on it")
@pytest.mark.requirement("INC-35", "the resolved ticket goes back to its recorder")
def test_the_recorder_stays_the_owner_and_gets_it_back(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.9")
    made.do("take", ticket.number, made.principal("bob"))
    ticket = brought_to(made, "IM4.5", seen(made, ticket))
    assert (ticket.owner, ticket.assignee) == ("bob", "carol")
    after = brought_to(made, "IM5.2", ticket)
    assert (after.owner, after.assignee) == ("bob", "bob")


@pytest.mark.requirement("INC-44", "the result of the follow-up call is recorded")
def test_the_follow_up_call_ends_the_ticket(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM5.6")
    made.do("follow-up", ticket.number, made.principal("bob"), result="content", satisfied=True)
    event = made.history(ticket.number, made.principal("bob"))[ticket.version]
    assert (event.code, event.personal) == ("follow-up", {"result": "content", "spoke_with": "Ann User"})


# the user's own part


@pytest.mark.requirement("USR-01", "a user sees and does nothing of others")
def test_others_tickets_are_not_there(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM5.2")
    otto = made.principal("otto")
    for name in ("comment", "attach", "confirm", "reject", "reopen"):
        with pytest.raises(NotFound):
            made.do(name, ticket.number, otto, **HAPPY[name][2])
    for ask in (made.ticket, made.history, made.explain, made.verbs):
        with pytest.raises(NotFound):
            ask(ticket.number, otto)
    assert seen(made, ticket) == ticket


@pytest.mark.requirement("INC-40", "the requester agrees to close")
@pytest.mark.requirement("USR-01", "a user asks after the status of their own ticket")
@pytest.mark.requirement("USR-01", "a user adds information, confirms or rejects")
def test_a_user_does_their_own_part_and_is_shown_no_more_than_they_may(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM5.2")
    ann = made.principal("ann")
    given = made.do("comment", ticket.number, ann, text="thank you")
    assert (given.version, given.reach, given.assignee, given.clocks, given.timeline) == (0, (), "", (), ())
    assert given == made.ticket(ticket.number, ann)
    event = made.history(ticket.number, ann)[-1]
    assert (event.code, event.personal) == ("comment", {"text": "thank you"})
    assert made.do("confirm", ticket.number, ann, dry_run=True).clocks == ()
    assert made.do("confirm", ticket.number, ann).status is Status.CLOSED


def test_support_can_t_confirm_in_the_user_s_place_the_desk_can(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM5.2")
    with pytest.raises(NotAllowed, match="USR-01"):
        made.do("confirm", ticket.number, made.principal("carol"))
    made.do("confirm", ticket.number, made.principal("bob"))


def test_an_internal_comment_is_not_the_user_s_to_read(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM3.1")
    made.do("comment", ticket.number, made.principal("carol"), text="what a user")
    made.do("comment", ticket.number, made.principal("carol"), text="soon", public=True)
    told = [one.personal for one in made.history(ticket.number, made.principal("ann")) if one.code == "comment"]
    assert told == [{"text": "soon"}]


def test_the_first_public_comment_of_staff_is_the_response(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.9")
    made.do("comment", ticket.number, made.principal("bob"), text="internal")
    assert seen(made, ticket).responded is None
    made.do("comment", ticket.number, made.principal("bob"), text="we are on it", public=True)
    assert seen(made, ticket).responded == clock()


# who is at the keyboard


def test_duties_are_read_in_the_same_call(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.9")
    bob = made.principal("bob")
    demoted = [evolve(one, roles=()) if one.id == "bob" else one for one in PEOPLE]
    list(made.load(demoted, made.service("hr")))
    with pytest.raises(Refused):
        made.do("take", ticket.number, bob)


def test_who_has_left_can_do_nothing_any_more(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.9")
    bob = made.principal("bob")
    list(made.load([evolve(one, active=one.id != "bob") for one in PEOPLE], made.service("hr")))
    with pytest.raises(NotFound):
        made.do("take", ticket.number, bob)
    with pytest.raises(NotFound):
        made.principal("bob")


def test_who_acts_for_another_is_named_too(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.9")
    with pytest.raises(NotAllowed, match="impersonate"):
        made.impersonated(made.principal("bob"), "carol")
    as_bob = made.impersonated(made.principal("root"), "bob")
    made.do("take", ticket.number, as_bob)
    event = made.history(ticket.number, made.principal("bob"))[ticket.version]
    assert (event.by, event.args["real"]) == ("person:bob", "person:root")


def test_a_service_can_t_take_a_ticket(clock: MovedClock) -> None:
    made, ticket = standing_at(clock, "IM2.9")
    with pytest.raises(BadInput, match="only a person"):
        made.do("take", ticket.number, made.service("robot"))


def test_a_verb_by_many_at_once_loses_nothing(clock: MovedClock) -> None:
    from threading import Thread

    made, ticket = standing_at(clock, "IM3.1")
    carol = made.principal("carol")

    def write(number: int) -> None:
        for line in range(5):
            made.do("log", ticket.number, carol, text=f"{number} {line}")

    threads = [Thread(target=write, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    logs = [one.personal for one in made.history(ticket.number, made.principal("bob")) if one.code == "log"]
    assert len({str(one) for one in logs}) == 20
    assert made.verify().breaches == ()
