"""SNMP 1, 2c and 3: a BER message whose version, community or header, and PDU follow each other."""

from typing import Any

from annotator.evidence.ber import ber, ber_integer
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
from annotator.kernel.load import u8

BASES = ("request", "response", "trap", "inform", "SNMPv3 message")


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``SEQUENCE { version, community, PDU }`` (RFC 1157, RFC 3416), or version 3's (RFC 3412 section 6).

    The community is a password: it is no label.
    """
    if context & TCP and not context & START:
        return NOTHING
    tag, k, stop = ber(data, i, end)
    if tag != 0x30 or (stop != finish and not context & TCP):
        return NOTHING
    version, k = ber_integer(data, k, end)
    if k < 0 or not 0 <= version <= 3:
        return NOTHING
    tag, start, part = ber(data, k, end)
    if part > stop:
        return NOTHING
    if version == 3:
        if tag != 0x30:
            return NOTHING
        number, k = ber_integer(data, start, end)
        if k >= 0:
            number, k = ber_integer(data, k, end)
        if k == -2 or (k >= 0 and number < 484):  # RFC 3412 section 6.2
            return NOTHING
        if k < 0 or part > end or part - k < 6:
            return verdict(undecided(end, finish, context), ANY_ROLE, 4), 0, 0
        if u8(data, k) != 4 or u8(data, k + 1) != 1 or u8(data, k + 2) > 7 or u8(data, k + 3) != 2:
            return NOTHING
        reportable = u8(data, k + 2) & 4
        return verdict(CONFIRMED, CLIENT if reportable else ANY_ROLE, 4), 0, 0
    if tag != 0x04 or part - start > 255:
        return NOTHING
    tag, start, part = ber(data, part, end)
    if tag == -1:
        return verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0
    if tag < 0xA0 or tag > 0xA8 or part > stop:
        return NOTHING
    basis = 1 if tag == 0xA2 or tag == 0xA8 else 2 if tag == 0xA4 or tag == 0xA7 else 3 if tag == 0xA6 else 0
    if tag == 0xA4:  # Trap-PDU: enterprise, agent's address
        inner, start, _ = ber(data, start, end)
        fits = inner == 0x06
    else:
        _, k = ber_integer(data, start, end)
        fits = k != -2
        if k < 0 and fits:
            return verdict(SPECULATIVE if end < finish else 0, ANY_ROLE, basis), 0, 0
    return (verdict(CONFIRMED, SERVER if basis == 1 else CLIENT, basis), 0, 0) if fits else NOTHING


PROBE = Probe(
    name="snmp",
    title="Simple Network Management Protocol",
    sources=("RFC 1157 section 4", "RFC 3416 section 3", "RFC 3412 section 6", "RFC 3430 section 2.1"),
    bases=BASES,
    signatures=(
        udp(b"\x30\x00\x02\x01\x00", mask=b"\xff\x80\xff\xff\xfc"),
        udp(b"\x30\x81\x00\x02\x01\x00", mask=b"\xff\xff\x00\xff\xff\xfc"),
        udp(b"\x30\x82\x00\x00\x02\x01\x00", mask=b"\xff\xff\x00\x00\xff\xff\xfc"),
        tcp(b"\x30\x00\x02\x01\x00\x04", mask=b"\xff\x80\xff\xff\xfc\xff"),
        tcp(b"\x30\x82\x00\x00\x02\x01\x00\x04", mask=b"\xff\xff\x00\x00\xff\xff\xfc\xff"),
        udp(b"\x30\x00\x02\x04\x00\x00\x00\x00", mask=b"\xff\x80\xff\xff\xff\xff\xff\xfc"),
    ),
    confirm=confirm,
    strength=80,
)
