"""When something is open, as spans of UTC milliseconds: their algebra, and a table that answers in one bisection.

Nothing here knows of weeks, zones or holidays; `calendar.py` makes the spans.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import accumulate

from attrs import field, frozen

from itsmkit.core.errors import CalendarError
from itsmkit.core.model.record import instant, to_ms

Span = tuple[int, int]

YEARS = range(1900, 2201)
HORIZON_YEARS = 30


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as sorted spans that neither touch nor overlap; empty ones are dropped."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def shared(one: list[Span], other: list[Span]) -> list[Span]:
    """The time that lies in both; each list is sorted and disjoint, and so is the result."""
    result: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if start < end:
            result.append((start, end))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return result


def gaps(spans: list[Span], window: Span) -> list[Span]:
    """The time of the window that no span covers; the spans are sorted and disjoint."""
    edges = [window[0], *(edge for span in spans for edge in span), window[1]]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def year_window(year: int) -> Span:
    """The year's first millisecond in UTC, and the next year's."""
    return to_ms(datetime(year, 1, 1, tzinfo=UTC)), to_ms(datetime(year + 1, 1, 1, tzinfo=UTC))


@frozen
class Year:
    """The open spans of one UTC year; `before[i]` is the open time of the year up to `starts[i]`."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int

    def until(self, at: int) -> int:
        """Open milliseconds from the start of the year to `at`."""
        i = bisect_right(self.starts, at) - 1
        return 0 if i < 0 else self.before[i] + min(at, self.ends[i]) - self.starts[i]


def _tabled(spans: list[Span]) -> Year:
    lengths = [end - start for start, end in spans]
    before = list(accumulate(lengths, initial=0))
    return Year([start for start, _ in spans], [end for _, end in spans], before[:-1], before[-1])


@frozen(eq=False)
class Openings:
    """A calendar's open time, tabled year by year as it is asked for.

    `spans_of(year)` gives the sorted, disjoint spans within the UTC year. Threads may share one: two that need
    the same year at once both make it, equal. Moments go in as aware datetimes and come out as milliseconds.
    Outside the years 1900 to 2200 every question raises CalendarError; a search ends after 30 years.
    """

    name: str
    spans_of: Callable[[int], list[Span]]
    _years: dict[int, Year] = field(factory=dict, init=False, repr=False)

    def year(self, year: int) -> Year:
        """The table of one UTC year."""
        known = self._years.get(year)
        if known is None:
            if year not in YEARS:
                raise self._unknown(year)
            known = self._years[year] = _tabled(self.spans_of(year))
        return known

    def _unknown(self, year: int) -> CalendarError:
        return CalendarError(f"calendar {self.name}: asked about {year}, knows {YEARS[0]} to {YEARS[-1]}")

    def _at(self, at: datetime) -> datetime:
        try:
            return instant(at)
        except OverflowError as error:  # it lies within hours of the year 1 or 9999
            raise self._unknown(at.year) from error

    def contain(self, at: datetime) -> bool:
        """Whether `at` lies inside a span; the end of a span is outside."""
        at = self._at(at)
        year, ms = self.year(at.year), to_ms(at)
        i = bisect_right(year.starts, ms) - 1
        return i >= 0 and ms < year.ends[i]

    def after(self, at: datetime, length: int) -> int | None:
        """The first moment by which `length` (> 0) open milliseconds have gone since `at`; None past the horizon."""
        at = self._at(at)
        wanted = self.year(at.year).until(to_ms(at)) + length
        for number in range(at.year, min(at.year + HORIZON_YEARS, YEARS.stop)):
            year = self.year(number)
            if wanted <= year.total:
                i = bisect_left(year.before, wanted) - 1
                return year.starts[i] + wanted - year.before[i]
            wanted -= year.total
        return None

    def ahead(self, at: datetime, length: int) -> int | None:
        """The last moment from which `length` (> 0) open milliseconds go until `at`; None past the horizon."""
        at = self._at(at)
        wanted = self.year(at.year).until(to_ms(at)) - length
        for number in range(at.year, max(at.year - HORIZON_YEARS, YEARS.start - 1), -1):
            if wanted >= 0:
                year = self.year(number)
                i = bisect_right(year.before, wanted) - 1
                return year.starts[i] + wanted - year.before[i]
            if number > YEARS.start:
                wanted += self.year(number - 1).total
        return None

    def elapsed(self, since: datetime, until: datetime) -> int:
        """Whole open seconds between two moments, `since` not later; each is cut to the second, so that sums hold."""
        since, until = self._at(since), self._at(until)
        first, last = since.year, until.year
        gone = -(self.year(first).until(to_ms(since)) // 1000) + self.year(last).until(to_ms(until)) // 1000
        return gone + sum(self.year(number).total // 1000 for number in range(first, last))

    def first(self, at: datetime) -> int | None:
        """The first open moment that is not before `at`; None past the horizon."""
        at = self._at(at)
        ms = to_ms(at)
        for number in range(at.year, min(at.year + HORIZON_YEARS, YEARS.stop)):
            year = self.year(number)
            i = bisect_right(year.ends, ms)
            if i < len(year.ends):
                return max(ms, year.starts[i])
        return None

    def within(self, since: datetime, until: datetime) -> Iterator[Span]:
        """The open spans between two moments in order, cut at both."""
        since, until = self._at(since), self._at(until)
        window = to_ms(since), to_ms(until)
        held: Span | None = None
        for number in range(since.year, until.year + 1):
            year = self.year(number)
            low, high = bisect_right(year.ends, window[0]), bisect_left(year.starts, window[1])
            for start, end in zip(year.starts[low:high], year.ends[low:high], strict=True):
                span = max(start, window[0]), min(end, window[1])
                if held and held[1] == span[0]:  # one span over New Year's midnight in UTC, cut by the table
                    held = held[0], span[1]
                    continue
                if held:
                    yield held
                held = span
        if held:
            yield held
