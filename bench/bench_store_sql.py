"""The SQL store as it grows and as it is shared; each figure is a ratio or two times taken in turns.

On each database: a commit to a record with 10,000 events against one with 10; looking for due work among many todos
that aren't due; claiming 1,000 due ones against the plain statement; pages at the start and the end of all records.
On SQLite besides: eight processes and eight threads on one file against one caller.

    python -m bench.bench_store_sql [todos and records] [rounds] [sqlite|postgresql]
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any

from attrs import evolve

from bench.bench_intake import forked
from bench.places import Place, places
from itsmkit import TICKET, Draft, Lane, Query, Scope, Todo, Unit
from itsmkit.core.model.message import RECEIVED
from itsmkit.testing import change, commit_all, commit_change, commit_new, ticket
from itsmkit_store_sql import Settings, plugin
from itsmkit_store_sql.databases import Turn
from itsmkit_store_sql.store import SqlStore

ALL = Scope.system("bench")
SHARERS = 8
CLAIMED = 1000
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def main(size: int, rounds: int, only: str = "") -> None:
    with places() as found:
        for place in found:
            if only in ("", place.name):
                print(f"== {place.name}, {size:,} todos and records")
                events(place, rounds)
                todos(place, size, rounds)
                pages(place, size, rounds)
                if place.name == "sqlite":
                    sharing(place, rounds)


def opened(url: str) -> SqlStore:
    store = plugin(Settings()).itsmkit_open_store(url, (TICKET, RECEIVED), None)
    assert isinstance(store, SqlStore)
    return store


def turns(rounds: int, *contestants: Callable[[], Any]) -> list[float]:
    """Milliseconds of each, the median over rounds in which they take turns."""
    taken: list[list[float]] = [[] for _ in contestants]
    for _ in range(rounds):
        for times, contest in zip(taken, contestants, strict=True):
            begun = time.perf_counter()
            contest()
            times.append((time.perf_counter() - begun) * 1000)
    return [statistics.median(one) for one in taken]


def events(place: Place, rounds: int) -> None:
    store = opened(place.url("events"))
    records = {many: commit_new(store, ticket(many), *[Draft("noted", "core")] * many) for many in (10, 10_000)}

    def go_on(many: int) -> None:
        for _ in range(20):
            records[many] = commit_change(store, records[many], title=f"matter {time.time()}")

    few, lots = turns(rounds * 3, partial(go_on, 10), partial(go_on, 10_000))
    print(f"commit at 10,000 events ÷ at 10: {lots / few:.2f}")
    store.close()


ROWS = {
    "sqlite": "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {}) {}",
    "postgresql": "WITH n(n) AS (SELECT generate_series(1, {})) {}",
}
FILL = "INSERT INTO lanes SELECT '{}', 'ticket', {}, '', {} + (n * 7919 & 1048575), 0, 0, 0, 0, 0 FROM n"
ID = {"sqlite": "printf('%032x', n)", "postgresql": "lpad(to_hex(n), 32, '0')"}
PLAIN = {
    "sqlite": "UPDATE lanes SET until = {}, fence = fence + 1, leased = 1 WHERE (lane, type, id, part) IN "
    "(SELECT lane, type, id, part {}) RETURNING type, id",
    "postgresql": "UPDATE lanes SET until = {}, fence = fence + 1, leased = 1 WHERE ctid = ANY(ARRAY("
    "SELECT ctid {} FOR UPDATE SKIP LOCKED)) RETURNING type, id",
}
SOONEST = "FROM lanes WHERE lane = 'news' AND parked = 0 AND due <= {} AND leased = 0 ORDER BY due, id, part LIMIT 1000"


def todos(place: Place, size: int, rounds: int) -> None:
    store = opened(place.url("todos"))
    now = int(time.time() * 1000)
    due = 2 * CLAIMED * rounds

    def fill(turn: Turn, lane: str, many: int, first: int) -> None:
        turn.run(ROWS[place.name].format(many, FILL.format(lane, ID[place.name], first)))

    database = store._database
    database.alone(lambda turn: fill(turn, "work", size, now + 86_400_000))
    database.alone(lambda turn: fill(turn, "post", 1000, now + 86_400_000))
    database.alone(lambda turn: fill(turn, "news", due, 0))
    database.write(lambda turn: turn.run("ANALYZE lanes"))
    few, lots = turns(rounds * 10, partial(store.lease, Lane.POST, 60, 100), partial(store.lease, Lane.WORK, 60, 100))
    print(f"nothing due among 1,000 todos: {few:.2f} ms, among {size:,}: {lots:.2f} ms")
    plain = PLAIN[place.name].format(now, SOONEST.format(now))

    def by_hand() -> None:
        assert len(database.write(lambda turn: turn.rows(plain))) == CLAIMED

    def ours() -> None:
        assert len(store.lease(Lane.NEWS, 600, CLAIMED)) == CLAIMED

    mine, theirs = turns(rounds, ours, by_hand)
    print(f"claim of {CLAIMED:,} due ÷ the plain statement: {mine / theirs:.2f} ({mine:.1f} ms ÷ {theirs:.1f} ms)")
    store.close()


def pages(place: Place, size: int, rounds: int) -> None:
    store = opened(place.url("pages"))
    for first in range(1, size + 1, 500):
        commit_all(
            store, [evolve(ticket(n), opened=LONG_AGO + timedelta(seconds=n)) for n in range(first, first + 500)]
        )
    query = Query("ticket", order="opened")
    start = store.find(query, ALL, limit=100).after
    last = store.find(evolve(query, descending=True), ALL, limit=200).items[-1]
    assert start
    end = start.replace(start[1 : start.index(",")], str(int(last.opened.timestamp() * 1000)))  # type: ignore[union-attr]
    early, late = turns(
        rounds * 10, partial(store.find, query, ALL, start, 100), partial(store.find, query, ALL, end, 100)
    )
    print(f"a page behind {size:,} records ÷ the second one: {late / early:.2f} ({late:.2f} ms ÷ {early:.2f} ms)")
    store.close()


def sharing(place: Place, rounds: int) -> None:
    url = place.url("shared")
    opened(url).close()
    for name, how in (("processes", processes), ("threads", threads)):
        taken = [(how(url, 1, 2 * turn), how(url, SHARERS, 2 * turn + 1)) for turn in range(rounds)]
        ratio = statistics.median(several[0] / one[0] for one, several in taken)
        worst = statistics.median(several[1] for _, several in taken)
        fewest = min(several[2] for _, several in taken)
        print(
            f"{SHARERS} {name} ÷ one caller: {ratio:.2f}, p99 {worst:.0f} ms, the slowest did {fewest:.0%} of its share"
        )


def share(store: Any, first: int, seconds: float) -> list[float]:
    """Commits for so many seconds; the milliseconds of each."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        record = ticket(first + len(times), text="a printer on the third floor that doesn't print any more")
        store.commit(Unit((change(record, todos=(Todo(Lane.WORK, LONG_AGO),)),)))
        times.append((time.perf_counter() - begun) * 1000)
    return times


