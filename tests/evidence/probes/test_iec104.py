"""Tests of the iec104 probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER
from annotator.evidence.probes.iec104 import PROBE
from tests.evidence.probes.cases import MIDDLE, Case, known, unknown

START_ACT = bytes.fromhex("68 04 07 00 00 00")
START_CON = bytes.fromhex("68 04 0b 00 00 00")
TEST_ACT = bytes.fromhex("68 04 43 00 00 00")
SEEN = bytes.fromhex("68 04 01 00 06 00")
INTERROGATE = bytes.fromhex("68 0e 0000 0000 64 01 06 00 0100 000000 14")


@pytest.mark.parametrize(
    "case",
    [
        Case(START_ACT, MIDDLE, "U frame", CLIENT),
        Case(START_CON, MIDDLE, "U frame", SERVER),
        Case(TEST_ACT, MIDDLE, "U frame", ANY_ROLE),
        Case(SEEN, MIDDLE, "S frame", ANY_ROLE),
        Case(INTERROGATE, MIDDLE, "I frame", ANY_ROLE),
        Case(INTERROGATE + SEEN, MIDDLE, "I frame", ANY_ROLE),
    ],
)
def test_frames_are_known(case: Case) -> None:
    """All three formats."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        START_ACT[:2] + b"\x0f" + START_ACT[3:],  # two of the six bits
        START_ACT[:5] + b"\x01",
        START_ACT[:1] + b"\x05" + START_ACT[2:] + b"\0",
        SEEN[:2] + b"\x05" + SEEN[3:],
        SEEN + b"\0",
        INTERROGATE[:6] + b"\x80" + INTERROGATE[7:],  # no such type
        INTERROGATE[:8] + b"\x30" + INTERROGATE[9:],  # no such cause
        INTERROGATE[:4] + b"\x01" + INTERROGATE[5:],  # an odd number
        INTERROGATE + b"\0",
        b"hello, world\r\n",
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit, and a word that begins alike."""
    unknown(PROBE, payload, MIDDLE, 0)
