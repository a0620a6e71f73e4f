"""HTTP/2 without TLS: the client's preface, and the server's SETTINGS frame."""

from typing import Any, Final

from annotator.evidence.probe import CLIENT, CONFIRMED, MORE, NO, NOTHING, SERVER, Answer, Probe, tcp, verdict
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

PREFACE, SETTINGS = range(2)
MAGIC: Final = (0x50524920, 0x2A204854, 0x54502F32, 0x2E300D0A, 0x0D0A534D, 0x0D0A0D0A)
"""``PRI * HTTP/2.0 CR LF CR LF SM CR LF CR LF``, the connection preface of RFC 9113 section 3.4."""


@kernel
def settings(data: Any, i: int, end: int) -> bool:
    """Check a SETTINGS frame (RFC 9113 section 6.5): stream 0, no flags, and settings of known numbers and ranges."""
    length = u8(data, i) << 16 | be16(data, i + 1)
    if u8(data, i + 3) != 4 or u8(data, i + 4) != 0 or be32(data, i + 5) != 0 or length % 6 or length > 96:
        return False
    for k in range(i + 9, min(end - 5, i + 9 + length), 6):
        name, value = be16(data, k), be32(data, k + 2)
        if (name == 2 and value > 1) or (name == 5 and not 16384 <= value <= 16777215):
            return False
        if not (1 <= name <= 9 or name == 16 or name & 0x0F0F == 0x0A0A):  # 10 to 15 are unassigned, xAxA is GREASE
            return False
    return True


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """The 24 bytes of the preface; or SETTINGS first, with a further frame or the segment's end behind it."""
    if u8(data, i) == 0x50:
        for k in range(6):
            if i + 4 * k + 4 > end:
                return (verdict(MORE, CLIENT, PREFACE), 0, 0) if end == finish else NOTHING
            if be32(data, i + 4 * k) != MAGIC[k]:
                return NOTHING
        return verdict(CONFIRMED, CLIENT, PREFACE), 0, 0
    if end - i < 9 or not settings(data, i, end):
        return NOTHING
    k = i + 9 + be16(data, i + 1)
    if k > finish:
        return verdict(MORE if end == finish else NO, SERVER, SETTINGS), 0, 0
    while k + 9 <= end:
        if u8(data, k + 3) > 16 or be32(data, k + 5) >> 31:
            return NOTHING
        k += 9 + (u8(data, k) << 16 | be16(data, k + 1))
    return (verdict(CONFIRMED, SERVER, SETTINGS), 0, 0) if k >= finish else NOTHING


PROBE = Probe(
    name="http2",
    title="Hypertext Transfer Protocol, version 2",
    sources=("RFC 9113 sections 3.4, 4.1 and 6.5",),
    bases=("connection preface", "SETTINGS frame"),
    signatures=(
        tcp(b"PRI * HT"),
        tcp(b"\x00\x00\x00\x04\x00\x00\x00\x00", mask=b"\xff\xff\x80" + b"\xff" * 5, shortest=9),
    ),
    confirm=confirm,
    strength=82,
)
