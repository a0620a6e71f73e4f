"""Does what a tunnel claims to carry bear itself out? By lengths, checksums and fields, never by a port.

Sources: RFC 791 and 8200 (lengths, IPv4's checksum), RFC 8300 (NSH).
"""

from typing import Any

from annotator.decode.ethertype import ARP, IPV4, IPV6, MPLS, QINQ, VLAN
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, u8
from annotator.model import ICMP6, TCP, UDP


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
