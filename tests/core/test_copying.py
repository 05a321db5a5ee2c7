"""A copy holds what the source held, to the last event, byte and todo; stopped anywhere, it goes on."""

from datetime import timedelta
from typing import Any

import pytest

from itsmkit import (
    Desk,
    Draft,
    Lane,
    MemoryStore,
    NoticeDraft,
    Query,
    Scope,
    Settle,
    Store,
    StoreError,
    Target,
    Todo,
    Unit,
    hookimpl,
    verify,
)
from itsmkit.core.copying import copy
from itsmkit.core.sealing import sealed
from itsmkit.core.standings import standings
from itsmkit.testing import MovedClock, answering, brought_to, desk, reported

ALL = Scope.system("test")


class Targets:
    @hookimpl
    def itsmkit_agreements(self) -> list[Target]:
        return [Target("resolution", 3600, "always")]


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    """A desk at rest with tickets at several steps, files, notices dead and waiting, clocks and a parked todo."""
    told = answering("itsmkit_notify", [NoticeDraft("r", "requester", "nowhere", "t")])
    made = desk(clock, {"targets": Targets(), "told": told})
    for number in range(3):
        reported(made, f"matter {number}")
    brought_to(made, "IM3.1")
    made.do("attach", "T26-000001", made.principal("bob"), name="a.txt", data=b"bytes")
    made.tick()
    store = made.setup.store
    clock.advance(hours=2)
    (lease, *_) = store.lease(Lane.POST, 60)
    store.settle(Settle(lease, parked=True))
    clock.advance(hours=1)
    return made


def empty(made: Desk) -> MemoryStore:
    return MemoryStore(made.types, made.setup.world.now)


def copied(made: Desk, target: Store, **choices: Any) -> Any:
    return copy(made.setup.store, target, made.types, made.setup.world.now(), **choices)


def lanes(store: Store) -> list[Any]:
    return [(*one.place, one.lease.due, one.parked) for lane in Lane for one in standings(store, lane)]


def test_a_copy_holds_records_histories_keys_bytes_and_todos(made: Desk) -> None:
    source, target = made.setup.store, empty(made)
    found = copied(made, target)
    assert found.there == 0
    assert found.left == ()
    assert lanes(source) == lanes(target)
    assert any(parked for *_, parked in lanes(target))
    for type_ in made.types:
        for record in source.find(Query(type_.name), ALL, limit=1000).items:
            assert target.get(type_.name, record.id, ALL) == record
            assert target.history(type_.name, record.id, ALL) == source.history(type_.name, record.id, ALL)
            for key in type_.keys(record):
                assert target.get(type_.name, key, ALL) == record
            for digest in type_.blobs(record):
                assert target.blob(digest, ALL) == source.blob(digest, ALL)
    assert verify(target, made.types).breaches == ()


def test_a_desk_goes_on_with_its_copy(made: Desk, clock: MovedClock) -> None:
    target = empty(made)
    copied(made, target)
    other = desk(clock, {"targets": Targets()}, store=target, seed=1)
    ticket = other.do("comment", "T26-000001", other.principal("bob"), text="moved")
    assert ticket.version == made.ticket("T26-000001", made.principal("bob")).version + 1
    assert reported(other).number not in {f"T26-{n:06}" for n in range(1, 5)}
    other.tick()
    assert other.verify().breaches == ()


def test_what_was_copied_is_not_copied_again(made: Desk) -> None:
    target = empty(made)
    records = sum(copied(made, target).records.values())
    again = copied(made, target)
    assert again.there == records


class Stopped(BaseException):
    """The process ends here."""


class Stopping(MemoryStore):
    """A store that lets a process write so often, and no more."""

    left = 10_000

    def commit(self, *units: Unit) -> Any:
        self._spend()
        return super().commit(*units)

    def settle(self, *settles: Settle) -> tuple[bool, ...]:
        self._spend()
        return super().settle(*settles)

    def _spend(self) -> None:
        if self.left == 0:
            raise Stopped
        self.left -= 1


