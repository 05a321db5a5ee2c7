"""The small records that managers and the process owner keep: each kind's process, who may do what, who sees it."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from itsmkit import (
    BadInput,
    Desk,
    Done,
    Draft,
    KeyTaken,
    NotAllowed,
    NotFound,
    Person,
    Query,
    Refused,
    Scope,
    Service,
    Team,
    Unit,
    UnknownVerb,
    WrongStep,
    revised,
)
from itsmkit.core.model.entry import SUGGESTED, Entry, EntryKind
from itsmkit.core.model.process import END
from itsmkit.core.queues import watched
from itsmkit.core.registers import REGISTERS
from itsmkit.core.sealing import sealed
from itsmkit.core.verbs import BEGINNINGS, VERBS
from itsmkit.testing import MovedClock, desk, reported

ORG_06, ORG_07, ORG_08, REP_05 = "ORG-06", "ORG-07", "ORG-08", "REP-05"
TEAMS = (
    Team(id="desk", name="Service desk"),
    Team(id="net", name="Networks", line=2),
    Team(id="acme", name="Acme", line=3, vendor="acme", categories=("network",)),
    Team(id="ace", name="Ace", line=3, vendor="ace"),
)
HOUSE = {
    "ann": "user", "bob": "service_desk", "nora": "analyst", "ida": "is_incident_manager",
    "petra": "is_problem_manager", "olga": "process_owner", "dora": "department_manager", "root": "administrator",
}  # fmt: skip
OUTSIDE = {"anna": "vendor_analyst", "vim": "vendor_incident_manager", "vera": "vendor_problem_manager"}
TIERED = {"bob": "service_desk", "mia": "incident_manager", "paula": "problem_manager", "olga": "process_owner"}


def _person(id_: str, role: str, vendor: str = "") -> Person:
    teams = (vendor,) if vendor else {"bob": ("desk",), "nora": ("net",)}.get(id_, ())
    return Person(id=id_, name=id_.title(), mails=(f"{id_}@example.org",), roles=(role,), teams=teams, vendor=vendor)


PEOPLE = (
    *(_person(id_, role) for id_, role in HOUSE.items()),
    *(_person(f"{vendor}-{id_}", role, vendor) for vendor in ("acme", "ace") for id_, role in OUTSIDE.items()),
)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def made(clock: MovedClock) -> Iterator[Desk]:
    """A desk of IS and vendor managers."""
    with desk(
        clock, model="vendor", use=("model_vendor",), records=(*TEAMS, Service(id="mail", name="Mail"), *PEOPLE)
    ) as d:
        yield d


@pytest.fixture
def tiered(clock: MovedClock) -> Iterator[Desk]:
    """A desk of lines, with one incident and one problem manager."""
    people = tuple(_person(id_, role) for id_, role in TIERED.items())
    with desk(clock, model="tiered", use=("model_tiered",), records=(*TEAMS, *people)) as opened:
        yield opened


def begun(made: Desk, who: str, what: str, **params: Any) -> Entry:
    entry: Entry = made.begin(what, made.principal(who), **params)
    return entry


def does(made: Desk, who: str, verb: str, entry: Entry, **params: Any) -> Entry:
    done: Entry = made.do(verb, entry.number, made.principal(who), **params)
    return done


def queued(made: Desk, who: str, name: str) -> list[str]:
    return [one.number for one in made.queue(name, made.principal(who))]


def sees(made: Desk, entry: Entry) -> set[str]:
    """Who sees the entry: by its number, and, so that no path tells more, on a list, by count and by its history."""
    found = set()
    for person in PEOPLE:
        by = made.principal(person.id)
        listed = entry.id in [one.id for one in made.find(Query("entry"), by).items]
        heard = bool(made.setup.store.history("entry", entry.id, by.scope))
        try:
            got = made.record(entry.number, by).id == entry.id
        except NotFound:
            got = False
        assert (listed, heard) == (got, got), person.id
        if got:
            found.add(person.id)
    return found


# improvements and exceptions


@pytest.mark.requirement(ORG_07, "suggestions travel manager to owner: vendor to IS to owner, with status")
def test_a_suggestion_travels_from_a_vendor_s_analyst_to_the_process_owner(made: Desk, clock: MovedClock) -> None:
    entry = begun(
        made, "acme-anna", "note", kind="improvement", title="Ask for the serial number", text="it is lacking"
    )
    assert (entry.number, entry.step, entry.status) == ("E26-000001", "RG1", "noted")
    for who, queue, verb, status in (
        ("acme-vera", "suggestions", "forward", "forwarded"),
        ("petra", "suggestions", "forward", "forwarded"),
        ("olga", "for-owner", "accept", "accepted"),
    ):
        assert queued(made, who, queue) == [entry.number]
        assert does(made, who, verb, entry).status == status
        assert queued(made, who, queue) == []
        assert made.record(entry.number, made.principal("acme-anna")).status == status, (
            "who noted it sees how it stands"
        )
    assert queued(made, "olga", "to-carry-out") == [entry.number]
    end = does(made, "olga", "done", entry, result="the form asks for it")
    assert (end.status, end.step, end.result, end.closed) == ("done", END, "the form asks for it", clock())
    told = [one.code for one in made.history(entry.number, made.principal("acme-anna"))]
    assert told == ["opened", "forward", "forward", "accept", "done"]
    assert made.verify().breaches == ()


@pytest.mark.requirement(ORG_07, "what is refused is refused with its reason, which who noted it sees")
def test_a_refused_suggestion_says_why(made: Desk) -> None:
    entry = begun(made, "nora", "note", kind="improvement", title="Two screens for everybody")
    with pytest.raises(BadInput, match="reason"):
        does(made, "ida", "refuse", entry)
    assert does(made, "ida", "refuse", entry, reason="no money this year").status == "refused"
    mine = made.record(entry.number, made.principal("nora"))
    assert (mine.status, mine.reason, mine.step) == ("refused", "no money this year", END)


@pytest.mark.requirement(ORG_07, "exceptions are noted on a ticket and collected for IS")
@pytest.mark.requirement("ORG-03", "exceptions collected are work items of the role")
def test_exceptions_of_a_vendor_are_collected_for_is(made: Desk, clock: MovedClock) -> None:
    ticket = reported(made)
    made.do("note-exception", ticket.number, made.principal("bob"), title="no matching", text="the base was down")
    made.do("assign", ticket.number, made.principal("ida"), team="acme")
    clock.advance(60)
    made.do("note-exception", ticket.number, made.principal("acme-anna"), title="accepted by phone")
    inside, outside = sorted(
        made.find(Query("entry"), made.principal("ida")).items, key=lambda one: vars(one)["number"]
    )
    assert isinstance(inside, Entry)
    assert isinstance(outside, Entry)
    assert (inside.about, inside.vendor, outside.vendor) == (ticket.number, "", "acme")
    assert queued(made, "ida", "exceptions") == [inside.number]
    assert "exceptions" not in watched(made.principal("acme-vim"))
    assert queued(made, "acme-vim", "suggestions") == [outside.number]
    with pytest.raises(NotAllowed, match="collect; forward E26-000002"):
        does(made, "acme-vim", "accept", outside)
    does(made, "acme-vim", "forward", outside, why="it can't be helped at night")
    assert queued(made, "petra", "exceptions") == [inside.number, outside.number]
    assert queued(made, "petra", "suggestions") == []
    noted = [one for one in made.history(ticket.number, made.principal("bob")) if one.code == "note-exception"]
    assert [one.args["entry"] for one in noted] == [inside.number, outside.number]
    assert "note-exception" not in [one.code for one in made.history(ticket.number, made.principal("ann"))]


@pytest.mark.requirement("ORG-02", "only IS determines process changes")
@pytest.mark.requirement(ORG_07, "who rules on what follows from the duties; who may not forwards")
def test_who_rules_on_what_a_vendor_noted(made: Desk) -> None:
    accepted: dict[str, set[str]] = {kind: set() for kind in SUGGESTED}
    for kind, who in product(
        SUGGESTED, ("acme-anna", "acme-vim", "acme-vera", "ace-vim", "bob", "ida", "petra", "olga")
    ):
        entry = begun(made, "acme-anna", "note", kind=kind, title=f"for {who}")
        try:
            does(made, who, "accept", entry)
        except Refused:
            assert made.record(entry.number, made.principal("ida")).status == "noted"
        else:
            accepted[kind].add(who)
    assert accepted == {
        "improvement": {"acme-vim", "ida", "petra"},
        "defect": {"acme-vim", "ida", "petra"},
        "exception": {"ida", "petra"},
        "process_change": {"ida"},
    }


@pytest.mark.requirement(
    ORG_07, "what is with IS is no longer the vendor's to rule on, what is with the owner no manager's"
)
def test_what_was_forwarded_is_ruled_on_above(made: Desk) -> None:
    entry = begun(made, "acme-vim", "note", kind="improvement", title="shorter mails")
    does(made, "acme-vim", "forward", entry)
    for verb in ("accept", "forward"):
        with pytest.raises(NotAllowed, match=ORG_07):
            does(made, "acme-vim", verb, entry)
    does(made, "ida", "forward", entry)
    with pytest.raises(NotAllowed, match="with the process owner"):
        does(made, "ida", "accept", entry)
    with pytest.raises(WrongStep):
        does(made, "ida", "forward", entry)


@pytest.mark.requirement(ORG_07, "managers of the house implement, and suggest to the process owner")
def test_by_lines_a_manager_implements_or_suggests_to_the_owner(tiered: Desk) -> None:
    own = begun(tiered, "mia", "note", kind="improvement", title="a shift plan")
    assert does(tiered, "mia", "accept", own, person="bob").owner == "bob"
    assert queued(tiered, "bob", "to-carry-out") == [own.number]
    assert does(tiered, "bob", "done", own, result="it hangs on the wall").status == "done"
    further = begun(tiered, "bob", "note", kind="process_change", title="no IM2.9 for inquiries")
    assert does(tiered, "paula", "forward", further).step == "RG3"
    assert does(tiered, "olga", "refuse", further, reason="it is needed").status == "refused"


@pytest.mark.requirement(ORG_07, "what a vendor without managers notes is with the house's manager")
def test_by_lines_what_a_vendor_s_staff_note_is_the_house_s_to_rule_on(tiered: Desk) -> None:
    list(tiered.load([_person("vic", "vendor_support", "acme")], tiered.service("test")))
    noted = begun(tiered, "vic", "note", kind="improvement", title="tell us the floor")
    assert (noted.step, noted.status) == ("RG2", "forwarded")
    assert queued(tiered, "mia", "suggestions") == [noted.number]
    does(tiered, "mia", "accept", noted)
    assert tiered.record(noted.number, tiered.principal("vic")).status == "accepted"
    asked = begun(tiered, "mia", "ask-resources", vendor="acme", title="the move")
    assert queued(tiered, "paula", "resources") == [asked.number]
    assert does(tiered, "paula", "commit", asked, staff="vic").status == "committed"
    assert does(tiered, "mia", "review", asked, enough=True).status == "allocated"


def test_a_number_that_is_taken_is_told_at_once(made: Desk) -> None:
    first = begun(made, "bob", "note", kind="improvement", title="a template")
    setup = made.setup
    series = setup.store.get("series", first.number[:3], Scope.system("test"))
    restored = sealed(setup.world, series, revised(series, next=1), (Draft("allotted", "core"),), setup.world.now())
    assert isinstance(setup.store.commit(Unit((restored,)))[0], Done)
    with pytest.raises(KeyTaken, match=f"number:{first.number} belongs to entry {first.number}"):
        begun(made, "bob", "note", kind="improvement", title="another")


def test_nobody_carries_out_who_could_not_record_it(made: Desk) -> None:
    entry = begun(made, "bob", "note", kind="improvement", title="a template")
    with pytest.raises(BadInput, match="Ann lacks the duty"):
        does(made, "ida", "accept", entry, person="ann")
    assert does(made, "ida", "accept", entry, person="petra").owner == "petra"


def test_what_is_carried_out_is_ended_by_who_does_it_or_a_manager(made: Desk) -> None:
    entry = begun(made, "bob", "note", kind="improvement", title="a template")
    does(made, "ida", "accept", entry, person="nora")
    with pytest.raises(NotAllowed, match="carried out by nora"):
        does(made, "bob", "done", entry, result="I was quicker")
    assert does(made, "nora", "done", entry, result="written").status == "done"


def test_what_was_noted_is_withdrawn_by_who_noted_it(made: Desk) -> None:
    entry = begun(made, "acme-anna", "note", kind="improvement", title="never mind")
    with pytest.raises(NotAllowed, match="who noted it"):
        does(made, "acme-vera", "withdraw", entry, reason="I don't like it")
    assert does(made, "acme-anna", "withdraw", entry, reason="a mistake").status == "withdrawn"


@pytest.mark.requirement("ORG-02", "registers are seen by who noted, the managers in scope and the process owner")
def test_who_sees_what_was_noted(made: Desk) -> None:
    outside = begun(made, "acme-anna", "note", kind="improvement", title="from outside")
    inside = begun(made, "bob", "note", kind="improvement", title="from inside")
    above = {"ida", "petra", "olga"}
    assert sees(made, outside) == {"acme-anna", "acme-vim", "acme-vera", *above}
    assert sees(made, inside) == {"bob", *above}
    made.break_glass("to see", 30, by=made.principal("root"))
    assert "root" in sees(made, inside)


def test_a_vendor_s_role_without_a_vendor_is_none_of_the_house(made: Desk, clock: MovedClock) -> None:
    list(made.load([_person("lost", "vendor_incident_manager")], made.service("test")))
    inside = begun(made, "bob", "note", kind="improvement", title="from inside")
    with pytest.raises(NotFound):
        made.record(inside.number, made.principal("lost"))
    clock.advance(60)
    own = begun(made, "lost", "note", kind="improvement", title="from nowhere")
    assert queued(made, "ida", "suggestions") == [inside.number, own.number]
    assert (own.vendor, does(made, "ida", "refuse", own, reason="whose?").status) == ("?", "refused")


@pytest.mark.requirement("ORG-02", "why somebody may or may not see an entry is explained by its own keys")
def test_access_to_an_entry_is_explained(made: Desk) -> None:
    inside = begun(made, "bob", "note", kind="improvement", title="from inside")
    held = {who: {one.rule: one.holds for one in made.permits(who, "accept", inside.number, made.principal("ida"))}
            for who in ("ida", "nora", "root", "bob")}  # fmt: skip
    assert held == {
        "ida": {"duty": True, "scope": True, "state": True},
        "nora": {"duty": False, "scope": False, "state": True},
        "root": {"duty": False, "scope": False, "state": True},
        "bob": {"duty": False, "scope": True, "state": True},
    }
    other = begun(made, "ida", "note", kind="improvement", title="from IS")
    scope = next(
        one for one in made.permits("bob", "accept", other.number, made.principal("ida")) if one.rule == "scope"
    )
    assert not scope.holds, "bob sees every ticket, and no entries of others"


# non-compliance


@pytest.mark.requirement(REP_05, "who doesn't follow the process is given notice, answers it, and it is settled")
def test_a_notice_is_given_answered_and_settled(made: Desk, clock: MovedClock) -> None:
    ticket = reported(made)
    told = {"person": "nora", "ticket": ticket.number, "step": "IM2.12", "rule": "E26-000009", "text": "not accepted"}
    notice = begun(made, "ida", "give-notice", **told)
    assert (notice.about, notice.at_step, notice.rule, notice.opened_by) == (
        ticket.number,
        "IM2.12",
        "E26-000009",
        "ida",
    )
    assert queued(made, "nora", "to-answer") == [notice.number]
    assert queued(made, "bob", "to-answer") == []
    with pytest.raises(NotFound):
        does(made, "bob", "reply", notice, text="it wasn't her")
    with pytest.raises(NotAllowed, match="whom it concerns"):
        does(made, "petra", "reply", notice, text="it wasn't her")
    assert does(made, "nora", "reply", notice, text="I was ill").status == "answered"
    assert queued(made, "ida", "to-settle") == [notice.number]
    assert queued(made, "nora", "to-answer") == []
    with pytest.raises(NotAllowed, match="duty enforce"):
        does(made, "petra", "settle", notice, result="no duty of the problem manager of IS")
    end = does(made, "ida", "settle", notice, result="a deputy is named")
    assert (end.status, end.answer, end.result, end.closed) == ("settled", "I was ill", "a deputy is named", clock())


@pytest.mark.requirement(REP_05, "a notice is seen by those concerned and the managers in scope only")
def test_a_notice_is_seen_by_those_concerned_and_the_managers_in_scope(made: Desk) -> None:
    ticket = reported(made)
    is_ = {"ida", "petra"}
    of_acme = {"acme-vim", "acme-vera"}
    expected = {
        ("person", "nora"): {"nora", *is_},
        ("person", "acme-anna"): {"acme-anna", *of_acme, *is_},
        ("team", "net"): {"nora", *is_},
        ("team", "desk"): {"bob", *is_},
        ("vendor", "acme"): {*of_acme, *is_},
    }
    for (what, whom), who in expected.items():
        notice = begun(made, "ida", "give-notice", **{what: whom}, ticket=ticket.number, text="too late")
        assert sees(made, notice) == who, whom
    heard = [one.code for one in made.history(ticket.number, made.principal("bob"))]
    assert "give-notice" not in heard, "the ticket tells nobody"


@pytest.mark.requirement(REP_05, "whom a notice is about neither settles nor withdraws it")
def test_nobody_settles_a_notice_about_themselves(made: Desk) -> None:
    notice = begun(made, "petra", "give-notice", person="ida", text="no review was chaired")
    with pytest.raises(NotAllowed, match=REP_05):
        does(made, "ida", "settle", notice, result="nothing happened")
    with pytest.raises(NotAllowed, match=REP_05):
        does(made, "ida", "withdraw", notice, reason="nothing happened")
    vendor = begun(made, "ida", "give-notice", vendor="acme", text="no figures")
    with pytest.raises(NotAllowed, match="who noted it"):
        does(made, "acme-vim", "withdraw", vendor, reason="they came")
    assert queued(made, "acme-vim", "to-answer") == [vendor.number]
    assert queued(made, "acme-vim", "to-settle") == []
    assert does(made, "acme-vim", "reply", vendor, text="here they are").status == "answered"
    assert does(made, "ida", "settle", vendor, result="they came").status == "settled"


@pytest.mark.requirement(REP_05, "a vendor's manager gives notice within the vendor only")
def test_a_vendor_s_manager_gives_notice_within_the_vendor(made: Desk) -> None:
    for whom in ({"person": "ace-anna"}, {"person": "nora"}, {"team": "net"}, {"vendor": "ace"}):
        with pytest.raises(Refused):
            begun(made, "acme-vim", "give-notice", **whom, text="too late")
    own = begun(made, "acme-vera", "give-notice", person="acme-anna", text="too late")
    assert does(made, "acme-vim", "settle", own, result="talked about").status == "settled"


def test_an_absurd_notice_is_refused_and_leaves_nothing(made: Desk) -> None:
    reported(made)
    absurd: list[tuple[str, dict[str, str]]] = [
        ("ida", {"text": "who?"}),
        ("ida", {"text": "whom?", "person": "nora", "team": "net"}),
        ("ida", {"text": "myself", "person": "ida"}),
        ("ida", {"text": "nobody", "person": "nobody"}),
        ("ida", {"text": "no team", "team": "nowhere"}),
        ("ida", {"text": "no vendor", "vendor": "acme2"}),
        ("ida", {"text": "no ticket", "person": "nora", "ticket": "T26-999999"}),
        ("ida", {"person": "nora"}),
        ("bob", {"text": "no duty", "person": "nora"}),
        ("acme-vim", {"text": "not its own", "person": "acme-anna", "ticket": "T26-000001"}),
    ]
    for who, params in absurd:
        with pytest.raises(Refused):
            begun(made, who, "give-notice", **params)
    assert made.find(Query("entry"), made.service("test")).items == ()


# resources


@pytest.mark.requirement(
    "ORG-02", "resources: IS asks the vendor's manager and reviews, the vendor commits and allocates"
)
def test_resources_are_asked_for_committed_reviewed_and_released(made: Desk, clock: MovedClock) -> None:
    when = {"at": clock() + timedelta(days=1), "until": clock() + timedelta(days=8)}
    asked = begun(made, "ida", "ask-resources", vendor="acme", title="the move", amount=2, **when)
    assert (asked.status, asked.amount, asked.vendor) == ("asked", 2, "acme")
    assert queued(made, "acme-vim", "resources") == [asked.number]
    assert queued(made, "ace-vim", "resources") == queued(made, "ida", "committed") == []
    with pytest.raises(NotAllowed, match="duty commit"):
        does(made, "ida", "commit", asked, staff="acme-anna")
    with pytest.raises(BadInput, match="unknown person"):
        does(made, "acme-vim", "commit", asked, staff="ace-anna")
    committed = does(made, "acme-vim", "commit", asked, staff="acme-anna")
    assert (committed.status, committed.staff, committed.until) == ("committed", ("acme-anna",), when["until"])
    assert queued(made, "petra", "committed") == [asked.number]
    with pytest.raises(NotAllowed, match="reviewed by the house"):
        does(made, "acme-vera", "review", asked, enough=True)
    again = does(made, "ida", "review", asked, enough=False, why="two were asked for")
    assert (again.status, again.reason) == ("asked", "two were asked for")
    does(made, "acme-vera", "commit", asked, staff="acme-anna, acme-vim")
    held = does(made, "ida", "review", asked, enough=True)
    assert (held.status, held.staff) == ("allocated", ("acme-anna", "acme-vim"))
    assert "acme-anna" in sees(made, held)
    assert does(made, "acme-vim", "release", asked, result="moved").status == "released"


def test_a_vendor_may_say_no_and_another_isn_t_asked(made: Desk) -> None:
    asked = begun(made, "ida", "ask-resources", vendor="acme", title="the move")
    with pytest.raises(NotFound):
        does(made, "ace-vim", "refuse", asked, reason="not ours")
    with pytest.raises(NotAllowed, match="commits the resources"):
        does(made, "petra", "refuse", asked, reason="too dear")
    assert does(made, "acme-vim", "refuse", asked, reason="all are ill").status == "refused"
    assert sees(made, asked) == {"ida", "petra", "acme-vim", "acme-vera"}


@pytest.mark.requirement("ORG-02", "resources: in the tiered model the manager commits and allocates")
def test_by_lines_the_manager_commits_and_allocates_directly(tiered: Desk) -> None:
    held = begun(tiered, "mia", "commit-resources", title="the move", staff="bob")
    assert (held.status, held.step, held.staff) == ("allocated", "RE3", ("bob",))
    with pytest.raises(NotAllowed, match="duty commit"):
        begun(tiered, "bob", "commit-resources", title="the move", staff="bob")
    assert does(tiered, "paula", "release", held).status == "released"


def test_an_absurd_request_for_resources_is_refused(made: Desk) -> None:
    absurd: list[dict[str, Any]] = [{"amount": 0}, {"amount": 10**9}, {"vendor": "nobody"}, {"at": "soon"}]
    for params in absurd:
        with pytest.raises(BadInput):
            begun(made, "ida", "ask-resources", **{"title": "the move", "vendor": "acme", **params})


# what is published


@pytest.mark.requirement(ORG_08, "changed business rules are published to the participants; who has read them is known")
def test_a_rule_is_published_read_and_who_has_read_it_is_known(made: Desk, clock: MovedClock) -> None:
    rule = begun(made, "ida", "publish", kind="rule", title="Call before you assign", text="always")
    assert (rule.status, rule.edition) == ("in_force", 1)
    participants = {
        "bob",
        "nora",
        "ida",
        "petra",
        *(f"{vendor}-{one}" for vendor in ("acme", "ace") for one in OUTSIDE),
    }
    assert sees(made, rule) == {*participants, "olga"}
    assert queued(made, "nora", "unread") == queued(made, "acme-anna", "unread") == [rule.number]
    clock.advance(60)
    does(made, "nora", "read", rule)
    assert queued(made, "nora", "unread") == []
    found = {one.person: one.read for one in made.readers(rule.number, made.principal("ida"))}
    assert found == {**dict.fromkeys(participants), "nora": clock()}
    with pytest.raises(BadInput, match="already"):
        does(made, "nora", "read", rule)
    outside, anna = made.record(rule.number, made.principal("acme-anna")), made.principal("acme-anna")
    assert (outside.readers, [one.code for one in made.history(rule.number, anna)]) == ((), ["opened"])
    theirs = {one.person for one in made.readers(rule.number, made.principal("acme-vim"))}
    assert theirs == {"acme-anna", "acme-vim", "acme-vera"}, "a vendor's manager is told of the vendor's staff"


@pytest.mark.requirement(ORG_08, "a changed rule is to be read anew")
def test_a_new_edition_is_unread_again(made: Desk) -> None:
    rule = begun(made, "ida", "publish", kind="rule", title="Call before you assign", text="always")
    does(made, "nora", "read", rule)
    after = does(made, "petra", "revise", rule, text="by day only")
    assert (after.edition, after.text, after.readers) == (2, "by day only", ())
    assert queued(made, "nora", "unread") == [rule.number]
    does(made, "nora", "read", rule)
    read = [one.args["edition"] for one in made.history(rule.number, made.principal("ida")) if one.code == "read"]
    assert read == [1, 2]
    does(made, "ida", "withdraw", rule, reason="it is in the handbook now")
    assert queued(made, "bob", "unread") == []


@pytest.mark.requirement(ORG_08, "a vendor's manager publishes to the vendor's own people")
def test_a_vendor_s_rule_is_for_the_vendor(made: Desk) -> None:
    rule = begun(made, "acme-vim", "publish", kind="rule", title="Tell the shift", to="handle")
    assert sees(made, rule) == {"acme-anna", "acme-vim", "acme-vera", "ida", "petra", "olga"}
    assert [one.person for one in made.readers(rule.number, made.principal("ida"))] == [
        "acme-anna",
        "acme-vera",
        "acme-vim",
    ]
    assert queued(made, "ida", "unread") == []
    with pytest.raises(BadInput, match="isn't for you"):
        does(made, "ida", "read", rule)
    with pytest.raises(NotFound):
        does(made, "ace-vim", "revise", rule, text="for us too")
    house = begun(made, "ida", "publish", kind="rule", title="For all")
    with pytest.raises(NotAllowed, match="own company"):
        does(made, "acme-vim", "revise", house, text="for us other")


@pytest.mark.requirement(ORG_08, "who said it for somebody else is known too")
def test_who_reads_a_rule_in_another_s_name_is_told(made: Desk) -> None:
    rule = begun(made, "petra", "publish", kind="rule", title="Call before you assign")
    made.do("read", rule.number, made.impersonated(made.principal("ida"), "nora"))
    does(made, "bob", "read", rule)
    found = {one.person: one.real for one in made.readers(rule.number, made.principal("petra")) if one.read}
    assert found == {"nora": "person:ida", "bob": ""}
    with pytest.raises(NotAllowed, match="duty"):
        made.readers(rule.number, made.principal("bob"))


@pytest.mark.requirement(ORG_06, "the process owner sets the measures and their targets")
@pytest.mark.requirement(ORG_06, "keeps process documents and record templates, with editions")
def test_measures_documents_and_templates_are_the_owner_s(made: Desk) -> None:
    measure = begun(made, "olga", "publish", kind="measure", title="First-line resolution", target="70 %")
    assert does(made, "olga", "revise", measure, target="75 %").target == "75 %"
    document = begun(made, "olga", "publish", kind="document", title="Handbook", text="shelf 3")
    assert does(made, "olga", "revise", document, text="shelf 4").edition == 2
    for who, kind in (("ida", "measure"), ("ida", "document"), ("acme-vera", "template"), ("bob", "rule")):
        with pytest.raises(NotAllowed):
            begun(made, who, "publish", kind=kind, title="mine", target="1" if kind == "measure" else "")
    for who in ("olga", "ida", "petra", "acme-vim"):
        assert begun(made, who, "publish", kind="template", title="Report").kind == "template"
    in_force = made.find(Query("entry"), made.principal("nora")).items
    assert {vars(one)["kind"] for one in in_force} == {"measure", "document", "template"}


def test_what_can_t_be_published_is_refused(made: Desk) -> None:
    for params in (
        {"kind": "law", "title": "x"},
        {"kind": "measure", "title": "without a target"},
        {"kind": "document", "title": "with a target", "target": "1"},
        {"kind": "document", "title": "for nobody", "to": "dancing"},
        {"kind": "document", "title": "for everybody", "to": "report"},
        {"kind": "document", "title": ""},
    ):
        with pytest.raises(BadInput):
            begun(made, "olga", "publish", **params)


@pytest.mark.requirement(ORG_06, "reviews the process regularly or when needed")
def test_reviews_are_scheduled_put_off_held_and_come_again(made: Desk, clock: MovedClock) -> None:
    with pytest.raises(BadInput, match="in the past"):
        begun(made, "olga", "schedule-review", title="Second quarter", at=clock())
    review = begun(made, "olga", "schedule-review", title="Second quarter", at=clock() + timedelta(days=30))
    assert queued(made, "olga", "reviews") == [review.number]
    later = does(made, "olga", "postpone", review, at=clock() + timedelta(days=40))
    assert (later.status, later.at) == ("scheduled", clock() + timedelta(days=40))
    clock.advance(40 * 86_400)
    again = does(made, "olga", "hold", review, findings="IM2.9 is skipped", again=clock() + timedelta(days=90))
    assert (again.status, again.result) == ("scheduled", "IM2.9 is skipped")
    end = does(made, "olga", "hold", review, findings="better now")
    assert (end.status, end.result) == ("done", "IM2.9 is skipped\n\nbetter now")
    with pytest.raises(NotAllowed):
        begun(made, "ida", "schedule-review", title="Mine", at=clock() + timedelta(days=1))


@pytest.mark.requirement(ORG_06, "notes defects and improvements, reports problems to the department manager")
def test_the_owner_notes_defects_and_reports_them_to_the_department_manager(made: Desk) -> None:
    defect = begun(made, "olga", "note", kind="defect", title="nobody calls back")
    assert (defect.step, "dora" in sees(made, defect)) == ("RG3", False)
    with pytest.raises(NotAllowed, match="own_process"):
        does(made, "ida", "tell-manager", defect, person="dora")
    does(made, "olga", "tell-manager", defect, person="dora", why="for the board")
    assert "dora" in sees(made, defect)
    assert does(made, "olga", "accept", defect, person="ida").status == "accepted"
    rule = begun(made, "olga", "publish", kind="rule", title="Call back")
    with pytest.raises(WrongStep):
        does(made, "olga", "tell-manager", rule, person="dora")


# what holds for all of them


def test_beginning_again_under_the_same_name_gives_the_first(made: Desk) -> None:
    one = begun(made, "bob", "note", kind="improvement", title="once", command="c1")
    other = begun(made, "bob", "note", kind="improvement", title="once", command="c1")
    assert (one.id, one.number) == (other.id, other.number)
    with pytest.raises(BadInput, match="something else"):
        begun(made, "ida", "give-notice", person="nora", text="late", command="c1")
    assert len(made.find(Query("entry"), made.principal("ida")).items) == 1


def test_a_dry_run_begins_nothing(made: Desk) -> None:
    foretold = made.begin("note", made.principal("bob"), kind="defect", title="once", dry_run=True)
    assert foretold.step == "RG1"
    assert made.find(Query("entry"), made.service("test")).items == ()


def test_what_can_t_begin_is_named(made: Desk) -> None:
    with pytest.raises(UnknownVerb, match="give-notice"):
        made.begin("party", made.principal("bob"))
    with pytest.raises(BadInput, match="unknown kind"):
        begun(made, "bob", "note", kind="rule", title="x")
    with pytest.raises(NotAllowed, match="duty"):
        begun(made, "ann", "note", kind="improvement", title="x")
    with pytest.raises(NotFound):
        begun(made, "nora", "note", kind="improvement", title="x", ticket=reported(made).number)


def test_erasing_somebody_empties_what_is_about_them_and_their_tickets(made: Desk) -> None:
    ticket = reported(made)
    kept = begun(made, "bob", "note", kind="improvement", title="Mr Smith again")
    gone = begun(made, "bob", "note", kind="improvement", title="Ann again", ticket=ticket.number)
    notice = begun(made, "ida", "give-notice", person="nora", text="Nora was late")
    operator = made.operator(made.principal("root"))
    for who in ("ann", "nora"):
        assert list(operator.erase(who, reason="asked for", open_too=True))
    texts = {one.number: (one.title, one.text) for one in made.find(Query("entry"), made.principal("ida")).items
             if isinstance(one, Entry)}  # fmt: skip
    assert texts == {kept.number: ("Mr Smith again", ""), gone.number: ("", ""), notice.number: ("", "")}
    assert made.verify().breaches == ()


TABLES = {one.name: one for one in REGISTERS}
PARAMS: dict[str, dict[str, Any]] = {
    "refuse": {"reason": "no"}, "done": {"result": "done"}, "withdraw": {"reason": "no"}, "reply": {"text": "so"},
    "settle": {"result": "so"}, "commit": {"staff": "acme-anna"}, "review": {"enough": False},
    "hold": {"findings": "x"}, "revise": {"text": "new"}, "tell-manager": {"person": "dora"},
}  # fmt: skip
BEGUN: dict[str, dict[str, Any]] = {
    "note": {"kind": "improvement", "title": "x"}, "give-notice": {"team": "acme", "text": "x"},
    "ask-resources": {"vendor": "acme", "title": "x"}, "commit-resources": {"title": "x", "staff": "acme-anna"},
    "publish": {"kind": "rule", "title": "x"},
}  # fmt: skip
WHO = [one.id for one in PEOPLE]
ACTS = [(verb, who) for verb in VERBS["entry"] for who in WHO]


@settings(
    max_examples=12, deadline=None, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
)
@given(st.randoms(use_true_random=False))
def test_no_sequence_of_verbs_by_anybody_leaves_the_table(random: Any) -> None:
    clock = MovedClock()
    with desk(clock, model="vendor", use=("model_vendor",), records=(*TEAMS, *PEOPLE)) as made:
        entries: dict[str, Entry] = {}
        for _ in range(60):
            what, who = random.choice(list(BEGUN)), random.choice(WHO)
            if len(entries) < 6:
                try:
                    one = begun(made, who, what, **BEGUN[what])
                except Refused:
                    continue
                entries[one.number] = made.record(one.number, made.service("test"))
            number, (verb, who) = random.choice(sorted(entries)), random.choice(ACTS)
            before, process = entries[number], TABLES[entries[number].process]
            params = {"at": clock() + timedelta(days=1)} if verb == "postpone" else PARAMS.get(verb, {})
            try:
                does(made, who, verb, before, **params)
            except Refused:
                assert made.record(number, made.service("test")) == before, "a refusal changes nothing"
                continue
            after = entries[number] = made.record(number, made.service("test"))
            ways = {*process.steps[before.step].to.values(), before.step, END if verb == "withdraw" else before.step}
            assert after.step in ways
            assert (after.closed is not None) == (after.step == END)
            still = {process.steps[after.step].status} if after.step else {process.ended, *process.ends.values()}
            assert after.status in still
        assert made.verify().breaches == ()


def test_every_kind_and_verb_is_walked_by_the_tables() -> None:
    assert set(BEGUN) | {"schedule-review"} == set(BEGINNINGS)
    steps = {step for one in REGISTERS for step in one.steps}
    assert {step for one in VERBS["entry"].values() for step in one.steps} == steps
    assert len(EntryKind) == 11
