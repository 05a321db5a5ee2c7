"""The store on MongoDB against the plain driver, on one server, contestants taking turns.

Intake of one report through the default pipeline, against pymongo inserting the same content as one document for each
of the two durable commits, into a collection with the same indexes. Claims of a thousand due todos against the three
plain commands that claim so many small documents. And what must not grow: a commit at 10,000 events, an idle sweep,
a page deep in a list.

    python -m bench.bench_store_mongo [reports a round] [rounds] [open todos] [records to page through]
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from attrs import evolve
from pymongo import MongoClient
from tools.servers.databases import Databases, mongo

from bench.desks import calls, desk, mails, paired, parts
from itsmkit import Desk, Draft, Lane, Lease, Message, Query, Scope, Settle, Standing, Todo, Unit
from itsmkit.shipped import TYPES
from itsmkit.testing import AT, MovedClock, change, commit_all, commit_change, commit_new
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_mongo import Settings, committing, plugin, schema
from itsmkit_store_mongo.address import address
from itsmkit_store_mongo.connections import Connections
from itsmkit_store_mongo.layout import kept_todo
from itsmkit_store_mongo.plan import plan

ALL = Scope.system("bench")
CLAIMED = 1_000
LEASE = Lease(Lane.DUE, "sample", "", "", AT, AT, 1)


def main(count: int, rounds: int, open_todos: int, records: int) -> None:
    with mongo() as databases:
        for name, made in (("typed in", calls), ("mail", mails)):
            intake(databases, name, made, count, rounds)
        events(databases, rounds)
        lanes(databases, open_todos, rounds)
        pages(databases, records, rounds)


# intake


def intake(databases: Databases, name: str, made: Callable[[int], list[Message]], count: int, rounds: int) -> None:
    with recorded() as commits, desk(databases()) as noted:
        warmed(noted, made, count * rounds)
        commits.clear()
        received(noted, made(count * rounds))
    documents = iter(parts([merged(one) for one in commits], 2 * count))
    messages = iter(parts(made(count * rounds), count))
    with desk(databases()) as ours, plain(databases()) as collection:
        warmed(ours, made, count * rounds)
        rates = paired(
            rounds, lambda: received(ours, next(messages)), lambda: len(inserted(collection, next(documents))) // 2
        )
    assert len(commits) == 2 * count * rounds
    print(f"one report, {name}: {rates[0]:,.0f}/s; plain pymongo, one document a commit: {rates[1]:,.0f}/s", end="")
    print(f", ratio {rates[0] / rates[1]:.2f}")


def warmed(opened: Desk, made: Callable[[int], list[Message]], wanted: int) -> None:
    """Caches filled, and numbers in store for all that comes."""
    opened.receive_many(made(20))
    opened.setup.numbers.reserve("T", opened.setup.world.now().year, wanted + 1)


def received(ours: Desk, messages: list[Message]) -> int:
    for message in messages:
        assert ours.receive(message).number
    return len(messages)


@contextmanager
def recorded() -> Iterator[list[list[Any]]]:
    """The documents that stores write meanwhile, commit by commit."""
    commits: list[list[Any]] = []
    alone, write = Connections.alone, committing._write

    def noted_alone(self: Connections, one: Any) -> int:
        commits.append([one])
        return alone(self, one)

    def noted_write(collection: Any, session: Any, steps: Any) -> None:
        commits.append([one.write for one in steps])
        write(collection, session, steps)

    Connections.alone, committing._write = noted_alone, noted_write  # type: ignore[method-assign]
    try:
        yield commits
    finally:
        Connections.alone, committing._write = alone, write  # type: ignore[method-assign]


def merged(writes: list[Any]) -> dict[str, Any]:
    """What a commit wrote as one document: its largest, and the rest inside it."""
    bare = [one._doc if isinstance(one._doc, dict) else {} for one in writes if hasattr(one, "_doc")]
    whole = [one.get("$set", one) for one in bare]
    whole.sort(key=lambda one: len(str(one)), reverse=True)
    rest = [{key.replace(".", "_"): value for key, value in one.items()} for one in whole[1:]]
    return {key: value for key, value in whole[0].items() if "." not in key} | {"_id": uuid4().hex, "rest": rest}


@contextmanager
def plain(url: str) -> Iterator[Any]:
    """A collection with the store's indexes, and the same write concern."""
    connections = Connections(address(url), Settings())
    with closing(connections):
        schema.make(connections, plan(TYPES).indexes)
        yield connections.desk


