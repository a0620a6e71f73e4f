"""rsync: the greeting of its daemon's protocol."""

from typing import Any, Final

from annotator.evidence import text
from annotator.evidence.probe import ANY_ROLE, CONFIRMED, MORE, NOTHING, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import u8

LONGEST_LINE: Final = 128


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``@RSYNCD: version[.subversion] [digests] LF``, which both ends send first."""
    if not context & START or end - i < 10:
        return NOTHING
    stop = text.line_end(data, i, min(end, i + LONGEST_LINE))
    if stop == text.OPEN and end == finish and end - i < LONGEST_LINE:
        return verdict(MORE, ANY_ROLE, 0), 0, 0
    numbered = u8(data, i + 8) == 32 and 48 <= u8(data, i + 9) <= 57
    return (verdict(CONFIRMED, ANY_ROLE, 0), i + 1, stop - i - 1) if numbered and stop > 0 else NOTHING


PROBE = Probe(
    name="rsync",
    title="rsync daemon protocol",
    sources=("rsync's csprotocol.txt and clientserver.c",),
    bases=("greeting",),
    signatures=(tcp(b"@RSYNCD:", shortest=10),),
    confirm=confirm,
    strength=90,
)
