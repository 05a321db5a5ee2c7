from hypothesis import example, given
from hypothesis import strategies as st

from itsmkit.core.openings import Span, gaps, merged, shared, year_window

WINDOW = (0, 40)
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def _points(spans: list[Span]) -> set[int]:
    return {point for start, end in spans for point in range(start, end)}


def _is_tidy(spans: list[Span]) -> bool:
    edges = [edge for span in spans for edge in span]
    return edges == sorted(set(edges))


@given(SPANS)
@example([(0, 5), (5, 9)])
def test_merging_keeps_the_time_and_leaves_no_span_touching_another(spans: list[Span]) -> None:
    assert _points(merged(spans)) == _points(spans)
    assert _is_tidy(merged(spans))


@given(SPANS, SPANS)
def test_shared_time_is_what_lies_in_both(one: list[Span], other: list[Span]) -> None:
    both = shared(merged(one), merged(other))
    assert _points(both) == _points(one) & _points(other)
    assert _is_tidy(both)


@given(SPANS)
def test_gaps_are_the_rest_of_the_window(spans: list[Span]) -> None:
    rest = gaps(merged(spans), WINDOW)
    assert _points(rest) == set(range(*WINDOW)) - _points(spans)
    assert _is_tidy(rest)


def test_one_year_ends_where_the_next_begins() -> None:
    assert year_window(2026) == (1_767_225_600_000, year_window(2027)[0])
