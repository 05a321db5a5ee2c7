"""Programs that tests start: they fork, which a test runner with threads of its own had better not."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import evolve

from itsmkit import Conflict, Done, Draft, Lane, Scope, Settle, Todo, Unit
from itsmkit.testing import AT, change, commit_new
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_sql import Settings, plugin

ALL = Scope.system("test")
SHARED = sample(1)


def opened(where: str | Path) -> Any:
    """The store of samples in that file, or at that URL."""
    url = str(where) if "://" in str(where) else f"sqlite:///{where}"
    return plugin(Settings()).itsmkit_open_store(url, (SAMPLE,), None)


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


def together(works: list[Callable[[], str]]) -> None:
    """Do them in forked processes that begin at the same moment; prints what each gives, a line each."""
    start, go = os.pipe()
    end, said = os.pipe()

    def run(work: Callable[[], str]) -> Callable[[], None]:
        def one() -> None:
            os.close(go)
            os.read(start, 1)  # until the last one that could write closes it
            os.write(said, f"{work()}\n".encode())

        return one

    pids = [child(run(work)) for work in works]
    os.close(go)
    os.close(said)
    for pid in pids:
        os.waitpid(pid, 0)
    while rest := os.read(end, 1 << 16):
        sys.stdout.write(rest.decode())
    sys.stdout.flush()


RIVALS = 4


def races(url: str, rounds: int = 4) -> None:
    """Processes that want the same id, the same key, the same command: what each one's outcome is."""
    store = opened(url)

    def work(me: int) -> Callable[[], str]:
        def run() -> str:
            got = []
            for turn in range(rounds):
                at = 1000 + 100 * turn
                units = {
                    "id": Unit((change(sample(at)),)),
                    "key": Unit((change(sample(at + me, codes=(f"key{turn}",))),)),
                    "command": Unit((change(sample(at + 50 + me)),), command=f"command {turn}"),
                }
                for what, unit in units.items():
                    (outcome,) = store.commit(unit)
                    told = "repeated" if getattr(outcome, "repeated", False) else type(outcome).__name__
                    got.append(f"{what}{turn}={told}")
            return " ".join(got)

        return run

    together([work(me) for me in range(1, RIVALS + 1)])


def leases(url: str, many: int = 100) -> None:
    """Processes that lease from one lane until it is empty: what each one got."""
    store = opened(url)
    for serial in range(1, many + 1):
        commit_new(store, sample(serial), todos=(Todo(Lane.WORK, AT),))

    def run() -> str:
        got: list[str] = []
        while found := store.lease(Lane.WORK, 600, 7):
            got += (lease.id for lease in found)
            assert all(store.settle(*(Settle(lease) for lease in found[::2])))
        return ",".join(got)

    together([run] * RIVALS)


if __name__ == "__main__":
    {"writers": writers, "orphan": orphan, "kills": kills, "races": races, "leases": leases}[sys.argv[1]](sys.argv[2])
