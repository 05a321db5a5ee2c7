"""The auditor finds what was left undone; health tells how the desk stands."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from itsmkit import Desk, Lane, Level, Retention, Settle, Target, Ticket, hookimpl, revised
from itsmkit.core.auditing import SLICE, audit
from itsmkit.core.health import exposition
from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Scope
from itsmkit.core.model.unit import Todo, Unit
from itsmkit.core.sealing import sealed
from itsmkit.testing import MovedClock, desk, reported
from itsmkit.testing.desks import desk_settings


class Chain:
    """Four hours, with a word to the manager half-way."""

    @hookimpl
    def itsmkit_agreements(self) -> list[Target]:
        return [Target("resolution", 4 * 3600, "always", chain=(Level(50, "manager"),))]


@pytest.fixture(params=["memory:", "sqlite"])
def made(request: pytest.FixtureRequest, clock: MovedClock, tmp_path: Path) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path / 'audited.db'}" if request.param == "sqlite" else request.param
    # As every new site does, it erases some things after a while: that routine stands on a lane beside the tickets.
    settings = desk_settings(use=("store_sql",), order=("chain",), store=url, retention=Retention(raw=90))
    with desk(clock, {"chain": Chain()}, settings=settings) as found:
        yield found


def forget_todo(made: Desk, ticket: Ticket, tmp_path: Path) -> None:
    """Lose the todo that brings a worker to the ticket, as no code of ours does."""
    if (tmp_path / "audited.db").exists():
        with sqlite3.connect(tmp_path / "audited.db") as connection:
            connection.execute("DELETE FROM lanes WHERE lane = 'due' AND id = ?", (ticket.id,))
        connection.close()
    else:
        del made.setup.store._slots[Lane.DUE, "ticket", ticket.id, ""]  # type: ignore[attr-defined]


def forget_moment(made: Desk, ticket: Ticket, _path: Path) -> None:
    """Forget the next moment of the ticket, and its todo."""
    stored = made.setup.store.get("ticket", ticket.id, Scope.system("test"))
    assert isinstance(stored, Ticket)
    after = revised(stored, due=None)
    now = made.setup.world.now()
    todos = (Todo(Lane.DUE, None),)
    made.setup.store.commit(Unit((sealed(made.setup.world, stored, after, (Draft("x", "core"),), now, todos=todos),)))


def put_off(made: Desk, ticket: Ticket, _path: Path) -> None:
    """Note a moment that is a day too late."""
    stored = made.setup.store.get("ticket", ticket.id, Scope.system("test"))
    assert isinstance(stored, Ticket)
    assert stored.due
    after = revised(stored, due=stored.due + timedelta(days=1))
    now = made.setup.world.now()
    todos = (Todo(Lane.DUE, after.due),)
    made.setup.store.commit(Unit((sealed(made.setup.world, stored, after, (Draft("x", "core"),), now, todos=todos),)))


def park(made: Desk, ticket: Ticket, _path: Path) -> None:
    """Have the todo parked, as after three lapses."""
    while leases := made.setup.store.lease(Lane.DUE, 60, 10):
        for one in leases:
            mine = one.id == ticket.id
            made.setup.store.settle(Settle(one, parked=True) if mine else Settle(one, one.due + timedelta(days=1)))
            if mine:
                return


def test_all_is_well_where_a_worker_works(made: Desk, clock: MovedClock) -> None:
    for number in range(5):
        reported(made, f"matter {number}")
    for _ in range(10):
        clock.advance(minutes=30)
        made.tick()
        assert made.audit() == ()
    assert made.health().sound


@pytest.mark.requirement("SLA-06", "nothing due is lost: the auditor finds every omission within two rounds")
@pytest.mark.parametrize("plant", [forget_todo, forget_moment, put_off])
def test_every_planted_omission_is_found_within_two_rounds(
    made: Desk, clock: MovedClock, tmp_path: Path, plant: object
) -> None:
    tickets = [reported(made, f"matter {number}") for number in range(20)]
    made.tick()
    planted = tickets[::3]
    for one in planted:
        plant(made, one, tmp_path)  # type: ignore[operator]
    clock.advance(hours=2, minutes=3)
    made.tick()  # what a worker can do is done
    found: set[str] = set()
    for _ in range(2):
        clock.advance(seconds=60)
        found |= set(made.audit())
    assert {one.number for one in planted} == {
        one.number for one in tickets if any(said.startswith(one.number) for said in found)
    }


def test_what_is_lost_is_found_before_its_time(made: Desk, tmp_path: Path) -> None:
    tickets = [reported(made, f"matter {number}") for number in range(3)]
    made.tick()
    forget_todo(made, tickets[1], tmp_path)
    (count, named) = made.audit()
    assert "4 tickets, promises and routines that are due, but 3 todos" in count
    assert named.startswith(tickets[1].number)
    assert named.endswith("no worker will come: it has no todo")
    assert not made.health().sound


def test_without_a_worker_it_is_told_after_two_minutes(made: Desk, clock: MovedClock) -> None:
    ticket = reported(made)
    made.tick()
    clock.advance(hours=2, seconds=119)
    assert made.audit() == ()
    clock.advance(seconds=2)
    assert [one.partition(" ")[0] for one in made.audit()] == [ticket.number, "lane"]
    assert [one.what for one in made.health().findings if not one.sound] == [
        "lane due",
        "worker",
        "auditor",
        "auditor",
    ]
    made.tick()
    assert made.audit() == ()


def test_parked_work_is_told(made: Desk, clock: MovedClock) -> None:
    ticket = reported(made)
    made.tick()
    clock.advance(hours=2)
    park(made, ticket, Path())
    found = made.audit()
    assert f"lane due: ticket {ticket.id} is parked" in found
    assert any(one.startswith(ticket.number) for one in found)


def test_a_round_looks_at_a_part_and_the_next_goes_on(clock: MovedClock) -> None:
    made = desk(clock, {"chain": Chain()})
    for number in range(SLICE + 2):
        reported(made, f"matter {number}")
    policy, store = made.setup.policy, made.setup.store
    first = audit(store, policy, clock())
    assert first.cursor
    assert audit(store, policy, clock(), first.cursor).cursor == ""


def test_a_worker_that_falls_silent_is_missed(made: Desk, clock: MovedClock) -> None:
    made.beat("one", 7)
    assert made.health().sound
    clock.advance(minutes=16)
    (finding,) = (one for one in made.health().findings if not one.sound)
    assert (finding.what, finding.said.split(" on ")[0]) == ("worker one", "seen 960 s ago")
    made.beat("one", 8)
    assert made.health().sound
    assert made.verify().breaches == ()


def test_metrics_are_in_the_form_that_prometheus_reads(made: Desk, clock: MovedClock) -> None:
    reported(made)
    made.audit()
    made.beat('the "first"', 3)
    clock.advance(hours=2, minutes=4)
    lines = exposition(made.health()).splitlines()
    assert "itsmkit_up 0" in lines
    assert 'itsmkit_lane_waiting{lane="due"} 1' in lines
    assert 'itsmkit_lane_late_seconds{lane="due"} 240' in lines
    assert 'itsmkit_beat_age_seconds{name="worker the \\"first\\""} 7440' in lines
    samples = [line for line in lines if not line.startswith("#")]
    assert all(line.startswith("itsmkit_") and line.rsplit(" ", 1)[1].isdigit() for line in samples)
    assert len({line for line in lines if line.startswith("# TYPE")}) == 6
