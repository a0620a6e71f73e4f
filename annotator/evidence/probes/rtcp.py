"""RTCP: a compound packet whose lengths add up."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, NOTHING, SPECULATIVE, Answer, Probe, udp, verdict
from annotator.kernel.load import be16, u8

SR, RR, XR = 200, 201, 207


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Packets one behind the other, each with version 2, a type from 200 to 207 and its length in words."""
    k = i
    packets = 0
    while end - k >= 4:
        kind, length = u8(data, k + 1), 4 * be16(data, k + 2) + 4
        if u8(data, k) >> 6 != 2 or not SR <= kind <= XR:
            break
        if packets == 0 and kind not in (SR, RR):
            return NOTHING
        counted = u8(data, k) & 31
        if (kind == SR and length < 28 + 24 * counted) or (kind == RR and length < 8 + 24 * counted):
            return NOTHING
        packets += 1
        k += length
    if packets >= 2 and k == finish:
        return verdict(CONFIRMED, ANY_ROLE, 0), 0, 0
    return (verdict(SPECULATIVE, ANY_ROLE, 0), 0, 0) if packets and k <= finish else NOTHING


PROBE = Probe(
    name="rtcp",
    title="RTP Control Protocol",
    sources=("RFC 3550 section 6", "appendix A.2"),
    bases=("compound packet",),
    signatures=(udp(b"\x80\xc8", mask=b"\xc0\xfe", shortest=8),),
    confirm=confirm,
    strength=60,
)
