"""Tests of the tacacs probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.tacacs import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits

START_ = bytes.fromhex("c0 01 01 00 5a3c19e7 00000020") + bytes(range(32))
REPLY = bytes.fromhex("c0 01 02 00 5a3c19e7 00000010") + bytes(range(16))
AUTHORIZE = bytes.fromhex("c1 02 01 04 5a3c19e8 00000010") + bytes(range(16))


@pytest.mark.parametrize(
    "case",
    [
        Case(START_, STREAM, "authentication", CLIENT),
        Case(REPLY, STREAM, "authentication", SERVER),
        Case(AUTHORIZE, STREAM, "authorization", CLIENT),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """Odd sequence numbers are the client's."""
    known(PROBE, case)


def test_a_header_in_pieces_is_waited_for() -> None:
    """Twelve bytes."""
    waits(PROBE, START_[:8])


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (START_ + b"\0", STREAM),
        (START_[:3] + b"\x02" + START_[4:], STREAM),  # no such flag
        (START_[:1] + b"\x04" + START_[2:], STREAM),  # no such type
        (START_[:4] + bytes(4) + START_[8:], STREAM),  # no session
        (START_, MIDDLE),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, context, 0)
