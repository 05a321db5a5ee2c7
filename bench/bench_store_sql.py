"""How near the SQL store comes to plain sqlite3 writing the same rows, for the second commit of an intake.

One unit: a ticket with 10 events, its received record changed (2 events), 2 keys, 4 reach, about 60 terms, three
todos, one lease ended. The rival writes the very rows that the store wrote, ready made, to the same tables with the
same settings, in one transaction each. Rounds alternate, so that both meet the same machine.

    python bench/bench_store_sql.py [stored tickets] [rounds]
"""

import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import evolve

from itsmkit import TICKET, Draft, Lane, Scope, Settle, Todo, Unit
from itsmkit.core.model.message import RECEIVED
from itsmkit.testing import AT, change, commit_all, received, ticket
from itsmkit_store_sql import Settings, plugin
from itsmkit_store_sql.plan import plan
from itsmkit_store_sql.sqlite import connect, place
from itsmkit_store_sql.writing import Ready, prepare

TYPES = (TICKET, RECEIVED)
COUNT = 200
"""Commits a round."""
WORDS = [f"w{number:05d}" for number in range(30_000)]
WEIGHTS = [1 / (rank + 1) for rank in range(30_000)]
ALL = Scope.system("bench")


def words(many: int) -> str:
    """So many words, common ones more often, as in any language."""
    return " ".join(random.choices(WORDS, WEIGHTS, k=many))


def opened(path: Path) -> Any:
    """The store in that file."""
    return plugin(Settings()).itsmkit_open_store(f"sqlite:///{path}", TYPES, None)


def reported(serial: int) -> Any:
    """A ticket as an intake leaves it."""
    reach = (f"person:{serial % 5000}", f"team:net{serial % 20}", f"dept:{serial % 50}", f"vendor:{serial % 7}")
    return ticket(
        serial, title=words(6), text=words(95), reach=reach, fingerprint=f"f{serial}", team=f"net{serial % 20}",
        requester=f"p{serial % 5000}", priority=serial % 5 + 1, category=f"c{serial % 40}", due=AT,
    )  # fmt: skip


def decided() -> tuple[Draft, ...]:
    """The ten decisions of an intake, each with its why."""
    why = {"plugin": "rules", "from": {"category": "mail", "words": ["printer", "broken"]}, "abstained": ["match"]}
    return tuple(Draft("decided", "plugin:rules", f"IM2.{step}", "yes", {"to": step}, why) for step in range(10))


def units(store: Any, first: int) -> list[Unit]:
    """Second commits, their first ones committed already."""
    made = []
    for serial in range(first, first + COUNT):
        start = change(received(serial), todos=(Todo(Lane.INTAKE, AT, hold=60),))
        (done,) = store.commit(Unit((start,)))
        (lease,) = done.leases
        todos = (Todo(Lane.NEWS, AT, "1-10"), Todo(Lane.DUE, AT), Todo(Lane.WORK, AT))
        opening = change(reported(serial), *decided(), todos=todos)
        joined = evolve(start.after, state="opened", ticket=opening.after.id)
        taken = change(joined, Draft("read", "plugin:mail"), Draft("opened", "core"), before=start.after)
        made.append(Unit((opening, taken), settles=(Settle(lease),), command=f"intake {serial}"))
    return made


def raw(connection: sqlite3.Connection, ready: Ready, todos: list[tuple[Any, ...]]) -> None:
    """The rows of a unit, as plainly as can be."""
    s = plan(TYPES).statements
    run, many = connection.execute, connection.executemany
    run("BEGIN IMMEDIATE")
    for text, values in ready.records:
        run(text, values)
    many(s.add_event, ready.events)
    many(s.add_key, [(key, "ticket", ready.unit.changes[0].after.id) for key in ready.deltas[0].keys])
    many(s.add_reach, ready.reach)
    many(s.add_term, ready.terms)
    many(s.put_todo, todos)
    lease = ready.unit.settles[0].lease
    run(s.done_todo, ("intake", "received", lease.id, "", lease.fence))
    run(s.put_command, (ready.unit.command, 0, "[]"))
    run("COMMIT")


def timed(work: Callable[[], None]) -> float:
    """Units a second."""
    start = time.perf_counter()
    work()
    return COUNT / (time.perf_counter() - start)


def lanes_of(ready: Ready) -> list[tuple[Any, ...]]:
    """The rows of the ticket's todos."""
    opening = ready.unit.changes[0]
    return [(one.lane.value, "ticket", opening.after.id, one.part, 0, 0, 10 << 20, 0, 0, 0) for one in opening.todos]


def main(stored: int, rounds: int) -> None:
    """Fill two databases alike, let both write in turn, print the medians."""
    random.seed(7)
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.db", Path(folder) / "theirs.db"
        stores = [opened(ours), opened(theirs)]
        for serial in range(1, stored, 500):
            batch = [reported(number) for number in range(serial, serial + 500)]
            for store in stores:
                commit_all(store, batch)
        connection = connect(place(f"sqlite:///{theirs}", 10, 64))
        rates: list[tuple[float, float, float]] = []
        for number in range(rounds):
            first = 10_000_000 + number * COUNT
            mine, rival = units(stores[0], first), [prepare(plan(TYPES), unit) for unit in units(stores[1], first)]
            todos = [lanes_of(ready) for ready in rival]
            got = timed(lambda mine=mine: [stores[0].commit(unit) for unit in mine])
            pairs = list(zip(rival, todos, strict=True))

            def plainly(pairs: list[tuple[Ready, list[tuple[Any, ...]]]] = pairs) -> None:
                for ready, rows in pairs:
                    raw(connection, ready, rows)

            best = timed(plainly)
            rates.append((got, best, got / best))
            assert stores[0].get("ticket", f"number:T26-{first:06d}", ALL) == mine[0].changes[0].after
        mine_, best_, ratio = (statistics.median(column) for column in zip(*rates, strict=True))
        least, most = min(one[2] for one in rates), max(one[2] for one in rates)
        print(f"{stored} stored, {rounds} rounds of {COUNT}: store {mine_:.0f}/s, sqlite3 {best_:.0f}/s")
        print(f"ratio {ratio:.2f} ({least:.2f}-{most:.2f})")
        connection.close()
        for store in stores:
            store.close()


if __name__ == "__main__":
    main(*(int(one) for one in (sys.argv[1:] + ["2000", "7"][len(sys.argv) - 1 :])))
