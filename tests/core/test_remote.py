"""Remote service records: opened with the report, sessions held with the customer's consent, every try logged."""

from typing import Any

import pytest

from itsmkit import BadInput, Desk, NotAllowed, NotFound, Ticket
from itsmkit.core.model.remote import RemoteSession
from itsmkit.core.policy import Rules
from itsmkit.testing import MovedClock, brought_to, desk, reported

INC_16, INC_22 = "INC-16", "INC-22"


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock)


def asked(made: Desk, step: str = "IM2.10") -> Ticket:
    number = brought_to(made, step).number
    done: Ticket = made.do("remote-session", number, made.principal("bob"), reason="neither off nor on helped")
    return done


def does(made: Desk, by: str, verb: str, **params: Any) -> RemoteSession:
    done: RemoteSession = made.do(verb, "RS26-000001", made.principal(by), **params)
    return done


@pytest.mark.requirement(INC_22, "a remote service record is opened at intake for hotline, e-mail and messaging")
@pytest.mark.parametrize("channel", ["phone", "email", "chat", "web"])
def test_the_record_is_opened_with_the_report(made: Desk, channel: str) -> None:
    assert reported(made, "It is down", channel=channel).remote is (channel != "web")


@pytest.mark.requirement(INC_22, "it becomes a record of its own when a session is held: who, when, what was done")
@pytest.mark.requirement(INC_22, "the customer's consent is recorded on it")
def test_a_session_is_agreed_to_and_held(made: Desk, clock: MovedClock) -> None:
    ticket = asked(made)
    agreed = does(made, "ann", "consent")
    assert (agreed.status, agreed.consent_by, agreed.reason) == ("allowed", "Ann User", "")
    clock.advance(minutes=20)
    held = does(made, "bob", "hold", work="a driver replaced", solved=True)
    assert (held.outcome, held.held_by, held.work, held.closed) == ("done", "bob", "a driver replaced", clock())
    after = made.ticket(ticket.number, made.principal("bob"))
    assert (after.children, [(one.way, one.by, one.helped) for one in after.tries]) == (
        (), [("by_phone", "bob", False), ("by_session", "bob", True)])  # fmt: skip
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_22, "a session without the customer's consent is refused")
def test_without_consent_no_session_is_held(made: Desk) -> None:
    asked(made)
    with pytest.raises(NotAllowed, match=INC_22):
        does(made, "bob", "hold", work="looked in all the same")
    with pytest.raises(BadInput, match="--who"):
        does(made, "bob", "consent")
    with pytest.raises(NotFound):
        does(made, "otto", "consent")
    end = does(made, "bob", "refuse", reason="no strangers on this one")
    assert (end.outcome, end.refusal, end.consented) == ("refused", "no strangers on this one", None)
    assert made.ticket(end.about, made.principal("bob")).children == ()


def test_an_agent_notes_whose_word_it_was(made: Desk) -> None:
    asked(made)
    assert does(made, "bob", "consent", who="Ann's colleague").consent_by == "Ann's colleague"
    assert does(made, "bob", "withdraw").outcome == "withdrawn"


@pytest.mark.requirement(INC_16, "each try is logged: phone, remote session, line 2, on-site")
def test_each_try_is_logged(clock: MovedClock) -> None:
    made = desk(clock, rules=Rules(default_category="network", dispatch="approved"))
    ticket = asked(made, "IM2.9")
    does(made, "bob", "consent", who="Ann")
    does(made, "bob", "hold", work="looked at it")
    assert made.ticket(ticket.number, made.principal("bob")).step == "IM2.10"
    made.do("pass-on", ticket.number, made.principal("bob"))
    made.do("ask-dispatch", ticket.number, made.principal("carol"), reason="it must be opened")
    after = made.ticket(ticket.number, made.principal("carol"))
    assert [one.way for one in after.tries] == ["by_session", "next_line", "on_site"]
    left_out = {one.code: one.args["skipped"] for one in made.history(ticket.number, made.principal("carol"))
                if "skipped" in one.args}  # fmt: skip
    assert left_out == {"remote-session": ["by_phone"], "pass-on": ["by_phone"], "ask-dispatch": ["by_phone"]}


@pytest.mark.requirement(INC_16, "line 1 tries in this order where the site wants it kept")
@pytest.mark.requirement(INC_16, "line 2 also where the matter is judged outside line 1's scope")
def test_the_order_is_kept_where_the_site_wants_it(clock: MovedClock) -> None:
    made = desk(clock, rules=Rules(default_category="network", tries="in_order"))
    ticket = brought_to(made, "IM2.9")
    with pytest.raises(NotAllowed, match="by phone"):
        asked(made, "IM2.9")
    with pytest.raises(NotAllowed, match="by phone and by session"):
        made.do("pass-on", ticket.number, made.principal("bob"))
    made.do("attempt", ticket.number, made.principal("bob"), text="off and on")
    with pytest.raises(NotAllowed, match="tried by session"):
        made.do("pass-on", ticket.number, made.principal("bob"))
    after = made.do("pass-on", ticket.number, made.principal("bob"), outside=True)
    assert after.step == "IM2.12"
