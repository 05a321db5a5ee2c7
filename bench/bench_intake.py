"""Intake of one report through the default pipeline, against plain sqlite3 writing the very same rows.

The reference replays the statements that the store wrote for other reports of the same shape, ready made, in the
same two durable transactions (and, beside it, in one). Rounds alternate.

    python -m bench.bench_intake [reports a round] [rounds]
"""

import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from bench.desks import (
    Written,
    by_table,
    calls,
    desk,
    durable,
    mails,
    paired,
    parts,
    recorded,
    replayed,
    scratch,
    together,
)
from itsmkit import Desk, Message


def main(count: int, rounds: int) -> None:
    for name, made in (("typed in", calls), ("mail", mails)):
        singly(name, made, count, rounds)
    in_batches(count, rounds)


def singly(name: str, made: Callable[[int], list[Message]], count: int, rounds: int) -> None:
    with scratch() as folder:
        rows = parts(written(folder, made(2 * count * rounds)), 2 * count)
        two, one = iter(rows[:rounds]), iter([[together(pair) for pair in parts(part, 2)] for part in rows[rounds:]])
        messages = iter(parts(made(count * rounds), count))
        with desk(f"sqlite:///{folder / 'ours.db'}") as ours:
            in_two, in_one = copied(folder, "two"), copied(folder, "one")
            ours.receive_many(made(200))
            rates = paired(
                rounds,
                lambda: received(ours, next(messages)),
                lambda: replay(in_two, next(two)) // 2,
                lambda: replay(in_one, next(one)),
            )
    show(f"one report, {name}", rates[0], ("two transactions", rates[1]), ("one transaction", rates[2]))


def in_batches(count: int, rounds: int) -> None:
    count = max(count // 100, 1) * 100
    with scratch() as folder:
        rows = iter(parts([by_table(one) for one in written(folder, calls(count * rounds), 100)], 2 * count // 100))
        messages = iter(parts(calls(count * rounds), count))
        with desk(f"sqlite:///{folder / 'ours.db'}") as ours:
            raw = copied(folder, "raw")
            ours.receive_many(calls(200))
            rates = paired(rounds, lambda: len(ours.receive_many(next(messages))), lambda: replay(raw, next(rows)) * 50)
    show("receive_many, batches of 100", rates[0], ("the same batches", rates[1]))


def written(folder: Path, messages: list[Message], batch: int = 1) -> list[Written]:
    """The transactions that these messages make; blank.db is the store as it was before them."""
    with desk(f"sqlite:///{folder / 'recorded.db'}") as opened:
        opened.receive_many(calls(200))
        site = opened.settings
    with recorded() as transactions, Desk.open(site) as again:
        again.setup.numbers.reserve("T", again.setup.world.now().year, len(messages) + 1)
        transactions.clear()
        shutil.copy(folder / "recorded.db", folder / "blank.db")
        for part in parts(messages, batch):
            again.receive_many(part)
    return transactions


def copied(folder: Path, name: str) -> sqlite3.Cursor:
    shutil.copy(folder / "blank.db", folder / f"{name}.db")
    return durable(folder / f"{name}.db")


def received(ours: Desk, messages: list[Message]) -> int:
    for message in messages:
        ours.receive(message)
    return len(messages)


def replay(cursor: sqlite3.Cursor, transactions: list[Written]) -> int:
    replayed(cursor, transactions)
    return len(transactions)


def show(name: str, ours: float, *references: tuple[str, float]) -> None:
    print(f"{name}: {ours:,.0f}/s")
    for reference, rate in references:
        print(f"  plain sqlite3, {reference}: {rate:,.0f}/s, ratio {ours / rate:.2f}")


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    main(*(arguments + [200, 9][len(arguments) :]))
