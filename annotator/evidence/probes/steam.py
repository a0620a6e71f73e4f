"""Steam: server queries, and the datagrams of its own network."""

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
    tcp,
    udp,
    verdict,
)
from annotator.kernel.load import be32, u8

SIMPLE = 0xFFFFFFFF


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """FF FF FF FF and a letter: ``T`` with "Source Engine Query", ``U`` and ``V`` with a challenge; VS01, VT01."""
    if end - i < 5:
        return NOTHING
    word = be32(data, i)
    if word == SIMPLE:
        letter = u8(data, i + 4)
        if letter == 0x54:  # "T": A2S_INFO
            query = end - i >= 9 and be32(data, i + 5) == 0x536F7572
            return (verdict(CONFIRMED, CLIENT, 0), 0, 0) if query else NOTHING
        if letter in (0x55, 0x56) and finish - i == 9:  # A2S_PLAYER, A2S_RULES
            return verdict(CONFIRMED, CLIENT, 0), 0, 0
        if letter == 0x41 and finish - i == 9:  # "A": challenge
            return verdict(CONFIRMED, SERVER, 1), 0, 0
        if letter == 0x49 and end - i > 20 and u8(data, i + 5) in (7, 17):  # "I": information
            return verdict(CONFIRMED, SERVER, 1), 0, 0
        return NOTHING
    if word in (0x56533031, 0x56543031):  # "VS01", "VT01"
        return verdict(CONFIRMED, ANY_ROLE, 2), 0, 0
    return (verdict(SPECULATIVE, ANY_ROLE, 2), 0, 0) if end - i >= 8 and be32(data, i + 4) == 0x56543031 else NOTHING


PROBE = Probe(
    name="steam",
    title="Steam",
    sources=("Valve developer community: server queries",),
    bases=("server query", "server answer", "connection header"),
    signatures=(udp(b"\xff\xff\xff\xff"), udp(b"VS01"), tcp(b"VT01", at=4)),
    confirm=confirm,
    strength=80,
)
