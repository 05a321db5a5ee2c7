"""Stores with one fault each, told by one promise of the contract.

Each is `MemoryStore` with a single habit changed, the kind of slip a real store makes. Where a fault can't but
break a second promise that rests on the first, `BROKEN` lists it with the reason.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve, frozen

from itsmkit.core import codec
from itsmkit.core.asked import page_end, page_start
from itsmkit.core.delta import Delta
from itsmkit.core.memory import MemoryStore
from itsmkit.core.model.event import Event
from itsmkit.core.model.query import Count, Page, Query, Scope, Tally
from itsmkit.core.model.record import FieldKind, Record, Unreadable
from itsmkit.core.model.unit import Change, Conflict, Lane, Late, Lease, Outcome, Settle, Todo, Unit


class NoVersionCheck(MemoryStore):
    """The last writer wins."""

    def _stale(self, unit: Unit) -> Conflict | None:
        held = {(one.after.type, one.after.id) for one in unit.changes if one.before}
        known = {place for place in held if place[1] in self._rows[place[0]]}
        kept = tuple(one for one in unit.changes if (one.after.type, one.after.id) not in known)
        return super()._stale(evolve(unit, changes=kept))


class GivenUnchecked(MemoryStore):
    """What a decision merely read may have moved on."""

    def _stale(self, unit: Unit) -> Conflict | None:
        return super()._stale(evolve(unit, given=()))


class LostEvent(MemoryStore):
    """Of several events of a later change the last is not written."""

    def _one(self, unit: Unit, rows: Any) -> Outcome:
        return super()._one(evolve(unit, changes=tuple(self._shortened(one) for one in unit.changes)), rows)

    def _shortened(self, change: Change) -> Change:
        return evolve(change, events=change.events[:-1]) if change.before and len(change.events) > 1 else change


class NumberGap(MemoryStore):
    """Numbers come from a counter that jumps."""

    def history(self, type_: str, id_: str, scope: Scope, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        events = super().history(type_, id_, scope, after, limit)
        return tuple(evolve(event, seq=event.seq + (event.seq > 3)) for event in events)


class LeaseTwice(MemoryStore):
    """A lease counts as lapsed a second early, so that two workers hold the same."""

    def lease(self, lane: Lane, hold: int, limit: int = 1) -> tuple[Lease, ...]:
        early = timedelta(seconds=1)
        for slot in self._slots.values():
            if slot.leased and slot.lease.until - early <= self._now():
                slot.lease = evolve(slot.lease, until=self._now())
        return super().lease(lane, hold, limit)


class LateSettleWins(MemoryStore):
    """Who settles takes the todo off, whoever holds the lease by now."""

    def settle(self, *settles: Settle) -> tuple[bool, ...]:
        held = {(key[0], key[2]): slot for key, slot in self._slots.items() if slot.leased}
        current = (held.get((one.lease.lane, one.lease.id)) for one in settles)
        return super().settle(
            *(evolve(one, lease=slot.lease) if slot else one for one, slot in zip(settles, current, strict=True))
        )


class FenceStartsOver(MemoryStore):
    """A todo scheduled anew gets a fresh row, and fences count from the start."""

    def _schedule(self, record: Record, todo: Todo, now: Any) -> Any:
        return super()._schedule(evolve(record, version=0), todo, now)


class LapsesForgotten(MemoryStore):
    """What crashes every worker is handed out for ever."""

    def lease(self, lane: Lane, hold: int, limit: int = 1) -> tuple[Lease, ...]:
        for slot in self._slots.values():
            if slot.lease.lapses > 1:
                slot.lease = evolve(slot.lease, lapses=1)
        return super().lease(lane, hold, limit)


class TallyIgnoresScope(MemoryStore):
    """Numbers are thought to be harmless."""

    def tally(self, tally: Tally, scope: Scope) -> tuple[Count, ...]:
        return super().tally(tally, evolve(scope, everything=True))


class KeyIgnoresScope(MemoryStore):
    """Who knows a number sees the record."""

    def get(self, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
        return super().get(type_, key, evolve(scope, everything=True) if ":" in key else scope)


class PageRepeatsAtEdge(MemoryStore):
    """The next page begins with, not behind, the moment that the last one ended with."""

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        page = super().find(query, scope, after, limit)
        order = self._types[query.type].field(query.order)
        if after is None or order is None or order.kind is not FieldKind.TIME:
            return page
        _, last = page_start(after, order)
        return evolve(page, items=(self._view(query.type, self._rows[query.type][last], scope), *page.items)[:limit])


class PageSkipsEquals(MemoryStore):
    """The next page begins behind the number that the last one ended with, not behind the record."""

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        page = super().find(query, scope, after, limit)
        order = self._types[query.type].field(query.order)
        if after is None or order is None or order.kind is not FieldKind.INT:
            return page
        value, _ = page_start(after, order)
        return super().find(query, scope, page_end(value, "" if query.descending else "~"), limit)


class HalfUnit(MemoryStore):
    """Changes are written one by one; what comes before the refused one stays."""

    def _one(self, unit: Unit, rows: Any) -> Outcome:
        outcome = super()._one(unit, rows)
        if isinstance(outcome, Conflict) and len(unit.changes) > 1:
            super()._one(Unit(unit.changes[:1], blobs=unit.blobs), rows[:1])
        return outcome


class RepeatedCommandAccepted(MemoryStore):
    """Commands are not remembered."""

    def _one(self, unit: Unit, rows: Any) -> Outcome:
        return super()._one(evolve(unit, command=""), rows)


class ErasureLeavesToken(MemoryStore):
    """The search index is forgotten when a record is emptied for an erasure."""

    def _index(self, unit: Unit, deltas: list[Delta]) -> None:
        super()._index(unit, [evolve(one, terms_gone=()) for one in deltas] if unit.erases else deltas)


class BlobOutlivesItsRecords(MemoryStore):
    """Nobody collects bytes that no record names any more."""

    def _unindex(self, place: tuple[str, str], gone: Delta) -> None:
        super()._unindex(place, evolve(gone, blobs_gone=()))


class TimeCutToSeconds(MemoryStore):
    """The column type holds whole seconds."""

    def _row(self, change: Change) -> Any:
        moment = getattr(change.after, "at", None)
        row = super()._row(change)
        return evolve(row, body=codec.dump(evolve(change.after, at=moment.replace(microsecond=0)))) if moment else row


class UnreadableSkipped(MemoryStore):
    """A list is better short than broken."""

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        page = super().find(query, scope, after, limit)
        return evolve(page, items=tuple(one for one in page.items if not isinstance(one, Unreadable)))


class LateUnitWritten(MemoryStore):
    """Only `settle` looks at the fence, `commit` doesn't."""

    def _late(self, unit: Unit) -> Late | None:  # noqa: ARG002
        return None


