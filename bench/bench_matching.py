"""Matching a new ticket against those that were solved (IM2.7), on SQLite, as the store grows.

Each stored ticket has a text of its own; a tenth of the questions repeat a stored one in other words' order.

    python -m bench.bench_matching [stored, in steps of ten times] [questions]
"""

import random
import statistics
import sys
import time

from bench.desks import desk, parts, scratch
from itsmkit import Desk, Draft, Message, Report, Scope, Status, Ticket, Unit, revised
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Looking
from itsmkit.defaults import form

WORDS = [f"word{n:05d}" for n in range(20_000)]
WEIGHTS = [1 / (rank + 10) for rank in range(20_000)]


def text(source: random.Random) -> str:
    return " ".join(source.choices(WORDS, WEIGHTS, k=60))


def main(most: int, questions: int) -> None:
    source = random.Random(7)
    with scratch() as folder, desk(f"sqlite:///{folder / 'matching.db'}") as opened:
        stored: list[str] = []
        size = most // 100
        while size <= most:
            fill(opened, stored, size - len(stored), source)
            times, found = asked(opened, stored, questions, source)
            middle, slow = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
            print(f"{size:,} stored: median {middle:.2f} ms, 99 % {slow:.2f} ms, found again {found:.0%}")
            size *= 10


def fill(opened: Desk, stored: list[str], count: int, source: random.Random) -> None:
    """So many more solved tickets, each with a text of its own."""
    fresh = [text(source) for _ in range(count)]
    for n, part in enumerate(parts(fresh, 100)):
        batch = [
            Message(form(Report(one[:40], one), f"{len(stored)} {n} {at}"), "phone") for at, one in enumerate(part)
        ]
        opened.setup.store.commit(*(solved(opened, one.ticket) for one in opened.receive_many(batch)))
    stored += fresh


def solved(opened: Desk, ticket: str) -> Unit:
    before = opened.setup.store.get("ticket", ticket, Scope.system("bench"))
    after = revised(before, status=Status.RESOLVED, solution="Turn it off and on again.")
    drafts = (Draft("resolve", "service:bench"),)
    return Unit((sealed(opened.setup.world, before, after, drafts, opened.setup.world.now()),))


def asked(opened: Desk, stored: list[str], questions: int, source: random.Random) -> tuple[list[float], float]:
    plugins, world = opened.setup.plugins, opened.setup.world
    times, found = [], 0
    for _ in range(questions):
        words = source.choice(stored).split()
        source.shuffle(words)
        question = Ticket(
            id=world.new_id(), number="Q", opened=world.now(), opened_month="2026-01", channel="x", text=" ".join(words)
        )
        look = Looking(world.now(), opened.setup.site, opened.setup.store, Scope.system("bench"))
        begun = time.perf_counter()
        heard = plugins.every("itsmkit_match", None, ticket=question, look=look)
        times.append((time.perf_counter() - begun) * 1000)
        found += any(one.score > 0.9 for _, one in heard.answer)
    return times, found / questions


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    main(*(arguments + [10_000, 200][len(arguments) :]))
