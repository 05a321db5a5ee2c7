"""Announcements: drafted from a ticket, published to whom they are for, withdrawn when the matter is resolved."""

from typing import Any

import pytest
from attrs import evolve

from itsmkit import (
    BadInput,
    Desk,
    NotAllowed,
    NotFound,
    Person,
    Query,
    Scope,
    Test,
    Ticket,
    WrongStep,
)
from itsmkit.core.model.announcement import Announcement
from itsmkit.testing import PEOPLE, SERVICES, TEAMS, MovedClock, brought_to, desk, reported
from tests.core.post import Post

INC_11 = "INC-11"
WORDS = {"title": "Mail is down", "text": "We are working on it.", "title_zh": "邮件中断", "text_zh": "正在处理。"}
MORE = (
    Person(id="nora", name="Nora", mails=("nora@example.org",), customer="north"),
    Person(id="wei", name="Wei", mails=("wei@example.org",), language="zh", department="fin"),
)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def made(clock: MovedClock, post: Post) -> Desk:
    return desk(clock, {"post": post}, records=(*TEAMS, *SERVICES, *PEOPLE, *MORE))


def drafted(made: Desk, step: str = "IM3.1", **params: Any) -> Announcement:
    """An announcement as the desk has just drafted it."""
    ticket = brought_to(made, step, service="mail")
    made.do("announce", ticket.number, made.principal("bob"), **{**WORDS, **params})
    (found,) = made.find(Query("announcement", (Test("about", value=ticket.number),)), made.service("test")).items
    assert isinstance(found, Announcement)
    return found


def does(made: Desk, verb: str, announcement: Announcement, by: str = "bob", **params: Any) -> Announcement:
    done: Announcement = made.do(verb, announcement.number, made.principal(by), **params)
    return done


def readers(made: Desk, announcement: Announcement) -> set[str]:
    """Who of the users sees it, by every way of reading."""
    found = set()
    for one in ("ann", "otto", "nora", "wei"):
        by = made.principal(one)
        listed = [item for item in made.find(Query("announcement"), by).items if item.id == announcement.id]
        try:
            assert made.record(announcement.number, by) == listed[0]
            found.add(one)
        except NotFound:
            assert listed == []
    return found


@pytest.mark.requirement(INC_11, "created from a ticket when many are hit: drafted, published, revised, withdrawn")
def test_an_announcement_goes_from_draft_to_publication_to_its_end(made: Desk, clock: MovedClock) -> None:
    draft = drafted(made)
    assert (draft.number, draft.status, draft.service, draft.audience) == ("A26-000001", "draft", "mail", "all")
    assert readers(made, draft) == set()
    published = does(made, "publish", draft)
    assert (published.status, published.published, published.published_by) == ("published", clock(), "bob")
    assert readers(made, draft) == {"ann", "otto", "nora", "wei"}
    assert does(made, "revise", draft, text="It takes until noon.").text == "It takes until noon."
    end = does(made, "withdraw", draft, by="mia", reason="a false alarm")
    assert (end.status, end.withdrawn, end.step) == ("withdrawn", clock(), "")
    assert readers(made, draft) == set()
    told = [one.outcome for one in made.history(draft.about, made.principal("bob")) if one.code == "announcement"]
    assert told == ["publish", "revise", "withdraw"]
    with pytest.raises(WrongStep):
        does(made, "publish", draft)
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_11, "it is for everybody, for a customer or for a department")
@pytest.mark.parametrize(
    ("audience", "who"),
    [("all", {"ann", "otto", "nora", "wei"}), ("customer:north", {"nora"}), ("department:fin", {"ann", "wei"}),
     ("department:it", {"otto"}), ("customer:nor", set())],
)  # fmt: skip
def test_it_is_seen_by_those_it_is_for_and_by_nobody_else(made: Desk, audience: str, who: set[str]) -> None:
    draft = drafted(made, audience=audience)
    does(made, "publish", draft)
    assert readers(made, draft) == who
    does(made, "revise", draft, audience="department:it")
    assert readers(made, draft) == {"otto"}


@pytest.mark.requirement(INC_11, "removed when the matter is resolved")
def test_it_goes_with_the_resolution_of_its_ticket_drafts_too(made: Desk) -> None:
    draft = drafted(made)
    does(made, "publish", draft)
    number = draft.about
    made.do("announce", number, made.principal("bob"), title="More", text="Later")
    made.do("resolve", number, made.principal("carol"), solution="a new disk", backup=True)
    made.tick()
    found = made.find(Query("announcement"), made.service("test")).items
    assert [one.status for one in found if isinstance(one, Announcement)] == ["withdrawn", "withdrawn"]
    assert readers(made, draft) == set()
    made.do("reject", number, made.principal("ann"), reason="still down")
    made.tick()
    assert readers(made, draft) == set()
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_11, "what is resolved is announced no more")
def test_a_draft_of_a_resolved_ticket_is_not_published(made: Desk) -> None:
    draft = drafted(made)
    made.do("resolve", draft.about, made.principal("carol"), solution="a new disk", backup=True)
    with pytest.raises(NotAllowed, match=r"INC-11: .* is resolved"):
        does(made, "publish", draft)


