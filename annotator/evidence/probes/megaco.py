"""Megaco (H.248) in its text form."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, NOTHING, START, Answer, Probe, anywhere, tcp, verdict
from annotator.kernel.load import be16, be32, u8


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``MEGACO/version [address]:port`` or ``!/version ...`` (RFC 3525 annex B.2); over TCP behind TPKT."""
    if not context & START:
        return NOTHING
    k = i
    if end - i >= 4 and be16(data, i) == 0x0300:
        k += 4
    if end - k < 12:
        return NOTHING
    if be32(data, k) == 0x4D454741 and be16(data, k + 4) == 0x434F and u8(data, k + 6) == 0x2F:
        k += 7
    elif be16(data, k) == 0x212F:
        k += 2
    else:
        return NOTHING
    if not 0x31 <= u8(data, k) <= 0x34 or u8(data, k + 1) != 0x20:
        return NOTHING
    mark = u8(data, k + 2)  # an address in brackets, a name in angle brackets, or a device's path
    return (verdict(CONFIRMED, ANY_ROLE, 0), 0, 0) if mark == 0x5B or mark == 0x3C or mark > 0x40 else NOTHING


PROBE = Probe(
    name="megaco",
    title="Media Gateway Control (H.248)",
    sources=("RFC 3525 annex B.2",),
    bases=("message",),
    signatures=(
        anywhere(b"MEGACO/"),
        anywhere(b"!/0 ", mask=b"\xff\xff\xf8\xff", shortest=16),
        tcp(b"\x03\x00\x00\x00MEGA", mask=b"\xff\xff\x00\x00\xff\xff\xff\xff"),
        tcp(b"\x03\x00\x00\x00!/0 ", mask=b"\xff\xff\x00\x00\xff\xff\xf8\xff"),
    ),
    confirm=confirm,
    strength=75,
)
