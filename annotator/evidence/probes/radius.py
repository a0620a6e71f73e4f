"""RADIUS: a code, a length, an authenticator, and attributes that fill the length."""

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
from annotator.kernel.load import be16, u8

NAS_IDENTIFIER = 32


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """One packet of RFC 2865 section 3: every attribute counts itself, and together they are as long as the packet."""
    if end - i < 20:
        return NOTHING
    code, length = u8(data, i), be16(data, i + 2)
    if length < 20 or length > 4096 or length > finish - i:  # octets beyond the length are padding
        return NOTHING
    if code == 1 or code == 4 or code == 12:
        role, basis = CLIENT, 0
    elif code == 2 or code == 3 or code == 5 or code == 11 or code == 13:
        role, basis = SERVER, 1
    elif 40 <= code <= 45:  # RFC 5176: the server asks
        role, basis = CLIENT if code == 40 or code == 43 else SERVER, 2
    else:
        return NOTHING
    stop = i + length
    label, label_length, attributes = 0, 0, 0
    k = i + 20
    while k + 2 <= min(stop, end):
        kind, size = u8(data, k), u8(data, k + 1)
        if kind == 0 or size < 2 or k + size > stop:
            return (verdict(SPECULATIVE, ANY_ROLE, basis), 0, 0) if attributes and stop == finish else NOTHING
        if kind == NAS_IDENTIFIER and k + size <= end:
            label, label_length = k + 2, size - 2
        attributes += 1
        k += size
    if k != stop and k < end:
        return (verdict(SPECULATIVE, ANY_ROLE, basis), 0, 0) if attributes and stop == finish else NOTHING
    if finish - stop > 64:
        return verdict(SPECULATIVE, ANY_ROLE, basis), 0, 0
    # without attributes only an answer makes sense, and it is 32 bits of evidence
    grade = CONFIRMED if attributes >= 2 or (attributes and k == finish) else SPECULATIVE
    if end < min(stop, i + 22):
        grade = SPECULATIVE
    return verdict(grade, role, basis), label, label_length


PROBE = Probe(
    name="radius",
    title="Remote Authentication Dial In User Service",
    sources=("RFC 2865 section 3", "RFC 2866 section 3", "RFC 5176 section 2.3"),
    bases=("request", "response", "change of authorization"),
    signatures=(
        udp(b"\x00\x00\x00", mask=b"\xf0\x00\xf0", shortest=20, longest=4096),
        udp(b"\x28\x00\x00", mask=b"\xf8\x00\xf0", shortest=20, longest=4096),
    ),
    confirm=confirm,
    strength=60,
    label=lambda raw: raw.decode("utf-8", "replace"),
)