def inserted(collection: Any, documents: list[dict[str, Any]]) -> list[Any]:
    return [collection.insert_one(one) for one in documents]


# what must not grow


def events(databases: Databases, rounds: int) -> None:
    with closing(opened(databases())) as store:
        short = commit_new(store, sample(1), *(Draft("noted", "core") for _ in range(9)))
        long = commit_new(store, sample(2), *(Draft("noted", "core") for _ in range(9)))
        for _ in range(100):
            long = commit_change(store, long, *(Draft("noted", "core") for _ in range(100)))
        kept = {"short": short, "long": long}

        def changed(name: str) -> int:
            for _ in range(20):
                kept[name] = commit_change(store, kept[name])
            return 20

        few, many = paired(3 * rounds, lambda: changed("short"), lambda: changed("long"))
    print(f"a commit at 10,000 events takes {few / many:.2f} times as long as one at 10")


def lanes(databases: Databases, open_todos: int, rounds: int) -> None:
    clock = MovedClock()
    url = databases()
    with closing(opened(url, clock)) as store, MongoClient[Any](url) as client, plain(databases()) as raw:
        collection = client.get_default_database()["desk"]
        later = clock() + timedelta(days=365)
        todos = (Standing(evolve(LEASE, id=f"{n:032x}", due=later)) for n in range(open_todos))
        idle = [timed(lambda: store.lease(Lane.DUE, 60, 100), 50)]
        for batch in parts(list(todos), 10_000):
            collection.insert_many([{"todo": kept_todo(one)} for one in batch])
        idle.append(timed(lambda: store.lease(Lane.DUE, 60, 100), 50))
        print(f"idle sweep: {1000 * idle[0]:.2f} ms at 0 open todos, {1000 * idle[1]:.2f} ms at {open_todos:,}")
        claims(store, raw, clock, rounds)


def claims(store: Any, raw: Any, clock: MovedClock, rounds: int) -> None:
    todo = (Todo(Lane.WORK, clock() - timedelta(hours=1)),)
    store.commit(*(Unit((change(sample(n), todos=todo),)) for n in range(CLAIMED)))
    raw.insert_many([{"todo": kept_todo(Standing(evolve(LEASE, id=f"{n:032x}")))} for n in range(CLAIMED)])

    def ours() -> int:
        taken = store.lease(Lane.WORK, 60, CLAIMED)
        clock.advance(0.001)
        leases.append(taken)
        return len(taken)

    def plainly() -> int:
        ids = [one["_id"] for one in raw.find({"todo.lane": "due"}, {"_id": 1}).sort("todo.due", 1).limit(CLAIMED)]
        raw.update_many({"_id": {"$in": ids}}, {"$inc": {"todo.fence": 1}, "$set": {"todo.leased": True}})
        return len(list(raw.find({"_id": {"$in": ids}}, {"todo": 1})))

    leases: list[Any] = []
    times: list[tuple[float, float]] = []
    for _ in range(rounds):
        times.append((timed(ours, 1), timed(plainly, 1)))
        assert len(leases[-1]) == CLAIMED
        again = [Settle(one, again=one.due) for one in leases[-1]]
        store.commit(*(Unit(settles=(one,)) for one in again))
    mine, bare = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"claim of {CLAIMED:,} due: {1000 * mine:.0f} ms, plainly {1000 * bare:.0f} ms, ratio {mine / bare:.2f}")


def pages(databases: Databases, records: int, rounds: int) -> None:
    with closing(opened(databases())) as store:
        for start in range(0, records, 500):
            commit_all(store, [sample(n, number=n % 7, word="same") for n in range(start, min(start + 500, records))])
        query, after = Query("sample", order="word"), None
        first = statistics.median(timed(lambda: store.find(query, ALL), 5) for _ in range(rounds))
        while (page := store.find(query, ALL, after, limit=1000)).after:
            after, last = page.after, after
        deep = statistics.median(timed(lambda: store.find(query, ALL, last), 5) for _ in range(rounds))
    print(f"a page of 100 among {records:,} records: first {1000 * first:.1f} ms, last {1000 * deep:.1f} ms")


def opened(url: str, clock: MovedClock | None = None) -> Any:
    return plugin(Settings()).itsmkit_open_store(url, (SAMPLE,), clock)


def timed(work: Callable[[], Any], times: int) -> float:
    """Seconds that it takes."""
    begun = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begun) / times


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    main(*(arguments + [50, 7, 20_000, 5_000][len(arguments) :]))
