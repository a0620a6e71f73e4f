"""The flow table: one row a biflow, counted in both directions, split by time and by new connections.

Rows are neutral: ends are A and B (see :mod:`annotator.flow.key`); :mod:`annotator.flow.orient` names initiator and
responder at the end, over the whole table. Fields of two are indexed by direction: 0 is what A sent.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.decode.transport import has_ports
from annotator.flow.key import SHARDS, canonical, context_word, shard_headers
from annotator.kernel.hash import random_keys
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed
from annotator.model import NO_TIME, TCP, HeaderFlag, Signal

FLOW: Final = np.dtype(
    [
        ("a_hi", "u8"),
        ("a_lo", "u8"),
        ("b_hi", "u8"),
        ("b_lo", "u8"),
        ("context", "u8"),  # see key.context_word
        ("tunnel", "u8"),
        ("first_ns", "i8"),
        ("last_ns", "i8"),
        ("packets", "i8", 2),
        ("bytes", "i8", 2),
        ("frame_bytes", "i8", 2),
        ("payload_bytes", "i8", 2),
        ("first_frame", "i8"),
        ("vlan", "u8"),  # stack of the first packet
        ("next_seq", "u4", 2),  # where the stream that is looked at goes on
        ("isn", "u4", 2),  # initial sequence number of the SYN (SCTP: initiate tag) that opened
        ("ack", "u4", 2),  # last acknowledgement number
        ("fragments", "u4", 2),  # later fragments among the packets
        ("tcp_flags", "u2", 2),
        ("signal", "u1", 2),
        ("capture", "i4"),
        ("observation", "i4"),  # of the evidence room, -1 where nothing was looked at
        ("previous", "i4"),  # row of the flow that this one continues, -1 where none
        ("watch", "u1", 2),  # payloads of this direction still to look at
        ("icmp_code", "u1", 2),
        ("first_from", "u1"),  # direction of the first packet
        ("state", "u1"),  # bits below
        ("depth", "u1"),  # of the first packet's header: IP headers before it
        ("split", "u1"),  # why a later packet of the same key went to a new row
    ],
    align=True,
)

OPENED: Final = 1
"""State bit: direction 0 sent a SYN without ACK (direction 1: shifted by one)."""
UNREACHABLE, PROHIBITED = 4, 8
"""State bits: an ICMP error quoted a packet of this flow."""
GROUP: Final = 16
"""State bit: end A is a multicast or broadcast address (end B: shifted by one)."""
ORDERED: Final = 64
"""State bit: next_seq of direction 0 is known (direction 1: shifted by one)."""

# where a payload stands in what is looked at of its direction
IN_MIDDLE, AT_START, NEXT, NOT_NEEDED = 0, 1, 2, 3

SIGHT: Final = np.dtype(
    [("header", "u4"), ("row", "i4"), ("observation", "i4"), ("shard", "u1"), ("direction", "u1"), ("place", "u1")],
    align=True,
)
"""A payload for the evidence room to look at: its HEADER row, its flow, and where it stands in its stream."""
LOOKS: Final = 4
"""Payloads of each direction that are looked at, unless evidence asks for more."""

NO_ROW: Final = -1
MOST_VISITS: Final = 64
"""How often the payloads of one batch are offered once more."""

NOT_SPLIT, SPLIT_IDLE, SPLIT_ACTIVE, SPLIT_REOPENED = 0, 1, 2, 3

FIRST_ROWS: Final = 1024
NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """What splits a flow; 0 is never. Times in ns."""

    idle_tcp_ns: int = 300 * NS
    idle_other_ns: int = 60 * NS
    active_ns: int = 0
    ignore_vlan: bool = False


@kernel
def reopens(flow: Any, row: Any, d: int) -> bool:
    """Say whether an opening packet in direction `d` begins another connection than the one in `flow`.

    The same SYN again is a retransmission; a SYN after its own SYN-ACK, and two SYNs that cross, are reordering and
    a simultaneous open (RFC 9293 section 3.5).
    """
    other = 1 - d
    if flow["state"] & (OPENED << d):
        return signed(flow["isn"][d]) != signed(row["seq"])
    if flow["packets"][d] > 0:
        return True
    if flow["packets"][other] == 0 or flow["signal"][other] & Signal.OPEN:
        return False
    if row["proto"] == TCP:
        return signed(flow["ack"][other]) != (signed(row["seq"]) + 1) & 0xFFFFFFFF
    return signed(flow["signal"][other]) & Signal.ACCEPT == 0


@kernel
def find(slots: Any, rows: Any, digest: Any, row: Any, d: int, context: Any) -> tuple[int, int]:
    """Look the key of `row` up: (slot, index of its current flow), or (free slot, -1)."""
    mask = len(slots) - 1
    at = signed(digest) & mask
    if d == 0:
        a_hi, a_lo, b_hi, b_lo = row["src_hi"], row["src_lo"], row["dst_hi"], row["dst_lo"]
    else:
        a_hi, a_lo, b_hi, b_lo = row["dst_hi"], row["dst_lo"], row["src_hi"], row["src_lo"]
    while True:
        slot = slots[at]
        if slot == 0:
            return at, -1
        if slot >> np.uint64(32) == digest:
            index = signed(slot & np.uint64(0xFFFFFFFF)) - 1
            flow = rows[index]
            if (
                flow["a_lo"] == a_lo
                and flow["b_lo"] == b_lo
                and flow["context"] == context
                and flow["a_hi"] == a_hi
                and flow["b_hi"] == b_hi
                and flow["tunnel"] == row["tunnel"]
            ):
                return at, index
        at = (at + 1) & mask


@kernel
def begin(flow: Any, row: Any, d: int, context: Any, frame: int, capture: int, previous: int, watch: int) -> None:
    """Write a new row for the first packet of a flow, with nothing counted yet."""
    if d == 0:
        flow["a_hi"], flow["a_lo"], flow["b_hi"], flow["b_lo"] = (
            row["src_hi"],
            row["src_lo"],
            row["dst_hi"],
            row["dst_lo"],
        )
    else:
        flow["a_hi"], flow["a_lo"], flow["b_hi"], flow["b_lo"] = (
            row["dst_hi"],
            row["dst_lo"],
            row["src_hi"],
            row["src_lo"],
        )
    flow["context"] = context
    flow["tunnel"] = row["tunnel"]
    flow["first_ns"] = NO_TIME
    flow["last_ns"] = NO_TIME
    for side in range(2):
        flow["packets"][side] = 0
        flow["bytes"][side] = 0
        flow["frame_bytes"][side] = 0
        flow["payload_bytes"][side] = 0
        flow["isn"][side] = 0
        flow["ack"][side] = 0
        flow["fragments"][side] = 0
        flow["tcp_flags"][side] = 0
        flow["signal"][side] = 0
        flow["icmp_code"][side] = 0
        flow["next_seq"][side] = 0
        flow["watch"][side] = watch
    flow["first_frame"] = frame
    flow["vlan"] = row["vlan"]
    flow["capture"] = capture
    flow["previous"] = previous
    flow["observation"] = -1
    flow["first_from"] = d
    flow["depth"] = row["depth"]
    flow["state"] = 0
    flow["split"] = NOT_SPLIT


@kernel
def stream_place(flow: Any, row: Any, d: int) -> int:
    """Say where a TCP payload stands in its direction's stream, and move the place that is expected next.

    A repetition is not needed, unless it begins the stream and brings more of it than was seen so far (some stacks
    send a pure ACK with bytes of padding); what comes after a gap is looked at for itself, and the gap may be filled.
    """
    sequence = signed(row["seq"]) + (1 if signed(row["tcp_flags"]) & 2 else 0)
    following = (sequence + signed(row["payload_bytes"])) & 0xFFFFFFFF
    if not flow["state"] & (ORDERED << d):
        flow["state"] |= ORDERED << d
        flow["next_seq"][d] = following
        return IN_MIDDLE
    ahead = (sequence - signed(flow["next_seq"][d])) & 0xFFFFFFFF
    starts = (sequence - signed(flow["isn"][d])) & 0xFFFFFFFF == 1
    if ahead >= 1 << 31 and not (starts and 0 < (following - signed(flow["next_seq"][d])) & 0xFFFFFFFF < 1 << 31):
        return NOT_NEEDED
    if 0 < ahead < 1 << 31:
        return IN_MIDDLE
    flow["next_seq"][d] = following
    return AT_START if starts else NEXT


@kernel
def update(
    headers: Any,
    order: Any,
    hashes: Any,
    capture: int,
    idle_tcp_ns: int,
    idle_other_ns: int,
    active_ns: int,
    ignore_vlan: bool,
    rows: Any,
    used: int,
    slots: Any,
    watch: int,
    row_of: Any,
    sights: Any,
    seen: int,
) -> tuple[int, int, int]:
    """Count the header rows ``headers[order]`` in the table.

    Of each direction of a flow the first `watch` payloads go to `sights` (SIGHT), behind the `seen` that are there.
    Returns (rows of `order` done, rows of the table used, sights in all).

    It stops early where the table is full: the caller makes room and calls again with the rest.
    """
    for n in range(len(order)):
        if used == len(rows):
            return n, used, seen
        row = headers[order[n]]
        row_of[order[n]] = NO_ROW
        digest = hashes[order[n]]
        d, a_port, b_port = canonical(row)
        context = context_word(row, a_port, b_port, ignore_vlan)
        slot, index = find(slots, rows, digest, row, d, context)
        if row["flags"] & HeaderFlag.QUOTED:
            if index >= 0:
                rows[index]["state"] |= UNREACHABLE if row["signal"] & Signal.UNREACHABLE else PROHIBITED
            continue
        time = signed(row["ts_ns"])
        signal = signed(row["signal"])
        why = NOT_SPLIT
        if index >= 0:
            flow = rows[index]
            if time != NO_TIME and flow["last_ns"] != NO_TIME:
                idle = idle_tcp_ns if row["proto"] == TCP else idle_other_ns
                if idle > 0 and (
                    time - flow["last_ns"] > idle or flow["first_ns"] - time > idle
                ):  # the clock may step back
                    why = SPLIT_IDLE
                elif active_ns > 0 and time - flow["first_ns"] > active_ns:
                    why = SPLIT_ACTIVE
            if signal & Signal.OPEN and why != SPLIT_IDLE and reopens(flow, row, d):
                why = SPLIT_REOPENED
        if index < 0 or why != NOT_SPLIT:
            if index >= 0:
                rows[index]["split"] = why
            begin(rows[used], row, d, context, signed(row["frame"]), capture, index, watch)
            index = used
            used += 1
            slots[slot] = (digest << np.uint64(32)) | np.uint64(index + 1)
        flow = rows[index]
        if row["frame"] < flow["first_frame"] and flow["capture"] == capture:  # a fragment that was held back
            flow["first_frame"] = row["frame"]
            flow["first_from"] = d
        if time != NO_TIME:
            if flow["first_ns"] == NO_TIME or time < flow["first_ns"]:
                flow["first_ns"] = time
            if flow["last_ns"] == NO_TIME or time > flow["last_ns"]:
                flow["last_ns"] = time
        if flow["packets"][d] == 0:
            flow["icmp_code"][d] = row["dport"] & 255
        flow["packets"][d] += 1
        flow["bytes"][d] += signed(row["ip_bytes"])
        flow["frame_bytes"][d] += signed(row["frame_bytes"])
        flow["payload_bytes"][d] += signed(row["payload_bytes"])
        flow["tcp_flags"][d] |= row["tcp_flags"]
        flow["signal"][d] |= row["signal"]
        if row["flags"] & HeaderFlag.FRAGMENT_LATER:
            flow["fragments"][d] += 1
        if row["flags"] & HeaderFlag.GROUP:
            flow["state"] |= GROUP << (1 - d)
        if signal & Signal.OPEN:
            flow["state"] |= OPENED << d
            flow["isn"][d] = row["seq"]
        if row["tcp_flags"] & 16:
            flow["ack"][d] = row["ack"]
        if row["tcp_flags"] & 2:
            flow["isn"][d] = row["seq"]
            flow["next_seq"][d] = (signed(row["seq"]) + 1) & 0xFFFFFFFF
            flow["state"] |= ORDERED << d
        if (
            row["payload_caplen"] > 0
            and not row["flags"] & HeaderFlag.FRAGMENT_LATER
            and has_ports(signed(row["proto"]))
        ):
            if flow["watch"][d] > 0:
                seen = offer(flow, row, d, order[n], index, sights, seen)
            else:
                row_of[order[n]] = index
    return len(order), used, seen


@kernel
def offer(flow: Any, row: Any, d: int, header: int, index: int, sights: Any, seen: int) -> int:
    """Put a payload behind the `seen` ones of `sights`, unless it repeats what was; returns how many are there."""
    place = stream_place(flow, row, d) if row["proto"] == TCP else AT_START
    if place == NOT_NEEDED:
        return seen
    flow["watch"][d] -= 1
    sight = sights[seen]
    sight["header"] = header
    sight["row"] = index
    sight["observation"] = flow["observation"]
    sight["direction"] = d
    sight["place"] = place
    return seen + 1


@kernel
def revisit(headers: Any, order: Any, row_of: Any, rows: Any, sights: Any, seen: int) -> int:
    """Offer payloads that :func:`update` passed over, of directions that are watched again by now; as there."""
    for n in range(len(order)):
        header = order[n]
        index = signed(row_of[header])
        if index != NO_ROW:
            d, _, _ = canonical(headers[header])
            if rows[index]["watch"][d] > 0:
                row_of[header] = NO_ROW
                seen = offer(rows[index], headers[header], d, header, index, sights, seen)
    return seen


@kernel
def rehash(old: Any, new: Any) -> None:
    """Move the slots of a table to a larger one; the hash stands in the slot's upper half."""
    mask = len(new) - 1
    for slot in old:
        if slot != 0:
            at = signed(slot >> np.uint64(32)) & mask
            while new[at] != 0:
                at = (at + 1) & mask
            new[at] = slot


