"""What the framework itself costs a report: the whole default pipeline on a store that keeps nothing.

The reference is one `json.dumps` of an event, timed in the same run, so that figures of two machines compare.

    python -m bench.bench_framework [reports a round] [rounds]
"""

import json
import statistics
import sys
import time
from typing import Any

from attrs import evolve

from bench.desks import calls, desk, mails
from itsmkit import Desk, Done, Lease, MemoryStore, Unit
from itsmkit.core.numbers import Numbers

EVENT = {
    "args": {"category": "terminal device", "kind": "incident", "service": "drive"},
    "at": 1_795_414_782_129,
    "by": "plugin:defaults",
    "code": "step",
    "outcome": "set",
    "record": "01a2070f721b72c7829dbb8081bbab78",
    "seq": 6,
    "step": "IM2.1",
    "why": {"asked": {"defaults": "answered"}, "because": "speaks of 'shared drive'"},
}


class Forgetful(MemoryStore):
    """Reads like a store and agrees to every unit without keeping anything."""

    def commit(self, *units: Unit) -> tuple[Any, ...]:
        now = self._now()
        return tuple(
            Done(
                (),
                tuple(
                    Lease(todo.lane, change.after.type, change.after.id, todo.part, todo.due or now, now, 1)
                    for change in unit.changes
                    for todo in change.todos
                    if todo.hold
                ),
            )
            for unit in units
        )


class Counting(Numbers):
    """Numbers without a store."""

    def _allot(self, series: str, size: int) -> int:  # noqa: ARG002 - whatever is asked for is there
        return self._blocks.get(series, (1, 1, 1))[1]


def forgetful(opened: Desk) -> Desk:
    kept = opened.setup.store
    store = Forgetful(opened.types)
    store._rows, store._keys = kept._rows, kept._keys
    opened._setup = evolve(opened.setup, store=store, numbers=Counting(store, opened.setup.world))
    return opened


def main(count: int, rounds: int) -> None:
    with desk("memory:") as opened:
        forgetful(opened)
        times: dict[str, list[float]] = {"typed in": [], "mail": [], "json.dumps": []}
        for _ in range(rounds + 1):
            for name, messages in (("typed in", calls(count)), ("mail", mails(count))):
                begun = time.perf_counter()
                for message in messages:
                    opened.receive(message)
                times[name].append((time.perf_counter() - begun) / count * 1e6)
            begun = time.perf_counter()
            for _ in range(count * 10):
                json.dumps(EVENT, sort_keys=True)
            times["json.dumps"].append((time.perf_counter() - begun) / count / 10 * 1e6)
    unit = statistics.median(times["json.dumps"][1:])
    print(f"one json.dumps of an event: {unit:.2f} µs")
    for name in ("typed in", "mail"):
        middle = statistics.median(times[name][1:])
        print(f"framework work a report, {name}: {middle:.0f} µs, {middle / unit:.0f} x json.dumps")


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    main(*(arguments + [500, 7][len(arguments) :]))
