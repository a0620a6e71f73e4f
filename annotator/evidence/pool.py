"""First messages that span segments or batches: kept in a bounded pool until the rest of them arrives."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.kernel.jit import kernel
from annotator.kernel.load import signed, u8

POOL_BYTES: Final = 4096
"""Kept of a stream; a ClientHello with post-quantum keys takes about 1,900."""
SLOTS: Final = 8192
"""Streams that wait at a time; the one that has waited longest gives way to a new one."""


class Pool(NamedTuple):
    """The pool's arrays."""

    data: NDArray[np.uint8]
    length: NDArray[np.int64]
    owner: NDArray[np.int64]
    """Observation and direction of the stream in each slot, as ``2 * observation + direction``; -1 for none."""
    turn: NDArray[np.int64]
    """The next slot to give: int64[1]."""


def new_pool() -> Pool:
    """Make an empty pool; its memory is touched as it is used."""
    return Pool(
        np.empty(SLOTS * POOL_BYTES, np.uint8),
        np.zeros(SLOTS, np.int64),
        np.full(SLOTS, -1, np.int64),
        np.zeros(1, np.int64),
    )


@kernel
def append_payload(pool: Any, slot: int, owner: int, data: Any, start: int, end: int) -> tuple[int, int]:
    """Put ``data[start:end]`` behind what `slot` holds: (start, end) of all of it in the pool, or (-1, -1) if lost."""
    if pool.owner[slot] != owner:
        return -1, -1
    length = signed(pool.length[slot])
    base = slot * POOL_BYTES
    count = min(end - start, POOL_BYTES - length)
    for k in range(count):
        pool.data[base + length + k] = u8(data, start + k)
    pool.length[slot] = length + count
    return base, base + length + count


@kernel
def store_payload(pool: Any, owner: int, data: Any, start: int, end: int) -> int:
    """Keep ``data[start:end]`` in a slot of its own; returns the slot."""
    slot = signed(pool.turn[0])
    pool.turn[0] = (slot + 1) % len(pool.length)
    pool.owner[slot] = owner
    pool.length[slot] = 0
    append_payload(pool, slot, owner, data, start, end)
    return slot
