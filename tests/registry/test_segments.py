"""The port axis in segments, against asking every range."""

from hypothesis import given
from hypothesis import strategies as st

from annotator.registry.segments import Segments

SPANS = st.lists(
    st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(lambda ends: (min(ends), max(ends))), max_size=12
)


@given(SPANS, st.lists(st.integers(0, 65535), min_size=1), st.lists(st.integers(1, 65535)))
def test_a_port_is_covered_by_the_ranges_that_hold_it(
    spans: list[tuple[int, int]], ports: list[int], cuts: list[int]
) -> None:
    """Whatever the ranges, the segment of a port names exactly those that hold it."""
    segments = Segments([(i, *span) for i, span in enumerate(spans)], cuts)
    for port in ports:
        expected = [i for i, (first, last) in enumerate(spans) if first <= port <= last]
        assert segments.covering[segments.find(port)] == expected


@given(SPANS)
def test_segments_part_the_axis(spans: list[tuple[int, int]]) -> None:
    """They follow each other without gap or overlap, from 0 to 65535."""
    segments = Segments([(i, *span) for i, span in enumerate(spans)])
    ends = [segments.last(i) for i in range(len(segments.starts))]
    assert segments.starts[0] == 0
    assert ends[-1] == 65535
    assert [end + 1 for end in ends[:-1]] == segments.starts[1:]
