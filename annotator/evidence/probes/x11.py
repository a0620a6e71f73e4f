"""X11: the connection setup."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import be16, le16, u8

LITTLE, BIG = 0x6C, 0x42


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Byte order, unused, version 11.0, lengths of the authorization's name and data; the server answers 11.0."""
    if not context & START or end - i < 8:
        return NOTHING
    first = u8(data, i)
    if first == LITTLE or first == BIG:
        if end - i < 12 or u8(data, i + 1) != 0:
            return NOTHING
        little = first == LITTLE
        major = le16(data, i + 2) if little else be16(data, i + 2)
        minor = le16(data, i + 4) if little else be16(data, i + 4)
        name = le16(data, i + 6) if little else be16(data, i + 6)
        secret = le16(data, i + 8) if little else be16(data, i + 8)
        whole = 12 + ((name + 3) & ~3) + ((secret + 3) & ~3)
        if major != 11 or minor != 0 or whole != finish - i or le16(data, i + 10) != 0:
            return NOTHING
        return verdict(CONFIRMED, CLIENT, 0), i + 12, min(name, end - i - 12)
    if first <= 2:
        version = (le16(data, i + 2) == 11 and le16(data, i + 4) == 0) or (
            be16(data, i + 2) == 11 and be16(data, i + 4) == 0
        )
        if not version:
            return NOTHING
        words = le16(data, i + 6) if le16(data, i + 2) == 11 else be16(data, i + 6)
        return (verdict(CONFIRMED, SERVER, 1), 0, 0) if 8 + 4 * words >= finish - i > 8 else NOTHING
    return NOTHING


PROBE = Probe(
    name="x11",
    title="X Window System",
    sources=("X Window System Protocol X11R7.7 section 8",),
    bases=("connection setup", "setup answer"),
    signatures=(
        tcp(b"l\x00\x0b\x00\x00\x00"),
        tcp(b"B\x00\x00\x0b\x00\x00"),
        tcp(b"\x00\x00\x0b\x00\x00\x00", mask=b"\xfc\x00\xff\xff\xff\xff", shortest=9),
        tcp(b"\x00\x00\x00\x0b\x00\x00", mask=b"\xfc\x00\xff\xff\xff\xff", shortest=9),
    ),
    confirm=confirm,
    strength=85,
)
