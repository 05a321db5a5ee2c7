"""Programs that tests start: they fork, which a test runner with threads of its own had better not."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import evolve

from itsmkit import Conflict, Done, Draft, Scope, Unit
from itsmkit.testing import change, commit_new
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_sql import Settings, plugin

ALL = Scope.system("test")
SHARED = sample(1)


def opened(path: str | Path) -> Any:
    """The store of samples in that file."""
    return plugin(Settings()).itsmkit_open_store(f"sqlite:///{path}", (SAMPLE,), None)


def told(serial: int) -> Any:
    """A new record that leaves a trace in every table."""
    record = sample(
        serial, word=f"w{serial % 7}", number=serial, text=f"matter {serial} of many", codes=(f"c{serial}",)
    )
    return evolve(record, reach=(f"person:{serial % 5}", "team:net"))


def child(work: Callable[[], None]) -> int:
    """Do the work in a forked process; its id."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return pid


def count_up(store: Any, times: int) -> None:
    """Add that much to the shared record's number, whoever else does so too."""
    while times:
        before = store.get("sample", SHARED.id, ALL)
        (outcome,) = store.commit(Unit((change(evolve(before, number=before.number + 1), before=before),)))
        assert isinstance(outcome, Done | Conflict)
        times -= isinstance(outcome, Done)


def writers(path: str) -> None:
    """Two processes write records of their own and count up one they share, with a store opened before the fork."""
    store = opened(path)
    commit_new(store, evolve(SHARED, number=0))

    def work(first: int) -> Callable[[], None]:
        def run() -> None:
            for serial in range(first, first + 100):
                commit_new(store, told(serial))
            count_up(store, 100)

        return run

    for pid in [child(work(1000)), child(work(2000))]:
        os.waitpid(pid, 0)


def orphan(path: str) -> None:
    """A child writes on while its parent closes the store it opened before the fork."""
    store = opened(path)
    commit_new(store, told(1))
    ready, go = os.pipe(), os.pipe()

    def work() -> None:
        commit_new(store, told(2))
        os.write(ready[1], b".")
        os.read(go[0], 1)
        for serial in range(3, 30):
            commit_new(store, told(serial))

    pid = child(work)
    os.read(ready[0], 1)
    store.close()
    os.write(go[1], b".")
    os.waitpid(pid, 0)


def kills(path: str, rounds: int = 20) -> None:
    """Writers killed in the midst of commits, one after the other; prints what was acknowledged."""
    opened(path).close()  # what is slow to load is loaded once, before the forks
    for number in range(rounds):
        end, acks = os.pipe()
        pid = child(lambda start=1000 * (number + 1), acks=acks: write_on(path, start, acks))
        os.close(acks)
        told_of = b""
        # Not at once after an acknowledgement: the next commit is under way by then.
        for _ in range(5 + number % 7):
            told_of += os.read(end, 1 << 16)
        os.kill(pid, signal.SIGKILL)
        while rest := os.read(end, 1 << 16):
            told_of += rest
        os.waitpid(pid, 0)
        os.close(end)
        sys.stdout.write(told_of.decode())
    sys.stdout.flush()


def write_on(path: str, serial: int, acks: int) -> None:
    """Commit record after record, each changed once, and tell of each only when it is durable."""
    store = opened(path)
    while True:
        serial += 1
        kept = commit_new(store, told(serial), Draft("noted", "core", personal={"words": "x" * 300}))
        store.commit(
            Unit((change(evolve(kept, text=f"other words for {serial}"), before=kept),), command=f"do {serial}")
        )
        os.write(acks, f"{serial}\n".encode())


if __name__ == "__main__":
    {"writers": writers, "orphan": orphan, "kills": kills}[sys.argv[1]](sys.argv[2])
