"""Intake into a store that holds many tickets against intake into one that holds few, in turns.

The tickets stored are open, with words that the new reports have too. The exponent says how the time of a report grows:
0 not at all, 1 with their number.

    python -m bench.bench_growth [few] [many] [reports a round] [rounds] [sqlite|postgresql]
"""

import math
import sys
from datetime import timedelta

from bench.bench_intake import received
from bench.desks import calls, desk, fill, paired, parts
from bench.places import Place, places


def main(few: int, many: int, count: int, rounds: int, only: str = "") -> None:
    with places() as found:
        for place in found:
            if only in ("", place.name):
                growth(place, few, many, count, rounds)


def growth(place: Place, few: int, many: int, count: int, rounds: int) -> None:
    """Print how much longer a report takes among many tickets than among few."""
    with desk(place.url("few")) as small, desk(place.url("many")) as large:
        now = small.setup.world.now()
        for opened, size in ((small, few), (large, many)):
            fill(opened, (now - timedelta(seconds=n) for n in range(size)), text=True)
            received(opened, calls(count))
        reports = iter(parts(calls(2 * count * rounds), count))
        among_few, among_many = paired(
            rounds, lambda: received(small, next(reports)), lambda: received(large, next(reports))
        )
    exponent = math.log(among_few / among_many) / math.log(many / few)
    print(
        f"{place.name}: a report among {many:,} tickets ÷ among {few:,}: {among_few / among_many:.2f} "
        f"({1000 / among_many:.1f} ms ÷ {1000 / among_few:.1f} ms), exponent {exponent:.3f}"
    )


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one.isdecimal()]
    main(*(numbers + [1000, 50_000, 100, 7][len(numbers) :]), *(one for one in sys.argv[1:] if not one.isdecimal()))
