"""Vendors and others beside a ticket: who is asked, what only both sides read, what comes back, and who rules."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmkit import (
    Attached,
    BadInput,
    Channel,
    Contact,
    Contract,
    Desk,
    Draft,
    KeyTaken,
    Message,
    NotAllowed,
    NotFound,
    Notice,
    NotifyRule,
    On,
    Person,
    Query,
    Receipt,
    Refused,
    Report,
    Retention,
    Scope,
    Sent,
    Service,
    Team,
    Test,
    Ticket,
    Unit,
    Vendor,
    WrongStep,
    hookimpl,
    revised,
    terms,
)
from itsmkit.core.changes import ticket_change
from itsmkit.core.model.referral import Referral
from itsmkit.testing import MovedClock, desk

ALL = Scope.system("test")
TEAMS = (
    Team(id="desk", name="Service desk"),
    Team(id="net", name="Networks", line=2, categories=("network",)),
    Team(id="field", name="On site", line=2, mail="field@example.org"),
    Team(id="acme", name="Acme", line=3, vendor="acme"),
    Team(id="acme-night", name="Acme at night", line=3, vendor="acme"),
    Team(id="ace", name="Ace", line=3, vendor="ace"),
)
VENDORS = (
    Vendor(id="acme", name="Acme Inc.", mail="cases@acme.example"),
    Vendor(id="ace", name="Ace Ltd"),
)
CONTRACTS = (
    Contract(id="switches", name="Switches", vendor="acme", services=("lan",)),
    Contract(id="core", name="The core switch", vendor="ace", cis=("core-1",), since="2026-01-01", until="2026-12-31"),
)


def somebody(id_: str, *roles: str, **told: Any) -> Person:
    return Person(id=id_, name=id_.title(), mails=(f"{id_}@example.org",), roles=roles, **told)


PEOPLE = (
    somebody("ann", "user", department="fin"),
    somebody("bob", "service_desk", teams=("desk",)),
    somebody("carol", "support", teams=("net",)),
    somebody("nick", "support", teams=("field",)),
    somebody("dev", "user"),
    somebody("mia", "incident_manager"),
    somebody("fred", "department_manager", department="fin"),
    somebody("vera", "vendor_support", vendor="acme", teams=("acme",)),
    somebody("victor", "vendor_support", vendor="acme", teams=("acme",)),
    somebody("zoe", "vendor_support", vendor="ace", teams=("ace",)),
)


class Mail:
    """Reads "key value" lines as a mail, and keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Notice] = []

    @hookimpl
    def itsmkit_intake(self, message: Message) -> Report | None:
        if message.channel != "email":
            return None
        told: dict[str, Any] = dict(line.split(" ", 1) for line in message.raw.decode().splitlines())
        files = tuple(Attached(one, "text/plain", one.encode()) for one in told.pop("files", "").split())
        return Report(told.pop("title", "re"), contact=Contact(mail=told.pop("from", "")), attachments=files,
                      references=tuple(told.pop("references", "").split()), **told)  # fmt: skip

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent:
        self.sent.append(notice)
        return Sent("ok")

    @hookimpl
    def itsmkit_channels(self) -> list[Any]:
        return [Channel("email")]


@pytest.fixture
def mail() -> Mail:
    return Mail()


@pytest.fixture
def made(clock: MovedClock, mail: Mail) -> Iterator[Desk]:
    records = (*TEAMS, Service(id="lan", name="LAN"), *VENDORS, *CONTRACTS, *PEOPLE)
    with desk(clock, {"mail": mail}, model="tiered", use=("model_tiered",), records=records) as opened:
        yield opened
        assert opened.verify().breaches == ()


def came(made: Desk, **told: str) -> Receipt:
    return made.receive(Message("\n".join(f"{name} {value}" for name, value in told.items()).encode(), "email"))


def reported(made: Desk, **told: Any) -> Ticket:
    told.setdefault("title", "The network is down")
    number = made.report(Report(**told), made.principal("ann")).number
    made.tick()
    return made.ticket(number, made.principal("bob"))


def with_acme(made: Desk) -> Ticket:
    """A ticket that line 1 passed on, to the vendor by contract."""
    ticket = reported(made, service="lan")
    made.do("pass-on", ticket.number, made.principal("bob"), text="looked at the cables")
    return made.ticket(ticket.number, made.principal("mia"))


def asked(made: Desk, ticket: Ticket, by: str = "bob", **who: str) -> Referral:
    made.do("ask-help", ticket.number, made.principal(by), text="what does code 77 mean?", **who)
    return sides(made, ticket)[-1]


def sides(made: Desk, ticket: Ticket) -> list[Referral]:
    query = Query("referral", (Test("about", value=ticket.number),), order="number")
    return [one for one in made.find(query, made.service("test")).items if isinstance(one, Referral)]


