"""Escalations on many open tickets in random order of their moments, against plain sqlite3 writing the same rows.

Each escalation claims its todo, reads the ticket, asks the hook and the organisation model, and writes ticket, journal
and outbox (the todo of its news) in one durable flush with up to 99 others. The reference replays the very statements
that the store wrote for these batches, claims included, ready made and one `executemany` a statement, on a copy of the
database. Rounds alternate.

The storm: alarms are taken in as fast as they come while a worker drains their backlog, and tickets fall due meanwhile;
how late each of those was escalated, by the real clock. It ends when all alarms are in and all those moments past; what
is left of the backlog is told.

    python -m bench.bench_escalation [open tickets] [a round] [rounds] [alarms of the storm]
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

from attrs import evolve

from bench.desks import Written, calls, desk, fill, noting, paired, parts, scratch, with_store
from bench.places import Files
from itsmkit import Desk, Event, Lane, Scope, Settings
from itsmkit.core.sweep import sweep
from itsmkit.core.working import AT_ONCE, HOLD
from itsmkit.settings import StoreSettings

ANCHORS = 142
"""Escalations a second of the quickest desks that were measured."""
HALF = 2 * 3600
WATCHED = 200
"""So many tickets fall due during the storm."""


def main(tickets: int, count: int, rounds: int, alarms: int) -> None:
    """Print every figure."""
    with scratch() as folder:
        rates(folder, tickets, count, rounds)
    with scratch() as folder:
        storm(folder, alarms)


def rates(folder: Path, tickets: int, count: int, rounds: int) -> None:
    """Escalations a second, and what plain sqlite3 does with the same rows."""
    begun = time.perf_counter()
    place = Files(folder)
    with desk(place.url("filled")) as opened:
        moments = random.Random(7)
        now = opened.setup.world.now()
        fill(opened, (now - timedelta(seconds=HALF + moments.randrange(1, HALF // 2)) for _ in range(tickets)))
        site = opened.settings
    print(f"{tickets:,} open tickets filled in {time.perf_counter() - begun:.0f} s")
    urls = {name: place.copy("filled", name) for name in ("ours", "raw", "noted")}
    with Desk.open(_at(site, urls["noted"])) as again:
        store, transactions = noting(again.setup.store)
        swept(with_store(again, store), count * rounds)
    rival = place.rival("raw")
    works = iter([rival(one) for one in _rounds(transactions, rounds)])
    with Desk.open(_at(site, urls["ours"])) as ours:
        ours_rate, raw_rate = paired(rounds, lambda: swept(ours, count), lambda: count if next(works)() else 0)
        begun = time.perf_counter()
        ticked = ours.tick(limit=count).due
        whole = ticked / (time.perf_counter() - begun)
    print(f"escalations: {ours_rate:,.0f}/s, {ours_rate / ANCHORS:.0f} x {ANCHORS}/s")
    print(f"  plain sqlite3, the same rows and batches: {raw_rate:,.0f}/s, ratio {ours_rate / raw_rate:.2f}")
    print(f"  a worker's whole round, with the notices of its news: {whole:,.0f}/s")


def _at(site: Settings, url: str) -> Settings:
    return evolve(site, store=StoreSettings(url))


def swept(opened: Desk, count: int) -> int:
    """So many tickets swept, in batches as a worker takes them."""
    done = 0
    while done < count and (leases := opened.setup.store.lease(Lane.DUE, HOLD, min(AT_ONCE[Lane.DUE], count - done))):
        sweep(opened.setup, leases, HOLD)
        done += len(leases)
    return done


def _rounds(transactions: list[Written], rounds: int) -> list[list[Written]]:
    return parts(transactions, max(len(transactions) // rounds, 1))


def storm(folder: Path, alarms: int) -> None:
    """How late other tickets are escalated while a storm of alarms is taken in and worked off by one worker."""
    with desk(f"sqlite:///{folder / 'storm.db'}") as opened:
        opened.receive_many(calls(alarms // 2))
        span = max(alarms / 400, 5)
        moments = random.Random(7)
        now = opened.setup.world.now()
        watched = fill(opened, (now + timedelta(seconds=moments.uniform(1, span) - HALF) for _ in range(WATCHED)))
        taking_in = Thread(target=lambda: opened.receive_many(calls(alarms - alarms // 2)))
        begun = time.perf_counter()
        taking_in.start()
        while taking_in.is_alive() or time.perf_counter() - begun < span + 1:
            opened.tick(limit=100)
        spent = time.perf_counter() - begun
        late = sorted(_late(event) for one in watched for event in _escalations(opened, one))
        left = opened.setup.store.peek(Lane.WORK).waiting + opened.setup.store.peek(Lane.NEWS).waiting
    told = f"{late[len(late) // 2]:.1f} s (median), {late[int(len(late) * 0.99)]:.1f} s (p99), {late[-1]:.1f} s (most)"
    print(f"storm of {alarms:,} alarms, one worker, {spent:.0f} s, then {left:,} todos left")
    print(f"  {len(late)} other escalations late by {told}")


def _escalations(opened: Desk, ticket: str) -> Iterator[Event]:
    events = opened.setup.store.history("ticket", ticket, Scope.system("bench"))
    return (one for one in events if one.code == "escalated")


def _late(event: Event) -> float:
    return (event.at - datetime.fromisoformat(event.why["due"])).total_seconds()


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*(given + [20_000, 1000, 5, 2000][len(given) :]))
