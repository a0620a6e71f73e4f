"""CoAP: the header, the token and the whole chain of options."""

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

URI_PATH = 11
PAYLOAD_MARKER = 0xFF
LAST_OPTION = 2053


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version 1, type, token length, code, message id; options by delta and length; a payload behind FF."""
    if end - i < 4:
        return NOTHING
    first, code = u8(data, i), u8(data, i + 1)
    token = first & 15
    group = code >> 5
    if first >> 6 != 1 or token > 8 or group in (1, 3, 6, 7) or 4 + token > finish - i:
        return NOTHING
    kind = (first >> 4) & 3
    if code == 0:  # an empty message: a ping, an acknowledgement, a reset
        return (verdict(SPECULATIVE, ANY_ROLE, 0), 0, 0) if token == 0 and finish - i == 4 and kind != 1 else NOTHING
    detail = code & 31
    if group == 0 and (detail > 7 or kind > 1):  # requests: GET to iPATCH, in CON or NON
        return NOTHING
    if (group == 2 and detail > 5 and detail != 31) or (group == 4 and detail > 29) or (group == 5 and detail > 8):
        return NOTHING
    number = 0
    options = 0
    label = label_length = 0
    k = i + 4 + token
    while k < end:
        byte = u8(data, k)
        k += 1
        if byte == PAYLOAD_MARKER:
            if k >= finish:  # a marker without a payload is an error
                return NOTHING
            break
        delta, length = byte >> 4, byte & 15
        if delta == 15 or length == 15 or (end - k < 4 and (delta > 12 or length > 12)):
            return NOTHING
        if delta == 13:
            delta = 13 + u8(data, k)
            k += 1
        elif delta == 14:
            delta = 269 + be16(data, k)
            k += 2
        if length == 13:
            length = 13 + u8(data, k)
            k += 1
        elif length == 14:
            length = 269 + be16(data, k)
            k += 2
        number += delta
        if number > LAST_OPTION or k + length > finish or number == 0 or number in (2, 10):
            return NOTHING
        if number == URI_PATH and label_length == 0:
            label, label_length = k, min(length, end - k)
        options += 1
        k += length
    role = CLIENT if group == 0 else SERVER
    sure = options > 0 or token >= 2 or (group == 2 and kind == 2)
    return (
        verdict(CONFIRMED if sure and end == finish else SPECULATIVE, role, 1 if group == 0 else 2),
        label,
        label_length,
    )


PROBE = Probe(
    name="coap",
    title="Constrained Application Protocol",
    sources=("RFC 7252 section 3", "RFC 7959 section 2.1"),
    bases=("empty message", "request", "response"),
    signatures=(
        udp(b"\x40\x00", mask=b"\xc0\xe0", shortest=4, longest=1500),
        udp(b"\x40\x40", mask=b"\xc0\xe0", shortest=4, longest=1500),
        udp(b"\x40\x80", mask=b"\xc0\xc0", shortest=4, longest=1500),
    ),
    confirm=confirm,
    strength=45,
)
