"""Links that carry IP in formats of their own, rarely seen in captures: 802.15.4, AX.25, ATSC 3.0.

Sources: IEEE 802.15.4 section 7.2 (MAC frames), RFC 4944 section 5.1 and RFC 6282 (6LoWPAN's dispatch), AX.25 2.2
section 3, ATSC A/330 section 5.1 (ALP packets), tcpdump.org/linktypes.html.
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.decode.wifi import Strip
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, le16, u8

WPAN_DATA: Final = 1
WPAN_SECURITY, WPAN_INTRA_PAN = 0x0008, 0x0040
LOWPAN_IPV6: Final = 0x41
"""Dispatch byte before an IPv6 header as it is."""
AX25_UI, AX25_IP, AX25_ARP = 0x03, 0xCC, 0xCD


@kernel
def wpan_frame(data: Any, i: int, end: int) -> Strip:
    """Step over an 802.15.4 MAC header to 6LoWPAN's dispatch: IPv6 as it is, or with compressed headers (a stop)."""
    if end - i < 3:
        return 0, i, end, reasons.LINK_TRUNCATED
    control = le16(data, i)
    if control & 7 != WPAN_DATA:
        return 0, i, end, reasons.LINK_CONTROL
    if control & WPAN_SECURITY:
        return 0, i, end, reasons.LINK_PROTECTED
    to, source = (control >> 10) & 3, (control >> 14) & 3  # 0 none, 2 two bytes, 3 eight
    if to == 1 or source == 1:
        return 0, i, end, reasons.LINK_CONTROL
    at = i + 3
    if to:
        at += 4 if to == 2 else 10  # with the PAN's id
    if source:
        at += (0 if control & WPAN_INTRA_PAN and to else 2) + (2 if source == 2 else 8)
    if end - at < 1:
        return 0, i, end, reasons.LINK_TRUNCATED
    dispatch = u8(data, at)
    if dispatch == LOWPAN_IPV6:
        return 0x86DD, at + 1, end, reasons.NONE
    if dispatch & 0xE0 == 0x60 or dispatch == 0x42 or dispatch & 0xD8 == 0xC0:  # IPHC, HC1, fragments
        return 0, i, end, reasons.COMPRESSED
    return 0, i, end, reasons.LINK_NOT_IP


@kernel
def wpan_tap_frame(data: Any, i: int, end: int) -> Strip:
    """Step over the header of LINKTYPE_IEEE802_15_4_TAP, which says its own length, and 802.15.4."""
    if end - i < 4:
        return 0, i, end, reasons.LINK_TRUNCATED
    length = le16(data, i + 2)
    if length < 4 or length > end - i:
        return 0, i, end, reasons.LINK_TRUNCATED
    return wpan_frame(data, i + length, end)


@kernel
def ax25_frame(data: Any, i: int, end: int) -> Strip:
    """Step over AX.25: addresses of seven bytes, the last with its lowest bit set; control; protocol."""
    at = i
    for _ in range(10):  # two, and up to eight repeaters
        if end - at < 7:
            return 0, i, end, reasons.LINK_TRUNCATED
        at += 7
        if u8(data, at - 1) & 1:
            break
    if end - at < 2:
        return 0, i, end, reasons.LINK_TRUNCATED
    if u8(data, at) & 0xEF != AX25_UI and u8(data, at) & 1:  # neither an unnumbered nor a numbered information frame
        return 0, i, end, reasons.LINK_CONTROL
    protocol = u8(data, at + 1)
    if protocol == AX25_IP:
        return 0x0800, at + 2, end, reasons.NONE
    return 0, i, end, reasons.ARP if protocol == AX25_ARP else reasons.LINK_CONTROL


@kernel
def kiss_frame(data: Any, i: int, end: int) -> Strip:
    """Step over KISS's byte of port and command; command 0 is data."""
    if end - i < 1:
        return 0, i, end, reasons.LINK_TRUNCATED
    if u8(data, i) & 15:
        return 0, i, end, reasons.LINK_CONTROL
    return ax25_frame(data, i + 1, end)


@kernel
def alp_frame(data: Any, i: int, end: int) -> Strip:
    """Step over an ATSC 3.0 link-layer packet: type 0 is IPv4, in one packet or one that says more of its length."""
    if end - i < 2:
        return 0, i, end, reasons.LINK_TRUNCATED
    word = be16(data, i)
    if word >> 13:  # compressed IP is type 2; signalling, extensions, MPEG-2
        return 0, i, end, reasons.COMPRESSED if word >> 13 == 2 else reasons.LINK_CONTROL
    if word & 0x1000:  # segmented, or several in one
        return 0, i, end, reasons.ENCAPSULATION
    at = i + 2
    if word & 0x0800:  # an additional header, with what it announces
        if end - at < 3:
            return 0, i, end, reasons.LINK_TRUNCATED
        more = u8(data, at)
        at += 1
        if more & 2:  # a sub-stream's id
            at += 1
        if more & 1:  # an extension: type, length less one
            if end - at < 2:
                return 0, i, end, reasons.LINK_TRUNCATED
            at += 3 + u8(data, at + 1)
    return 0x0800, at, end, reasons.NONE
