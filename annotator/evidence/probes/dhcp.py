"""DHCP (and BOOTP with its options): a fixed header, the magic cookie, and a list of options."""

from typing import Any

from annotator.evidence.probe import (
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
from annotator.kernel.load import be32, u8

COOKIE = 0x63825363
HOST_NAME, MESSAGE_TYPE, LAST = 12, 53, 255


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``op, htype, hlen, hops, ...``, the cookie at 236, then options (RFC 2131 section 2, RFC 2132)."""
    if end - i < 4 or finish - i < 240:
        return NOTHING
    operation = u8(data, i)
    if operation < 1 or operation > 2 or u8(data, i + 2) > 16 or u8(data, i + 3) > 16:
        return NOTHING
    role, basis = (CLIENT, 0) if operation == 1 else (SERVER, 1)
    if end - i < 240:
        return (verdict(SPECULATIVE, role, basis), 0, 0) if end < finish else NOTHING
    if be32(data, i + 236) != COOKIE:
        return NOTHING
    k = i + 240
    label, length = 0, 0
    kind = 0
    while k < end:
        option = u8(data, k)
        if option == LAST:
            break
        if option == 0:
            k += 1
            continue
        if k + 2 > end:
            break
        size = u8(data, k + 1)
        if k + 2 + size > finish:
            return verdict(SPECULATIVE, role, basis), 0, 0
        if option == MESSAGE_TYPE and size == 1 and k + 3 <= end:
            kind = u8(data, k + 2)
        if option == HOST_NAME and k + 2 + size <= end:
            label, length = k + 2, size
        k += 2 + size
    return verdict(CONFIRMED if kind <= 18 else SPECULATIVE, role, basis), label, length


PROBE = Probe(
    name="dhcp",
    title="Dynamic Host Configuration Protocol",
    sources=("RFC 2131 section 2", "RFC 2132"),
    bases=("request", "reply"),
    signatures=(
        udp(b"\x63\x82\x53\x63", at=236),
        udp(b"\x01\x01\x06\x00", shortest=240, longest=1500),
        udp(b"\x02\x01\x06\x00", shortest=240, longest=1500),
    ),
    confirm=confirm,
    strength=85,
    label=lambda raw: raw.decode("utf-8", "replace"),
)
