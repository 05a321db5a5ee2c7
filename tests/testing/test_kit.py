import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import itsmkit.testing
from itsmkit.core.journal import faults
from itsmkit.core.memory import MemoryStore
from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Scope
from itsmkit.testing import (
    AT,
    SAMPLE,
    MovedClock,
    StoreContract,
    change,
    commit_change,
    commit_new,
    person,
    received,
    sample,
    team,
    ticket,
)


def test_the_clock_stands_still_until_it_is_moved() -> None:
    clock = MovedClock()
    assert clock() == clock() == AT
    assert clock.advance(1.5, minutes=2, hours=3, days=4) == AT + timedelta(days=4, hours=3, seconds=121.5)
    assert clock.advance(days=-4) == clock() == AT + timedelta(hours=3, seconds=121.5)


def test_the_clock_gives_utc_to_the_millisecond_and_refuses_moments_without_a_zone() -> None:
    clock = MovedClock(datetime(2026, 1, 1, 8, 0, 0, 1999, tzinfo=timezone(timedelta(hours=8))))
    assert clock() == datetime(2026, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)
    assert clock().tzinfo is UTC
    with pytest.raises(ValueError, match="time zone"):
        clock.at(datetime(2026, 1, 1))  # noqa: DTZ001 - the very thing refused
    assert clock() == datetime(2026, 1, 1, 0, 0, 0, 1000, tzinfo=UTC)


def test_a_change_is_sealed_on_to_what_was_before() -> None:
    first = change(ticket(1), Draft("opened", "core"), Draft("sorted", "core"))
    second = change(ticket(1, title="next"), before=first.after)
    assert (first.after.version, second.after.version) == (2, 3)
    assert faults([*first.events, *second.events]) == []
    assert second.events[-1].digest == second.after.head


def test_what_a_builder_commits_is_what_it_gives_back() -> None:
    store = MemoryStore([SAMPLE])
    kept = commit_change(store, commit_new(store, sample(1)), word="changed")
    assert store.get("sample", kept.id, Scope.system("test")) == kept


def test_a_builder_says_so_where_the_store_refuses() -> None:
    store = MemoryStore([SAMPLE])
    commit_new(store, sample(1))
    with pytest.raises(AssertionError, match="the store refused: Conflict"):
        commit_new(store, sample(1))


def test_records_of_one_serial_number_are_equal_and_of_two_differ() -> None:
    for build in (ticket, person, received, sample):
        assert build(1) == build(1) != build(2)
    assert team("net") == team("net") != team("db")


def test_every_name_of_the_kit_is_there() -> None:
    assert [name for name in itsmkit.testing.__all__ if getattr(itsmkit.testing, name, None) is None] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = itsmkit.testing.nothing


def test_clock_and_builders_need_neither_pytest_nor_hypothesis() -> None:
    code = (
        "import sys; from itsmkit.testing import MovedClock, ticket, commit_new, SAMPLE;"
        "sys.exit(bool({'pytest', 'hypothesis'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own line


def test_a_promise_that_needs_a_hook_not_given_is_skipped_and_says_which(tmp_path: Path) -> None:
    class Bare(StoreContract):
        def open(self, types, clock) -> MemoryStore:  # noqa: ANN001
            return MemoryStore(types, clock)

    contract = Bare()
    for promise, missing in (
        (contract.test_an_unreadable_record_is_got_as_such, "break the body"),
        (contract.test_a_body_of_a_newer_shape_is_refused, "open .* again"),
        (contract.test_nothing_erased_is_left_in_anything_the_store_keeps, "look at all"),
    ):
        with contract.at_work(tmp_path), pytest.raises(pytest.skip.Exception, match=missing):
            promise()


def test_no_name_of_the_kit_is_hidden_by_a_module_of_the_same_name() -> None:
    folder = Path(itsmkit.testing.__file__).parent
    assert {path.stem for path in folder.iterdir()} & set(itsmkit.testing.__all__) == set()
