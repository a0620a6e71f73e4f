"""From the first byte of a frame to its IP header: link types, VLAN tags, LLC.

Sources: tcpdump.org/linktypes.html; IEEE 802.3 (length below 0x600), 802.1Q, 802.2 with SNAP.
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, le32, u8

# LINKTYPE_*
NULL, ETHERNET, LOOP, RAW, RAW_BSD, RAW_OPENBSD, SLL, IPV4, IPV6, SLL2 = (
    0,
    1,
    108,
    101,
    12,
    14,
    113,
    228,
    229,
    276,
)
SUPPORTED: Final = (NULL, ETHERNET, LOOP, RAW, RAW_BSD, RAW_OPENBSD, SLL, IPV4, IPV6, SLL2)

ETH_IPV4, ETH_IPV6, ETH_ARP, ETH_RARP, ETH_MACSEC = 0x0800, 0x86DD, 0x0806, 0x8035, 0x88E5
ETH_VLAN, ETH_QINQ, ETH_QINQ_9100, ETH_QINQ_9200, ETH_QINQ_9300 = 0x8100, 0x88A8, 0x9100, 0x9200, 0x9300
ETH_MPLS, ETH_MPLS_MULTICAST, ETH_PPPOE = 0x8847, 0x8848, 0x8864
LENGTH_LIMIT: Final = 0x600
"""Below it an EtherType field is an 802.3 length."""

VLAN_KEPT: Final = 5
ANY_VERSION: Final = 0
"""Network layer code: the IP version decides for itself."""


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
def llc_ethertype(data: Any, i: int, end: int) -> tuple[int, int]:
    """Read an 802.2 header at `i`: (EtherType, next byte) if SNAP or plain IP, else (0, i)."""
    if end - i < 3:
        return 0, i
    if be16(data, i) == 0xAAAA and end - i >= 8 and u8(data, i + 2) == 3:
        organisation = (be16(data, i + 3) << 8) | u8(data, i + 5)
        if organisation in (0, 0x0000F8):  # RFC 1042; bridge tunnel encapsulation
            return be16(data, i + 6), i + 8
    if be16(data, i) == 0x0606 and u8(data, i + 2) == 3:  # SAP 6: IP
        return ETH_IPV4, i + 3
    return 0, i


@kernel
def ethertype_layers(data: Any, i: int, end: int, ethertype: int, vlan: int) -> tuple[int, int, int, int]:
    """Walk from an EtherType, whose payload starts at `i`, to an IP header.

    Returns (4 or 6, position of the IP header, VLAN stack, reasons.NONE), or a stop reason as the last item.
    """
    tags = 0
    while True:
        if ethertype == ETH_IPV4:
            return 4, i, vlan, reasons.NONE
        if ethertype == ETH_IPV6:
            return 6, i, vlan, reasons.NONE
        if ethertype in (ETH_VLAN, ETH_QINQ, ETH_QINQ_9100, ETH_QINQ_9200, ETH_QINQ_9300):
            if end - i < 4:
                return 0, i, vlan, reasons.LINK_TRUNCATED
            vlan = push_vlan(vlan, be16(data, i) & 0xFFF)
            ethertype = be16(data, i + 2)
            i += 4
            tags += 1
            continue
        if ethertype < LENGTH_LIMIT:
            ethertype, inner = llc_ethertype(data, i, end)
            if ethertype < LENGTH_LIMIT:
                return 0, i, vlan, reasons.LLC
            i = inner
            continue
        if ethertype in (ETH_ARP, ETH_RARP):
            return 0, i, vlan, reasons.ARP
        if ethertype == ETH_MACSEC:
            return 0, i, vlan, reasons.MACSEC
        if ethertype in (ETH_MPLS, ETH_MPLS_MULTICAST, ETH_PPPOE):
            return 0, i, vlan, reasons.ENCAPSULATION
        return 0, i, vlan, reasons.ETHERTYPE


@kernel
def network_layer(data: Any, i: int, end: int, link_type: int) -> tuple[int, int, int, int]:
    """Find the IP header of the frame ``data[i:end]``.

    Returns (IP version announced, or ANY_VERSION; position; VLAN stack; reasons.NONE), or a stop reason last.
    """
    if link_type == ETHERNET:
        if end - i < 14:
            return 0, i, 0, reasons.LINK_TRUNCATED
        return ethertype_layers(data, i + 14, end, be16(data, i + 12), 0)
    if link_type in (RAW, RAW_BSD, RAW_OPENBSD):
        return ANY_VERSION, i, 0, reasons.NONE
    if link_type == IPV4:
        return 4, i, 0, reasons.NONE
    if link_type == IPV6:
        return 6, i, 0, reasons.NONE
    if link_type == SLL:
        if end - i < 16:
            return 0, i, 0, reasons.LINK_TRUNCATED
        return cooked_layers(data, i + 16, end, be16(data, i + 14), be16(data, i + 2))
    if link_type == SLL2:
        if end - i < 20:
            return 0, i, 0, reasons.LINK_TRUNCATED
        return cooked_layers(data, i + 20, end, be16(data, i), be16(data, i + 8))
    if link_type in (NULL, LOOP):
        if end - i < 4:
            return 0, i, 0, reasons.LINK_TRUNCATED
        family = be32(data, i)
        if link_type == NULL and family > 0xFFFF:  # host byte order of the machine that captured
            family = le32(data, i)
        if family == 2:  # AF_INET everywhere
            return 4, i + 4, 0, reasons.NONE
        if family in (10, 24, 28, 30):  # AF_INET6 of Linux; NetBSD, OpenBSD; FreeBSD; macOS
            return 6, i + 4, 0, reasons.NONE
        if family >= LENGTH_LIMIT:  # some writers put an EtherType here
            return ethertype_layers(data, i + 4, end, family & 0xFFFF, 0)
        return 0, i, 0, reasons.LINK_CONTROL
    if link_type == 0xFFFF:  # capture.pcapng.NO_INTERFACE
        return 0, i, 0, reasons.UNDESCRIBED
    return 0, i, 0, reasons.LINK_TYPE


@kernel
def cooked_layers(data: Any, i: int, end: int, protocol: int, hardware: int) -> tuple[int, int, int, int]:
    """Walk from the protocol field of a Linux cooked header (SLL, SLL2; `hardware` is its ARPHRD_ type)."""
    if hardware == 824:  # ARPHRD_NETLINK
        return 0, i, 0, reasons.LINK_CONTROL
    if protocol in (1, 2, 3, 4):  # Novell raw 802.3, AX.25..., 802.2 LLC: linux/if_ether.h ETH_P_*
        if protocol != 4:
            return 0, i, 0, reasons.LLC
        ethertype, inner = llc_ethertype(data, i, end)
        if ethertype < LENGTH_LIMIT:
            return 0, i, 0, reasons.LLC
        return ethertype_layers(data, inner, end, ethertype, 0)
    if protocol < LENGTH_LIMIT:
        return 0, i, 0, reasons.LINK_CONTROL
    return ethertype_layers(data, i, end, protocol, 0)
