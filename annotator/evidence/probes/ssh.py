"""SSH: the identification string that both ends send first."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, MORE, NOTHING, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import be32, u8

LONGEST_LINE = 255


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``SSH-protoversion-softwareversion [SP comments] CR LF``, at most 255 characters."""
    if not context & START or end - i < 8 or be32(data, i) != 0x5353482D:  # "SSH-"
        return NOTHING
    if u8(data, i + 5) != 0x2E or (u8(data, i + 4) != 0x32 and u8(data, i + 4) != 0x31):  # "2.0", "1.99", "1.5"
        return NOTHING
    dashes = 0
    for k in range(i + 4, min(end, i + LONGEST_LINE)):
        byte = u8(data, k)
        if byte == 10 or byte == 13:
            return (verdict(CONFIRMED, ANY_ROLE, 0), i, k - i) if dashes else NOTHING
        if byte < 32 or byte > 126:
            return NOTHING
        if byte == 0x2D:
            dashes += 1
    return (verdict(MORE, ANY_ROLE, 0), 0, 0) if end < i + LONGEST_LINE else NOTHING


PROBE = Probe(
    name="ssh",
    title="Secure Shell",
    sources=("RFC 4253 section 4.2",),
    bases=("banner",),
    signatures=(tcp(b"SSH-", shortest=8),),
    confirm=confirm,
    strength=90,
)
