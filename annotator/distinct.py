"""The different ones among many numbers, and which of them each is; sorting places with their numbers, not by them.

NumPy's ``unique`` sorts places by what stands there, which takes several times as long, and imports masked arrays.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SPAN: Final = 1 << 22
"""Numbers that lie so close to each other are counted off in a table, unless there are much fewer of them."""
ROOMY: Final = 64
"""How many times as large as the numbers are many that table may be."""


def stable_sort(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Sort keys, (n,): the order, equals in the order in which they stand, and the sorted keys.

    Where there is room for it the place is put behind the key: sorting numbers takes a third of sorting places.
    """
    bits = len(keys).bit_length()
    if int(keys.max(initial=0)) >= 1 << (64 - bits):
        order = np.argsort(keys, kind="stable")
        return order.astype(np.int64, copy=False), keys[order]
    joined = keys << np.uint64(bits)
    joined |= np.arange(len(keys), dtype=np.uint64)
    joined.sort()
    order = (joined & np.uint64((1 << bits) - 1)).view(np.int64)
    joined >>= np.uint64(bits)
    return order, joined


def starts_of(ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Say of each of some sorted numbers, (n,), whether it differs from the one before it; the first does."""
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return fresh


def distinct(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Give the different ones of some integers, (n,), in ascending order, and the place of each row's among them."""
    if not len(values):
        return values.copy(), np.empty(0, np.int64)
    least = int(values.min())
    span = int(values.max()) - least + 1
    base = np.uint64(least % (1 << 64))
    keys = values.astype(np.uint64) - base  # whatever the type: unsigned numbers wrap
    if span <= min(SPAN, ROOMY * len(values)):
        offsets = keys.view(np.int64)
        occurs = np.zeros(span, np.bool_)
        occurs[offsets] = True
        found = np.flatnonzero(occurs)
        number = np.empty(span, np.int64)
        number[found] = np.arange(len(found))
        return (found.astype(np.uint64) + base).astype(values.dtype), number[offsets]
    order, ordered = stable_sort(keys)
    fresh = starts_of(ordered)
    of_row = np.empty(len(values), np.int64)
    of_row[order] = np.cumsum(fresh) - 1
    return values[order[fresh]], of_row
