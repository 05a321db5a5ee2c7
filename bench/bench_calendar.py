"""Adding business time, against the library businesstimedelta: Monday to Friday, German holidays, across Easter 2026.

The two take turns in every round; figures are medians. The exponent tells how our time grows with the length.

    python -m bench.bench_calendar [rounds]
"""

import math
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import pytz
from businesstimedelta import BusinessTimeDelta, HolidayRule, Rules, WorkDayRule
from holidays import country_holidays

from itsmkit import add, between, calendar_from_dict

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 4, 2, 16, 30, tzinfo=ZONE)
"""Maundy Thursday in the afternoon."""
HOURS = (1, 4, 40, 400, 4000)
OURS, THEIRS = 2000, 20
"""Calls that are timed together, so that the clock is fine enough."""


def main(rounds: int) -> None:
    off = country_holidays("DE", years=range(2024, 2032))
    ours = calendar_from_dict("b", {"zone": str(ZONE), "week": {"mon-fri": ["08:00-18:00"]}, "holidays": list(off)})
    work = WorkDayRule(
        start_time=clock(8), end_time=clock(18), working_days=[0, 1, 2, 3, 4], tz=pytz.timezone(str(ZONE))
    )
    theirs = Rules([work, HolidayRule(off, tz=pytz.timezone(str(ZONE)))])
    for hours in HOURS:
        length, other = timedelta(hours=hours), BusinessTimeDelta(theirs, hours=hours)
        assert add(ours, START, length) == START + other, hours
        assert between(ours, START, START + other) == hours * 3600
    times = {hours: ([], []) for hours in HOURS}
    for _ in range(rounds):
        for hours in HOURS:
            length, other = timedelta(hours=hours), BusinessTimeDelta(theirs, hours=hours)
            times[hours][0].append(timed(lambda length=length: add(ours, START, length), OURS))
            if hours <= 400:
                times[hours][1].append(timed(lambda other=other: START + other, max(THEIRS // max(hours // 4, 1), 1)))
    middle = {hours: statistics.median(mine) for hours, (mine, _) in times.items()}
    for hours, (_, them) in times.items():
        ratio = f"{statistics.median(them) / middle[hours]:.1f} ×" if them else "–"
        print(f"{hours:5} h: {middle[hours]:.2f} µs; businesstimedelta ÷ ours {ratio}")
    print(f"exponent from {HOURS[0]} to {HOURS[-1]} h: {exponent(middle):.3f}")
    begun = time.perf_counter()
    for year in range(2032, 2036):
        between(ours, datetime(year, 1, 1, tzinfo=UTC), datetime(year, 1, 2, tzinfo=UTC))
    print(f"the table of a year: {(time.perf_counter() - begun) / 4 * 1000:.1f} ms")


def timed(call: Callable[[], object], times: int) -> float:
    """Microseconds of a call, the mean of so many."""
    begun = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - begun) / times * 1_000_000


def exponent(middle: dict[int, float]) -> float:
    """The slope of the logarithms, by least squares."""
    points = [(math.log(hours), math.log(one)) for hours, one in middle.items()]
    x, y = (statistics.mean(side) for side in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 15)
