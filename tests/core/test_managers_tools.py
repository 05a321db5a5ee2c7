"""What managers watch and move: the lists of open tickets that need them, and many tickets handed on at once."""

from collections.abc import Iterator

import pytest

from itsmkit import BadInput, Desk, NotAllowed, Person, Report, Team
from itsmkit.core.policy import Rules
from itsmkit.core.queues import QUEUES, alike
from itsmkit.testing import MovedClock, brought_to, desk, reported, ticket
from itsmkit.testing.desks import PEOPLE, TEAMS

REP_03 = "REP-03"


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def made(clock: MovedClock) -> Iterator[Desk]:
    with desk(clock, rules=Rules(default_category="network", word_hours=8)) as opened:
        yield opened


def queued(made: Desk, name: str, who: str = "mia") -> list[str]:
    return [one.number for one in made.queue(name, made.principal(who))]


@pytest.mark.requirement(REP_03, "queues for managers: tickets without a word to the user for a configured time")
def test_a_ticket_without_a_word_to_the_user_is_silent_until_there_is_one(made: Desk, clock: MovedClock) -> None:
    one = brought_to(made, "IM3.1")
    clock.advance(8 * 3600 - 60)
    assert queued(made, "silent") == []
    clock.advance(60)
    assert queued(made, "silent") == queued(made, "attention") == [one.number]
    made.do("comment", one.number, made.principal("carol"), text="between ourselves")
    assert queued(made, "silent") == [one.number]
    made.do("comment", one.number, made.principal("carol"), text="we are at it", public=True)
    assert queued(made, "silent") == queued(made, "attention") == []
    clock.advance(24 * 3600)
    assert queued(made, "silent") == [one.number]
    made.do("wait", one.number, made.principal("carol"), reason="customer")
    assert queued(made, "silent") == [], "it is the customer's turn"


@pytest.mark.requirement(REP_03, "queues for managers: similar")
def test_tickets_that_are_alike_stand_beside_each_other_until_they_are_linked(made: Desk) -> None:
    first = reported(made, "The mail server refuses attachments", text="since this morning")
    reported(made, "Payroll shows last month")
    like = reported(made, "The mail server refuses large attachments", by="otto")
    assert sorted(queued(made, "similar")) == [first.number, like.number]
    made.do("link", like.number, made.principal("bob"), to=first.number)
    assert queued(made, "similar") == []


@pytest.mark.requirement(REP_03, "queues for managers: similar, in Chinese as well")
def test_alike_is_what_shares_its_rare_words() -> None:
    texts = ("财务系统无法登录", "无法登录财务系统", "三楼打印机卡纸", "The printer on floor 3")
    tickets = [ticket(number=f"T26-00000{at}", title=text, text="") for at, text in enumerate(texts)]
    assert [one.title for one in alike(tickets)] == list(texts[:2])
    assert alike([]) == []
    same = [ticket(number=f"T26-0001{at:02}", title="it is broken", text="") for at in range(30)]
    assert alike(same) == [], "what everybody says says nothing"


@pytest.mark.requirement(REP_03, "queues for managers: in need of attention")
def test_what_was_declined_or_reopened_needs_attention(made: Desk) -> None:
    declined = brought_to(made, "IM2.12")
    made.do("step", declined.number, made.principal("carol"), step="IM2.12", outcome="understood")
    made.do("decline", declined.number, made.principal("carol"), reason="not ours")
    reopened = brought_to(made, "IM5.2")
    made.do("reject", reopened.number, made.principal("ann"), reason="still broken")
    quiet = brought_to(made, "IM3.1")
    found = queued(made, "attention")
    assert {declined.number, reopened.number} <= set(found)
    assert quiet.number not in found


@pytest.mark.requirement("ORG-03", "watching open tickets is a list of work: those alike, silent, in need of attention")
def test_watching_is_the_duty_behind_these_lists() -> None:
    names = "unassigned unaccepted declined overdue escalated silent similar attention".split()
    assert {str(QUEUES[name].duty) for name in names} == {"watch"}


