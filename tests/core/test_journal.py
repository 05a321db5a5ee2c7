from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from itsmkit.core.codec import canonical
from itsmkit.core.journal import chain, commitment, faults, read, seal
from itsmkit.core.model.event import Draft, Event
from itsmkit.testing.builders import AT, salts
from itsmkit.testing.strategies import drafts


def _sealed(some: list[Draft], head: str = "", version: int = 0) -> tuple[Event, ...]:
    return seal("r1", version, head, some, at=AT, salts=salts(), cause="c")


CHAINS = st.lists(drafts(), min_size=1, max_size=8).map(_sealed)


@given(CHAINS)
def test_a_chain_as_sealed_is_proven(events: tuple[Event, ...]) -> None:
    assert faults(events) == []
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


@given(CHAINS, st.data())
def test_any_stretch_of_a_chain_is_proven_from_the_digest_before_it(
    events: tuple[Event, ...], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(events) - 1))
    assert faults(events[start:], events[start - 1].digest if start else "", start) == []


@given(CHAINS)
def test_events_read_from_their_columns_are_the_events_sealed(events: tuple[Event, ...]) -> None:
    assert tuple(read(one.text, one.digest, one.personal_text, one.salt) for one in events) == events


def _edit_text(event: Event) -> Event:
    return evolve(event, text=event.text.replace('"record":"r1"', '"record":"r2"'))


def _edit_content(event: Event) -> Event:
    return evolve(event, text=canonical(read(event.text, event.digest).args | {"by": "person:other"}))


EDITS: tuple[Callable[[Event], Event], ...] = (
    _edit_text,
    _edit_content,
    lambda event: evolve(event, text=event.text + " "),
    lambda event: evolve(event, text=""),
    lambda event: evolve(event, digest="0" * 64),
    lambda event: evolve(event, seq=event.seq + 1),
    lambda event: evolve(event, record="r2"),
)


@given(CHAINS, st.data())
def test_any_edit_is_found(events: tuple[Event, ...], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(events) - 1))
    edited = data.draw(st.sampled_from(EDITS))(events[at])
    assert faults([*events[:at], edited, *events[at + 1 :]])


@given(CHAINS, st.data())
def test_an_edit_that_is_sealed_again_is_found_by_what_follows(events: tuple[Event, ...], data: st.DataObject) -> None:
    assume(len(events) > 1)
    at = data.draw(st.integers(0, len(events) - 2))
    text = events[at].text.replace('"by":"', '"by":"x')
    forged = evolve(events[at], text=text, digest=chain(events[at - 1].digest if at else "", text))
    assert faults([*events[:at], forged, *events[at + 1 :]])


@given(CHAINS, st.data())
def test_any_deletion_but_the_last_is_found_and_the_last_by_the_head(
    events: tuple[Event, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(events) - 1))
    left = [*events[:at], *events[at + 1 :]]
    if at < len(events) - 1:
        assert faults(left)
    else:
        assert not left or left[-1].digest != events[-1].digest


@given(CHAINS, st.data())
def test_any_reordering_is_found(events: tuple[Event, ...], data: st.DataObject) -> None:
    moved = data.draw(st.permutations(events))
    assume(tuple(moved) != events)
    assert faults(moved)


@given(CHAINS, drafts(), st.data())
def test_any_insertion_is_found(events: tuple[Event, ...], draft: Draft, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(events) - 1))
    (forged,) = _sealed([draft], events[at - 1].digest if at else "", at)
    assert faults([*events[:at], forged, *events[at:]])


@given(CHAINS)
def test_a_chain_without_its_personal_parts_and_salts_is_still_proven(events: tuple[Event, ...]) -> None:
    assert faults([evolve(one, personal=None, personal_text="", salt="") for one in events]) == []


@pytest.mark.parametrize("part", ["personal_text", "salt"])
def test_a_changed_personal_part_is_found(part: str) -> None:
    (event,) = _sealed([Draft("told", "person:1", personal={"words": "mine"})])
    values: dict[str, Any] = {part: '{"words":"yours"}' if part == "personal_text" else "f" * 32}
    assert faults([evolve(event, **values)])


def test_an_invented_personal_part_is_found() -> None:
    (event,) = _sealed([Draft("told", "core")])
    assert faults([evolve(event, personal_text='{"words":"invented"}', salt="1")])


def test_the_commitment_of_equal_words_differs_by_salt() -> None:
    words = '{"words":"yes"}'
    assert commitment("1", words) != commitment("2", words)


def test_a_text_that_is_none_is_reported_not_raised() -> None:
    (event,) = _sealed([Draft("told", "core")])
    broken = evolve(event, text="{broken", digest=chain("", "{broken"))
    assert faults([broken]) == ["event 1 can't be read"]