def test_a_copy_stopped_before_any_write_goes_on_to_the_same_end(made: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("itsmkit.core.copying.UNITS", 1)
    monkeypatch.setattr("itsmkit.core.copying.STRETCH", 5)  # histories in several units, stopped in their middle too
    whole = empty(made)
    copied(made, whole)
    target, stops = Stopping(made.types, made.setup.world.now), 0
    while True:
        target.left = 8
        try:
            copied(made, target)
            break
        except Stopped:
            stops += 1
    assert stops > 8
    assert lanes(target) == lanes(whole)
    assert verify(target, made.types).breaches == ()
    for type_ in made.types:
        found, expected = (one.find(Query(type_.name), ALL, limit=1000).items for one in (target, whole))
        assert found == expected


def test_a_target_that_holds_anything_else_is_refused_by_name(made: Desk, clock: MovedClock) -> None:
    other = desk(clock, seed=7)
    theirs = reported(other, "something else")
    with pytest.raises(StoreError, match=f"{theirs.id}|policy|series|person"):
        copied(made, other.setup.store)


def test_a_record_that_differs_is_named(made: Desk) -> None:
    target = empty(made)
    copied(made, target)
    ticket = target.get("ticket", "number:T26-000002", ALL)
    assert ticket is not None
    target.commit(Unit((sealed(made.setup.world, ticket, ticket, (Draft("x", "core"),), made.setup.world.now()),)))  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=f"ticket {ticket.id}.*differs"):
        copied(made, target)


def test_an_unreadable_record_stops_the_copy_unless_it_may_be_left(made: Desk) -> None:
    source: Any = made.setup.store
    ticket = source.get("ticket", "number:T26-000002", ALL)
    row = source._rows["ticket"][ticket.id]
    object.__setattr__(row, "body", row.body[:-1])
    target = empty(made)
    with pytest.raises(StoreError, match=f"ticket {ticket.id} can't be read.*--skip-unreadable"):
        copied(made, target)
    found = copied(made, target, skip_unreadable=True)
    assert any(ticket.id in one for one in found.left)
    assert target.get("ticket", ticket.id, ALL) is None


def test_bytes_that_are_gone_are_told(made: Desk) -> None:
    source: Any = made.setup.store
    source._blobs.clear()
    with pytest.raises(StoreError, match=r"bytes .* are gone"):
        copied(made, empty(made))


def test_a_site_at_work_is_not_copied(made: Desk, clock: MovedClock) -> None:
    source = made.setup.store
    reported(made)
    assert source.lease(Lane.NEWS, 60)
    with pytest.raises(StoreError, match="the site is at work"):
        copied(made, empty(made))
    clock.advance(minutes=7)
    copied(made, empty(made))


def test_a_store_without_a_desk_is_no_source(made: Desk) -> None:
    with pytest.raises(StoreError, match="no desk"):
        copy(empty(made), empty(made), made.types, made.setup.world.now())


def test_a_source_that_changes_under_the_copy_is_found(made: Desk) -> None:
    source, steps = made.setup.store, iter(range(10_000))

    def meddle() -> None:
        if next(steps) == 40:
            ticket = source.get("ticket", "number:T26-000001", ALL)
            change = sealed(made.setup.world, ticket, ticket, (Draft("x", "core"),), made.setup.world.now(),  # type: ignore[arg-type]
                            todos=(Todo(Lane.WORK, made.setup.world.now() + timedelta(days=1)),))  # fmt: skip
            source.commit(Unit((change,)))

    with pytest.raises(StoreError, match=r"differ|leads"):
        copied(made, empty(made), progress=meddle)


def test_a_command_named_before_the_copy_is_harmless_after_it(made: Desk, clock: MovedClock) -> None:
    first = made.do("comment", "T26-000001", made.principal("bob"), command="c-1", text="once")
    clock.advance(hours=1)
    target = empty(made)
    copied(made, target)
    other = desk(clock, {"targets": Targets()}, store=target, seed=1)
    again = other.do("comment", "T26-000001", other.principal("bob"), command="c-1", text="once")
    assert again.version == first.version
