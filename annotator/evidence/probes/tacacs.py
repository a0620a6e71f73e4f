"""TACACS+: a header of 12 bytes that counts its body."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, START, Answer, Probe, tcp, verdict
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be32, u8

BASES = ("authentication", "authorization", "accounting")


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``version, type, sequence, flags, session, length`` (RFC 8907 section 4.1); clients send odd sequences."""
    if end - i < 3 or u8(data, i) & 0xFE != 0xC0 or not 1 <= u8(data, i + 1) <= 3 or not context & START:
        return NOTHING
    if end - i < 12:
        return verdict(undecided(end, finish, context), 0, 0), 0, 0
    kind, sequence = u8(data, i + 1), u8(data, i + 2)
    if sequence < 1 or sequence > 2 or u8(data, i + 3) & 0xFA or be32(data, i + 8) != finish - i - 12:
        return NOTHING
    if be32(data, i + 4) == 0 or be32(data, i + 8) < 5:
        return NOTHING
    return verdict(CONFIRMED, CLIENT if sequence & 1 else SERVER, kind - 1), 0, 0


PROBE = Probe(
    name="tacacs",
    title="Terminal Access Controller Access-Control System Plus",
    sources=("RFC 8907 section 4.1",),
    bases=BASES,
    signatures=(tcp(b"\xc0\x00\x00\x00", mask=b"\xfe\xfc\xfc\xfa", longest=65536),),
    confirm=confirm,
    strength=65,
)
