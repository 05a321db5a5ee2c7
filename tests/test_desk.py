"""The desk as an embedder holds it: one object, any thread, values in and values out."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from attrs import evolve

from itsmkit import (
    BadInput,
    Classification,
    Contact,
    Degraded,
    Desk,
    Duty,
    Lane,
    Message,
    NotAllowed,
    NotFound,
    PluginError,
    Principal,
    Query,
    QueryError,
    Report,
    ReportDefinition,
    SettingsError,
    Site,
    Source,
    StoreError,
    Table,
    Tally,
    Team,
    Test,
    Ticket,
    hookimpl,
)
from itsmkit.core.plugins import MOST_ITEMS
from itsmkit.shipped import SHIPPED
from itsmkit.testing import PEOPLE, MovedClock, PlainModel, answering, brought_to, desk, raising, reported

QUEUES = (
    "open",
    "unclassified",
    "mine",
    "owned",
    "unassigned",
    "unaccepted",
    "declined",
    "overdue",
    "escalated",
    "waiting",
    "to-confirm",
    "follow-up",
)


class Faxes:
    """What begins with "fax" is a report."""

    @hookimpl
    def itsmkit_intake(self, message: Message) -> Report | None:
        return Report(message.raw.decode(), category="network", kind="incident") if message.raw[:3] == b"fax" else None


@pytest.fixture
def made(clock: MovedClock) -> Iterator[Desk]:
    with desk(clock, {"faxes": Faxes()}) as opened:
        yield opened
        assert opened.verify().breaches == ()


def bob(made: Desk) -> Principal:
    return made.principal("bob")


def test_it_is_a_context_that_closes_its_store(clock: MovedClock) -> None:
    closed: list[bool] = []

    class Told:
        @hookimpl
        def itsmkit_open_store(self, types: Any, clock: Any) -> Any:
            from itsmkit import MemoryStore

            class Closing(MemoryStore):
                def close(self) -> None:
                    closed.append(True)

            return Closing(types, clock)

    with desk(clock, {"told": Told()}) as made:
        reported(made)
        assert closed == []
    assert closed == [True]


def test_bytes_are_a_message_too(made: Desk) -> None:
    receipt = made.receive(b"fax one", "fax")
    assert made.ticket(receipt.number, bob(made)).channel == "fax"


def test_many_threads_lose_nothing(made: Desk) -> None:
    numbers: list[str] = []
    faults: list[BaseException] = []

    def work(which: int) -> None:
        try:
            agent = bob(made)
            for turn in range(6):
                receipt = made.receive(f"fax {which} {turn}".encode(), "fax")
                numbers.append(receipt.number)
                made.do("take", receipt.number, agent)
                made.do("comment", receipt.number, agent, text="on it", public=True)
                made.tick(limit=3)
        except Exception as fault:  # noqa: BLE001 - told to the test's own thread
            faults.append(fault)

    threads = [Thread(target=work, args=(which,)) for which in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert faults == []
    assert len(set(numbers)) == 48
    assert made.verify().balance["received"] == {"opened": 48}
    for number in numbers:
        codes = [one.code for one in made.history(number, bob(made))]
        assert (codes.count("take"), codes.count("comment")) == (1, 1)


def test_a_large_batch_comes_back_in_order(made: Desk) -> None:
    receipts = made.receive_many(Message(f"fax {number}".encode(), "fax") for number in range(230))
    titles = [made.ticket(one.number, bob(made)).title for one in receipts]
    assert titles == [f"fax {number}" for number in range(230)]
    assert made.receive_many([]) == []


def test_numbers_are_unique_and_by_the_year_of_the_site(clock: MovedClock) -> None:
    made = desk(clock)
    assert reported(made).number == "T26-000001"
    clock.advance(days=366)
    assert reported(made).number == "T27-000001"


# reading


def test_find_shows_what_the_asker_may_see(made: Desk) -> None:
    mine, other = reported(made), reported(made, by="otto")
    everybody = Query("ticket")
    assert [one.id for one in made.find(everybody, made.principal("ann")).items] == [mine.id]
    assert {one.id for one in made.find(everybody, bob(made)).items} == {mine.id, other.id}
    assert made.tally(Tally("ticket"), made.principal("ann"))[0].n == 1
    assert made.tally(Tally("ticket"), bob(made))[0].n == 2


def test_a_question_that_can_t_be_is_refused(made: Desk) -> None:
    for query in (
        Query("no such type"),
        Query("ticket", (Test("no_such_field", value="x"),)),
        Query("ticket", (Test("priority", value="high"),)),
    ):
        with pytest.raises(QueryError):
            made.find(query, bob(made))


@pytest.mark.requirement(
    "REP-03", "queues for managers: overdue, unassigned, unaccepted, escalated, in need of attention"
)
@pytest.mark.parametrize("name", QUEUES)
def test_every_queue_can_be_read_by_those_who_work(made: Desk, name: str) -> None:
    brought_to(made, "IM3.1")
    for who in ("bob", "carol", "mia"):
        assert all(isinstance(one, Ticket) for one in made.queue(name, made.principal(who)))
    with pytest.raises(NotAllowed, match="work lists"):
        made.queue(name, made.principal("ann"))


@pytest.mark.requirement("REP-03", "a ticket is on the lists of the step where it stands")
@pytest.mark.parametrize(
    ("step", "who", "lists"),
    [
        ("IM2.9", "bob", {"open", "unassigned"}),
        ("IM2.12", "mia", {"open", "unassigned", "unaccepted"}),
        ("IM3.1", "carol", {"open", "mine"}),
        ("IM4.2", "carol", {"open", "mine", "waiting"}),
        ("IM5.2", "mia", {"open", "to-confirm"}),
        ("IM5.6", "bob", {"follow-up"}),
    ],
)
def test_a_ticket_is_on_the_lists_where_it_belongs(made: Desk, step: str, who: str, lists: set[str]) -> None:
    ticket = brought_to(made, step)
    principal = made.principal(who)
    assert {name for name in QUEUES if ticket.id in [one.id for one in made.queue(name, principal)]} == lists


def test_an_unknown_queue_names_those_there_are(made: Desk) -> None:
    with pytest.raises(BadInput, match="unclassified"):
        made.queue("nonsense", bob(made))


def test_a_queue_is_cut_where_asked(made: Desk) -> None:
    made.receive_many(Message(f"fax {number}".encode(), "fax") for number in range(7))
    assert len(made.queue("open", bob(made), limit=3)) == 3


def test_explain_tells_who_decided_what_from_what_and_who_else_was_asked(clock: MovedClock) -> None:
    made = desk(
        clock,
        {
            "broken": raising("itsmkit_classify"),
            "shy": answering("itsmkit_classify", None),
            "rules": answering("itsmkit_classify", Classification("inquiry", "network", why="asks how")),
        },
    )
    ticket = reported(made)
    told = made.explain(ticket.number, bob(made))
    kind = told.fields["kind"]
    assert (kind.by, kind.because, dict(kind.others)) == (
        "plugin:rules",
        "asks how",
        {"broken": "raised", "shy": "abstained"},
    )
    assert told.fields["priority"].by == "plugin:defaults"
    assert "impact 3 x urgency 2" in told.fields["priority"].because
    assert told.fields["team"].by == "model:plain"
    assert [one.step for one in told.decisions if one.what == "step"] == [
        one.step for one in made.history(ticket.number, bob(made)) if one.code == "step"
    ]


def test_explain_tells_a_user_no_reasons(made: Desk) -> None:
    told = made.explain(reported(made).number, made.principal("ann"))
    assert all(one.because == "" and one.others == () for one in told.decisions)


def test_a_hidden_ticket_and_none_at_all_are_alike(made: Desk) -> None:
    hidden = reported(made, by="otto").number
    refusals = []
    for number in (hidden, "T26-000999"):
        with pytest.raises(NotFound) as refusal:
            made.ticket(number, made.principal("ann"))
        refusals.append(str(refusal.value).replace(number, "NUMBER"))
    assert refusals[0] == refusals[1]


def test_blobs_are_read_under_the_ticket_s_scope(made: Desk) -> None:
    ticket = reported(made)
    given = made.do("attach", ticket.number, made.principal("ann"), name="a.txt", data=b"abc")
    digest = given.attachments[0].digest
    for who, sees in (("ann", True), ("bob", True), ("otto", False)):
        assert (made.blob(digest, made.principal(who)) is not None) is sees
    assert made.blob("0" * 64, bob(made)) is None


# reports


@pytest.mark.requirement("REP-01", "per month: number of tickets, by kind and priority")
def test_the_month_s_counts(made: Desk) -> None:
    reported(made)
    brought_to(made, "IM5.6")
    (table,) = made.tables("month", "2026-03", made.principal("mia"))
    assert table.columns == ("kind", "priority", "opened", "resolved", "closed")
    assert table.rows == (("incident", 4, 2, 1, 1), ("all", "", 2, 1, 1))


def test_reports_need_the_duty_and_a_name_that_exists(made: Desk) -> None:
    with pytest.raises(NotAllowed, match="read_reports"):
        made.tables("month", "2026-03", bob(made))
    with pytest.raises(BadInput, match="month"):
        made.tables("year", "2026", made.principal("mia"))


def test_a_report_that_fails_is_one_clear_error(clock: MovedClock) -> None:
    def make(_look: object, _period: str) -> tuple[Table, ...]:
        raise ZeroDivisionError

    made = desk(clock, {"bad": answering("itsmkit_reports", [ReportDefinition("bad", "Bad", make)])})
    with pytest.raises(PluginError, match="report bad of plugin bad failed: ZeroDivisionError"):
        made.tables("bad", "2026-03", made.principal("mia"))


def test_of_two_reports_of_one_name_that_of_the_plugin_asked_first_is_made(clock: MovedClock) -> None:
    mine = ReportDefinition("month", "Mine", lambda _look, period: (Table(f"mine {period}", (), ()),))
    made = desk(clock, {"mine": answering("itsmkit_reports", [mine])})
    assert made.tables("month", "2026-03", made.principal("mia"))[0].title == "mine 2026-03"


# who


@pytest.mark.parametrize("key", ["ann", "mail:ann@example.org", "employee:E1", "phone:+10"])
def test_a_principal_by_id_or_unique_key(made: Desk, key: str) -> None:
    ann = made.principal(key)
    assert (ann.id, ann.person, ann.duties) == ("person:ann", "ann", {Duty.REPORT})


def test_nobody_is_not_found(made: Desk) -> None:
    for key in ("nobody", "mail:nobody@example.org", "", "ticket:x"):
        with pytest.raises(NotFound):
            made.principal(key)


def test_without_a_model_intake_runs_and_people_are_told_why_they_must_wait(clock: MovedClock) -> None:
    made = desk(clock, {"faxes": Faxes()}, model="none")
    assert made.receive(b"fax", "fax").state == "opened"
    with pytest.raises(Degraded, match="doctor"):
        made.principal("bob")
    with pytest.raises(Degraded):
        made.do("log", "T26-000001", made.service("robot"), text="x")
    made.tick()
    assert any("no organisation model" in one for one in made.troubles)
    assert made.verify().breaches == ()


@pytest.mark.parametrize("method", ["duties", "scope"])
def test_a_model_that_fails_for_a_person_fails_closed(clock: MovedClock, method: str) -> None:
    from itsmkit.testing import PlainModel

    def fail(*_: object) -> Any:
        raise RuntimeError

    broken = type("Broken", (PlainModel,), {method: fail})()
    made = desk(clock, {"broken": answering("itsmkit_organisation", broken)})
    with pytest.raises(Degraded):
        made.principal("bob")


# at work


def test_a_pass_of_the_worker_says_what_it_did(made: Desk) -> None:
    made.receive(b"fax", "fax")
    done = made.tick()
    assert (done.intake, done.work, done.due, done.post) == (0, 1, 0, 0)
    assert done.news > 0
    assert done.total == done.work + done.news
    while made.tick().total:
        pass
    assert made.setup.store.peek(Lane.NEWS).waiting == 0


def test_what_a_desk_is_made_of_can_be_read(made: Desk) -> None:
    assert [one.name for one in made.plugins] == ["faxes", "model_plain", "defaults"]
    assert made.processes == tuple(SHIPPED.values())
    assert made.troubles == ()
    assert {one.name for one in made.types} >= {"ticket", "person", "received", "notice"}
    assert made.settings.site.name == "Test desk"


def test_a_folder_that_is_no_site_is_refused(tmp_path: Any) -> None:
    with pytest.raises(SettingsError, match="init"):
        Desk.open(tmp_path)


def test_an_unreadable_ticket_is_said_to_be_so(clock: MovedClock) -> None:
    from attrs import evolve

    made = desk(clock)
    ticket = reported(made)
    rows = vars(made.setup.store)["_rows"]["ticket"]
    rows[ticket.id] = evolve(rows[ticket.id], body="{")
    with pytest.raises(StoreError, match="can't be read"):
        made.ticket(ticket.number, bob(made))


@pytest.mark.requirement("USR-01", "a user reports their own matters, nobody else's")
def test_a_user_s_report_is_their_own_whoever_it_names(clock: MovedClock) -> None:
    made = desk(clock)
    ann, carol = made.principal("ann"), made.principal("carol")
    receipt = made.report(Report("mail is down", contact=Contact(mail="carol@example.org")), ann)
    assert made.ticket(receipt.number, ann).requester == "ann"
    receipt = made.report(Report("mail is down"), carol)
    assert made.ticket(receipt.number, carol).requester == "carol"


@pytest.mark.requirement("INC-46", "the recorder who took the report stays the ticket's owner")
def test_who_records_a_report_for_somebody_owns_its_ticket(clock: MovedClock) -> None:
    made = desk(clock)
    bob = made.principal("bob")
    receipt = made.report(Report("mail is down", contact=Contact(mail="ann@example.org"), channel="phone"), bob)
    ticket = made.ticket(receipt.number, bob)
    assert (ticket.requester, ticket.owner) == ("ann", "bob")


@pytest.mark.requirement("INC-46", "who of the service desk first works on a ticket owns it from then on")
def test_who_first_works_on_a_ticket_owns_it(clock: MovedClock) -> None:
    made = desk(clock)
    ticket = brought_to(made, "IM2.9")
    assert ticket.owner == ""
    made.do("attempt", ticket.number, made.principal("bob"), text="restarted it")
    assert brought_to(made, "IM3.1", made.ticket(ticket.number, made.principal("bob"))).owner == "bob"


def test_a_report_that_says_nothing_is_refused(clock: MovedClock) -> None:
    made = desk(clock)
    with pytest.raises(BadInput, match="title or a text"):
        made.report(Report(" ", "\n"), made.principal("ann"))
    assert made.verify().records.get("received", 0) == 0


@pytest.mark.requirement("INC-16", "a person who opens a ticket has its matches before deciding")
def test_a_ticket_whose_matching_waits_is_matched_when_a_person_works_on_it(clock: MovedClock) -> None:
    made = desk(clock)
    ticket = reported(made, kind="incident", category="network")
    assert ticket.step == "IM2.7"
    after = made.do("pass-on", ticket.number, made.principal("bob"), text="beyond line 1")
    assert after.line == 2
    assert [event.step for event in made.history(ticket.number, made.principal("bob"))].count("IM2.7") == 1


def test_a_command_s_name_belongs_to_one_ticket(clock: MovedClock) -> None:
    made = desk(clock)
    one, other = reported(made, "first"), reported(made, "second")
    bob = made.principal("bob")
    made.do("comment", one.number, bob, text="seen", command="c-1")
    with pytest.raises(BadInput, match="another record"):
        made.do("comment", other.number, bob, text="seen", command="c-1")
    assert "comment" not in [event.code for event in made.history(other.number, bob)]


def test_mails_that_break_a_plugin_don_t_stop_the_mails_behind_them(clock: MovedClock) -> None:
    class Fragile(Faxes):
        @hookimpl
        def itsmkit_intake(self, message: Message) -> Report | None:
            if b"poison" in message.raw:
                raise ValueError("poison")
            return super().itsmkit_intake(message)

    made = desk(clock, {"faxes": Fragile()})
    states = [made.receive(Message(b"fax poison %d" % n, "fax")).state for n in range(5)]
    assert states == ["unreadable"] * 5
    assert made.receive(Message(b"fax sound", "fax")).state == "opened"


def test_a_model_that_fails_just_now_does_not_take_the_one_in_force_with_it(clock: MovedClock) -> None:
    class Moody:
        broken = False

        @hookimpl
        def itsmkit_organisation(self, site: Site) -> PlainModel:
            if self.broken:
                raise RuntimeError(site.name)
            return PlainModel()

    moody = Moody()
    made = desk(clock, {"model_moody": moody})
    ticket = reported(made)
    moody.broken = True
    list(made.load([Team(id="night", name="Night shift", line=2)], made.service("test")))
    assert made.setup.site.team("night") is not None
    assert made.do("comment", ticket.number, made.principal("bob"), text="still here").number == ticket.number


def test_a_clock_goes_on_without_the_calendar_it_was_promised_by(clock: MovedClock) -> None:
    made = desk(clock, use=("sla_default",))
    ticket = reported(made, kind="incident", category="network")
    assert ticket.clocks
    gone = evolve(made.setup.policy, calendars=type(made.setup.policy.calendars)({}))
    later = Desk(evolve(made._opened, setup=evolve(made.setup, policy=gone)))
    clock.advance(hours=1)
    assert later.do("take", ticket.number, later.principal("bob")).clocks[0].met is not None


def test_files_of_those_who_work_are_not_the_requester_s(clock: MovedClock) -> None:
    made = desk(clock)
    ticket = brought_to(made, "IM3.1")
    ann, carol = made.principal("ann"), made.principal("carol")
    made.do("attach", ticket.number, carol, name="trace.txt", data=b"internal")
    made.do("attach", ticket.number, carol, name="guide.txt", data=b"for all", public=True)
    assert [one.name for one in made.ticket(ticket.number, ann).attachments] == ["guide.txt"]
    assert made.ticket(ticket.number, ann).internal_files == ()
    assert [one.name for one in made.ticket(ticket.number, carol).internal_files] == ["trace.txt"]


def test_who_sees_no_internal_field_can_t_ask_after_one(clock: MovedClock) -> None:
    made = desk(clock)
    brought_to(made, "IM3.1")
    ann = made.principal("ann")
    for asked in (Query("ticket", (Test("assignee", value="carol"),)), Query("ticket", order="assignee")):
        with pytest.raises(QueryError, match="assignee"):
            made.find(asked, ann)
    with pytest.raises(QueryError, match="assignee"):
        made.tally(Tally("ticket", ("assignee",)), ann)
    with pytest.raises(BadInput, match="version"):
        made.do("comment", made.find(Query("ticket"), ann).items[0].number, ann, text="hi", expect=3)


def test_a_person_named_by_a_key_is_kept_by_id(clock: MovedClock) -> None:
    made = desk(clock)
    ticket = brought_to(made, "IM2.9")
    after = made.do("assign", ticket.number, made.principal("bob"), team="net", person="mail:carol@example.org")
    assert after.assignee == "carol"


def test_whether_a_person_exists_is_told_to_those_who_may_ask(clock: MovedClock) -> None:
    made = desk(clock)
    ticket = brought_to(made, "IM3.1")
    with pytest.raises(NotAllowed):
        made.do("assign", ticket.number, made.principal("ann"), team="network", person="nobody")


def test_impersonation_ends_with_the_right_to_it(clock: MovedClock) -> None:
    made = desk(clock)
    ticket = brought_to(made, "IM3.1")
    (mia,) = [one for one in PEOPLE if one.id == "mia"]
    acting = made.impersonated(made.principal("mia"), "carol")
    list(made.load([evolve(mia, active=False)], made.service("test")))
    with pytest.raises(NotFound):
        made.do("comment", ticket.number, acting, text="still here")


def test_a_source_that_breaks_does_not_take_intake_with_it(clock: MovedClock) -> None:
    class Poor(Faxes):
        @hookimpl
        def itsmkit_sources(self) -> list[Source]:
            def poll() -> list[Message]:
                raise OSError("folder gone")

            return [Source("poor", poll, lambda _: None)]

    made = desk(clock, {"poor": Poor()})
    for _ in range(5):
        made.poll()
    assert made.receive(Message(b"fax sound", "fax")).state == "opened"


def test_words_typed_in_must_be_known(clock: MovedClock) -> None:
    made = desk(clock)
    for report in (Report("x", kind="nosuch"), Report("x", service="nosuch"), Report("x", impact=9)):
        with pytest.raises(BadInput):
            made.report(report, made.principal("bob"))


def test_a_store_keeps_the_zone_it_was_begun_in(clock: MovedClock) -> None:
    made = desk(clock)
    moved = evolve(made.settings, site=evolve(made.settings.site, zone="Asia/Tokyo"))
    with pytest.raises(SettingsError, match="begun in"):
        desk(clock, settings=moved, store=made.setup.store)


def test_one_ticket_that_can_t_be_worked_on_does_not_hold_up_the_rest(clock: MovedClock) -> None:
    made = desk(clock)
    lost, sound = reported(made, "first"), reported(made, "second")
    table = made.setup.processes["incident"]
    steps = {name: step for name, step in table.steps.items() if name != "IM2.7"} | {
        "IM2.5": evolve(table.step("IM2.5"), to={"yes": "IM2.6", "no": "IM2.8"}),
        "IM2.6": evolve(table.step("IM2.6"), to={"dispatched": "IM2.8"}),
    }
    shorter = evolve(made.setup, processes={"incident": evolve(table, steps=steps)})
    later = Desk(evolve(made._opened, setup=shorter))
    later.tick()
    fresh = reported(later, "third")
    assert fresh.step not in ("", "IM2.7")
    later.tick()
    assert {one.step for one in (lost, sound)} == {"IM2.7"}
    assert made.verify().breaches == ()


def test_a_verdict_stands_whatever_becomes_of_the_calendar(clock: MovedClock) -> None:
    made = desk(clock, use=("sla_default",))
    ticket = reported(made, kind="incident", category="network")
    clock.advance(hours=1)
    taken = made.do("take", ticket.number, made.principal("bob"))
    assert taken.clocks[0].met is True
    always_open = type(made.setup.policy.calendars)({})
    later = Desk(
        evolve(made._opened, setup=evolve(made.setup, policy=evolve(made.setup.policy, calendars=always_open)))
    )
    clock.advance(hours=1)
    assert later.do("wait", ticket.number, later.principal("bob"), reason="customer").clocks[0] == taken.clocks[0]


def test_a_source_without_end_leaves_time_for_the_rest(clock: MovedClock) -> None:
    class Endless(Faxes):
        @hookimpl
        def itsmkit_sources(self) -> list[Source]:
            def poll() -> Iterator[Message]:
                while True:
                    yield Message(b"fax the same again", "fax")

            return [Source("endless", poll, lambda _: None)]

    made = desk(clock, {"endless": Endless()})
    receipts = made.poll()
    assert [one.state for one in receipts[:2]] == ["opened", "duplicate"]
    assert len(receipts) == MOST_ITEMS


def test_a_model_that_failed_at_the_start_is_asked_again(clock: MovedClock) -> None:
    class Late:
        awake = False

        @hookimpl
        def itsmkit_organisation(self, site: Site) -> PlainModel:
            if not self.awake:
                raise RuntimeError(site.name)
            return PlainModel()

    late = Late()
    made = desk(clock, {"model_late": late}, model="late")
    with pytest.raises(Degraded):
        made.principal("bob")
    late.awake = True
    clock.advance(minutes=15)
    made.tick()
    assert made.principal("bob").person == "bob"
