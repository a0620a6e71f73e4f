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
def shard_headers(headers: Any, keys: Any, ignore_vlan: bool, hashes: Any, order: Any, starts: Any) -> None:
    """Hash every row, and sort row numbers by shard, keeping their order within each.

    Fills `hashes` (uint64[n], 32 bits used), `order` (int64[n]) and `starts` (int64[SHARDS + 1]): shard s has rows
    ``order[starts[s]:starts[s + 1]]``.
    """
    starts[:] = 0
    for k in range(len(headers)):
        row = headers[k]
        direction, a_port, b_port = canonical(row)
        context = context_word(row, a_port, b_port, ignore_vlan)
        if direction == 0:
            digest = hash6(keys, row["src_hi"], row["src_lo"], row["dst_hi"], row["dst_lo"], context, row["tunnel"])
        else:
            digest = hash6(keys, row["dst_hi"], row["dst_lo"], row["src_hi"], row["src_lo"], context, row["tunnel"])
        hashes[k] = digest
        starts[signed(digest >> np.uint64(32 - SHARD_BITS)) + 1] += 1
    for shard in range(SHARDS):
        starts[shard + 1] += starts[shard]
    for k in range(len(headers)):
        shard = signed(hashes[k] >> np.uint64(32 - SHARD_BITS))
        order[starts[shard]] = k
        starts[shard] += 1
    for shard in range(SHARDS, 0, -1):
        starts[shard] = starts[shard - 1]
    starts[0] = 0


class Sharded(NamedTuple):
    """Header rows by shard: see :func:`shard_headers`."""

    hashes: NDArray[np.uint64]
    order: NDArray[np.int64]
    starts: NDArray[np.int64]


class Sharder:
    """Tells which shards header rows fall to, by keys of its own."""

    def __init__(self, ignore_vlan: bool) -> None:
        """Leave the VLAN out of the key or not."""
        self._keys = random_keys()
        self._ignore_vlan = ignore_vlan

    def shard(self, headers: NDArray[np.void]) -> Sharded:
        """Sort the HEADER rows by shard."""
        n = len(headers)
        made = Sharded(np.empty(n, np.uint64), np.empty(n, np.int64), np.empty(SHARDS + 1, np.int64))
        shard_headers(headers, self._keys, self._ignore_vlan, *made)
        return made
