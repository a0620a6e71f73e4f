"""Kerberos 5: its messages are ASN.1, each with a tag of its own that the message type repeats."""

from typing import Any

from annotator.evidence.ber import ber, ber_integer
from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    START,
    TCP,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

AS_REQ, AS_REP, TGS_REQ, TGS_REP, ERROR = 10, 11, 12, 13, 30
BASES = ("AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP", "KRB-ERROR", "AP exchange")


@kernel
def realm(data: Any, i: int, end: int, wanted: int, depth: int) -> tuple[int, int]:
    """Find the field [`wanted`] of the SEQUENCE contents at `i` that holds a string: (its place, its length)."""
    for _ in range(12):
        tag, start, stop = ber(data, i, end)
        if tag < 0xA0:
            return 0, 0
        if tag == wanted:
            inner, start, stop = ber(data, start, end)
            if inner == 0x30 and depth:
                i, wanted, depth = start, 0xA2, 0  # the request's body: [2] is the realm (RFC 4120 section 5.4.1)
                continue
            return (start, stop - start) if inner == 0x1B and stop <= end else (0, 0)
        i = stop
    return 0, 0


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``[APPLICATION n] SEQUENCE { [0 or 1] 5, [next] n, ... }`` (RFC 4120 section 5), over TCP behind its length."""
    if context & TCP:
        if end - i < 4 or not 16 < be32(data, i) < 1 << 20:
            return NOTHING
        last = i + 4 + be32(data, i)
        if not context & START and last != finish:
            return NOTHING
        i += 4
    else:
        last = finish
    if end - i < 20:
        return (verdict(undecided(end, finish, context), 0, 5), 0, 0) if context & START else NOTHING
    tag, sequence, stop = ber(data, i, end)
    number = tag & 31
    if tag < 0x6A or tag > 0x7E or stop != last:
        return NOTHING
    tag, version, stop = ber(data, sequence, end)
    if tag != 0x30 or stop != last:
        return NOTHING
    first = 0xA1 if number == AS_REQ or number == TGS_REQ else 0xA0
    if end - version < 10 or u8(data, version) != first or u8(data, version + 5) != first + 1:
        return NOTHING
    value, version_end = ber_integer(data, version + 2, end)
    kind, kind_end = ber_integer(data, version + 7, end)
    if value != 5 or kind != number or version_end != version + 5 or kind_end < 0:
        return NOTHING
    if number == AS_REQ or number == TGS_REQ:
        basis, role, field = (number - AS_REQ), CLIENT, 0xA4
    elif number == AS_REP or number == TGS_REP:
        basis, role, field = (number - AS_REQ), SERVER, 0xA3
    elif number == ERROR:
        basis, role, field = 4, SERVER, 0xA9
    else:
        return verdict(CONFIRMED, CLIENT if number == 14 else SERVER if number == 15 else ANY_ROLE, 5), 0, 0
    label, length = realm(data, kind_end, end, field, 1)
    return verdict(CONFIRMED, role, basis), label, length


PROBE = Probe(
    name="kerberos",
    title="Kerberos 5",
    sources=("RFC 4120 sections 5, 7.2.2",),
    bases=BASES,
    signatures=(
        udp(b"\x60", mask=b"\xe0", shortest=24),
        tcp(b"\x00\x00\x00\x00\x60", mask=b"\xff\xf0\x00\x00\xe0", shortest=5),
    ),
    confirm=confirm,
    strength=90,
)
