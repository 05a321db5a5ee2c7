"""Erasure: the personal part is gone everywhere, and the chain still proves itself."""

from attrs import evolve

from itsmkit.core.journal import faults
from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Query
from itsmkit.core.model.unit import Done, Erase, Unit
from itsmkit.testing.builders import blob, change, commit_change, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Sample, sample

CANARY = "Quillfeather"


class ErasurePromises(Promises):
    """What `Unit.erases` promises, together with a change that empties the body."""

    def _told(self, number: int) -> Draft:
        return Draft("told", f"person:{number}", personal={"words": f"{CANARY} {number}"})

    def _record(self) -> Sample:
        data = blob(f"mail of {CANARY}".encode())
        record = sample(
            1, word=CANARY, text=f"{CANARY} reports", codes=(CANARY,), files=(data.digest,), reach=(CANARY,)
        )
        return commit_new(self.store, record, self._told(1), self._told(2), self._told(3), blobs=(data,))

    def _erase(self, upto: int | None = None) -> Sample:
        before = self._record()
        emptied = change(sample(1), Draft("erased", "core"), before=before)
        (done,) = self.store.commit(Unit((emptied,), erases=(Erase("sample", before.id, upto),)))
        assert isinstance(done, Done)
        return before

    def test_erased_events_keep_their_facts_and_lose_their_personal_part_and_salt(self) -> None:
        before = self._record()
        told = self.store.history("sample", before.id, ALL)
        self.store.commit(Unit(erases=(Erase("sample", before.id),)))
        erased = self.store.history("sample", before.id, ALL)
        assert erased == tuple(evolve(event, personal=None, personal_text="", salt="") for event in told)

    def test_the_chain_proves_itself_after_an_erasure_and_goes_on(self) -> None:
        self._erase()
        now = self.store.get("sample", sample(1).id, ALL)
        assert isinstance(now, Sample)
        commit_change(self.store, now, word="goes on")
        events = self.store.history("sample", now.id, ALL)
        assert faults(events) == []
        assert [event.seq for event in events] == [1, 2, 3, 4, 5]

    def test_an_erasure_stops_where_it_is_told_to(self) -> None:
        self._erase(upto=2)
        events = self.store.history("sample", sample(1).id, ALL)
        assert [event.personal is None for event in events[:3]] == [True, True, False]
        assert [bool(event.salt) for event in events[:3]] == [False, False, True]

    def test_an_erasure_leaves_no_search_term(self) -> None:
        self._erase()
        assert self.store.find(Query("sample", like=(CANARY.lower(), "reports")), ALL).items == ()

    def test_an_erasure_leaves_no_bytes(self) -> None:
        before = self._erase()
        assert self.store.blob(before.files[0], ALL) is None

    def test_an_erasure_leaves_no_key(self) -> None:
        self._erase()
        assert self.store.get("sample", f"code:{CANARY}", ALL) is None

    def test_an_erasure_touches_no_other_record(self) -> None:
        other = commit_new(self.store, sample(2, text=CANARY), self._told(9))
        self._erase()
        (event,) = self.store.history("sample", other.id, ALL)
        assert event.personal == {"words": f"{CANARY} 9"}
        assert self.store.get("sample", other.id, ALL) == other
        assert other.id in self.ids(Query("sample", like=(CANARY.lower(),)))

    def test_a_refused_unit_erases_nothing(self) -> None:
        before = self._record()
        refused = Unit((change(sample(1)),), erases=(Erase("sample", before.id),))
        assert not isinstance(self.store.commit(refused)[0], Done)
        assert [event.personal is None for event in self.store.history("sample", before.id, ALL)] == [False] * 3

    def test_nothing_erased_is_left_in_anything_the_store_keeps(self) -> None:
        self._record()
        assert CANARY.encode() in self.contents(self.store)
        now = self.store.get("sample", sample(1).id, ALL)
        assert isinstance(now, Sample)
        emptied = change(sample(1), Draft("erased", "core"), before=now)
        self.store.commit(Unit((emptied,), erases=(Erase("sample", now.id),)))
        assert CANARY.lower().encode() not in self.contents(self.store).lower()
