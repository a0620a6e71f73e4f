"""BGP: the marker of 16 ones, a length and a type."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, NOTHING, START, Answer, Probe, tcp, verdict
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be16, be32, u8

OPEN, UPDATE, NOTIFICATION, KEEPALIVE, REFRESH = 1, 2, 3, 4, 5


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A message of RFC 4271 section 4.1; RFC 8654 lets it be longer than 4,096."""
    for k in range(i, min(i + 16, end)):
        if u8(data, k) != 0xFF:
            return NOTHING
    if end - i < 19:
        return (verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0) if context & START else NOTHING
    length, kind = be16(data, i + 16), u8(data, i + 18)
    if length < 19 or kind < OPEN or kind > REFRESH or (kind == KEEPALIVE and length != 19):
        return NOTHING
    if (kind == OPEN and length < 29) or (kind == UPDATE and length < 23) or (kind == NOTIFICATION and length < 21):
        return NOTHING
    if kind == OPEN:
        if end - i < 28:
            return verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0
        if u8(data, i + 19) != 4 or be32(data, i + 24) == 0:
            return NOTHING
        return verdict(CONFIRMED, ANY_ROLE, 0), i + 20, 8
    return verdict(CONFIRMED, ANY_ROLE, kind - 1), 0, 0


def spell(raw: bytes) -> str:
    """Write an OPEN's autonomous system and identifier."""
    return f"AS{int.from_bytes(raw[:2], 'big')} {'.'.join(str(part) for part in raw[4:8])}"


PROBE = Probe(
    name="bgp",
    title="Border Gateway Protocol",
    sources=("RFC 4271 section 4", "RFC 2918", "RFC 8654"),
    bases=("OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "ROUTE-REFRESH"),
    signatures=(tcp(b"\xff\xff\xff\xff\xff\xff\xff\xff"),),
    confirm=confirm,
    strength=95,
    label=spell,
)
