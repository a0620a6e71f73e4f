"""Packets in packets: which IP payloads hold another frame, packet or datagram, where, and under which name.

On UDP a tunnel is recognised by its form and by the consistency of what it claims to carry (lengths, an IP header
that fits, IPv4's checksum where little else speaks), never by a port.

Sources: RFC 2003 and 4213 (IP in IP), RFC 2784, 2890 and 2637 (GRE, with keys, PPTP), RFC 3378 (EtherIP), RFC 4023
(MPLS in IP), RFC 7348 and 9890 (VXLAN, GPE), RFC 8926 (GENEVE), 3GPP TS 29.281 (GTP-U), RFC 4380 (Teredo),
RFC 2661 (L2TP), RFC 9300 and 9301 (LISP), RFC 5415 (CAPWAP), RFC 8086 (GRE in UDP), RFC 7761 (PIM Register), ERSPAN
as its IETF draft describes it, AYIYA likewise; Aruba's GRE as Wireshark knows it.
"""

import ipaddress
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.decode import reasons
from annotator.decode.ethertype import ARP, IPV4, IPV6, MPLS, NSH, PPP, QINQ, VLAN, erspan_iii_payload
from annotator.decode.llc import BRIDGED_ETHERNET
from annotator.decode.ppp import ppp_ethertype
from annotator.decode.wifi import wifi_frame
from annotator.kernel.hash import hash6, random_keys
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, signed, u8
from annotator.model import ICMP6, TCP, UDP

P_IPIP, P_IPV6, P_GRE, P_ETHERIP, P_PIM, P_MPLS = 4, 41, 47, 97, 103, 137
CARRIERS: Final = (P_IPIP, P_IPV6, P_GRE, P_ETHERIP, P_MPLS)
"""IP protocols whose payload is always looked into."""
PIM_REGISTER_TYPE: Final = 0x21
"""Version 2, type 1: of PIM's messages the one that carries a packet (RFC 7761 section 4.9.3)."""
NULL_REGISTER: Final = 0x40000000

# kinds, in the order of NAMES
NONE, IPIP, SIX_IN_FOUR, FOUR_IN_SIX, SIX_IN_SIX, GRE, ERSPAN, PPTP, ETHERIP, MPLS_IN_IP = range(10)
VXLAN, VXLAN_GPE, GENEVE, GTP, TEREDO, L2TP, LISP, AYIYA, CAPWAP, FOU, MPLS_IN_UDP = range(10, 21)
GRE_IN_UDP, PIM_REGISTER = 21, 22
NAMES: Final = (
    "",
    *("ipip", "6in4", "4in6", "6in6", "gre", "erspan", "pptp", "etherip", "mpls-in-ip"),
    *("vxlan", "vxlan-gpe", "geneve", "gtp", "teredo", "l2tp", "lisp", "ayiya", "capwap", "fou", "mpls-in-udp"),
    *("gre-in-udp", "pim-register"),
)
NO_ID: Final = -1
"""The tunnel has no id that is the same in both directions."""

GRE_WCCP, GRE_ERSPAN, GRE_ERSPAN_III = 0x883E, 0x88BE, 0x22EB
G_PDU: Final = 255
"""GTP message type that carries a packet."""

Inner = tuple[int, int, int, int]
"""``(kind, EtherType of what is inside, its position, id)``; kind NONE where nothing is.

Beside the EtherType stand the bits of decode.wifi where it is the first of several packets.
"""


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


@kernel
def ip_fits(data: Any, i: int, end: int, finish: int, exact: bool) -> bool:
    """Say whether an IP header at `i` bears itself out: version, lengths, and IPv4's checksum where it is `exact`.

    `exact` asks that the packet fill what is left, up to `finish`.
    """
    if end - i < 20:
        return False
    first = u8(data, i)
    room = finish - i
    if first >> 4 == 4:
        header = (first & 15) * 4
        total = be16(data, i + 2)
        if header < 20 or total < header or total > room or end - i < header:
            return False
        if not exact:
            return True
        if total != room:
            return False
        checksum = 0
        for k in range(i, i + header, 2):
            checksum += be16(data, k)
        checksum = (checksum & 0xFFFF) + (checksum >> 16)
        checksum = (checksum & 0xFFFF) + (checksum >> 16)
        return checksum == 0xFFFF
    if first >> 4 == 6 and end - i >= 40:
        total = be16(data, i + 4) + 40
        return total == room and ipv6_bears_out(data, i, end) if exact else total <= room
    return False