def side(made: Desk, ticket: Ticket) -> Referral:
    return sides(made, ticket)[-1]


def does(made: Desk, by: str, verb: str, number: str, **params: Any) -> Any:
    return made.do(verb, number, made.principal(by), **params)


def now(made: Desk, ticket: Ticket) -> Ticket:
    return made.ticket(ticket.number, made.service("test"))


def said(made: Desk, number: str, by: str) -> list[str]:
    """The words that somebody reads in a history."""
    return [str(text) for one in made.history(number, made.principal(by)) for text in (one.personal or {}).values()]


# by contract


@pytest.mark.requirement("INC-13", "a matter of a vendor's product goes straight to line 3, by contract")
@pytest.mark.requirement("INC-24", "a line may be skipped")
def test_what_a_contract_covers_skips_line_2_and_the_why_names_the_contract(made: Desk) -> None:
    ticket = with_acme(made)
    assert (ticket.team, ticket.line, ticket.vendor, ticket.step) == ("acme", 3, "acme", "IM2.12")
    assert made.explain(ticket.number, made.principal("mia")).fields["team"].because == (
        "contract switches covers service lan"
    )


def test_a_ticket_knows_that_it_was_referred_and_nobody_sees_it_by_that(made: Desk) -> None:
    ticket = now(made, with_acme(made))
    assert (ticket.beside, ticket.children) == (("referral",), ())
    other = now(made, reported(made))
    asked(made, other, person="dev")
    after = now(made, other)
    assert (after.beside, after.children, "person:dev" in after.reach) == (("referral",), (), False)


@pytest.mark.requirement("INC-13", "what no contract covers goes from line to line")
@pytest.mark.parametrize(
    ("told", "opened", "team"),
    [
        ({}, "2026-03-02", "net"),
        ({"ci": "core-1"}, "2026-03-02", "ace"),
        ({"ci": "core-1", "service": "lan"}, "2026-03-02", "ace"),
        ({"ci": "core-1", "service": "lan"}, "2027-01-01", "acme"),
        ({"ci": "core-1"}, "2025-12-31", "net"),
    ],
)
def test_the_item_goes_before_the_service_and_a_contract_holds_on_its_days(
    made: Desk, clock: MovedClock, told: dict[str, str], opened: str, team: str
) -> None:
    clock.at(datetime.fromisoformat(f"{opened}T23:30").replace(tzinfo=UTC))
    ticket = reported(made, **told)
    does(made, "bob", "pass-on", ticket.number, text="x")
    assert now(made, ticket).team == team


def test_a_contract_for_a_customer_goes_before_one_for_all(made: Desk) -> None:
    own = Contract(id="fin", name="For the bank", vendor="ace", services=("lan",), customers=("bank",))
    list(made.load([own, evolve(PEOPLE[0], customer="bank")], made.service("test")))
    ticket = reported(made, service="lan")
    does(made, "bob", "pass-on", ticket.number, text="x")
    assert now(made, ticket).vendor == "ace"


# handed over


@pytest.mark.requirement("INC-24", "a hand-over to a vendor is a record of its own: handed over, acknowledged")
def test_a_hand_over_begins_a_referral_that_the_vendor_acknowledges_under_its_own_number(made: Desk) -> None:
    ticket = with_acme(made)
    one = side(made, ticket)
    assert (one.number, one.step, one.vendor, one.help, one.home) == ("V26-000001", "RF1", "acme", False, "desk")
    does(made, "vera", "acknowledge", one.number, reference="SR-4711")
    after = now(made, ticket)
    assert (side(made, ticket).status, after.step, after.assignee) == ("acknowledged", "IM3.1", "vera")
    assert after.accepted is not None


@pytest.mark.requirement("INC-24", "the ticket and its referral say the same, whichever the vendor works on")
def test_what_the_vendor_does_to_the_ticket_moves_the_referral(made: Desk) -> None:
    ticket = with_acme(made)
    does(made, "vera", "accept", ticket.number)
    assert side(made, ticket).step == "RF2"
    does(made, "vera", "resolve", ticket.number, solution="a new switch", backup=True)
    end = side(made, ticket)
    assert (end.status, end.outcome, end.solution) == ("closed", "done", "a new switch")
    does(made, "ann", "reject", ticket.number, reason="still down")
    assert [one.status for one in sides(made, ticket)] == ["closed", "referred"]


@pytest.mark.requirement("INC-24", "what the vendor solves is the ticket's solution")
@pytest.mark.requirement("INC-37", "line 3 documents its steps")
def test_done_with_a_solution_resolves_the_ticket(made: Desk) -> None:
    ticket = with_acme(made)
    does(made, "vera", "done", side(made, ticket).number, solution="1. unplugged\n2. replaced", backup=True)
    after = now(made, ticket)
    assert (after.status, after.solution, after.step) == ("resolved", "1. unplugged\n2. replaced", "IM5.2")
    assert side(made, ticket).outcome == "done"


