"""Ties later fragments to their first: only the first has ports (RFC 791 section 3.2, RFC 8200 section 4.5).

This is the sequential stage between decoding and sharding: afterwards each row stands for itself.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.decode import reasons
from annotator.decode.batch import COUNT, FIRST_FRAME
from annotator.kernel.hash import hash6, random_keys
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed
from annotator.model import NO_TIME, HeaderFlag

TIMEOUT_NS: Final = 60_000_000_000
"""RFC 8200 section 4.5: fragments of a packet that do not arrive within 60 seconds are given up."""
SLOTS: Final = 1 << 14
PROBES: Final = 8
"""Places that a datagram may take; when all are taken, the oldest of them gives way."""

FIRST: Final = np.dtype(
    [
        ("src_hi", "u8"),
        ("src_lo", "u8"),
        ("dst_hi", "u8"),
        ("dst_lo", "u8"),
        ("datagram", "u8"),  # version, fragment id
        ("where", "u8"),  # VLAN stack and tunnel
        ("ts_ns", "i8"),
        ("sport", "u2"),
        ("dport", "u2"),
        ("used", "u1"),
        ("proto", "u1"),  # what the datagram carries, behind headers that only the first fragment has
    ],
    align=True,
)
"""A first fragment whose ports are known."""


@kernel
def tie_fragments(
    headers: Any, chosen: Any, keys: Any, table: Any, timeout_ns: int, first_frame: int, counts: Any
) -> None:
    """Give the rows ``headers[chosen]``, fragments in order of arrival, the ports of their datagram's first one.

    A row whose first fragment is not known stays without ports, and is counted.
    """
    mask = len(table) - 1
    for n in range(len(chosen)):
        row = headers[chosen[n]]
        datagram = np.uint64(signed(row["version"]) | (signed(row["fragment_id"]) << 8))
        where = row["vlan"] ^ row["tunnel"]
        time = signed(row["ts_ns"])
        at = signed(hash6(keys, row["src_hi"], row["src_lo"], row["dst_hi"], row["dst_lo"], datagram, where)) & mask
        found = -1
        place = at
        for probe in range(PROBES):
            entry = table[(at + probe) & mask]
            if entry["used"] == 0:
                place = (at + probe) & mask
                break
            if (
                entry["datagram"] == datagram
                and entry["where"] == where
                and entry["src_lo"] == row["src_lo"]
                and entry["dst_lo"] == row["dst_lo"]
                and entry["src_hi"] == row["src_hi"]
                and entry["dst_hi"] == row["dst_hi"]
            ):
                found = place = (at + probe) & mask
                break
            if entry["ts_ns"] < table[place]["ts_ns"]:
                place = (at + probe) & mask
        if row["flags"] & HeaderFlag.FRAGMENT_FIRST:
            if row["flags"] & HeaderFlag.PORTS:
                entry = table[place]
                entry["src_hi"] = row["src_hi"]
                entry["src_lo"] = row["src_lo"]
                entry["dst_hi"] = row["dst_hi"]
                entry["dst_lo"] = row["dst_lo"]
                entry["datagram"] = datagram
                entry["where"] = where
                entry["ts_ns"] = time
                entry["sport"] = row["sport"]
                entry["dport"] = row["dport"]
                entry["used"] = 1
                entry["proto"] = row["proto"]
            continue
        if found >= 0:
            entry = table[found]
            if time == NO_TIME or entry["ts_ns"] == NO_TIME or time - entry["ts_ns"] <= timeout_ns:
                row["proto"] = entry["proto"]
                row["sport"] = entry["sport"]
                row["dport"] = entry["dport"]
                row["flags"] |= HeaderFlag.PORTS
                continue
        if counts[reasons.FRAGMENT_ORPHAN, COUNT] == 0:
            counts[reasons.FRAGMENT_ORPHAN, FIRST_FRAME] = first_frame + signed(row["packet"])
        counts[reasons.FRAGMENT_ORPHAN, COUNT] += 1


class Fragments:
    """Remembers the first fragments of a run; memory is bounded, whatever arrives."""

    def __init__(self) -> None:
        """Start with none."""
        self._table: NDArray[np.void] | None = None
        self._keys = random_keys()

    def tie(self, headers: NDArray[np.void], first_frame: int, counts: NDArray[np.int64]) -> None:
        """Complete the later fragments among `headers` (HEADER) in place; orphans go to `counts` (see Decoder)."""
        kinds = headers["flags"] & (HeaderFlag.FRAGMENT_FIRST | HeaderFlag.FRAGMENT_LATER)
        chosen = np.flatnonzero(kinds)
        if not len(chosen):
            return
        if self._table is None:
            self._table = np.zeros(SLOTS, FIRST)
        tie_fragments(headers, chosen, self._keys, self._table, TIMEOUT_NS, first_frame, counts)
