"""Who sees what, held against a second and naive reading of the role tables, and that reading against planted leaks."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from bench.proof.access import ROWS, proven
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from itsmkit import KeyTaken, MemoryStore, Scope
from itsmkit.core import access, acting, changes, commanding, memory, who
from itsmkit.core.model.announcement import Announcement
from itsmkit.core.model.child import Child
from itsmkit.core.model.commitment import Commitment
from itsmkit.core.model.referral import Referral

SYSTEM = Scope.system("planted")
CHECKS = 100_000
Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.requirement("ORG-02", "duties are enforced as permissions and scopes, on every path there is to read by")
@pytest.mark.requirement("USR-01", "nothing of others")
def test_nobody_is_shown_more_than_the_tables_give_or_less() -> None:
    checks = 0

    # No shrinking: a seed is as good as any other, and the world of one is small.
    @settings(max_examples=4, deadline=None, database=None, phases=(Phase.generate,),
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.integers(0, 1 << 32))
    def looked(seed: int) -> None:
        nonlocal checks
        for model in ROWS:
            found = proven(model, seed)
            assert not found.leaks, "\n".join(found.leaks[:10])
            checks += found.checks

    looked()
    assert checks >= CHECKS


def _substring_id(patch: pytest.MonkeyPatch) -> None:
    def sees(scope: Scope, reach: tuple[str, ...]) -> bool:
        return scope.everything or any(one.startswith(key) for one in reach for key in scope.keys)

    patch.setattr(Scope, "sees", sees)


def _count(patch: pytest.MonkeyPatch) -> None:
    tally = MemoryStore.tally
    patch.setattr(MemoryStore, "tally", lambda self, asked, _scope: tally(self, asked, SYSTEM))


def _kept(prefix: str) -> Plant:
    """What somebody could see once under a key of that sort, they go on seeing."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        reach = changes.reach
        before: dict[str, tuple[str, ...]] = {}

        def remembered(ticket: Any) -> tuple[str, ...]:
            old = [one for one in before.get(ticket.id, ()) if one.startswith(prefix)]
            before[ticket.id] = tuple(dict.fromkeys((*reach(ticket), *old)))
            return before[ticket.id]

        patch.setattr(changes, "reach", remembered)

    return plant


def _kept_orders(patch: pytest.MonkeyPatch) -> None:
    for module in (changes, commanding):
        patch.setattr(module, "with_children", lambda _setup, change, _now, _but="": (change,))
    patch.setattr("bench.proof.access.with_children", lambda _setup, change, _now, _but="": (change,))


def _kept_tasks(patch: pytest.MonkeyPatch) -> None:
    """Whoever had a task of a ticket goes on seeing the ticket."""
    patch.setattr(acting, "_parts", lambda _parent, _child: {})


def _side_by_ticket(patch: pytest.MonkeyPatch) -> None:
    seen_by = Referral.seen_by
    patch.setattr(Referral, "seen_by", lambda side, ticket: (*seen_by(side, ticket), *changes.reach(ticket)))


def _side_kept(patch: pytest.MonkeyPatch) -> None:
    follows = changes._follows

    def stays(setup: Any, child: Any, *rest: Any) -> Any:
        return None if child.type == "referral" else follows(setup, child, *rest)

    patch.setattr(changes, "_follows", stays)


def _side_by_number(patch: pytest.MonkeyPatch) -> None:
    get = MemoryStore.get
    patch.setattr(
        MemoryStore,
        "get",
        lambda self, type_, key, scope: get(self, type_, key, SYSTEM if key.startswith("reference:") else scope),
    )


def _side_notes(patch: pytest.MonkeyPatch) -> None:
    masked_history = memory.masked_history

    def told(events: Any, scope: Scope, *rest: Any) -> Any:
        return masked_history(events, evolve(scope, audiences=scope.audiences | {"internal"}), *rest)

    patch.setattr(memory, "masked_history", told)


def _deputy(patch: pytest.MonkeyPatch) -> None:
    def forever(setup: Any, person: Any) -> Any:
        for one in person.deputises:
            yield setup.store.get("person", one.person, SYSTEM)

    patch.setattr(who, "_stood_in_for", forever)


def _deputy_s_masks(patch: pytest.MonkeyPatch) -> None:
    stood_in = who.stood_in

    def above_the_ceiling(duties: Any, scope: Scope, theirs: Any, their_scope: Scope) -> Any:
        both, joined = stood_in(duties, scope, theirs, their_scope)
        return both, evolve(joined, audiences=scope.audiences | their_scope.audiences)

    patch.setattr(who, "stood_in", above_the_ceiling)


