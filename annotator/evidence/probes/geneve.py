"""Geneve: a header, options whose lengths add up, and the packet that it carries."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, NOTHING, Answer, Probe, udp, verdict
from annotator.evidence.probes._inner import BRIDGED, IPV4, IPV6, inner_packet
from annotator.kernel.load import be16, u8

HEADER = 8
CRITICAL = 0x40


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version 0, length of the options, two flags, the kind of packet, the network's identifier, a byte of 0."""
    if end - i < HEADER or u8(data, i) > 0x3F or u8(data, i + 1) & 0x3F or u8(data, i + 7) != 0:
        return NOTHING
    kind = be16(data, i + 2)
    if kind not in (BRIDGED, IPV4, IPV6):
        return NOTHING
    k = i + HEADER
    stop = k + 4 * u8(data, i)
    critical = False
    while k < stop and end - k >= 4:  # class, type, length in words
        critical = critical or u8(data, k + 2) & 0x80 != 0
        k += 4 + 4 * (u8(data, k + 3) & 0x1F)
    if (end >= stop and k != stop) or (critical and not u8(data, i + 1) & CRITICAL):
        return NOTHING
    grade = inner_packet(data, stop, end, finish, kind)
    return (verdict(grade, ANY_ROLE, 0), i + 4, 3) if grade else NOTHING


PROBE = Probe(
    name="geneve",
    title="Generic Network Virtualization Encapsulation",
    sources=("RFC 8926 sections 3.4, 3.5",),
    bases=("packet in a packet",),
    signatures=tuple(
        udp(b"\x00\x00" + kind.to_bytes(2, "big") + bytes(4), mask=b"\xc0\x3f\xff\xff\x00\x00\x00\xff", shortest=22)
        for kind in (BRIDGED, IPV4, IPV6)
    ),
    confirm=confirm,
    strength=65,
    label=lambda raw: f"VNI {int.from_bytes(raw, 'big')}",
)
