"""MySQL: the server's greeting, and the client's answer to it."""

from typing import Any

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    MORE,
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
from annotator.kernel.load import be16, le16, le32, u8

PROTOCOL_10 = 10
CLIENT_SSL, CLIENT_PROTOCOL_41 = 0x0800, 0x0200
SSL_REQUEST_BYTES = 32


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A packet is a 3-byte length, a sequence number, and a body: greeting number 0, response number 1."""
    if end - i < 5:
        return verdict(undecided(end, finish, context), SERVER, 0), 0, 0
    length = le32(data, i) & 0xFFFFFF
    number = u8(data, i + 3)
    if not context & START or length < 4:
        return NOTHING
    if number == 0 and u8(data, i + 4) == 0xFF:  # an error instead of a greeting: "Host ... is not allowed"
        code = le16(data, i + 5) if end - i >= 7 else 0
        if length == finish - i - 4 and 1000 <= code <= 3999:
            return verdict(SPECULATIVE, SERVER, 1), i + 7, max(end - i - 7, 0)
        return NOTHING
    if number == 0 and u8(data, i + 4) == PROTOCOL_10:
        k = i + 5
        while k < end and u8(data, k) != 0:  # server version, ended by NUL
            if not 0x20 <= u8(data, k) < 0x7F or k - i > 128:
                return NOTHING
            k += 1
        if end - k < 14:
            return verdict(undecided(end, finish, context), SERVER, 0), 0, 0
        # connection id 4, auth data 8, filler 0
        if k == i + 5 or u8(data, k + 13) != 0 or length > finish - i - 4:
            return NOTHING
        return verdict(CONFIRMED, SERVER, 0), i + 5, k - i - 5
    if number == 1 and length >= SSL_REQUEST_BYTES and length == finish - i - 4:
        if end - i < 36:
            return verdict(SPECULATIVE, CLIENT, 2), 0, 0
        capabilities = le32(data, i + 4)
        if not capabilities & CLIENT_PROTOCOL_41:
            return NOTHING
        for k in range(13, 36):  # reserved; MariaDB keeps the last four for itself
            if k < 32 and u8(data, i + k) != 0:
                return NOTHING
        if length == SSL_REQUEST_BYTES:
            return (verdict(CONFIRMED, CLIENT, 3, UPGRADE), 0, 0) if capabilities & CLIENT_SSL else NOTHING
        k = i + 36
        while k < end and u8(data, k) != 0:
            k += 1
        return verdict(CONFIRMED, CLIENT, 2), i + 36, k - i - 36
    if number == 1 and length > finish - i - 4 and finish == end and (end - i < 15 or be16(data, i + 13) == 0):
        return verdict(MORE, CLIENT, 2), 0, 0
    return NOTHING


PROBE = Probe(
    name="mysql",
    title="MySQL and MariaDB",
    sources=("MySQL client/server protocol: HandshakeV10, HandshakeResponse41, SSLRequest",),
    bases=("greeting", "error", "handshake response", "SSL request"),
    signatures=(
        tcp(b"\x00\x00\x0a", at=2, shortest=20),
        tcp(b"\x00\x00\xff", at=2, shortest=10),
        tcp(b"\x00\x01", at=2, shortest=36),
    ),
    confirm=confirm,
    strength=80,
)
