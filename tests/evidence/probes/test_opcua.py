"""Tests of the opcua probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER
from annotator.evidence.probes.opcua import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown

URL = b"opc.tcp://10.0.4.9:4840"
HELLO = b"HELF" + bytes.fromhex("37000000 00000000 00000100 00000100 00000000 00000000 17000000") + URL
ACKNOWLEDGE = b"ACKF" + bytes.fromhex("1c000000 00000000 00000100 00000100 00000000 00000000")
OPEN = b"OPNF" + bytes.fromhex("14000000 00000000 ffffffff ffffffff")
ERROR = b"ERRF" + bytes.fromhex("10000000 00000d80 ffffffff")


@pytest.mark.parametrize(
    "case",
    [
        Case(HELLO, MIDDLE, "Hello", CLIENT, URL.decode()),
        Case(ACKNOWLEDGE, MIDDLE, "Acknowledge", SERVER),
        Case(OPEN, STREAM, "secure channel message", ANY_ROLE),
        Case(ERROR, STREAM, "secure channel message", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """The endpoint's URL is the label."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (HELLO + b"\0", STREAM),
        (HELLO[:12] + b"\xff\x1f\0\0" + HELLO[16:], STREAM),  # a buffer that is too small
        (b"HELC" + HELLO[4:], STREAM),  # a Hello is never a chunk
        (ACKNOWLEDGE[:4] + b"\x1d" + ACKNOWLEDGE[5:] + b"\0", STREAM),
        (OPEN, MIDDLE),
        (OPEN[:-1], STREAM),
        (b"MSG to all of you", STREAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 0)
