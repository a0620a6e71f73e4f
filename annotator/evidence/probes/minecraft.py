"""Minecraft: the Java edition's handshake, and Bedrock's RakNet ping."""

from typing import Any

import numpy as np

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    START,
    UDP,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.kernel.load import be64, u8

MAGIC = (np.uint64(0x00FFFF00FEFEFEFE), np.uint64(0xFDFDFDFD12345678))
"""RakNet's offline message id."""


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Packet: length, id 0, protocol version, host by length, port, next state 1 to 3."""
    if context & UDP:
        kind = u8(data, i)
        at = i + 9 if kind == 1 else i + 17 if kind == 0x1C else i + 1
        if end - at < 16 or be64(data, at) != MAGIC[0] or be64(data, at + 8) != MAGIC[1]:
            return NOTHING
        return verdict(CONFIRMED, SERVER if kind in (0x1C, 6, 8) else CLIENT, 1), 0, 0
    if not context & START or end - i < 8:
        return NOTHING
    length = u8(data, i)
    if not 6 <= length <= 127 or u8(data, i + 1) != 0 or length + 1 > finish - i or length + 1 > end - i:
        return NOTHING
    k = i + 2
    for _ in range(5):
        k += 1
        if u8(data, k - 1) < 128:
            break
    host = u8(data, k)
    if host == 0 or k + 1 + host + 3 != i + 1 + length or not 1 <= u8(data, i + length) <= 3:
        return NOTHING
    for n in range(k + 1, k + 1 + host):
        if not 0x20 <= u8(data, n) < 0x7F:
            return NOTHING
    return verdict(CONFIRMED, CLIENT, 0), k + 1, host


PROBE = Probe(
    name="minecraft",
    title="Minecraft",
    sources=("Minecraft Java edition protocol: handshake", "RakNet offline messages"),
    bases=("handshake", "RakNet message"),
    signatures=(
        tcp(b"\x00", at=1, shortest=8, longest=300),
        udp(b"\x00\xff\xff\x00\xfe\xfe\xfe\xfe", at=9),
        udp(b"\x00\xff\xff\x00\xfe\xfe\xfe\xfe", at=17),
        udp(b"\x00\xff\xff\x00\xfe\xfe\xfe\xfe", at=1),
    ),
    confirm=confirm,
    strength=78,
)
