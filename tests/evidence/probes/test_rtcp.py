"""Tests of the rtcp probe."""

import pytest

from annotator.evidence.probe import SPECULATIVE
from annotator.evidence.probes.rtcp import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

SENDER = bytes.fromhex("80 c8 0006 5eed0001") + bytes(20)
RECEIVER = bytes.fromhex("81 c9 0007 5eed0002 5eed0001") + bytes(20)
NAME = bytes.fromhex("81 ca 0003 5eed0001 01 04") + b"desk\0\0"
BYE = bytes.fromhex("81 cb 0001 5eed0001")


@pytest.mark.parametrize(
    "case",
    [
        Case(SENDER + NAME, DATAGRAM, "compound packet"),
        Case(RECEIVER + NAME + BYE, DATAGRAM, "compound packet"),
        Case(RECEIVER, DATAGRAM, "compound packet", grade=SPECULATIVE),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """Lengths of a compound packet have to add up; a lone report proves less."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        NAME + SENDER,  # a report comes first
        b"\x40" + SENDER[1:],
        SENDER[:3] + b"\x05" + SENDER[4:],  # shorter than a sender's report
        b"\x82" + RECEIVER[1:],  # two blocks, and room for one
        RECEIVER[:-4],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, DATAGRAM, 0)


def test_a_broken_second_packet_leaves_a_guess() -> None:
    """Lengths that do not add up confirm nothing."""
    unknown(PROBE, SENDER + NAME[:-4], DATAGRAM)
    unknown(PROBE, SENDER + NAME + b"\0\0\0\0", DATAGRAM)
