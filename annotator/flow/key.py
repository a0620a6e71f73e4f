"""The key of a flow: canonical ends A and B, so that both directions meet, and the shard that the key falls to.

A is the end with the lower (address, port), as numbers in network order: the order of the Community ID
specification. One-way ICMP messages keep their sender as A, as that specification has it.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.decode.ethertype import innermost_vlan
from annotator.flow.icmp import ONE_WAY, PEER, PEER6
from annotator.kernel.hash import hash6, random_keys
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed
from annotator.model import ICMP, ICMP6, HeaderFlag

SHARD_BITS: Final = 4
SHARDS: Final = 1 << SHARD_BITS
"""Logical shards: a fixed number, whatever the number of jobs, so that rows never depend on it."""

# the context word: version 4 bits, ports-are-filled 1 bit, (3 spare), protocol 8, VLAN 16, port of A 16, port of B 16
FILLED: Final = 16
PROTO_SHIFT, VLAN_SHIFT, A_PORT_SHIFT, B_PORT_SHIFT = 8, 16, 32, 48

DIRECTION_SHIFT: Final = 32
"""Where in a digest the direction stands: above the hash."""
HASH: Final = np.uint64((1 << DIRECTION_SHIFT) - 1)
EVERY_BIT: Final = np.uint64((1 << 64) - 1)


@kernel
def canonical(row: Any) -> tuple[int, int, int]:
    """Give ``(direction, port of A, port of B)`` of a HEADER row; direction 0 is A to B."""
    sport = signed(row["sport"])
    dport = signed(row["dport"])
    if row["proto"] == ICMP or row["proto"] == ICMP6:
        peer = PEER[sport] if row["proto"] == ICMP else PEER6[sport]
        if row["flags"] & HeaderFlag.PORTS == 0 or peer == ONE_WAY:
            return 0, sport, dport
        dport = peer
    if row["src_hi"] != row["dst_hi"]:
        swap = row["src_hi"] > row["dst_hi"]
    elif row["src_lo"] != row["dst_lo"]:
        swap = row["src_lo"] > row["dst_lo"]
    else:
        swap = sport > dport
    if swap:
        return 1, dport, sport
    return 0, sport, dport


@kernel
def context_word(row: Any, a_port: int, b_port: int, ignore_vlan: bool) -> Any:
    """Pack what is not address into one uint64 of the key."""
    filled = FILLED if row["flags"] & HeaderFlag.PORTS else 0
    vlan = 0 if ignore_vlan else innermost_vlan(signed(row["vlan"]))
    low = signed(row["version"]) | filled | (signed(row["proto"]) << PROTO_SHIFT) | (vlan << VLAN_SHIFT)
    return (
        np.uint64(low) | (np.uint64(a_port) << np.uint64(A_PORT_SHIFT)) | (np.uint64(b_port) << np.uint64(B_PORT_SHIFT))
    )


@kernel
def turned(row: Any, direction: int) -> tuple[Any, Any, Any, Any]:
    """Give the addresses of a HEADER row as (A's high half, A's low, B's high, B's low), without a branch.

    Packets come from either end in no order that a processor could foresee.
    """
    mask = EVERY_BIT * np.uint64(direction)
    high, low = (row["src_hi"] ^ row["dst_hi"]) & mask, (row["src_lo"] ^ row["dst_lo"]) & mask
    return row["src_hi"] ^ high, row["src_lo"] ^ low, row["dst_hi"] ^ high, row["dst_lo"] ^ low


class Sharded(NamedTuple):
    """Header rows by shard, and what of their keys is worked out: what the thread that counts them need not do.

    Shard s has rows ``order[starts[s]:starts[s + 1]]``, in their order; all else stands in the order of `order`.
    """

    order: NDArray[np.int64]
    """(n,), numbers of header rows."""
    digest: NDArray[np.uint64]
    """(n,), the hash of the key in 32 bits, and the direction above them."""
    context: NDArray[np.uint64]
    """(n,), see :func:`context_word`."""
    starts: NDArray[np.int64]
    """(SHARDS + 1,)"""


@kernel
def shard_headers(headers: Any, keys: Any, ignore_vlan: bool, digests: Any, contexts: Any, sharded: Any) -> None:
    """Work out the key of every row, and sort row numbers by shard: fills `sharded`.

    `digests` and `contexts` (uint64[n]) are what it works in.
    """
    starts = sharded.starts
    starts[:] = 0
    for k in range(len(headers)):
        row = headers[k]
        direction, a_port, b_port = canonical(row)
        context = context_word(row, a_port, b_port, ignore_vlan)
        a_hi, a_lo, b_hi, b_lo = turned(row, direction)
        digest = hash6(keys, a_hi, a_lo, b_hi, b_lo, context, row["tunnel"])
        digests[k] = digest | np.uint64(direction) << np.uint64(DIRECTION_SHIFT)
        contexts[k] = context
        starts[signed(digest >> np.uint64(32 - SHARD_BITS)) + 1] += 1
    for shard in range(SHARDS):
        starts[shard + 1] += starts[shard]
    for k in range(len(headers)):
        shard = signed(digests[k] >> np.uint64(32 - SHARD_BITS)) & (SHARDS - 1)
        at = starts[shard]
        sharded.order[at] = k
        sharded.digest[at] = digests[k]
        sharded.context[at] = contexts[k]
        starts[shard] = at + 1
    for shard in range(SHARDS, 0, -1):
        starts[shard] = starts[shard - 1]
    starts[0] = 0


class Sharder:
    """Tells which shards header rows fall to, by keys of its own."""

    def __init__(self, ignore_vlan: bool) -> None:
        """Leave the VLAN out of the key or not."""
        self._keys = random_keys()
        self._ignore_vlan = ignore_vlan
        self._room: NDArray[np.uint64] = np.empty((2, 0), np.uint64)

    def shard(self, headers: NDArray[np.void]) -> Sharded:
        """Sort the HEADER rows by shard."""
        n = len(headers)
        if n > self._room.shape[1]:
            self._room = np.empty((2, n), np.uint64)
        digests, contexts = self._room[:, :n]
        made = Sharded(
            np.empty(n, np.int64), np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(SHARDS + 1, np.int64)
        )
        shard_headers(headers, self._keys, self._ignore_vlan, digests, contexts, made)
        return made
