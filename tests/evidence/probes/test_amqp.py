"""Tests of the amqp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.amqp import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


def frame(kind: int, body: bytes, channel: int = 0) -> bytes:
    """Put the header before a body, and the end octet behind it."""
    return bytes([kind]) + channel.to_bytes(2, "big") + len(body).to_bytes(4, "big") + body + b"\xce"


HEADER = b"AMQP\0\0\x09\x01"
START_METHOD = frame(1, bytes.fromhex("000a 000a 00 09 00000000 00000005") + b"PLAIN" + bytes.fromhex("00000000"))
START_OK = frame(1, bytes.fromhex("000a 000b 00000000 05") + b"PLAIN" + bytes(9))
DELIVER = frame(1, bytes.fromhex("003c 003c") + bytes(20), 1)
BODY = frame(3, b"hello, world", 1)


@pytest.mark.parametrize(
    "case",
    [
        Case(HEADER, STREAM, "protocol header", CLIENT),
        Case(b"AMQP\0\x01\0\0", STREAM, "protocol header", CLIENT),
        Case(b"AMQP\x03\x01\0\0", STREAM, "protocol header", CLIENT),  # SASL before 1.0
        Case(START_METHOD, STREAM, "Connection method", SERVER),
        Case(START_OK, STREAM, "Connection method", CLIENT),
        Case(DELIVER, MIDDLE, "frame"),
        Case(DELIVER + frame(2, bytes.fromhex("003c 0000") + bytes(10), 1) + BODY, MIDDLE, "frame"),
    ],
)
def test_headers_and_frames_are_known(case: Case) -> None:
    """The greeting of every version, methods of both ends, and whole frames anywhere."""
    known(PROBE, case)


def test_a_header_in_pieces_is_waited_for() -> None:
    """Its version decides."""
    waits(PROBE, HEADER[:5])


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (b"AMQP\0\x02\0\0", STREAM),  # no such version
        (b"AMQP is a protocol\r\n", STREAM),
        (START_METHOD[:-1] + b"\xcd", STREAM),  # no end octet
        (START_METHOD[:10] + b"\x63" + START_METHOD[11:-1] + b"\0", STREAM),  # no such method, and a broken end
        (DELIVER[:-1] + b"\0", MIDDLE),
        (DELIVER[:8] + b"\x3d" + DELIVER[9:], MIDDLE),  # no such class
        (DELIVER + b"\x09", MIDDLE),  # what follows is no frame
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, context, 1)
