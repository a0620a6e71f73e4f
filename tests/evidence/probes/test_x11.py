"""Tests of the x11 probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.x11 import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown

NAME = b"MIT-MAGIC-COOKIE-1\0\0"
LITTLE = bytes.fromhex("6c00 0b00 0000 1200 1000 0000") + NAME + bytes(16)
BIG = bytes.fromhex("4200 000b 0000 0012 0010 0000") + NAME + bytes(16)
PLAIN = bytes.fromhex("6c00 0b00 0000 0000 0000 0000")
ACCEPTED = bytes.fromhex("0100 0b00 0000 0800") + bytes(32)
REFUSED = bytes.fromhex("0015 000b 0000 0006") + b"No protocol specified".ljust(24, b"\0")


@pytest.mark.parametrize(
    "case",
    [
        Case(LITTLE, STREAM, "connection setup", CLIENT, "MIT-MAGIC-COOKIE-1"),
        Case(BIG, STREAM, "connection setup", CLIENT, "MIT-MAGIC-COOKIE-1"),
        Case(PLAIN, STREAM, "connection setup", CLIENT),
        Case(ACCEPTED, STREAM, "setup answer", SERVER),
        Case(REFUSED, STREAM, "setup answer", SERVER),
    ],
)
def test_setups_are_known(case: Case) -> None:
    """Both byte orders, both ends; how the client proves itself is the label."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (LITTLE, MIDDLE),
        (LITTLE[:2] + b"\x0c" + LITTLE[3:], STREAM),  # version 12
        (LITTLE[:4] + b"\x01" + LITTLE[5:], STREAM),
        (LITTLE[:6] + b"\x19" + LITTLE[7:], STREAM),  # a name that does not fit
        (LITTLE + b"\0", STREAM),
        (LITTLE[:1] + b"\x01" + LITTLE[2:], STREAM),
        (ACCEPTED + b"\0", STREAM),
        (b"\x03" + ACCEPTED[1:], STREAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 0)
