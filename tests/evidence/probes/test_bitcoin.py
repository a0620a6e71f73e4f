"""Tests of the bitcoin probe."""

import pytest

from annotator.evidence.probes.bitcoin import PROBE
from tests.evidence.probes.cases import MIDDLE, Case, known, unknown

VERACK = bytes.fromhex("f9beb4d9 76657261636b000000000000 00000000 5df6e0e2")
VERSION = bytes.fromhex("f9beb4d9") + b"version\0\0\0\0\0" + bytes.fromhex("55000000 00000000") + bytes(85)
LITECOIN = bytes.fromhex("fbc0b6db") + b"ping".ljust(12, b"\0") + bytes.fromhex("08000000 00000000") + bytes(8)


@pytest.mark.parametrize(
    "case",
    [
        Case(VERACK, MIDDLE, "message header", label="verack"),
        Case(VERSION, MIDDLE, "message header", label="version"),
        Case(LITECOIN, MIDDLE, "message header", label="ping"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Both ends send all of them; the command is the label."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"\xf9\xbe\xb4\xd8" + VERACK[4:],
        VERACK[:4] + b"ver\0ck" + VERACK[10:],  # letters behind the padding
        VERACK[:4] + b"VERACK" + VERACK[10:],
        VERACK[:4] + bytes(12) + VERACK[16:],
        VERACK[:16] + b"\x01\0\0\x02" + VERACK[20:],  # more than 32 MiB
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range."""
    unknown(PROBE, payload, MIDDLE, 0)
