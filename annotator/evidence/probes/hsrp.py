"""HSRP: its versions' fixed messages, sent to a group."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, NOTHING, SPECULATIVE, Answer, Probe, udp, verdict
from annotator.kernel.load import be32, u8

HELLO, RESIGN = 0, 2
GROUP_STATE, INTERFACE_STATE = 1, 2


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version 1: 20 bytes with states and times (RFC 2281 section 5); version 2: type, length, value."""
    size = finish - i
    if end - i < 6:
        return NOTHING
    if u8(data, i) == 0:
        operation, state = u8(data, i + 1), u8(data, i + 2)
        if end - i < 20 or (size != 20 and size != 50):
            return NOTHING
        if operation > RESIGN or state > 16 or state & (state - 1) or u8(data, i + 7) or be32(data, i + 16) == 0:
            return NOTHING
        if operation == HELLO and not u8(data, i + 3) < u8(data, i + 4):  # hold times are longer than hello times
            return NOTHING
        plain = be32(data, i + 8) == 0x63697363 or be32(data, i + 8) == 0  # "cisc", the default
        return verdict(CONFIRMED if plain else SPECULATIVE, ANY_ROLE, 0), i + 16, 4
    if u8(data, i) == INTERFACE_STATE:
        fits = size == 6 and u8(data, i + 1) == 4
        return (verdict(SPECULATIVE, ANY_ROLE, 1), 0, 0) if fits else NOTHING
    if u8(data, i) != GROUP_STATE or u8(data, i + 1) != 40 or u8(data, i + 2) != 2 or size < 42 or u8(data, i + 3) > 2:
        return NOTHING
    if u8(data, i + 4) > 6 or (u8(data, i + 5) != 4 and u8(data, i + 5) != 6):
        return NOTHING
    k = i + 42
    while k + 2 <= end:
        if u8(data, k) > 8 or k + 2 + u8(data, k + 1) > finish:
            return NOTHING
        k += 2 + u8(data, k + 1)
    return (verdict(CONFIRMED, ANY_ROLE, 1), i + 26, 4) if end - i >= 30 else NOTHING


def spell(raw: bytes) -> str:
    """Write the virtual address (version 2 over IPv6: its first four bytes say little, and are left out)."""
    return "" if raw[:1] == b"\xfe" else ".".join(str(part) for part in raw)


PROBE = Probe(
    name="hsrp",
    title="Hot Standby Router Protocol",
    sources=("RFC 2281 section 5", "Cisco HSRP version 2 packet format"),
    bases=("version 1", "version 2"),
    signatures=(
        udp(b"\x00\x00\x00", mask=b"\xff\xfc\xe0", shortest=20, longest=20),
        udp(b"\x00\x00\x00", mask=b"\xff\xfc\xe0", shortest=50, longest=50),
        udp(b"\x02\x04\x00", longest=6),
        udp(b"\x01\x28\x02", shortest=42, longest=200),
    ),
    confirm=confirm,
    strength=60,
    label=spell,
)
