"""Masters: similar tickets linked to one incident hear what is told of it and are resolved with it, each by itself."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit import (
    BadInput,
    Desk,
    MemoryStore,
    NotAllowed,
    NotFound,
    Person,
    Query,
    Scope,
    Status,
    Ticket,
    WrongStep,
)
from itsmkit.core import masters
from itsmkit.core.model.cascade import Cascade
from itsmkit.shipped import TYPES
from itsmkit.testing import MovedClock, brought_to, desk, reported
from tests.core.post import Post

INC_20 = "INC-20"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def made(clock: MovedClock, post: Post) -> Desk:
    return desk(clock, {"post": post})


def linked(made: Desk, count: int = 2, step: str = "IM3.1") -> tuple[Ticket, list[Ticket]]:
    """A master at that step, and so many tickets linked to it, of Otto."""
    master = brought_to(made, step, title="The mail server is down")
    children = [reported(made, f"No mail {serial}", by="otto") for serial in range(count)]
    for one in children:
        made.do("link-master", one.number, made.principal("bob"), master=master.number)
    return now(made, master), [now(made, one) for one in children]


def now(made: Desk, ticket: Ticket) -> Ticket:
    return made.ticket(ticket.number, made.service("test"))


def said(made: Desk, ticket: Ticket, by: str = "otto") -> list[str]:
    """What somebody sees that was told on the ticket."""
    seen = made.history(ticket.number, made.principal(by))
    return [one.personal["text"] for one in seen if one.code == "comment" and one.personal]


def does(made: Desk, by: str, verb: str, ticket: Ticket, **params: Any) -> Ticket:
    done: Ticket = made.do(verb, ticket.number, made.principal(by), **params)
    return done


def resolved(made: Desk, ticket: Ticket) -> None:
    does(made, "carol", "resolve", ticket, solution="the disk was full", backup=True)
    worked(made)


def worked(made: Desk) -> None:
    while made.tick().total:
        pass


@pytest.mark.requirement(INC_20, "similar tickets are linked to a master incident, which counts them")
def test_an_incident_becomes_a_master_by_what_is_linked_to_it(made: Desk) -> None:
    master, children = linked(made)
    assert (master.linked, master.status) == (2, Status.IN_PROGRESS)
    assert [one.master for one in children] == [master.number] * 2
    made.do("unlink-master", children[0].number, made.principal("bob"), reason="it was the cable")
    assert (now(made, master).linked, now(made, children[0]).master) == (1, "")
    codes = [(one.outcome, one.args.get("linked")) for one in made.history(master.number, made.principal("bob"))
             if one.code == "ticket"]  # fmt: skip
    assert codes == [("link-master", 1), ("link-master", 2), ("unlink-master", 1)]
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_20, "masters have no masters: neither chains nor circles, refused by the rule's name")
def test_there_are_no_chains_and_no_circles(made: Desk) -> None:
    master, (child, *_) = linked(made)
    other = reported(made, "Mail again")
    question = does(made, "bob", "reclassify", reported(made, "How do I mail?"), kind="inquiry", category="network")
    for one, to, why in (
        (master, master, "its own master"),
        (master, other, "a master itself"),
        (other, child, "link T26-000004 to that one"),
        (child, other, "linked to T26-000001 already"),
        (other, question, "a master is an incident"),
    ):
        with pytest.raises(NotAllowed, match=f"INC-20: .*{why}"):
            does(made, "bob", "link-master", one, master=to.number)
    with pytest.raises(BadInput, match="linked to no master"):
        does(made, "bob", "unlink-master", other, reason="x")
    resolved(made, master)
    with pytest.raises(NotAllowed, match=r"INC-20: .*still at work"):
        does(made, "bob", "link-master", other, master=master.number)
    assert made.verify().breaches == ()


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), max_size=25))
def test_whatever_is_linked_and_taken_off_the_masters_count_right(moves: list[tuple[int, int]]) -> None:
    made = desk(MovedClock())
    tickets = [reported(made, f"matter {serial}") for serial in range(5)]
    for one, to in moves:
        verb, params = ("unlink-master", {"reason": "x"}) if to < 0 else ("link-master", {"master": tickets[to].number})
        try:
            does(made, "bob", verb, tickets[one], **params)
        except (NotAllowed, BadInput):
            continue
    masters = {now(made, one).number: now(made, one).linked for one in tickets}
    for one in (now(made, one) for one in tickets):
        assert not (one.master and (one.linked or not masters[one.master]))
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_20, "what is told of the master reaches all the linked ones' requesters")
def test_what_the_desk_tells_of_the_master_reaches_each_requester_in_their_language(made: Desk, post: Post) -> None:
    list(made.load([Person(id="wei", name="Wei", mails=("wei@example.org",), language="zh")], made.service("test")))
    master, children = linked(made)
    chinese = reported(made, "邮件服务中断", by="wei")
    does(made, "bob", "link-master", chinese, master=master.number)
    done = reported(made, "Mail is slow", by="otto")
    does(made, "bob", "comment", master, text="The engineer is on the way", public=True)
    does(made, "bob", "comment", master, text="It is the old server again")
    worked(made)
    assert [said(made, one) for one in children] == [["The engineer is on the way"]] * 2
    assert said(made, chinese, "wei") == ["The engineer is on the way"]
    assert said(made, done) == []
    news = {(one.number, one.address, one.language) for one in post.sent if one.rule == "progress"}
    assert (chinese.number, "wei@example.org", "zh") in news
    assert {one[0] for one in news} == {master.number, chinese.number, *(one.number for one in children)}
    assert now(made, children[0]).responded == now(made, children[0]).told is not None


@pytest.mark.requirement(INC_20, "what is told of the master reaches all the linked ones' requesters")
def test_what_the_master_s_own_requester_writes_is_nobody_else_s(made: Desk) -> None:
    master, children = linked(made)
    does(made, "ann", "comment", master, text="Call me at home", public=True)
    worked(made)
    assert [said(made, one) for one in children] == [[], []]


@pytest.mark.requirement(INC_20, "the master's resolution resolves the linked ones, each is confirmed for itself")
def test_the_resolution_reaches_what_is_still_at_work(made: Desk, post: Post) -> None:
    master, (waiting, solved) = linked(made)
    does(made, "bob", "wait", waiting, reason="customer", text="a free hour")
    early = brought_to(made, "IM3.1", solved)
    does(made, "carol", "resolve", early, solution="another way", backup=True)
    resolved(made, master)
    after = now(made, waiting)
    assert (after.step, after.status, after.solution, after.waits) == ("IM5.2", "resolved", "the disk was full", ())
    assert (now(made, solved).solution, now(made, master).step) == ("another way", "IM5.2")
    shown = made.history(waiting.number, made.principal("otto"))
    assert [one.personal for one in shown if one.code == "resolve"] == [{"solution": "the disk was full"}]
    assert waiting.number in {one.number for one in post.sent if one.rule == "resolved"}
    assert does(made, "otto", "confirm", waiting).status == "closed"
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_20, "one that comes back doesn't bring back the others; the master waits for it to close")
def test_a_linked_ticket_comes_back_by_itself_and_the_master_waits_for_it(made: Desk) -> None:
    master, (back, content) = linked(made)
    resolved(made, master)
    does(made, "otto", "reject", back, reason="still no mail")
    worked(made)
    assert [now(made, one).status for one in (back, content, master)] == ["in_progress", "resolved", "resolved"]
    held = does(made, "ann", "confirm", master)
    assert (held.step, held.status) == ("IM5.5", "resolved")
    with pytest.raises(WrongStep):
        does(made, "bob", "step", master, step="IM5.5", outcome="closed")
    does(made, "bob", "resolve", back, solution="the cable", backup=True)
    worked(made)
    assert now(made, master).status == "closed"
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_20, "closing is guarded while linked tickets are at work")
@pytest.mark.parametrize("way", ["unlinked", "reopened", "silent"])
def test_a_master_that_waits_can_go_either_way(made: Desk, clock: MovedClock, way: str) -> None:
    master, (back, _) = linked(made)
    resolved(made, master)
    does(made, "otto", "reject", back, reason="still no mail")
    if way == "silent":
        clock.advance(days=9)
        worked(made)
        assert now(made, master).step == "IM5.5"
        return
    does(made, "ann", "confirm", master)
    if way == "unlinked":
        does(made, "bob", "unlink-master", back, reason="another matter")
        worked(made)
        assert now(made, master).status == "closed"
    else:
        does(made, "ann", "reopen", master, reason="it is down again")
        resolved(made, master)
        assert now(made, back).status == "resolved"


@pytest.mark.requirement(INC_20, "a resolution that was taken back meanwhile reaches nobody")
def test_a_master_that_came_back_before_anybody_was_told_resolves_nobody(made: Desk) -> None:
    master, children = linked(made)
    does(made, "carol", "resolve", master, solution="the disk was full", backup=True)
    does(made, "ann", "reject", master, reason="no mail")
    worked(made)
    assert [now(made, one).status for one in children] == [one.status for one in children]


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.requirement(INC_20, "whoever dies while it tells the linked ones is followed by another worker")
@pytest.mark.requirement("SLA-06", "nothing is told twice, and nothing is lost when a worker dies")
def test_a_worker_that_dies_midway_is_followed_by_another(
    clock: MovedClock, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masters, "CHUNK", 10)
    store, passed = MemoryStore(TYPES, clock), list[str]()

    def dies(point: str) -> None:
        passed.append(point)
        if passed.count("linked tickets told") == 2 and point == "linked tickets told":
            raise Killed

    first = desk(clock, {"post": post}, store=store, on_point=dies)
    master, children = linked(first, 25, "IM2.9")
    does(first, "bob", "comment", master, text="It is known", public=True)
    with pytest.raises(Killed):
        worked(first)
    clock.advance(minutes=2)
    second = desk(clock, {"post": post}, store=store, seed=1)
    worked(second)
    worked(second)
    assert [said(second, one) for one in children] == [["It is known"]] * 25
    (cascade,) = second.find(Query("cascade"), second.service("test")).items
    assert isinstance(cascade, Cascade)
    assert (cascade.told, cascade.done, cascade.version) == (25, True, 4)
    assert second.verify().breaches == ()


@pytest.mark.requirement(INC_20, "nobody learns of other linked tickets, or of the master, who may not")
def test_neither_the_master_nor_the_others_are_told_to_those_who_may_not_see_them(made: Desk) -> None:
    master, (child, _) = linked(made)
    does(made, "bob", "comment", master, text="It is known", public=True)
    resolved(made, master)
    for one, by in ((master, "ann"), (child, "otto")):
        seen = made.ticket(one.number, made.principal(by))
        assert (seen.master, seen.linked) == ("", 0)
        events = made.history(one.number, made.principal(by))
        others = {master.number, child.number, "T26-000003"} - {one.number}
        assert not [number for number in others for event in events if number in f"{event}"]
    dave_s = reported(made, "The database is slow", by="dave")
    hidden, absent = (_refused(made, dave_s, number) for number in (master.number, "T26-000099"))
    assert hidden.replace(master.number, "N") == absent.replace("T26-000099", "N")


def _refused(made: Desk, ticket: Ticket, number: str) -> str:
    with pytest.raises(NotFound) as refusal:
        does(made, "dave", "link-master", ticket, master=number)
    return str(refusal.value)


@pytest.mark.requirement(INC_20, "masters are linked by the house, not by a vendor's staff")
def test_a_vendor_s_staff_link_nothing(made: Desk) -> None:
    master, _ = linked(made)
    vendor = evolve(made.service("vendor"), scope=Scope(frozenset({"team:net"}), frozenset({"public", "vendor"})))
    for verb, params in (("link-master", {"master": master.number}), ("unlink-master", {"reason": "x"})):
        with pytest.raises(NotAllowed, match="INC-20"):
            made.do(verb, master.number, vendor, **params)
        with pytest.raises(NotAllowed, match="needs the duty"):
            made.do(verb, master.number, made.principal("ann"), **params)
    assert [one.number for one in made.queue("masters", made.principal("mia"))] == [master.number]
    with pytest.raises(NotAllowed, match="work lists"):
        made.queue("masters", vendor)