@pytest.mark.requirement(INC_11, "those who may not see the ticket learn nothing of it")
def test_whom_it_is_for_learns_nothing_of_its_ticket(made: Desk) -> None:
    draft = drafted(made)
    does(made, "publish", draft)
    seen = made.record(draft.number, made.principal("otto"))
    assert (seen.title, seen.parent, seen.about, seen.drafted_by, seen.version) == (WORDS["title"], "", "", "", 0)
    events = made.history(draft.number, made.principal("otto"))
    assert [one.code for one in events] == ["publish"]
    assert not [one for one in events if draft.about in f"{one}"]


@pytest.mark.requirement(INC_11, "told in English and in Chinese")
def test_each_is_told_in_their_language_or_the_one_there_is(made: Desk) -> None:
    both, english = drafted(made), evolve(drafted(made), title_zh="", text_zh="")
    assert (both.told("en")[0], both.told("zh")[0]) == ("Mail is down", "邮件中断")
    assert english.told("zh")[0] == "Mail is down"
    assert evolve(both, title="", text="").told("en") == ("邮件中断", "正在处理。")


@pytest.mark.requirement(INC_11, "who wants to be told of announcements is told of those that are for them")
def test_subscribers_are_told_of_what_is_for_them(made: Desk, post: Post) -> None:
    for one in ("wei", "nora"):
        made.subscribe(made.principal(one), "announced")
    draft = drafted(made, audience="department:fin")
    does(made, "publish", draft)
    for _ in range(2):
        made.tick()
    (told,) = [one for one in post.sent if one.rule == "announced"]
    assert (told.number, told.address, told.language) == (draft.number, "wei@example.org", "zh")
    assert (told.args["title_zh"], told.args["text_zh"]) == ("邮件中断", "正在处理。")
    assert draft.about not in f"{told}"
    (mine,) = made.find(Query("notice", (Test("about", value=draft.id),)), made.principal("wei")).items
    assert mine.id == told.id
    does(made, "revise", draft, text_zh="中午恢复。")
    does(made, "withdraw", draft, reason="a false alarm")
    made.tick()
    sent = [(one.address, one.args["over"], one.args["text_zh"]) for one in post.sent if one.rule == "announced"]
    assert sent == [("wei@example.org", False, "正在处理。"), ("wei@example.org", True, "中午恢复。")]
    assert "a false alarm" not in f"{post.sent}"
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_11, "who was told of it is told when it is withdrawn; of a draft nobody ever hears")
def test_subscribers_are_told_of_its_end_with_the_resolution(made: Desk, post: Post) -> None:
    for one in ("wei", "nora"):
        made.subscribe(made.principal(one), "announced")
    draft = drafted(made, audience="department:fin")
    does(made, "publish", draft)
    made.do("announce", draft.about, made.principal("bob"), title="More", text="Later")
    made.tick()
    made.do("resolve", draft.about, made.principal("carol"), solution="a new disk", backup=True)
    for _ in range(3):
        made.tick()
    told = [(one.address, one.number, one.args["over"]) for one in post.sent if one.rule == "announced"]
    assert told == [("wei@example.org", draft.number, False), ("wei@example.org", draft.number, True)]


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"title": "", "text": "", "title_zh": "", "text_zh": ""}, "title and a text"),
        ({"text": ""}, "title and a text"),
        ({"audience": "team:net"}, "not for 'team:net'"),
        ({"audience": "department:"}, "not for"),
        ({"service": "nonsense"}, "unknown service"),
    ],
)
def test_what_makes_no_sense_is_refused(made: Desk, params: dict[str, str], why: str) -> None:
    ticket = brought_to(made, "IM3.1")
    with pytest.raises(BadInput, match=why):
        made.do("announce", ticket.number, made.principal("bob"), **{**WORDS, **params})
    assert made.find(Query("announcement"), made.service("test")).items == ()


@pytest.mark.requirement(INC_11, "announcements are the service desk's and the managers', not a vendor's")
def test_who_may_not_announce(made: Desk) -> None:
    ticket: Ticket = brought_to(made, "IM3.1")
    vendor = evolve(made.service("vendor"), scope=Scope(frozenset({"team:net"}), frozenset({"public", "vendor"})))
    with pytest.raises(NotAllowed, match="INC-11"):
        made.do("announce", ticket.number, vendor, **WORDS)
    for by in ("ann", "carol"):
        with pytest.raises(NotAllowed, match="needs the duty"):
            made.do("announce", ticket.number, made.principal(by), **WORDS)


@pytest.mark.requirement(INC_11, "what is announced to everybody is not a vendor's to change")
@pytest.mark.parametrize(("verb", "params"), [("revise", {"title": "Ours"}), ("withdraw", {"reason": "x"})])
def test_a_vendor_s_manager_reads_and_changes_nothing(clock: MovedClock, verb: str, params: dict[str, str]) -> None:
    roles = {"bob": ("service_desk", ""), "ann": ("user", ""), "vim": ("vendor_incident_manager", "acme")}
    people = (Person(id=one, name=one, mails=(f"{one}@example.org",), roles=(role,), vendor=vendor,
                     teams=("desk",) if one == "bob" else ()) for one, (role, vendor) in roles.items())  # fmt: skip
    with desk(clock, model="vendor", use=("model_vendor",), records=(*TEAMS, *SERVICES, *people)) as made:
        ticket = reported(made)
        made.do("announce", ticket.number, made.principal("bob"), **WORDS)
        made.do("publish", "A26-000001", made.principal("bob"))
        before = made.record("A26-000001", made.principal("vim"))
        with pytest.raises(NotAllowed, match="INC-11"):
            made.do(verb, "A26-000001", made.principal("vim"), **params)
        assert made.record("A26-000001", made.principal("vim")) == before
