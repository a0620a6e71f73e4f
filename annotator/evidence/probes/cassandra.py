"""Cassandra: the CQL native protocol's frame header."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, SPECULATIVE, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import be16, be32, u8

STARTUP, OPTIONS, ERROR, READY, AUTHENTICATE, SUPPORTED = 0x01, 0x05, 0x00, 0x02, 0x03, 0x06
LARGEST = 256 << 20
BETWEEN_NODES = 0xCA552DFA
"""First bytes of a connection from node to node."""


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """The nodes' own magic; or version with a direction bit, flags, stream (2 bytes from v3), opcode, body length."""
    if context & START and end - i >= 8 and be32(data, i) == BETWEEN_NODES:
        return verdict(CONFIRMED, CLIENT, 3), 0, 0
    version = u8(data, i) & 0x7F
    wide = 1 if version >= 3 else 0
    header = 8 + wide
    if not context & START or not 1 <= version <= 5 or end - i < header:
        return NOTHING
    flags, opcode, length = u8(data, i + 1), u8(data, i + 3 + wide), be32(data, i + 4 + wide)
    if flags > 0x1F or opcode > 0x10 or length > LARGEST:
        return NOTHING
    answer = u8(data, i) & 0x80
    exact = length == finish - i - header
    if not answer:
        if opcode == OPTIONS and length == 0:
            return verdict(CONFIRMED if exact else SPECULATIVE, CLIENT, 0), 0, 0
        if opcode == STARTUP and exact and end - i >= header + 15 and be16(data, i + header) >= 1:
            known = be32(data, i + header + 4) == 0x43514C5F or length > 20  # "CQL_" of CQL_VERSION
            return (verdict(CONFIRMED, CLIENT, 1), 0, 0) if known else NOTHING
        return NOTHING
    if opcode in (READY, AUTHENTICATE, SUPPORTED, ERROR) and exact:
        fits = (opcode == READY and length == 0) or (opcode == AUTHENTICATE and end - i >= header + 2)
        if opcode == AUTHENTICATE:
            fits = fits and be16(data, i + header) == length - 2
        if opcode == SUPPORTED:
            fits = end - i >= header + 6 and 1 <= be16(data, i + header) <= 32 and be16(data, i + header + 2) < 64
        if opcode == ERROR:
            fits = (
                end - i >= header + 6 and be32(data, i + header) <= 0x2500 and be16(data, i + header + 4) == length - 6
            )
        return (verdict(CONFIRMED, SERVER, 2), 0, 0) if fits else NOTHING
    return NOTHING


PROBE = Probe(
    name="cassandra",
    title="Cassandra (CQL native protocol)",
    sources=("CQL binary protocol v1 to v5, section 2",),
    bases=("OPTIONS", "STARTUP", "response", "internode handshake"),
    signatures=(
        tcp(b"\xca\x55\x2d\xfa", shortest=8),
        tcp(b"\x03\x00", mask=b"\x7f\xe0", shortest=9),
        tcp(b"\x04\x00", mask=b"\x7e\xe0", shortest=9),
        tcp(b"\x01\x00", mask=b"\x7f\xe0", shortest=8, longest=600),
        tcp(b"\x02\x00", mask=b"\x7f\xe0", shortest=8, longest=600),
    ),
    confirm=confirm,
    strength=72,
)
