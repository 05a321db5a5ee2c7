"""Unique keys: one holder each over the whole store, freed by the change that drops them."""

from itsmkit.core.model.query import Query
from itsmkit.core.model.ticket import Status
from itsmkit.core.model.unit import Done, Duplicate, Unit
from itsmkit.testing.builders import change, commit_change, commit_new, person, ticket
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Sample, sample


class KeyPromises(Promises):
    """What `commit` and `get` promise for unique keys."""

    def test_a_taken_key_is_refused_and_the_refusal_names_the_holder(self) -> None:
        holder = commit_new(self.store, sample(1, codes=("a", "b")))
        other = commit_new(self.store, sample(2))
        refusals = self.store.commit(
            Unit((change(sample(3, codes=("b",))),)), Unit((change(sample(2, codes=("a",)), before=other),))
        )
        assert refusals == (Duplicate("code:b", "sample", holder.id), Duplicate("code:a", "sample", holder.id))

    def test_keys_are_unique_over_all_types(self) -> None:
        holder = commit_new(self.store, person(1, mails=("a@example.org",)))
        key = "mail:a@example.org"
        assert self.store.get("person", key, ALL) == holder
        assert self.store.get("sample", key, ALL) is None

    def test_a_record_is_got_by_any_of_its_keys(self) -> None:
        kept = commit_new(self.store, ticket(7, fingerprint="host-1 磁盘"))
        assert [self.store.get("ticket", key, ALL) for key in ("number:T26-000007", "alert:host-1 磁盘")] == [
            kept,
            kept,
        ]
        assert self.store.get("ticket", "number:T26-000008", ALL) is None

    def test_a_dropped_key_is_free_and_finds_nothing(self) -> None:
        alarm = commit_new(self.store, ticket(1, fingerprint="host-1"))
        commit_change(self.store, alarm, status=Status.CLOSED)
        assert self.store.get("ticket", "alert:host-1", ALL) is None
        again = commit_new(self.store, ticket(2, fingerprint="host-1"))
        assert self.store.get("ticket", "alert:host-1", ALL) == again

    def test_a_key_passes_from_one_record_to_another_within_one_unit(self) -> None:
        one, two = commit_new(self.store, sample(1, codes=("a",))), commit_new(self.store, sample(2, codes=("b",)))
        swap = (change(sample(1, codes=("b",)), before=one), change(sample(2, codes=("a",)), before=two))
        (done,) = self.store.commit(Unit(swap))
        assert isinstance(done, Done)
        assert self._holder("a") == two.id
        assert self._holder("b") == one.id

    def test_two_records_of_one_unit_cannot_take_the_same_key(self) -> None:
        (refused,) = self.store.commit(Unit((change(sample(1, codes=("a",))), change(sample(2, codes=("a",))))))
        assert refused == Duplicate("code:a", "sample", sample(1).id)
        assert self.ids(Query("sample")) == []

    def test_a_record_keeps_its_key_through_changes(self) -> None:
        first = commit_new(self.store, sample(1, codes=("a", "a")))
        last = commit_change(self.store, first, word="changed")
        assert self.store.get("sample", "code:a", ALL) == last

    def test_keys_are_compared_exactly(self) -> None:
        for serial, code in enumerate(("Ann", "ann", "ann ", "änn", "安", "%", "a_n", "a\u0301", "á"), 1):
            commit_new(self.store, sample(serial, codes=(code,)))
            assert self._holder(code) == sample(serial).id
        assert self.store.get("sample", "code:A%", ALL) is None

    def _holder(self, code: str) -> str:
        kept = self.store.get("sample", f"code:{code}", ALL)
        assert isinstance(kept, Sample)
        return kept.id
