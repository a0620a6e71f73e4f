"""Tests of the zookeeper probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.zookeeper import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown

CONNECT = bytes.fromhex("0000002c 00000000 0000000000000000 00007530 0000000000000000 00000010") + bytes(16)
CONNECT_3_4 = b"\0\0\0\x2d" + CONNECT[4:] + b"\0"  # and whether a read-only session will do
CONNECTED = bytes.fromhex("00000024 00000000 00007530 0100000000000001 00000010") + bytes(range(16))


@pytest.mark.parametrize(
    "case",
    [
        Case(CONNECT, STREAM, "connect request", CLIENT),
        Case(CONNECT_3_4, STREAM, "connect request", CLIENT),
        Case(CONNECTED, STREAM, "connect response", SERVER),
        Case(CONNECTED[:3] + b"\x25" + CONNECTED[4:] + b"\0", STREAM, "connect response", SERVER),
        Case(b"ruok", STREAM, "four-letter word", CLIENT, "ruok", SPECULATIVE),
    ],
)
def test_first_messages_are_known(case: Case) -> None:
    """Both directions, and the words that administrators send."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (CONNECT, MIDDLE),
        (CONNECT[:7] + b"\x01" + CONNECT[8:], STREAM),  # protocol 1
        (CONNECT[:16] + bytes(4) + CONNECT[20:], STREAM),  # no time at all
        (CONNECT[:31] + b"\x11" + CONNECT[32:], STREAM),  # a password of 17
        (CONNECT + b"\0", STREAM),
        (CONNECTED[:23] + b"\x0f" + CONNECTED[24:], STREAM),
        (b"ruin", STREAM),
        (b"state of things", STREAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 0)
