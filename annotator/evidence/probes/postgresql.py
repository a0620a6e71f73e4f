"""PostgreSQL: the startup packet, its special forms, and the server's first answer."""

from typing import Any

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    UPGRADE,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

SSL_REQUEST, CANCEL_REQUEST, GSS_REQUEST = 80877103, 80877102, 80877104
LONGEST_STARTUP = 10000
FROM_SERVER = tuple(b"123ACDEGHIKNRSTVWZcdnst")
"""Types of the server's messages."""


@kernel
def in_session(data: Any, i: int, end: int, finish: int) -> Answer:
    """Judge whole messages in mid-stream: a query, or what a server says up to being ready for the next."""
    if end != finish or end - i < 6:
        return NOTHING
    if u8(data, i) == 0x51:  # "Q": text, ended by NUL
        if be32(data, i + 1) != end - i - 1 or u8(data, end - 1) != 0:
            return NOTHING
        for k in range(i + 5, end - 1):
            if u8(data, k) < 32 and u8(data, k) not in (9, 10, 13):
                return NOTHING
        return verdict(CONFIRMED, CLIENT, 5), 0, 0
    k = i
    messages = 0
    while end - k >= 6:
        length = be32(data, k + 1)
        if u8(data, k) not in FROM_SERVER or length < 4:
            return NOTHING
        if u8(data, k) == 0x5A:  # "Z": idle, in a transaction, in a failed one
            ready = length == 5 and k + 6 == end and u8(data, k + 5) in (0x49, 0x54, 0x45)
            return (verdict(CONFIRMED, SERVER, 6), 0, 0) if ready and messages else NOTHING
        k += length + 1
        messages += 1
    return NOTHING


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Startup: length, version or request code, then NUL-ended names and values; answers have a type byte first."""
    if not context & START:
        return in_session(data, i, end, finish)
    first = u8(data, i)
    if end - i < 8:
        return verdict(undecided(end, finish, context), CLIENT, 0), 0, 0
    if first == 0:
        length, code = be32(data, i), be32(data, i + 4)
        if code == SSL_REQUEST or code == GSS_REQUEST:
            return (verdict(CONFIRMED, CLIENT, 1, UPGRADE), 0, 0) if length == 8 and finish - i == 8 else NOTHING
        if code == CANCEL_REQUEST:
            return (verdict(CONFIRMED, CLIENT, 2), 0, 0) if length == 16 else NOTHING
        if code >> 16 != 3 or code & 0xFFFF > 2 or not 9 <= length <= LONGEST_STARTUP or length > finish - i:
            return NOTHING
        k = i + 8
        if end - k < 5 or be32(data, k) != 0x75736572:  # "user" is asked for, and clients send it first
            return verdict(SPECULATIVE, CLIENT, 0), 0, 0
        start = k + 5
        k = start
        while k < end and u8(data, k) != 0:
            k += 1
        return verdict(CONFIRMED, CLIENT, 0), start, k - start
    length = be32(data, i + 1)
    if first == 0x52 and end - i >= 9:  # "R": authentication
        kind = be32(data, i + 5)
        known = (
            (kind in (0, 2, 6, 7, 9) and length == 8)
            or (kind == 5 and length == 12)
            or (kind in (8, 10) and length < 256)
        )
        return (verdict(CONFIRMED, SERVER, 3), 0, 0) if known and length <= finish - i - 1 else NOTHING
    if first != 0x45 or not 10 <= length <= 8192 or length != finish - i - 1:  # "E": fields of a type byte and a string
        return NOTHING
    if u8(data, i + 5) == 0x53 and (end < finish or u8(data, end - 1) == 0):  # "S": severity
        return verdict(CONFIRMED, SERVER, 4), 0, 0
    return NOTHING


PROBE = Probe(
    name="postgresql",
    title="PostgreSQL",
    sources=("PostgreSQL frontend/backend protocol 3.0, message formats",),
    bases=(
        "startup message",
        "SSL request",
        "cancel request",
        "authentication request",
        "error",
        "query",
        "answer to a query",
    ),
    signatures=(
        tcp(b"\x00\x00\x00\x00\x00\x03\x00", mask=b"\xff\xff\x00\x00\xff\xff\xff", shortest=9),
        tcp(b"\x00\x00\x00\x08\x04\xd2\x16\x2f"),
        tcp(b"\x00\x00\x00\x08\x04\xd2\x16\x30"),
        tcp(b"\x00\x00\x00\x10\x04\xd2\x16\x2e"),
        tcp(b"R\x00\x00\x00", shortest=9),
        tcp(b"E\x00\x00", shortest=12),
        tcp(b"Q\x00\x00", shortest=7),
        *(tcp(bytes([kind, 0, 0]), shortest=11) for kind in b"1CDNST"),
    ),
    confirm=confirm,
    strength=85,
)
