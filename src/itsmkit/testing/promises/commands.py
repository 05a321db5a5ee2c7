"""Commands: done once in thirty days, however often they are sent."""

from datetime import timedelta

from attrs import evolve

from itsmkit.core.model.query import Query
from itsmkit.core.model.record import revised
from itsmkit.core.model.unit import Conflict, Done, Ref, Unit
from itsmkit.testing.builders import change, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import sample

LIFE = timedelta(days=30)


class CommandPromises(Promises):
    """What `commit` promises for `Unit.command`."""

    def test_a_repeated_command_changes_nothing_and_gives_the_first_outcome(self) -> None:
        self.store.commit(Unit((change(sample(1)),), command="c"))
        (again,) = self.store.commit(Unit((change(sample(2)),), command="c"))
        assert again == Done((Ref("sample", sample(1).id, 1),), repeated=True)
        assert self.ids(Query("sample")) == [sample(1).id]

    def test_a_command_repeated_within_a_batch_is_done_once(self) -> None:
        read = commit_new(self.store, sample(1))
        unit = Unit((change(evolve(read, word="once"), before=read),), command="c")
        first, again = self.store.commit(unit, unit)
        assert isinstance(first, Done)
        assert isinstance(again, Done)
        assert (first.repeated, again.repeated, again.refs) == (False, True, first.refs)
        assert len(self.store.history("sample", read.id, ALL)) == 2

    def test_a_command_is_remembered_for_thirty_days_and_no_longer(self) -> None:
        start = self.clock()
        self.store.commit(Unit((change(sample(1)),), command="c"))
        self.clock.at(start + LIFE - timedelta(seconds=1))
        assert self._repeated(2) is True
        self.clock.at(start + LIFE + timedelta(seconds=1))
        assert self._repeated(3) is False
        self.clock.at(start + 2 * LIFE)
        assert self._repeated(4) is True
        assert self.ids(Query("sample")) == [sample(1).id, sample(3).id]

    def test_a_command_that_is_forgotten_is_done_anew_behind_others_of_its_batch(self) -> None:
        read = commit_new(self.store, sample(1))
        self.store.commit(Unit((change(sample(2)),), command="c"))
        self.clock.at(self.clock() + LIFE + timedelta(seconds=1))
        first = change(evolve(read, word="first"), before=read)
        then = change(revised(first.after, word="then"), before=first.after)
        outcomes = self.store.commit(Unit((first,)), Unit((then,), command="c"))
        assert [isinstance(one, Done) and one.repeated for one in outcomes] == [False, False]
        assert len(self.store.history("sample", read.id, ALL)) == 3

    def _repeated(self, serial: int) -> bool:
        (outcome,) = self.store.commit(Unit((change(sample(serial)),), command="c"))
        assert isinstance(outcome, Done)
        return outcome.repeated

    def test_a_refused_command_may_be_tried_again(self) -> None:
        stale = change(evolve(sample(1), word="x"), before=evolve(sample(1), version=4))
        (refused,) = self.store.commit(Unit((stale,), command="c"))
        assert isinstance(refused, Conflict)
        assert self._repeated(1) is False
