"""What the key of a flow's row says of its ends, as columns."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.flow.key import A_PORT_SHIFT, B_PORT_SHIFT, FILLED, PROTO_SHIFT
from annotator.model import ICMP, ICMP6


class Ends(NamedTuple):
    """Columns of shape (n,), one element a flow."""

    version: NDArray[np.uint8]
    """Of IP: 4 or 6."""
    proto: NDArray[np.uint8]
    """IP protocol number."""
    a_port: NDArray[np.int32]
    """ICMP's type where the protocol is ICMP."""
    b_port: NDArray[np.int32]
    has_ports: NDArray[np.bool_]


def read_ends(rows: NDArray[np.void]) -> Ends:
    """Read the keys of `rows` (FLOW), once for all columns."""
    context = rows["context"].copy()
    proto = (context >> np.uint64(PROTO_SHIFT)).astype(np.uint8)
    return Ends(
        (context & np.uint64(15)).astype(np.uint8),
        proto,
        (context >> np.uint64(A_PORT_SHIFT)).astype(np.uint16).astype(np.int32),
        (context >> np.uint64(B_PORT_SHIFT)).astype(np.uint16).astype(np.int32),
        ((context & np.uint64(FILLED)) != 0) & (proto != ICMP) & (proto != ICMP6),
    )