SECONDS = 1.5


def processes(url: str, many: int, turn: int) -> tuple[float, float, float]:
    end, said = os.pipe()

    def work(number: int) -> None:
        store = opened(url)
        times = share(store, _first("p", turn, number), SECONDS)
        os.write(said, (" ".join(f"{one:.1f}" for one in times) + "\n").encode())

    pids = [forked(partial(work, number)) for number in range(many)]
    os.close(said)
    told = b""
    while rest := os.read(end, 1 << 16):
        told += rest
    for pid in pids:
        os.waitpid(pid, 0)
    os.close(end)
    return _summed([[float(one) for one in line.split()] for line in told.decode().splitlines()])


def threads(url: str, many: int, turn: int) -> tuple[float, float, float]:
    store = opened(url)
    found: list[list[float]] = []
    workers = [
        Thread(target=lambda number=number: found.append(share(store, _first("t", turn, number), SECONDS)))
        for number in range(many)
    ]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    store.close()
    return _summed(found)


def _first(kind: str, turn: int, number: int) -> int:
    return (1 + (kind == "t")) * 10**9 + turn * 10**7 + number * 10**5


def _summed(times: list[list[float]]) -> tuple[float, float, float]:
    """Commits a second, p99, and the least that one did against its equal share."""
    every = sorted(one for mine in times for one in mine)
    return len(every) / SECONDS, every[len(every) * 99 // 100], min(map(len, times)) * len(times) / len(every)


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one.isdecimal()]
    main(*(numbers + [5000, 5][len(numbers) :]), *(one for one in sys.argv[1:] if not one.isdecimal()))
