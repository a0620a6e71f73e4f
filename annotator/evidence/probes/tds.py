"""TDS, Microsoft SQL Server's protocol: PRELOGIN and what answers it."""

from typing import Any

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    UPGRADE,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.kernel.load import be16, be32, u8

PRELOGIN, LOGIN7, RESPONSE = 0x12, 0x10, 0x04
TERMINATOR = 0xFF


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Packet header: type, status, length, SPID, number, window 0; PRELOGIN is a table of options by offset."""
    if not context & START or end - i < 12:
        return NOTHING
    kind, status, length = u8(data, i), u8(data, i + 1), be16(data, i + 2)
    if status > 0x1F or u8(data, i + 7) != 0 or length < 9 or length > finish - i:
        return NOTHING
    k = i + 8
    if kind == PRELOGIN or kind == RESPONSE:
        role = CLIENT if kind == PRELOGIN else SERVER
        if u8(data, k) == 0x16 and kind == PRELOGIN:  # TLS handshake inside PRELOGIN packets
            return verdict(SPECULATIVE, role, 1), 0, 0
        previous = -1
        for _ in range(12):
            if end - k < 5:
                return NOTHING
            option = u8(data, k)
            if option == TERMINATOR:
                break
            offset, size = be16(data, k + 1), be16(data, k + 3)
            if option > 9 or option <= previous or 8 + offset + size > length:
                return NOTHING
            previous = option
            k += 5
        if previous < 0 or u8(data, i + 8) != 0:  # VERSION comes first
            return NOTHING
        return verdict(CONFIRMED, role, 0, UPGRADE), 0, 0
    if kind == LOGIN7 and end - i >= 16:
        body = be32(data, i + 8)
        little = ((body & 0xFF) << 24) | ((body & 0xFF00) << 8) | ((body >> 8) & 0xFF00) | (body >> 24)
        if little == length - 8 and u8(data, i + 15) in (0x70, 0x71, 0x72, 0x73, 0x74):  # TDS version 7.x
            return verdict(CONFIRMED, CLIENT, 2), 0, 0
    return NOTHING


PROBE = Probe(
    name="tds",
    title="Tabular Data Stream (Microsoft SQL Server)",
    sources=("MS-TDS sections 2.2.3.1, 2.2.6.4, 2.2.6.5",),
    bases=("PRELOGIN", "TLS in PRELOGIN", "LOGIN7"),
    signatures=(
        tcp(b"\x12\x01", shortest=14),
        tcp(b"\x12\x00", shortest=14),
        tcp(b"\x04\x01", shortest=14),
        tcp(b"\x10\x01", shortest=40),
    ),
    confirm=confirm,
    strength=80,
)
