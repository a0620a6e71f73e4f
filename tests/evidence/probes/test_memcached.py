"""Tests of the memcached probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.memcached import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown

FRAME = bytes.fromhex("0007 0000 0001 0000")  # request, number, of how many, reserved
GET = bytes.fromhex("80 00 0005 00 00 0000 00000005 00000000 0000000000000000") + b"Hello"
FOUND = bytes.fromhex("81 00 0000 04 00 0000 00000009 00000000 0000000000000001 deadbeef") + b"World"


@pytest.mark.parametrize(
    "case",
    [
        Case(b"stats\r\n", STREAM, "text command", CLIENT, "stats"),
        Case(b"set lang 0 0 2\r\nde\r\n", STREAM, "text command", CLIENT),
        Case(b"get lang\r\n", STREAM, "text command", CLIENT, grade=SPECULATIVE),
        Case(b"gets lang\r\n", STREAM, "text command", CLIENT, grade=SPECULATIVE),
        Case(b"STAT pid 42\r\nEND\r\n", STREAM, "text answer", SERVER),
        Case(b"VALUE lang 0 2\r\nde\r\nEND\r\n", STREAM, "text answer", SERVER),
        Case(b"STORED\r\n", STREAM, "text answer", SERVER, grade=SPECULATIVE),
        Case(b"VERSION 1.6.18\r\n", STREAM, "text answer", SERVER, "VERSION 1.6.18", SPECULATIVE),
        Case(GET, STREAM, "binary header", CLIENT),
        Case(FOUND, STREAM, "binary header", SERVER),
        Case(FRAME + b"stats\r\n", DATAGRAM, "text command", CLIENT, "stats"),
        Case(FRAME + b"STAT pid 42\r\nEND\r\n", DATAGRAM, "text answer", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Text, binary, and behind the frame that UDP needs."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (b"stats\r\n", MIDDLE),
        (b"statistics of the year\r\n", STREAM),
        (b"set me free\r\n", STREAM),
        (b"get out of here\n", STREAM),
        (b"VALUE for money\r\n", STREAM),
        (GET[:5] + b"\x01" + GET[6:], STREAM),  # a data type
        (GET[:3] + b"\x06" + GET[4:], STREAM),  # a key that is longer than the body
        (GET[:1] + b"\x7f" + GET[2:], STREAM),  # no such command
        (GET[:7] + b"\x01" + GET[8:], STREAM),  # a bucket
        (FOUND[:6] + b"\x01" + FOUND[7:], STREAM),  # no such status
        (bytes.fromhex("0007 0001 0001 0000") + b"stats\r\n", DATAGRAM),  # the second of one
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes, context: int) -> None:
    """Text that begins alike, fields out of range."""
    unknown(PROBE, payload, context)
