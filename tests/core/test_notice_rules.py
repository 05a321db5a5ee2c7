"""Who is told what: the rules, asked as a desk asks them."""

from typing import Any

import pytest

from itsmkit import (
    RULES,
    TICKET,
    Contact,
    Draft,
    NoticeDraft,
    Notification,
    NotifyRule,
    On,
    Status,
    Ticket,
    drafts_by_rules,
)
from itsmkit.core.notice_facts import USUAL
from itsmkit.core.notice_rules import of_a_machine
from itsmkit.testing import change, ticket

ANN, BOB, ED = "person:ann", "person:bob", "person:ed"


def a_ticket(**values: Any) -> Ticket:
    known = {"title": "printer on fire", "requester": "ann", "owner": "bob", "team": "net", "status": Status.OPEN}
    return ticket(**{**known, **values})


def told(draft: Draft, about: Ticket | None = None, **settings: Any) -> list[NoticeDraft]:
    about = about or a_ticket()
    event = change(about, draft).events[0]
    return list(drafts_by_rules(Notification(**settings).in_force, "email", event, about))


def names(draft: Draft, about: Ticket | None = None, **settings: Any) -> list[tuple[str, str]]:
    return [(one.rule, one.to) for one in told(draft, about, **settings)]


OPENED = Draft("opened", "plugin:intake_email", args={"channel": "email", "automatic": False}, audience="public")
COMMENT = Draft("comment", BOB, personal={"text": "the toner\nis here"}, audience="public")


@pytest.mark.requirement("INC-46", "the user is told of progress in time")
@pytest.mark.parametrize(
    ("draft", "rule"),
    [
        (OPENED, "received"),
        (Draft("joined", "plugin:intake_email", args={"requester": True, "channel": "email"}), "joined"),
        (COMMENT, "progress"),
        (Draft("visit", BOB, "IM2.5", "yes", personal={"who": "Ed"}, audience="public"), "visit"),
        (Draft("step", ED, "IM4.6", "yes"), "resolved"),
        (Draft("step", BOB, "IM5.2", "no"), "reopened"),
        (Draft("reopen", BOB), "reopened"),
        (Draft("step", "core", "IM5.5", "closed", audience="public"), "closed"),
    ],
)
def test_the_requester_is_told(draft: Draft, rule: str) -> None:
    assert names(draft) == [(rule, "requester")]


@pytest.mark.requirement("INC-21", "assign and reassign: who has it now is told")
@pytest.mark.parametrize(
    ("draft", "assignee", "to"),
    [
        (Draft("assigned", "model:tiered", "IM2.4", "assigned"), "", "team:net"),
        (Draft("step", "model:tiered", "IM2.11", "assigned"), "", "team:net"),
        (Draft("step", "model:tiered", "IM2.11", "assigned"), "ed", ED),
        (Draft("assign", BOB, "IM2.9", args={"line": 1}), "ed", ED),
    ],
)
def test_those_it_is_assigned_to_are_told(draft: Draft, assignee: str, to: str) -> None:
    assert names(draft, a_ticket(assignee=assignee)) == [("assigned", to)]


def test_an_assignment_to_a_further_line_is_told_by_its_step_alone() -> None:
    assert names(Draft("assign", BOB, "IM2.11", "assigned", args={"line": 2})) == []


@pytest.mark.requirement("INC-21", "decline: the service desk is told why")
def test_a_declined_ticket_goes_back_to_the_owner_or_the_desk() -> None:
    draft = Draft("decline", ED, "IM2.13", "no", args={"team": "net", "suggest": "db"}, personal={"reason": "not ours"})
    (to_bob,) = told(draft)
    assert (to_bob.to, to_bob.args["said"], to_bob.args["suggested"]) == (BOB, "not ours", "db")
    assert names(draft, a_ticket(owner="")) == [("declined", "role:desk")]


def test_the_incident_manager_is_told_of_complaints() -> None:
    assert names(Draft("step", BOB, "IM2.2", "yes")) == [("complaint", "role:manager")]
    assert names(Draft("step", "core", "IM2.2", "no")) == []


