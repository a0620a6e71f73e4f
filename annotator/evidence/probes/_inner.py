"""The packet that a tunnel's datagram carries: an Ethernet frame, or an IP packet at once."""

from typing import Any, Final

from annotator.evidence.probe import CONFIRMED, NO, SPECULATIVE
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, u8

ETHERNET_BYTES: Final = 14
IPV4, ARP, VLAN, IPV6, BRIDGED = 0x0800, 0x0806, 0x8100, 0x86DD, 0x6558


@kernel
def inner_packet(data: Any, i: int, end: int, finish: int, kind: int) -> int:
    """Grade what stands at `i`, of EtherType `kind` (BRIDGED is Ethernet): its own lengths have to fit `finish`."""
    if kind == BRIDGED:
        if finish - i < ETHERNET_BYTES:
            return NO
        if end - i < ETHERNET_BYTES:
            return SPECULATIVE
        kind = be16(data, i + 12)
        i += ETHERNET_BYTES
        if kind == VLAN and end - i >= 4:
            kind = be16(data, i + 2)
            i += 4
    if kind == IPV4:
        if end - i < 20:
            return SPECULATIVE if end < finish else NO
        length = be16(data, i + 2)
        return CONFIRMED if u8(data, i) >> 4 == 4 and u8(data, i) & 15 >= 5 and 20 <= length <= finish - i else NO
    if kind == IPV6:
        if end - i < 40:
            return SPECULATIVE if end < finish else NO
        return CONFIRMED if u8(data, i) >> 4 == 6 and be16(data, i + 4) + 40 <= finish - i else NO
    if kind == ARP:
        if end - i < 28:
            return SPECULATIVE if end < finish else NO
        return CONFIRMED if be16(data, i) == 1 and be16(data, i + 2) == IPV4 and be16(data, i + 4) == 0x0604 else NO
    return SPECULATIVE if kind >= 0x0600 else NO
