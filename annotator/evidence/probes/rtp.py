"""RTP: a header that proves little alone; two in a row of one stream prove it."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, NOTHING, REPEAT, SPECULATIVE, Answer, Probe, udp, verdict
from annotator.kernel.load import be16, be32, u8

RTCP_FIRST, RTCP_LAST = 192, 223
STATIC_LAST, DYNAMIC_FIRST = 34, 96


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version 2; CSRC list, extension and padding that fit; a payload type of the profile or a dynamic one."""
    if end - i < 12:
        return NOTHING
    first, kind = u8(data, i), u8(data, i + 1)
    if first >> 6 != 2 or RTCP_FIRST <= kind <= RTCP_LAST:
        return NOTHING
    payload_type = kind & 127
    if STATIC_LAST < payload_type < DYNAMIC_FIRST or be32(data, i + 8) == 0:
        return NOTHING
    k = i + 12 + 4 * (first & 15)
    if first & 0x10:
        if end - k < 4:
            return NOTHING
        k += 4 + 4 * be16(data, k + 2)
    if k >= finish:
        return NOTHING
    if first & 0x20 and end == finish and not 0 < u8(data, end - 1) <= end - k:
        return NOTHING
    return verdict(SPECULATIVE, ANY_ROLE, 0, REPEAT), i + 8, 4


PROBE = Probe(
    name="rtp",
    title="Real-time Transport Protocol",
    sources=("RFC 3550 section 5.1", "RFC 3551 section 6"),
    bases=("header",),
    signatures=(udp(b"\x80", mask=b"\xc0", shortest=13, longest=1500),),
    confirm=confirm,
    strength=15,
    label=lambda raw: f"SSRC {raw.hex()}",
)