@pytest.mark.parametrize(
    "draft", [Draft("step", "core", "IM2.4", "yes"), Draft("reprioritise", BOB, args={"priority": 1})]
)
def test_the_incident_manager_is_told_at_once_of_the_highest_priority(draft: Draft) -> None:
    (notice,) = told(draft)
    assert (notice.rule, notice.to, notice.urgent) == ("highest_priority", "role:manager", True)


def test_other_priorities_are_no_news_for_the_incident_manager() -> None:
    assert names(Draft("step", "core", "IM2.4", "no")) == []
    assert names(Draft("reprioritise", BOB, args={"priority": 2})) == []


@pytest.mark.requirement("SLA-04", "who judges an escalation is told of it")
def test_an_escalation_reaches_the_role_it_names() -> None:
    by_hand = Draft("escalate", BOB, args={"to": "manager", "role": "incident_manager"}, personal={"why": "urgent"})
    (notice,) = told(by_hand)
    assert (notice.to, notice.args["said"], notice.urgent) == ("role:incident_manager", "urgent", True)


def test_an_escalation_by_a_clock_tells_which() -> None:
    args = {"clock": "resolution", "kind": "sla", "share": 80, "to": "manager", "role": "incident_manager"}
    (notice,) = told(Draft("escalated", "core", "IM3.1", args=args))
    assert (notice.to, notice.args["clock"], notice.args["share"]) == ("role:incident_manager", "resolution", 80)


def test_an_escalation_to_a_duty_roster_reaches_everybody_on_duty() -> None:
    args = {"clock": "resolution", "share": 80, "to": "rota:night", "role": "", "people": ["carol", "dave"]}
    assert names(Draft("escalated", "core", args=args)) == [
        ("escalated", "person:carol"),
        ("escalated", "person:dave"),
    ]


def test_an_escalation_to_the_next_line_reaches_who_has_it_then() -> None:
    assert names(Draft("escalated", "core", args={"to": "next_line", "role": ""})) == [("escalated", "team:net")]


@pytest.mark.requirement("INC-40", "silence closes it and says so")
def test_a_closure_by_silence_says_so() -> None:
    draft = Draft("step", "core", "IM5.5", "closed", audience="public")
    assert [one.args["silence"] for one in told(draft, a_ticket(closed_by="silence"))] == [True]
    assert [one.args["silence"] for one in told(draft, a_ticket(closed_by="confirmed"))] == [False]


@pytest.mark.parametrize("code", ["opened", "joined"])
def test_a_machine_that_reported_is_not_answered(code: str) -> None:
    draft = Draft(code, "plugin:intake_email", args={"automatic": True, "requester": True})
    assert names(draft) == []


def test_nobody_is_told_what_they_did_themselves() -> None:
    assert names(Draft("comment", ANN, personal={"text": "still burning"}, audience="public")) == []
    assert names(Draft("step", ANN, "IM5.2", "no")) == []
    assert names(Draft("step", ED, "IM2.11", "assigned"), a_ticket(assignee="ed")) == []
    assert names(Draft("decline", BOB)) == []


def test_a_reporter_gets_the_number_of_the_report_even_so() -> None:
    assert names(Draft("opened", ANN, args={"channel": "web"})) == [("received", "requester")]


def test_internal_comments_stay_inside() -> None:
    assert names(Draft("comment", BOB, personal={"text": "she is difficult"})) == []


def test_a_stranger_who_joins_gets_no_answer() -> None:
    assert names(Draft("joined", "plugin:intake_email", args={"requester": False})) == []


def test_without_anybody_to_tell_there_is_no_notice() -> None:
    assert names(OPENED, a_ticket(requester="")) == []
    assert names(OPENED, a_ticket(requester="", contact=Contact(mail="x@example.org"))) == [("received", "requester")]
    assert names(Draft("assigned", "core"), a_ticket(team="")) == []


def test_rules_can_be_switched_off() -> None:
    assert names(COMMENT, off=("progress",)) == []


def test_requesters_are_told_nothing_internal() -> None:
    """By name: of the ticket's fields no internal one; of the event's texts only those of public events."""
    for rule in (rule for rule in RULES if rule.to == "requester"):
        assert not {*USUAL, *rule.tells} & {*TICKET.internal, "team", "report", "suggested", "reporter"}
        quoting = [one for one in rule.on if "said" in rule.tells]
        assert all(one.audience == "public" or one.code == "visit" for one in quoting)


