"""Intake of reports through the default pipeline, against the plain driver writing the very same rows.

The reference replays the statements that the store wrote for other reports of the same shape, ready made, in the
same two durable transactions (and, beside it, in one); on PostgreSQL each transaction is one pipeline. Rounds
alternate. On PostgreSQL four processes besides, against one.

    python -m bench.bench_intake [reports a round] [rounds] [sqlite|postgresql]
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

from bench.desks import Written, calls, desk, mails, noting, paired, parts, settings, together, with_store
from bench.places import Place, places
from itsmkit import Desk, Message

CALLERS = 4


def main(count: int, rounds: int, only: str = "") -> None:
    with places() as found:
        for place in found:
            if only in ("", place.name):
                print(f"== {place.name}")
                for name, made in (("typed in", calls), ("mail", mails)):
                    singly(place, name, made, count, rounds)
                in_batches(place, count, rounds)
                if place.name == "postgresql":
                    side_by_side(place, count, rounds)


def singly(place: Place, name: str, made: Callable[[int], list[Message]], count: int, rounds: int) -> None:
    short = name.split(maxsplit=1)[0]
    rows = parts(written(place, short, made(2 * count * rounds)), 2 * count)
    messages = iter(parts(made(count * rounds), count))
    with desk(place.url(f"ours_{short}")) as ours:
        in_two = place.rival(place_of(place, short, "two"))
        in_one = place.rival(place_of(place, short, "one"))
        two = iter([in_two(one) for one in rows[:rounds]])
        one = iter([in_one([together(pair) for pair in parts(part, 2)]) for part in rows[rounds:]])
        ours.receive_many(made(200))
        rates = paired(rounds, lambda: received(ours, next(messages)), lambda: next(two)() // 2, lambda: next(one)())  # noqa: PLW0108 - the next one each time
    show(f"one report, {name}", rates[0], ("two transactions", rates[1]), ("one transaction", rates[2]))


def in_batches(place: Place, count: int, rounds: int) -> None:
    count = max(count // 100, 1) * 100
    rows = parts(written(place, "many", calls(count * rounds), 100), 2 * count // 100)
    messages = iter(parts(calls(count * rounds), count))
    with desk(place.url("ours_many")) as ours:
        rival = place.rival(place_of(place, "many", "raw"))
        works = iter([rival(one) for one in rows])
        ours.receive_many(calls(200))
        rates = paired(rounds, lambda: len(ours.receive_many(next(messages))), lambda: next(works)() * 50)
    show("receive_many, batches of 100", rates[0], ("the same batches", rates[1]))


def side_by_side(place: Place, count: int, rounds: int) -> None:
    url = place.url("ours_callers")
    with desk(url) as ours:
        ours.receive_many(calls(200))
    taken = [(callers(url, 1, count), callers(url, CALLERS, count)) for _ in range(rounds)]
    one, several = (statistics.median(rates) for rates in zip(*taken, strict=True))
    print(f"{CALLERS} callers ÷ one caller: {several / one:.2f} ({several:,.0f}/s ÷ {one:,.0f}/s)")


def callers(url: str, many: int, count: int) -> float:
    """So many processes, begun together, receive so many reports in all: how many a second."""
    start, go = os.pipe()
    end, said = os.pipe()
    shares = parts(calls(count), count // many)[:many]
    pids = [forked(partial(share, url, mine, start, go, said)) for mine in shares]
    for _ in pids:
        os.read(end, 1)
    begun = time.perf_counter()
    os.close(go)
    for _ in pids:
        os.read(end, 1)
    seconds = time.perf_counter() - begun
    for pid in pids:
        os.waitpid(pid, 0)
    for one in (start, end, said):
        os.close(one)
    return count / seconds


def share(url: str, messages: list[Message], start: int, go: int, said: int) -> None:
    os.close(go)
    with Desk.open(settings(url)) as one:
        received(one, messages[:2])
        os.write(said, b".")
        os.read(start, 1)
        received(one, messages[2:])
        os.write(said, b".")


def forked(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def written(place: Place, name: str, messages: list[Message], batch: int = 1) -> list[Written]:
    """The transactions that these messages make; the database blank is the store as it was before them."""
    with desk(place.url(f"blank_{name}")) as opened:
        opened.receive_many(calls(200))
    place.copy(f"blank_{name}", f"recorded_{name}")
    with Desk.open(settings(place.url(f"recorded_{name}"))) as again:
        again.setup.numbers.reserve("T", again.setup.world.now().year, len(messages) + 1)
        store, transactions = noting(again.setup.store)
        noted = with_store(again, store)
        for part in parts(messages, batch):
            noted.receive_many(part)
    return transactions


def place_of(place: Place, name: str, copy: str) -> str:
    place.copy(f"blank_{name}", f"{copy}_{name}")
    return f"{copy}_{name}"


def received(ours: Desk, messages: list[Message]) -> int:
    for message in messages:
        ours.receive(message)
    return len(messages)


def show(name: str, ours: float, *references: tuple[str, float]) -> None:
    print(f"{name}: {ours:,.0f}/s")
    for reference, rate in references:
        print(f"  plain driver, {reference}: {rate:,.0f}/s, ratio {ours / rate:.2f}")


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one.isdecimal()]
    main(*(numbers + [200, 9][len(numbers) :]), *(one for one in sys.argv[1:] if not one.isdecimal()))
