"""IPv4 (RFC 791) and IPv6 (RFC 8200) headers: where the transport starts, what it is, how long it is said to be.

Both give one tuple, so that the batch loop need not know which it was:
``(reason, protocol, transport start, end by the header, fragment kind, fragment id, fragment offset, odd, position of
the source address, position of the destination address)``. The end is an index that may lie past the stored bytes (a
cut snap length). `odd` is a reason code of an oddity that does not stop decoding, or NONE. The fragment id tells
datagrams between two addresses apart: IPv4's protocol and identification, IPv6's identification.
"""

from typing import Any, Final

from annotator.decode import reasons
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8
from annotator.model import TCP, UDP, HeaderFlag

IpHeader = tuple[int, int, int, int, int, int, int, int, int, int]

HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION = 0, 43, 44, 51, 60
HIP, SHIM6 = 139, 140
JUMBO_OPTION: Final = 0xC2
"""RFC 2675 section 2."""
HOME_ADDRESS_OPTION: Final = 0xC9
"""RFC 6275 section 6.3."""
WHOLE: Final = 0
MAX_EXTENSIONS: Final = 64
"""A chain of more extension headers than this is an attack on decoders."""


@kernel
def ipv4_header(data: Any, i: int, end: int, wire_end: int) -> IpHeader:
    """Read the IPv4 header at `i`; the frame is stored up to `end`, and was `wire_end` long on the wire."""
    if end - i < 20:
        return reasons.IP_TRUNCATED, 0, i, i, WHOLE, 0, 0, reasons.NONE, i, i
    first = u8(data, i)
    if first >> 4 != 4:
        return reasons.IP_VERSION, 0, i, i, WHOLE, 0, 0, reasons.NONE, i, i
    header = (first & 15) * 4
    if header < 20:
        return reasons.IP_HEADER_LENGTH, 0, i, i, WHOLE, 0, 0, reasons.NONE, i, i
    total = be16(data, i + 2)
    odd = reasons.NONE
    if total == 0:  # segmentation offload: the length was not filled in when the packet was captured
        total = wire_end - i
    if total < header:
        return reasons.IP_LENGTH, 0, i, i, WHOLE, 0, 0, reasons.NONE, i, i
    if total > wire_end - i:
        odd = reasons.IP_LENGTH_OVER_FRAME
        total = wire_end - i
    word = be16(data, i + 6)
    fragment_offset = (word & 0x1FFF) * 8
    kind = WHOLE
    if fragment_offset:
        kind = HeaderFlag.FRAGMENT_LATER
    elif word & 0x2000:
        kind = HeaderFlag.FRAGMENT_FIRST
    protocol = u8(data, i + 9)
    fragment_id = (protocol << 16) | be16(data, i + 4)
    start = i + header
    if protocol == AUTHENTICATION and kind != HeaderFlag.FRAGMENT_LATER and end - start >= 12:
        length = (u8(data, start + 1) + 2) * 4  # RFC 4302 section 2.2
        if start + length <= i + total:
            protocol = u8(data, start)
            start += length
    return reasons.NONE, protocol, start, i + total, kind, fragment_id, fragment_offset, odd, i + 12, i + 16


@kernel
def jumbo_length(data: Any, i: int, end: int) -> int:
    """Give the jumbo payload length in the hop-by-hop options header at `i` (RFC 2675), or 0."""
    if end - i < 8:
        return 0
    limit = min(i + (u8(data, i + 1) + 1) * 8, end)
    j = i + 2
    while limit - j >= 2:
        option = u8(data, j)
        if option == 0:  # Pad1
            j += 1
            continue
        length = u8(data, j + 1)
        if option == JUMBO_OPTION and length == 4 and limit - j >= 6:
            return be32(data, j + 2)
        j += 2 + length
    return 0


