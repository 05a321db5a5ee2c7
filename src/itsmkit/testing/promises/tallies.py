"""Tallies: numbers that add up, over exactly what may be seen."""

from datetime import timedelta

from itsmkit.core.model.query import Count, Op, Tally, Test
from itsmkit.core.model.ticket import Status
from itsmkit.testing.builders import AT, commit_all, commit_change, ticket
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import sample


class TallyPromises(Promises):
    """What `tally` promises."""

    def test_records_are_counted_per_value(self) -> None:
        kept = commit_all(self.store, [sample(n, group="ab"[n % 2]) for n in range(1, 6)])
        assert self.store.tally(Tally("sample", by=("group",)), ALL) == (Count(("a",), 2), Count(("b",), 3))
        commit_change(self.store, kept[0], group="a")
        assert self.store.tally(Tally("sample", by=("group",)), ALL) == (Count(("a",), 3), Count(("b",), 2))

    def test_without_values_to_count_by_there_is_one_number(self) -> None:
        commit_all(self.store, [sample(n) for n in range(1, 6)])
        assert self.store.tally(Tally("sample"), ALL) == (Count((), 5),)

    def test_of_nothing_there_are_no_rows(self) -> None:
        assert self.store.tally(Tally("sample"), ALL) == ()
        assert self.store.tally(Tally("sample", by=("word",), sums=("number",)), ALL) == ()

    def test_sums_say_how_many_records_had_a_number(self) -> None:
        numbers = (5, None, -2, None, 0)
        commit_all(
            self.store, [sample(n, number=value, group="a" if n < 4 else "b") for n, value in enumerate(numbers)]
        )
        assert self.store.tally(Tally("sample", sums=("number",)), ALL) == (Count((), 5, ((3, 3),)),)
        rows = self.store.tally(Tally("sample", by=("group",), sums=("number",)), ALL)
        assert rows == (Count(("a",), 4, ((2, 3),)), Count(("b",), 1, ((1, 0),)))

    def test_a_sum_over_no_number_at_all_is_zero_of_zero(self) -> None:
        commit_all(self.store, [sample(1)])
        assert self.store.tally(Tally("sample", sums=("number",)), ALL) == (Count((), 1, ((0, 0),)),)

    def test_records_without_a_value_are_counted_under_none(self) -> None:
        commit_all(self.store, [sample(1, word="b"), sample(2), sample(3, word="a"), sample(4)])
        rows = self.store.tally(Tally("sample", by=("word",)), ALL)
        assert rows == (Count((None,), 2), Count(("a",), 1), Count(("b",), 1))

    def test_keys_come_back_as_values_of_their_kind(self) -> None:
        commit_all(self.store, [sample(1, at=AT, flag=True), sample(2, at=AT + timedelta(milliseconds=7), flag=False)])
        assert [row.key for row in self.store.tally(Tally("sample", by=("at",)), ALL)] == [
            (AT,), (AT + timedelta(milliseconds=7),),
        ]  # fmt: skip
        flags = [row.key[0] for row in self.store.tally(Tally("sample", by=("flag",)), ALL)]
        assert flags[0] is False
        assert flags[1] is True

    def test_several_values_are_counted_together_sorted_by_each(self) -> None:
        pairs = (("b", 2), ("a", 10), ("a", 2), ("b", 2), ("a", None), (None, 1))
        commit_all(self.store, [sample(n, word=word, number=number) for n, (word, number) in enumerate(pairs)])
        rows = [(*row.key, row.n) for row in self.store.tally(Tally("sample", by=("word", "number")), ALL)]
        assert rows == [(None, 1, 1), ("a", None, 1), ("a", 2, 1), ("a", 10, 1), ("b", 2, 2)]

    def test_a_tally_counts_what_its_comparisons_let_through(self) -> None:
        commit_all(self.store, [sample(n, number=n) for n in range(1, 8)])
        where = (Test("number", Op.AT_LEAST, 3), Test("number", Op.LESS, 6))
        assert self.store.tally(Tally("sample", where=where, sums=("number",)), ALL) == (Count((), 3, ((3, 12),)),)

    def test_tickets_are_counted_per_month_and_status(self) -> None:
        commit_all(self.store, [ticket(n, status=Status.CLOSED if n > 2 else Status.OPEN) for n in range(1, 6)])
        rows = self.store.tally(Tally("ticket", by=("opened_month", "status")), ALL)
        assert [(*row.key, row.n) for row in rows] == [("2026-03", "closed", 3), ("2026-03", "open", 2)]
