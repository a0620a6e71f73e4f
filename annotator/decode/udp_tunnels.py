"""Packets in datagrams: which UDP payloads hold another frame or packet, where, and in which kind of tunnel.

They are recognised by their form and by the consistency of what they claim to carry (lengths, an IP header that fits,
IPv4's checksum where little else speaks), never by a port.

Sources: RFC 7348 and 9890 (VXLAN, GPE), RFC 8926 (GENEVE), 3GPP TS 29.281 (GTP-U), RFC 4380 (Teredo), RFC 2661
(L2TP), RFC 9300 and 9301 (LISP), RFC 5415 (CAPWAP), RFC 7510 (MPLS in UDP), RFC 8086 (GRE in UDP), AYIYA as its IETF
draft describes it.
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.decode.ethertype import IPV4, IPV6, MPLS, NSH
from annotator.decode.fits import ethernet_fits, ip_fits, nsh_fits
from annotator.decode.ip_tunnels import P_IPV6
from annotator.decode.llc import BRIDGED_ETHERNET
from annotator.decode.ppp import ppp_ethertype
from annotator.decode.tunnels import (
    AYIYA,
    CAPWAP,
    FOU,
    GENEVE,
    GRE_IN_UDP,
    GTP,
    L2TP,
    LISP,
    MPLS_IN_UDP,
    NO_ID,
    NONE,
    TEREDO,
    VXLAN,
    VXLAN_GPE,
    Inner,
)
from annotator.decode.wifi import wifi_frame
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

G_PDU: Final = 255
"""GTP message type that carries a packet."""


@kernel
def gtp_payload(data: Any, i: int, end: int) -> int:
    """Give the position behind a GTP-U header and its extensions, -1 where they do not end."""
    flags = u8(data, i)
    if not flags & 7:
        return i + 8
    at = i + 12
    if not flags & 4:
        return at
    following = u8(data, i + 11)
    for _ in range(8):
        if following == 0:
            return at
        if end - at < 4 or u8(data, at) == 0:
            return -1
        at += u8(data, at) * 4
        if at > end:
            return -1
        following = u8(data, at - 1)
    return -1


@kernel
def teredo_payload(data: Any, i: int, end: int) -> int:
    """Give the position of the IPv6 header behind Teredo's authentication and origin indications."""
    if end - i >= 13 and be16(data, i) == 1:
        i += 13 + u8(data, i + 2) + u8(data, i + 3)
    if end - i >= 8 and be16(data, i) == 0:
        i += 8
    return i


@kernel
def l2tp_payload(data: Any, i: int, end: int, finish: int) -> int:
    """Give the position of the PPP frame in an L2TP data message, -1 where it is none."""
    flags = be16(data, i)
    if flags & 0x8000 or flags & 0x34F0 or flags & 15 != 2:  # control message; reserved bits; version
        return -1
    at = i + 2
    if flags & 0x4000:
        if be16(data, at) != finish - i:
            return -1
        at += 2
    at += 4  # tunnel and session: each end chose its own
    if flags & 0x0800:
        at += 4
    if flags & 0x0200:
        if end - at < 2:
            return -1
        at += 2 + be16(data, at)
    return at