@kernel
def final_destination(data: Any, i: int, end: int) -> int:
    """Give the position of the final destination in the routing header at `i`, 0 where the IPv6 header has it.

    Types 0 and 2 hold it last (RFC 2460 section 4.4, RFC 6275 section 6.4), segment routing first (RFC 8754).
    """
    addresses = u8(data, i + 1) // 2
    kind = u8(data, i + 2)
    if u8(data, i + 3) == 0 or addresses == 0:  # no segments left
        return 0
    final = 0
    if kind == 0 or kind == 2:
        final = i + 8 + (addresses - 1) * 16
    elif kind == 4:
        final = i + 8
    return final if final and end - final >= 16 else 0


@kernel
def home_address(data: Any, i: int, end: int) -> int:
    """Give the position of a mobile node's home address in the destination options at `i`, 0 where there is none."""
    j = i + 2
    while end - j >= 2:
        option = u8(data, j)
        if option == 0:
            j += 1
            continue
        if option == HOME_ADDRESS_OPTION and u8(data, j + 1) == 16 and end - j >= 18:
            return j + 2
        j += 2 + u8(data, j + 1)
    return 0


@kernel
def ipv6_header(data: Any, i: int, end: int, wire_end: int) -> IpHeader:
    """Read the IPv6 header at `i` and its extension headers."""
    if end - i < 40:
        return reasons.IP_TRUNCATED, 0, i, i, WHOLE, 0, 0, reasons.NONE, i, i
    if u8(data, i) >> 4 != 6:
        return reasons.IP_VERSION, 0, i, i, WHOLE, 0, 0, reasons.NONE, i, i
    length = be16(data, i + 4)
    protocol = u8(data, i + 6)
    start = i + 40
    if length == 0:  # a jumbogram says its length in an option, a segmentation-offload frame nowhere
        if protocol == HOP_BY_HOP:
            length = jumbo_length(data, start, end)
        if length == 0 and protocol in (TCP, UDP, HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION):
            length = wire_end - start  # of anything else, an empty payload is just that
    odd = reasons.NONE
    if length > wire_end - start:
        odd = reasons.IP_LENGTH_OVER_FRAME
        length = wire_end - start
    finish = start + length
    kind = WHOLE
    fragment_id = 0
    fragment_offset = 0
    source = i + 8
    destination = i + 24
    for _ in range(MAX_EXTENSIONS):
        if protocol not in (HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION, HIP, SHIM6):
            break
        if min(end, finish) - start < 8:
            odd = reasons.EXTENSION_TRUNCATED
            break
        if protocol == FRAGMENT:
            word = be16(data, start + 2)
            fragment_offset = word & 0xFFF8
            fragment_id = be32(data, start + 4)
            protocol = u8(data, start)
            start += 8
            if fragment_offset:
                kind = HeaderFlag.FRAGMENT_LATER
                break
            if word & 1:
                kind = HeaderFlag.FRAGMENT_FIRST
            continue  # neither: an atomic fragment (RFC 6946), a whole packet
        step = (u8(data, start + 1) + 2) * 4 if protocol == AUTHENTICATION else (u8(data, start + 1) + 1) * 8
        if step > finish - start:
            odd = reasons.EXTENSION_TRUNCATED
            break
        stored = min(end, finish)
        if protocol == ROUTING:
            final = final_destination(data, start, stored)
            destination = final if final else destination
        elif protocol == DESTINATION:
            home = home_address(data, start, min(stored, start + step))
            source = home if home else source
        protocol = u8(data, start)
        start += step
    return reasons.NONE, protocol, start, finish, kind, fragment_id, fragment_offset, odd, source, destination


@kernel
def group_address(version: int, data: Any, i: int) -> bool:
    """Say whether the destination of the IP header at `i` is multicast, or IPv4's limited broadcast."""
    if version == 4:
        first = u8(data, i + 16)
        return 224 <= first < 240 or be32(data, i + 16) == 0xFFFFFFFF
    return u8(data, i + 24) == 0xFF
