"""`verify` finds whatever is planted: each law, broken behind the store's back, is named; a sound store is silent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from itsmkit import Desk, Fact, Lane, MemoryStore, Moment, Scope, Settle, Target, hookimpl
from itsmkit.core.codec import dump
from itsmkit.testing import MovedClock, desk, reported

ALL = Scope.system("test")


class Targets:
    @hookimpl
    def itsmkit_agreements(self) -> list[Target]:
        return [Target("resolution", 3600, "always")]


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    made = desk(clock, {"targets": Targets()})
    for number in range(3):
        reported(made, f"matter {number}")
    assert made.verify().breaches == ()
    return made


def insides(made: Desk) -> dict[str, Any]:
    store = made.setup.store
    assert isinstance(store, MemoryStore)
    return vars(store)


def ids(made: Desk, type_: str = "ticket") -> list[str]:
    return sorted(insides(made)["_rows"][type_])


def rewritten(made: Desk, type_: str, id_: str, **changes: Any) -> None:
    """The stored body changed, and nothing else."""
    record = made.setup.store.get(type_, id_, ALL)
    row = insides(made)["_rows"][type_][id_]
    insides(made)["_rows"][type_][id_] = evolve(row, body=dump(evolve(record, **changes)))  # type: ignore[arg-type]


def event_changed(made: Desk, **changes: Any) -> None:
    events = insides(made)["_events"]["ticket", ids(made)[0]]
    events[2] = evolve(events[2], **changes)


def event_lost(made: Desk) -> None:
    del insides(made)["_events"]["ticket", ids(made)[0]][2]


def last_event_lost(made: Desk) -> None:
    insides(made)["_events"]["ticket", ids(made)[0]].pop()


def events_swapped(made: Desk) -> None:
    events = insides(made)["_events"]["ticket", ids(made)[0]]
    events[2], events[3] = events[3], events[2]


def personal_changed(made: Desk) -> None:
    events = insides(made)["_events"]["ticket", ids(made)[0]]
    events[0] = evolve(events[0], personal_text='{"title":"something else"}')


def head_changed(made: Desk) -> None:
    rows, id_ = insides(made)["_rows"]["ticket"], ids(made)[0]
    rows[id_] = evolve(rows[id_], head="0" * 64)


def version_changed(made: Desk) -> None:
    rows, id_ = insides(made)["_rows"]["ticket"], ids(made)[0]
    rows[id_] = evolve(rows[id_], version=99)


def body_cut(made: Desk) -> None:
    rows, id_ = insides(made)["_rows"]["ticket"], ids(made)[0]
    rows[id_] = evolve(rows[id_], body=rows[id_].body[:-1])


def fact_made_up(made: Desk) -> None:
    ticket = made.setup.store.get("ticket", ids(made)[0], ALL)
    late = Moment(made.setup.world.now() + timedelta(minutes=1), Fact.PAUSED)
    rewritten(made, "ticket", ids(made)[0], timeline=(*ticket.timeline, late))  # type: ignore[union-attr]


def number_doubled(made: Desk) -> None:
    rewritten(made, "ticket", ids(made)[1], number="T26-000001")


def raw_gone(made: Desk) -> None:
    insides(made)["_blobs"].clear()


def ticket_gone(made: Desk) -> None:
    id_ = ids(made)[0]
    del insides(made)["_rows"]["ticket"][id_]


def due_forgotten(made: Desk) -> None:
    (lease,) = (
        one for one in insides(made)["_slots"].values() if one.lease.id == ids(made)[0] and one.lease.lane is Lane.DUE
    )
    del insides(made)["_slots"][Lane.DUE, "ticket", lease.lease.id, ""]


def message_forgotten(made: Desk) -> None:
    rewritten(made, "received", ids(made, "received")[0], state="waiting", ticket="")


def slots(made: Desk, lane: Lane) -> list[tuple[Any, ...]]:
    return [key for key in insides(made)["_slots"] if key[0] is lane]


def due_moved(made: Desk) -> None:
    slot = insides(made)["_slots"][slots(made, Lane.DUE)[0]]
    slot.lease = evolve(slot.lease, due=slot.lease.due + timedelta(seconds=1))


def due_body_moved(made: Desk) -> None:
    ticket = made.setup.store.get("ticket", ids(made)[0], ALL)
    rewritten(made, "ticket", ids(made)[0], due=ticket.due + timedelta(hours=1))  # type: ignore[union-attr, operator]
    slot = insides(made)["_slots"][Lane.DUE, "ticket", ids(made)[0], ""]
    slot.lease = evolve(slot.lease, due=slot.lease.due + timedelta(hours=1))


def ownerless_todo(made: Desk) -> None:
    key = slots(made, Lane.DUE)[0]
    slot = evolve(insides(made)["_slots"][key])
    slot.lease = evolve(slot.lease, id="vanished")
    insides(made)["_slots"][Lane.DUE, "ticket", "vanished", ""] = slot


def ownerless_todo_of_no_type(made: Desk) -> None:
    slot = evolve(insides(made)["_slots"][slots(made, Lane.NEWS)[0]])
    slot.lease = evolve(slot.lease, type="zebra", id="1", part="1-2")
    insides(made)["_slots"][Lane.NEWS, "zebra", "1", "1-2"] = slot


def news_of_nothing(made: Desk) -> None:
    key = slots(made, Lane.NEWS)[0]
    slot = evolve(insides(made)["_slots"][key])
    slot.lease = evolve(slot.lease, part="7-900")
    insides(made)["_slots"][(*key[:3], "7-900")] = slot


def finished_message_on_its_lane(made: Desk) -> None:
    key = slots(made, Lane.NEWS)[0]
    slot, id_ = evolve(insides(made)["_slots"][key]), ids(made, "received")[0]
    slot.lease = evolve(slot.lease, lane=Lane.INTAKE, type="received", id=id_, part="")
    insides(made)["_slots"][Lane.INTAKE, "received", id_, ""] = slot


def bytes_changed(made: Desk) -> None:
    blobs = insides(made)["_blobs"]
    blobs[next(iter(blobs))] = b"something else"


def key_lost(made: Desk) -> None:
    del insides(made)["_keys"]["number:T26-000002"]


def title_changed(made: Desk) -> None:
    rewritten(made, "ticket", ids(made)[0], title="something else")


def team_changed(made: Desk) -> None:
    rewritten(made, "ticket", ids(made)[0], team="elsewhere")


def message_moved(made: Desk) -> None:
    received = made.setup.store.get("received", ids(made, "received")[0], ALL)
    other = next(one for one in ids(made) if one != received.ticket)  # type: ignore[union-attr]
    rewritten(made, "received", ids(made, "received")[0], ticket=other)


def state_made_up(made: Desk) -> None:
    rewritten(made, "received", ids(made, "received")[0], state="lost")


@pytest.mark.parametrize(
    ("damage", "type_", "says"),
    [
        (due_moved, "ticket", "but stands on lane due for"),
        (due_body_moved, "ticket", "by its clocks and waits"),
        (ownerless_todo, "ticket", "no such record"),
        (ownerless_todo_of_no_type, "zebra", "no such record"),
        (news_of_nothing, "ticket", "news of events 7-900"),
        (finished_message_on_its_lane, "received", "still stands on lane intake"),
        (bytes_changed, "received", "were changed"),
        (key_lost, "ticket", "number:T26-000002 leads nowhere"),
        (title_changed, "ticket", "its title isn't what its journal says"),
        (team_changed, "ticket", "queries by team"),
        (message_moved, "ticket", "knows nothing of it"),
        (state_made_up, "received", "it says lost, but its journal opened"),
        (lambda made: event_changed(made, text='{"seq":3}'), "ticket", "was changed"),
        (lambda made: event_changed(made, digest="0" * 64), "ticket", "was changed"),
        (lambda made: event_changed(made, seq=7), "ticket", "missing"),
        (event_lost, "ticket", "missing"),
        (last_event_lost, "ticket", "version"),
        (events_swapped, "ticket", "missing"),
        (personal_changed, "ticket", "personal part"),
        (head_changed, "ticket", "head"),
        (version_changed, "ticket", "version 99"),
        (body_cut, "ticket", "unreadable"),
        (fact_made_up, "ticket", "timeline"),
        (number_doubled, "ticket", "taken twice"),
        (raw_gone, "received", "it names are gone"),
        (ticket_gone, "received", "there is no ticket"),
        (due_forgotten, "ticket", "due"),
        (message_forgotten, "received", "waiting"),
    ],
)
def test_planted_damage_is_found(made: Desk, damage: Callable[[Desk], None], type_: str, says: str) -> None:
    damage(made)
    found = made.verify().breaches
    assert any(one.type == type_ and says in one.what for one in found), found


def test_notices_that_wait_for_nobody_are_found(clock: MovedClock) -> None:
    from itsmkit import NoticeDraft
    from itsmkit.testing import answering

    told = answering("itsmkit_notify", [NoticeDraft("r", "requester", "nowhere", "t")])
    made = desk(clock, {"told": told})
    reported(made)
    made.tick()
    assert made.verify().breaches == ()
    clock.advance(hours=1)
    (lease, *_) = made.setup.store.lease(Lane.POST, 60)
    made.setup.store.settle(Settle(lease))
    assert any(one.type == "notice" for one in made.verify().breaches)


def test_what_was_looked_at_is_counted(made: Desk) -> None:
    steps: list[None] = []
    verified = made.verify(lambda: steps.append(None))
    assert verified.records["ticket"] == verified.records["received"] == 3
    assert len(steps) == sum(verified.records.values())
    assert verified.events > 30
    assert verified.balance["received"] == {"opened": 3}


def test_erased_personal_parts_are_no_damage(made: Desk) -> None:
    from itsmkit import Erase, Unit

    made.setup.store.commit(Unit(erases=(Erase("ticket", ids(made)[0]),)))
    assert made.verify().breaches == ()


def test_a_notice_that_its_digest_left_behind_is_found(clock: MovedClock) -> None:
    from itsmkit import Draft
    from itsmkit.testing import commit_new, notice

    made = desk(clock)
    waiting = commit_new(made.setup.store, notice(1, state="sent"), Draft("sent", "core"))
    commit_new(made.setup.store, notice(2, state="held", digest=waiting.id), Draft("held", "core"))
    (breach,) = made.verify().breaches
    assert (breach.type, breach.id) == ("notice", notice(2).id)
    assert "gone without it" in breach.what


def test_a_desk_at_work_is_no_damage(clock: MovedClock) -> None:
    """Between two reads of the proof, workers and people go on."""
    made = desk(clock, {"targets": Targets()})
    for number in range(5):
        reported(made, f"matter {number}")
    worked = iter(range(1000))

    def work() -> None:
        step = next(worked)
        if step < 12:
            made.tick(1)
            made.do("comment", f"T26-00000{1 + step % 5}", made.principal("bob"), text="meanwhile", public=True)
            made.do("assign", f"T26-00000{1 + step % 5}", made.principal("bob"), team=("net", "db")[step % 2])

    assert made.verify(work).breaches == ()
