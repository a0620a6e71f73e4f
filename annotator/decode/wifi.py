"""IEEE 802.11 frames and the headers that captures put before them: radiotap, Prism, AVS, PPI."""

from typing import Any, Final

from annotator.decode import reasons
from annotator.decode.llc import llc_ethertype
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, le16, le32, u8

DATA: Final = 2
PROTECTED, RETRY_ORDER, TO_DS, FROM_DS = 0x4000, 0x8000, 0x0100, 0x0200
RADIOTAP_TSFT, RADIOTAP_FLAGS, RADIOTAP_EXTENDED = 1, 2, 0x80000000
FLAG_FCS, FLAG_PADDED, FLAG_BAD_FCS = 0x10, 0x20, 0x40
AMSDU: Final = 0x80
MSDU_HEADER: Final = 14
"""Of an MSDU in an aggregate: two addresses and a length (802.11-2020 section 9.3.2.2)."""
BEHIND_SHIFT: Final = 16
"""Bits beside an EtherType, from this one on: how many bytes before the end of an aggregate its next MSDU begins."""

Strip = tuple[int, int, int, int]
"""``(EtherType, position of its payload, end of the frame, reason to stop)``

Where the frame is an aggregate and another MSDU follows, the EtherType has the bits of :data:`BEHIND_SHIFT` beside it,
and the end is that of the aggregate.
"""


@kernel
def msdu_frame(data: Any, i: int, end: int) -> Strip:
    """Read the MSDU at `i` of an aggregate that goes up to `end`."""
    if end - i < MSDU_HEADER:
        return 0, i, end, reasons.LINK_TRUNCATED
    length = be16(data, i + 12)
    start = i + MSDU_HEADER
    ethertype, position = llc_ethertype(data, start, min(end, start + length))
    stop = reasons.NONE
    if ethertype < 0x600:
        ethertype, position, stop = 0, start, reasons.LLC
    following = i + ((MSDU_HEADER + length + 3) & ~3)  # each but the last is filled to a multiple of four
    if end - following > MSDU_HEADER:
        return ethertype | (end - following) << BEHIND_SHIFT, position, end, stop
    return ethertype, position, min(end, start + length), stop


@kernel
def wifi_frame(data: Any, i: int, end: int, padded: bool, swapped: bool) -> Strip:
    """Step over an 802.11 MAC header and its LLC.

    `padded` aligns the payload to 4 bytes (radiotap's data pad); `swapped` reads frame and sequence control in network
    order, as some access points tunnel them.
    """
    if end - i < 10:
        return 0, i, end, reasons.LINK_TRUNCATED
    control = be16(data, i) if swapped else le16(data, i)
    if control & 3:
        return 0, i, end, reasons.LINK_CONTROL
    if (control >> 2) & 3 != DATA:
        return 0, i, end, reasons.LINK_CONTROL
    subtype = (control >> 4) & 15
    if subtype & 4:  # null data: no body
        return 0, i, end, reasons.LINK_CONTROL
    if end - i < 24:
        return 0, i, end, reasons.LINK_TRUNCATED
    if control & PROTECTED:
        return 0, i, end, reasons.WIFI_PROTECTED
    if (be16(data, i + 22) if swapped else le16(data, i + 22)) & 15:
        return 0, i, end, reasons.WIFI_FRAGMENT
    header = 24
    if control & TO_DS and control & FROM_DS:
        header = 30
    aggregate = False
    if subtype & 8:
        if end - i < header + 2:
            return 0, i, end, reasons.LINK_TRUNCATED
        aggregate = u8(data, i + header) & AMSDU != 0
        header += 2
        if control & RETRY_ORDER:
            header += 4  # HT control
    if padded:
        header = (header + 3) & ~3
    i += header
    if aggregate:
        return msdu_frame(data, i, end)
    ethertype, position = llc_ethertype(data, i, end)
    if ethertype < 0x600:
        return 0, i, end, reasons.LLC
    return ethertype, position, end, reasons.NONE


@kernel
def radiotap_frame(data: Any, i: int, end: int) -> Strip:
    """Step over a radiotap header (radiotap.org) and the 802.11 frame behind it."""
    if end - i < 8:
        return 0, i, end, reasons.LINK_TRUNCATED
    length = le16(data, i + 2)
    present = le32(data, i + 4)
    if length < 8 or length > end - i:
        return 0, i, end, reasons.LINK_TRUNCATED
    field = i + 8
    more = present
    while more & RADIOTAP_EXTENDED and field + 4 <= i + length:
        more = le32(data, field)
        field += 4
    flags = 0
    if present & RADIOTAP_FLAGS:
        if present & RADIOTAP_TSFT:
            field = i + ((field - i + 7) & ~7) + 8
        if field < i + length:
            flags = u8(data, field)
    if flags & FLAG_BAD_FCS:
        return 0, i, end, reasons.BAD_FCS
    if flags & FLAG_FCS:
        end = max(end - 4, i + length)
    return wifi_frame(data, i + length, end, flags & FLAG_PADDED != 0, False)


@kernel
def prism_frame(data: Any, i: int, end: int) -> Strip:
    """Step over a Prism header, or the AVS header that may stand in its place."""
    if end - i < 8:
        return 0, i, end, reasons.LINK_TRUNCATED
    if be32(data, i) & 0xFFFFF000 == 0x80211000:
        return avs_frame(data, i, end)
    length = le32(data, i + 4)
    if length > 4096:
        length = be32(data, i + 4)
    if length < 24 or length > end - i:
        return 0, i, end, reasons.LINK_TRUNCATED
    return wifi_frame(data, i + length, end, False, False)


@kernel
def avs_frame(data: Any, i: int, end: int) -> Strip:
    """Step over an AVS header."""
    if end - i < 8:
        return 0, i, end, reasons.LINK_TRUNCATED
    length = be32(data, i + 4)
    if length < 8 or length > end - i:
        return 0, i, end, reasons.LINK_TRUNCATED
    return wifi_frame(data, i + length, end, False, False)
