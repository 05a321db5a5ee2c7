"""Paging: every record once, in order, whatever the size of a page and whoever writes meanwhile."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from itsmkit.core.errors import QueryError
from itsmkit.core.model.query import Query, Test
from itsmkit.testing.builders import AT, commit_all, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Sample, sample

MADE: dict[str, Callable[[int], Any]] = {
    "word": lambda n: ("apple", "Zebra", "网络", "😀", "apple pie")[n % 5],
    "number": lambda n: (n * 7) % 4 - 1,
    "at": lambda n: AT + timedelta(milliseconds=n % 3),
    "flag": lambda n: n % 2 == 0,
}
"""Values with many repeats, so that page edges fall between equals."""


class PagingPromises(Promises):
    """What `find` promises for order, `limit` and `after`."""

    def _spread(self, field: str, count: int = 12) -> list[Sample]:
        return list(commit_all(self.store, [sample(n, **{field: MADE[field](n)}) for n in range(1, count + 1)]))

    def _pages(self, query: Query, limit: int) -> Iterator[list[str]]:
        after = None
        for _ in range(100):
            page = self.store.find(query, ALL, after=after, limit=limit)
            yield [one.id for one in page.items]
            if page.after is None:
                return
            after = page.after
        pytest.fail("the pages don't come to an end")

    def _goes_through(self, field: str) -> None:
        kept = self._spread(field)
        kept.sort(key=lambda one: (getattr(one, field), one.id))
        for descending in (False, True):
            expected = [one.id for one in (reversed(kept) if descending else kept)]
            query = Query("sample", order=field, descending=descending)
            for limit in (1, 5, 12, 13):
                assert [id_ for page in self._pages(query, limit) for id_ in page] == expected

    def test_pages_by_text_give_every_record_once_in_order(self) -> None:
        self._goes_through("word")

    def test_pages_by_whole_number_give_every_record_once_in_order(self) -> None:
        self._goes_through("number")

    def test_pages_by_time_give_every_record_once_in_order(self) -> None:
        self._goes_through("at")

    def test_pages_by_flag_give_every_record_once_in_order(self) -> None:
        self._goes_through("flag")

    def test_pages_without_an_order_go_by_id(self) -> None:
        kept = [one.id for one in self._spread("number", 5)]
        assert list(self._pages(Query("sample"), 2)) == [kept[:2], kept[2:4], kept[4:]]
        assert list(self._pages(Query("sample", descending=True), 3)) == [kept[:1:-1], kept[1::-1]]

    def test_the_last_page_says_so_even_when_it_is_full(self) -> None:
        self._spread("number", 4)
        assert [len(page) for page in self._pages(Query("sample", order="number"), 2)] == [2, 2]
        assert self.store.find(Query("sample", (Test("number", value=99),)), ALL).after is None

    def test_records_without_a_value_to_order_by_are_left_out(self) -> None:
        commit_all(self.store, [sample(1, number=3), sample(2), sample(3, number=1), sample(4)])
        expected = [sample(3).id, sample(1).id]
        assert self.ids(Query("sample", order="number")) == expected
        assert self.ids(Query("sample", order="number", descending=True)) == expected[::-1]

    def test_what_is_inserted_meanwhile_neither_repeats_nor_hides_what_was_there(self) -> None:
        for descending in (False, True):
            base = 100 * descending
            there = commit_all(self.store, [sample(base + n, number=n // 2, group=f"g{base}") for n in range(2, 12)])
            query = Query("sample", (Test("group", value=f"g{base}"),), order="number", descending=descending)
            seen: list[str] = []
            for turn, page in enumerate(self._pages(query, 3)):
                seen += page
                fresh = [sample(base + 50 + 2 * turn, number=-turn), sample(base + 51 + 2 * turn, number=turn + 1)]
                commit_all(self.store, [Sample(id=one.id, number=one.number, group=f"g{base}") for one in fresh])
            assert len(seen) == len(set(seen))
            assert {one.id for one in there} <= set(seen)

    def test_an_end_that_is_none_is_refused(self) -> None:
        commit_new(self.store, sample(1, number=1))
        for after in (
            "",
            "x",
            "{}",
            "[]",
            "[1]",
            "[1, 2]",
            '[{"$gt": ""}, "a"]',
            '["word", "a"]',
            "null",
            "[" * 100_000,
        ):
            with pytest.raises(QueryError):
                self.store.find(Query("sample", order="number"), ALL, after=after)
