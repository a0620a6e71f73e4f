"""Tests of the mysql probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE, UPGRADE
from annotator.evidence.probes.mysql import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


def packet(number: int, body: bytes) -> bytes:
    """Put the length and the sequence number before a body."""
    return len(body).to_bytes(3, "little") + bytes([number]) + body


GREETING = packet(
    0,
    b"\x0a8.0.36\0"
    + bytes.fromhex("2a000000 0102030405060708 00")  # connection, first part of the salt, filler
    + bytes.fromhex("ffff ff 0200 ffdf 15 00000000000000000000")  # capabilities, utf8mb4, status
    + b"123456789012\0caching_sha2_password\0",
)
OPTIONS = bytes.fromhex("85a6ff19 00000001 2d") + bytes(23)  # CLIENT_PROTOCOL_41 among them, 16 MiB, utf8mb4
RESPONSE = packet(1, OPTIONS + b"shop\0\x14" + bytes(20) + b"orders\0")
SSL = packet(1, bytes.fromhex("85aeff19 00000001 2d") + bytes(23))
REFUSED = packet(0, b"\xff\x6a\x04Host '10.0.4.9' is not allowed to connect")


@pytest.mark.parametrize(
    "case",
    [
        Case(GREETING, STREAM, "greeting", SERVER, "8.0.36"),
        Case(RESPONSE, STREAM, "handshake response", CLIENT, "shop"),
        Case(SSL, STREAM, "SSL request", CLIENT, wishes=UPGRADE),
        Case(REFUSED, STREAM, "error", SERVER, "Host '10.0.4.9' is not allowed to connect", SPECULATIVE),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """The version and the user's name are labels."""
    known(PROBE, case)


def test_a_greeting_in_pieces_is_waited_for() -> None:
    """In its version, and before its filler."""
    assert len(GREETING) == GREETING[0] + 4
    waits(PROBE, GREETING[:8].ljust(20, b"x"))


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (GREETING, MIDDLE),
        (GREETING[:4] + b"\x09" + GREETING[5:], STREAM),  # protocol 9
        (GREETING[:7] + b"\x07" + GREETING[8:], STREAM),  # a control character in the version
        (GREETING[:24] + b"\x01" + GREETING[25:], STREAM),  # filler
        (GREETING[:-1], STREAM),  # longer than its packet says
        (RESPONSE + b"\0", STREAM),
        (RESPONSE[:20] + b"\x01" + RESPONSE[21:], STREAM),  # reserved
        (SSL[:4] + b"\x85\xa6" + SSL[6:], STREAM),  # asks for no TLS
        (REFUSED[:5] + b"\x01\x00" + REFUSED[7:], STREAM),  # no such error
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 1)
