"""Group rows by integer keys, and count, sum and span within the groups: NumPy only, no row is visited twice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.model import NO_TIME

Integers = NDArray[np.int64]


def pack(*keys: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Join non-negative integer keys of shape (n,) into one uint64 key that sorts as the tuple of them does.

    Keys whose ranges together do not fit 64 bits are numbered densely first, which keeps their order.
    """
    packed = keys[0].astype(np.uint64)
    limit = int(packed.max(initial=0)) + 1
    for key in keys[1:]:
        width = int(key.max(initial=0)) + 1
        if limit * width >= 1 << 64:
            values, numbered = np.unique(packed, return_inverse=True)
            packed, limit = numbered.astype(np.uint64), max(len(values), 1)
        if limit * width >= 1 << 64:
            values, key = np.unique(key, return_inverse=True)  # noqa: PLW2901 (the same key, numbered densely)
            width = max(len(values), 1)
        packed = packed * np.uint64(width) + key.astype(np.uint64)
        limit *= width
    return packed


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows 0..n-1 in g groups; groups are in the order of their keys, rows of a group in row order."""

    order: Integers
    """(n,) rows, group after group."""
    starts: Integers
    """(g,) where each group starts in `order`."""
    of_row: Integers
    """(n,) the group of each row."""

    def __len__(self) -> int:
        return len(self.starts)

    def first(self) -> Integers:
        """Give the first row of each group, (g,)."""
        return self.order[self.starts]

    def size(self) -> Integers:
        """Count the rows of each group, (g,)."""
        return np.diff(self.starts, append=len(self.order))

    def sum(self, values: NDArray[np.integer] | NDArray[np.bool_]) -> Integers:
        """Sum (n,) values by group, (g,)."""
        if not len(self):
            return np.empty(0, np.int64)
        return np.add.reduceat(values[self.order].astype(np.int64), self.starts)

    def earliest(self, ns: Integers) -> Integers:
        """Give the least time of each group, NO_TIME where no row of it has one, (g,)."""
        if not len(self):
            return np.empty(0, np.int64)
        top = np.iinfo(np.int64).max
        low = np.minimum.reduceat(np.where(ns == NO_TIME, top, ns)[self.order], self.starts)
        return np.where(low == top, NO_TIME, low)

    def latest(self, ns: Integers) -> Integers:
        """Give the greatest time of each group, (g,); NO_TIME is the least number there is."""
        if not len(self):
            return np.empty(0, np.int64)
        return np.maximum.reduceat(ns[self.order], self.starts)

    def tally(self, codes: NDArray[np.integer], kinds: int) -> Integers:
        """Count the rows of each group by code (0 ≤ code < `kinds`), (g, kinds)."""
        cells = self.of_row * kinds + codes
        return np.bincount(cells, minlength=len(self) * kinds).reshape(len(self), kinds).astype(np.int64)

    def ranked(self, codes: NDArray[np.integer]) -> tuple[Integers, Integers, Integers]:
        """Give the different codes of each group, the most frequent first (the least of equals first).

        Returns:
            The codes of all groups, group after group; how often each occurs in its group; where each group starts,
            (g + 1,).
        """
        pairs = group_by(self.of_row, codes)
        rows = pairs.first()
        group, code, count = self.of_row[rows], codes[rows], pairs.size()
        order = np.lexsort((code, -count, group))
        starts = np.searchsorted(group[order], np.arange(len(self) + 1))
        return code[order].astype(np.int64), count[order], starts.astype(np.int64)

    def best(self, scores: NDArray[np.integer]) -> Integers:
        """Give the row with the highest score of each group, the first of equals, (g,)."""
        order = np.lexsort((-scores, self.of_row))
        return order[self.starts].astype(np.int64)

    def distinct(self, codes: NDArray[np.integer]) -> Integers:
        """Count the different codes of each group, (g,)."""
        pairs = group_by(self.of_row, codes)
        return np.bincount(self.of_row[pairs.first()], minlength=len(self)).astype(np.int64)


def ragged(values: NDArray[np.integer], starts: Integers, groups: Integers, most: int | None = None) -> list[list[int]]:
    """Give the values of some groups, a list each, `most` at the most; they stand group after group from `starts` on.

    Args:
        values: the values of all groups.
        starts: (g + 1,) where each group's values start.
        groups: (k,) which groups.
        most: how many of each.
    """
    begin, size = starts[groups], starts[groups + 1] - starts[groups]
    if most is not None:
        size = np.minimum(size, most)
    ends = np.cumsum(size)
    flat = values[np.repeat(begin - (ends - size), size) + np.arange(size.sum())].tolist()
    return [flat[end - length : end] for end, length in zip(ends.tolist(), size.tolist(), strict=True)]


def stable_sort(keys: NDArray[np.uint64]) -> tuple[Integers, NDArray[np.uint64]]:
    """Sort keys, (n,): the order, equals in the order in which they stand, and the sorted keys.

    Where there is room for it the place is put behind the key: sorting numbers takes a third of sorting places.
    """
    n = len(keys)
    if int(keys.max(initial=0)) >= (1 << 64) // max(n, 1) - 1:
        order = np.argsort(keys, kind="stable")
        return order.astype(np.int64, copy=False), keys[order]
    joined = keys * np.uint64(n) + np.arange(n, dtype=np.uint64)
    joined.sort()
    ordered, order = np.divmod(joined, np.uint64(max(n, 1)))
    return order.astype(np.int64), ordered


def group_by(*keys: NDArray[np.integer]) -> Groups:
    """Group n rows by one or more non-negative integer keys, each of shape (n,)."""
    packed = pack(*keys)
    order, ordered = stable_sort(packed)
    fresh = np.ones(len(ordered), np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    of_row = np.empty(len(ordered), np.int64)
    of_row[order] = np.cumsum(fresh) - 1
    return Groups(order.astype(np.int64, copy=False), np.flatnonzero(fresh).astype(np.int64, copy=False), of_row)
