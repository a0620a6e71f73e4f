"""What the key of a flow's row says of its ends, as columns."""

import numpy as np
from numpy.typing import NDArray

from annotator.flow.key import A_PORT_SHIFT, B_PORT_SHIFT, FILLED, PROTO_SHIFT
from annotator.model import ICMP, ICMP6


def ports(rows: NDArray[np.void]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the port fields of A and B, int64[n] each (ICMP types where the protocol is ICMP)."""
    context = rows["context"]
    a = (context >> np.uint64(A_PORT_SHIFT)) & np.uint64(0xFFFF)
    b = (context >> np.uint64(B_PORT_SHIFT)) & np.uint64(0xFFFF)
    return a.astype(np.int64), b.astype(np.int64)


def protocols(rows: NDArray[np.void]) -> NDArray[np.uint8]:
    """Give the IP protocol numbers, uint8[n]."""
    return ((rows["context"] >> np.uint64(PROTO_SHIFT)) & np.uint64(0xFF)).astype(np.uint8)


def with_ports(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Say which flows have ports, bool[n]."""
    proto = protocols(rows)
    filled: NDArray[np.bool_] = ((rows["context"] & np.uint64(FILLED)) != 0) & (proto != ICMP) & (proto != ICMP6)
    return filled