@pytest.mark.requirement("INC-24", "a vendor returns a matter with its reason")
def test_what_is_returned_goes_back_to_the_line_it_came_from(made: Desk) -> None:
    ticket = with_acme(made)
    number = side(made, ticket).number
    does(made, "vera", "return", number, reason="the part is out of stock")
    after = now(made, ticket)
    assert (after.team, after.vendor, after.step, after.declined) == ("desk", "", "IM2.11", ("acme",))
    assert "the part is out of stock" in said(made, ticket.number, "bob")
    with pytest.raises(NotFound):
        made.ticket(ticket.number, made.principal("vera"))
    assert made.record(number, made.principal("vera")).outcome == "given_back"


@pytest.mark.requirement("INC-24", '"not ours" needs evidence, and the manager rules on it')
@pytest.mark.requirement("ORG-02", "a party to a dispute does not rule on it")
def test_not_ours_is_ruled_on_by_the_manager(made: Desk) -> None:
    ticket = with_acme(made)
    number = side(made, ticket).number
    does(made, "vera", "not-ours", number, evidence="the cable is the landlord's")
    assert [one.number for one in made.queue("to-rule", made.principal("mia"))] == [ticket.number]
    assert now(made, ticket).vendor == "acme", "it stays there until somebody rules"
    for who in ("vera", "bob"):
        with pytest.raises(NotAllowed, match="duty lead or manage"):
            does(made, who, "settle", number, upheld=True, reason="x")
    does(made, "mia", "settle", number, upheld=False, reason="clause 3 names the cables")
    after = side(made, ticket)
    assert (after.step, after.ruling, now(made, ticket).vendor) == ("RF1", "clause 3 names the cables", "acme")
    assert made.queue("to-rule", made.principal("mia")) == ()
    does(made, "vera", "acknowledge", number)
    does(made, "vera", "not-ours", number, evidence="and yet")
    does(made, "mia", "settle", number, upheld=True, reason="so it is")
    end, back = side(made, ticket), now(made, ticket)
    assert (end.outcome, back.team, back.vendor, back.step, back.disputed) == ("not_theirs", "desk", "", "IM2.11", "")


def test_who_had_taken_it_on_needn_t_do_so_again_after_a_ruling(made: Desk) -> None:
    ticket = with_acme(made)
    number = side(made, ticket).number
    does(made, "vera", "acknowledge", number)
    does(made, "vera", "not-ours", number, evidence="x")
    does(made, "mia", "settle", number, upheld=False, reason="y")
    assert (side(made, ticket).step, now(made, ticket).step) == ("RF2", "IM3.1")


def test_a_vendor_s_manager_has_the_duty_and_may_not_rule_all_the_same(clock: MovedClock) -> None:
    people = (somebody("ann", "user"), somebody("bob", "service_desk"),
              somebody("vim", "vendor_incident_manager", vendor="acme"))  # fmt: skip
    records = (*TEAMS, Service(id="lan", name="LAN"), *VENDORS, *CONTRACTS, *people)
    with desk(clock, model="vendor", use=("model_vendor",), records=records) as made:
        ticket = reported(made, service="lan")
        does(made, "bob", "pass-on", ticket.number, text="x")
        number = side(made, ticket).number
        does(made, "vim", "not-ours", number, evidence="x")
        with pytest.raises(NotAllowed, match="does not rule"):
            does(made, "vim", "settle", number, upheld=True, reason="we are right")


def test_a_ticket_given_elsewhere_ends_the_referral_and_the_dispute(made: Desk) -> None:
    ticket = with_acme(made)
    first = side(made, ticket)
    does(made, "vera", "not-ours", first.number, evidence="x")
    does(made, "mia", "assign", ticket.number, team="ace")
    old, new = sides(made, ticket)
    assert (old.outcome, new.vendor, new.home, now(made, ticket).disputed) == ("withdrawn", "ace", "desk", "")
    assert made.queue("to-rule", made.principal("mia")) == ()
    does(made, "mia", "assign", ticket.number, team="net")
    assert [one.outcome for one in sides(made, ticket)] == ["withdrawn", "withdrawn"]


def test_another_team_of_the_same_vendor_has_the_same_referral(made: Desk) -> None:
    ticket = with_acme(made)
    does(made, "mia", "assign", ticket.number, team="acme-night")
    assert [(one.number, one.status) for one in sides(made, ticket)] == [("V26-000001", "referred")]


# the vendor's own number


