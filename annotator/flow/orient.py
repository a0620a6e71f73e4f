"""Initiator and responder, by a ladder, over the whole table.

The rung that decided is a column (``direction_basis``). Swapped ends name the wrong port, so a rung that is not sure
does not speak, and no end is ever swapped silently.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.flow.key import A_PORT_SHIFT, B_PORT_SHIFT, FILLED, PROTO_SHIFT
from annotator.flow.row import SPLIT_ACTIVE, SPLIT_IDLE
from annotator.kernel.hash import hash6, random_keys
from annotator.kernel.jit import kernel
from annotator.model import ICMP, ICMP6, DirectionBasis, Signal

FAN_IN_PEERS: Final = 3
"""Peers on distinct ports that make an endpoint a likely responder."""
WELL_KNOWN_END: Final = 1024
EPHEMERAL_START: Final = 32768
"""Linux's default ip_local_port_range starts here, below IANA's dynamic range."""

UNDECIDED: Final = -1


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


@kernel
def endpoint_hashes(rows: Any, keys: Any, more_keys: Any, out: Any) -> None:
    """Hash the endpoints (address, transport, port, VLAN, tunnel) of each row to 64 bits: out is uint64[2, n]."""
    for k in range(len(rows)):
        row = rows[k]
        shared = row["context"] & np.uint64(0xFFFFFFFF)
        zero = np.uint64(0)
        port = (row["context"] >> np.uint64(A_PORT_SHIFT)) & np.uint64(0xFFFF)
        high = hash6(keys, row["a_hi"], row["a_lo"], port, shared, row["tunnel"], zero)
        low = hash6(more_keys, row["a_hi"], row["a_lo"], port, shared, row["tunnel"], zero)
        out[0, k] = (high << np.uint64(32)) | low
        port = (row["context"] >> np.uint64(B_PORT_SHIFT)) & np.uint64(0xFFFF)
        high = hash6(keys, row["b_hi"], row["b_lo"], port, shared, row["tunnel"], zero)
        low = hash6(more_keys, row["b_hi"], row["b_lo"], port, shared, row["tunnel"], zero)
        out[1, k] = (high << np.uint64(32)) | low


def fan_in(rows: NDArray[np.void], asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which ends of the `asked` flows look like a server's: bool[2, n] (A, B), from all flows that have ports.

    An end does where its endpoint has :data:`FAN_IN_PEERS` peers on distinct ports, and most of its flows were
    begun by the peer.
    """
    verdict = np.zeros((2, len(rows)), np.bool_)
    relevant = np.flatnonzero(with_ports(rows))
    if not asked.any() or not len(relevant):
        return verdict
    chosen = rows[relevant]
    hashes = np.empty((2, len(chosen)), np.uint64)
    endpoint_hashes(chosen, random_keys(), random_keys(), hashes)
    wanted = np.unique(hashes[:, asked[relevant]])
    a_port, b_port = ports(chosen)
    first_from_b = chosen["first_from"] == 1
    # one record for each (flow, end) whose endpoint is asked about: endpoint number, peer's port, did the peer begin
    numbers, peer_ports, begun = [], [], []
    for side, peer_port, peer_began in ((0, b_port, first_from_b), (1, a_port, ~first_from_b)):
        place = np.searchsorted(wanted, hashes[side])
        place[place == len(wanted)] = 0
        hit = wanted[place] == hashes[side]
        numbers.append(place[hit])
        peer_ports.append(peer_port[hit])
        begun.append(peer_began[hit])
    number = np.concatenate(numbers)
    peers = np.unique(number * 65536 + np.concatenate(peer_ports)) // 65536
    distinct = np.bincount(peers, minlength=len(wanted))
    flows = np.bincount(number, minlength=len(wanted))
    begun_by_peer = np.bincount(number, weights=np.concatenate(begun), minlength=len(wanted))
    serves = (distinct >= FAN_IN_PEERS) & (begun_by_peer * 2 > flows)
    for side in range(2):
        place = np.searchsorted(wanted, hashes[side])
        place[place == len(wanted)] = 0
        verdict[side, relevant] = serves[place] & (wanted[place] == hashes[side])
    return verdict


def orient(
    rows: NDArray[np.void], assigned: Mapping[int, NDArray[np.bool_]], client: NDArray[np.int8]
) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Decide who opened each flow of `rows` (FLOW).

    `assigned` gives, by IP protocol number, bool[65536]: is the port assigned. `client` says which end the payload
    shows to speak as client: int8[n], 0 is A, 1 is B, -1 unknown. Returns (bool[n]: B is the initiator;
    uint8[n]: :class:`DirectionBasis`).
    """
    n = len(rows)
    first_from = rows["first_from"].astype(np.int8)
    initiator = np.full(n, UNDECIDED, np.int8)
    basis = np.full(n, DirectionBasis.FIRST_PACKET, np.uint8)

    def decide(rung: DirectionBasis, by_a: NDArray[np.bool_], by_b: NDArray[np.bool_]) -> None:
        open_still = initiator == UNDECIDED
        for side, chosen in ((0, by_a & ~by_b), (1, by_b & ~by_a)):
            initiator[open_still & chosen] = side
            basis[open_still & chosen] = rung

    # 1) handshake: who sent the opening, or was sent the acceptance; crossed openings go by the first of them
    signal = rows["signal"]
    opened = (signal & Signal.OPEN) != 0
    accepted = (signal & Signal.ACCEPT) != 0
    crossed = opened[:, 0] & opened[:, 1]
    decide(
        DirectionBasis.HANDSHAKE,
        np.where(crossed, first_from == 0, opened[:, 0] | (accepted[:, 1] & ~opened[:, 1])),
        np.where(crossed, first_from == 1, opened[:, 1] | (accepted[:, 0] & ~opened[:, 0])),
    )
    # 2) message: who speaks as client; ICMP's requests are known from the header
    request = (signal & Signal.REQUEST) != 0
    decide(DirectionBasis.MESSAGE, request[:, 0] | (client == 0), request[:, 1] | (client == 1))
    # 3) fan_in: the end that three or more peers began to talk to
    serves = fan_in(rows, (initiator == UNDECIDED) & with_ports(rows))
    decide(DirectionBasis.FAN_IN, serves[1], serves[0])
    # 4) registry: exactly one end is assigned, and in a range where that means something
    has_ports = with_ports(rows)
    a_port, b_port = ports(rows)
    proto = protocols(rows)
    known_a, known_b = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    for number, table in assigned.items():
        of_it = has_ports & (proto == number)
        known_a[of_it] = table[a_port[of_it]]
        known_b[of_it] = table[b_port[of_it]]

    def serving(port: NDArray[np.int64], peer: NDArray[np.int64]) -> NDArray[np.bool_]:
        result: NDArray[np.bool_] = (port < WELL_KNOWN_END) | ((port < EPHEMERAL_START) & (peer >= EPHEMERAL_START))
        return result

    decide(
        DirectionBasis.REGISTRY,
        known_b & ~known_a & serving(b_port, a_port),
        known_a & ~known_b & serving(a_port, b_port),
    )
    # 5) first_packet
    undecided = initiator == UNDECIDED
    initiator[undecided] = first_from[undecided]
    _inherit(rows, initiator, basis)
    return initiator == 1, basis


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