@frozen
class Bite:
    """The promise that tells the fault, and those that rest on it, each with the reason."""

    promise: str
    also: Mapping[str, str] = {}


BROKEN: Mapping[type[MemoryStore], Bite] = {
    NoVersionCheck: Bite(
        "test_a_change_on_an_old_version_gets_the_current_record_and_what_was_missed",
        {"test_eight_writers_of_one_record_lose_no_update": "the check is what keeps writers apart"},
    ),
    GivenUnchecked: Bite(
        "test_what_was_given_must_still_hold",
        {"test_given_with_version_zero_must_not_exist": "the same check, for a record that must not be"},
    ),
    LostEvent: Bite("test_every_event_of_a_change_is_in_the_history"),
    NumberGap: Bite(
        "test_events_are_numbered_without_gaps",
        {
            "test_eight_writers_of_one_record_lose_no_update": "ends by proving the chain, which a gap breaks",
            "test_the_chain_proves_itself_after_an_erasure_and_goes_on": "the same",
            "test_with_internal_the_numbers_stay_as_they_are": "compares the numbers of four events and more",
        },
    ),
    LeaseTwice: Bite("test_what_is_leased_is_not_handed_out_again"),
    LateSettleWins: Bite("test_a_late_settle_changes_nothing"),
    LateUnitWritten: Bite(
        "test_a_unit_that_settles_late_is_refused_whole",
        {
            "test_scheduling_anew_ends_the_lease": "a unit that settles the ended lease is late as well",
            "test_of_several_reasons_to_refuse_the_first_is_told": "one of them is being late",
        },
    ),
    FenceStartsOver: Bite("test_fences_rise_over_all_leases_of_a_todo"),
    LapsesForgotten: Bite(
        "test_what_lapses_too_often_is_parked",
        {"test_a_parked_todo_does_not_hold_up_the_others": "nothing is ever parked, so the first stands in the way"},
    ),
    TallyIgnoresScope: Bite("test_a_tally_counts_visible_records_only"),
    KeyIgnoresScope: Bite("test_a_hidden_record_is_got_like_an_absent_one"),
    PageRepeatsAtEdge: Bite("test_pages_by_time_give_every_record_once_in_order"),
    PageSkipsEquals: Bite(
        "test_pages_by_whole_number_give_every_record_once_in_order",
        {
            "test_what_is_inserted_meanwhile_neither_repeats_nor_hides_what_was_there": "goes by whole numbers",
        },
    ),
    HalfUnit: Bite("test_a_unit_refused_for_a_conflict_leaves_no_trace"),
    RepeatedCommandAccepted: Bite(
        "test_a_repeated_command_changes_nothing_and_gives_the_first_outcome",
        {
            "test_a_command_repeated_within_a_batch_is_done_once": "the same, in one call",
            "test_a_command_is_remembered_for_thirty_days_and_no_longer": "the same, over time",
            "test_a_command_sent_by_eight_at_once_is_done_once": "the same, from many threads",
            "test_of_several_reasons_to_refuse_the_first_is_told": "the first of them is that the command was done",
        },
    ),
    ErasureLeavesToken: Bite(
        "test_an_erasure_leaves_no_search_term",
        {"test_nothing_erased_is_left_in_anything_the_store_keeps": "looks at the index as well"},
    ),
    BlobOutlivesItsRecords: Bite(
        "test_bytes_are_gone_with_the_last_record_that_names_them",
        {
            "test_a_record_may_name_many_and_drop_one": "the one dropped has no other record",
            "test_an_erasure_leaves_no_bytes": "an erasure goes by the same rule",
            "test_nothing_erased_is_left_in_anything_the_store_keeps": "looks at the bytes as well",
        },
    ),
    TimeCutToSeconds: Bite("test_times_keep_their_milliseconds"),
    UnreadableSkipped: Bite("test_an_unreadable_record_is_found_as_such_and_not_skipped"),
}
