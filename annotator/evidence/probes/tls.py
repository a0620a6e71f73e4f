"""TLS: records, and the hellos in them."""

from typing import Any, Final

from annotator.evidence import hello
from annotator.evidence.pool import POOL_BYTES
from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    MORE,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, u8

LONGEST_RECORD: Final = (1 << 14) + 2048  # RFC 5246 section 6.2.3; TLS 1.3 adds 256 at the most
CLIENT_HELLO, SERVER_HELLO_13, SERVER_HELLO, HANDSHAKE, RECORDS, ALERT, SSL2_HELLO = range(7)
# handshake types that are sent in the clear (RFC 8446 section 4, RFC 5246 section 7.4)
PLAIN_TYPES: Final = 1 << 0 | 1 << 4 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 22


@kernel
def records(data: Any, i: int, end: int) -> tuple[int, int]:
    """Walk along record headers (RFC 8446 section 5.1): (headers seen, place behind the last); 0 where one is none."""
    count = 0
    while i + 5 <= end:
        kind, length = u8(data, i), be16(data, i + 3)
        if kind < 20 or kind > 24 or u8(data, i + 1) != 3 or u8(data, i + 2) > 4 or length > LONGEST_RECORD:
            return 0, 0
        if (kind == 20 and (length != 1 or (i + 6 <= end and u8(data, i + 5) != 1))) or (kind == 21 and length < 2):
            return 0, 0
        i += 5 + length
        count += 1
    return count, i


@kernel
def ssl2_hello(data: Any, i: int, end: int, finish: int) -> Answer:
    """Check the backward compatible hello (RFC 5246 appendix E.2): header, version and three lengths."""
    if end - i < 11 or u8(data, i + 2) != 1 or not (u8(data, i + 3) == 3 or be16(data, i + 3) == 2):
        return NOTHING
    specs, session, challenge = be16(data, i + 5), be16(data, i + 7), be16(data, i + 9)
    fits = specs > 0 and specs % 3 == 0 and (session == 0 or session == 16) and 16 <= challenge <= 32
    if not fits or be16(data, i) & 0x7FFF != 9 + specs + session + challenge:
        return NOTHING
    return verdict(CONFIRMED, CLIENT, SSL2_HELLO), 0, 0


@kernel
def first_hello(data: Any, i: int, end: int, finish: int) -> Answer:
    """Check the record at `i` that begins with a ClientHello or ServerHello."""
    record_end = i + 5 + be16(data, i + 3)
    body = i + 9
    body_end = body + (u8(data, i + 6) << 16 | be16(data, i + 7))
    stored = min(end, record_end)
    role = CLIENT if u8(data, i + 5) == 1 else SERVER
    if body_end - body < 38 or body_end - body > 1 << 17:
        return NOTHING
    basis, at, length = CLIENT_HELLO, 0, 0
    if role == CLIENT:
        state, at, length = hello.client_hello(data, body, min(stored, body_end), body_end, False)
    else:
        state, version = hello.server_hello(data, body, min(stored, body_end), body_end)
        basis = SERVER_HELLO_13 if version == 0x0304 or version >> 8 == 0x7F else SERVER_HELLO
    if state == hello.BAD:
        return NOTHING
    comes = end < record_end and end == finish and end - i < POOL_BYTES  # the record goes on in a later segment
    if comes and (state == hello.SHORT or (role == CLIENT and length == 0)):
        return verdict(MORE, role, basis), 0, 0
    # of one that the snap length cut: record, message and version agree, and both end within the segment
    fits = body_end == record_end and record_end <= finish and end > body and u8(data, body) == 3
    return verdict(CONFIRMED if state != hello.SHORT or fits else SPECULATIVE, role, basis), at, length


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A hello at the start; anywhere else a chain of records that ends with the segment, or holds at least two."""
    if u8(data, i) & 0x80:
        return ssl2_hello(data, i, end, finish) if context & START else NOTHING
    if end - i < 10 and end == finish and context & START and u8(data, i) == 22:
        return verdict(MORE, ANY_ROLE, CLIENT_HELLO), 0, 0
    count, last = records(data, i, end)
    if count == 0:
        return NOTHING
    kind, first = u8(data, i), (u8(data, i + 5) if end > i + 5 else 0)
    if kind == 22 and end - i >= 10 and (first == 1 or first == 2) and be16(data, i + 3) >= 4:
        return first_hello(data, i, end, finish)
    role = SERVER if kind == 22 and (first == 12 or first == 14) else CLIENT if kind == 22 and first == 16 else ANY_ROLE
    basis = ALERT if kind == 21 else HANDSHAKE if kind == 22 else RECORDS
    whole = last == finish or count > 2 or (count > 1 and last >= finish)
    if kind == 21 and be16(data, i + 3) == 2 and end - i >= 7 and (u8(data, i + 5) - 1) & 0xFE:
        return NOTHING  # an alert in the clear is a warning or fatal
    if kind == 22 and first < 24 and PLAIN_TYPES >> first & 1 and end - i >= 9:
        inner = u8(data, i + 6) << 16 | be16(data, i + 7)
        whole = whole or inner + 4 <= be16(data, i + 3)
    return verdict(CONFIRMED if whole else SPECULATIVE, role, basis), 0, 0


PROBE = Probe(
    name="tls",
    title="Transport Layer Security",
    sources=(
        "RFC 8446 sections 4.1 and 5.1",
        "RFC 5246 sections 6.2, 7.4 and appendix E.2",
        "RFC 6066 section 3",
        "RFC 7301 section 3.1",
    ),
    bases=(
        "ClientHello",
        "ServerHello, TLS 1.3",
        "ServerHello",
        "handshake record",
        "chain of records",
        "alert",
        "SSLv2 ClientHello",
    ),
    signatures=(
        *(tcp(bytes((kind, 3, 0)), mask=b"\xff\xff\xf8") for kind in (20, 21, 22, 23)),
        tcp(b"\x80\x00\x01\x03\x00", mask=b"\x80\x00\xff\xff\xf8", shortest=11),
        tcp(b"\x80\x00\x01\x00\x02", mask=b"\x80\x00\xff\xff\xff", shortest=11),
    ),
    confirm=confirm,
    strength=90,
    label=hello.label,
)