@kernel
def ipv6_bears_out(data: Any, i: int, end: int) -> bool:
    """Say whether what follows the IPv6 header at `i` agrees with it: IPv6 has no checksum to ask."""
    following = u8(data, i + 6)
    length = be16(data, i + 4)
    source = u8(data, i + 8)
    if (source >= 0x40 and source < 0xFC) or source == 0xFF:  # neither global unicast, nor local, nor unspecified
        return False
    if following == 59:
        return length == 0
    if end - i < 48:
        return False
    if following == UDP:
        return be16(data, i + 44) == length
    if following == TCP:
        return end - i >= 54 and u8(data, i + 52) >> 4 >= 5 and (u8(data, i + 52) >> 4) * 4 <= length
    if following == ICMP6:
        return u8(data, i + 40) in (1, 2, 3, 4, 128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 143)
    return following in (0, 43, 44, 60) and u8(data, i + 40) in (TCP, UDP, ICMP6)


@kernel
def ethernet_fits(data: Any, i: int, end: int, finish: int) -> bool:
    """Say whether an Ethernet frame at `i` bears itself out: it carries ARP, or IP that fits, maybe in VLAN tags."""
    at = i + 12
    for _ in range(3):
        if end - at < 4:
            return False
        ethertype = be16(data, at)
        at += 2
        if ethertype == VLAN or ethertype == QINQ:
            at += 2
            continue
        if ethertype == IPV4 or ethertype == IPV6:
            return u8(data, at) >> 4 == (4 if ethertype == IPV4 else 6) and ip_fits(data, at, end, finish, False)
        if ethertype == ARP:
            return be16(data, at) == 1
        return ethertype == MPLS
    return False


@kernel
def nsh_fits(data: Any, i: int, end: int, finish: int) -> bool:
    """Say whether a network service header at `i` (RFC 8300 section 2.2) bears itself out by what it carries."""
    if end - i < 8 or u8(data, i) >> 6:  # version 0
        return False
    length, following = (be16(data, i) & 0x3F) * 4, u8(data, i + 3)
    if length < 8:
        return False
    if following == 3:
        return ethernet_fits(data, i + length, end, finish)
    return following in (1, 2) and ip_fits(data, i + length, end, finish, False)


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


# the names of tunnels: a flow carries the hash of the tunnels that it is in

TUNNEL: Final = np.dtype(
    [
        ("hash", "u8"),
        ("parent", "u8"),  # hash of the tunnel around this one, 0 for none
        ("a_hi", "u8"),
        ("a_lo", "u8"),
        ("b_hi", "u8"),
        ("b_lo", "u8"),
        ("id", "i8"),
        ("kind", "u1"),
        ("version", "u1"),
    ],
    align=True,
)
"""What a tunnel is: its kind, its symmetric id, and the outer pair, the lower address first."""

NOTES: Final = 1 << 16
RECENT: Final = 1 << 12
MOST_TUNNELS: Final = 100_000
"""Tunnels whose names are kept; more in one run is an attack, or a carrier's core."""


class Tunnels(NamedTuple):
    """What the kernel needs to name tunnels."""

    keys: NDArray[np.uint64]
    more_keys: NDArray[np.uint64]
    recent: NDArray[np.uint64]
    """Hashes noted lately, each at its own place, so that few are noted twice."""
    notes: NDArray[np.void]
    """TUNNEL rows noted since the last look."""
    used: NDArray[np.int64]
    """How many of them: int64[1]."""


