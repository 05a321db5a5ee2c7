"""Finding: every comparison on every kind of field, and nothing but declared fields."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from itsmkit.core.errors import QueryError
from itsmkit.core.model.query import LIKE_LIMIT, Op, Query, Tally, Test
from itsmkit.core.model.ticket import Status
from itsmkit.testing.builders import AT, commit_all, commit_change, commit_new, ticket
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Sample, sample

VALUES: dict[str, tuple[Any, ...]] = {
    "word": ("", "Zebra", "apple", "apple pie", "数据库", "网络", "😀", "$ne"),
    "number": (-5, 0, 1, 2, 2**40),
    "at": (
        datetime(1969, 7, 20, 20, 17, tzinfo=UTC),
        AT,
        AT + timedelta(milliseconds=1),
        datetime(2999, 1, 1, tzinfo=UTC),
    ),
    "flag": (False, True),
}
"""Per field what the records hold, beside None; ascending."""

COMPARED: dict[Op, Callable[[Any, Any], bool]] = {
    Op.IS: lambda held, wanted: held == wanted,
    Op.LESS: lambda held, wanted: held < wanted,
    Op.AT_LEAST: lambda held, wanted: held >= wanted,
}

HOSTILE = (
    "$ne",
    '{"$ne": null}',
    '{"$gt": ""}',
    "' OR 1=1 --",
    "%",
    "_",
    "apple%",
    "*",
    "null",
    "\\",
    '"; DROP TABLE sample',
)


class FindPromises(Promises):
    """What `find` promises for `Query.where`."""

    def _filled(self, field: str) -> dict[str, Any]:
        held = {sample(serial).id: value for serial, value in enumerate((*VALUES[field], None), 1)}
        commit_all(self.store, [Sample(id=id_, **{field: value}) for id_, value in held.items()])
        return held

    def _compares(self, field: str) -> None:
        held = self._filled(field)
        wanted = [value for value in VALUES[field] if value != ""]
        for op, compare in COMPARED.items():
            for value in wanted:
                fits = [id_ for id_, one in held.items() if one is not None and compare(one, value)]
                assert self.ids(Query("sample", (Test(field, op, value),))) == fits, (op, value)
        for some in ((), (wanted[0],), tuple(wanted[1:])):
            among = [id_ for id_, one in held.items() if one in some]
            assert self.ids(Query("sample", (Test(field, Op.ANY_OF, some),))) == among, some
        known = [id_ for id_, one in held.items() if one not in (None, "")]
        assert self.ids(Query("sample", (Test(field, Op.SET),))) == known
        assert self.ids(Query("sample", (Test(field, Op.UNSET),))) == [id_ for id_ in held if id_ not in known]

    def test_ids_are_compared_by_every_operator(self) -> None:
        held = [sample(serial).id for serial in range(1, 5)]
        commit_all(self.store, [Sample(id=one) for one in held])
        for op, compare in COMPARED.items():
            for value in (*held, "", "~"):
                fits = [one for one in held if compare(one, value)]
                assert self.ids(Query("sample", (Test("id", op, value),))) == fits
        for some in ((), (held[2],), (held[3], "unknown", held[1])):
            among = [one for one in held if one in some]
            assert self.ids(Query("sample", (Test("id", Op.ANY_OF, some),))) == among
        assert self.ids(Query("sample", (Test("id", Op.SET),))) == held
        assert self.ids(Query("sample", (Test("id", Op.UNSET),))) == []

    def test_texts_are_compared_by_every_operator(self) -> None:
        self._compares("word")

    def test_whole_numbers_are_compared_by_every_operator(self) -> None:
        self._compares("number")

    def test_times_are_compared_by_every_operator(self) -> None:
        self._compares("at")

    def test_flags_are_compared_by_every_operator(self) -> None:
        self._compares("flag")

    def test_all_comparisons_of_a_query_must_hold(self) -> None:
        commit_all(self.store, [sample(serial, number=serial, group="ab"[serial % 2]) for serial in range(1, 7)])
        where = (Test("group", value="a"), Test("number", Op.AT_LEAST, 3), Test("number", Op.LESS, 6))
        assert self.ids(Query("sample", where)) == [sample(4).id]

    def test_a_query_finds_what_a_change_made_of_a_record(self) -> None:
        first = commit_new(self.store, sample(1, word="old"))
        commit_change(self.store, first, word="new")
        assert self.ids(Query("sample", (Test("word", value="old"),))) == []
        assert self.ids(Query("sample", (Test("word", value="new"),))) == [first.id]

    def test_words_of_a_closed_list_are_compared_as_texts(self) -> None:
        commit_all(self.store, [ticket(1, status=Status.OPEN), ticket(2, status=Status.CLOSED)])
        assert self.ids(Query("ticket", (Test("status", value=Status.OPEN),))) == [ticket(1).id]
        assert self.ids(Query("ticket", (Test("status", Op.ANY_OF, (Status.CLOSED, "new")),))) == [ticket(2).id]

    def test_operators_written_into_a_text_are_plain_text(self) -> None:
        commit_all(self.store, [sample(1, word="apple", group="x"), sample(2, word="other", group="x")])
        for text in HOSTILE:
            assert self.ids(Query("sample", (Test("word", value=text),))) == []
            assert self.ids(Query("sample", (Test("word", Op.ANY_OF, (text,)),))) == []
            assert self.ids(Query("sample", like=(text,))) == []
            assert self.store.get("sample", f"code:{text}", ALL) is None
            assert self.store.get("sample", text, ALL) is None
        kept = commit_all(self.store, [sample(number, word=text) for number, text in enumerate(HOSTILE, 10)])
        assert [self.ids(Query("sample", (Test("word", value=one.word),))) for one in kept] == [
            [one.id] for one in kept
        ]

    def test_an_undeclared_field_is_refused(self) -> None:
        refused = (
            Query("sample", (Test("remark", value="x"),)),
            Query("sample", (Test("word; DROP TABLE sample", value="x"),)),
            Query("sample", order="text"),
            Query("sample", order="word DESC"),
            Query("nothing"),
        )
        for query in refused:
            with pytest.raises(QueryError):
                self.store.find(query, ALL)
        for tally in (Tally("sample", by=("text",)), Tally("sample", sums=("word",)), Tally("sample", sums=("flag",))):
            with pytest.raises(QueryError):
                self.store.tally(tally, ALL)

    def test_a_value_of_another_kind_is_refused(self) -> None:
        wrong = {
            "word": (1, None, {"$ne": ""}, ["a"], b"a", AT),
            "number": ("1", 1.0, True, None, {"$gt": 0}, 2**63),
            "at": (0, "2026-03-02", AT.replace(tzinfo=None), AT.date(), None),
            "flag": (1, "true", None),
        }
        for field, values in wrong.items():
            for value in values:
                tests = (Test(field, Op.IS, value), Test(field, Op.AT_LEAST, value), Test(field, Op.ANY_OF, (value,)))
                for test in (*tests, Test(field, Op.ANY_OF, value)):
                    with pytest.raises(QueryError):
                        self.store.find(Query("sample", (test,)), ALL)
                    with pytest.raises(QueryError):
                        self.store.tally(Tally("sample", where=(test,)), ALL)


class LikePromises(Promises):
    """What `find` promises for `Query.like`."""

    def test_candidates_share_at_least_one_term(self) -> None:
        texts = ("The printer is jammed", "printer offline", "VPN drops hourly")
        commit_all(self.store, [sample(serial, text=text) for serial, text in enumerate(texts, 1)])
        assert self.ids(Query("sample", like=("printer", "jammed"))) == [sample(1).id, sample(2).id]
        assert self.ids(Query("sample", like=("toner",))) == []

    def test_chinese_is_found_by_pairs_of_characters(self) -> None:
        texts = ("打印机无法打印", "会议室打印机卡纸", "网络中断")
        commit_all(self.store, [sample(serial, text=text) for serial, text in enumerate(texts, 1)])
        assert self.ids(Query("sample", like=("打印", "卡纸"))) == [sample(1).id, sample(2).id]
        assert self.ids(Query("sample", like=("中断",))) == [sample(3).id]

    def test_candidates_follow_the_text_as_it_changes(self) -> None:
        first = commit_new(self.store, sample(1, text="printer jammed"))
        commit_change(self.store, first, text="printer offline")
        assert self.ids(Query("sample", like=("jammed",))) == []
        assert self.ids(Query("sample", like=("offline",))) == [first.id]
        assert self.ids(Query("sample", like=("printer",))) == [first.id]

    def test_candidates_are_of_the_type_asked_for(self) -> None:
        commit_new(self.store, ticket(1, title="printer"))
        kept = commit_new(self.store, sample(2, text="printer"))
        assert self.ids(Query("sample", like=("printer",))) == [kept.id]

    def test_candidates_are_filtered_and_ordered_like_any_other(self) -> None:
        commit_all(self.store, [sample(serial, text="printer", number=9 - serial) for serial in range(1, 6)])
        where = (Test("number", Op.AT_LEAST, 5),)
        query = Query("sample", where, like=("printer",), order="number")
        assert self.ids(query) == [sample(serial).id for serial in (4, 3, 2, 1)]
        page = self.store.find(query, ALL, limit=3)
        assert [one.id for one in self.store.find(query, ALL, after=page.after, limit=3).items] == [sample(1).id]

    def test_there_are_at_most_two_hundred_candidates_the_rarest_terms_first(self) -> None:
        common = [sample(serial, text="network") for serial in range(2, LIKE_LIMIT + 12)]
        commit_all(self.store, [sample(1, text="toaster"), *common])
        found = self.ids(Query("sample", like=("network", "toaster")))
        assert len(found) == LIKE_LIMIT
        assert sample(1).id in found
