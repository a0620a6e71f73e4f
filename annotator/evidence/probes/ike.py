"""IKE and ISAKMP: the header that IKEv1 and IKEv2 share, with or without the non-ESP marker."""

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


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Cookies, next payload, version, exchange, flags, message, length (RFC 2408 section 3.1, RFC 7296 section 3.1)."""
    if end - i >= 32 and be32(data, i) == 0:  # RFC 3948 section 2.2
        i += 4
    if end - i < 28 or (be32(data, i) == 0 and be32(data, i + 4) == 0):
        return NOTHING
    payload, version, exchange, flags = u8(data, i + 16), u8(data, i + 17), u8(data, i + 18), u8(data, i + 19)
    length = be32(data, i + 24)
    fresh = be32(data, i + 8) == 0 and be32(data, i + 12) == 0
    if length < 28 or length > finish - i:
        return NOTHING
    # some send zeros behind an IKEv1 message, and fragments of the datagram hide the end
    exact = length == finish - i
    encrypted = flags & 1 if version == 0x10 else payload == 46 or payload == 53
    if not encrypted and payload and end - i >= 32:
        size = be16(data, i + 30)
        if size < 4 or 28 + size > length:
            return NOTHING
    if version == 0x10:
        known = exchange <= 6 or 32 <= exchange <= 34
        if (
            not known
            or flags > 7
            or (payload > 24 and payload < 128 and payload != 130)
            or (not exact and payload == 0)
        ):
            return NOTHING
        role, basis = CLIENT if fresh and exchange != 5 else ANY_ROLE, 0
    elif version >> 4 == 2:
        if not 34 <= exchange <= 44 or flags & 0xC7 or (payload and not 33 <= payload <= 54):
            return NOTHING
        role, basis = CLIENT if flags & 8 else SERVER, 1
    else:
        return NOTHING
    return verdict(CONFIRMED if exact else SPECULATIVE, role, basis), 0, 0


PROBE = Probe(
    name="ike",
    title="Internet Key Exchange",
    sources=("RFC 2408 section 3.1", "RFC 7296 section 3.1", "RFC 3948 section 2.2"),
    bases=("IKEv1 header", "IKEv2 header"),
    signatures=(
        udp(b"\x00\x10\x00\x00\x00", at=16, mask=b"\x00\xff\xd8\xf8\x00", shortest=28),
        udp(b"\x20\x20\x20\x00", at=16, mask=b"\xc0\xff\xf0\xc7", shortest=28),
        udp(b"\x00\x20\x20\x00", at=16, mask=b"\xff\xff\xf0\xc7", shortest=28),
        udp(b"\x00\x10\x00\x00\x00", at=20, mask=b"\x00\xff\xd8\xf8\x00", shortest=32),
        udp(b"\x20\x20\x20\x00", at=20, mask=b"\xc0\xff\xf0\xc7", shortest=32),
    ),
    confirm=confirm,
    strength=80,
)