@kernel
def tunnel_hash(names: Any, parent: Any, kind: int, identifier: int, outer: Any) -> Any:
    """Hash a tunnel to 64 bits: the tunnel around it, its kind and id, and the unordered pair of `outer` (HEADER)."""
    what = np.uint64((kind << 40) | (identifier + 1))
    s_hi, s_lo, d_hi, d_lo = outer["src_hi"], outer["src_lo"], outer["dst_hi"], outer["dst_lo"]
    if s_hi > d_hi or (s_hi == d_hi and s_lo > d_lo):
        s_hi, s_lo, d_hi, d_lo = d_hi, d_lo, s_hi, s_lo
    high = hash6(names.keys, parent, what, s_hi, s_lo, d_hi, d_lo)
    low = hash6(names.more_keys, parent, what, s_hi, s_lo, d_hi, d_lo)
    return (high << np.uint64(32)) | low


@kernel
def note_tunnel(names: Any, digest: Any, kind: int, identifier: int, outer: Any) -> None:
    """Write a tunnel down, unless it was lately, or the notes are full: then a later packet of it will."""
    place = signed(digest & np.uint64(RECENT - 1))
    if names.recent[place] == digest or names.used[0] == len(names.notes):
        return
    names.recent[place] = digest
    note = names.notes[names.used[0]]
    names.used[0] += 1
    note["hash"] = digest
    note["parent"] = outer["tunnel"]
    note["kind"] = kind
    note["id"] = identifier
    note["version"] = outer["version"]
    swap = outer["src_hi"] > outer["dst_hi"] or (
        outer["src_hi"] == outer["dst_hi"] and outer["src_lo"] > outer["dst_lo"]
    )
    if swap:
        note["a_hi"], note["a_lo"] = outer["dst_hi"], outer["dst_lo"]
        note["b_hi"], note["b_lo"] = outer["src_hi"], outer["src_lo"]
    else:
        note["a_hi"], note["a_lo"] = outer["src_hi"], outer["src_lo"]
        note["b_hi"], note["b_lo"] = outer["dst_hi"], outer["dst_lo"]


class TunnelBook:
    """The tunnels of a run, by hash."""

    def __init__(self) -> None:
        """Start empty; the kernel's arrays are made when they are first asked for."""
        self.known: dict[int, tuple[int, int, int, int, int, int, int, int]] = {}
        """hash: (parent, a_hi, a_lo, b_hi, b_lo, id, kind, version)"""
        self._arrays: Tunnels | None = None

    def arrays(self) -> Tunnels:
        """Give the kernel's side of the book."""
        if self._arrays is None:
            self._arrays = Tunnels(
                random_keys(),
                random_keys(),
                np.zeros(RECENT, np.uint64),
                np.empty(NOTES, TUNNEL),
                np.zeros(1, np.int64),
            )
        return self._arrays

    def learn(self) -> None:
        """Take over what the kernel noted."""
        if self._arrays is None or not self._arrays.used[0]:
            return
        notes = self._arrays.notes[: self._arrays.used[0]]
        _, first = np.unique(notes["hash"], return_index=True)
        for digest, *rest in notes[first].tolist():
            if len(self.known) < MOST_TUNNELS:
                self.known.setdefault(digest, tuple(rest))
        self._arrays.used[0] = 0

    def text(self, digest: int) -> str:
        """Spell a tunnel with those around it: ``gre:7(10.0.0.1<>10.0.0.2)/vxlan:42(...)``, outermost first."""
        parts: list[str] = []
        while digest and len(parts) < 16:
            if digest not in self.known:
                parts.append("?")
                break
            parent, a_hi, a_lo, b_hi, b_lo, identifier, kind, version = self.known[digest]
            ends = "<>".join(
                str(ipaddress.IPv4Address(low) if version == 4 else ipaddress.IPv6Address((high << 64) | low))
                for high, low in ((a_hi, a_lo), (b_hi, b_lo))
            )
            parts.append(f"{NAMES[kind]}{'' if identifier == NO_ID else f':{identifier}'}({ends})")
            digest = parent
        return "/".join(reversed(parts))
