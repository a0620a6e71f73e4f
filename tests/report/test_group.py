"""Grouping agrees with dictionaries."""

from collections import Counter, defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.model import NO_TIME
from annotator.report.group import group_by, pack, ragged

ROWS = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 2), st.integers(0, 4), st.sampled_from([NO_TIME, 0, 5, 2**62]), st.booleans()
    ),
    max_size=40,
)


@given(ROWS)
def test_groups_agree_with_dictionaries(rows: list[tuple[int, int, int, int, bool]]) -> None:
    """Counts, sums, spans, tallies and distinct counts of each group are those of a plain loop."""
    one, two, code, ns = (np.array([row[k] for row in rows], np.int64) for k in range(4))
    flag = np.array([row[4] for row in rows], np.bool_)
    groups = group_by(one, two)
    expected = defaultdict(list)
    for row in rows:
        expected[row[:2]].append(row)
    keys = sorted(expected)
    assert [rows[i][:2] for i in groups.first()] == keys
    assert groups.size().tolist() == [len(expected[key]) for key in keys]
    assert groups.sum(code).tolist() == [sum(row[2] for row in expected[key]) for key in keys]
    assert groups.sum(flag).tolist() == [sum(row[4] for row in expected[key]) for key in keys]
    assert groups.distinct(code).tolist() == [len({row[2] for row in expected[key]}) for key in keys]
    times = [[row[3] for row in expected[key] if row[3] != NO_TIME] for key in keys]
    assert groups.earliest(ns).tolist() == [min(t, default=NO_TIME) for t in times]
    assert groups.latest(ns).tolist() == [max(t, default=NO_TIME) for t in times]
    codes, often, starts = groups.ranked(code)
    best = groups.best(code)
    for k, key in enumerate(keys):
        part = slice(starts[k], starts[k + 1])
        wanted = sorted(Counter(row[2] for row in expected[key]).items(), key=lambda pair: (-pair[1], pair[0]))
        assert list(zip(codes[part].tolist(), often[part].tolist(), strict=True)) == wanted
        assert best[k] == next(
            i for i, row in enumerate(rows) if row[:2] == key and row[2] == max(r[2] for r in expected[key])
        )
    counts = [Counter(row[2] for row in expected[key]) for key in keys]
    assert groups.tally(code, 5).tolist() == [[count[k] for k in range(5)] for count in counts]
    assert all(rows[i][:2] == keys[groups.of_row[i]] for i in range(len(rows)))


@given(ROWS, st.sampled_from([1, 10**6, 2**60]))
def test_pairs_are_counted_however_far_apart_their_codes_are(
    rows: list[tuple[int, int, int, int, bool]], scale: int
) -> None:
    """In a table, sorted, or numbered first: the different codes of each group, of all its rows or of some."""
    one, code = np.array([row[0] for row in rows], np.int64), np.array([scale * row[2] for row in rows], np.int64)
    flag = np.array([row[4] for row in rows], np.bool_)
    groups = group_by(one)
    keys = sorted({row[0] for row in rows})
    counted = [Counter(scale * row[2] for row in rows if row[0] == key) for key in keys]
    marked = [{row[2] for row in rows if row[0] == key and row[4]} for key in keys]
    assert groups.distinct(code).tolist() == [len(counts) for counts in counted]
    assert groups.distinct(code, among=flag).tolist() == [len(codes) for codes in marked]
    codes, often, starts = groups.ranked(code)
    assert starts.tolist() == np.cumsum([0, *map(len, counted)]).tolist()
    wanted = [sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])) for counts in counted]
    assert list(zip(codes.tolist(), often.tolist(), strict=True)) == [pair for group in wanted for pair in group]


BIG = st.integers(0, 2**64 - 1)


@given(st.lists(st.tuples(BIG, BIG, BIG), max_size=30))
def test_pack_keeps_order_and_identity_of_wide_keys(rows: list[tuple[int, int, int]]) -> None:
    """Keys too wide for 64 bits together still sort, and differ, as their tuples do."""
    columns = [np.array([row[k] for row in rows], np.uint64) for k in range(3)]
    packed = pack(*columns).tolist()
    for i, one in enumerate(rows):
        for j, two in enumerate(rows):
            assert (packed[i] < packed[j]) == (one < two)


def test_ragged_values_are_lists_by_group() -> None:
    """Of any groups in any order, an empty one too, and no more than asked for."""
    values, starts = np.array([5, 6, 7, 8, 9]), np.array([0, 2, 2, 5])
    assert ragged(values, starts, np.array([2, 0, 1, 2])) == [[7, 8, 9], [5, 6], [], [7, 8, 9]]
    assert ragged(values, starts, np.array([2, 0, 1]), most=2) == [[7, 8], [5, 6], []]
    assert ragged(values, starts, np.array([], np.int64)) == []
