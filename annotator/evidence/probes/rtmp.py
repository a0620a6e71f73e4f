"""RTMP: the handshake of three fixed sizes."""

from typing import Any, Final

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    MORE,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.kernel.load import be32, u8

FIRST: Final = 1 + 1536
"""C0 and C1, or S0 and S1: a version byte; time, zero, random bytes (RTMP 1.0 section 5.2)."""
ANSWER: Final = FIRST + 1536
"""S0, S1 and S2 in one."""


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version 3, and then just as many bytes as the handshake has before the other end must speak."""
    if not context & START or end - i < 9:
        return NOTHING
    size, zero = finish - i, be32(data, i + 5)
    # later Flash players put their version there instead of zero: at most 128, and small numbers behind it
    first = u8(data, i + 5)
    player = 9 <= first <= 11 or first == 128 or zero == 0
    if not player:
        return NOTHING
    if size == FIRST or size == ANSWER:
        return verdict(CONFIRMED, CLIENT if size == FIRST else SERVER, 0), 0, 0
    if end == finish and size < ANSWER:
        return verdict(MORE, ANY_ROLE, 0), 0, 0
    return (verdict(SPECULATIVE, ANY_ROLE, 0), 0, 0) if zero == 0 else NOTHING


PROBE = Probe(
    name="rtmp",
    title="Real-Time Messaging Protocol",
    sources=("Adobe RTMP 1.0 section 5.2",),
    bases=("handshake",),
    signatures=(tcp(b"\x03", shortest=400),),
    confirm=confirm,
    strength=45,
)
