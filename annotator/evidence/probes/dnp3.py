"""DNP3: the data link frame, whose header has a checksum of its own."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, Answer, Probe, anywhere, verdict
from annotator.kernel.load import be16, le16, u8

POLYNOMIAL = 0xA6BC
"""0x3D65 reflected: CRC-16/DNP."""


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Start bytes 05 64, length, control, destination, source, CRC over the eight."""
    if end - i < 10 or be16(data, i) != 0x0564 or u8(data, i + 2) < 5:
        return NOTHING
    crc = 0
    for k in range(i, i + 8):
        crc ^= u8(data, k)
        for _ in range(8):
            crc = (crc >> 1) ^ POLYNOMIAL if crc & 1 else crc >> 1
    if crc ^ 0xFFFF != le16(data, i + 8):
        return NOTHING
    return verdict(CONFIRMED, CLIENT if u8(data, i + 3) & 0x80 else SERVER, 0), 0, 0  # DIR: from the master


PROBE = Probe(
    name="dnp3",
    title="Distributed Network Protocol 3",
    sources=("IEEE 1815-2012 section 9.2.4",),
    bases=("link header with its CRC",),
    signatures=(anywhere(b"\x05\x64", shortest=10),),
    confirm=confirm,
    strength=95,
)