@kernel
def udp_tunnel(data: Any, i: int, end: int, finish: int) -> Inner:
    """Recognise a tunnel in the UDP payload at `i`, stored up to `end`, on the wire up to `finish`."""
    if end - i < 24:
        return NONE, 0, i, NO_ID
    first = u8(data, i)
    top = first >> 4
    if top == 4:
        if ip_fits(data, i, end, finish, True):
            return FOU, IPV4, i, NO_ID
    elif top == 6 and ip_fits(data, i, end, finish, True):
        return TEREDO, IPV6, i, NO_ID
    if first == 0x08 or first == 0x88:  # VXLAN, and its group policy extension
        known = u8(data, i + 7) == 0 and (first == 0x88 or be32(data, i) == 0x08000000)
        if known and ethernet_fits(data, i + 8, end, finish):
            return VXLAN, BRIDGED_ETHERNET, i + 8, be32(data, i + 4) >> 8
    elif first == 0x0C and u8(data, i + 7) == 0 and be16(data, i + 1) == 0:
        following = u8(data, i + 3)
        if following in (1, 2) and ip_fits(data, i + 8, end, finish, False):
            return VXLAN_GPE, IPV4 if following == 1 else IPV6, i + 8, be32(data, i + 4) >> 8
        if following == 3 and ethernet_fits(data, i + 8, end, finish):
            return VXLAN_GPE, BRIDGED_ETHERNET, i + 8, be32(data, i + 4) >> 8
        if following == 4 and nsh_fits(data, i + 8, end, finish):
            return VXLAN_GPE, NSH, i + 8, be32(data, i + 4) >> 8
    if first < 0x40 and u8(data, i + 7) == 0 and u8(data, i + 1) & 0x3F == 0:
        protocol = be16(data, i + 2)
        at = i + 8 + first * 4
        if protocol == BRIDGED_ETHERNET and ethernet_fits(data, at, end, finish):
            return GENEVE, protocol, at, be32(data, i + 4) >> 8
        if (protocol == IPV4 or protocol == IPV6) and ip_fits(data, at, end, finish, False):
            return GENEVE, protocol, at, be32(data, i + 4) >> 8
    if first & 0xF8 == 0x30 and u8(data, i + 1) == G_PDU and be16(data, i + 2) == finish - i - 8:
        at = gtp_payload(data, i, end)
        if at > 0 and ip_fits(data, at, end, finish, False):
            return GTP, IPV4 if u8(data, at) >> 4 == 4 else IPV6, at, NO_ID
    if first == 0:
        at = teredo_payload(data, i, end)
        if at > i and end - at >= 40 and u8(data, at) >> 4 == 6 and ip_fits(data, at, end, finish, True):
            return TEREDO, IPV6, at, NO_ID
        at = i + (u8(data, i + 1) >> 3) * 4  # CAPWAP: preamble 0, header length in words
        if i + 8 <= at < end and not u8(data, i + 3) & 0x80:  # and no fragment of its own kind
            if u8(data, i + 2) & 1:  # the frame is in the format of its radio: 802.11
                for swapped in range(2):
                    ethertype, inner, _, stop = wifi_frame(data, at, end, False, swapped == 1)
                    if stop == reasons.NONE and ip_fits(data, inner, end, finish, False):
                        return CAPWAP, ethertype, inner, NO_ID
            elif ethernet_fits(data, at, end, finish):
                return CAPWAP, BRIDGED_ETHERNET, at, NO_ID
    if u8(data, i + 1) & 15 == 2 and first & 0x80 == 0:
        at = l2tp_payload(data, i, end, finish)
        if 0 < at < end:
            ethertype, inner, stop = ppp_ethertype(data, at, end)
            if stop == reasons.NONE and ip_fits(data, inner, end, finish, False):
                return L2TP, ethertype, inner, NO_ID
    if first & 0x4F == 0 and u8(data, i + 1) == 0:  # GRE, version 0 without routing (RFC 8086): C, K, S flags
        protocol = be16(data, i + 2)
        at = i + 4 + ((first >> 7) + ((first >> 5) & 1) + ((first >> 4) & 1)) * 4
        fits = (protocol == IPV4 or protocol == IPV6) and ip_fits(data, at, end, finish, True)
        if fits or (protocol == BRIDGED_ETHERNET and ethernet_fits(data, at, end, finish)):
            identifier = be32(data, i + 4 + (first >> 7) * 4) if first & 0x20 else NO_ID
            return GRE_IN_UDP, protocol, at, identifier
    if ip_fits(data, i + 8, end, finish, True):
        return LISP, IPV4 if u8(data, i + 8) >> 4 == 4 else IPV6, i + 8, NO_ID
    if top == 8 and ip_fits(data, i + 4, end, finish, True):  # an encapsulated control message (RFC 9301 section 5.8)
        return LISP, IPV4 if u8(data, i + 4) >> 4 == 4 else IPV6, i + 4, NO_ID
    if be32(data, i) & 0x100 and ip_fits(data, i + 4, end, finish, True):
        return MPLS_IN_UDP, MPLS, i, NO_ID
    if u8(data, i + 3) == P_IPV6:  # AYIYA: identity of 2**n bytes, signature, then IPv6
        at = i + 8 + (1 << top) + (u8(data, i + 1) >> 4) * 4
        if ip_fits(data, at, end, finish, True):
            return AYIYA, IPV6, at, NO_ID
    return NONE, 0, i, NO_ID
