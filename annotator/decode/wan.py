"""Link types of serial lines, rings and fabrics: from a frame's first byte to an EtherType.

Sources: tcpdump.org/linktypes.html and the documents that it names; RFC 2427 (Frame Relay), RFC 2684 (ATM), RFC 1042
(rings), RFC 1201 and RFC 1051 (ARCNET), RFC 2625 (Fibre Channel), RFC 4391 (InfiniBand).
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.decode.llc import llc_ethertype
from annotator.decode.ppp import ppp_ethertype
from annotator.decode.wifi import Strip
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

CISCO_UNICAST, CISCO_MULTICAST = 0x0F00, 0x8F00
SLARP: Final = 0x8035
NLPID_IPV4, NLPID_IPV6, NLPID_SNAP, NLPID_PPP = 0xCC, 0x8E, 0x80, 0xCF
ARCNET_IP_1051, ARCNET_ARP_1051, ARCNET_IP, ARCNET_ARP, ARCNET_RARP, ARCNET_IPV6 = 240, 241, 212, 213, 214, 196


@kernel
def llc_frame(data: Any, i: int, end: int) -> Strip:
    """Take an LLC header at `i` for the start of the payload."""
    ethertype, position = llc_ethertype(data, i, end)
    if ethertype < 0x600:
        return 0, i, end, reasons.LLC
    return ethertype, position, end, reasons.NONE


@kernel
def version_frame(data: Any, i: int, end: int) -> Strip:
    """Take what stands at `i` for an IP header of either version."""
    if end - i < 1:
        return 0, i, end, reasons.LINK_TRUNCATED
    version = u8(data, i) >> 4
    if version == 4:
        return 0x0800, i, end, reasons.NONE
    if version == 6:
        return 0x86DD, i, end, reasons.NONE
    return 0, i, end, reasons.IP_VERSION


@kernel
def ppp_frame(data: Any, i: int, end: int) -> Strip:
    """Step over PPP."""
    ethertype, position, stop = ppp_ethertype(data, i, end)
    return ethertype, position, end, stop


@kernel
def hdlc_frame(data: Any, i: int, end: int) -> Strip:
    """Step over Cisco HDLC: address, control, EtherType."""
    if end - i < 4:
        return 0, i, end, reasons.LINK_TRUNCATED
    ethertype = be16(data, i + 2)
    if ethertype == SLARP or ethertype < 0x600:
        return 0, i, end, reasons.LINK_CONTROL
    return ethertype, i + 4, end, reasons.NONE


@kernel
def ppp_or_hdlc_frame(data: Any, i: int, end: int) -> Strip:
    """Step over PPP in HDLC-like framing, or the Cisco HDLC that shares its link type."""
    if end - i >= 2 and be16(data, i) in (CISCO_UNICAST, CISCO_MULTICAST):
        return hdlc_frame(data, i, end)
    return ppp_frame(data, i, end)


@kernel
def frame_relay_frame(data: Any, i: int, end: int) -> Strip:
    """Step over Q.922 addressing and RFC 2427's NLPID, or Cisco's EtherType in its place."""
    address = 0
    while address < 4:
        if end - i <= address:
            return 0, i, end, reasons.LINK_TRUNCATED
        address += 1
        if u8(data, i + address - 1) & 1:
            break
    if address < 2:
        return 0, i, end, reasons.LINK_CONTROL
    i += address
    if end - i < 2:
        return 0, i, end, reasons.LINK_TRUNCATED
    if u8(data, i) != 3:
        ethertype = be16(data, i)
        if ethertype >= 0x600:
            return ethertype, i + 2, end, reasons.NONE
        return 0, i, end, reasons.LINK_CONTROL
    i += 1
    if u8(data, i) == 0:  # padding to an even length
        i += 1
    if end - i < 1:
        return 0, i, end, reasons.LINK_TRUNCATED
    identifier = u8(data, i)
    if identifier == NLPID_IPV4:
        return 0x0800, i + 1, end, reasons.NONE
    if identifier == NLPID_IPV6:
        return 0x86DD, i + 1, end, reasons.NONE
    if identifier == NLPID_PPP:
        return ppp_frame(data, i + 1, end)
    if identifier == NLPID_SNAP and end - i >= 6:
        organisation = (be16(data, i + 1) << 8) | u8(data, i + 3)
        protocol = be16(data, i + 4)
        if organisation == 0:
            return protocol, i + 6, end, reasons.NONE
        if organisation == 0x0080C2 and protocol in (1, 7):  # bridged Ethernet
            return 0x6558, i + 6, end, reasons.NONE
    return 0, i, end, reasons.LINK_CONTROL


@kernel
def atm_frame(data: Any, i: int, end: int) -> Strip:
    """Step over RFC 2684 encapsulation: LLC, or the routed protocol itself (VC multiplexing, classical IP)."""
    ethertype, position = llc_ethertype(data, i, end)
    if ethertype >= 0x600:
        return ethertype, position, end, reasons.NONE
    if end - i >= 20 and u8(data, i) == 0x45:
        return 0x0800, i, end, reasons.NONE
    return 0, i, end, reasons.LLC


@kernel
def sun_atm_frame(data: Any, i: int, end: int) -> Strip:
    """Step over SunATM's pseudo-header; its low nibble says what follows: 1 LAN emulation, 2 LLC."""
    if end - i < 4:
        return 0, i, end, reasons.LINK_TRUNCATED
    kind = u8(data, i) & 15
    if kind == 2:
        return atm_frame(data, i + 4, end)
    if kind == 1:
        if end - i >= 6 and be16(data, i + 4) == 0xFF00:
            return 0, i, end, reasons.LINK_CONTROL
        return 0x6558, i + 6, end, reasons.NONE
    return 0, i, end, reasons.LINK_CONTROL


