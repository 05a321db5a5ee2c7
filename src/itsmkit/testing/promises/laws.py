"""Laws: whatever is asked of it, the store answers like `MemoryStore`, the contract executed."""

from typing import Any

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from itsmkit.core.memory import MemoryStore
from itsmkit.core.model.query import Query, Scope
from itsmkit.testing.builders import commit_all, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.promises.histories import agree
from itsmkit.testing.sample_type import SAMPLE, Sample
from itsmkit.testing.strategies import queries, samples, scopes, tallies, tickets

HISTORIES, STEPS = 4, 50


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

    def test_any_history_goes_as_the_memory_store_says(self) -> None:
        agree({"this store": self}, self.folder / "histories", examples=HISTORIES, steps=STEPS)