@pytest.mark.requirement("INC-24", "the vendor's own number is unique, and finds the ticket")
def test_a_vendor_s_number_finds_the_ticket_and_is_taken_once(made: Desk) -> None:
    first, second = with_acme(made), with_acme(made)
    does(made, "vera", "acknowledge", side(made, first).number, reference="SR-4711")
    with pytest.raises(KeyTaken, match=r"belongs to referral V26-000001 of T26-000001; .*`link` the two"):
        does(made, "vera", "reference", side(made, second).number, reference="sr-4711")
    assert made.ticket("acme:sr-4711", made.principal("bob")).number == first.number
    assert made.ticket("acme:SR-4711", made.principal("vera")).number == first.number
    for asked_for, who in (("acme:SR-4711", "zoe"), ("acme:SR-1", "bob"), ("acme:SR-4711", "ann")):
        with pytest.raises(NotFound):
            made.ticket(asked_for, made.principal(who))
    with pytest.raises(BadInput, match="no reference"):
        does(made, "vera", "reference", side(made, second).number, reference="two words")


@pytest.mark.requirement("INC-24", "a number that is taken is refused without naming what the reader doesn't see")
def test_a_taken_number_of_a_hidden_matter_stays_unnamed(made: Desk) -> None:
    first, second = with_acme(made), reported(made)
    does(made, "vera", "acknowledge", side(made, first).number, reference="SR-4711")
    does(made, "bob", "assign", second.number, team="net", person="carol")
    own = asked(made, second, "carol", vendor="acme")
    with pytest.raises(KeyTaken, match=r"^reference:acme:sr-4711 belongs to another referral; leave it out"):
        does(made, "carol", "reference", own.number, reference="SR-4711")


@pytest.mark.parametrize("vendor", ["V", "T", "W"])
def test_a_vendor_named_like_a_sort_s_numbers_names_the_ticket(clock: MovedClock, vendor: str) -> None:
    teams = (TEAMS[0], Team(id="outside", name="Outside", line=3, vendor=vendor))
    records = (*teams, Vendor(id=vendor, name="Vee"), *PEOPLE[:7])
    with desk(clock, model="tiered", use=("model_tiered",), records=records) as made:
        ticket = reported(made)
        referral = asked(made, ticket, vendor=vendor)
        does(made, "bob", "acknowledge", referral.number, reference="SR-1")
        assert does(made, "bob", "comment", f"{vendor}:SR-1", text="seen").number == ticket.number


def test_the_number_goes_with_the_matter_when_the_vendor_gets_it_again(made: Desk) -> None:
    ticket = with_acme(made)
    does(made, "vera", "acknowledge", side(made, ticket).number, reference="SR-4711")
    does(made, "vera", "return", side(made, ticket).number, reason="x")
    does(made, "mia", "assign", ticket.number, team="acme")
    assert [one.reference for one in sides(made, ticket)] == ["", "SR-4711"]
    assert made.ticket("acme:SR-4711", made.principal("bob")).number == ticket.number


@pytest.mark.requirement("INC-24", "a vendor's mail that carries its number joins the side thread")
@pytest.mark.parametrize("subject", ["Your case SR-4711.", "[#sr-4711] closed", "re: SR-4711"])
@pytest.mark.parametrize("sender", ["cases@acme.example", "victor@example.org"])
def test_a_mail_with_the_vendor_s_number_joins(made: Desk, subject: str, sender: str) -> None:
    ticket = with_acme(made)
    does(made, "vera", "acknowledge", side(made, ticket).number, reference="SR-4711")
    got = came(made, title=subject, text="we need the serial number", **{"from": sender})
    assert (got.state, got.number) == ("joined", ticket.number)
    assert "we need the serial number" in said(made, side(made, ticket).number, "bob")
    assert "we need the serial number" not in said(made, ticket.number, "ann")


@pytest.mark.parametrize("sender", ["ann@example.org", "zoe@example.org", "cases@ace.example"])
def test_somebody_else_s_mail_with_that_number_opens_a_ticket(made: Desk, sender: str) -> None:
    ticket = with_acme(made)
    does(made, "vera", "acknowledge", side(made, ticket).number, reference="SR-4711")
    assert came(made, title="SR-4711", text="let me in", **{"from": sender}).state == "opened"


# side threads


