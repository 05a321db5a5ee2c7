"""Scopes: what is hidden and what isn't there look the same; masked views tell nothing of what they hide."""

from attrs import evolve

from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Page, Query, Scope, Tally, Test
from itsmkit.testing.builders import blob, commit_change, commit_new
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import Confided, Sample, sample

NET = Scope(frozenset({"team:net"}), frozenset({"public", "internal", "personal"}))
GUEST = Scope(frozenset({"person:17"}))
NOBODY = Scope()


class ScopePromises(Promises):
    """What each read promises for its scope."""

    def _two(self) -> tuple[Sample, Sample]:
        seen = sample(1, codes=("a",), number=5, reach=("team:net", "person:17"))
        hidden = sample(2, codes=("b",), number=7, reach=("team:db", "person:1"))
        return commit_new(self.store, seen), commit_new(self.store, hidden)

    def test_a_hidden_record_is_got_like_an_absent_one(self) -> None:
        seen, hidden = self._two()
        assert self.store.get("sample", seen.id, NET) == seen
        assert self.store.get("sample", "code:a", NET) == seen
        keys = (hidden.id, "code:b", sample(3).id, "code:c")
        assert [self.store.get("sample", key, NET) for key in keys] == [None] * 4

    def test_the_history_of_a_hidden_record_is_empty_like_that_of_an_absent_one(self) -> None:
        seen, hidden = self._two()
        assert len(self.store.history("sample", seen.id, NET)) == 1
        assert [self.store.history("sample", id_, NET) for id_ in (hidden.id, sample(3).id)] == [(), ()]

    def test_find_leaves_hidden_records_out(self) -> None:
        seen, _ = self._two()
        assert self.ids(Query("sample"), NET) == [seen.id]
        assert self.ids(Query("sample", order="number", descending=True), NET) == [seen.id]

    def test_pages_tell_nothing_of_hidden_records(self) -> None:
        seen, _ = self._two()
        assert self.store.find(Query("sample"), NET, limit=1) == Page((seen,), None)

    def test_a_tally_counts_visible_records_only(self) -> None:
        self._two()
        (count,) = self.store.tally(Tally("sample", sums=("number",)), NET)
        assert (count.n, count.sums) == (1, ((1, 5),))

    def test_bytes_are_read_under_the_scope_of_a_record_that_names_them(self) -> None:
        data, other = blob(b"seen"), blob(b"hidden")
        commit_new(self.store, sample(1, files=(data.digest,), reach=("team:net",)), blobs=(data,))
        hidden = sample(2, files=(data.digest, other.digest), reach=("team:db",))
        commit_new(self.store, hidden, blobs=(data, other))
        assert self.store.blob(data.digest, NET) == data
        assert self.store.blob(other.digest, NET) is None
        assert self.store.blob(blob(b"absent").digest, NET) is None
        assert self.store.blob(data.digest, NOBODY) is None

    def test_a_scope_without_keys_sees_nothing(self) -> None:
        seen, _ = self._two()
        commit_new(self.store, sample(3))
        assert self.ids(Query("sample"), NOBODY) == []
        assert self.store.get("sample", seen.id, NOBODY) is None

    def test_a_record_without_reach_is_seen_by_everything_only(self) -> None:
        kept = commit_new(self.store, sample(3))
        assert self.store.get("sample", kept.id, NET) is None
        assert self.store.get("sample", kept.id, ALL) == kept

    def test_a_record_within_several_keys_of_a_scope_is_found_and_counted_once(self) -> None:
        seen = commit_new(self.store, sample(1, reach=("team:net", "person:17")))
        wide = Scope(frozenset({"team:net", "person:17"}), NET.audiences)
        assert self.ids(Query("sample"), wide) == [seen.id]
        assert [count.n for count in self.store.tally(Tally("sample"), wide)] == [1]

    def test_a_change_of_reach_moves_the_record_between_scopes(self) -> None:
        seen, _ = self._two()
        commit_change(self.store, seen, reach=("team:db",))
        assert self.ids(Query("sample"), NET) == []
        assert self.store.get("sample", seen.id, NET) is None
        assert len(self.ids(Query("sample"), Scope(frozenset({"team:db"})))) == 2

    def test_scope_keys_are_compared_exactly(self) -> None:
        commit_new(self.store, sample(1, reach=("team:net",)))
        for key in ("team:%", "team:ne_", "team:NET", "team:net ", "team", '{"$ne": ""}', "' OR 1=1 --"):
            assert self.ids(Query("sample"), Scope(frozenset({key}))) == []


