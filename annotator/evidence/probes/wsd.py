"""WS-Discovery: SOAP in datagrams, in its namespace."""

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
from annotator.kernel.load import be32, u8

BASES = ("Probe", "Resolve", "Hello", "Bye", "ProbeMatches", "ResolveMatches", "SOAP envelope")
LONGEST = 4096


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """An XML envelope with an action of ``.../discovery/Probe`` and the like (WS-Discovery 1.1 section 5)."""
    last = min(end, i + LONGEST) - 16
    for k in range(i, last):
        # "very/" of ".../2005/04/discovery/" and ".../ws-dd/ns/discovery/2009/01/"
        if be32(data, k) != 0x76657279 or u8(data, k + 4) != 0x2F:
            continue
        word = k + 5
        if be32(data, word) == 0x32303039:  # "2009/01/"
            word += 8
        if word + 8 > end:
            break
        first, fourth = be32(data, word), be32(data, word + 4)
        if first == 0x50726F62:  # "Prob"
            matches = fourth >> 16 == 0x654D
            return verdict(CONFIRMED, SERVER if matches else CLIENT, 4 if matches else 0), 0, 0
        if first == 0x5265736F:  # "Reso"
            matches = fourth == 0x6C76654D
            return verdict(CONFIRMED, SERVER if matches else CLIENT, 5 if matches else 1), 0, 0
        if first == 0x48656C6C:  # "Hell"
            return verdict(CONFIRMED, ANY_ROLE, 2), 0, 0
        if first >> 8 == 0x427965:  # "Bye"
            return verdict(CONFIRMED, ANY_ROLE, 3), 0, 0
    for k in range(i, last):
        if be32(data, k) == 0x64697363 and be32(data, k + 4) == 0x6F766572:  # "discover"
            return verdict(SPECULATIVE, ANY_ROLE, 6), 0, 0
    return NOTHING


PROBE = Probe(
    name="wsd",
    title="Web Services Dynamic Discovery",
    sources=("OASIS WS-Discovery 1.1 section 5", "WS-Discovery 2005/04 section 4"),
    bases=BASES,
    signatures=(
        udp(b"<?xml ", shortest=100),
        udp(b"<soap:En", shortest=100),
        udp(b"<SOAP-EN", shortest=100),
        udp(b"<s:Envel", shortest=100),
        udp(b"<S:Envel", shortest=100),
        udp(b"<env:Env", shortest=100),
    ),
    confirm=confirm,
    strength=85,
)
