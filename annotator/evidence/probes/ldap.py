"""LDAP, and CLDAP in datagrams: a message number and an operation, each of a known form."""

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
    UPGRADE,
    Answer,
    Probe,
    anywhere,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be16, be32

BIND, BOUND, UNBIND, SEARCH, ENTRY, DONE, REFERENCE = 0x60, 0x61, 0x42, 0x63, 0x64, 0x65, 0x73
EXTENDED, EXTENDED_DONE, MIDDLE, DELETE, ABANDON = 0x77, 0x78, 0x79, 0x4A, 0x50
BASES = ("bind", "bind response", "search", "search result", "extended request", "request", "response", "StartTLS")


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``SEQUENCE { messageID, [APPLICATION n] operation }`` (RFC 4511 section 4.1.1)."""
    tag, k, stop = ber(data, i, end)
    if tag == -1 or stop - k < 5:
        return NOTHING
    if tag != 0x30 or (stop > finish and not (context & TCP and context & START)):
        return NOTHING  # a datagram may hold several: entry and done
    number, k = ber_integer(data, k, end)
    if k < 0 or number < 0:
        return NOTHING
    tag, start, last = ber(data, k, end)
    if tag == UNBIND and start == last == stop:
        return verdict(CONFIRMED if number else SPECULATIVE, CLIENT, 5), 0, 0
    if last > stop:
        return NOTHING
    if tag == DELETE or tag == ABANDON:
        return verdict(SPECULATIVE, CLIENT, 5), 0, 0
    if tag == BIND:
        version, k = ber_integer(data, start, end)
        if k < 0 or version < 1 or version > 3:
            return NOTHING
        inner, name, name_stop = ber(data, k, end)
        return (verdict(CONFIRMED, CLIENT, 0), name, name_stop - name) if inner == 4 and name_stop < last else NOTHING
    if tag == EXTENDED:
        inner, name, name_stop = ber(data, start, end)
        if inner == -1:
            return verdict(undecided(end, finish, context), CLIENT, 4), 0, 0
        if inner != 0x80 or name_stop > last or name_stop > end:
            return NOTHING
        # 1.3.6.1.4.1.1466.20037 (RFC 4511 section 4.14.1)
        if name_stop - name == 22 and be32(data, name_stop - 6) == 0x2E323030 and be16(data, name_stop - 2) == 0x3337:
            return verdict(CONFIRMED, CLIENT, 7, UPGRADE), name, 22
        return verdict(CONFIRMED, CLIENT, 4), name, name_stop - name
    inner, name, name_stop = ber(data, start, end)
    if inner == -1:
        return verdict(undecided(end, finish, context), ANY_ROLE, 5), 0, 0
    if tag == BOUND or tag == DONE or tag == EXTENDED_DONE or (0x67 <= tag <= 0x6F and tag & 1):
        if inner != 0x0A or name_stop - name != 1 or (name_stop + 1 < end and be16(data, name_stop) >> 8 != 4):
            return NOTHING
        return verdict(CONFIRMED, SERVER, 1 if tag == BOUND else 3 if tag == DONE else 6), 0, 0
    if tag == MIDDLE:
        return verdict(SPECULATIVE, SERVER, 6), 0, 0
    if inner != 0x04 or name_stop > last:  # the others begin with a name
        return NOTHING
    if tag == SEARCH:
        scope, k = ber_integer(data, name_stop, end)
        fits = k == -1 or (k > 0 and 0 <= scope <= 3)
        if k > 0 and fits:
            scope, k = ber_integer(data, k, end)
            fits = k == -1 or (k > 0 and 0 <= scope <= 3)
        grade = CONFIRMED if k > 0 else undecided(end, finish, context)
        return (verdict(grade, CLIENT, 2), name, name_stop - name) if fits else NOTHING
    if tag == ENTRY:
        inner, _, _ = ber(data, name_stop, end)
        return (verdict(CONFIRMED, SERVER, 3), name, name_stop - name) if inner == 0x30 or inner == -1 else NOTHING
    if tag == REFERENCE:
        return verdict(SPECULATIVE, SERVER, 3), 0, 0
    if tag == 0x66 or tag == 0x68 or tag == 0x6C or tag == 0x6E:  # modify, add, rename, compare
        return verdict(CONFIRMED if name_stop < last else SPECULATIVE, CLIENT, 5), name, name_stop - name
    return NOTHING


PROBE = Probe(
    name="ldap",
    title="Lightweight Directory Access Protocol",
    sources=("RFC 4511 section 4", "RFC 1798", "[MS-ADTS] 6.3.3"),
    bases=BASES,
    signatures=(
        anywhere(b"\x30\x00\x02\x00", mask=b"\xff\x80\xff\xf8", shortest=7),
        anywhere(b"\x30\x81\x00\x02\x00", mask=b"\xff\xff\x00\xff\xf8"),
        anywhere(b"\x30\x82\x00\x00\x02\x00", mask=b"\xff\xff\x00\x00\xff\xf8"),
        anywhere(b"\x30\x84\x00\x00\x00\x00\x02\x00", mask=b"\xff\xff\xff\x00\x00\x00\xff\xf8"),
    ),
    confirm=confirm,
    strength=75,
    label=lambda raw: raw.decode("utf-8", "replace"),
)
