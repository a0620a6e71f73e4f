"""DNS: messages in datagrams, and behind their length in streams."""

from typing import Any

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    LINK_LOCAL_GROUP,
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
from annotator.evidence.probes._dns import letters_at, message_grade, spell
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be16, u8

HEADER = b"\0\0\0\0\0\0\0\0"  # flags, questions, answers, authority: opcode below 8, few questions, Z bit clear
MASK = b"\x40\x40\xff\xc0\xff\x00\xff\x00"


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """One message; over TCP its length stands in front (RFC 1035 section 4.2.2, RFC 7766 section 8)."""
    if context & LINK_LOCAL_GROUP:
        return NOTHING
    last = finish
    whole = True
    if context & TCP:
        if end - i < 2 or be16(data, i) < 17:
            return NOTHING
        last = i + 2 + be16(data, i)
        whole = last == finish
        if not context & START and last > finish:
            return NOTHING
        i += 2
        if end - i < 10:  # some send the length on its own
            return (verdict(undecided(end, finish, context), 0, 0), 0, 0) if context & START else NOTHING
        if u8(data, i + 2) & 0x40 or u8(data, i + 3) & 0x40 or be16(data, i + 4) > 16:
            return NOTHING
    fit, name, name_stop, kind = message_grade(data, i, min(end, last), last)
    if context & TCP and context & START and last > end and (end - i < 17 or fit == 2):
        return verdict(undecided(end, finish, context), 0, 0), 0, 0
    if fit == 0 or letters_at(data, i + 12, end) > 24:  # NetBIOS has a probe of its own
        return NOTHING
    if kind & 0x8000:  # multicast DNS's top bit
        return NOTHING
    response = u8(data, i + 2) >> 7
    role = SERVER if response else CLIENT
    if context & TCP and not context & START and not whole:
        return verdict(SPECULATIVE, role, response), 0, 0
    grade = CONFIRMED if fit == 3 else SPECULATIVE
    return verdict(grade, role, response), name, max(name_stop - name, 0)


PROBE = Probe(
    name="dns",
    title="Domain Name System",
    sources=("RFC 1035 section 4", "RFC 6891 section 6.1", "RFC 6895", "RFC 7766 section 8"),
    bases=("query", "response"),
    signatures=(
        udp(HEADER, at=2, mask=MASK, shortest=17),
        tcp(HEADER, at=4, mask=MASK, shortest=14),
        tcp(b"\0", mask=b"\xf0", longest=2),
    ),
    confirm=confirm,
    strength=65,
    label=spell,
)
