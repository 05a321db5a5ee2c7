"""Lanes: what is due is handed out once, soonest first, and by the store's own clock."""

from datetime import datetime, timedelta

from itsmkit.core.model.query import Query
from itsmkit.core.model.unit import LAPSES, Done, Lane, LaneView, Late, Lease, Settle, Standing, Todo, Unit
from itsmkit.testing.builders import change, commit_change, commit_new, ticket
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Sample, sample


class LeasePromises(Promises):
    """What `lease` promises, and `commit` for todos."""

    def _todo(self, serial: int = 1, after: float = 0, part: str = "", hold: int = 0) -> Sample:
        due = self.clock() + timedelta(seconds=after)
        return commit_new(self.store, sample(serial), todos=(Todo(Lane.WORK, due, part, hold),))

    def _lease(self, hold: int = 60) -> Lease:
        (lease,) = self.store.lease(Lane.WORK, hold)
        return lease

    def test_a_lease_says_what_is_to_be_done_and_until_when_it_holds(self) -> None:
        record = self._todo(part="3-8")
        lease = self._lease(hold=45)
        assert (lease.lane, lease.type, lease.id, lease.part) == (Lane.WORK, "sample", record.id, "3-8")
        assert (lease.due, lease.until, lease.lapses) == (self.clock(), self.clock() + timedelta(seconds=45), 0)

    def test_what_is_not_due_yet_is_not_handed_out(self) -> None:
        record = self._todo(after=0.001)
        assert self.store.lease(Lane.WORK, 60) == ()
        self.clock.advance(0.001)
        assert self._lease().id == record.id

    def test_the_soonest_due_is_handed_out_first_up_to_the_limit(self) -> None:
        for serial, after in ((1, 30), (2, 10), (3, 20), (4, 40)):
            self._todo(serial, after)
        self.clock.advance(60)
        taken = self.store.lease(Lane.WORK, 60, limit=3)
        assert [one.id for one in taken] == [sample(serial).id for serial in (2, 3, 1)]

    def test_what_is_leased_is_not_handed_out_again(self) -> None:
        self._todo()
        lease = self._lease(hold=60)
        self.clock.advance(59)
        assert self.store.lease(Lane.WORK, 60) == ()
        assert self.store.settle(Settle(lease)) == (True,)
        assert self.store.lease(Lane.WORK, 60) == ()

    def test_a_lane_gives_only_what_is_its_own(self) -> None:
        self._todo()
        assert [self.store.lease(lane, 60) for lane in Lane if lane is not Lane.WORK] == [()] * (len(Lane) - 1)

    def test_parts_of_one_record_are_leased_apart(self) -> None:
        todos = (
            Todo(Lane.NEWS, self.clock(), "1-2"),
            Todo(Lane.NEWS, self.clock(), "3-3"),
            Todo(Lane.DUE, self.clock()),
        )
        commit_new(self.store, sample(1), todos=todos)
        first, second = self.store.lease(Lane.NEWS, 60, limit=5)
        assert {first.part, second.part} == {"1-2", "3-3"}
        assert self.store.settle(Settle(first)) == (True,)
        assert self.store.peek(Lane.NEWS).waiting == 1
        assert self.store.peek(Lane.DUE).waiting == 1

    def test_todos_of_two_types_with_the_same_id_are_leased_apart(self) -> None:
        self._todo()
        commit_new(self.store, ticket(1), todos=(Todo(Lane.WORK, self.clock()),))
        one, other = self.store.lease(Lane.WORK, 60, limit=5)
        assert {one.type, other.type} == {"sample", "ticket"}
        assert self.store.settle(Settle(one)) == (True,)
        assert self.store.peek(Lane.WORK).waiting == 1

    def test_a_lapsed_lease_passes_on_with_a_higher_fence(self) -> None:
        self._todo()
        first = self._lease(hold=60)
        self.clock.advance(61)
        second = self._lease(hold=60)
        assert (second.id, second.lapses) == (first.id, 1)
        assert second.fence > first.fence

    def test_fences_rise_over_all_leases_of_a_todo(self) -> None:
        record = self._todo()
        fences = []
        for _ in range(2):
            lease = self._lease(hold=10)
            fences.append(lease.fence)
            self.store.settle(Settle(lease, again=self.clock()))
            fences.append(self._lease(hold=10).fence)
            self.clock.advance(11)
            fences.append(self._lease(hold=10).fence)
            record = commit_change(self.store, record, todos=(Todo(Lane.WORK, self.clock()),))
        assert fences == sorted(set(fences))

    def test_what_lapses_too_often_is_parked(self) -> None:
        record = self._todo()
        for lapses in range(LAPSES):
            assert self._lease(hold=10).lapses == lapses
            self.clock.advance(11)
        assert self.store.lease(Lane.WORK, 10) == ()
        assert [(one.id, one.lapses) for one in self.store.peek(Lane.WORK).parked] == [(record.id, LAPSES)]
        self.clock.advance(1000)
        assert self.store.lease(Lane.WORK, 10) == ()

    def test_a_parked_todo_does_not_hold_up_the_others(self) -> None:
        self._todo(1)
        for _ in range(LAPSES):
            self._lease(hold=10)
            self.clock.advance(11)
        self._todo(2)
        assert self._lease().id == sample(2).id

    def test_scheduling_anew_brings_a_parked_todo_back(self) -> None:
        record = self._todo()
        self.store.settle(Settle(self._lease(), parked=True))
        commit_change(self.store, record, todos=(Todo(Lane.WORK, self.clock()),))
        assert self._lease().lapses == 0

    def test_scheduling_anew_ends_the_lease(self) -> None:
        record = self._todo()
        lease = self._lease(hold=600)
        due = self.clock() + timedelta(seconds=30)
        record = commit_change(self.store, record, todos=(Todo(Lane.WORK, due),))
        assert self.store.settle(Settle(lease)) == (False,)
        assert self.store.commit(Unit((change(record, before=record),), settles=(Settle(lease),))) == (Late(lease),)
        assert self.store.lease(Lane.WORK, 60) == ()
        self.clock.at(due)
        assert self._lease().due == due

    def test_a_todo_without_due_is_taken_off_the_lane(self) -> None:
        record = self._todo()
        lease = self._lease()
        commit_change(self.store, record, todos=(Todo(Lane.WORK, None),))
        self.clock.advance(600)
        assert self.store.lease(Lane.WORK, 60) == ()
        assert self.store.settle(Settle(lease)) == (False,)
        assert self.store.peek(Lane.WORK) == LaneView(0, None)

    def test_a_todo_outlasts_changes_that_do_not_name_it(self) -> None:
        record = self._todo()
        commit_change(self.store, record, word="other")
        assert self._lease().id == record.id

    def test_a_todo_made_with_a_hold_is_leased_to_its_maker(self) -> None:
        made = change(sample(1), todos=(Todo(Lane.INTAKE, self.clock(), hold=60), Todo(Lane.NEWS, self.clock())))
        (done,) = self.store.commit(Unit((made,)))
        assert isinstance(done, Done)
        (lease,) = done.leases
        assert (lease.lane, lease.id, lease.until) == (Lane.INTAKE, sample(1).id, self.clock() + timedelta(seconds=60))
        assert self.store.lease(Lane.INTAKE, 60) == ()
        assert self.store.settle(Settle(lease)) == (True,)
        assert self.store.peek(Lane.INTAKE).waiting == 0

    def test_a_lease_from_birth_lapses_like_any_other(self) -> None:
        self._todo(hold=60)
        self.clock.advance(61)
        assert self._lease().lapses == 1

    def test_every_todo_of_a_lane_is_listed_in_the_order_of_its_place(self) -> None:
        later = self.clock() + timedelta(days=1)
        commit_new(self.store, sample(2), todos=(Todo(Lane.WORK, later, "b"), Todo(Lane.WORK, self.clock(), "a")))
        commit_new(self.store, sample(1), todos=(Todo(Lane.WORK, later), Todo(Lane.NEWS, later)))
        commit_new(self.store, ticket(1), todos=(Todo(Lane.WORK, later, hold=5),))
        taken = self._lease(hold=60)
        listed = self.store.todos(Lane.WORK)
        assert [one.place for one in listed] == [
            ("sample", sample(1).id, ""),
            ("sample", sample(2).id, "a"),
            ("sample", sample(2).id, "b"),
            ("ticket", ticket(1).id, ""),
        ]
        assert [one.leased for one in listed] == [False, True, False, True]
        assert listed[1].lease == taken
        assert [one.lease.due for one in listed] == [later, self.clock(), later, later]
        assert not any(one.parked for one in listed)

    def test_a_list_of_todos_goes_on_behind_a_place(self) -> None:
        for serial in range(5):
            self._todo(serial)
        whole, found = self.store.todos(Lane.WORK), list[Standing]()
        while stretch := self.store.todos(Lane.WORK, found[-1].place if found else ("", "", ""), limit=2):
            assert len(stretch) <= 2
            found += stretch
        assert tuple(found) == whole
        assert len(whole) == 5

    def test_a_parked_todo_is_listed_as_such(self) -> None:
        self._todo()
        self.store.settle(Settle(self._lease(), parked=True))
        (one,) = self.store.todos(Lane.WORK)
        assert (one.parked, one.leased) == (True, False)


