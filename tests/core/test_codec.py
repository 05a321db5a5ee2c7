import json
from datetime import timedelta
from typing import Any, Literal

import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.core.codec import canonical, dump, load, plain, value
from itsmkit.core.errors import NewerShape, StoreError
from itsmkit.core.model.agreement import Clock, Fact, Moment, Target
from itsmkit.core.model.escalation import Level
from itsmkit.core.model.notice import NOTICE
from itsmkit.core.model.party import PERSON, TEAM
from itsmkit.core.model.record import Record, RecordType
from itsmkit.core.model.ticket import TICKET, Attachment, Contact, Likeness, Status, Ticket, Wait
from itsmkit.testing.builders import AT, notice, person, team, ticket
from itsmkit.testing.sample_type import SAMPLE, Sample, sample
from itsmkit.testing.strategies import samples, tickets

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def _again(type_: RecordType, record: Record) -> Record:
    return load(type_, dump(record), type_.shape, (record.id, record.version, record.head, record.reach))


def _full_ticket() -> Ticket:
    target = Target(
        "resolution", 3600, "office", kind="ola", stops=(Fact.CLOSED,), chain=(Level(80, "team"),), why="p1"
    )
    return ticket(
        1,
        version=3,
        head="abc",
        reach=("team:net",),
        status=Status.WAITING,
        contact=Contact(name="张伟", mail="zhang@example.org"),
        waits=(Wait("user", "person:1", AT, AT + timedelta(hours=1), pauses=()),),
        similar=(Likeness("ticket", "t2", "T26-000002", 0.25, "words"),),
        attachments=(Attachment("图.png", "image/png", 3, "d" * 64),),
        clocks=(Clock(target, AT, fired=("80% team",), due=AT, met=False),),
        timeline=(Moment(AT, Fact.OPENED), Moment(AT, Fact.TEAM, "net")),
        satisfied=False,
        due=AT + timedelta(milliseconds=1),
    )


RECORDS = (
    (TICKET, _full_ticket()),
    (PERSON, person(1, roles=("agent",), active=False)),
    (TEAM, team("net", line=2, categories=("网络",))),
    (NOTICE, notice(1, args={"n": 1, "list": [1, {"deep": None}]})),
    (SAMPLE, sample(1, flag=False, number=0)),
)


@pytest.mark.parametrize(("type_", "record"), RECORDS, ids=[type_.name for type_, _ in RECORDS])
def test_a_record_comes_back_from_its_body_and_header(type_: RecordType, record: Record) -> None:
    assert _again(type_, record) == record


@given(tickets())
def test_any_ticket_comes_back(drawn: Ticket) -> None:
    assert _again(TICKET, drawn) == drawn


@given(samples())
def test_any_sample_comes_back(drawn: Sample) -> None:
    assert _again(SAMPLE, drawn) == drawn


@given(samples(), samples())
def test_equal_bodies_mean_equal_records(one: Sample, other: Sample) -> None:
    other = evolve(other, id=one.id, reach=one.reach)
    assert (dump(one) == dump(other)) == (one == other)


def test_a_body_holds_neither_the_header_nor_what_equals_its_default() -> None:
    assert json.loads(dump(sample(1, version=2, head="h", reach=("r",), word="w"))) == {"word": "w"}


@given(JSON)
def test_canonical_text_means_what_it_was_made_of_and_is_made_once(content: Any) -> None:
    assert json.loads(canonical(content)) == content
    assert canonical(json.loads(canonical(content))) == canonical(content)


@given(st.dictionaries(st.text(), st.integers(), max_size=5))
def test_canonical_text_does_not_depend_on_the_order_of_keys(content: dict[str, int]) -> None:
    assert canonical(dict(reversed(content.items()))) == canonical(content)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_json_has_no_word_for_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"score": number})
    with pytest.raises(StoreError, match="can't be kept"):
        dump(notice(1, args={"score": number}))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"number": "x"}',
        '{"unknown": 1}',
        '{"at": "yesterday"}',
        '{"at": 1e300}',
        '{"at": 1.5}',
        '{"at": true}',
        '{"at": 99999999999999999999}',
        '{"codes": 5}',
        "[" * 100_000,
    ],
    ids=lambda body: body[:20],
)
def test_a_body_that_is_none_is_a_store_error_that_names_the_record(body: str) -> None:
    with pytest.raises(StoreError, match=f"sample {sample(1).id} can't be read"):
        load(SAMPLE, body, 1, (sample(1).id, 1, "", ()))


def test_a_body_that_lacks_a_field_is_a_store_error() -> None:
    with pytest.raises(StoreError):
        load(TICKET, "{}", 1, ("t1", 1, "", ()))


def test_older_bodies_are_upgraded_step_by_step() -> None:
    steps = (lambda body: body | {"word": "two"}, lambda body: body | {"word": body["word"] + " three"})
    newer = evolve(SAMPLE, upgrades=steps)
    header = (sample(1).id, 1, "", ())
    assert load(newer, '{"word":"one"}', 1, header) == sample(1, version=1, word="two three")
    assert load(newer, '{"word":"mine"}', 2, header) == sample(1, version=1, word="mine three")
    assert load(newer, '{"word":"mine"}', 3, header) == sample(1, version=1, word="mine")


def test_a_newer_body_is_refused() -> None:
    with pytest.raises(NewerShape, match="shape 2"):
        load(SAMPLE, "{}", 2, (sample(1).id, 1, "", ()))


def test_values_other_than_records_go_both_ways() -> None:
    target = Target("response", 60, "always", chain=(Level(100, "manager"),))
    assert value(plain(target), Target) == target


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"party": "net"}, {"chain": [{"share": 0}]}, {"colour": "red"}])
def test_what_a_class_refuses_is_refused_in_a_body_each_time(wrong: dict[str, Any]) -> None:
    target = {"name": "response", "seconds": 60, "calendar": "always"}
    body = canonical(plain(ticket(1)) | {"clocks": [{"target": target | wrong, "started": 0}]})
    for _ in range(2):
        with pytest.raises(StoreError, match="can't be read"):
            load(TICKET, body, 1, ("t1", 1, "", ()))


def test_tickets_of_one_agreement_share_its_target() -> None:
    tickets = (_again(TICKET, _full_ticket()) for _ in range(2))
    one, other = (read.clocks[0].target for read in tickets if isinstance(read, Ticket))
    assert one is other
    assert one == _full_ticket().clocks[0].target


@frozen
class _Odd:
    """What no record of ours has: a field of another name outside, one that isn't given, one that is made."""

    _inner: int
    names: tuple[str, ...] = ()
    size: int = field(init=False, default=3)


@frozen(slots=False)
class _Nested:
    """Values in values, one of which may be of its own class."""

    name: str
    below: "tuple[_Nested, ...]" = ()
    lists: list[int] = field(factory=list)
    choice: Literal["", "text"] = ""
    first: "_Nested | None" = None


@pytest.mark.parametrize(
    "whole",
    [
        _Odd(1, ("a",)),
        _Nested("a", (_Nested("b", (_Nested("c"),)), _Nested("d")), [1, 2], "text", _Nested("e", first=_Nested("f"))),
    ],
    ids=["odd", "nested"],
)
def test_a_class_of_any_make_comes_back(whole: Any) -> None:
    assert value(json.loads(canonical(plain(whole))), type(whole)) == whole


def test_values_share_no_list_that_was_made_for_one() -> None:
    one, other = value({"name": "a"}, _Nested), value({"name": "a"}, _Nested)
    one.lists.append(1)
    assert other.lists == []
