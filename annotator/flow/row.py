"""A row of the flow table: what is kept of a flow, and the rules by which packets change it.

Rows are neutral: ends are A and B (see :mod:`annotator.flow.key`). Fields of two are indexed by direction: 0 is what A
sent.
"""

from typing import Any, Final

import numpy as np

from annotator.kernel.jit import kernel
from annotator.kernel.load import signed
from annotator.model import NO_TIME, TCP, Signal

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
        ("passed", "i4", 2),  # header row of the payload passed over last, see passed.py
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

NO_ROW: Final = -1
NOT_SPLIT, SPLIT_IDLE, SPLIT_ACTIVE, SPLIT_REOPENED = 0, 1, 2, 3


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
        flow["passed"][side] = NO_ROW
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


COUNTS: Final = ("packets", "bytes", "frame_bytes", "payload_bytes", "fragments")
"""Fields of two that :func:`turn` lays out, in its order, as int64."""
SMALL: Final = ("signal", "tcp_flags", "icmp_code")
"""Those that it lays out as uint16."""
SIGNED: Final = ("first_ns", "last_ns", "first_frame")
"""Fields of one that it lays out as int64."""
UNSIGNED: Final = ("vlan", "tunnel")
"""Those that it lays out as uint64."""


@kernel
def turn(rows: Any, from_b: Any, addresses: Any, counts: Any, small: Any, signed_ones: Any, unsigned: Any) -> None:
    """Lay the fields of `rows` out as columns, each row read once: A's, or what A sent, first; B's where `from_b`.

    `addresses` uint64[2, 2, n] gets the halves, the high one first, of both ends; `counts` int64[5, 2, n] the fields
    COUNTS; `small` uint16[3, 2, n] SMALL; `signed_ones` int64[3, n] SIGNED; `unsigned` uint64[2, n] UNSIGNED.
    """
    for n in range(len(rows)):
        row = rows[n]
        first = 1 if from_b[n] else 0
        for k in range(2):
            d = first ^ k
            counts[0, k, n] = row["packets"][d]
            counts[1, k, n] = row["bytes"][d]
            counts[2, k, n] = row["frame_bytes"][d]
            counts[3, k, n] = row["payload_bytes"][d]
            counts[4, k, n] = row["fragments"][d]
            small[0, k, n] = row["signal"][d]
            small[1, k, n] = row["tcp_flags"][d]
            small[2, k, n] = row["icmp_code"][d]
        addresses[0, first, n] = row["a_hi"]
        addresses[1, first, n] = row["a_lo"]
        addresses[0, 1 - first, n] = row["b_hi"]
        addresses[1, 1 - first, n] = row["b_lo"]
        signed_ones[0, n] = row["first_ns"]
        signed_ones[1, n] = row["last_ns"]
        signed_ones[2, n] = row["first_frame"]
        unsigned[0, n] = row["vlan"]
        unsigned[1, n] = row["tunnel"]