@pytest.mark.requirement("INC-24", "what is written to a vendor is read by the house and that vendor alone")
def test_what_is_written_to_a_vendor_is_read_by_both_sides_alone(made: Desk) -> None:
    ticket = with_acme(made)
    number = side(made, ticket).number
    does(made, "bob", "tell", number, text="they have not paid us")
    does(made, "bob", "tell", number, text="nor will they", internal=True)
    does(made, "vera", "tell", number, text="then we stop")
    assert said(made, number, "vera")[-2:] == ["they have not paid us", "then we stop"]
    assert said(made, number, "bob")[-3:] == ["they have not paid us", "nor will they", "then we stop"]
    for who in ("ann", "zoe", "fred", "carol"):
        with pytest.raises(NotFound):
            made.record(number, made.principal(who))
        assert made.find(Query("referral"), made.principal(who)).items == ()
        assert made.find(Query("referral", like=terms("network")), made.principal(who)).items == ()
    for who in ("ann", "vera"):
        assert not {"they have not paid us", "then we stop"} & set(said(made, ticket.number, who))
    with pytest.raises(NotAllowed):
        does(made, "vera", "tell", number, text="x", internal=True)


@pytest.mark.requirement("INC-26", "who is asked for help sees the question, and neither ticket nor customer")
def test_who_is_only_asked_for_help_sees_neither_ticket_nor_customer(made: Desk) -> None:
    ticket = reported(made)
    does(made, "bob", "comment", ticket.number, text="we are on it", public=True)
    one = asked(made, ticket, vendor="ace")
    assert said(made, one.number, "zoe") == ["what does code 77 mean?"]
    for read in (made.ticket, made.history):
        with pytest.raises(NotFound):
            read(ticket.number, made.principal("zoe"))
    seen = made.record(one.number, made.principal("zoe"))
    assert (seen.title, seen.asked_by, seen.version, seen.reach) == (ticket.title, "", 0, ())


@pytest.mark.requirement(
    "INC-26", "vendor and on-site staff may be asked for help by any line, and it is on the ticket"
)
@pytest.mark.parametrize(("by", "who"), [("bob", {"team": "field"}), ("carol", {"vendor": "acme"}),
                                         ("carol", {"person": "nick"}), ("nick", {"vendor": "ace"})])  # fmt: skip
def test_any_line_asks_and_the_ticket_tells_of_it(made: Desk, by: str, who: dict[str, str]) -> None:
    ticket = reported(made)
    does(made, "mia", "assign", ticket.number, team={"bob": "desk", "carol": "net", "nick": "field"}[by])
    one = asked(made, now(made, ticket), by, **who)
    event = made.history(ticket.number, made.principal("mia"))[-1]
    assert (event.code, event.args["referral"]) == ("ask-help", one.number)
    assert {"team", "vendor", "person"} & set(event.args) == set(who)
    helper = {"field": "nick", "acme": "vera", "nick": "nick", "ace": "zoe"}[next(iter(who.values()))]
    does(made, helper, "done", one.number, solution="change the fuse")
    assert (side(made, ticket).outcome, now(made, ticket).step) == ("done", now(made, ticket).step)
    assert made.history(ticket.number, made.principal("mia"))[-1].outcome == "done"


@pytest.mark.requirement(
    "INC-37", "line 3 may bring in others, such as a developer or the manufacturer, which is noted"
)
def test_line_3_brings_in_a_developer_and_the_manufacturer(made: Desk, mail: Mail) -> None:
    ticket = with_acme(made)
    dev = asked(made, ticket, "vera", person="victor", capacity="developer")
    maker = asked(made, ticket, "vera", name="Maker AG", mail="help@maker.example", capacity="manufacturer")
    noted = [one.args.get("capacity") for one in made.history(ticket.number, made.principal("mia"))]
    assert noted[-2:] == ["developer", "manufacturer"]
    assert made.record(maker.number, made.principal("vera")).capacity == "manufacturer"
    does(made, "victor", "tell", dev.number, text="a known fault")
    made.tick()
    (told,) = (one for one in mail.sent if one.address == "help@maker.example")
    came(made, text="use firmware 9", references=told.message_id, **{"from": "joe@maker.example"})
    assert "use firmware 9" in said(made, maker.number, "vera")
    does(made, "mia", "assign", ticket.number, team="net")
    with pytest.raises(NotFound):
        made.record(maker.number, made.principal("vera"))
    with pytest.raises(NotAllowed, match="within their vendor"):
        asked(made, with_acme(made), "vera", vendor="ace")


@pytest.mark.requirement("INC-37", "line 3 helps lines 1 and 2")
def test_line_3_is_asked_and_answers_line_1(made: Desk, mail: Mail) -> None:
    ticket = reported(made)
    one = asked(made, ticket, vendor="acme")
    does(made, "vera", "done", one.number, solution="reset the port")
    made.tick()
    assert "reset the port" in [told.args.get("said") for told in mail.sent if told.address == "bob@example.org"]


