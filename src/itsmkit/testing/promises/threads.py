"""Threads: eight at once, and nothing lost, doubled or half seen."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from itsmkit.core.journal import faults
from itsmkit.core.model.query import Query
from itsmkit.core.model.unit import Done, Duplicate, Lane, Todo, Unit
from itsmkit.testing.builders import change, commit_all, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Sample, sample

T = TypeVar("T")

WRITERS = 8
TURNS = 8


class ThreadPromises(Promises):
    """What the store promises to many callers at once."""

    def _at_once(self, work: Callable[[int], T]) -> list[T]:
        start = Barrier(WRITERS)

        def one(number: int) -> T:
            start.wait(timeout=30)
            return work(number)

        with ThreadPoolExecutor(WRITERS) as pool:
            return list(pool.map(one, range(WRITERS)))

    def _read(self, serial: int) -> Sample:
        kept = self.store.get("sample", sample(serial).id, ALL)
        assert isinstance(kept, Sample)
        return kept

    def test_eight_writers_of_one_record_lose_no_update(self) -> None:
        commit_new(self.store, sample(1, number=0))
        meeting = Barrier(WRITERS)

        def count_up(_writer: int) -> None:
            for _ in range(TURNS):
                read = self._read(1)
                meeting.wait(timeout=60)  # all hold the same version now
                while not self._added(read):
                    read = self._read(1)

        self._at_once(count_up)
        last = self._read(1)
        assert (last.number, last.version) == (WRITERS * TURNS, WRITERS * TURNS + 1)
        assert faults(self.store.history("sample", last.id, ALL)) == []

    def _added(self, read: Sample) -> bool:
        (outcome,) = self.store.commit(Unit((change(sample(1, number=(read.number or 0) + 1), before=read),)))
        return isinstance(outcome, Done)

    def test_eight_writers_of_their_own_records_all_arrive(self) -> None:
        self._at_once(lambda writer: [commit_new(self.store, sample(writer * 100 + turn)) for turn in range(TURNS)])
        expected = [sample(writer * 100 + turn).id for writer in range(WRITERS) for turn in range(TURNS)]
        assert self.ids(Query("sample")) == expected

    def test_of_eight_who_want_one_key_one_gets_it(self) -> None:
        outcomes = self._at_once(lambda n: self.store.commit(Unit((change(sample(n, codes=("only",))),)))[0])
        (winner,) = self.ids(Query("sample"))
        assert sorted(type(one).__name__ for one in outcomes) == ["Done"] + ["Duplicate"] * (WRITERS - 1)
        assert {one.id for one in outcomes if isinstance(one, Duplicate)} == {winner}

    def test_a_command_sent_by_eight_at_once_is_done_once(self) -> None:
        outcomes = self._at_once(lambda n: self.store.commit(Unit((change(sample(n)),), command="same"))[0])
        assert all(isinstance(one, Done) for one in outcomes)
        assert sorted(one.repeated for one in outcomes if isinstance(one, Done)) == [False] + [True] * (WRITERS - 1)
        assert len(self.ids(Query("sample"))) == 1

    def test_eight_workers_never_hold_the_same_lease(self) -> None:
        due = self.clock()
        units = [Unit((change(sample(n), todos=(Todo(Lane.POST, due),)),)) for n in range(40)]
        self.store.commit(*units)

        def work(_worker: int) -> list[str]:
            taken: list[str] = []
            for _ in range(40):
                taken += [lease.id for lease in self.store.lease(Lane.POST, 60, limit=3)]
            return taken

        taken = [id_ for ids in self._at_once(work) for id_ in ids]
        assert sorted(taken) == [sample(n).id for n in range(40)]

    def test_a_reader_never_sees_half_a_unit(self) -> None:
        commit_all(self.store, [sample(1, number=0), sample(2, number=0)])

        def work(number: int) -> bool:
            if number:
                return all(len({one.number for one in self._both()}) == 1 for _ in range(TURNS))
            for turn in range(1, 2 * TURNS):
                one, two = self._both()
                moved = (change(sample(1, number=turn), before=one), change(sample(2, number=turn), before=two))
                self.store.commit(Unit(moved))
            return True

        assert all(self._at_once(work))

    def _both(self) -> list[Sample]:
        return [one for one in self.store.find(Query("sample"), ALL).items if isinstance(one, Sample)]
