"""Bodies: unreadable ones are shown, never skipped; older shapes are upgraded, newer ones refused."""

from typing import Any

import pytest
from attrs import evolve

from itsmkit.core.errors import NewerShape
from itsmkit.core.model.query import Query, Scope, Tally, Test
from itsmkit.core.model.record import Unreadable
from itsmkit.testing.builders import commit_all, commit_change, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import SAMPLE, Sample, sample


def _renamed(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"remark": f"{body.get('remark', '')} (upgraded)"}


NEWER = evolve(SAMPLE, upgrades=(_renamed,))


class BodyPromises(Promises):
    """What reads promise for bodies they can't read as they are."""

    def _broken(self) -> None:
        commit_all(self.store, [sample(n, number=n, codes=(f"c{n}",), reach=("team:net",)) for n in (1, 2, 3)])
        self.corrupt(self.store, "sample", sample(2).id)

    def test_an_unreadable_record_is_found_as_such_and_not_skipped(self) -> None:
        self._broken()
        for query in (Query("sample"), Query("sample", order="number")):
            items = self.store.find(query, ALL).items
            assert [one.id for one in items] == [sample(n).id for n in (1, 2, 3)]
            assert [type(one) for one in items] == [Sample, Unreadable, Sample]

    def test_an_unreadable_record_is_got_as_such(self) -> None:
        self._broken()
        for key in (sample(2).id, "code:c2"):
            read = self.store.get("sample", key, ALL)
            assert isinstance(read, Unreadable)
            assert (read.type, read.id) == ("sample", sample(2).id)
            assert read.why

    def test_an_unreadable_record_is_counted(self) -> None:
        self._broken()
        assert self.store.tally(Tally("sample"), ALL)[0].n == 3

    def test_an_unreadable_record_is_hidden_from_those_who_may_not_see_it(self) -> None:
        self._broken()
        assert self.store.get("sample", sample(2).id, Scope(frozenset({"team:db"}))) is None
        assert self.ids(Query("sample"), Scope(frozenset({"team:db"}))) == []

    def test_a_body_of_an_older_shape_is_upgraded_on_reading(self) -> None:
        kept = commit_new(self.store, sample(1, remark="old"))
        self.store = self.reopen(self.store, self._newer(), self.clock)
        read = self.store.get("sample", kept.id, ALL)
        assert read == evolve(kept, remark="old (upgraded)")
        changed = commit_change(self.store, read, remark="new")
        assert self.store.get("sample", kept.id, ALL) == changed

    def test_a_body_of_a_newer_shape_is_refused(self) -> None:
        kept = commit_new(self.store, sample(1, word="old"))
        self.store = self.reopen(self.store, self._newer(), self.clock)
        commit_change(self.store, kept, word="new")
        self.store = self.reopen(self.store, self.types, self.clock)
        with pytest.raises(NewerShape):
            self.store.get("sample", kept.id, ALL)
        with pytest.raises(NewerShape):
            self.store.find(Query("sample", (Test("word", value="new"),)), ALL)

    def _newer(self) -> tuple[Any, ...]:
        return tuple(NEWER if one is SAMPLE else one for one in self.types)
