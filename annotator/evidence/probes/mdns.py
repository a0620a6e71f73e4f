"""Multicast DNS: DNS messages to its own groups, or with its own marks."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CONFIRMED,
    LINK_LOCAL_GROUP,
    NOTHING,
    SPECULATIVE,
    Answer,
    Probe,
    udp,
    verdict,
)
from annotator.evidence.probes._dns import letters_at, message_grade, spell
from annotator.evidence.probes.dns import HEADER, MASK
from annotator.kernel.load import be16, be32, u8

LOCAL = 0x6C6F6361  # "loca", of "local"


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A message with identifier 0 to the group (RFC 6762 section 18), or one for ``.local`` with the form of mDNS."""
    fit, name, stop, kind = message_grade(data, i, end, finish)
    if fit == 0 or letters_at(data, i + 12, end) > 24:
        return NOTHING
    response = u8(data, i + 2) >> 7
    local = stop - name >= 7 and u8(data, stop - 7) == 5 and be32(data, stop - 6) == LOCAL
    if context & LINK_LOCAL_GROUP:
        if be16(data, i) and not local and not kind & 0x8000:
            return NOTHING
    elif not kind & 0x8000 and not (local and be16(data, i) == 0):
        return NOTHING
    return verdict(CONFIRMED if fit == 3 else SPECULATIVE, ANY_ROLE, response), name, stop - name


PROBE = Probe(
    name="mdns",
    title="Multicast DNS",
    sources=("RFC 6762 sections 3, 5.4, 10.2, 18",),
    bases=("query", "response"),
    signatures=(udp(HEADER, at=2, mask=MASK, shortest=17),),
    confirm=confirm,
    strength=66,
    label=spell,
)
