"""OPC UA: the connection protocol's message header."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, NOTHING, SERVER, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import be32, le32, u8

HEL, ACK, ERR, RHE, OPN, MSG, CLO = 0x48454C, 0x41434B, 0x455252, 0x524845, 0x4F504E, 0x4D5347, 0x434C4F
SMALLEST_BUFFER = 8192


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Three letters, a chunk kind, the size of the whole; Hello and Acknowledge tell buffer sizes."""
    if end - i < 8:
        return NOTHING
    kind, chunk, size = be32(data, i) >> 8, u8(data, i + 3), le32(data, i + 4)
    if chunk not in (0x46, 0x43, 0x41) or size < 8 or size > 1 << 26:
        return NOTHING
    if kind == HEL or kind == ACK:
        if chunk != 0x46 or end - i < 28 or size != finish - i:
            return NOTHING
        if le32(data, i + 12) < SMALLEST_BUFFER or le32(data, i + 16) < SMALLEST_BUFFER:
            return NOTHING
        if kind == ACK:
            return (verdict(CONFIRMED, SERVER, 1), 0, 0) if size == 28 else NOTHING
        if end - i < 32:
            return NOTHING
        return verdict(CONFIRMED, CLIENT, 0), i + 32, min(le32(data, i + 28), end - i - 32)
    if kind in (OPN, MSG, CLO, ERR, RHE) and context & START and size == finish - i:
        return verdict(CONFIRMED, SERVER if kind == ERR else ANY_ROLE, 2), 0, 0
    return NOTHING


PROBE = Probe(
    name="opcua",
    title="OPC Unified Architecture (binary)",
    sources=("OPC 10000-6 section 7.1.2",),
    bases=("Hello", "Acknowledge", "secure channel message"),
    signatures=(
        tcp(b"HELF"),
        tcp(b"ACKF"),
        tcp(b"ERRF"),
        tcp(b"RHEF"),
        tcp(b"OPNF"),
        tcp(b"MSG"),
        tcp(b"CLOF"),
    ),
    confirm=confirm,
    strength=90,
)
