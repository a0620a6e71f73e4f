"""H.323: call signalling (Q.931 in TPKT), H.245 in TPKT, and the gatekeeper's RAS in datagrams."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    TCP,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be16, be32, u8

SETUP = 5
H225 = 0x0008914A
"""Object identifier ``itu-t recommendation h 2250``, but for its version."""
H245 = 0x00088175
"""Object identifier ``itu-t recommendation h 245``, likewise."""
BASES = ("setup", "call signalling", "H.245", "RAS")


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Q.931 (H.225.0 section 7.2), H.245's first message, or RAS with its identifier (H.225.0 section 7.6)."""
    if not context & TCP:
        if end - i < 11 or u8(data, i + 4) != 6 or be32(data, i + 5) != H225:
            return NOTHING
        choice = u8(data, i) >> 2 & 31  # gatekeeper request 0, confirm 1, reject 2, registration request 3, ...
        asks = choice == 0 or choice == 3
        answers = choice == 1 or choice == 2 or choice == 4 or choice == 5
        return verdict(CONFIRMED, CLIENT if asks else SERVER if answers else ANY_ROLE, 3), 0, 0
    if end - i < 4:
        return (verdict(undecided(end, finish, context), ANY_ROLE, 1), 0, 0) if context & START else NOTHING
    size = be16(data, i + 2)
    if be16(data, i) != 0x0300 or size < 9 or (not context & START and i + size > finish):
        return NOTHING
    if end - i < 14:
        short = end - i < 5 or u8(data, i + 4) == 8 or u8(data, i + 4) == 2
        return (verdict(undecided(end, finish, context), ANY_ROLE, 1), 0, 0) if short and context & START else NOTHING
    if u8(data, i + 4) == 2 and u8(data, i + 7) == 6 and be32(data, i + 8) == H245:
        return verdict(CONFIRMED, ANY_ROLE, 2), 0, 0
    reference = u8(data, i + 5)
    if u8(data, i + 4) != 8 or reference > 2:  # Q.931's discriminator, and the length of the call's reference
        return NOTHING
    kind = u8(data, i + 6 + reference)
    known = kind == 1 or kind == 2 or kind == 3 or kind == SETUP or kind == 7 or kind == 13 or kind == 15
    if not known and not (kind == 0x5A or kind == 0x62 or kind == 0x6E or kind == 0x7B or kind == 0x7D):
        return NOTHING
    role = ANY_ROLE
    if reference:  # the flag is clear from the side that made the reference (Q.931 section 4.3)
        role = SERVER if u8(data, i + 6) & 0x80 else CLIENT
    stop = min(end, i + size)
    k = i + 7 + reference
    while k + 2 <= stop:
        element = u8(data, k)
        if element & 0x80:
            k += 1
            continue
        if element == 0x7E:  # user-user: its length has two bytes here, and ASN.1 follows behind 5
            if k + 4 > stop:
                break
            if u8(data, k + 3) != 5 or k + 3 + be16(data, k + 1) > i + size:
                return NOTHING
            return verdict(CONFIRMED, role, 0 if kind == SETUP else 1), 0, 0
        k += 2 + u8(data, k + 1)
    if k > i + size:
        return NOTHING
    return verdict(SPECULATIVE if stop == i + size else undecided(end, finish, context), role, 1), 0, 0


PROBE = Probe(
    name="h323",
    title="H.323 multimedia conferencing",
    sources=("ITU-T H.225.0 sections 7.2, 7.6", "ITU-T Q.931 section 4", "ITU-T H.245", "RFC 1006 section 6"),
    bases=BASES,
    signatures=(
        tcp(b"\x03\x00\x00\x00\x08\x00", mask=b"\xff\xff\x00\x00\xff\xfc"),
        tcp(b"\x03\x00\x00\x00\x02\x00\x00\x06", mask=b"\xff\xff\x00\x00\xff\x00\x00\xff"),
        tcp(b"\x03\x00\x00\x00", mask=b"\xff\xff\xf0\x00", longest=4),
        udp(b"\x06\x00\x08\x91\x4a\x00", at=4),
    ),
    confirm=confirm,
    strength=80,
)
