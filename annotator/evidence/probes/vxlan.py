"""VXLAN: eight bytes, and a whole Ethernet frame."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, NOTHING, Answer, Probe, udp, verdict
from annotator.evidence.probes._inner import BRIDGED, inner_packet
from annotator.kernel.load import be32, u8

HEADER = 8


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """The I flag alone, the network's identifier, reserved bytes of 0; then a frame whose packet fits."""
    if end - i < HEADER or be32(data, i) != 0x08000000 or u8(data, i + 7) != 0:
        return NOTHING
    grade = inner_packet(data, i + HEADER, end, finish, BRIDGED)
    return (verdict(grade, ANY_ROLE, 0), i + 4, 3) if grade else NOTHING


PROBE = Probe(
    name="vxlan",
    title="Virtual eXtensible Local Area Network",
    sources=("RFC 7348 section 5",),
    bases=("frame in a frame",),
    signatures=(udp(b"\x08\x00\x00\x00\x00\x00\x00\x00", mask=b"\xff\xff\xff\xff\x00\x00\x00\xff", shortest=22),),
    confirm=confirm,
    strength=70,
    label=lambda raw: f"VNI {int.from_bytes(raw, 'big')}",
)
