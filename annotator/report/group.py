"""Group rows by integer keys, and count, sum and span within the groups: NumPy only, no row is visited twice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from annotator.distinct import distinct, stable_sort, starts_of
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
            values, numbered = distinct(packed)
            packed, limit = numbered.astype(np.uint64), max(len(values), 1)
        if limit * width >= 1 << 64:
            values, key = distinct(key)  # noqa: PLW2901 (the same key, numbered densely)
            width = max(len(values), 1)
        packed *= np.uint64(width)
        packed += key.astype(np.uint64)
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
        return np.add.reduceat(values[self.order], self.starts, dtype=np.int64)

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
        group, code, count = self._pairs(codes)
        order = np.lexsort((code, -count, group))
        starts = np.zeros(len(self) + 1, np.int64)
        np.cumsum(np.bincount(group, minlength=len(self)), out=starts[1:])
        return code[order], count[order], starts

    def best(self, scores: NDArray[np.integer]) -> Integers:
        """Give the row with the highest score of each group, the first of equals, (g,)."""
        order = np.lexsort((-scores, self.of_row))
        return order[self.starts].astype(np.int64)

    def distinct(self, codes: NDArray[np.integer], among: NDArray[np.bool_] | None = None) -> Integers:
        """Count the different codes of each group, (g,); of the rows where `among`, (n,), says so."""
        group, _, _ = self._pairs(codes, among)
        return np.bincount(group, minlength=len(self)).astype(np.int64)

    def _pairs(
        self, codes: NDArray[np.integer], among: NDArray[np.bool_] | None = None
    ) -> tuple[Integers, Integers, Integers]:
        """Give each different (group, code) once, in this order, and how often it occurs: three arrays, (p,)."""
        of_row = self.of_row if among is None else self.of_row[among]
        codes = codes if among is None else codes[among]
        width = int(codes.max(initial=0)) + 1
        if width * len(self) <= len(codes):  # few: counted off in a table
            counts = np.bincount(of_row * width + codes, minlength=len(self) * width)
            pairs = np.flatnonzero(counts)
            return *np.divmod(pairs, width), counts[pairs]
        values = None
        if width * len(self) >= 1 << 63:
            values, codes = distinct(codes)
            width = len(values)
        packed = of_row * width + codes
        packed.sort()
        places = np.flatnonzero(starts_of(packed))
        group, code = np.divmod(packed[places], width)
        return group, code if values is None else values[code].astype(np.int64), np.diff(places, append=len(packed))


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


def group_by(*keys: NDArray[np.integer]) -> Groups:
    """Group n rows by one or more non-negative integer keys, each of shape (n,)."""
    order, ordered = stable_sort(pack(*keys))
    fresh = starts_of(ordered)
    of_row = np.empty(len(ordered), np.int64)
    of_row[order] = np.cumsum(fresh) - 1
    return Groups(order, np.flatnonzero(fresh), of_row)
