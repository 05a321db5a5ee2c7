"""Events: every one kept, numbered without gaps, their chain provable."""

from itsmkit.core.journal import faults
from itsmkit.core.model.event import Draft
from itsmkit.core.model.unit import Unit
from itsmkit.testing.builders import AT, change, commit_change, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import sample


class EventPromises(Promises):
    """What `history` gives back of what `commit` was given."""

    def test_every_event_of_a_change_is_in_the_history(self) -> None:
        first = commit_new(self.store, sample(1), Draft("opened", "core"), Draft("sorted", "core"))
        commit_change(self.store, first, Draft("called", "core"), Draft("closed", "core"))
        codes = [event.code for event in self.store.history("sample", first.id, ALL)]
        assert codes == ["opened", "sorted", "called", "closed"]

    def test_events_are_numbered_without_gaps(self) -> None:
        record = commit_new(self.store, sample(1))
        for word in "abc":
            record = commit_change(self.store, record, word=word)
        events = self.store.history("sample", record.id, ALL)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))

    def test_the_chain_as_read_proves_itself_up_to_the_records_head(self) -> None:
        first = commit_new(self.store, sample(1), Draft("opened", "person:17", personal={"words": "我的电脑坏了"}))
        last = commit_change(self.store, first, Draft("closed", "core"))
        events = self.store.history("sample", first.id, ALL)
        assert faults(events) == []
        assert events[-1].digest == last.head

    def test_an_event_comes_back_with_all_its_parts(self) -> None:
        draft = Draft(
            "decided", "plugin:rules", step="IM2.5", outcome="yes", args={"priority": 2, "tags": ["a", "数"]},
            why={"rule": "r1", "score": 0.5}, personal={"words": "call me\x00 😀"}, audience="vendor:acme",
        )  # fmt: skip
        made = change(sample(1), draft, cause="command 7")
        commit_new(self.store, sample(2))
        self.store.commit(Unit((made,)))
        assert self.store.history("sample", sample(1).id, ALL) == made.events
        assert made.events[0].at == AT

    def test_a_history_continues_behind_a_number_and_stops_at_a_limit(self) -> None:
        drafts = [Draft(f"e{number}", "core") for number in range(1, 8)]
        record = commit_new(self.store, sample(1), *drafts)
        codes = [event.code for event in self.store.history("sample", record.id, ALL, after=2, limit=3)]
        assert codes == ["e3", "e4", "e5"]
        assert self.store.history("sample", record.id, ALL, after=7) == ()

    def test_histories_of_two_records_are_kept_apart(self) -> None:
        one, other = commit_new(self.store, sample(1), Draft("one", "core")), commit_new(self.store, sample(2))
        commit_change(self.store, other, Draft("other", "core"))
        assert [event.code for event in self.store.history("sample", one.id, ALL)] == ["one"]
