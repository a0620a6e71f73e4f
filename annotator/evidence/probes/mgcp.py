"""MGCP: commands and responses of call agents and gateways, as text."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, SPECULATIVE, Answer, Probe, udp, verdict
from annotator.kernel.load import be32, u8

VERBS = (0x45504346, 0x43524358, 0x4D444358, 0x444C4358, 0x52514E54, 0x4E544659, 0x41554550, 0x41554358, 0x52534950)
"""EPCF, CRCX, MDCX, DLCX, RQNT, NTFY, AUEP, AUCX, RSIP (RFC 3435 section 2.3)."""
MGCP = 0x4D474350


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``verb transaction endpoint MGCP version``, or ``code transaction comment`` (RFC 3435 sections 3.2, 3.3)."""
    if end - i < 12:
        return NOTHING
    first = be32(data, i)
    if first & 0xFF == 0x20:  # a response: three digits, then one to nine
        for n in range(3):
            if not 0x30 <= u8(data, i + n) <= 0x39:
                return NOTHING
        k = i + 4
        while k < end and k < i + 14 and 0x30 <= u8(data, k) <= 0x39:
            k += 1
        fits = k > i + 4 and k < end and (u8(data, k) == 0x20 or u8(data, k) == 10 or u8(data, k) == 13)
        ended = u8(data, end - 1) == 10 or u8(data, end - 1) == 13 or end < finish
        return (verdict(SPECULATIVE, SERVER, 1), 0, 0) if fits and ended and 0x30 <= u8(data, i) <= 0x35 else NOTHING
    known = False
    for verb in VERBS:
        known = known or first == verb
    if not known or u8(data, i + 4) != 0x20:
        return NOTHING
    spaces, label = 0, 0
    for k in range(i + 4, min(end, i + 400) - 4):
        byte = u8(data, k)
        if byte < 32 or byte > 126:
            return NOTHING
        if byte == 0x20:
            spaces += 1
            if spaces == 2:
                label = k + 1
            if spaces == 3:
                return (verdict(CONFIRMED, CLIENT, 0), label, k - label) if be32(data, k + 1) == MGCP else NOTHING
    return verdict(SPECULATIVE if end < finish else 0, CLIENT, 0), 0, 0


PROBE = Probe(
    name="mgcp",
    title="Media Gateway Control Protocol",
    sources=("RFC 3435 sections 2.3, 3.2, 3.3",),
    bases=("command", "response"),
    signatures=(
        udp(b"@@@@ 0", mask=b"\xe0\xe0\xe0\xe0\xff\xf0", shortest=16),
        udp(b"000 0", mask=b"\xf8\xf0\xf0\xff\xf0", shortest=8),
    ),
    confirm=confirm,
    strength=75,
)