def test_a_person_asked_who_works_on_no_line_answers_and_does_nothing_else(made: Desk) -> None:
    one = asked(made, reported(made), person="dev")
    does(made, "dev", "tell", one.number, text="it is a known fault")
    with pytest.raises(NotAllowed):
        does(made, "dev", "withdraw", one.number, reason="x")
    does(made, "dev", "done", one.number, solution="wait for release 7")


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ({}, "say who is asked"),
        ({"vendor": "ace", "team": "net"}, "say who is asked"),
        ({"vendor": "nobody"}, "unknown vendor"),
        ({"team": "nobody"}, "unknown team"),
        ({"person": "nobody"}, "unknown person"),
        ({"person": "ann"}, "is the requester"),
        ({"vendor": "ace", "mail": "x@example.org"}, "goes with --name"),
    ],
)
def test_asking_nobody_or_too_many_is_refused(made: Desk, who: dict[str, str], says: str) -> None:
    ticket = reported(made)
    with pytest.raises(BadInput, match=says):
        asked(made, ticket, **who)
    assert (sides(made, ticket), now(made, ticket)) == ([], ticket)


def test_each_party_has_one_thread(made: Desk) -> None:
    ticket = reported(made)
    one = asked(made, ticket, vendor="ace")
    with pytest.raises(BadInput, match=f"{one.number} of {ticket.number} is with them already"):
        asked(made, ticket, vendor="ace")
    does(made, "bob", "withdraw", one.number, reason="solved")
    assert asked(made, ticket, vendor="ace").number == "V26-000002"


def test_what_doesn_t_fit_is_refused_and_changes_nothing(made: Desk) -> None:
    helped, ticket = reported(made), with_acme(made)
    one, handed = asked(made, helped, vendor="ace"), side(made, ticket)
    for by, verb, number, params, error in (
        ("zoe", "not-ours", one.number, {"evidence": "x"}, BadInput),
        ("bob", "withdraw", handed.number, {"reason": "x"}, BadInput),
        ("mia", "settle", handed.number, {"upheld": True, "reason": "x"}, WrongStep),
        ("zoe", "acknowledge", handed.number, {}, NotFound),
        ("zoe", "tell", handed.number, {"text": "x"}, NotFound),
    ):
        with pytest.raises(error):
            does(made, by, verb, number, **params)
    assert (side(made, helped), side(made, ticket)) == (one, handed)


# by mail


@pytest.mark.requirement("INC-26", "an answer by mail goes into the side thread, and to no one else")
def test_an_answer_to_a_mail_of_the_thread_comes_back_into_it(made: Desk, mail: Mail) -> None:
    ticket = with_acme(made)
    number = side(made, ticket).number
    does(made, "bob", "tell", number, text="which firmware?")
    made.tick()
    told = next(one for one in mail.sent if one.args.get("said") == "which firmware?")
    assert (told.address, told.number) == ("cases@acme.example", number)
    assert not any(ticket.number in one for one in (told.message_id, *told.references))
    mail.sent.clear()
    got = came(made, text="version 7", references=told.message_id, files="log.txt", **{"from": "new@acme.example"})
    assert (got.state, got.number) == ("joined", ticket.number)
    assert said(made, number, "vera")[-1] == "version 7"
    assert "version 7" not in [*said(made, ticket.number, "ann"), *said(made, ticket.number, "vera")]
    made.tick()
    assert {one.address for one in mail.sent} == {"bob@example.org"}
    (file,) = side(made, ticket).files
    assert made.blob(file.digest, made.principal("vera")) is not None
    assert made.blob(file.digest, made.principal("ann")) is None


def test_a_vendor_s_answer_to_a_mail_about_the_ticket_goes_into_the_thread(made: Desk, mail: Mail) -> None:
    ticket = with_acme(made)
    made.tick()
    told = next(one for one in mail.sent if one.rule == "assigned" and one.address == "vera@example.org")
    came(made, text="we come tomorrow", references=told.message_id, **{"from": "vera@example.org"})
    assert "we come tomorrow" in said(made, side(made, ticket).number, "victor")
    assert "we come tomorrow" not in said(made, ticket.number, "ann")


def test_what_a_stranger_to_the_thread_mails_into_it_stays_with_the_house(made: Desk, mail: Mail) -> None:
    ticket = with_acme(made)
    made.tick()
    told = next(one for one in mail.sent if one.rule == "referred")
    came(made, text="hands off", references=told.message_id, **{"from": "ann@example.org"})
    number = side(made, ticket).number
    assert "hands off" in said(made, number, "bob")
    assert "hands off" not in said(made, number, "vera")


@pytest.mark.requirement("ORG-02", "a side thread's notices go to who is still of it when they are sent")
def test_a_notice_of_the_thread_is_dropped_for_who_is_no_party_any_more(made: Desk, mail: Mail) -> None:
    ticket = reported(made)
    one = asked(made, ticket, person="nick")
    list(made.load([evolve(PEOPLE[3], active=False)], made.service("test")))
    made.tick()
    assert not [told for told in mail.sent if told.number == one.number]
    kept = [told for told in made.find(Query("notice"), made.service("test")).items if isinstance(told, Notice)]
    assert [told.state for told in kept if told.number == one.number] == ["dropped"]