class SettlePromises(Promises):
    """What ends a lease, and what `peek` shows of a lane."""

    def _leased(self, serial: int = 1, hold: int = 60) -> Lease:
        commit_new(self.store, sample(serial), todos=(Todo(Lane.POST, self.clock()),))
        (lease,) = self.store.lease(Lane.POST, hold)
        return lease

    def _soon(self, seconds: float) -> datetime:
        return self.clock() + timedelta(seconds=seconds)

    def test_a_settled_todo_is_done_for_good(self) -> None:
        lease = self._leased()
        assert self.store.settle(Settle(lease)) == (True,)
        self.clock.advance(1000)
        assert self.store.lease(Lane.POST, 60) == ()
        assert self.store.peek(Lane.POST) == LaneView(0, None)
        assert self.store.settle(Settle(lease)) == (False,)

    def test_a_late_settle_changes_nothing(self) -> None:
        lost = self._leased(hold=10)
        self.clock.advance(11)
        (held,) = self.store.lease(Lane.POST, 60)
        assert (
            self.store.settle(Settle(lost), Settle(lost, again=self._soon(5)), Settle(lost, parked=True))
            == (False,) * 3
        )
        assert self.store.peek(Lane.POST) == LaneView(1, held.due)
        assert self.store.settle(Settle(held)) == (True,)

    def test_a_unit_that_settles_late_is_refused_whole(self) -> None:
        lost = self._leased(hold=10)
        self.clock.advance(11)
        (held,) = self.store.lease(Lane.POST, 60)
        unit = Unit((change(sample(2)),), settles=(Settle(lost),))
        assert self.store.commit(unit) == (Late(lost),)
        assert self.ids(Query("sample")) == [sample(1).id]
        assert self.store.settle(Settle(held)) == (True,)

    def test_a_lapsed_lease_that_nobody_took_can_still_be_settled(self) -> None:
        lease = self._leased(hold=10)
        self.clock.advance(1000)
        assert self.store.settle(Settle(lease)) == (True,)
        assert self.store.peek(Lane.POST).waiting == 0

    def test_a_unit_ends_the_lease_together_with_its_change(self) -> None:
        lease = self._leased()
        read = self.store.get("sample", lease.id, ALL)
        assert isinstance(read, Sample)
        (done,) = self.store.commit(Unit((change(read, before=read),), settles=(Settle(lease),)))
        assert isinstance(done, Done)
        assert self.store.peek(Lane.POST) == LaneView(0, None)

    def test_a_unit_that_settles_and_schedules_anew_leaves_the_new_todo(self) -> None:
        lease = self._leased()
        read = self.store.get("sample", lease.id, ALL)
        assert isinstance(read, Sample)
        again = change(read, before=read, todos=(Todo(Lane.POST, self._soon(30)),))
        (done,) = self.store.commit(Unit((again,), settles=(Settle(lease),)))
        assert isinstance(done, Done)
        assert self.store.peek(Lane.POST) == LaneView(1, self._soon(30))

    def test_a_todo_to_be_tried_again_comes_back_when_due(self) -> None:
        lease = self._leased()
        due = self._soon(90)
        assert self.store.settle(Settle(lease, again=due)) == (True,)
        self.clock.advance(89)
        assert self.store.lease(Lane.POST, 60) == ()
        self.clock.advance(1)
        (again,) = self.store.lease(Lane.POST, 60)
        assert (again.id, again.due) == (lease.id, due)

    def test_a_parked_todo_is_shown_and_handed_out_no_more(self) -> None:
        lease = self._leased()
        assert self.store.settle(Settle(lease, parked=True)) == (True,)
        self.clock.advance(1000)
        assert self.store.lease(Lane.POST, 60) == ()
        assert [one.id for one in self.store.peek(Lane.POST).parked] == [lease.id]

    def test_each_settle_is_answered_in_order(self) -> None:
        one, two = self._leased(1), self._leased(2)
        assert self.store.settle(Settle(one), Settle(one), Settle(two)) == (True, False, True)

    def test_peek_counts_waiting_and_leased_and_names_the_soonest(self) -> None:
        self._leased(1)
        for serial, after in ((2, 20), (3, -10), (4, 30)):
            commit_new(self.store, sample(serial), todos=(Todo(Lane.POST, self._soon(after)),))
        assert self.store.peek(Lane.POST) == LaneView(4, self._soon(-10))
        assert self.store.peek(Lane.NEWS) == LaneView(0, None)

    def test_peek_shows_the_oldest_parked_first_up_to_its_limit(self) -> None:
        for serial in (2, 1, 3):
            self.store.settle(Settle(self._leased(serial), parked=True))
            self.clock.advance(1)
        parked = self.store.peek(Lane.POST, limit=2).parked
        assert [one.id for one in parked] == [sample(2).id, sample(1).id]
