"""Ties later fragments to their first: only the first has ports (RFC 791 section 3.2, RFC 8200 section 4.5).

This is the sequential stage between decoding and sharding: afterwards each row stands for itself. Fragments may come
in any order: a later one that comes before its first is held back, in a bounded store, until that one is seen or
given up.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.decode import reasons
from annotator.decode.batch import note
from annotator.kernel.hash import hash6, random_keys
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed
from annotator.model import HEADER, NO_TIME, HeaderFlag

TIMEOUT_NS: Final = 60_000_000_000
"""RFC 8200 section 4.5: fragments of a packet that do not arrive within 60 seconds are given up."""
SLOTS: Final = 1 << 14
"""Datagrams that are remembered."""
PROBES: Final = 8
"""Places that a datagram may take; when all are taken, the oldest of them gives way."""
HELD: Final = 1 << 15
"""Fragments that are held back at a time."""
RANGES: Final = 8
"""Ranges of a datagram that are compared for overlaps."""

NONE: Final = -1

DATAGRAM: Final = np.dtype(
    [
        ("src_hi", "u8"),
        ("src_lo", "u8"),
        ("dst_hi", "u8"),
        ("dst_lo", "u8"),
        ("key", "u8"),  # version, fragment id
        ("where", "u8"),  # VLAN stack and tunnel
        ("ts_ns", "i8"),  # of its first arrival
        ("range_start", "u4", RANGES),
        ("range_end", "u4", RANGES),
        ("held", "i4"),  # the fragment held back last, NONE for none
        ("sport", "u2"),
        ("dport", "u2"),
        ("ranges", "u1"),
        ("used", "u1"),
        ("known", "u1"),  # whether the first fragment was seen
        ("ports", "u1"),  # and had ports
        ("proto", "u1"),  # what the datagram carries, behind headers that only the first fragment has
    ],
    align=True,
)
"""A datagram in fragments."""


class Store(NamedTuple):
    """The stage's memory."""

    datagrams: NDArray[np.void]
    held: NDArray[np.void]
    """HEADER rows held back."""
    following: NDArray[np.int64]
    """For each row held back the next one of its datagram; for a free place the next free one; NONE at the end."""
    free: NDArray[np.int64]
    """The first free place: int64[1]."""


def new_store() -> Store:
    """Make an empty store."""
    following = np.arange(1, HELD + 1)
    following[-1] = NONE
    return Store(np.zeros(SLOTS, DATAGRAM), np.empty(HELD, HEADER), following, np.zeros(1, np.int64))


@kernel
def release(store: Any, datagram: Any, out: Any, made: int, counts: Any) -> int:
    """Write the fragments that `datagram` holds back to `out`, with its ports if it has them; returns rows in `out`."""
    place = signed(datagram["held"])
    while place != NONE:
        out[made] = store.held[place]
        row = out[made]
        if datagram["known"]:
            row["proto"] = datagram["proto"]
            if datagram["ports"]:
                row["sport"] = datagram["sport"]
                row["dport"] = datagram["dport"]
                row["flags"] |= HeaderFlag.PORTS
        else:
            note(counts, reasons.FRAGMENT_ORPHAN, signed(row["frame"]))
        made += 1
        following = store.following[place]
        store.following[place] = store.free[0]
        store.free[0] = place
        place = following
    datagram["held"] = NONE
    return made


@kernel
def overlaps(datagram: Any, start: int, end: int) -> bool:
    """Say whether a range of octets overlaps one that was seen of the datagram, and is not the same; remember it."""
    found = False
    for k in range(signed(datagram["ranges"])):
        known_start, known_end = signed(datagram["range_start"][k]), signed(datagram["range_end"][k])
        if start == known_start and end == known_end:
            return False
        if start < known_end and known_start < end:
            found = True
    if datagram["ranges"] < RANGES:
        datagram["range_start"][datagram["ranges"]] = start
        datagram["range_end"][datagram["ranges"]] = end
        datagram["ranges"] += 1
    return found


