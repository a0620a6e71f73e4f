"""Packets straight in IP: which IP payloads hold another frame or packet, where, and in which kind of tunnel.

Sources: RFC 2003 and 4213 (IP in IP), RFC 2784, 2890 and 2637 (GRE, with keys, PPTP), RFC 3378 (EtherIP), RFC 4023
(MPLS in IP), RFC 7761 (PIM Register), ERSPAN as its IETF draft describes it; Aruba's GRE as Wireshark knows it.
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.decode.ethertype import IPV4, IPV6, MPLS, PPP, erspan_iii_payload
from annotator.decode.llc import BRIDGED_ETHERNET
from annotator.decode.tunnels import (
    ERSPAN,
    ETHERIP,
    FOUR_IN_SIX,
    GRE,
    IPIP,
    MPLS_IN_IP,
    NO_ID,
    NONE,
    PIM_REGISTER,
    PPTP,
    SIX_IN_FOUR,
    SIX_IN_SIX,
    Inner,
)
from annotator.decode.wifi import wifi_frame
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

P_IPIP, P_IPV6, P_GRE, P_ETHERIP, P_PIM, P_MPLS = 4, 41, 47, 97, 103, 137
CARRIERS: Final = (P_IPIP, P_IPV6, P_GRE, P_ETHERIP, P_MPLS)
"""IP protocols whose payload is always looked into."""
PIM_REGISTER_TYPE: Final = 0x21
"""Version 2, type 1: of PIM's messages the one that carries a packet (RFC 7761 section 4.9.3)."""
NULL_REGISTER: Final = 0x40000000

GRE_WCCP, GRE_ERSPAN, GRE_ERSPAN_III = 0x883E, 0x88BE, 0x22EB


@kernel
def gre_payload(data: Any, i: int, end: int) -> Inner:
    """Step over a GRE header: versions 0 and 1, all flags, ERSPAN types I to III."""
    if end - i < 4:
        return NONE, 0, i, NO_ID
    flags, protocol = be16(data, i), be16(data, i + 2)
    version = flags & 7
    at = i + 4
    identifier = NO_ID
    if version == 1:
        at += 4  # payload length and call id: the call id differs by direction
        if flags & 0x1000:
            at += 4
        if flags & 0x0080:
            at += 4
        if protocol != PPP or end - at < 2:
            return NONE, 0, i, NO_ID
        return PPTP, PPP, at, NO_ID
    if version != 0:
        return NONE, 0, i, NO_ID
    if flags & 0xC000:  # checksum or routing: checksum and offset
        at += 4
    if flags & 0x2000:
        if end - at < 4:
            return NONE, 0, i, NO_ID
        identifier = be32(data, at)
        at += 4
    if flags & 0x1000:
        at += 4
    if flags & 0x4000:  # source route entries, the last of length 0 (RFC 1701)
        while end - at >= 4:
            length = u8(data, at + 3)
            at += 4 + length
            if length == 0:
                break
    if at >= end:
        return NONE, 0, i, NO_ID
    if protocol == GRE_ERSPAN:
        if not flags & 0x1000:  # type I: no header
            return ERSPAN, BRIDGED_ETHERNET, at, NO_ID
        if end - at < 8:
            return NONE, 0, i, NO_ID
        return ERSPAN, BRIDGED_ETHERNET, at + 8, be16(data, at + 2) & 0x3FF
    if protocol == GRE_ERSPAN_III:
        if end - at < 12:
            return NONE, 0, i, NO_ID
        identifier = be16(data, at + 2) & 0x3FF
        kind, at = erspan_iii_payload(data, at)
        return ERSPAN, kind, at, identifier
    if protocol & 0xFE0F == 0x8200:  # Aruba: 0x8200 to 0x83F0, by the priority queue; 802.11 frames in either order
        for swapped in range(2):
            kind, inner, _, stop = wifi_frame(data, at, end, False, swapped == 1)
            if stop == reasons.NONE:
                return GRE, kind, inner, identifier
    if protocol == GRE_WCCP:  # WCCPv2 may put four bytes before the packet
        if u8(data, at) >> 4 != 4:
            at += 4
        return GRE, IPV4, at, identifier
    return GRE, protocol, at, identifier


@kernel
def carries_packet(data: Any, protocol: int, i: int, end: int) -> bool:
    """Say whether the IP payload at `i` may hold a packet or a frame: :func:`ip_tunnel` is to look into it."""
    return protocol in CARRIERS or (protocol == P_PIM and end - i >= 28 and u8(data, i) == PIM_REGISTER_TYPE)


@kernel
def ip_tunnel(data: Any, protocol: int, version: int, i: int, end: int) -> Inner:
    """Look into the payload at `i` of what :func:`carries_packet`; `version` is the outer header's."""
    if end - i < 1:
        return NONE, 0, i, NO_ID
    if protocol == P_IPIP:
        return IPIP if version == 4 else FOUR_IN_SIX, IPV4, i, NO_ID
    if protocol == P_IPV6:
        return SIX_IN_FOUR if version == 4 else SIX_IN_SIX, IPV6, i, NO_ID
    if protocol == P_GRE:
        return gre_payload(data, i, end)
    if protocol == P_ETHERIP and end - i >= 2 and u8(data, i) >> 4 == 3:
        return ETHERIP, BRIDGED_ETHERNET, i + 2, NO_ID
    if protocol == P_MPLS:
        return MPLS_IN_IP, MPLS, i, NO_ID
    if protocol == P_PIM and not be32(data, i + 4) & NULL_REGISTER:
        return PIM_REGISTER, IPV4 if u8(data, i + 8) >> 4 == 4 else IPV6, i + 8, NO_ID
    return NONE, 0, i, NO_ID
