"""Tests of the nfs probe."""

import pytest

from annotator.evidence.probe import CLIENT
from annotator.evidence.probes.nfs import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits
from tests.evidence.probes.rpc_messages import call, record

GETATTR = call(100003, 3, 1, bytes(36))


@pytest.mark.parametrize(
    "case",
    [
        Case(GETATTR, DATAGRAM, "call", CLIENT, "version 3"),
        Case(record(GETATTR), STREAM, "call", CLIENT, "version 3"),
        Case(record(call(100003, 4, 1)), MIDDLE, "call", CLIENT, "version 4"),
    ],
)
def test_calls_are_known(case: Case) -> None:
    """The program's number is in each; the label is its version."""
    known(PROBE, case)


def test_a_call_in_pieces_is_waited_for() -> None:
    """The credential's length decides."""
    waits(PROBE, record(GETATTR)[:40])


@pytest.mark.parametrize("payload", [call(100005, 3, 1), call(100003, 9, 1), GETATTR[:3] + GETATTR[4:]])
def test_other_programs_are_not(payload: bytes) -> None:
    """Another program, a version that never was, a lost byte."""
    unknown(PROBE, payload, DATAGRAM, 0)
