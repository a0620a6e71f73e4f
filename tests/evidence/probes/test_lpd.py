"""Tests of the lpd probe."""

import pytest

from annotator.evidence.probe import CLIENT, SPECULATIVE
from annotator.evidence.probes.lpd import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits

PRINT = b"\x02laser\n"
FILE = PRINT + b"\x02123 cfA001desk\n"


@pytest.mark.parametrize(
    "case",
    [
        Case(PRINT, STREAM, "command", CLIENT, "laser", grade=SPECULATIVE),
        Case(b"\x04laser alice 12\n", STREAM, "command", CLIENT, "laser alice 12", grade=SPECULATIVE),
        Case(FILE, STREAM, "command", CLIENT, "laser"),
    ],
)
def test_commands_are_known(case: Case) -> None:
    """One byte and a queue's name prove little; a control file's name proves it."""
    known(PROBE, case)


def test_a_line_in_pieces_is_waited_for() -> None:
    """It ends with a line feed."""
    waits(PROBE, b"\x02las")


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (b"\x06laser\n", STREAM),
        (b"\x02la\x01er\n", STREAM),
        (b"\x05d\n", STREAM),
        (PRINT + b"xx", STREAM),
        (FILE, MIDDLE),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Commands end at 5, names are text."""
    unknown(PROBE, payload, context, 0)
