"""Diameter: a header and the first attribute behind it."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    TCP,
    Answer,
    Probe,
    Signature,
    verdict,
)
from annotator.evidence.probe import SCTP as SCTP_BIT
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be32, u8

CAPABILITIES, ORIGIN_HOST = 257, 264
MOST_ATTRIBUTES = 32


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version, length, flags ``R P E T``, command, and attributes that count themselves (RFC 6733 sections 3, 4)."""
    if end - i < 20:
        fits = context & START and end - i >= 4 and u8(data, i) == 1
        return (verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0) if fits else NOTHING
    length, flags = be32(data, i) & 0xFFFFFF, u8(data, i + 4)
    if u8(data, i) != 1 or length < 20 or length & 3 or flags & 0x0F or flags & 0xA0 == 0xA0:
        return NOTHING
    stop = i + length
    if stop > finish and not (context & TCP and context & START):
        return NOTHING
    request, command = flags >> 7, be32(data, i + 4) & 0xFFFFFF
    if command < 257 or command > 8388700:
        return NOTHING
    attributes, label, label_length = 0, 0, 0
    k = i + 20
    for _ in range(MOST_ATTRIBUTES):
        if k + 8 > min(end, stop):
            break
        size = be32(data, k + 4) & 0xFFFFFF
        if size < 8 or k + size > stop or u8(data, k + 4) & 0x1F:
            return NOTHING
        if be32(data, k) == ORIGIN_HOST and k + size <= end and not label:
            label, label_length = k + 8, size - 8
        attributes += 1
        k += size + 3 & ~3
    # both ends ask; only the one that connected names its capabilities first (section 5.3)
    role = ANY_ROLE if command != CAPABILITIES else CLIENT if request else SERVER
    return verdict(CONFIRMED if attributes else SPECULATIVE, role, 1 - request), label, label_length


PROBE = Probe(
    name="diameter",
    title="Diameter",
    sources=("RFC 6733 sections 3, 4.1, 5.3",),
    bases=("request", "answer"),
    signatures=(Signature(TCP | SCTP_BIT, b"\x01\x00\x00\x00\x00\x00", 0, b"\xff\xf0\x00\x03\x0f\x00", 20),),
    confirm=confirm,
    strength=75,
)
