"""The rung `fan_in` of the direction ladder: which endpoints do many peers begin to talk to?"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.flow.key import A_PORT_SHIFT, B_PORT_SHIFT
from annotator.kernel.hash import hash6, random_keys
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed
from annotator.model import FAN_IN_PEERS

ENDPOINT: Final = np.dtype(
    [
        ("digest", "u8"),  # 0 is free
        ("flows", "u4"),
        ("begun_by_peer", "u4"),
        ("ports", "u2", FAN_IN_PEERS - 1),  # of peers, the first distinct ones
        ("distinct", "u1"),  # of peers' ports, up to FAN_IN_PEERS
    ],
    align=True,
)
"""An endpoint (address, transport, port, VLAN, tunnel) that is asked about."""


@kernel
def endpoint_hash(row: Any, side: int, keys: Any) -> Any:
    """Hash an end of a FLOW row to 32 bits, in a uint64; `side` 0 is A."""
    shared = row["context"] & np.uint64(0xFFFFFFFF)
    zero = np.uint64(0)
    if side == 0:
        high, low = row["a_hi"], row["a_lo"]
        port = (row["context"] >> np.uint64(A_PORT_SHIFT)) & np.uint64(0xFFFF)
    else:
        high, low = row["b_hi"], row["b_lo"]
        port = (row["context"] >> np.uint64(B_PORT_SHIFT)) & np.uint64(0xFFFF)
    return hash6(keys, high, low, port, shared, row["tunnel"], zero)


@kernel
def endpoint_digest(row: Any, side: int, upper: Any, more_keys: Any) -> Any:
    """Make 64 bits, never 0, of the hash `upper` of an end, and of one by other keys."""
    return (upper << np.uint64(32)) | endpoint_hash(row, side, more_keys) | np.uint64(1)


@kernel
def place_of(table: Any, digest: Any) -> int:
    """Give the place of an endpoint in `table`, or the free one where it belongs."""
    mask = len(table) - 1
    at = signed(digest >> np.uint64(20)) & mask
    while table[at]["digest"] != 0 and table[at]["digest"] != digest:
        at = (at + 1) & mask
    return at


@kernel
def enter_asked(rows: Any, asked: Any, keys: Any, more_keys: Any, table: Any, marks: Any) -> None:
    """Put both ends of the `asked` rows (by number) into `table` (ENDPOINT, zeros; at most half of it gets used).

    The first hash of each sets a bit of `marks` (uint8, zeros, a power of two): most ends that nobody asked about are
    known by that their bit is not set.
    """
    mask = len(marks) - 1
    for n in range(len(asked)):
        for side in range(2):
            row = rows[asked[n]]
            upper = endpoint_hash(row, side, keys)
            marks[signed(upper >> np.uint64(3)) & mask] |= 1 << (signed(upper) & 7)
            digest = endpoint_digest(row, side, upper, more_keys)
            table[place_of(table, digest)]["digest"] = digest


@kernel
def count_peers(rows: Any, relevant: Any, keys: Any, more_keys: Any, table: Any, marks: Any) -> None:
    """Count flows and peers of the endpoints in `table`, over the `relevant` rows (bool)."""
    mask = len(marks) - 1
    for n in range(len(rows)):
        if not relevant[n]:
            continue
        row = rows[n]
        for side in range(2):
            upper = endpoint_hash(row, side, keys)
            if not signed(marks[signed(upper >> np.uint64(3)) & mask]) >> (signed(upper) & 7) & 1:
                continue
            endpoint = table[place_of(table, endpoint_digest(row, side, upper, more_keys))]
            if endpoint["digest"] == 0:
                continue
            endpoint["flows"] += 1
            if signed(row["first_from"]) != side:
                endpoint["begun_by_peer"] += 1
            distinct = signed(endpoint["distinct"])
            if distinct < FAN_IN_PEERS:
                shift = B_PORT_SHIFT if side == 0 else A_PORT_SHIFT
                port = signed((row["context"] >> np.uint64(shift)) & np.uint64(0xFFFF))
                known = False
                for k in range(distinct):
                    known = known or endpoint["ports"][k] == port
                if not known:
                    if distinct < FAN_IN_PEERS - 1:
                        endpoint["ports"][distinct] = port
                    endpoint["distinct"] = distinct + 1


@kernel
def judge_ends(rows: Any, asked: Any, keys: Any, more_keys: Any, table: Any, verdict: Any) -> None:
    """Say which ends of the `asked` rows serve: into `verdict`, bool[2, n]."""
    for n in range(len(asked)):
        for side in range(2):
            row = rows[asked[n]]
            digest = endpoint_digest(row, side, endpoint_hash(row, side, keys), more_keys)
            endpoint = table[place_of(table, digest)]
            verdict[side, asked[n]] = endpoint["distinct"] == FAN_IN_PEERS and 2 * signed(
                endpoint["begun_by_peer"]
            ) > signed(endpoint["flows"])


def fan_in(rows: NDArray[np.void], has_ports: NDArray[np.bool_], asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which ends of the `asked` flows look like a server's: bool[2, n] (A, B), from all flows that have ports.

    An end does where its endpoint has :data:`FAN_IN_PEERS` peers on distinct ports, and most of its flows were
    begun by the peer.
    """
    verdict = np.zeros((2, len(rows)), np.bool_)
    chosen = np.flatnonzero(asked)
    if not len(chosen):
        return verdict
    keys, more_keys = random_keys(), random_keys()
    table = np.zeros(1 << (4 * len(chosen) - 1).bit_length(), ENDPOINT)
    marks = np.zeros(len(table), np.uint8)
    enter_asked(rows, chosen, keys, more_keys, table, marks)
    count_peers(rows, has_ports, keys, more_keys, table, marks)
    judge_ends(rows, chosen, keys, more_keys, table, verdict)
    return verdict
