"""From an EtherType to an IP header, through whatever stands between.

Two kernels: :func:`plain_layers` knows what nearly every frame is made of and is compiled into the hot loop;
:func:`all_layers` knows the rest and is compiled when a capture first needs it.

Sources: IEEE 802.1Q, 802.1ad, 802.1ah, 802.1AE, 802.1BR, 802.3; RFC 3032 and RFC 4385 (MPLS, pseudowires), RFC 2516
(PPPoE), RFC 8300 (NSH), RFC 6325 (TRILL), IEC 62439-3 (HSR).
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.decode.llc import BRIDGED_ETHERNET, llc_ethertype
from annotator.decode.ppp import ppp_ethertype
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

IPV4, IPV6, ARP, RARP = 0x0800, 0x86DD, 0x0806, 0x8035
VLAN, QINQ, QINQ_9100, QINQ_9200, QINQ_9300 = 0x8100, 0x88A8, 0x9100, 0x9200, 0x9300
MPLS, MPLS_MULTICAST, PPPOE, PPP, JUMBO_LLC = 0x8847, 0x8848, 0x8864, 0x880B, 0x8870
PBB, MACSEC, HSR, FABRICPATH, NSH, TRILL = 0x88E7, 0x88E5, 0x892F, 0x8903, 0x894F, 0x22F3
VNTAG, ETAG, CISCO_METADATA, ARISTA_TIME = 0x8926, 0x893F, 0x8909, 0xD28B
ERSPAN, ERSPAN_III = 0x88BE, 0x22EB
RARE: Final = (
    MPLS,
    MPLS_MULTICAST,
    PPPOE,
    PPP,
    JUMBO_LLC,
    PBB,
    MACSEC,
    HSR,
    FABRICPATH,
    NSH,
    TRILL,
    VNTAG,
    ETAG,
    CISCO_METADATA,
    ARISTA_TIME,
    ERSPAN,
    ERSPAN_III,
    BRIDGED_ETHERNET,
)
LENGTH_LIMIT: Final = 0x600
"""Below it an EtherType field is an 802.3 length."""
ISL_ADDRESSES: Final = (0x01000C00, 0x03000C00, 0x0C000C00)
"""First four bytes of the destination of a Cisco ISL frame, whose fifth is 0."""

VLAN_KEPT: Final = 5

Layers = tuple[int, int, int, int, int]
"""``(IP version, position of the IP header, VLAN stack, stop reason, EtherType last read)``"""


@kernel
def push_vlan(stack: int, vid: int) -> int:
    """Add an id to a stack of VLAN ids.

    A stack is one number: the low 4 bits count the ids, then 12 bits an id, the outermost lowest. Id 0 is a
    priority tag, no VLAN (802.1Q table 9-2). Ids beyond the fifth replace the innermost.
    """
    if vid == 0:
        return stack
    count = stack & 15
    if count < VLAN_KEPT:
        return (stack & ~15) | (count + 1) | (vid << (4 + 12 * count))
    shift = 4 + 12 * (VLAN_KEPT - 1)
    return (stack & ((1 << shift) - 1)) | (vid << shift)


@kernel
def innermost_vlan(stack: int) -> int:
    """Give the innermost id of a stack, 0 where it is empty."""
    count = stack & 15
    if count == 0:
        return 0
    return (stack >> (4 + 12 * (count - 1))) & 0xFFF


@kernel
def plain_layers(data: Any, i: int, end: int, ethertype: int, vlan: int) -> Layers:
    """Walk from an EtherType, whose payload starts at `i`, through VLAN tags and LLC to an IP header.

    The stop reason is reasons.RARE where :func:`all_layers` is to go on.
    """
    while True:
        if ethertype == IPV4:
            return 4, i, vlan, reasons.NONE, ethertype
        if ethertype == IPV6:
            return 6, i, vlan, reasons.NONE, ethertype
        if ethertype in (VLAN, QINQ, QINQ_9100, QINQ_9200, QINQ_9300):
            if end - i < 4:
                return 0, i, vlan, reasons.LINK_TRUNCATED, ethertype
            vlan = push_vlan(vlan, be16(data, i) & 0xFFF)
            ethertype = be16(data, i + 2)
            i += 4
            continue
        if ethertype < LENGTH_LIMIT:
            ethertype, inner = llc_ethertype(data, i, end)
            if ethertype < LENGTH_LIMIT:
                return 0, i, vlan, reasons.LLC, ethertype
            i = inner
            continue
        if ethertype in (ARP, RARP):
            return 0, i, vlan, reasons.ARP, ethertype
        if ethertype in RARE:
            return 0, i, vlan, reasons.RARE, ethertype
        return 0, i, vlan, reasons.ETHERTYPE, ethertype


@kernel
def mpls_payload(data: Any, i: int, end: int) -> tuple[int, int]:
    """Say what stands at `i` below the bottom of an MPLS stack: (EtherType, position), EtherType 0 where unknown.

    The stack does not say (RFC 4928): the first nibble tells IP from a pseudowire's control word (0) and its
    associated channel (1); an IP version that does not bear out is a MAC address of an Ethernet pseudowire.
    """
    if end - i < 1:
        return 0, i
    nibble = u8(data, i) >> 4
    if nibble == 4 and end - i >= 20 and u8(data, i) & 15 >= 5 and be16(data, i + 2) >= 20:
        return IPV4, i
    if nibble == 6 and end - i >= 40:
        return IPV6, i
    if nibble == 1:
        return 0, i
    if nibble == 0 and end - i >= 18 and be32(data, i) >> 28 == 0:
        with_word = be16(data, i + 16)
        without = be16(data, i + 12)
        if with_word in (IPV4, IPV6, ARP, VLAN, QINQ, MPLS) or not (
            without in (IPV4, IPV6, ARP, VLAN, QINQ, MPLS) or without < LENGTH_LIMIT
        ):
            return BRIDGED_ETHERNET, i + 4
    if end - i >= 14:
        return BRIDGED_ETHERNET, i
    return 0, i


@kernel
def erspan_iii_payload(data: Any, i: int) -> tuple[int, int]:
    """Step over the ERSPAN type III header at `i`, of which 12 bytes are there: (EtherType, position)."""
    word = be16(data, i + 10)  # P, frame type (5 bits: 0 Ethernet, 2 IP), hardware, direction, granularity, O
    position = i + (20 if word & 1 else 12)  # O: a subheader of the platform's own
    return IPV4 if (word >> 10) & 31 == 2 else BRIDGED_ETHERNET, position


@kernel
def rare_layer(data: Any, i: int, end: int, ethertype: int) -> tuple[int, int, int]:
    """Step over one encapsulation of RARE: (next EtherType, its payload's position, reason to stop)."""
    room = end - i
    if ethertype == BRIDGED_ETHERNET:
        if room < 14:
            return 0, i, reasons.LINK_TRUNCATED
        if be32(data, i) in ISL_ADDRESSES and u8(data, i + 4) == 0 and room >= 40:
            return BRIDGED_ETHERNET, i + 26, reasons.NONE
        return be16(data, i + 12), i + 14, reasons.NONE
    if ethertype in (MPLS, MPLS_MULTICAST):
        while end - i >= 4:
            bottom = be32(data, i) & 0x100
            i += 4
            if bottom:
                kind, i = mpls_payload(data, i, end)
                return kind, i, reasons.NONE if kind else reasons.ENCAPSULATION
        return 0, i, reasons.LINK_TRUNCATED
    if ethertype == PPPOE:
        if room < 8:
            return 0, i, reasons.LINK_TRUNCATED
        return ppp_ethertype(data, i + 6, end)
    if ethertype == PPP:
        return ppp_ethertype(data, i, end)
    if ethertype == JUMBO_LLC:
        kind, i = llc_ethertype(data, i, end)
        return kind, i, reasons.NONE if kind >= LENGTH_LIMIT else reasons.LLC
    if ethertype == PBB and room >= 18:  # I-TAG: flags and I-SID, then the customer's addresses and EtherType
        return be16(data, i + 16), i + 18, reasons.NONE
    if ethertype == HSR and room >= 6:
        return be16(data, i + 4), i + 6, reasons.NONE
    if ethertype == FABRICPATH and room >= 16:  # a tag, then a whole frame
        return BRIDGED_ETHERNET, i + 2, reasons.NONE
    if ethertype == TRILL and room >= 6:
        return BRIDGED_ETHERNET, i + 6 + ((be16(data, i) >> 6) & 31) * 4, reasons.NONE
    if ethertype == VNTAG and room >= 6:
        return be16(data, i + 4), i + 6, reasons.NONE
    if ethertype == ETAG and room >= 8:
        return be16(data, i + 6), i + 8, reasons.NONE
    if ethertype == CISCO_METADATA and room >= 8:
        return be16(data, i + 6), i + 8, reasons.NONE
    if ethertype == ARISTA_TIME and room >= 12:  # subtype, version: 48-bit times have 0x20 in its low byte
        width = 6 if be16(data, i + 2) & 0xFF == 0x20 else 8
        if room >= 6 + width:
            return be16(data, i + 4 + width), i + 6 + width, reasons.NONE
    if ethertype == ERSPAN and room >= 8:  # straight on a link, without GRE: only type II is told by its version
        return BRIDGED_ETHERNET, i + 8, reasons.NONE if u8(data, i) >> 4 == 1 else reasons.ENCAPSULATION
    if ethertype == ERSPAN_III and room >= 12:
        kind, i = erspan_iii_payload(data, i)
        return kind, i, reasons.NONE
    if ethertype == NSH and room >= 8:
        following = i + (be16(data, i) & 0x3F) * 4
        kind = u8(data, i + 3)
        if kind == 1:
            return IPV4, following, reasons.NONE
        if kind == 2:
            return IPV6, following, reasons.NONE
        if kind == 3:
            return BRIDGED_ETHERNET, following, reasons.NONE
        if kind == 5:
            return MPLS, following, reasons.NONE
        return 0, i, reasons.ENCAPSULATION
    if ethertype == MACSEC and room >= 8:
        control = u8(data, i)
        if control & 0x0C:  # E and C: encrypted, or changed text
            return 0, i, reasons.MACSEC
        tag = 14 if control & 0x20 else 6  # SC: with the secure channel identifier
        if room >= tag + 2:  # authenticated only: the EtherType follows in the clear
            return be16(data, i + tag), i + tag + 2, reasons.NONE
    return 0, i, reasons.LINK_TRUNCATED


@kernel
def all_layers(data: Any, i: int, end: int, ethertype: int, vlan: int) -> Layers:
    """Walk from any EtherType to an IP header: :func:`plain_layers`, with everything between link and IP."""
    while True:
        version, i, vlan, stop, ethertype = plain_layers(data, i, end, ethertype, vlan)
        if stop != reasons.RARE:
            return version, i, vlan, stop, ethertype
        ethertype, i, stop = rare_layer(data, i, end, ethertype)
        if stop != reasons.NONE:
            return 0, i, vlan, stop, ethertype
