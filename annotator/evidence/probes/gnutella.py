"""Gnutella: the handshake of 0.6, its HTTP-like requests, and the descriptor header on UDP."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    UDP,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.kernel.load import be32, le32, u8

KINDS = (0x00, 0x01, 0x02, 0x30, 0x31, 0x40, 0x80, 0x81)
"""Ping, pong, bye, QRP, vendor messages, push, query, hit."""
MOJITO = 0x44
"""A message of the distributed hash table; a version stands where TTL and hops do."""
HEADER = 23


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``GNUTELLA CONNECT/0.6`` or ``GNUTELLA/0.6 200 OK``; descriptor: GUID, kind, TTL, hops, length of the rest."""
    if context & UDP:
        if end - i >= 4 and be32(data, i) == 0x474E4420:  # "GND ": GTella and G2's own datagrams
            return verdict(SPECULATIVE, ANY_ROLE, 3), 0, 0
        if end - i < HEADER:
            return NOTHING
        kind, ttl, hops, length = u8(data, i + 16), u8(data, i + 17), u8(data, i + 18), le32(data, i + 19)
        if kind == MOJITO and length == finish - i - HEADER and end - i >= 28:
            for k in range(i + 24, i + 28):  # the vendor, in capitals
                if not 0x41 <= u8(data, k) <= 0x5A:
                    return NOTHING
            return verdict(CONFIRMED, ANY_ROLE, 2), 0, 0
        if kind not in KINDS or not 1 <= ttl + hops <= 10 or ttl > 7 or length != finish - i - HEADER:
            return NOTHING
        if u8(data, i + 15) != 0 and u8(data, i + 8) != 0xFF:  # modern GUIDs: byte 8 all ones, byte 15 zero
            return (verdict(SPECULATIVE, ANY_ROLE, 2), 0, 0) if kind in (0, 1, 0x31) else NOTHING
        return verdict(CONFIRMED, ANY_ROLE, 2), 0, 0
    if not context & START or end - i < 12 or be32(data, i) != 0x474E5554:  # "GNUT"
        return NOTHING
    if be32(data, i + 4) != 0x454C4C41:  # "ELLA"
        return NOTHING
    following = u8(data, i + 8)
    if following == 0x20:
        return verdict(CONFIRMED, CLIENT, 0), 0, 0
    return (verdict(CONFIRMED, SERVER, 1), 0, 0) if following == 0x2F else NOTHING


PROBE = Probe(
    name="gnutella",
    title="Gnutella",
    sources=("Gnutella protocol specification 0.4 section 2.2", "Gnutella 0.6 draft, handshake"),
    bases=("CONNECT", "handshake answer", "descriptor header", "GND datagram"),
    signatures=(
        tcp(b"GNUTELLA"),
        udp(b"GND "),
        *(udp(bytes([kind]), at=16, shortest=HEADER, longest=4096) for kind in (*KINDS, MOJITO)),
    ),
    confirm=confirm,
    strength=55,
)
