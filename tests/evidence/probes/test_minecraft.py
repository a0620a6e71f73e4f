"""Tests of the minecraft probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.minecraft import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown

HANDSHAKE = b"\x15\0\xfd\x05\x0e" + b"mc.example.org" + b"\x63\xdd\x01"  # 765, the port, status
MAGIC = bytes.fromhex("00ffff00fefefefefdfdfdfd12345678")
PING = b"\x01" + bytes(8) + MAGIC + bytes(8)
PONG = b"\x1c" + bytes(8) + bytes(8) + MAGIC + b"\0\x04MCPE"
OPEN = b"\x05" + MAGIC + b"\x0b" + bytes(100)
OPENED = b"\x06" + MAGIC + bytes(8) + b"\0\x05\xd4"


@pytest.mark.parametrize(
    "case",
    [
        Case(HANDSHAKE, STREAM, "handshake", CLIENT, "mc.example.org"),
        Case(HANDSHAKE + b"\x01\0", STREAM, "handshake", CLIENT, "mc.example.org"),
        Case(PING, DATAGRAM, "RakNet message", CLIENT),
        Case(PONG, DATAGRAM, "RakNet message", SERVER),
        Case(OPEN, DATAGRAM, "RakNet message", CLIENT),
        Case(OPENED, DATAGRAM, "RakNet message", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Both editions; the server's name is the label."""
    assert HANDSHAKE[0] == len(HANDSHAKE) - 1
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (HANDSHAKE, MIDDLE),
        (HANDSHAKE[:-1] + b"\x04", STREAM),  # no such state
        (HANDSHAKE[:4] + b"\x0d" + HANDSHAKE[5:], STREAM),
        (HANDSHAKE.replace(b".", b"\0"), STREAM),
        (HANDSHAKE[:-1], STREAM),
        (PING[:-9] + b"\x79" + PING[-8:], DATAGRAM),
        (PING[:20], DATAGRAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 0)
