"""Rights for a while: deputies within their own ceiling, a broken glass, and why somebody may or may not."""

from datetime import timedelta

import pytest

from itsmkit import BadInput, Desk, Duty, NotAllowed, NotFound, Person, Query, Scope
from itsmkit.core.who import stood_in
from itsmkit.testing import MovedClock, brought_to, desk, reported


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    opened = desk(clock)
    more = [
        Person(id="vera", name="Vera Vendor", roles=("support",), teams=("acme",), vendor="acme"),
        Person(id="rita", name="Rita Root", roles=("admin",)),
    ]
    list(opened.load(more, opened.service("test")))
    return opened


@pytest.mark.requirement("USR-01", "a deputy acts for the absent, for as long as was said")
def test_a_deputy_has_the_absent_s_tickets_while_they_are_away(made: Desk, clock: MovedClock) -> None:
    ticket = brought_to(made, "IM2.13")  # with team net, that is Carol
    with pytest.raises(NotFound):
        made.ticket(ticket.number, made.principal("dave"))
    made.deputise("carol", "dave", clock() + timedelta(days=1), clock() + timedelta(days=3), by=made.principal("carol"))
    with pytest.raises(NotFound):
        made.ticket(ticket.number, made.principal("dave"))
    clock.advance(86_400)
    made.do("accept", ticket.number, made.principal("dave"))
    event = made.history(ticket.number, made.principal("bob"))[-2]
    assert (event.by, event.args["by_right"]) == ("person:dave", "deputy of person:carol")
    clock.advance(2 * 86_400)
    assert made.principal("dave").by_right == ""


def test_a_deputy_sees_no_more_of_a_record_than_they_ever_may() -> None:
    guest = Scope(frozenset({"person:1"}), frozenset({"public"}))
    boss = Scope(frozenset({"person:2"}), frozenset({"public", "internal", "personal"}), everything=True)
    duties, scope = stood_in(frozenset({Duty.REPORT}), guest, frozenset(Duty), boss)
    assert scope == Scope(frozenset({"person:1", "person:2"}), frozenset({"public"}))
    assert {Duty.ADMINISTER, Duty.IMPERSONATE}.isdisjoint(duties)


@pytest.mark.requirement("ORG-02", "who grants is not who gets")
def test_nobody_makes_themselves_a_deputy_or_gives_themselves_a_role(made: Desk, clock: MovedClock) -> None:
    until = clock() + timedelta(days=1)
    with pytest.raises(NotAllowed, match="who grants is not who gets"):
        made.deputise("mia", "root", None, until, by=made.principal("root"))
    with pytest.raises(NotAllowed, match="needs the duty"):
        made.deputise("mia", "dave", None, until, by=made.principal("carol"))
    grabbing = Person(id="root", name="Rose Root", roles=("admin", "manager"), logins=("root",))
    with pytest.raises(NotAllowed, match="who grants is not who gets"):
        list(made.load([grabbing], made.principal("root")))
    list(made.load([grabbing], made.principal("rita")))
    assert Duty.MANAGE in made.principal("root").duties


@pytest.mark.requirement("ORG-02", "who grants is not who gets, under another's name neither")
def test_nobody_grants_or_operates_under_another_s_name(made: Desk, clock: MovedClock) -> None:
    as_bob, as_root = (made.impersonated(made.principal("mia"), one) for one in ("bob", "root"))
    with pytest.raises(NotAllowed, match="own name"):
        made.deputise("bob", "mia", None, clock() + timedelta(days=300), by=as_bob)
    with pytest.raises(NotAllowed, match="own name"):
        made.operator(as_root)
    with pytest.raises(NotAllowed, match="own name"):
        made.load([Person(id="mia", name="Mia Manager", roles=("admin",))], as_root)


def test_who_chose_notices_for_another_is_named(made: Desk) -> None:
    chosen = made.subscribe(made.impersonated(made.principal("mia"), "carol"), "*", digest="daily")
    (event,) = made.setup.store.history("subscription", chosen.id, Scope.system("test"))
    assert (event.by, event.args["real"]) == ("person:carol", "person:mia")


@pytest.mark.parametrize(
    ("deputy", "hours", "error"),
    [("carol", 1, BadInput), ("dave", -1, BadInput), ("dave", 10_000, BadInput), ("nobody", 1, NotFound),
     ("vera", 1, NotAllowed)],
)  # fmt: skip
def test_an_absurd_deputy_is_refused(
    made: Desk, clock: MovedClock, deputy: str, hours: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        made.deputise("carol", deputy, None, clock() + timedelta(hours=hours), by=made.principal("carol"))
    assert all(not one.deputises for one in made.find(Query("person"), made.service("test")).items)


def test_loading_the_site_s_files_leaves_deputies_alone(made: Desk, clock: MovedClock) -> None:
    made.deputise("carol", "dave", None, clock() + timedelta(days=1), by=made.principal("carol"))
    list(made.load([Person(id="dave", name="David Data", roles=("support",))], made.principal("root")))
    assert made.principal("dave").by_right == "deputy of person:carol"


@pytest.mark.requirement("ORG-02", "an administrator sees tickets by a broken glass only, and it is journalled")
def test_a_broken_glass_shows_everything_for_a_while_and_says_so(made: Desk, clock: MovedClock) -> None:
    ticket = reported(made)
    assert made.break_glass("a mailbox overflows", 30, by=made.principal("root")).glass is not None
    made.do("comment", ticket.number, made.principal("root"), text="looked at it")
    event = made.history(ticket.number, made.principal("bob"))[-1]
    assert event.args["by_right"] == "broken glass"
    (broken,) = (
        one for one in made.setup.store.history("person", "root", Scope.system("test")) if one.code == "glass_broken"
    )
    assert broken.personal == {"reason": "a mailbox overflows"}
    clock.advance(1801)
    assert made.principal("root").by_right == ""


@pytest.mark.parametrize(("by", "reason", "minutes", "error"), [
    ("bob", "curious", 10, NotAllowed), ("root", " ", 10, BadInput), ("root", "need", 61, BadInput),
    ("root", "need", 0, BadInput),
])  # fmt: skip
def test_a_glass_isn_t_broken_for_anybody_or_for_long(
    made: Desk, by: str, reason: str, minutes: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        made.break_glass(reason, minutes, by=made.principal(by))


@pytest.mark.requirement("USR-01", "why somebody may or may not do something can be asked")
def test_each_rule_of_access_says_what_it_decides_from(made: Desk) -> None:
    ticket = brought_to(made, "IM2.13")
    mia = made.principal("mia")
    carol = made.permits("carol", "accept", ticket.number, by=mia)
    assert [(one.rule, one.holds) for one in carol] == [("duty", True), ("scope", True), ("state", True)]
    assert "team:net" in carol[1].said
    ann = {one.rule: one for one in made.permits("ann", "accept", ticket.number, by=mia)}
    assert (ann["duty"].holds, ann["scope"].holds) == (False, True)
    dave = {one.rule: one for one in made.permits("dave", "resolve", ticket.number, by=mia)}
    assert (dave["duty"].holds, dave["scope"].holds, dave["state"].holds) == (True, False, False)
    with pytest.raises(NotAllowed):
        made.permits("carol", "accept", ticket.number, by=made.principal("carol"))
    with pytest.raises(NotFound):
        made.permits("carol", "accept", "T26-009999", by=mia)
