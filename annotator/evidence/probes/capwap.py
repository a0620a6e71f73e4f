"""CAPWAP: its control messages, and DTLS behind its preamble."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    Answer,
    Probe,
    udp,
    verdict,
)
from annotator.kernel.load import be16, be32, u8

LAST_MESSAGE = 26
"""Station Configuration Response (RFC 5415 section 4.5.1.1)."""


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Preamble 1 and a DTLS record, or preamble 0, the header, and a control message that fills the datagram."""
    if end - i < 17 or finish - i < 17:
        return NOTHING
    if u8(data, i) == 1:  # RFC 5415 section 4.2
        kind = u8(data, i + 4)
        if be32(data, i) != 0x01000000 or not 0x14 <= kind <= 0x17 or u8(data, i + 5) != 0xFE or u8(data, i + 6) < 0xFD:
            return NOTHING
        fits = i + 17 + be16(data, i + 15) <= finish
        if kind != 0x16:
            return (verdict(CONFIRMED, ANY_ROLE, 2), 0, 0) if fits else NOTHING
        if end - i < 18:
            return verdict(SPECULATIVE, ANY_ROLE, 2), 0, 0
        hello = u8(data, i + 17) if be16(data, i + 7) == 0 else 0
        role = CLIENT if hello == 1 else SERVER if hello == 2 or hello == 3 else ANY_ROLE
        return (verdict(CONFIRMED, role, 2), 0, 0) if fits else NOTHING
    header = (u8(data, i + 1) >> 3) * 4
    k = i + header
    if u8(data, i) or header < 8 or header > 64 or be16(data, i + 6) & 7:
        return NOTHING
    if k + 8 > end:
        return NOTHING
    # user data: an 802.11 frame (binding 1, T), with wireless information (W) that is as long as the header says
    if be16(data, i + 2) & 0x3FB0 == 0x0320 and be16(data, i + 4) == 0 and 12 <= header <= 24:
        size = u8(data, i + 9) + 2 if u8(data, i + 8) == 1 else u8(data, i + 8) + 1
        return (verdict(SPECULATIVE, ANY_ROLE, 3), 0, 0) if header == 8 + (size + 3 & ~3) else NOTHING
    if u8(data, i + 2) & 1:
        return NOTHING
    kind, length = be32(data, k), be16(data, k + 5)
    if kind < 1 or kind > LAST_MESSAGE or length < 3 or k + 5 + length != finish or u8(data, k + 7):
        return NOTHING
    request = kind & 1
    # the access point asks first; later both do
    role = (CLIENT if request else SERVER) if kind <= 6 else ANY_ROLE
    return verdict(CONFIRMED, role, 1 - request), 0, 0


PROBE = Probe(
    name="capwap",
    title="Control and Provisioning of Wireless Access Points",
    sources=("RFC 5415 sections 4.1, 4.2, 4.3, 4.5",),
    bases=("request", "response", "DTLS", "user data"),
    signatures=(
        udp(b"\x01\x00\x00\x00\x10\xfe\xfc", mask=b"\xff\xff\xff\xff\xf8\xff\xfc", shortest=17),
        udp(b"\x00\x10\x00\x00\x00\x00\x00\x00", mask=b"\xff\xf0\x01\x00\x00\x00\x00\x07", shortest=17),
        udp(b"\x00\x20\x00\x00\x00\x00\x00\x00", mask=b"\xff\xe0\x00\x00\x00\x00\x00\x07", shortest=25),
    ),
    confirm=confirm,
    strength=70,
)
