"""Programs that tests start: processes that race, and one that forks, which a test runner had better not."""

import os
import sys
from collections.abc import Callable
from typing import Any

from attrs import evolve

from itsmkit import Conflict, Done, Lane, Scope, Unit
from itsmkit.testing import change, commit_new
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_mongo import Settings, plugin

ALL = Scope.system("test")
SHARED = sample(1)


def opened(url: str) -> Any:
    """The store of samples in that database."""
    return plugin(Settings()).itsmkit_open_store(url, (SAMPLE,), None)


def race(url: str) -> None:
    """Try, when told to begin, for one id, one key and one command, and count up a record that all share."""
    store = opened(url)
    mine = int(sys.stdin.readline())
    tries = (
        Unit((change(sample(2, number=mine)),)),
        Unit((change(sample(mine, codes=("only",))),)),
        Unit((change(sample(mine + 500)),), command="once"),
    )
    told = [type(one).__name__ + str(getattr(one, "repeated", "")) for unit in tries for one in store.commit(unit)]
    count_up(store, 20)
    store.close()
    sys.stdout.write(" ".join(told))


def count_up(store: Any, times: int) -> None:
    """Add that much to the shared record's number, whoever else does so too."""
    while times:
        before = store.get("sample", SHARED.id, ALL)
        (outcome,) = store.commit(Unit((change(evolve(before, number=before.number + 1), before=before),)))
        assert isinstance(outcome, Done | Conflict)
        times -= isinstance(outcome, Done)


def lease(url: str) -> None:
    """Lease, when told to begin, until nothing is left; print what was handed out."""
    store = opened(url)
    sys.stdin.readline()
    while taken := store.lease(Lane.POST, 60, 7):
        sys.stdout.write("".join(f"{one.id}\n" for one in taken))
    store.close()


def fork(url: str) -> None:
    """Write in a parent and its child with one store opened before, the parent closing it first."""
    store = opened(url)
    commit_new(store, sample(1))
    ready, go = os.pipe(), os.pipe()
    pid = child(lambda: (commit_new(store, sample(2)), os.write(ready[1], b"."), os.read(go[0], 1), more(store)))
    os.read(ready[0], 1)
    commit_new(store, sample(3))
    store.close()
    os.write(go[1], b".")
    _, status = os.waitpid(pid, 0)
    sys.stdout.write(str(status))


def more(store: Any) -> None:
    """Write on, and close."""
    for serial in range(10, 20):
        commit_new(store, sample(serial))
    store.close()


def child(work: Callable[[], Any]) -> int:
    """Do the work in a forked process; its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return pid


if __name__ == "__main__":
    {"race": race, "lease": lease, "fork": fork}[sys.argv[1]](sys.argv[2])