class Shard:
    """The flows of one shard of the hash: rows, and the slots that find them."""

    def __init__(self) -> None:
        """Start empty."""
        self.rows: NDArray[np.void] = np.empty(FIRST_ROWS, FLOW)
        self.used = 0
        self.slots: NDArray[np.uint64] = np.zeros(4 * FIRST_ROWS, np.uint64)

    def grow(self) -> None:
        """Double the room; the slots stay at least twice as many as the rows."""
        rows = np.empty(2 * len(self.rows), FLOW)
        rows[: self.used] = self.rows[: self.used]
        self.rows = rows
        if len(self.slots) < 2 * len(rows):
            slots = np.zeros(2 * len(self.slots), np.uint64)
            rehash(self.slots, slots)
            self.slots = slots


class FlowTable:
    """Aggregates header rows into flows, shard by shard."""

    def __init__(self, settings: FlowSettings) -> None:
        """Start empty; `settings` hold for the table's life."""
        self.settings = settings
        self.shards = [Shard() for _ in range(SHARDS)]
        self._keys = random_keys()
        self._hashes: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._order: NDArray[np.int64] = np.empty(0, np.int64)
        self._starts: NDArray[np.int64] = np.zeros(SHARDS + 1, np.int64)
        self._visits = 0
        self._row_of: NDArray[np.int32] = np.empty(0, np.int32)
        self._sights: NDArray[np.void] = np.empty(0, SIGHT)

    def add(self, headers: NDArray[np.void], capture: int) -> NDArray[np.void]:
        """Count HEADER rows of a capture (by index); gives the payloads to look at (SIGHT), until the next call."""
        if len(self._hashes) < len(headers):
            self._hashes = np.empty(len(headers), np.uint64)
            self._order = np.empty(len(headers), np.int64)
            self._row_of = np.empty(len(headers), np.int32)
            self._sights = np.empty(len(headers), SIGHT)
        self._visits = 0
        settings = self.settings
        shard_headers(headers, self._keys, settings.ignore_vlan, self._hashes, self._order, self._starts)
        starts = self._starts.tolist()
        seen = 0
        for number, shard in enumerate(self.shards):
            start, end = starts[number], starts[number + 1]
            before = seen
            while start < end:
                done, shard.used, seen = update(
                    headers,
                    self._order[start:end],
                    self._hashes,
                    capture,
                    settings.idle_tcp_ns,
                    settings.idle_other_ns,
                    settings.active_ns,
                    settings.ignore_vlan,
                    shard.rows,
                    shard.used,
                    shard.slots,
                    LOOKS,
                    self._row_of,
                    self._sights,
                    seen,
                )
                start += done
                if start < end:
                    shard.grow()
            self._sights["shard"][before:seen] = number
        return self._sights[:seen]

    def more(self, headers: NDArray[np.void]) -> NDArray[np.void]:
        """Give the payloads of the last `headers` added that are wanted by now, and were not when they were counted."""
        self._visits += 1
        if self._visits > MOST_VISITS:
            return self._sights[:0]
        starts = self._starts.tolist()
        seen = 0
        for number, shard in enumerate(self.shards):
            order = self._order[starts[number] : starts[number + 1]]
            before = seen
            seen = revisit(headers, order, self._row_of, shard.rows, self._sights, seen)
            self._sights["shard"][before:seen] = number
        return self._sights[:seen]

    def rows(self) -> NDArray[np.void]:
        """Give all flows as one array (FLOW) in order of capture and first frame; the table is done with then.

        ``previous`` refers to rows of the array.
        """
        parts = []
        base = 0
        for shard in self.shards:
            part = shard.rows[: shard.used]
            part["previous"][part["previous"] >= 0] += base
            base += shard.used
            parts.append(part)
        rows = np.concatenate(parts)
        self.shards = []
        order = np.lexsort((rows["depth"], rows["first_frame"], rows["capture"]))
        place = np.empty(len(rows), np.int32)
        place[order] = np.arange(len(rows), dtype=np.int32)
        rows = rows[order]
        linked = rows["previous"] >= 0
        rows["previous"][linked] = place[rows["previous"][linked]]
        return rows
