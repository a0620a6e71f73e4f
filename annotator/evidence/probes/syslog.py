"""Syslog: a priority in angle brackets before text."""

from typing import Any

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    NOTHING,
    SPECULATIVE,
    START,
    TCP,
    Answer,
    Probe,
    anywhere,
    tcp,
    verdict,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

BASES = ("priority and version", "priority and timestamp", "priority and text")
MONTHS = (0x4A616E20, 0x46656220, 0x4D617220, 0x41707220, 0x4D617920, 0x4A756E20, 0x4A756C20, 0x41756720, 0x53657020,
          0x4F637420, 0x4E6F7620, 0x44656320)  # fmt: skip
"""``Jan `` to ``Dec ``."""


@kernel
def host(data: Any, i: int, end: int, spaces: int) -> tuple[int, int]:
    """Find the word behind so many spaces (a day of one digit has one more): (its place, its length)."""
    k = i
    while k < min(end, i + 64) and spaces:
        if u8(data, k) == 0x20:
            spaces -= 1
            if spaces and k + 1 < end and u8(data, k + 1) == 0x20:
                k += 1
        k += 1
    start = k
    while k < min(end, start + 255) and 0x20 < u8(data, k) < 0x7F:
        k += 1
    return start, k - start


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``<PRI>1 TIMESTAMP HOST`` (RFC 5424 section 6) or ``<PRI>Mmm dd hh:mm:ss HOST`` (RFC 3164 section 4.1).

    Streams may count octets in front (RFC 6587 section 3.4.1).
    """
    if not context & START:
        return NOTHING
    k = i
    if context & TCP:
        while k < end and k < i + 6 and 0x30 <= u8(data, k) <= 0x39:
            k += 1
        if k > i:
            if k >= end or u8(data, k) != 0x20:
                return NOTHING
            k += 1
    if end - k < 8 or u8(data, k) != 0x3C:
        return NOTHING
    k += 1
    priority, digits = 0, 0
    while k < end and digits < 3 and 0x30 <= u8(data, k) <= 0x39:
        priority = 10 * priority + u8(data, k) - 0x30
        digits += 1
        k += 1
    if not digits or priority > 191 or k >= end or u8(data, k) != 0x3E:
        return NOTHING
    k += 1
    for n in range(k, min(end, k + 64)):
        byte = u8(data, n)
        # a byte order mark, UTF-8 and tabs may come; NUL ends what some send
        if byte < 32 and byte != 9 and byte != 10 and byte != 13 and (byte or n < k + 8):
            return NOTHING
    if end - k >= 8 and u8(data, k) == 0x31 and u8(data, k + 1) == 0x20:
        dated = 0x30 <= u8(data, k + 2) <= 0x39 and (end - k < 8 or u8(data, k + 6) == 0x2D)
        if not dated and u8(data, k + 2) != 0x2D:
            return NOTHING
        label, length = host(data, k + 2, end, 1)
        return verdict(CONFIRMED, CLIENT, 0), label, length
    if end - k >= 16:
        for month in MONTHS:
            if be32(data, k) == month and u8(data, k + 9) == 0x3A and u8(data, k + 12) == 0x3A:
                label, length = host(data, k, end, 3)
                return verdict(CONFIRMED, CLIENT, 1), label, length
    if context & TCP:
        return verdict(SPECULATIVE, CLIENT, 2), 0, 0
    return verdict(CONFIRMED if end - k >= 8 else SPECULATIVE, CLIENT, 2), 0, 0


PROBE = Probe(
    name="syslog",
    title="Syslog",
    sources=("RFC 5424 section 6", "RFC 3164 section 4.1", "RFC 6587 section 3.4"),
    bases=BASES,
    signatures=(
        anywhere(b"<0", mask=b"\xff\xf0"),
        tcp(b"00 <0", mask=b"\xf0\xf0\xff\xff\xf0"),
        tcp(b"000 <0", mask=b"\xf0\xf0\xf0\xff\xff\xf0"),
        tcp(b"0000 <0", mask=b"\xf0\xf0\xf0\xf0\xff\xff\xf0"),
    ),
    confirm=confirm,
    strength=45,
)
