"""SOCKS 4, 4a and 5: greetings, requests and replies."""

from typing import Any, Final

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    FOLLOW,
    MORE,
    NOTHING,
    SERVER,
    START,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

REQUEST_4, REPLY_4, METHODS, CHOICE, REQUEST_5 = range(5)
LONGEST_TEXT: Final = 255


@kernel
def zero(data: Any, i: int, end: int) -> int:
    """Give the place of the next zero byte behind printable ones, -1 for none."""
    for k in range(i, min(end, i + LONGEST_TEXT)):
        byte = u8(data, k)
        if byte == 0:
            return k
        if byte < 33 or byte == 127:
            return -1
    return -1


@kernel
def version_4(data: Any, i: int, end: int, finish: int) -> Answer:
    """``4, command, port, address, user NUL`` and for 4a, whose address is 0.0.0.x, ``host NUL``: nothing more."""
    if end < finish or u8(data, i + 1) < 1 or u8(data, i + 1) > 2 or be16(data, i + 2) == 0:
        return NOTHING
    stop = zero(data, i + 8, end)
    if stop < 0:
        return NOTHING
    if 0 < be32(data, i + 4) < 256:
        last = zero(data, stop + 1, end)
        whole = last + 1 == finish and last > stop + 1
        return (verdict(CONFIRMED, CLIENT, REQUEST_4), stop + 1, last - stop - 1) if whole else NOTHING
    routed = 0 < u8(data, i + 4) < 224
    return (verdict(CONFIRMED, CLIENT, REQUEST_4), 0, 0) if routed and stop + 1 == finish else NOTHING


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Messages of SOCKS, each of which is all that its payload holds (RFC 1928 sections 3 and 4)."""
    size = finish - i
    first = u8(data, i)
    if end < finish or end - i < 2:
        return NOTHING
    if first == 0:  # a reply of version 4: granted or not, port, address
        fits = size == 8 and 90 <= u8(data, i + 1) <= 93 and context & START
        return (verdict(CONFIRMED, SERVER, REPLY_4), 0, 0) if fits else NOTHING
    if first == 4:
        return version_4(data, i, end, finish) if context & START and size >= 9 else NOTHING
    second = u8(data, i + 1)
    if size >= 10 and 1 <= second <= 3 and u8(data, i + 2) == 0:
        kind = u8(data, i + 3)
        length = 10 if kind == 1 else 22 if kind == 4 else 7 + u8(data, i + 4)
        if (kind != 1 and kind != 3 and kind != 4) or length != size:
            return NOTHING
        return verdict(CONFIRMED, CLIENT, REQUEST_5), i + 5 if kind == 3 else 0, length - 7 if kind == 3 else 0
    if not context & START:
        return NOTHING
    if size == 2 + second and second > 0:  # the methods that the client offers, each once
        known, before = True, -1
        for k in range(i + 2, end):
            method = u8(data, k)
            known = known and (method <= 9 or method >= 0x80) and method != before and method != 255
            before = method
        if known:
            return verdict(CONFIRMED, CLIENT, METHODS, FOLLOW), 0, 0
    if size < 2 + second and second <= 9:
        return verdict(MORE, CLIENT, METHODS), 0, 0
    chosen = size == 2 and (second <= 2 or second == 255)
    return (verdict(CONFIRMED, SERVER, CHOICE), 0, 0) if chosen else NOTHING


PROBE = Probe(
    name="socks",
    title="SOCKS",
    sources=(
        "RFC 1928 sections 3, 4 and 6",
        "SOCKS: A protocol for TCP proxy across firewalls (version 4)",
        "SOCKS 4A",
    ),
    bases=("version 4 request", "version 4 reply", "method offer", "method choice", "version 5 request"),
    signatures=(
        tcp(b"\x04\x01", shortest=9, longest=600),
        tcp(b"\x04\x02", shortest=9, longest=600),
        tcp(b"\x00\x58", mask=b"\xff\xf8", shortest=8, longest=8),
        tcp(b"\x05", shortest=2, longest=300),
    ),
    confirm=confirm,
    strength=40,
)
