"""SLP, versions 1 and 2: a header that counts the message and names a language."""

from typing import Any

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    TCP,
    Answer,
    Probe,
    anywhere,
    udp,
    verdict,
)
from annotator.kernel.load import be16, be32, u8

REQUEST, REPLY, REGISTER, DEREGISTER, ACKNOWLEDGE = 1, 2, 3, 4, 5
BASES = ("request", "reply", "registration")


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``version, function, length, ..., XID, language`` (RFC 2608 section 8, RFC 2165 section 4)."""
    if end - i < 12 or (context & TCP and not context & START):
        return NOTHING
    version, function = u8(data, i), u8(data, i + 1)
    if function < 1 or function > 11:
        return NOTHING
    body = i + 12
    if version == 2:
        if end - i < 16:
            return NOTHING
        length, tag = be32(data, i + 1) & 0xFFFFFF, be16(data, i + 12)
        if u8(data, i + 5) & 0x1F or be16(data, i + 6) or not 1 <= tag <= 16:
            return NOTHING
        body = i + 14 + tag
        language = i + 14
    elif version == 1:
        length, tag = be16(data, i + 2), 2
        if u8(data, i + 5):
            return NOTHING
        language = i + 6
    else:
        return NOTHING
    if length != finish - i and not (context & TCP and length > finish - i):
        return NOTHING
    for k in range(language, min(language + tag, end)):
        byte = u8(data, k)
        if not (0x41 <= byte & 0xDF <= 0x5A or byte == 0x2D or 0x30 <= byte <= 0x39):
            return NOTHING
    if language + tag > end:
        return verdict(SPECULATIVE, 0, 0), 0, 0
    reply = function == REPLY or function == ACKNOWLEDGE or function == 7 or function == 8 or function >= 10
    label, size = 0, 0
    if function == REQUEST and end - body >= 4:  # previous responders, then the service type
        k = body + 2 + be16(data, body)
        if k + 2 <= end:
            label, size = k + 2, min(be16(data, k), max(end - k - 2, 0))
            if k + 2 + be16(data, k) > finish:
                return NOTHING
    basis = 2 if function == REGISTER or function == DEREGISTER else 1 if reply else 0
    return verdict(CONFIRMED, SERVER if reply else CLIENT, basis), label, size


PROBE = Probe(
    name="slp",
    title="Service Location Protocol",
    sources=("RFC 2608 section 8", "RFC 2165 section 4"),
    bases=BASES,
    signatures=(
        anywhere(b"\x02\x00\x00\x00\x00\x00\x00\x00", mask=b"\xff\xf0\xff\x00\x00\x1f\xff\xff", shortest=16),
        udp(b"\x01\x00\x00\x00\x00\x00\x40\x40", mask=b"\xff\xf0\xf0\x00\x00\xff\xc0\xc0", shortest=12),
    ),
    confirm=confirm,
    strength=70,
    label=lambda raw: raw.decode("utf-8", "replace"),
)
