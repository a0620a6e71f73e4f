"""Tests of the postgresql probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE, UPGRADE
from annotator.evidence.probes.postgresql import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown

STARTUP = bytes.fromhex("00000024 00030000") + b"user\0alice\0database\0orders\0\0"
SSL = bytes.fromhex("00000008 04d2162f")
GSS = bytes.fromhex("00000008 04d21630")
CANCEL = bytes.fromhex("00000010 04d2162e 00000d41 5ca1ab1e")
MD5 = b"R" + bytes.fromhex("0000000c 00000005 01020304")
SASL = b"R" + bytes.fromhex("00000017 0000000a") + b"SCRAM-SHA-256\0\0"
OK = b"R" + bytes.fromhex("00000008 00000000")
ERROR = b"E" + bytes.fromhex("0000001f") + b"SFATAL\0C28000\0Mno entry\0\0".ljust(27, b"\0")
QUERY = b"Q" + bytes.fromhex("0000000e") + b"SELECT 1;\0"
ROWS = (
    b"T"
    + bytes.fromhex("00000021 0001")
    + b"?column?\0"
    + bytes.fromhex("00000000 0000 00000017 0004 ffffffff 0000")
    + b"D"
    + bytes.fromhex("0000000b 0001 00000001")
    + b"1"
    + b"C"
    + bytes.fromhex("0000000d")
    + b"SELECT 1\0"
    + b"Z"
    + bytes.fromhex("00000005")
    + b"I"
)


@pytest.mark.parametrize(
    "case",
    [
        Case(STARTUP, STREAM, "startup message", CLIENT, "alice"),
        Case(
            STARTUP.replace(b"user\0alice\0", b"").replace(b"\x24", b"\x19", 1),
            STREAM,
            "startup message",
            CLIENT,
            grade=SPECULATIVE,
        ),
        Case(SSL, STREAM, "SSL request", CLIENT, wishes=UPGRADE),
        Case(GSS, STREAM, "SSL request", CLIENT, wishes=UPGRADE),
        Case(CANCEL, STREAM, "cancel request", CLIENT),
        Case(MD5, STREAM, "authentication request", SERVER),
        Case(SASL, STREAM, "authentication request", SERVER),
        Case(OK, STREAM, "authentication request", SERVER),
        Case(ERROR, STREAM, "error", SERVER),
        Case(QUERY, MIDDLE, "query", CLIENT),
        Case(ROWS, MIDDLE, "answer to a query", SERVER),
    ],
)
def test_first_messages_are_known(case: Case) -> None:
    """Both ends'; the user's name is the label."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (STARTUP, MIDDLE),
        (STARTUP[:-1], STREAM),  # longer than it is
        (STARTUP[:4] + b"\0\x04" + STARTUP[6:], STREAM),  # protocol 4
        (SSL + b"\0", STREAM),
        (MD5[:8] + b"\x63" + MD5[9:], STREAM),  # no such method
        (MD5[:4] + b"\x0d" + MD5[5:], STREAM),
        (ERROR[:5] + b"s" + ERROR[6:], STREAM),
        (ERROR + b"\0", STREAM),
        (QUERY + b"\0", MIDDLE),
        (QUERY[:6] + b"\x01" + QUERY[7:], MIDDLE),
        (ROWS[:-1] + b"X", MIDDLE),  # no such state
        (ROWS[:-6], MIDDLE),  # whole messages, but not ready
        (ROWS[-6:], MIDDLE),
        (b"Error: no such file, or it may not be read\n", STREAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 1)
