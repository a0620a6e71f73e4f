"""MQTT: CONNECT and CONNACK, and the fixed header's arithmetic."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8


@kernel
def publish(data: Any, i: int, k: int, end: int, finish: int, remaining: int) -> Answer:
    """Judge a PUBLISH that fills its segment: QoS 0 to 2, a topic that is text and no filter (section 3.3)."""
    if u8(data, i) & 6 == 6 or remaining != finish - k or end - k < 4:
        return NOTHING
    length = be16(data, k)
    if not 2 <= length <= min(remaining - 2, end - k - 2):
        return NOTHING
    for n in range(k + 2, k + 2 + length):
        byte = u8(data, n)
        if not 0x20 <= byte < 0x7F or byte in (0x23, 0x2B):  # "#" and "+" are for filters
            return NOTHING
    return verdict(CONFIRMED, ANY_ROLE, 2), k + 2, length


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Fixed header: type and flags, remaining length in 7-bit groups; CONNECT then names the protocol."""
    if finish - i == 2 and end - i == 2 and be16(data, i) in (0xC000, 0xD000):  # PINGREQ, PINGRESP
        return verdict(SPECULATIVE, CLIENT if u8(data, i) == 0xC0 else SERVER, 3), 0, 0
    if end - i < 4:
        return (verdict(undecided(end, finish, context), CLIENT, 0), 0, 0) if context & START else NOTHING
    remaining = 0
    k = i + 1
    for shift in range(0, 28, 7):
        if k >= end:
            return NOTHING
        byte = u8(data, k)
        remaining |= (byte & 127) << shift
        k += 1
        if byte < 128:
            break
    if u8(data, i) >> 4 == 3:
        return publish(data, i, k, end, finish, remaining)
    if not context & START:
        return NOTHING
    if u8(data, i) == 0x10:
        if end - k < 10:
            return verdict(undecided(end, finish, context), CLIENT, 0), 0, 0
        if remaining < 10:
            return NOTHING
        if be16(data, k) == 4 and be32(data, k + 2) == 0x4D515454:  # "MQTT": 3.1.1 and 5
            level, k = u8(data, k + 6), k + 7
            if level != 4 and level != 5:
                return NOTHING
        elif be16(data, k) == 6 and be32(data, k + 2) == 0x4D514973 and end - k >= 12:  # "MQIsdp": 3.1
            level, k = u8(data, k + 8), k + 9
            if level != 3:
                return NOTHING
        else:
            return NOTHING
        if u8(data, k) & 1:  # a reserved flag
            return NOTHING
        identifier = k + 3 + (1 if level == 5 and end - k > 3 else 0)
        if level == 5 or end - identifier < 2:
            return verdict(CONFIRMED, CLIENT, 0), 0, 0
        length = be16(data, identifier)
        return verdict(CONFIRMED, CLIENT, 0), identifier + 2, min(length, end - identifier - 2)
    if u8(data, i) == 0x20:
        if remaining == 2 and end - k >= 2:
            fits = (
                u8(data, k) <= 1
                and u8(data, k + 1) <= 5
                and (finish == k + 2 or (end > k + 2 and u8(data, k + 2) > 47))
            )
            return (verdict(CONFIRMED, SERVER, 1), 0, 0) if fits else NOTHING
        if 3 <= remaining <= 512 and end - k >= 3 and remaining <= finish - k:  # 5: properties
            codes = u8(data, k + 1)
            if u8(data, k) <= 1 and (codes == 0 or codes >= 0x80) and u8(data, k + 2) == remaining - 3:
                return verdict(CONFIRMED, SERVER, 1), 0, 0
    return NOTHING


PROBE = Probe(
    name="mqtt",
    title="MQTT",
    sources=("OASIS MQTT 3.1.1 section 3.1", "OASIS MQTT 5.0 sections 3.1, 3.2"),
    bases=("CONNECT", "CONNACK", "PUBLISH", "PING"),
    signatures=(
        tcp(b"\x10"),
        tcp(b"\x30", mask=b"\xf0", shortest=6),
        tcp(b"\xc0\x00", longest=2),
        tcp(b"\xd0\x00", longest=2),
        tcp(b"\x20\x02\x00", mask=b"\xff\xff\xfe"),
        tcp(b"\x20", shortest=5),
    ),
    confirm=confirm,
    strength=75,
)
