"""WireGuard: four message types, each of its own length, with zeros behind the type."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    Answer,
    Probe,
    udp,
    verdict,
)
from annotator.kernel.load import le32

INITIATION, RESPONSE, COOKIE, DATA = 1, 2, 3, 4


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Types and lengths of the white paper's section 5.4; everything else looks random."""
    size = finish - i
    if end - i < 12:
        return NOTHING
    kind = le32(data, i)
    if kind == INITIATION and size == 148:
        return verdict(CONFIRMED, CLIENT, 0), 0, 0
    if kind == RESPONSE and size == 92:
        return verdict(CONFIRMED, SERVER, 1), 0, 0
    if kind == COOKIE and size == 64:
        return verdict(CONFIRMED, ANY_ROLE, 2), 0, 0
    # a packet number of 64 bits that never gets that far, and padding to 16
    if kind == DATA and size >= 32 and size & 15 == 0 and end - i >= 16 and le32(data, i + 12) == 0:
        return verdict(CONFIRMED if le32(data, i + 8) < 1 << 30 else SPECULATIVE, ANY_ROLE, 3), 0, 0
    return NOTHING


PROBE = Probe(
    name="wireguard",
    title="WireGuard",
    sources=("Donenfeld, WireGuard: Next Generation Kernel Network Tunnel, section 5.4",),
    bases=("handshake initiation", "handshake response", "cookie reply", "transport data"),
    signatures=(
        udp(b"\x01\x00\x00\x00", shortest=148, longest=148),
        udp(b"\x02\x00\x00\x00", shortest=92, longest=92),
        udp(b"\x03\x00\x00\x00", shortest=64, longest=64),
        udp(b"\x04\x00\x00\x00", shortest=32),
    ),
    confirm=confirm,
    strength=50,
)
