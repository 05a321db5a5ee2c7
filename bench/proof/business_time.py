"""A million questions of business time against a walk minute by minute, around every change of any zone's clocks.

The changes are those of 2000 to 2040. Prints the seed and the counts, and "0 s off"; where answers differ, the first
ten and exit code 1.

    python -m bench.proof.business_time [cases] [seed]
"""

import sys
import time
from datetime import datetime
from itertools import cycle
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from tests.core.walking import Wrong, every_place, sites, wrong_answers

EACH = 200
"""Questions about one calendar."""


def main(cases: int, number: int) -> int:
    begun = time.monotonic()
    places = every_place()
    Random(number).shuffle(places)
    coming = cycle(places)
    wrong: list[Wrong] = []
    asked = 0

    @seed(number)
    @settings(max_examples=-(-cases // EACH), deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(sites(st.builds(lambda: next(coming))), st.integers(0, 2**32))
    def proof(site: tuple[dict[str, Any], datetime], drawn: int) -> None:
        nonlocal asked
        wrong.extend(wrong_answers(*site, EACH, drawn))
        asked += EACH

    proof()
    zones = len({zone for zone, _ in places})
    print(f"seed {number}: {asked:,} questions, {asked // EACH:,} calendars, {len(places):,} changes of clocks in "
          f"{zones} zones, {time.monotonic() - begun:.0f} s")  # fmt: skip
    for one in wrong[:10]:
        print(one)
    print(f"{len(wrong)} answers differ" if wrong else "0 s off")
    return 1 if wrong else 0


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*(arguments + [1_000_000, 1][len(arguments) :])))
