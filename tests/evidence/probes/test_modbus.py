"""Tests of the modbus probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.modbus import PROBE
from tests.evidence.probes.cases import MIDDLE, Case, known, unknown

READ = bytes.fromhex("0001 0000 0006 11 03 006b 0003")  # three holding registers from 108 on
VALUES = bytes.fromhex("0001 0000 0009 11 03 06 022b 0000 0064")
WRITE = bytes.fromhex("0002 0000 000b 11 10 0001 0002 04 000a 0102")
WRITTEN = bytes.fromhex("0002 0000 0006 11 10 0001 0002")
ONE = bytes.fromhex("0003 0000 0006 11 06 0001 0003")
EXCEPTION = bytes.fromhex("0001 0000 0003 11 83 02")
IDENTIFY = bytes.fromhex("0004 0000 0005 11 2b 0e 01 00")


@pytest.mark.parametrize(
    "case",
    [
        Case(READ, MIDDLE, "function", CLIENT),
        Case(VALUES, MIDDLE, "function", SERVER),
        Case(WRITE, MIDDLE, "function", CLIENT),
        Case(WRITTEN, MIDDLE, "function", SERVER),
        Case(ONE, MIDDLE, "function", ANY_ROLE),  # the answer is an echo
        Case(EXCEPTION, MIDDLE, "exception", SERVER),
        Case(IDENTIFY, MIDDLE, "function", ANY_ROLE, grade=SPECULATIVE),
        Case(bytes.fromhex("0001 0000 0006 11 01 03 000001"), MIDDLE, "function", ANY_ROLE),
    ],
)
def test_functions_are_known(case: Case) -> None:
    """The arithmetic of a function tells request from answer, where it can."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        READ[:3] + b"\x01" + READ[4:],  # another protocol
        READ[:5] + b"\x09" + READ[6:],  # longer than it is
        READ[:7] + b"\x19" + READ[8:],  # no such function
        READ[:10] + b"\x0f\xff",  # too many registers
        VALUES[:8] + b"\x05" + VALUES[9:],
        WRITE[:12] + b"\x05" + WRITE[13:],
        EXCEPTION[:8] + b"\x0c",  # no such exception
        bytes(12),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, MIDDLE)
