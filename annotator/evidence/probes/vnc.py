"""VNC: the protocol version that both ends send first."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, NOTHING, START, Answer, Probe, tcp, verdict
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be32, u8


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``RFB xxx.yyy`` and a newline, 12 bytes (RFC 6143 section 7.1.1)."""
    if not context & START or end - i < 4 or be32(data, i) != 0x52464220:
        return NOTHING
    if end - i < 12:
        return verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0
    if u8(data, i + 7) != 0x2E or u8(data, i + 11) != 10:
        return NOTHING
    for k in range(4, 11):
        if k != 7 and not 0x30 <= u8(data, i + k) <= 0x39:
            return NOTHING
    return verdict(CONFIRMED, ANY_ROLE, 0), i, 11


PROBE = Probe(
    name="vnc",
    title="Virtual Network Computing (Remote Framebuffer)",
    sources=("RFC 6143 section 7.1.1",),
    bases=("protocol version",),
    signatures=(tcp(b"RFB "),),
    confirm=confirm,
    strength=95,
)