def test_facts_are_plain_and_short() -> None:
    about = a_ticket(title="a\nb\rc", text="x" * 100_000)
    (notice,) = told(Draft("step", BOB, "IM2.2", "yes"), about)
    assert notice.args["title"] == "a b c"
    assert len(notice.args["report"]) == 2_000
    assert all(type(value) in (str, int, bool) for value in notice.args.values())


@pytest.mark.parametrize(("name", "tells"), [("Ann Example", "Ann Example"), ("", "")])
def test_no_notice_tells_how_a_reporter_is_reached(name: str, tells: str) -> None:
    """A vendor's staff, who may not see a contact's address, are told of assignments as well."""
    about = a_ticket(contact=Contact(name=name, mail="ann@example.org", phone="123"))
    (notice,) = told(Draft("assigned", "core", "IM2.4", "assigned"), about)
    assert notice.args["reporter"] == tells
    assert "ann@example.org" not in repr(notice)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"to": "everybody"}, "to 'everybody' is none of requester, "),
        ({"to": "person:"}, "none of requester"),
        ({"on": ()}, "never tell anything"),
        ({"tells": ("secrets",)}, "tells secrets, which no notice knows; there are number, "),
        ({"name": "No Name"}, "name"),
        ({"digest": "weekly"}, "digest"),
        ({"language": "fr"}, "language"),
    ],
)
def test_a_rule_that_can_t_work_is_refused_when_it_is_read(wrong: dict[str, Any], says: str) -> None:
    known: dict[str, Any] = {"name": "own", "to": "requester", "on": (On("opened"),)}
    with pytest.raises(ValueError, match=says):
        NotifyRule(**{**known, **wrong})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"off": ("received", "typo")}, "no rules named typo; there are received, "),
        ({"daily_at": "25:00"}, "daily_at"),
        ({"per_hour": 0}, "per_hour"),
        ({"rules": (NotifyRule("own", "requester", (On("opened"),)),) * 2}, "own stands there twice"),
    ],
)
def test_a_notification_that_can_t_work_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Notification(**wrong)


def test_a_site_s_own_rule_takes_the_place_of_the_shipped_one_of_its_name() -> None:
    own = NotifyRule("received", "role:desk", (On("opened"),), channel="robot", template="hello")
    (draft,) = told(OPENED, rules=(own,))
    assert (draft.to, draft.channel, draft.template) == ("role:desk", "robot", "hello")


@pytest.mark.parametrize(
    ("narrowed", "fits"),
    [
        ({"kinds": ("incident",)}, True),
        ({"kinds": ("inquiry",)}, False),
        ({"priorities": (1, 2)}, True),
        ({"priorities": (3,)}, False),
        ({"services": ("mail",)}, True),
        ({"services": ("payroll",)}, False),
        ({"kinds": ("incident",), "services": ("payroll",)}, False),
    ],
)
def test_a_rule_can_be_narrowed_down_to_some_tickets(narrowed: dict[str, Any], fits: bool) -> None:  # noqa: FBT001
    own = NotifyRule("own", "role:manager", (On("comment"),), **narrowed)
    about = a_ticket(kind="incident", priority=2, service="mail")
    assert [one.rule for one in told(Draft("comment", BOB), about, rules=(own,))] == ["own"] * fits


def test_a_notice_says_which_rule_made_it_of_what() -> None:
    (draft,) = told(Draft("step", ED, "IM2.11", "assigned"))
    assert draft.why == "rule assigned: step IM2.11 assigned -> assigned"


@pytest.mark.parametrize(
    ("address", "machine"),
    [
        ("noreply@x.example", True), ("No-Reply@x.example", True), ("service.donotreply@x.example", True),
        ("MAILER-DAEMON@x.example", True), ("postmaster@x.example", True), ("bounces+1-a=b@x.example", True),
        ("users-request@lists.example", True), ("ann@example.org", False), ("replies@example.org", False),
        ("anna.bounce@example.org", False),
    ],
)  # fmt: skip
def test_machines_addresses(address: str, machine: bool) -> None:  # noqa: FBT001
    assert of_a_machine(address) is machine
