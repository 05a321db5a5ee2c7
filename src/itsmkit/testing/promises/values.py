"""Values: what is written is read, to the millisecond and to the last character."""

from datetime import UTC, datetime, timedelta, timezone

from attrs import evolve

from itsmkit.core.model.query import Op, Query, Tally, Test
from itsmkit.testing.builders import AT, commit_change, commit_new, person, ticket
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Sample, sample

TEXTS = (
    "网络中断，请尽快处理",
    "emoji 😀👩\u200d👩\u200d👧",
    "NUL \x00 inside",
    "line\u2028separator\r\n\ttab",
    "\u202eright to left\u202c",
    "a\u0301 is not á",
    "$ne",
    "{'$gt': ''}",
    "Robert'); DROP TABLE sample;--",
    'back\\slash "quote"',
    "\ufeffmark",
    "\U0010ffff",
    " spaces  ",
)


class ValuePromises(Promises):
    """What `get` gives back of what `commit` was given."""

    def test_times_keep_their_milliseconds(self) -> None:
        moment = AT + timedelta(milliseconds=123)
        kept = commit_new(self.store, sample(1, at=moment + timedelta(microseconds=999)))
        read = self._got(kept.id)
        assert read.at == moment
        assert self.ids(Query("sample", (Test("at", Op.IS, moment),))) == [kept.id]
        assert self.store.tally(Tally("sample", by=("at",)), ALL)[0].key == (moment,)

    def test_times_come_back_aware_in_utc(self) -> None:
        zone = timezone(timedelta(hours=8))
        kept = commit_new(self.store, sample(1, at=datetime(2026, 3, 2, 17, 0, tzinfo=zone)))
        read = self._got(kept.id)
        assert read.at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        assert read.at.tzinfo is UTC

    def test_times_long_ago_and_far_ahead_come_back(self) -> None:
        moments = [datetime(1900, 1, 1, 0, 0, 1, tzinfo=UTC), datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)]
        kept = [commit_new(self.store, sample(serial, at=moment)) for serial, moment in enumerate(moments)]
        assert [self._got(one.id).at for one in kept] == moments

    def test_any_text_comes_back_as_it_was(self) -> None:
        for serial, text in enumerate(TEXTS, 1):
            kept = commit_new(self.store, sample(serial, text=text, remark=text))
            assert self._got(kept.id) == kept

    def test_any_text_of_a_queried_field_comes_back_and_is_found(self) -> None:
        for serial, text in enumerate(TEXTS, 1):
            kept = commit_new(self.store, sample(serial, word=text.replace("\x00", "")))
            assert self._got(kept.id) == kept
            assert self.ids(Query("sample", (Test("word", value=kept.word),))) == [kept.id]

    def test_a_text_of_five_megabytes_comes_back(self) -> None:
        kept = commit_new(self.store, sample(1, remark="记录 x" * 1_000_000))
        assert self._got(kept.id) == kept
        assert self._got(commit_change(self.store, kept, remark="short").id).remark == "short"

    def test_whole_numbers_come_back_to_the_edge_of_64_bits(self) -> None:
        for serial, number in enumerate((2**63 - 1, -(2**63), 2**53 + 1)):
            kept = commit_new(self.store, sample(serial, number=number))
            assert self._got(kept.id).number == number
            assert self.ids(Query("sample", (Test("number", value=number),))) == [kept.id]

    def test_every_field_can_be_changed_and_emptied(self) -> None:
        full = commit_new(
            self.store, sample(1, word="w", number=0, at=AT, flag=False, group="g", codes=("c",), reach=("r",))
        )
        assert self._got(full.id) == full
        empty = commit_change(
            self.store, full, word=None, number=None, at=None, flag=None, group="", codes=(), reach=()
        )
        assert self._got(full.id) == empty
        assert self.ids(Query("sample", tuple(Test(name, Op.UNSET) for name in ("word", "number", "at", "flag")))) == [
            full.id
        ]

    def test_records_of_other_types_with_the_same_id_are_apart(self) -> None:
        one, other = commit_new(self.store, sample(1, word="x")), commit_new(self.store, ticket(1))
        third = commit_new(self.store, person(1))
        assert self.store.get("sample", one.id, ALL) == one
        assert self.store.get("ticket", other.id, ALL) == other
        assert self.store.get("person", third.id, ALL) == third

    def test_what_was_committed_is_there_when_the_store_is_opened_again(self) -> None:
        kept = commit_new(self.store, sample(1, word="w", codes=("c",), reach=("r",)))
        events = self.store.history("sample", kept.id, ALL)
        self.store = self.reopen(self.store, self.types, self.clock)
        assert self.store.get("sample", "code:c", ALL) == kept
        assert self.store.history("sample", kept.id, ALL) == events
        assert commit_change(self.store, kept, word="v") == evolve(self._got(kept.id), word="v")

    def _got(self, id_: str) -> Sample:
        kept = self.store.get("sample", id_, ALL)
        assert isinstance(kept, Sample)
        return kept