@pytest.mark.requirement(
    "INC-24", "what is written to the customer while a vendor has the ticket is none of the vendor's"
)
@pytest.mark.requirement("INC-24", "nor are the files that the customer sends meanwhile")
def test_what_house_and_customer_write_to_one_another_is_none_of_the_vendor_s(made: Desk, mail: Mail) -> None:
    ticket = with_acme(made)
    does(made, "bob", "comment", ticket.number, text="we may change the vendor", public=True)
    does(made, "ann", "comment", ticket.number, text="at last")
    made.tick()
    told = next(one for one in mail.sent if one.rule == "progress")
    assert told.address == "ann@example.org"
    came(made, text="do it soon", references=told.message_id, **{"from": "ann@example.org"})
    does(made, "ann", "attach", ticket.number, name="salaries.xls", data=b"for the house")
    came(made, text="and this", files="contract.pdf", references=told.message_id, **{"from": "ann@example.org"})
    for who, named in (("ann", ["salaries.xls", "contract.pdf"]), ("bob", ["salaries.xls", "contract.pdf"]),
                       ("vera", [])):  # fmt: skip
        seen = made.ticket(ticket.number, made.principal(who))
        assert [one.name for one in (*seen.attachments, *seen.personal_files)] == named
        assert ("salaries.xls" in f"{made.history(ticket.number, made.principal(who))}") is bool(named)
    does(made, "vera", "comment", ticket.number, text="we come at ten", public=True)
    words = ["we may change the vendor", "at last", "do it soon"]
    for who, reads in (("ann", [*words, "we come at ten"]), ("bob", [*words, "we come at ten"]),
                       ("vera", ["we come at ten"])):  # fmt: skip
        assert [one for one in said(made, ticket.number, who) if one in (*words, "we come at ten")] == reads


def test_nor_what_the_desk_says_on_the_master_of_a_ticket_that_the_vendor_has(made: Desk) -> None:
    ticket, master = with_acme(made), reported(made, title="All switches are down")
    does(made, "bob", "link-master", ticket.number, master=master.number)
    does(made, "bob", "comment", master.number, text="we may change the vendor", public=True)
    made.tick()
    made.tick()
    assert "we may change the vendor" in said(made, ticket.number, "ann")
    assert "we may change the vendor" not in said(made, ticket.number, "vera")


def test_nor_what_is_said_while_the_vendor_has_a_part_of_the_work(made: Desk) -> None:
    ticket = reported(made)
    does(made, "bob", "pass-on", ticket.number, text="looked at the cables")
    does(made, "carol", "accept", ticket.number)
    does(made, "carol", "split", ticket.number, team="acme", title="the firmware")
    does(made, "bob", "comment", ticket.number, text="we may change the vendor", public=True)
    assert "we may change the vendor" in said(made, ticket.number, "ann")
    assert "we may change the vendor" not in said(made, ticket.number, "vera")


def test_the_customer_hears_nothing_of_a_side_thread(made: Desk, mail: Mail) -> None:
    ticket = with_acme(made)
    made.tick()
    mail.sent.clear()
    does(made, "bob", "tell", side(made, ticket).number, text="x")
    does(made, "vera", "tell", side(made, ticket).number, text="y")
    does(made, "vera", "not-ours", side(made, ticket).number, evidence="z")
    made.tick()
    assert {one.address for one in mail.sent} == {"cases@acme.example", "bob@example.org", "mia@example.org"}