@kernel
def token_ring_frame(data: Any, i: int, end: int) -> Strip:
    """Step over an 802.5 header with its source route."""
    if end - i < 14:
        return 0, i, end, reasons.LINK_TRUNCATED
    if u8(data, i + 1) & 0xC0 != 0x40:
        return 0, i, end, reasons.LINK_CONTROL
    header = 14
    if u8(data, i + 8) & 0x80:
        if end - i < 16:
            return 0, i, end, reasons.LINK_TRUNCATED
        header += u8(data, i + 14) & 0x1F
    return llc_frame(data, i + header, end)


@kernel
def fddi_frame(data: Any, i: int, end: int) -> Strip:
    """Step over an FDDI header; only LLC frames (frame control x1x1xxxx) carry IP."""
    if end - i < 13:
        return 0, i, end, reasons.LINK_TRUNCATED
    if u8(data, i) & 0x70 != 0x50:
        return 0, i, end, reasons.LINK_CONTROL
    return llc_frame(data, i + 13, end)


@kernel
def arcnet_frame(data: Any, i: int, end: int, linux: bool) -> Strip:
    """Step over an ARCNET header; Linux's has two bytes of offset before the protocol, and no split flag."""
    at = i + (4 if linux else 2)
    if end - at < 1:
        return 0, i, end, reasons.LINK_TRUNCATED
    protocol = u8(data, at)
    if protocol in (ARCNET_ARP, ARCNET_ARP_1051, ARCNET_RARP):
        return 0, i, end, reasons.ARP
    if protocol not in (ARCNET_IP, ARCNET_IP_1051, ARCNET_IPV6):
        return 0, i, end, reasons.LINK_CONTROL
    at += 1
    if protocol != ARCNET_IP_1051:
        if end - at < 3:
            return 0, i, end, reasons.LINK_TRUNCATED
        split = u8(data, at)
        if split == 0xFF and not linux:  # exception frame: the real flag follows
            at += 4
            if end - at < 3:
                return 0, i, end, reasons.LINK_TRUNCATED
            split = u8(data, at)
        if split and not split & 1:  # a later fragment of RFC 1201's own fragmentation
            return 0, i, end, reasons.ENCAPSULATION
        at += 3
    return (0x86DD if protocol == ARCNET_IPV6 else 0x0800), at, end, reasons.NONE


@kernel
def infiniband_frame(data: Any, i: int, end: int) -> Strip:
    """Step over IP over InfiniBand: a 40-byte global routing header, EtherType, reserved."""
    if end - i < 44:
        return 0, i, end, reasons.LINK_TRUNCATED
    return be16(data, i + 40), i + 44, end, reasons.NONE


@kernel
def apple_1394_frame(data: Any, i: int, end: int) -> Strip:
    """Step over Apple's IP over IEEE 1394: two 8-byte addresses, EtherType."""
    if end - i < 18:
        return 0, i, end, reasons.LINK_TRUNCATED
    return be16(data, i + 16), i + 18, end, reasons.NONE


@kernel
def docsis_frame(data: Any, i: int, end: int) -> Strip:
    """Step over a DOCSIS MAC header; frame type 0 carries Ethernet."""
    if end - i < 6:
        return 0, i, end, reasons.LINK_TRUNCATED
    control = u8(data, i)
    if control & 0xC0:
        return 0, i, end, reasons.LINK_CONTROL
    return 0x6558, i + 6 + (u8(data, i + 1) if control & 1 else 0), end, reasons.NONE


@kernel
def slip_frame(data: Any, i: int, end: int) -> Strip:
    """Step over the 16-byte pseudo-header of SLIP captures; a compressed TCP header has no IP version."""
    if end - i < 17:
        return 0, i, end, reasons.LINK_TRUNCATED
    kind, position, end, stop = version_frame(data, i + 16, end)
    return kind, position, end, reasons.COMPRESSED if stop == reasons.IP_VERSION else stop


@kernel
def link_word(data: Any, i: int) -> int:
    """Read a 32-bit word in the byte order in which it is small: headers written in a host's own order."""
    value = be32(data, i)
    if value > 0xFFFF:
        value = ((value & 0xFF) << 24) | ((value & 0xFF00) << 8) | ((value >> 8) & 0xFF00) | (value >> 24)
    return value
