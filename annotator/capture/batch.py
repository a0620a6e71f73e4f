"""The columns that the index kernels fill, and the batch made of them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.model import PacketBatch

CAPACITY: Final = 1 << 18
"""Packets in a batch at the most: all of a window (:data:`annotator.capture.window.SIZE`) where they were cut short.
Looking at payloads has its price by batch."""

# what an index kernel stopped for
NEED_MORE: Final = 0
"""The bytes in memory end inside a record."""
FULL: Final = 1
"""The columns are full."""
CONTROL: Final = 2
"""A block that Python parses stands at the position given."""
BAD_LENGTH: Final = 3
"""A record claims a length that no record has."""
SKIP: Final = 4
"""A block to skip reaches past the bytes in memory."""


class Columns:
    """Index columns for up to :data:`CAPACITY` packets, used again for every batch."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        """Make room for `capacity` packets."""
        self.offset: NDArray[np.int64] = np.empty(capacity, np.int64)
        self.ts_ns: NDArray[np.int64] = np.empty(capacity, np.int64)
        self.caplen: NDArray[np.uint32] = np.empty(capacity, np.uint32)
        self.origlen: NDArray[np.uint32] = np.empty(capacity, np.uint32)
        self.link_type: NDArray[np.uint16] = np.empty(capacity, np.uint16)

    def batch(self, data: NDArray[np.uint8], count: int, capture: int, first_frame: int) -> PacketBatch:
        """View the first `count` packets as a batch; no byte is copied."""
        return PacketBatch(
            data,
            self.offset[:count],
            self.ts_ns[:count],
            self.caplen[:count],
            self.origlen[:count],
            self.link_type[:count],
            capture,
            first_frame,
        )
