"""Link-Local Multicast Name Resolution: DNS messages to its own group, or with its own flags."""

from typing import Any

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    LINK_LOCAL_GROUP,
    NOTHING,
    SERVER,
    SPECULATIVE,
    TCP,
    Answer,
    Probe,
    udp,
    verdict,
)
from annotator.evidence.probes._dns import letters_at, message_grade, spell
from annotator.evidence.probes.dns import HEADER, MASK
from annotator.kernel.load import be16, u8


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """One question with an identifier; a response repeats it, for a name of one label, with none of DNS's flags."""
    if context & TCP:
        return NOTHING
    fit, name, stop, kind = message_grade(data, i, end, finish)
    if fit == 0 or be16(data, i + 4) != 1 or kind & 0x8000 or letters_at(data, i + 12, end) > 24:
        return NOTHING
    if u8(data, i + 2) & 0x78 or not be16(data, i):
        return NOTHING
    response = u8(data, i + 2) >> 7
    if not context & LINK_LOCAL_GROUP:  # queries go to the group only; answers come back from an address of their own
        single = u8(data, name) + 2 == stop - name
        if not response or be16(data, i + 2) != 0x8000 or not be16(data, i + 6) or not single:
            return NOTHING
    elif be16(data, i + 2) & 0x01F0:  # RD, RA, Z, AD, CD are no flags here
        return NOTHING
    grade = CONFIRMED if fit == 3 else SPECULATIVE
    return verdict(grade, SERVER if response else CLIENT, response), name, stop - name


PROBE = Probe(
    name="llmnr",
    title="Link-Local Multicast Name Resolution",
    sources=("RFC 4795 sections 2.1, 2.4",),
    bases=("query", "response"),
    signatures=(
        udp(HEADER, at=2, mask=MASK, shortest=17, needs=LINK_LOCAL_GROUP),
        udp(b"\x80\0\0\x01", at=2, shortest=17),
    ),
    confirm=confirm,
    strength=67,
    label=spell,
)