def _side_thread(patch: pytest.MonkeyPatch) -> None:
    hears = Scope.hears
    patch.setattr(
        Scope, "hears", lambda scope, audience: hears(scope, audience.split(":")[0]) or hears(scope, audience)
    )


def _search(patch: pytest.MonkeyPatch) -> None:
    find = MemoryStore.find

    def found(self: MemoryStore, query: Any, scope: Scope, *more: Any, **named: Any) -> Any:
        return find(self, query, SYSTEM if query.like else scope, *more, **named)

    patch.setattr(MemoryStore, "find", found)


def _export(patch: pytest.MonkeyPatch) -> None:
    find = MemoryStore.find

    def found(self: MemoryStore, query: Any, scope: Scope, after: str | None = None, limit: int = 100) -> Any:
        return find(self, query, scope if after is None else SYSTEM, after, limit)

    patch.setattr(MemoryStore, "find", found)


def _not_private(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Scope, "of", lambda scope, _type: scope)


def _any_company(patch: pytest.MonkeyPatch) -> None:
    """A duty is taken for the same in whichever company."""
    patch.setattr(who, "company", lambda _person, _scope: "")


def _unique_key_error(patch: pytest.MonkeyPatch) -> None:
    get = MemoryStore.get

    def told(self: MemoryStore, type_: str, key: str, scope: Scope) -> Any:
        found = get(self, type_, key, scope)
        if found is None and ":" in key and get(self, type_, key, SYSTEM):
            raise KeyTaken(key)
        return found

    patch.setattr(MemoryStore, "get", told)


def _number_gap(patch: pytest.MonkeyPatch) -> None:
    def gapped(events: Any, scope: Scope, after: int, limit: int) -> Any:
        return tuple(one for one in events if scope.hears(one.audience) and one.seq > after)[:limit]

    patch.setattr(memory, "masked_history", gapped)


def _blob(patch: pytest.MonkeyPatch) -> None:
    blob = MemoryStore.blob
    patch.setattr(MemoryStore, "blob", lambda self, digest, _scope: blob(self, digest, SYSTEM))


def _queue(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("itsmkit.core.queues.masked", lambda _type, record, _scope: record)


def _address(patch: pytest.MonkeyPatch) -> None:
    def told(type_: Any, record: Any, scope: Scope) -> Any:
        return access.masked(type_, record, evolve(scope, audiences=scope.audiences | {"personal"}))

    patch.setattr(memory, "masked", told)


def _another_customer_s(patch: pytest.MonkeyPatch) -> None:
    belongs = who.with_announcements
    patch.setattr(who, "with_announcements", lambda scope, person: belongs(scope, evolve(person, customer="north")))


def _drafts(patch: pytest.MonkeyPatch) -> None:
    reach = Announcement.seen_by
    patch.setattr(Announcement, "seen_by", lambda self, parent: (*reach(self, parent), "audience:all"))


def _own_promises(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Commitment, "seen_by", Child.seen_by)


PLANTS: dict[str, tuple[Plant, str]] = {
    "substring id": (_substring_id, "list"),
    "count": (_count, "count"),
    "revoked vendor": (_kept("vendor:"), "get"),
    "removed participant": (_kept("person:"), "get"),
    "revoked vendor's work order": (_kept_orders, "work order"),
    "closed task": (_kept_tasks, "get"),
    "another customer's announcement": (_another_customer_s, "announcement"),
    "draft of an announcement": (_drafts, "announcement"),
    "the desk's own promise": (_own_promises, "promise"),
    "deputy": (_deputy, "get"),
    "deputy's ceiling": (_deputy_s_masks, "get"),
    "side thread": (_side_thread, "history"),
    "side thread of whoever sees the ticket": (_side_by_ticket, "side"),
    "side thread of who had the ticket": (_side_kept, "side"),
    "side thread by the vendor's number": (_side_by_number, "side key"),
    "side thread's notes of the house": (_side_notes, "side history"),
    "search of side threads": (_search, "side search"),
    "export of side threads": (_export, "side export"),
    "count of side threads": (_count, "side count"),
    "search": (_search, "search"),
    "export": (_export, "export"),
    "unique key error": (_unique_key_error, "unique key"),
    "number gap": (_number_gap, "gap"),
    "file": (_blob, "blob"),
    "work list": (_queue, "queue"),
    "address": (_address, "get"),
    "private record": (_not_private, "entry"),
    "another company's duty": (_any_company, "entry"),
}
"""How each leak is planted, and by which path it must be found."""
SEEDS = 20


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_leak_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, path = PLANTS[name]
    plant(monkeypatch)
    for seed in range(SEEDS):
        found = proven("vendor", seed)
        if any(one.startswith(f"{path}: ") for one in found.leaks):
            return
    pytest.fail(f"the leak by {name} was not found in {SEEDS} worlds")
