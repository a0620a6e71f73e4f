"""Initiator and responder, by a ladder, over the whole table.

The rung that decided is a column (``direction_basis``). Swapped ends name the wrong port, so a rung that is not sure
does not speak, and no end is ever swapped silently.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.flow.ends import Ends
from annotator.flow.fan_in import fan_in
from annotator.flow.row import SPLIT_ACTIVE, SPLIT_IDLE
from annotator.model import EPHEMERAL_START, DirectionBasis, Signal

WELL_KNOWN_END: Final = 1024

UNDECIDED: Final = -1


def orient(
    rows: NDArray[np.void], ends: Ends, assigned: Mapping[int, NDArray[np.bool_]], client: NDArray[np.int8]
) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Decide who opened each flow of `rows` (FLOW), whose keys say `ends`.

    `assigned` gives, by IP protocol number, bool[65536]: is the port assigned. `client` says which end the payload
    shows to speak as client: int8[n], 0 is A, 1 is B, -1 unknown. Returns (bool[n]: B is the initiator;
    uint8[n]: :class:`DirectionBasis`).
    """
    n = len(rows)
    first_from = rows["first_from"].astype(np.int8)
    initiator = np.full(n, UNDECIDED, np.int8)
    basis = np.full(n, DirectionBasis.FIRST_PACKET, np.uint8)

    def decide(rung: DirectionBasis, by_a: NDArray[np.bool_], by_b: NDArray[np.bool_]) -> None:
        decides = (initiator == UNDECIDED) & (by_a != by_b)
        np.copyto(initiator, by_b.view(np.int8), where=decides)
        np.copyto(basis, np.uint8(rung), where=decides)

    # 1) handshake: who sent the opening, or was sent the acceptance; crossed openings go by the first of them
    signal = np.ascontiguousarray(rows["signal"].T)
    opened = (signal & Signal.OPEN) != 0
    accepted = (signal & Signal.ACCEPT) != 0
    crossed = opened[0] & opened[1]
    decide(
        DirectionBasis.HANDSHAKE,
        np.where(crossed, first_from == 0, opened[0] | (accepted[1] & ~opened[1])),
        np.where(crossed, first_from == 1, opened[1] | (accepted[0] & ~opened[0])),
    )
    # 2) message: who speaks as client; ICMP's requests are known from the header
    request = (signal & Signal.REQUEST) != 0
    decide(DirectionBasis.MESSAGE, request[0] | (client == 0), request[1] | (client == 1))
    # 3) fan_in: the end that three or more peers began to talk to
    serves = fan_in(rows, ends.has_ports, (initiator == UNDECIDED) & ends.has_ports)
    decide(DirectionBasis.FAN_IN, serves[1], serves[0])
    # 4) registry: exactly one end is assigned, and in a range where that means something
    serves = np.zeros((2, n), np.bool_)
    left = np.flatnonzero((initiator == UNDECIDED) & ends.has_ports)
    for number, table in assigned.items():
        of_it = left[ends.proto[left] == number]
        a_port, b_port = ends.a_port[of_it], ends.b_port[of_it]
        known_a, known_b = table[a_port], table[b_port]
        serves[0, of_it] = known_a & ~known_b & _may_serve(a_port, b_port)
        serves[1, of_it] = known_b & ~known_a & _may_serve(b_port, a_port)
    decide(DirectionBasis.REGISTRY, serves[1], serves[0])
    # 5) first_packet
    undecided = initiator == UNDECIDED
    initiator[undecided] = first_from[undecided]
    _inherit(rows, initiator, basis)
    return initiator == 1, basis


def _may_serve(port: NDArray[np.int32], peer: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Say where that a port is assigned means something: it is well known, or the peer's is an ephemeral one."""
    result: NDArray[np.bool_] = (port < WELL_KNOWN_END) | ((port < EPHEMERAL_START) & (peer >= EPHEMERAL_START))
    return result


def _inherit(rows: NDArray[np.void], initiator: NDArray[np.int8], basis: NDArray[np.uint8]) -> None:
    """Let a flow that continues another after a timeout keep its orientation, unless its own packets show another.

    Rows stand in order of their first frames, so a predecessor is final before its successor is looked at; a chain
    is as long as the flow has pauses.
    """
    previous = rows["previous"]
    continued = previous >= 0
    continued[continued] = np.isin(rows["split"][previous[continued]], (SPLIT_IDLE, SPLIT_ACTIVE))
    continued &= basis > DirectionBasis.MESSAGE
    for k in np.flatnonzero(continued).tolist():
        initiator[k] = initiator[previous[k]]
        basis[k] = basis[previous[k]]
