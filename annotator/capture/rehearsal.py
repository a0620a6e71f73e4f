"""A capture of two made-up packets: taking it down the data path gets everything ready before real packets come.

Kernels are compiled, or loaded, when they are first called. For a file that is time like any other; packets of a
live capture would meanwhile be lost.
"""

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np

from annotator.capture.reader import Reader
from annotator.model import PacketBatch

ETHERNET: Final = bytes(12) + b"\x08\x00"
ADDRESSES: Final = bytes((192, 0, 2, 1, 192, 0, 2, 2))  # RFC 5737: in documents only
UDP_HEADER: Final = struct.pack("!HHHH", 49152, 9, 24, 0)
MORE_FRAGMENTS: Final = 0x2000  # RFC 791 section 3.1


def _fragment(offset: int, payload: bytes) -> bytes:
    """Make a frame with a fragment of one UDP datagram: they are what most kernels have something to do for."""
    place = offset // 8 | (0 if offset else MORE_FRAGMENTS)
    return ETHERNET + struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, place, 64, 17, 0) + ADDRESSES + payload


FRAMES: Final = (_fragment(0, UDP_HEADER + bytes(8)), _fragment(16, bytes(8)))


class Rehearsal(Reader):
    """Gives both packets, then ends."""

    format = "rehearsal"

    def __init__(self) -> None:
        """Need nothing."""
        super().__init__("rehearsal", 0)

    def batches(self) -> Iterator[PacketBatch]:
        """Yield one batch."""
        lengths = np.array([len(frame) for frame in FRAMES], np.uint32)
        self.frames = len(FRAMES)
        yield PacketBatch(
            data=np.frombuffer(b"".join(FRAMES), np.uint8).copy(),
            offset=np.cumsum(lengths, dtype=np.int64) - lengths,
            ts_ns=np.zeros(len(FRAMES), np.int64),
            caplen=lengths,
            origlen=lengths,
            link_type=np.ones(len(FRAMES), np.uint16),
            capture=self.capture,
            first_frame=1,
        )
