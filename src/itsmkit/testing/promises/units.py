"""Units: all or nothing, in order, on the versions they were decided on."""

import pytest
from attrs import evolve

from itsmkit.core.errors import StoreError
from itsmkit.core.model.query import Query
from itsmkit.core.model.unit import Change, Conflict, Done, Duplicate, Given, Lane, Late, Ref, Settle, Todo, Unit
from itsmkit.testing.builders import AT, blob, change, commit_change, commit_new, ticket
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Sample, sample


class UnitPromises(Promises):
    """What `commit` promises for the records of a unit and the units of a batch."""

    def test_a_record_comes_back_as_it_was_committed(self) -> None:
        kept = commit_new(self.store, ticket(1, title="网络中断", priority=2, reach=("person:17", "team:net")))
        assert self.store.get("ticket", kept.id, ALL) == kept
        assert kept.version == 1

    def test_done_names_every_record_with_its_new_version(self) -> None:
        old = commit_new(self.store, sample(1))
        (done,) = self.store.commit(Unit((change(sample(2)), change(old, before=old))))
        assert done == Done((Ref("sample", sample(2).id, 1), Ref("sample", old.id, 2)))

    def test_an_empty_commit_does_nothing(self) -> None:
        assert self.store.commit() == ()

    def test_a_unit_refused_for_a_conflict_leaves_no_trace(self) -> None:
        stale = change(evolve(sample(9), word="late"), before=evolve(sample(9), version=3))
        self._leave_no_trace(stale, Conflict)

    def test_a_unit_refused_for_a_taken_key_leaves_no_trace(self) -> None:
        commit_new(self.store, sample(8, codes=("taken",)))
        self._leave_no_trace(change(sample(9, codes=("taken",))), Duplicate)

    def _leave_no_trace(self, bad: Change, refusal: type) -> None:
        data = blob(b"bytes of a refused unit")
        first = sample(1, codes=("a",), text="unheard words", files=(data.digest,))
        good = change(first, todos=(Todo(Lane.WORK, AT),))
        (outcome,) = self.store.commit(Unit((good, bad), blobs=(data,), command="c1"))
        assert isinstance(outcome, refusal)
        assert self.store.get("sample", first.id, ALL) is None
        assert self.store.get("sample", "code:a", ALL) is None
        assert self.store.history("sample", first.id, ALL) == ()
        assert self.store.find(Query("sample", like=("unheard",)), ALL).items == ()
        assert self.store.blob(data.digest, ALL) is None
        assert self.store.lease(Lane.WORK, 60) == ()
        assert isinstance(self.store.commit(Unit((good,), blobs=(data,), command="c1"))[0], Done)

    def test_a_batch_has_one_outcome_per_unit_in_order(self) -> None:
        units = [Unit((change(sample(serial)),)) for serial in (3, 1, 2)]
        done = self.store.commit(*units)
        assert [one.refs[0].id for one in done if isinstance(one, Done)] == [sample(n).id for n in (3, 1, 2)]

    def test_a_refused_unit_does_not_hinder_the_others_of_the_batch(self) -> None:
        refused = Unit((change(sample(2), before=evolve(sample(2), version=1)),))
        outcomes = self.store.commit(Unit((change(sample(1)),)), refused, Unit((change(sample(3)),)))
        assert [type(one) for one in outcomes] == [Done, Conflict, Done]
        assert self.ids(Query("sample")) == [sample(1).id, sample(3).id]

    def test_later_units_of_a_batch_see_what_earlier_ones_wrote(self) -> None:
        first = change(sample(1, codes=("a",)))
        second = change(sample(1, codes=("a",), word="next"), before=first.after)
        clash = change(sample(2, codes=("a",)))
        outcomes = self.store.commit(Unit((first,)), Unit((second,)), Unit((clash,)))
        assert [type(one) for one in outcomes] == [Done, Done, Duplicate]
        assert self._word(sample(1).id) == "next"

    def test_a_change_on_an_old_version_gets_the_current_record_and_what_was_missed(self) -> None:
        read = commit_new(self.store, sample(1, word="first"))
        now = commit_change(self.store, read, word="second")
        (refused,) = self.store.commit(Unit((change(evolve(read, word="mine"), before=read),)))
        assert isinstance(refused, Conflict)
        assert (refused.type, refused.id, refused.expected, refused.record) == ("sample", read.id, 1, now)
        assert [event.seq for event in refused.missed] == [2]
        assert self.store.get("sample", read.id, ALL) == now

    def test_a_new_record_in_the_place_of_another_is_a_conflict(self) -> None:
        kept = commit_new(self.store, sample(1, word="first"))
        (refused,) = self.store.commit(Unit((change(sample(1, word="again")),)))
        assert isinstance(refused, Conflict)
        assert (refused.expected, refused.record) == (0, kept)

    def test_a_change_of_a_record_that_is_not_there_is_a_conflict(self) -> None:
        absent = evolve(sample(1), version=2)
        assert self.store.commit(Unit((change(absent, before=absent),))) == (Conflict("sample", absent.id, 2, None),)

    def test_what_was_given_must_still_hold(self) -> None:
        read = commit_new(self.store, sample(1))
        now = commit_change(self.store, read, word="moved on")
        (refused,) = self.store.commit(Unit((change(sample(2)),), given=(Given("sample", read.id, read.version),)))
        assert isinstance(refused, Conflict)
        assert (refused.id, refused.record) == (read.id, now)
        assert self.store.get("sample", sample(2).id, ALL) is None
        (done,) = self.store.commit(Unit((change(sample(2)),), given=(Given("sample", read.id, now.version),)))
        assert isinstance(done, Done)
        assert self.store.get("sample", read.id, ALL) == now

    def test_given_with_version_zero_must_not_exist(self) -> None:
        free = Unit((change(sample(2)),), given=(Given("sample", sample(1).id, 0),))
        assert isinstance(self.store.commit(free)[0], Done)
        commit_new(self.store, sample(1))
        taken = Unit((change(sample(3)),), given=(Given("sample", sample(1).id, 0),))
        assert isinstance(self.store.commit(taken)[0], Conflict)

    def test_of_several_reasons_to_refuse_the_first_is_told(self) -> None:
        """Late, then Conflict, then Duplicate; a command done before comes first of all."""
        commit_new(self.store, sample(1, codes=("a",)), todos=(Todo(Lane.WORK, AT),))
        (lost,) = self.store.lease(Lane.WORK, 10)
        self.clock.advance(20)
        self.store.lease(Lane.WORK, 10)
        done = self.store.commit(Unit((change(sample(2)),), command="c"))[0]
        assert isinstance(done, Done)
        duplicate, stale = change(sample(3, codes=("a",))), change(sample(1))
        cases = [
            (Unit((duplicate, stale), settles=(Settle(lost),), command="c"), Done),
            (Unit((duplicate, stale), settles=(Settle(lost),)), Late),
            (Unit((duplicate, stale)), Conflict),
            (Unit((duplicate,)), Duplicate),
        ]
        assert [type(self.store.commit(unit)[0]) for unit, _ in cases] == [expected for _, expected in cases]

    def test_a_change_whose_events_do_not_lead_to_it_raises_and_nothing_of_the_batch_is_written(self) -> None:
        good = change(sample(2))
        faulty = (
            evolve(good, events=(), after=evolve(good.after, version=0)),
            evolve(good, after=evolve(good.after, version=2)),
            evolve(good, events=(evolve(good.events[0], seq=2),)),
            evolve(good, after=evolve(good.after, head="0" * 64)),
        )
        self._raise_and_write_nothing(*faulty)

    def test_what_can_t_be_kept_raises_and_nothing_of_the_batch_is_written(self) -> None:
        self._raise_and_write_nothing(change(sample(2, text=float("nan"))), change(sample(2, remark=object())))

    def _raise_and_write_nothing(self, *faulty: Change) -> None:
        for bad in faulty:
            with pytest.raises(StoreError):
                self.store.commit(Unit((change(sample(1)),)), Unit((bad,)))
        assert self.ids(Query("sample")) == []

    def _word(self, id_: str) -> str | None:
        kept = self.store.get("sample", id_, ALL)
        assert isinstance(kept, Sample)
        return kept.word
