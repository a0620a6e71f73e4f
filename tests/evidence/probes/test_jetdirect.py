"""Tests of the jetdirect probe."""

import pytest

from annotator.evidence.probe import CLIENT
from annotator.evidence.probes.jetdirect import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown


@pytest.mark.parametrize(
    "case",
    [
        Case(b"\x1b%-12345X@PJL JOB\r\n", STREAM, "universal exit", CLIENT),
        Case(b"@PJL INFO STATUS\r\nCODE=10001\r\n", STREAM, "PJL"),
    ],
)
def test_jobs_are_known(case: Case) -> None:
    """A job begins with the exit sequence; printers answer in the same words."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (b"\x1b%-12345Y@PJL", STREAM),
        (b"\x1b%0A and other HP-GL", STREAM),
        (b"@PJLINFO STATUS", STREAM),
        (b"\x1b%-12345X@PJL", MIDDLE),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """The whole sequence, at the start."""
    unknown(PROBE, payload, context, 0)
