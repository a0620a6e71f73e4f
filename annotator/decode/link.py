"""From the first byte of a frame to its IP header, for the link types that nearly every capture has.

All others are stripped by :mod:`annotator.decode.strip`, which is compiled when a capture needs it.

Source: tcpdump.org/linktypes.html.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.decode import reasons
from annotator.decode.ethertype import IPV4 as ETHERTYPE_IPV4
from annotator.decode.ethertype import IPV6, LENGTH_LIMIT, Layers, plain_layers
from annotator.decode.llc import llc_ethertype
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, le32

# LINKTYPE_*
NULL, ETHERNET, LOOP, RAW, RAW_BSD, RAW_OPENBSD, SLL, RAW_IPV4, RAW_IPV6, SLL2 = (
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
UNDESCRIBED: Final = 0xFFFF
"""What capture.pcapng gives a packet whose interface is not described."""
PLAIN: Final = (NULL, ETHERNET, LOOP, RAW, RAW_BSD, RAW_OPENBSD, SLL, RAW_IPV4, RAW_IPV6, SLL2, UNDESCRIBED)

ANY_VERSION: Final = 0
"""Network layer code: the IP version decides for itself."""


@kernel
def family_layers(data: Any, i: int, end: int, null: bool) -> Layers:
    """Read the address family at `i` (BSD null: in the capturing machine's byte order; loop: in network order)."""
    if end - i < 4:
        return 0, i, 0, reasons.LINK_TRUNCATED, 0
    family = be32(data, i)
    low = family & 0xFFFF
    if null and family > 0xFFFF:
        if low == ETHERTYPE_IPV4 or low == IPV6:  # some writers put an EtherType into the lower half
            return plain_layers(data, i + 4, end, low, 0)
        family = le32(data, i)
    if family == 2:  # AF_INET everywhere
        return 4, i + 4, 0, reasons.NONE, 0
    if family in (10, 24, 28, 30):  # AF_INET6 of Linux; NetBSD, OpenBSD; FreeBSD; macOS
        return 6, i + 4, 0, reasons.NONE, 0
    if LENGTH_LIMIT <= family <= 0xFFFF:
        return plain_layers(data, i + 4, end, family, 0)
    if family in (7, 16, 18, 23):  # OSI, AppleTalk, link, IPX
        return 0, i, 0, reasons.LINK_CONTROL, 0
    return 0, i, 0, reasons.LINK_FAMILY, 0


@kernel
def cooked_layers(data: Any, i: int, end: int, protocol: int, hardware: int) -> Layers:
    """Walk from the protocol field of a Linux cooked header (SLL, SLL2; `hardware` is its ARPHRD_ type)."""
    if hardware == 824:  # ARPHRD_NETLINK
        return 0, i, 0, reasons.LINK_CONTROL, 0
    if protocol in (1, 2, 3, 4):  # raw 802.3, AX.25, any, 802.2 LLC (linux/if_ether.h)
        ethertype, inner = llc_ethertype(data, i, end) if protocol == 4 else (0, i)
        if ethertype < LENGTH_LIMIT:
            return 0, i, 0, reasons.LLC, 0
        return plain_layers(data, inner, end, ethertype, 0)
    if protocol < LENGTH_LIMIT:
        return 0, i, 0, reasons.LINK_CONTROL, 0
    return plain_layers(data, i, end, protocol, 0)


@kernel
def network_layer(data: Any, i: int, end: int, link_type: int) -> Layers:
    """Find the IP header of the frame ``data[i:end]`` of one of the PLAIN link types."""
    if link_type == ETHERNET:
        if end - i < 14:
            return 0, i, 0, reasons.LINK_TRUNCATED, 0
        if be32(data, i) in (0x01000C00, 0x03000C00) and end - i >= 40 and be16(data, i + 4) >> 8 == 0:
            return 0, i, 0, reasons.RARE, 0x6558  # Cisco ISL: decode.ethertype.rare_layer steps over it
        return plain_layers(data, i + 14, end, be16(data, i + 12), 0)
    if link_type in (RAW, RAW_BSD, RAW_OPENBSD):
        return ANY_VERSION, i, 0, reasons.NONE, 0
    if link_type == RAW_IPV4:
        return 4, i, 0, reasons.NONE, 0
    if link_type == RAW_IPV6:
        return 6, i, 0, reasons.NONE, 0
    if link_type == SLL:
        if end - i < 16:
            return 0, i, 0, reasons.LINK_TRUNCATED, 0
        return cooked_layers(data, i + 16, end, be16(data, i + 14), be16(data, i + 2))
    if link_type == SLL2:
        if end - i < 20:
            return 0, i, 0, reasons.LINK_TRUNCATED, 0
        return cooked_layers(data, i + 20, end, be16(data, i), be16(data, i + 8))
    if link_type == NULL or link_type == LOOP:
        return family_layers(data, i, end, link_type == NULL)
    return 0, i, 0, reasons.UNDESCRIBED, 0


@kernel
def all_plain(link_types: Any) -> bool:
    """Say whether every link type of a batch is one of PLAIN."""
    previous = ETHERNET
    for link_type in link_types:
        if link_type != previous and link_type not in PLAIN:
            return False
        previous = link_type
    return True


def undecoded(link_types: NDArray[np.uint16], known: tuple[int, ...]) -> set[int]:
    """Give the link types of a batch that are neither PLAIN nor `known`."""
    return set(np.unique(link_types).tolist()) - set(PLAIN) - set(known)
