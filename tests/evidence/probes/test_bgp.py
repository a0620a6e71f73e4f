"""Tests of the bgp probe."""

import pytest

from annotator.evidence.probes.bgp import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits

MARKER = b"\xff" * 16
OPEN = MARKER + bytes.fromhex("001d 01 04 fde8 00b4 c0000201 00")  # AS 65000, 180 s, 192.0.2.1
KEEPALIVE = MARKER + bytes.fromhex("0013 04")
UPDATE = MARKER + bytes.fromhex("0017 02 0000 0000")
CEASE = MARKER + bytes.fromhex("0015 03 06 02")
REFRESH = MARKER + bytes.fromhex("0017 05 0001 00 01")


@pytest.mark.parametrize(
    "case",
    [
        Case(OPEN, STREAM, "OPEN", label="AS65000 192.0.2.1"),
        Case(OPEN + KEEPALIVE, STREAM, "OPEN", label="AS65000 192.0.2.1"),
        Case(KEEPALIVE, MIDDLE, "KEEPALIVE"),
        Case(UPDATE, MIDDLE, "UPDATE"),
        Case(CEASE, MIDDLE, "NOTIFICATION"),
        Case(REFRESH, MIDDLE, "ROUTE-REFRESH"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """The marker makes them known in mid-stream too."""
    known(PROBE, case)


def test_a_message_in_pieces_is_waited_for() -> None:
    """Header and identifier."""
    waits(PROBE, OPEN[:17])
    waits(PROBE, OPEN[:22])


@pytest.mark.parametrize(
    "payload",
    [
        OPEN[:15] + b"\xfe" + OPEN[16:],
        OPEN[:19] + b"\x03" + OPEN[20:],  # version 3
        KEEPALIVE[:17] + b"\x14\x04\x00",  # a keepalive with a body
        MARKER + bytes.fromhex("0012 02"),  # shorter than a header
        MARKER + bytes.fromhex("0013 06"),  # no such type
        b"\xff" * 64,
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range."""
    unknown(PROBE, payload, STREAM, 0)