class PrivatePromises(Promises):
    """Private records are seen by their own keys, whatever else a scope sees."""

    def test_a_private_record_is_seen_by_a_key_of_its_own_only(self) -> None:
        kept = Confided(id=sample(1).id, word="hush", reach=("duty:manage", "person:17"))
        commit_new(self.store, kept)
        all_, theirs = Scope(everything=True, audiences=NET.audiences), frozenset({"duty:manage"})
        query, tally = Query("confided", (Test("word", value="hush"),)), Tally("confided")
        sees = {ALL: True, GUEST: True, evolve(all_, private=theirs): True, evolve(NET, private=theirs): True,
                all_: False, NET: False, evolve(all_, private=frozenset({"duty:handle"})): False}  # fmt: skip
        for scope, due in sees.items():
            assert (self.store.get("confided", kept.id, scope) is not None) is due
            assert bool(self.store.history("confided", kept.id, evolve(scope, audiences=NET.audiences))) is due
            assert bool(self.store.find(query, scope).items) is due
            assert bool(self.store.tally(tally, scope)) is due

    def test_keys_for_private_records_open_no_others(self) -> None:
        commit_new(self.store, sample(1, reach=("duty:manage",)))
        assert self.ids(Query("sample"), Scope(private=frozenset({"duty:manage"}))) == []


class MaskPromises(Promises):
    """What a scope without the audience "internal" is shown."""

    def test_without_internal_the_internal_fields_and_the_header_are_masked(self) -> None:
        kept = commit_new(self.store, sample(1, word="open", remark="hidden", reach=("person:17",)))
        shown = evolve(kept, version=0, head="", reach=(), remark="")
        assert self.store.get("sample", kept.id, GUEST) == shown
        assert self.store.find(Query("sample"), GUEST).items == (shown,)

    def test_a_vendor_is_shown_what_is_for_vendors_and_no_more(self) -> None:
        kept = commit_new(self.store, sample(1, remark="hidden", note="for you", phone="+10", reach=("vendor:acme",)))
        shown = evolve(kept, version=0, head="", reach=(), remark="", phone="")
        assert self.store.get("sample", kept.id, Scope(frozenset({"vendor:acme"}), frozenset({"vendor"}))) == shown

    def test_without_personal_nobody_s_numbers_are_shown_not_even_to_those_who_see_everything(self) -> None:
        said = {"text": "call me", "from": "ann@example.org"}
        kept = commit_new(self.store, sample(1, phone="+10", reach=("team:net",)), Draft("told", "core", personal=said))
        for scope in (evolve(NET, audiences=frozenset({"internal"})), Scope(everything=True)):
            (found,) = self.store.find(Query("sample"), scope).items
            assert found == evolve(kept, phone="")
            (event,) = self.store.history("sample", kept.id, scope)
            assert event.personal == {"text": "call me"}
            assert "ann@" not in event.personal_text

    def test_with_internal_the_record_is_shown_whole(self) -> None:
        kept = commit_new(self.store, sample(1, remark="hidden", reach=("team:net",)))
        assert self.store.get("sample", kept.id, NET) == kept
        assert self.store.find(Query("sample", (Test("group", value=""),)), NET).items == (kept,)

    def _heard(self) -> Sample:
        drafts = [
            Draft(f"e{number}", "core", audience=audience, why={"rule": "r"}, personal={"words": f"w{number}"})
            for number, audience in enumerate(("internal", "public", "vendor:acme", "internal", "public", "public"), 1)
        ]
        return commit_new(self.store, sample(1, reach=("person:17", "team:net", "vendor:acme")), *drafts)

    def test_events_are_shown_to_their_audience_only(self) -> None:
        record = self._heard()
        vendor = Scope(frozenset({"vendor:acme"}))
        heard = {
            name: [event.code for event in self.store.history("sample", record.id, scope)]
            for name, scope in {"guest": GUEST, "vendor": vendor, "net": NET, "all": ALL}.items()
        }
        assert heard == {
            "guest": ["e2", "e5", "e6"],
            "vendor": ["e2", "e3", "e5", "e6"],
            "net": ["e1", "e2", "e4", "e5", "e6"],
            "all": ["e1", "e2", "e3", "e4", "e5", "e6"],
        }

    def test_a_masked_history_is_counted_anew_and_shows_neither_chain_nor_reasons(self) -> None:
        record = self._heard()
        events = self.store.history("sample", record.id, GUEST)
        assert [event.seq for event in events] == [1, 2, 3]
        assert {(one.text, one.digest, one.cause, one.salt, len(one.why)) for one in events} == {("", "", "", "", 0)}
        assert [dict(event.personal or {}) for event in events] == [{"words": f"w{number}"} for number in (2, 5, 6)]

    def test_with_internal_the_numbers_stay_as_they_are(self) -> None:
        record = self._heard()
        assert [event.seq for event in self.store.history("sample", record.id, NET)] == [1, 2, 4, 5, 6]

    def test_a_masked_history_continues_behind_its_own_numbers(self) -> None:
        record = self._heard()
        rest = self.store.history("sample", record.id, GUEST, after=1, limit=1)
        assert [(event.seq, event.code) for event in rest] == [(2, "e5")]
