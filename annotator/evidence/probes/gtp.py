"""GTP: signalling of versions 1 and 2, user plane, and the charging protocol GTP'."""

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
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

ECHO_REQUEST, ECHO_RESPONSE, ERROR_INDICATION, END_MARKER, USER_DATA = 1, 2, 26, 254, 255
BASES = ("GTP version 1", "GTP version 2", "user plane", "GTP prime")
MOST_ELEMENTS = 64


@kernel
def elements_fit(data: Any, k: int, end: int, stop: int) -> bool:
    """Walk the information elements of version 2: type, length, instance (TS 29.274 section 8.2)."""
    for _ in range(MOST_ELEMENTS):
        if k + 4 > min(end, stop):
            break
        if u8(data, k) == 0 or u8(data, k + 3) & 0xF0 or k + 4 + be16(data, k + 1) > stop:
            return False
        k += 4 + be16(data, k + 1)
    return k == stop or k + 4 > end


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A header whose length is the datagram's (TS 29.060 and TS 29.281 section 5.1, TS 29.274 section 5.1, 32.295)."""
    if end - i < 8:
        return NOTHING
    flags, kind, length = u8(data, i), u8(data, i + 1), be16(data, i + 2)
    version = flags >> 5
    if version == 2:
        body = 12 if flags & 8 else 8
        if flags & 0x03 or not length or (length + 4 != finish - i and not flags & 0x10) or length + 4 > finish - i:
            return NOTHING
        if end - i < body or u8(data, i + body - 1) & (0xFF if body == 8 else 0x0F) or body > length + 4:
            return NOTHING
        if kind == 0 or ((body == 8) != (kind <= 3) and kind > 3 and body == 8):
            return NOTHING
        role = CLIENT if kind == 1 or kind == 32 else SERVER if kind == 2 or kind == 33 else ANY_ROLE
        fits = elements_fit(data, i + body, end, i + 4 + length)
        return (verdict(CONFIRMED if length > body - 4 else SPECULATIVE, role, 1), 0, 0) if fits else NOTHING
    if version > 1:
        return NOTHING
    if not flags & 0x10:  # GTP': bits 1110 or 1111 behind the version
        header = 6 if version or flags & 1 else 20
        known = 1 <= kind <= 7 or kind == 240 or kind == 241
        if flags & 0x0E != 0x0E or not known or length + header != finish - i:
            return NOTHING
        role = CLIENT if kind == 1 or kind == 4 or kind == 240 else SERVER
        if kind == 240 and length >= 2 and u8(data, i + header if i + header < end else i) != 126:
            return NOTHING
        return verdict(CONFIRMED if kind >= 240 else SPECULATIVE, role, 3), 0, 0
    if version == 0 or flags & 8 or length + 8 != finish - i:
        return NOTHING
    extra = 4 if flags & 7 else 0
    if length < extra or end - i < 8 + extra:
        return NOTHING
    if kind == USER_DATA:
        k = i + 8 + extra
        if flags & 4 and extra and u8(data, k - 1):  # extension headers, in words of four bytes
            for _ in range(8):
                if k >= end or u8(data, k) == 0:
                    return NOTHING
                k += 4 * u8(data, k)
                if k > end or u8(data, k - 1) == 0:
                    break
        if k + 4 > end:
            return NOTHING
        inner = u8(data, k) >> 4
        fits = (inner == 4 and u8(data, k) & 15 >= 5 and be16(data, k + 2) == finish - k) or (
            inner == 6 and k + 6 <= end and be16(data, k + 4) == finish - k - 40
        )
        return (verdict(CONFIRMED, ANY_ROLE, 2), 0, 0) if fits else NOTHING
    if kind == ECHO_REQUEST or kind == ECHO_RESPONSE:
        k = i + 8 + extra
        recovers = k < end and u8(data, k) == 14
        if be32(data, i + 4) or (kind == ECHO_RESPONSE and not recovers) or finish - k > 64:
            return NOTHING
        return verdict(CONFIRMED if extra else SPECULATIVE, CLIENT if kind == ECHO_REQUEST else SERVER, 0), 0, 0
    if kind == ERROR_INDICATION or kind == END_MARKER or kind == 31:
        return verdict(CONFIRMED if extra or kind == ERROR_INDICATION else SPECULATIVE, ANY_ROLE, 2), 0, 0
    if 3 <= kind <= 128 and extra and not flags & 5:  # signalling has a sequence number, and no N-PDU number
        k = i + 12
        if k >= end:
            return verdict(SPECULATIVE, ANY_ROLE, 0), 0, 0
        first = u8(data, k)  # the first elements of these messages: cause, IMSI, RAI, recovery, TEIDs, protocol options
        known = 1 <= first <= 29 or first >= 127
        role = CLIENT if kind == 16 else SERVER if kind == 17 else ANY_ROLE
        return (verdict(CONFIRMED, role, 0), 0, 0) if known else NOTHING
    return NOTHING


PROBE = Probe(
    name="gtp",
    title="GPRS Tunnelling Protocol",
    sources=("3GPP TS 29.060", "3GPP TS 29.274 section 5.1", "3GPP TS 29.281 section 5.1", "3GPP TS 32.295 section 6"),
    bases=BASES,
    signatures=(
        udp(b"\x30", mask=b"\xf8", shortest=8),
        udp(b"\x40", mask=b"\xe3", shortest=12),
        udp(b"\x0e\x00", mask=b"\xde\x08", shortest=6),
        udp(b"\x0e\xf0", mask=b"\xde\xfe", shortest=6),
    ),
    confirm=confirm,
    strength=55,
)
