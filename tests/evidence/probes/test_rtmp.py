"""RTMP: the handshake."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.rtmp import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits

HANDSHAKE = b"\3" + bytes.fromhex("0007aa57 00000000") + bytes(range(256)) * 5 + bytes(248)


@pytest.mark.parametrize(
    "case",
    [
        # Adobe RTMP 1.0 section 5.2: C0 and C1; S0, S1 and S2
        Case(HANDSHAKE, STREAM, "handshake", CLIENT),
        Case(HANDSHAKE + bytes(1536), STREAM, "handshake", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        HANDSHAKE + b"x",
        b"\3" + bytes.fromhex("0007aa57 77777777") + HANDSHAKE[9:],
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_the_handshake_is_waited_for() -> None:
    """Its 1537 bytes take two segments as a rule."""
    assert len(HANDSHAKE) == 1537
    waits(PROBE, HANDSHAKE[:1460])
    unknown(PROBE, HANDSHAKE, MIDDLE, 0)
