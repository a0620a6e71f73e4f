"""NTP and SNTP, and the control and private modes of the reference implementation."""

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

BASES = ("client", "server", "symmetric", "broadcast", "control", "private")


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A time message of 48 bytes and what may follow, or a management message of its own length."""
    size = finish - i
    if end - i < 8:
        return NOTHING
    mode, version = u8(data, i) & 7, u8(data, i) >> 3 & 7
    if version < 1 or version > 4:
        return NOTHING
    if mode == 6:  # RFC 9327 section 2: 12 bytes, then as much as is counted, padded to four; perhaps a MAC
        if end - i < 12 or u8(data, i) & 0xC0:
            return NOTHING
        count, operation = be16(data, i + 10), u8(data, i + 1) & 31
        rest = size - 12 - (count + 3 & ~3)
        if (size != 12 + count and rest != 0 and rest != 20 and rest != 24) or (operation > 12 and operation != 31):
            return NOTHING
        response = u8(data, i + 1) >> 7
        if operation == 0 or be16(data, i + 8) > 4096 or (not response and u8(data, i + 1) & 0x60):
            return NOTHING
        return verdict(CONFIRMED, SERVER if response else CLIENT, 4), 0, 0
    if mode == 7:  # ntpd's ntp_request.h: response bit, implementation, request code, items and their size
        response, items, each = u8(data, i) >> 7, be16(data, i + 4) & 0xFFF, be16(data, i + 6)
        implementation = u8(data, i + 2)
        if (implementation > 3 or u8(data, i + 3) > 60) or u8(data, i + 4) >> 4 > 7 or each >> 12:
            return NOTHING
        if response:
            fits = size == 8 + items * each and u8(data, i + 4) >> 4 <= 7 and size > 8
        else:
            fits = u8(data, i + 1) & 0x7F == 0 and 8 + items * each <= size <= 216 and be16(data, i + 4) >> 12 == 0
            fits = fits and (size == 8 or size >= 40 or items * each > 0) and u8(data, i) & 0x40 == 0
        return (verdict(CONFIRMED, SERVER if response else CLIENT, 5), 0, 0) if fits else NOTHING
    if mode == 0 or size < 48 or size > 48 + 1024 or size & 3:
        return NOTHING
    # RFC 7822: extension fields of at least 16 bytes; a MAC of 4 (crypto-NAK), 20 or 24 bytes; 12 in NTPv2
    extra = size - 48
    if extra and extra != 4 and extra != 12 and extra != 20 and extra != 24 and extra < 16:
        return NOTHING
    basis = 0 if mode == 3 else 1 if mode == 4 else 3 if mode == 5 else 2
    role = CLIENT if mode == 3 else SERVER if mode == 4 or mode == 5 else ANY_ROLE
    if end - i < 48:
        return verdict(SPECULATIVE, role, basis), 0, 0
    stratum, poll, precision = u8(data, i + 1), u8(data, i + 2), u8(data, i + 3)
    # a client's fields may be empty, or a constant to hide what it is
    if stratum > 16 or (17 < poll < 0xF0) or (0 < precision < 0xD0 and precision != 0x20 and precision > 10):
        return NOTHING
    if (be32(data, i + 4) >> 16 > 255 and be32(data, i + 4) >> 31 == 0) or be32(data, i + 8) >> 16 > 255:
        return NOTHING
    received, sent = be32(data, i + 32), be32(data, i + 40)
    if mode == 4 or mode == 5:
        near = (sent - received) & 0xFFFFFFFF
        fits = sent != 0 and (mode == 5 or near < 16 or near > 0xFFFFFFF0 or stratum == 0)
        return (verdict(CONFIRMED if fits else SPECULATIVE, role, basis), 0, 0) if sent or mode == 4 else NOTHING
    if mode == 3:
        if stratum == 0 and (received or be32(data, i + 8) >> 16 > 16):
            return verdict(SPECULATIVE, role, basis), 0, 0
        if extra and extra != 20 and extra != 24 and (end - i < 52 or be16(data, i + 50) < 16):
            return verdict(SPECULATIVE, role, basis), 0, 0
    return verdict(CONFIRMED, role, basis), 0, 0


PROBE = Probe(
    name="ntp",
    title="Network Time Protocol",
    sources=(
        "RFC 5905 section 7.3",
        "RFC 4330 section 4",
        "RFC 7822",
        "RFC 9327 section 2",
        "ntpd include/ntp_request.h",
    ),
    bases=BASES,
    signatures=(
        udp(b"\x01\x00\x00", mask=b"\x01\xe0\x00", shortest=48, longest=1072),
        udp(b"\x02\x00", mask=b"\x03\xe0", shortest=48, longest=1072),
        udp(b"\x04\x00", mask=b"\x07\xe0", shortest=48, longest=1072),
        udp(b"\x06\x00", mask=b"\xc7\x10", shortest=12, longest=600),
        udp(b"\x07\x00\x00\x00", mask=b"\x07\x00\xfc\xc0", shortest=8, longest=600),
    ),
    confirm=confirm,
    strength=50,
)
