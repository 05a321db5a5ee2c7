"""What comes in is durable before anything looks at it, and becomes exactly one thing."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit import (
    Attached,
    BadInput,
    Contact,
    Desk,
    Lane,
    MemoryStore,
    Message,
    NotAllowed,
    NotFound,
    Outcome,
    Person,
    Query,
    Received,
    Report,
    Scope,
    Source,
    StoreError,
    Ticket,
    Unit,
    hookimpl,
    message_id,
)
from itsmkit.shipped import TYPES
from itsmkit.testing import MovedClock, answering, brought_to, desk, plugin_at, reported

ALL = Scope.system("test")


class Died(BaseException):
    """The process ends here."""


class Lines:
    """Reads messages of the form "key value" a line, so that a test says all of a report in its raw bytes."""

    @hookimpl
    def itsmkit_intake(self, message: Message) -> Report | None:
        if not message.raw.startswith(b"title "):
            return None
        told: dict[str, Any] = dict(line.split(" ", 1) for line in message.raw.decode().splitlines())
        contact = Contact(mail=told.pop("mail", ""), employee=told.pop("employee", ""), phone=told.pop("phone", ""))
        references = tuple(told.pop("references", "").split())
        firing = told.pop("firing", "yes") == "yes"
        automatic = told.pop("automatic", "no") == "yes"
        return Report(contact=contact, references=references, firing=firing, automatic=automatic, **told)


def mail(title: str = "it broke", **told: str) -> Message:
    lines = [f"title {title}", *(f"{name} {value}" for name, value in told.items())]
    return Message("\n".join(lines).encode(), "email", "help")


@pytest.fixture
def made(clock: MovedClock) -> Iterator[Desk]:
    with desk(clock, {"lines": Lines()}) as opened:
        yield opened
        sound(opened)


def sound(made: Desk) -> None:
    """Nothing lost, nothing made up: every law that `verify` knows."""
    assert made.verify().breaches == ()


def received(made: Desk, id_: str) -> Received:
    found = made.setup.store.get("received", id_, ALL)
    assert isinstance(found, Received)
    return found


def tickets(made: Desk) -> list[Ticket]:
    return [
        one for one in made.find(Query("ticket"), made.service("test"), limit=1000).items if isinstance(one, Ticket)
    ]


def codes(made: Desk, number: str) -> list[str]:
    return [one.code for one in made.history(number, made.principal("bob"))]


@pytest.mark.requirement("INC-01", "a report of any channel becomes a ticket that keeps the channel")
@pytest.mark.parametrize("channel", ["phone", "email", "chat", "web", "alert"])
def test_a_report_becomes_a_ticket_of_its_channel(made: Desk, channel: str) -> None:
    receipt = made.receive(evolve(mail(), channel=channel))
    assert receipt.state == "opened"
    ticket = made.ticket(receipt.number, made.principal("bob"))
    assert (ticket.channel, ticket.title, ticket.number) == (channel, "it broke", "T26-000001")
    kept = received(made, receipt.received)
    assert (kept.state, kept.ticket) == ("opened", ticket.id)
    blob = made.blob(kept.raw, made.service("test"))
    assert blob is not None
    assert blob.data == mail().raw


@pytest.mark.requirement("INC-06", "the interface is open for more tools: a plugin reads what they tell")
@pytest.mark.requirement("INC-01", "user-reported and tool-detected matters are told apart")
def test_detected_matters_are_told_apart(clock: MovedClock) -> None:
    made = desk(clock, {"tool": answering("itsmkit_intake", Report("disk full", detected=True))})
    assert made.ticket(made.receive(b"x").number, made.principal("bob")).detected
    assert not reported(desk(clock)).detected


# durable first


@pytest.mark.parametrize("count", [1, 3])
def test_who_dies_between_the_commits_loses_nothing(clock: MovedClock, count: int) -> None:
    def die(point: str) -> None:
        if point == "kept":
            raise Died

    made = desk(clock, {"lines": Lines()}, on_point=die)
    with pytest.raises(Died):
        made.receive_many([mail(f"number {number}") for number in range(count)])
    store = made.setup.store
    assert store.peek(Lane.INTAKE).waiting == count
    assert tickets(made) == []

    worker = desk(clock, {"lines": Lines()}, store=store, seed=1)
    worker.tick()
    assert tickets(worker) == [], "the receiver may still be at work"
    clock.advance(seconds=61)
    assert worker.tick().intake == count
    assert sorted(one.title for one in tickets(worker)) == [f"number {number}" for number in range(count)]
    assert store.peek(Lane.INTAKE).waiting == 0
    sound(worker)


def test_a_receiver_that_was_only_slow_finds_the_worker_s_ticket(clock: MovedClock) -> None:
    workers: list[Desk] = []

    def sleep_too_long(point: str) -> None:
        if point == "kept" and workers:
            clock.advance(seconds=61)
            workers.pop().tick()

    made = desk(clock, {"lines": Lines()}, on_point=sleep_too_long)
    workers.append(desk(clock, {"lines": Lines()}, store=made.setup.store, seed=1))
    receipt = made.receive(mail())
    assert receipt.state == "opened"
    assert [one.number for one in tickets(made)] == [receipt.number]
    sound(made)


def test_a_message_that_three_died_over_becomes_a_ticket_not_readable(clock: MovedClock) -> None:
    poison = {"poison": plugin_at("itsmkit_intake", lambda _: _die())}
    made = desk(clock, poison)
    with pytest.raises(KeyboardInterrupt):
        made.receive(Message(b"poison", "email", name="bad.eml"))
    for seed in (1, 2):
        clock.advance(seconds=61)
        worker = desk(clock, poison, store=made.setup.store, seed=seed)
        if seed == 1:
            with pytest.raises(KeyboardInterrupt):
                worker.tick()
        else:
            worker.tick()
    (ticket,) = tickets(made)
    assert ticket.title == "not readable: bad.eml"
    assert [one.size for one in ticket.attachments] == [6]
    sound(made)


def _die() -> None:
    raise KeyboardInterrupt  # what a plugin call lets through, as it ends the process


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"no form",
        b'{"itsmkit.report":1',
        b'{"itsmkit.report":1,"x":2}',
        b'{"itsmkit.report":1,"title":"a","happened":1e99}',
        b'{"itsmkit.report":1}',
        b'{"itsmkit.report":1,"title":"a","impact":"high"}',
    ],
)
def test_what_nobody_can_read_becomes_a_ticket_with_the_message_attached(clock: MovedClock, raw: bytes) -> None:
    made = desk(clock)
    receipt = made.receive(Message(raw, "email", name="odd.bin"))
    assert receipt.state == "unreadable"
    ticket = made.ticket(receipt.number, made.principal("bob"))
    assert ticket.title == "not readable: odd.bin"
    blob = made.blob(ticket.attachments[0].digest, made.principal("bob"))
    assert blob is not None
    assert blob.data == raw
    sound(made)


def test_malformed_forms_don_t_put_the_defaults_out_of_action(clock: MovedClock) -> None:
    """Anybody can send them: three must not rest the plugin that everything else falls back on."""
    made = desk(clock)
    for number in range(5):
        made.receive(b'{"itsmkit.report":1,"bogus":%d}' % number)
    assert reported(made).step == "IM2.7"


@pytest.mark.parametrize(
    "text", ["half \ud800 a pair", "N\0UL", "\ufffe", "x" * 300_000, "\r\n" * 1000, "网络中断" * 1000]
)
def test_any_text_can_be_kept(clock: MovedClock, text: str) -> None:
    report = Report(
        f"t {text}",
        text,
        contact=Contact(name=text, mail=text),
        service=text,
        category=text,
        kind=text,
        ci=text,
        place=text,
        symptom=text,
        fingerprint=text,
        language=text,
        attachments=(Attached(text, text, b"data"),),
    )
    made = desk(clock, {"odd": answering("itsmkit_intake", report)})
    receipt = made.receive(Message(b"x", f"chan{text}", f"box{text}", f"name{text}"))
    assert receipt.state == "opened"
    ticket = made.ticket(receipt.number, made.principal("bob"))
    kept = received(made, receipt.received)
    for told in (
        ticket.title,
        ticket.text,
        ticket.contact.name,
        ticket.fingerprint,
        ticket.attachments[0].name,
        kept.name,
        kept.channel,
        kept.key,
    ):
        assert "\0" not in told
        told.encode()
    sound(made)


def test_a_name_no_store_could_keep_is_no_hindrance_to_an_unreadable_one(clock: MovedClock) -> None:
    made = desk(clock)
    receipt = made.receive(Message(b"\xff", name="caf\udce9.eml"))
    assert receipt.state == "unreadable"
    sound(made)


class Failing(MemoryStore):
    """Refuses every commit from the given one on, while `out` is set."""

    out = False

    def commit(self, *units: Unit) -> tuple[Outcome, ...]:
        if self.out:
            raise StoreError("disk full")
        return super().commit(*units)


@pytest.mark.parametrize("count", [1, 3])
def test_a_store_that_fails_after_the_first_commit_leaves_the_messages_to_a_worker(
    clock: MovedClock, count: int
) -> None:
    store = Failing(TYPES, clock)

    def fail(point: str) -> None:
        store.out = point == "kept"

    made = desk(clock, {"lines": Lines()}, store=store, on_point=fail)
    messages = [mail(f"number {number}") for number in range(count)]
    assert [one.state for one in made.receive_many(messages)] == ["kept"] * count
    store.out = False
    clock.advance(seconds=61)
    worker = desk(clock, {"lines": Lines()}, store=store, seed=1)
    worker.tick()
    assert len(tickets(worker)) == count
    sound(worker)


def test_a_store_that_fails_at_the_first_commit_has_taken_in_nothing(clock: MovedClock) -> None:
    store = Failing(TYPES, clock)
    made = desk(clock, {"lines": Lines()}, store=store)
    store.out = True
    with pytest.raises(StoreError, match="disk full"):
        made.receive(mail())
    store.out = False
    assert "received" not in made.verify().records
    assert made.receive(mail()).state == "opened"


# known again


def test_the_same_message_again_changes_nothing(made: Desk) -> None:
    first = made.receive(mail())
    again = made.receive(mail())
    assert (again.state, again.number, again.received) == ("duplicate", first.number, first.received)
    assert len(tickets(made)) == 1


def test_the_same_words_in_another_mailbox_are_another_message(made: Desk) -> None:
    made.receive(mail())
    assert made.receive(evolve(mail(), mailbox="other")).state == "opened"


def test_two_equal_ones_in_one_batch_are_one(made: Desk) -> None:
    states = [one.state for one in made.receive_many([mail(), mail("other"), mail()])]
    assert states == ["opened", "opened", "duplicate"]


def test_two_equal_calls_typed_in_are_two(made: Desk) -> None:
    assert reported(made).number != reported(made).number


def test_a_duplicate_of_one_that_is_still_on_its_way_is_no_second(clock: MovedClock) -> None:
    def die(point: str) -> None:
        if point == "kept":
            raise Died

    dying = desk(clock, {"lines": Lines()}, on_point=die)
    with pytest.raises(Died):
        dying.receive(mail())
    made = desk(clock, {"lines": Lines()}, store=dying.setup.store, seed=1)
    assert made.receive(mail()).state == "duplicate"
    clock.advance(seconds=61)
    made.tick()
    assert len(tickets(made)) == 1
    sound(made)


# joining


def ours(made: Desk, number: str) -> str:
    return message_id(number, "notice1", made.setup.secret, made.setup.site.domain)


@pytest.mark.requirement("INC-04", "an answer to one of our mails joins its ticket")
@pytest.mark.requirement("INC-04", "the existing ticket is updated, not doubled")
def test_an_answer_to_one_of_our_mails_joins_its_ticket(made: Desk) -> None:
    ticket = reported(made)
    answer = made.receive(mail("Re: it broke", references=f"<a@b> {ours(made, ticket.number)}", mail="ann@example.org"))
    assert (answer.state, answer.number) == ("joined", ticket.number)
    event = made.history(ticket.number, made.principal("ann"))[-1]
    assert (event.code, event.args["requester"]) == ("joined", True)
    assert len(tickets(made)) == 1


def test_an_answer_from_a_stranger_joins_and_is_not_shown_to_the_requester(made: Desk) -> None:
    ticket = reported(made)
    made.receive(mail("Re: it broke", references=ours(made, ticket.number), mail="evil@example.net"))
    assert codes(made, ticket.number)[-1] == "joined"
    assert "joined" not in [one.code for one in made.history(ticket.number, made.principal("ann"))]


@pytest.mark.parametrize(
    "reference",
    ["<T26-000001.notice1.00000000000000000000000000000000@desk.example.org>", "<T26-000001@x>", "T26-000001"],
)
def test_a_made_up_reference_joins_nothing(made: Desk, reference: str) -> None:
    reported(made)
    assert made.receive(mail("Re: it broke", references=reference)).state == "opened"


def test_the_user_s_answer_ends_the_wait_for_them_an_autoresponder_s_doesn_t(made: Desk) -> None:
    ticket = reported(made)
    made.do("wait", ticket.number, made.principal("bob"), reason="customer")
    away = mail("Away", references=ours(made, ticket.number), mail="ann@example.org", automatic="yes")
    made.receive(away)
    assert made.ticket(ticket.number, made.principal("bob")).waits
    made.receive(mail("Room 7", references=ours(made, ticket.number), mail="ann@example.org"))
    assert not made.ticket(ticket.number, made.principal("bob")).waits


def test_an_answer_to_a_closed_ticket_opens_one_that_names_it(made: Desk) -> None:
    closed = brought_to(made, "IM5.6")
    answer = made.receive(mail("Re: again", references=ours(made, closed.number), mail="ann@example.org"))
    assert answer.state == "opened"
    assert made.ticket(answer.number, made.principal("bob")).links == (closed.number,)


@pytest.mark.requirement(
    "INC-06", "repeats fold into one ticket, recoveries are noted, a recovery of nothing is set aside"
)
def test_alerts_fold(made: Desk) -> None:
    first = made.receive(mail("disk full", fingerprint="f1", text="one"))
    assert made.receive(mail("disk full", fingerprint="f1", text="two")).state == "joined"
    assert made.receive(mail("disk full", fingerprint="f1", text="three", firing="no")).state == "joined"
    ticket = made.ticket(first.number, made.principal("bob"))
    assert (ticket.repeats, ticket.firing) == (1, False)
    assert codes(made, first.number)[-2:] == ["repeated", "recovered"]
    assert made.receive(mail("cpu hot", fingerprint="f2", firing="no")).state == "set_aside"
    assert made.receive(mail("disk full", fingerprint="f3")).state == "opened"


def test_an_alert_after_the_ticket_closed_opens_a_new_one(clock: MovedClock) -> None:
    made = desk(clock, {"lines": Lines()})
    first = made.receive(mail("disk full", fingerprint="f1", mail="ann@example.org", kind="incident"))
    brought_to(made, "IM5.6", made.ticket(first.number, made.principal("bob")))
    assert made.receive(mail("disk full", fingerprint="f1", text="again")).state == "opened"
    sound(made)


def test_a_batch_with_two_of_one_fingerprint_makes_one_ticket(made: Desk) -> None:
    batch = [mail("disk full", fingerprint="f1", text=str(number)) for number in range(5)]
    assert [one.state for one in made.receive_many(batch)] == ["opened", "joined", "joined", "joined", "joined"]
    assert [one.repeats for one in tickets(made)] == [4]


def test_what_a_plugin_ignores_is_set_aside_with_its_reason(clock: MovedClock) -> None:
    made = desk(clock, {"filter": answering("itsmkit_intake", Report("spam", ignored="an advertisement"))})
    receipt = made.receive(b"buy")
    assert receipt.state == "set_aside"
    (event,) = made.setup.store.history("received", receipt.received, ALL, after=1)
    assert event.why["because"] == "an advertisement"
    sound(made)


# who


@pytest.mark.requirement("INC-02", "the customer is identified by mail, employee number or phone")
@pytest.mark.parametrize("told", [{"mail": "ANN@example.org"}, {"employee": "E1"}, {"phone": "+10"}])
def test_the_customer_is_identified_by_each_unique_key(made: Desk, told: dict[str, str]) -> None:
    receipt = made.receive(mail(**told))
    ticket = made.ticket(receipt.number, made.principal("bob"))
    assert (ticket.requester, ticket.department) == ("ann", "fin")


def test_a_stranger_s_ticket_has_no_requester(made: Desk) -> None:
    receipt = made.receive(mail(mail="stranger@example.net"))
    assert made.ticket(receipt.number, made.principal("bob")).requester == ""


def outside(**known: Person) -> dict[str, object]:
    def lookup(arguments: Any) -> Person | None:
        return (
            known.get(arguments["key"].partition(":")[2].partition("@")[0]) if arguments["what"] == "person" else None
        )

    return {"lines": Lines(), "directory": plugin_at("itsmkit_lookup", lookup)}


@pytest.mark.requirement("INC-02", "wrong or stale data are corrected at intake: name, number, phone, department")
def test_who_reported_is_verified_and_corrected(made: Desk) -> None:
    number, bob = made.receive(mail(phone="+99")).number, made.principal("bob")
    stranger = made.ticket(number, bob)
    assert (stranger.requester, stranger.contact.phone) == ("", "+99")
    with pytest.raises(BadInput, match="unknown person"):
        made.do("identify", number, bob, person="employee:E99")
    with pytest.raises(BadInput, match="say who"):
        made.do("identify", number, bob)
    after = made.do("identify", number, bob, person="employee:E1", phone="+11", department="law")
    assert (after.requester, after.department) == ("ann", "fin")
    told = after.contact
    assert (told.name, told.employee, told.phone, told.department) == ("Ann User", "E1", "+11", "law")
    assert made.ticket(number, made.principal("ann")).number == number
    made.do("identify", number, bob, person="otto")
    with pytest.raises(NotFound):
        made.ticket(number, made.principal("ann"))
    with pytest.raises(NotAllowed, match="needs the duty"):
        made.do("identify", number, made.principal("otto"), person="otto")
    sound(made)


@pytest.mark.requirement("INC-02", "a customer unknown to the desk is taken over from a directory")
def test_a_person_from_outside_becomes_one_of_ours(clock: MovedClock) -> None:
    zoe = Person(id="zoe", name="Zoe", mails=("zoe@example.org",), department="hr")
    made = desk(clock, outside(zoe=zoe))
    receipts = made.receive_many([mail("one", mail="zoe@example.org"), mail("two", mail="zoe@example.org")])
    assert [one.state for one in receipts] == ["opened", "opened"]
    assert {one.requester for one in tickets(made)} == {"zoe"}
    assert made.principal("mail:zoe@example.org").name == "Zoe"
    sound(made)


@pytest.mark.parametrize(
    "found",
    [
        Person(id="ann", name="Ann anew", mails=("ann.new@example.org",)),
        Person(id="ann2", name="Ann", mails=("new@example.org",), employee="E1"),
        Person(id="ann3", name="Ann", mails=("new@example.org", "ann@example.org")),
    ],
    ids=["her id", "her employee number", "her address"],
)
def test_a_person_from_outside_whom_we_know_otherwise_is_the_one_we_know(clock: MovedClock, found: Person) -> None:
    made = desk(clock, outside(new=found))
    receipt = made.receive(mail(mail="new@example.org"))
    assert receipt.state == "opened"
    assert made.ticket(receipt.number, made.principal("bob")).requester == "ann"
    sound(made)


# sources


def test_a_source_is_told_of_each_message_once_it_is_durable(clock: MovedClock) -> None:
    waiting = [mail("one"), mail("two")]
    taken: list[tuple[int, str]] = []
    opened: list[Desk] = []

    def gone(message: Message) -> None:
        taken.append((opened[0].verify().records["received"], message.raw.decode()))

    made = desk(clock, {"lines": Lines(), "box": answering("itsmkit_sources", [Source("box", lambda: waiting, gone)])})
    opened.append(made)
    assert [one.state for one in made.poll()] == ["opened", "opened"]
    assert taken == [(1, "title one"), (2, "title two")]


def test_a_source_that_breaks_halfway_hinders_no_other(clock: MovedClock) -> None:
    def breaks() -> Iterator[Message]:
        yield mail("one")
        raise OSError("connection lost")

    def refuses(_message: Message) -> None:
        raise OSError("read only")

    made = desk(
        clock,
        {
            "lines": Lines(),
            "bad": answering("itsmkit_sources", [Source("bad", breaks, refuses)]),
            "good": answering("itsmkit_sources", [Source("good", lambda: [mail("two")], lambda _: None)]),
        },
    )
    assert [one.state for one in made.poll()] == ["opened", "opened"]
    details = [one.detail for one in made.setup.plugins.faults]
    assert any("connection lost" in one for one in details)
    assert any("read only" in one for one in details)


# the law of it


STEPS = st.lists(
    st.tuples(st.sampled_from(["one", "many", "die", "tick"]), st.integers(0, 5), st.integers(0, 2)), max_size=12
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_whatever_happens_each_message_becomes_one_thing(steps: Sequence[tuple[str, int, int]]) -> None:
    clock, dying = MovedClock(), [False]

    def point(name: str) -> None:
        if name == "kept" and dying[0]:
            raise Died

    made = desk(clock, {"lines": Lines()}, on_point=point)
    handed: set[bytes] = set()
    for what, which, fingerprint in steps:
        alert = {"fingerprint": f"f{fingerprint}"} if fingerprint else {}
        batch = [mail(f"number {which + more}", **alert) for more in range(3 if what == "many" else 1)]
        dying[0] = what == "die"
        if what == "tick":
            clock.advance(seconds=61)
            made.tick()
            continue
        handed |= {one.raw for one in batch}
        with suppress(Died):
            made.receive_many(batch)
    dying[0] = False
    clock.advance(seconds=61)
    made.tick()
    sound(made)
    balance = made.verify().balance["received"]
    assert sum(balance.values()) == len(handed)
    assert balance.get("waiting", 0) == 0
    assert balance.get("opened", 0) == len(tickets(made))
    open_alerts = [one.fingerprint for one in tickets(made) if one.fingerprint]
    assert len(open_alerts) == len(set(open_alerts))