@kernel
def tie_fragments(
    headers: Any, chosen: Any, keys: Any, store: Any, timeout_ns: int, out: Any, behind: Any, counts: Any
) -> int:
    """Give the rows ``headers[chosen]``, fragments in order of arrival, the ports of their datagram's first one.

    A later fragment whose first was not seen yet is held back: its row is marked with version 0, to be left out.
    What is let go of goes to `out`, and to `behind` (int64) the number of the row that it comes behind; returns how
    many rows that is.
    """
    made = 0
    mask = len(store.datagrams) - 1
    for n in range(len(chosen)):
        row = headers[chosen[n]]
        key = np.uint64(signed(row["version"]) | (signed(row["fragment_id"]) << 8))
        where = row["vlan"] ^ row["tunnel"]
        time = signed(row["ts_ns"])
        at = signed(hash6(keys, row["src_hi"], row["src_lo"], row["dst_hi"], row["dst_lo"], key, where)) & mask
        found = False
        place = at
        for probe in range(PROBES):
            datagram = store.datagrams[(at + probe) & mask]
            if datagram["used"] == 0:
                place = (at + probe) & mask
                break
            if (
                datagram["key"] == key
                and datagram["where"] == where
                and datagram["src_lo"] == row["src_lo"]
                and datagram["dst_lo"] == row["dst_lo"]
                and datagram["src_hi"] == row["src_hi"]
                and datagram["dst_hi"] == row["dst_hi"]
            ):
                place = (at + probe) & mask
                old = time != NO_TIME and datagram["ts_ns"] != NO_TIME and time - datagram["ts_ns"] > timeout_ns
                found = not old
                break
            if datagram["ts_ns"] < store.datagrams[place]["ts_ns"]:
                place = (at + probe) & mask
        datagram = store.datagrams[place]
        before = made
        if not found:
            if datagram["used"]:
                made = release(store, datagram, out, made, counts)
                behind[before:made] = chosen[n]
            datagram["src_hi"] = row["src_hi"]
            datagram["src_lo"] = row["src_lo"]
            datagram["dst_hi"] = row["dst_hi"]
            datagram["dst_lo"] = row["dst_lo"]
            datagram["key"] = key
            datagram["where"] = where
            datagram["ts_ns"] = time
            datagram["held"] = NONE
            datagram["ranges"] = 0
            datagram["used"] = 1
            datagram["known"] = 0
        start = signed(row["fragment_offset"])
        if row["flags"] & HeaderFlag.FRAGMENT_FIRST and datagram["known"]:  # the identification is used again
            datagram["ranges"] = 0
        if overlaps(datagram, start, start + signed(row["fragment_bytes"])):
            note(counts, reasons.FRAGMENT_OVERLAP, signed(row["frame"]))
        if row["flags"] & HeaderFlag.FRAGMENT_FIRST:
            datagram["known"] = 1
            datagram["ports"] = 1 if row["flags"] & HeaderFlag.PORTS else 0
            datagram["sport"] = row["sport"]
            datagram["dport"] = row["dport"]
            datagram["proto"] = row["proto"]
            made = release(store, datagram, out, made, counts)
            behind[before:made] = chosen[n]
            continue
        if datagram["known"]:
            row["proto"] = datagram["proto"]
            if datagram["ports"]:
                row["sport"] = datagram["sport"]
                row["dport"] = datagram["dport"]
                row["flags"] |= HeaderFlag.PORTS
            continue
        free = store.free[0]
        if free == NONE:  # the store is full: this one goes on without ports
            note(counts, reasons.FRAGMENT_ORPHAN, signed(row["frame"]))
            continue
        store.free[0] = store.following[free]
        store.held[free] = row
        store.following[free] = signed(datagram["held"])
        datagram["held"] = free
        row["version"] = 0
    return made


@kernel
def release_all(store: Any, out: Any, counts: Any) -> int:
    """Write every fragment that is held back to `out`; returns how many."""
    made = 0
    for k in range(len(store.datagrams)):
        if store.datagrams[k]["used"]:
            made = release(store, store.datagrams[k], out, made, counts)
    return made


@kernel
def weave(headers: Any, freed: Any, behind: Any, tied: Any) -> None:
    """Write the rows that are not held back to `tied`, and each that was set `freed` behind the row that did it.

    A fragment that came long after that one would seem to lie on the far side of a pause. `behind` is ascending.
    """
    made = taken = 0
    for n in range(len(headers)):
        if headers[n]["version"] != 0:
            tied[made] = headers[n]
            made += 1
        while taken < len(freed) and behind[taken] == n:
            tied[made] = freed[taken]
            made += 1
            taken += 1


class Fragments:
    """Remembers the datagrams of a run that came in fragments; memory is bounded, whatever arrives."""

    def __init__(self) -> None:
        """Start with none."""
        self._store: Store | None = None
        self._keys = random_keys()

    def tie(self, headers: NDArray[np.void], chosen: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.void]:
        """Complete the later fragments among `headers` (HEADER); gives the rows to go on with.

        `chosen` are the numbers of the rows that are fragments. What comes back are `headers`, less those held back,
        and behind the fragment that sets them free those that were held back until then. Orphans and overlaps are added
        to `counts` (see Decoder).
        """
        if not len(chosen):
            return headers
        if self._store is None:
            self._store = new_store()
        out, behind = np.empty(HELD + len(chosen), HEADER), np.empty(HELD + len(chosen), np.int64)
        made = tie_fragments(headers, chosen, self._keys, self._store, TIMEOUT_NS, out, behind, counts)
        held = np.count_nonzero(headers["version"][chosen] == 0)
        if not made and not held:
            return headers
        freed = out[:made]
        order = np.lexsort((freed["depth"], freed["frame"], behind[:made]))
        tied = np.empty(len(headers) - held + made, HEADER)
        weave(headers, freed[order], behind[:made][order], tied)
        return tied

    def give_up(self, counts: NDArray[np.int64]) -> NDArray[np.void]:
        """Let go of all that is held back, at the end of a capture: HEADER rows without ports, counted as orphans."""
        if self._store is None:
            return np.empty(0, HEADER)
        out = np.empty(HELD, HEADER)
        rows = out[: release_all(self._store, out, counts)]
        return rows[_in_order(rows)]


def _in_order(rows: NDArray[np.void]) -> NDArray[np.intp]:
    """Give rows' numbers in order of their packets: where they waited depends on the keys of a hash."""
    return np.lexsort((rows["depth"], rows["frame"]))
