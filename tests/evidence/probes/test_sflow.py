"""Tests of the sflow probe."""

import pytest

from annotator.evidence.probe import CLIENT, SPECULATIVE
from annotator.evidence.probes.sflow import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

SAMPLE = bytes.fromhex("00000002 00000010") + bytes(16)  # counters, 16 bytes
# version 5, IPv4, agent, sub-agent, sequence, uptime, samples
FIVE = bytes.fromhex("00000005 00000001 c0000207 00000000 00000009 0001e240 00000002") + SAMPLE * 2
SIX = bytes.fromhex("00000005 00000002 20010db8000000000000000000000007 00000000 00000009 0001e240 00000001") + SAMPLE
TWO = bytes.fromhex("00000002 00000001 c0000207 00000009 0001e240 00000001 00000002") + bytes(40)


@pytest.mark.parametrize(
    "case",
    [
        Case(FIVE, DATAGRAM, "version 5", CLIENT, "192.0.2.7"),
        Case(SIX, DATAGRAM, "version 5", CLIENT, "2001:db8::7"),
        Case(TWO, DATAGRAM, "older version", CLIENT, "192.0.2.7", grade=SPECULATIVE),
    ],
)
def test_datagrams_are_known(case: Case) -> None:
    """The label is the agent's address."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        FIVE[:-1],
        FIVE[:7] + b"\x03" + FIVE[8:],  # no such family
        FIVE[:26] + b"\x02\x00" + FIVE[28:],  # 512 samples
        FIVE[:31] + b"\x77" + FIVE[32:],  # no such sample
        FIVE + bytes(3),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Samples chain to the end."""
    unknown(PROBE, payload, DATAGRAM)