@pytest.mark.requirement(REP_03, "unhandled or misassigned tickets are reassigned, many at once, with a dry run")
def test_many_tickets_are_reassigned_and_a_dry_run_tells_it_before(made: Desk) -> None:
    tickets = [brought_to(made, "IM2.12") for _ in range(3)]
    mia, numbers = made.principal("mia"), {one.number for one in tickets}
    kept = [(one.version, one.head) for one in tickets]
    foretold = made.reassign(mia, "db", queue="unaccepted", person="dave", dry_run=True)
    assert [(made.ticket(one.number, mia).version, made.ticket(one.number, mia).head) for one in tickets] == kept
    done = made.reassign(mia, "db", queue="unaccepted", person="dave", why="the network is up")
    assert foretold == done
    assert {one.number for one in done} == numbers
    assert {(one.old, one.team, one.person, one.refused) for one in done} == {("net", "db", "dave", "")}
    for one in tickets:
        after = made.ticket(one.number, mia)
        assert (after.team, after.assignee, after.hand_overs) == ("db", "dave", one.hand_overs + 1)
    assert made.verify().breaches == ()


@pytest.mark.requirement(REP_03, "what is refused is named, the rest is done; one unit a ticket")
def test_what_is_refused_is_named_and_the_rest_is_done(made: Desk) -> None:
    mia = made.principal("mia")
    ready, closed, there = brought_to(made, "IM2.12"), brought_to(made, "IM5.6"), brought_to(made, "IM2.12")
    made.do("assign", there.number, mia, team="db")
    numbers = ("T26-999999", closed.number, there.number, ready.number, ready.number)
    done = {one.number: one for one in made.reassign(mia, "db", numbers=numbers)}
    assert len(done) == 4
    assert "no ticket" in done["T26-999999"].refused
    assert "stands at IM5.6" in done[closed.number].refused
    assert "with db already" in done[there.number].refused
    assert (done[ready.number].refused, made.ticket(ready.number, mia).team) == ("", "db")


@pytest.mark.requirement(REP_03, "reassigning again under the same name changes nothing")
def test_reassigning_again_under_the_same_name_changes_nothing(made: Desk) -> None:
    mia, one = made.principal("mia"), brought_to(made, "IM2.12")
    made.reassign(mia, "db", numbers=[one.number], command="night")
    version = made.ticket(one.number, mia).version
    (again,) = made.reassign(mia, "db", numbers=[one.number], command="night")
    assert (again.refused, made.ticket(one.number, mia).version) == ("", version)


def test_who_may_not_reassign_many_and_what_can_t_be(made: Desk) -> None:
    one, mia = brought_to(made, "IM2.12"), made.principal("mia")
    with pytest.raises(NotAllowed, match="duty manage or watch"):
        made.reassign(made.principal("bob"), "db", numbers=[one.number])
    with pytest.raises(BadInput, match="unknown team"):
        made.reassign(mia, "nowhere", numbers=[one.number])
    with pytest.raises(BadInput, match="say which tickets"):
        made.reassign(mia, "db")
    with pytest.raises(BadInput, match="no queue"):
        made.reassign(mia, "db", queue="nonsense")
    (refused,) = made.reassign(mia, "db", person="nobody", numbers=[one.number])
    assert "unknown person" in refused.refused
    assert made.ticket(one.number, mia).team == "net"


@pytest.mark.requirement("ORG-02", "a vendor manager sees and steers its vendor's tickets only")
def test_a_vendor_s_manager_reassigns_within_the_vendor() -> None:
    teams = (*TEAMS, Team(id="acme2", name="Acme at night", line=3, vendor="acme"))
    people = [*PEOPLE, *(_manager(vendor) for vendor in ("acme", "ace"))]
    with desk(model="vendor", use=("model_vendor",), records=(*teams, *people)) as made:
        system = made.service("test")
        numbers = [made.report(Report("The network is down"), made.principal("ann")).number for _ in range(2)]
        made.do("assign", numbers[0], system, team="acme")
        acme = made.principal("acme")
        first, second = made.reassign(acme, "acme2", numbers=numbers)
        assert (first.refused, made.ticket(numbers[0], system).team) == ("", "acme2")
        assert "no ticket" in second.refused
        (out,) = made.reassign(acme, "net", numbers=numbers[:1])
        assert "within their vendor" in out.refused


def _manager(vendor: str) -> Person:
    return Person(id=vendor, name=vendor, roles=("vendor_incident_manager",), teams=(vendor,), vendor=vendor)
