"""Laws: whatever is asked of it, the store answers like `MemoryStore`, the contract executed."""

from datetime import timedelta
from typing import Any

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmkit.core.memory import MemoryStore
from itsmkit.core.model.query import Query, Scope
from itsmkit.core.model.unit import Done, Lane, Lease, Outcome, Settle, Todo, Unit
from itsmkit.testing.builders import change, commit_all, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import SAMPLE, Sample, sample
from itsmkit.testing.strategies import queries, samples, scopes, tallies, tickets, units


def law(examples: int) -> settings:
    """So many examples, all on one store: each makes records of its own."""
    checks = (HealthCheck.differing_executors, HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
    return settings(max_examples=examples, deadline=None, suppress_health_check=checks)


class LawPromises(Promises):
    """What holds for any values, by hypothesis."""

    _example = 0

    def _next(self) -> int:
        """A number for this example, so that its records meet none of another's."""
        self._example += 1
        return self._example

    @law(40)
    @given(tickets())
    def test_any_ticket_comes_back(self, drawn: Any) -> None:
        serial = self._next()
        kept = commit_new(self.store, evolve(drawn, id=f"{serial:032x}", number=f"T26-{serial:06d}"))
        assert self.store.get("ticket", kept.id, ALL) == kept

    @law(40)
    @given(st.lists(samples(), max_size=8), st.data())
    def test_any_question_is_answered_like_by_the_memory_store(self, drawn: list[Sample], data: st.DataObject) -> None:
        run = self._next()
        records = [self._own(one, run, place) for place, one in enumerate(drawn)]
        twin = MemoryStore(self.types, self.clock)
        commit_all(twin, records)
        commit_all(self.store, records)
        keys = [f"{run}:{key}" for key in ("all", "team:net", "team:db", "person:17")]
        scope = data.draw(scopes(keys).filter(lambda one: not one.everything))
        query, limit = data.draw(queries(SAMPLE, records)), data.draw(st.integers(1, 4))
        assert self._paged(self.store, query, scope, limit) == self._paged(twin, query, scope, limit)
        tally = data.draw(tallies(SAMPLE, records))
        assert self.store.tally(tally, scope) == twin.tally(tally, scope)

    def _own(self, drawn: Sample, run: int, place: int) -> Sample:
        reach = tuple(f"{run}:{key}" for key in (*drawn.reach, "all"))
        return evolve(drawn, id=f"{run:028x}{place:04x}", reach=reach)

    def _paged(self, store: Any, query: Query, scope: Scope, limit: int) -> list[tuple[Any, ...]]:
        pages, after = [], None
        for _ in range(100):
            page = store.find(query, scope, after, limit)
            pages.append(page.items)
            if page.after is None:
                break
            after = page.after
        return pages

    @law(15)
    @given(st.data())
    def test_any_units_have_the_outcomes_and_leave_the_records_that_the_memory_store_says(
        self, data: st.DataObject
    ) -> None:
        run, twin = self._next(), MemoryStore(self.types, self.clock)
        ids, codes = [f"{run:028x}{place:04x}" for place in range(3)], [f"{run}{code}" for code in "abc"]
        for _ in range(data.draw(st.integers(1, 5))):
            known = {id_: one for id_ in ids if isinstance(one := twin.get("sample", id_, ALL), Sample)}
            batch = [self._named(data.draw(units(known, ids, codes)), run) for _ in range(data.draw(st.integers(1, 3)))]
            told, expected = self.store.commit(*batch), twin.commit(*batch)
            assert [self._plain(one) for one in told] == [self._plain(one) for one in expected]
        for id_ in ids:
            assert self.store.get("sample", id_, ALL) == twin.get("sample", id_, ALL)
            assert self.store.history("sample", id_, ALL) == twin.history("sample", id_, ALL)
        for code in codes:
            assert self.store.get("sample", f"code:{code}", ALL) == twin.get("sample", f"code:{code}", ALL)

    def _named(self, unit: Unit, run: int) -> Unit:
        return evolve(unit, command=f"{run}:{unit.command}" if unit.command else "")

    def _plain(self, outcome: Outcome) -> Any:
        """Where several reasons of one sort hold, a store may name any of them."""
        return (outcome.refs, outcome.repeated) if isinstance(outcome, Done) else type(outcome)

    @law(25)
    @given(
        st.lists(
            st.tuples(st.sampled_from(("todo", "lease", "settle", "again", "wait")), st.integers(0, 3)),
            min_size=5,
            max_size=30,
        )
    )
    def test_any_course_of_a_lane_goes_as_the_memory_store_says(self, steps: list[tuple[str, int]]) -> None:
        run = self._next()
        pair = (self.store, MemoryStore(self.types, self.clock))
        held: list[tuple[Lease, Lease]] = []
        known: dict[int, Sample] = {}
        for step, number in steps:
            if step == "todo":
                due = self.clock() + timedelta(seconds=number - 2, milliseconds=number)
                self._schedule(pair, known, run * 10 + number, Todo(Lane.WORK, due))
            elif step == "wait":
                self.clock.advance(number * 4)
            elif step == "lease":
                mine, its = (store.lease(Lane.WORK, 10, number + 1) for store in pair)
                assert [self._bare(one) for one in mine] == [self._bare(one) for one in its]
                held += zip(mine, its, strict=True)
            elif held:
                leases = held[number % len(held)]
                # Two todos of one moment may go in any order: the record's number keeps moments apart.
                serial = int(leases[0].id, 16) % 10
                again = self.clock() + timedelta(seconds=1, milliseconds=serial) if step == "again" else None
                told, expected = (store.settle(Settle(one, again)) for store, one in zip(pair, leases, strict=True))
                assert told == expected
            assert [self._standing(store) for store in pair[:1]] == [self._standing(store) for store in pair[1:]]
        for serial in list(known):
            self._schedule(pair, known, serial, Todo(Lane.WORK, None))

    def _schedule(self, pair: Any, known: dict[int, Sample], serial: int, todo: Todo) -> None:
        before = known.get(serial)
        made = change(before or sample(serial), before=before, todos=(todo,))
        for store in pair:
            (outcome,) = store.commit(Unit((made,)))
            assert isinstance(outcome, Done)
        known[serial] = made.after  # type: ignore[assignment]

    def _bare(self, lease: Lease) -> Lease:
        """Without its fence: any numbers that rise will do."""
        return evolve(lease, fence=0)

    def _standing(self, store: Any) -> tuple[Any, ...]:
        view = store.peek(Lane.WORK)
        return view.waiting, view.soonest, sorted((one.id, one.lapses) for one in view.parked)
