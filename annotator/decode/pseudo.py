"""Link types that are a header of the capturing system's own: firewall logs, taps, switch tags, capture cards.

Sources: tcpdump.org/linktypes.html and the documents that it names; for Juniper, the published layout of its
pseudo-header; for ERF, the Endace Extensible Record Format.
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.decode.wan import link_word, ppp_or_hdlc_frame
from annotator.decode.wifi import Strip
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, le16, le32, u8

AF_INET: Final = 2
AF_INET6: Final = (10, 24, 26, 28, 30)
"""Linux; NetBSD and OpenBSD; Solaris; FreeBSD; macOS."""
NFULA_PAYLOAD: Final = 9
PKTAP_BYTES: Final = 108
JUNIPER_MAGIC: Final = 0x4D4743
JUNIPER_NO_L2, JUNIPER_EXTENSION = 0x02, 0x80


@kernel
def family_frame(family: int, i: int, end: int) -> Strip:
    """Turn an address family into an EtherType."""
    if family == AF_INET:
        return 0x0800, i, end, reasons.NONE
    if family in AF_INET6:
        return 0x86DD, i, end, reasons.NONE
    return 0, i, end, reasons.LINK_CONTROL


@kernel
def nflog_frame(data: Any, i: int, end: int) -> Strip:
    """Find the payload attribute of a Linux netfilter log message."""
    if end - i < 4:
        return 0, i, end, reasons.LINK_TRUNCATED
    family = u8(data, i)
    at = i + 4
    while end - at >= 4:
        length, kind = le16(data, at), le16(data, at + 2) & 0x7FFF
        if length > 0xFF and be16(data, at) < length:  # a big-endian host's
            length, kind = be16(data, at), be16(data, at + 2) & 0x7FFF
        if length < 4:
            break
        if kind == NFULA_PAYLOAD:
            return family_frame(family, at + 4, min(end, at + length))
        at += (length + 3) & ~3
    return 0, i, end, reasons.LINK_TRUNCATED


@kernel
def pflog_frame(data: Any, i: int, end: int) -> Strip:
    """Step over OpenBSD's pf log header, whose first byte is its length."""
    if end - i < 4:
        return 0, i, end, reasons.LINK_TRUNCATED
    header = (u8(data, i) + 3) & ~3
    if header < 4 or header > end - i:
        return 0, i, end, reasons.LINK_TRUNCATED
    return family_frame(u8(data, i + 1), i + header, end)


@kernel
def enc_frame(data: Any, i: int, end: int) -> Strip:
    """Step over OpenBSD's encapsulation header: family, SPI, flags; what follows is in the clear."""
    if end - i < 12:
        return 0, i, end, reasons.LINK_TRUNCATED
    return family_frame(link_word(data, i), i + 12, end)


@kernel
def ipnet_frame(data: Any, i: int, end: int) -> Strip:
    """Step over Solaris' IP observability header."""
    if end - i < 24:
        return 0, i, end, reasons.LINK_TRUNCATED
    return family_frame(u8(data, i + 1), i + 24, end)


@kernel
def dsa_frame(data: Any, i: int, end: int, before_tag: int, tag: int) -> Strip:
    """Step over Ethernet addresses and a switch's tag of `tag` bytes behind the first `before_tag` bytes."""
    header = before_tag + tag
    if before_tag == 0:
        return 0x6558, i + tag, end, reasons.NONE
    if end - i < header + 2:
        return 0, i, end, reasons.LINK_TRUNCATED
    return be16(data, i + header), i + header + 2, end, reasons.NONE


@kernel
def juniper_frame(data: Any, i: int, end: int, ethernet: bool) -> Strip:
    """Step over Juniper's pseudo-header: magic, flags, extensions; Ethernet or a protocol number behind it."""
    if end - i < 6:
        return 0, i, end, reasons.LINK_TRUNCATED
    if be32(data, i) >> 8 != JUNIPER_MAGIC:
        return 0, i, end, reasons.LINK_CONTROL
    flags = u8(data, i + 3)
    at = i + 4
    if flags & JUNIPER_EXTENSION:
        at += 2 + be16(data, at)
    if end - at < 4:
        return 0, i, end, reasons.LINK_TRUNCATED
    if flags & JUNIPER_NO_L2:  # the payload is IP, behind four bytes of protocol
        at += 4
        if end - at < 1:
            return 0, i, end, reasons.LINK_TRUNCATED
        version = u8(data, at) >> 4
        if version == 4:
            return 0x0800, at, end, reasons.NONE
        if version == 6:
            return 0x86DD, at, end, reasons.NONE
        return 0, i, end, reasons.ENCAPSULATION
    if ethernet:
        return 0x6558, at, end, reasons.NONE
    return 0, i, end, reasons.ENCAPSULATION


@kernel
def erf_frame(data: Any, i: int, end: int) -> Strip:
    """Step over an ERF record header with its extension headers: (EtherType, position, end, stop)."""
    if end - i < 16:
        return 0, i, end, reasons.LINK_TRUNCATED
    kind = u8(data, i + 8)
    at = i + 16
    more = kind & 0x80
    while more:
        if end - at < 8:
            return 0, i, end, reasons.LINK_TRUNCATED
        more = u8(data, at) & 0x80
        at += 8
    kind &= 0x7F
    if kind in (2, 11, 16, 20):  # Ethernet, and its coloured kinds: two bytes of offset and padding
        return 0x6558, at + 2, end, reasons.NONE
    if kind in (1, 10, 15, 19):  # packet over SONET, and its coloured kinds
        return ppp_or_hdlc_frame(data, at, end)
    if kind == 22:
        return 0x0800, at, end, reasons.NONE
    if kind == 23:
        return 0x86DD, at, end, reasons.NONE
    return 0, i, end, reasons.ENCAPSULATION


@kernel
def looks_like_pktap(data: Any, i: int, end: int) -> bool:
    """Say whether a PKTAP header stands at `i`: of the one size that it has, and marked as holding a packet.

    Apple's tools once wrote it as LINKTYPE_USER2, which anybody may use for anything.
    """
    return end - i >= PKTAP_BYTES and le32(data, i) == PKTAP_BYTES and le32(data, i + 4) == 1


@kernel
def inner_link(data: Any, i: int, end: int, link_type: int) -> tuple[int, int]:
    """Read the headers that announce another link type (PPI, PKTAP): (link type, position), or (-1, i)."""
    if link_type == 192:  # PPI
        if end - i < 8:
            return -1, i
        length = le16(data, i + 2)
        if length < 8 or length > end - i:
            return -1, i
        return le32(data, i + 4), i + length
    if end - i < 12:  # PKTAP
        return -1, i
    length = le32(data, i)
    if length < 12 or length > end - i:
        return -1, i
    return le32(data, i + 8), i + length
