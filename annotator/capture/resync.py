"""Find the next plausible record behind a damaged one, in time linear to what is looked through.

A place counts where several records in a row make sense: lengths within bounds, times near the last good one, one
record beginning where the one before it ends. A few records make up the chain, so each byte is looked at a few times
at the most.
"""

from typing import Any, Final

from annotator.capture.layout import NEAR_S
from annotator.capture.record import record_header
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, le16, le32, view

CHAIN: Final = 3
"""Records in a row that have to make sense; fewer at the very end of a file."""
LONGEST: Final = 262_144
"""Bytes of a record that is believed while searching: any packet of a link type that carries IP."""
LONGEST_WIRE: Final = 1 << 20
SHB, IDB, PB, SPB, ISB, EPB = 0x0A0D0D0A, 1, 2, 3, 5, 6
BYTE_ORDER, SWAPPED_ORDER = 0x1A2B3C4D, 0x4D3C2B1A
ANY_TIME: Final = -1

FOUND, AT_END, MORE = 0, 1, 2
"""A chain begins at the position; there is none up to the end; what is in memory ends inside a possible chain."""


@kernel
def pcap_chain(
    records: Any, i: int, end: int, at_end: bool, big: bool, units: int, header: int, swapped: int, near: int
) -> int:
    """Look at the records from `i` on: FOUND, MORE, or AT_END for "no chain here".

    `units` is how many units of the times' fraction make a second, `near` the seconds of the last good record or
    ANY_TIME.
    """
    for n in range(CHAIN):
        if end - i < header:
            if not at_end:
                return MORE
            return FOUND if n > 0 and (i == end or n > 1) else AT_END
        seconds, fraction, stored, wire = record_header(records, i, big, swapped)
        if near != ANY_TIME and abs(seconds - near) > NEAR_S:
            return AT_END
        if fraction >= units or stored == 0 or stored > LONGEST or wire < stored or wire > LONGEST_WIRE:
            return AT_END
        near = seconds
        i += header + stored
    return FOUND


@kernel
def find_pcap(
    data: Any,
    start: int,
    end: int,
    at_end: bool,
    big: bool,
    units: int,
    header: int,
    swapped: int,
    near: int,
) -> tuple[int, int]:
    """Search ``data[start:end]`` for a chain of pcap records (see :func:`pcap_chain`): (position, what was found)."""
    records = view(data)
    for i in range(start, end):
        found = pcap_chain(records, i, end, at_end, big, units, header, swapped, near)
        if found != AT_END:
            return i, found
    return end, AT_END if at_end else MORE


@kernel
def pcapng_chain(blocks: Any, i: int, end: int, at_end: bool, big: bool, described: int) -> int:
    """Look at the blocks from `i` on: FOUND, MORE, or AT_END for "no chain here".

    A block's length stands at both of its ends, so two blocks in a row do. The first is one that can be told by its
    content; `described` is the number of interfaces that packets may belong to.
    """
    for n in range(CHAIN - 1):
        if end - i < 12:
            if not at_end:
                return MORE
            return FOUND if n > 0 and i == end else AT_END
        kind = be32(blocks, i) if big else le32(blocks, i)
        if kind == SHB:
            magic = be32(blocks, i + 8)
            if magic != BYTE_ORDER and magic != SWAPPED_ORDER:
                return AT_END
            big = magic == BYTE_ORDER
        elif n == 0 and kind != EPB and kind != PB and kind != SPB and kind != IDB:
            return AT_END
        length = be32(blocks, i + 4) if big else le32(blocks, i + 4)
        if length < 12 or length > LONGEST_WIRE or length & 3:
            return AT_END
        if (kind == EPB or kind == PB) and n == 0:
            if length < 32:
                return AT_END
            if end - i < 32:
                return AT_END if at_end else MORE
            if kind == EPB:
                interface = be32(blocks, i + 8) if big else le32(blocks, i + 8)
            else:
                interface = be16(blocks, i + 8) if big else le16(blocks, i + 8)
            stored = be32(blocks, i + 20) if big else le32(blocks, i + 20)
            if interface >= described or stored > length - 32:
                return AT_END
        if end - i < length:
            if not at_end:
                return MORE
            return FOUND if n > 0 else AT_END
        trailer = be32(blocks, i + length - 4) if big else le32(blocks, i + length - 4)
        if trailer != length:
            return AT_END
        i += length
    return FOUND


@kernel
def find_pcapng(data: Any, start: int, end: int, at_end: bool, big: bool, described: int) -> tuple[int, int]:
    """Search ``data[start:end]`` for a chain of blocks (see :func:`pcapng_chain`): (position, what was found)."""
    blocks = view(data)
    for i in range(start, end):
        found = pcapng_chain(blocks, i, end, at_end, big, described)
        if found != AT_END:
            return i, found
    return end, AT_END if at_end else MORE