@pytest.mark.parametrize(
    ("to", "about", "says"),
    [
        ("requester", "referral", "may not read"),
        ("team:net", "referral", "may not read"),
        ("party", "ticket", "is for"),
    ],
)
def test_a_site_s_rule_can_t_tell_of_a_referral_who_may_not_read_it(to: str, about: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        NotifyRule("own", to, (On("tell"),), about=about)


# and the rest of the house


def test_who_erases_a_customer_erases_the_threads_of_their_tickets(made: Desk) -> None:
    ticket = with_acme(made)
    does(made, "vera", "tell", side(made, ticket).number, text="Ann is on holiday")
    operator = made.operator(made.service("test"))
    list(operator.erase("ann", "she asked", open_too=True))
    left = side(made, ticket)
    assert (left.title, left.request, left.erased) == ("", "", "all")
    assert "Ann is on holiday" not in said(made, left.number, "vera")


def test_the_text_of_a_closed_referral_goes_when_its_time_is_over(clock: MovedClock) -> None:
    records = (*TEAMS, Service(id="lan", name="LAN"), *VENDORS, *CONTRACTS, *PEOPLE)
    keep = Retention(raw=0, notices=0, dead_letters=0, attachments=0, text=30)
    with desk(clock, model="tiered", use=("model_tiered",), records=records, retention=keep) as made:
        ticket = with_acme(made)
        does(made, "vera", "return", side(made, ticket).number, reason="Ann is on holiday")
        open_ = asked(made, now(made, ticket), vendor="ace")
        clock.advance(days=31)
        operator = made.operator(made.service("test"))
        assert [(one.type, one.number) for one in operator.retain()] == [("referral", ticket.number)]
        assert [(one.number, one.reason, one.erased) for one in sides(made, ticket)] == [
            ("V26-000001", "", "all"),
            (open_.number, "", ""),
        ]


def test_a_ticket_from_before_gets_its_referral_with_the_next_change(made: Desk) -> None:
    ticket = reported(made)
    moved = revised(ticket, team="acme", vendor="acme", line=3, step="IM2.12")
    change = ticket_change(made.setup, ticket, moved, (Draft("moved", "core"),), made.setup.world.now())
    made.setup.store.commit(Unit((change,)))
    does(made, "mia", "log", ticket.number, text="x")
    assert [one.vendor for one in sides(made, ticket)] == ["acme"]


@pytest.mark.requirement("SLA-05", "the vendor's clock goes by what is done to the referral, a dispute included")
def test_the_vendor_s_clock_is_the_ticket_s_own_and_none_besides(clock: MovedClock) -> None:
    promise = {"kind": "contract", "vendors": ["acme"], "acknowledgement": 60, "resolution": 480, "calendar": "office"}
    records = (*TEAMS, Service(id="lan", name="LAN"), *VENDORS, *CONTRACTS, *PEOPLE)
    plugin = {"sla_default": {"agreements": [promise]}}
    with desk(clock, model="tiered", use=("model_tiered", "sla_default"), plugin=plugin, records=records) as made:

        def clocks() -> dict[str, bool | None]:
            return {one.target.name: one.met for one in now(made, ticket).clocks if one.target.kind == "contract"}

        ticket = with_acme(made)
        number = side(made, ticket).number
        assert clocks() == {"acknowledgement": None, "resolution": None}
        clock.advance(minutes=30)
        does(made, "vera", "acknowledge", number)
        assert clocks() == {"acknowledgement": True, "resolution": None}
        does(made, "vera", "not-ours", number, evidence="x")
        clock.advance(days=3)
        made.tick()
        assert now(made, ticket).disputed, "while it is disputed the vendor's time runs on"
        does(made, "mia", "settle", number, upheld=True, reason="y")
        assert None not in clocks().values(), "what left the vendor is no longer on its clock"


ON_TICKET: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("vera", "accept", {}),
    ("vera", "decline", {"reason": "x"}),
    ("vera", "hand-over", {"text": "x"}),
    ("vera", "resolve", {"solution": "x", "backup": True}),
    *(("mia", "assign", {"team": team}) for team in ("acme", "acme-night", "ace", "net")),
    ("ann", "reject", {"reason": "x"}),
    ("zoe", "accept", {}),
    ("mia", "wait", {"reason": "vendor"}),
)
ON_REFERRAL: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *((who, "acknowledge", {}) for who in ("vera", "zoe")),
    ("vera", "acknowledge", {"reference": "SR-1"}),
    *((who, "not-ours", {"evidence": "x"}) for who in ("vera", "zoe")),
    *(("mia", "settle", {"upheld": upheld, "reason": "x"}) for upheld in (True, False)),
    ("vera", "return", {"reason": "x"}),
    ("vera", "done", {"solution": "x", "backup": True}),
    ("bob", "tell", {"text": "x"}),
)
DOORS = tuple((door, *one) for door, some in (("ticket", ON_TICKET), ("referral", ON_REFERRAL)) for one in some)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(DOORS), min_size=6, max_size=20))
def test_ticket_and_referral_never_disagree_on_who_has_it(steps: list[tuple[str, str, str, dict[str, Any]]]) -> None:
    records = (*TEAMS, Service(id="lan", name="LAN"), *VENDORS, *CONTRACTS, *PEOPLE)
    with desk(MovedClock(), model="tiered", use=("model_tiered",), records=records) as made:
        ticket = with_acme(made)
        for door, by, verb, params in steps:
            number = ticket.number if door == "ticket" else side(made, ticket).number
            with suppress(Refused):
                does(made, by, verb, number, **params)
            after = now(made, ticket)
            has = after.vendor if after.step != "IM2.11" and after.status not in ("resolved", "closed") else ""
            open_ = [one for one in sides(made, ticket) if one.is_open]
            assert [one.vendor for one in open_] == ([has] if has else [])
            assert after.disputed == (open_[0].number if open_ and open_[0].step == "RF3" else "")
        assert made.verify().breaches == ()
