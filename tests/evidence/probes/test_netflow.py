"""Tests of the netflow probe."""

import pytest

from annotator.evidence.probe import CLIENT, START
from annotator.evidence.probe import SCTP as SCTP_BIT
from annotator.evidence.probes.netflow import PROBE
from tests.evidence.probes.cases import DATAGRAM, STREAM, Case, known, unknown

CLOCK = bytes.fromhex("0001e240 69a1b2c3")  # uptime, seconds
FIVE = bytes.fromhex("0005 0002") + CLOCK + bytes(12) + bytes(2 * 48)
ONE = bytes.fromhex("0001 0001") + CLOCK + bytes(4) + bytes(52)
SEVEN = bytes.fromhex("0007 0001") + CLOCK + bytes(12) + bytes(52)
TEMPLATE = bytes.fromhex("0000 0010 0100 0002 0008 0004 000c 0004")  # template 256: source, destination
NINE = (
    bytes.fromhex("0009 0002")
    + CLOCK
    + bytes.fromhex("0000002a 00000001")
    + TEMPLATE
    + bytes.fromhex("0100 000c")
    + bytes(8)
)
SETS = bytes.fromhex("0002 0010 0100 0002 0008 0004 000c 0004") + bytes.fromhex("0100 000c") + bytes(8)
IPFIX = bytes.fromhex("000a 002c 69a1b2c3 0000002a 00000001") + SETS


@pytest.mark.parametrize(
    "case",
    [
        Case(ONE, DATAGRAM, "NetFlow 1", CLIENT),
        Case(FIVE, DATAGRAM, "NetFlow 5", CLIENT),
        Case(SEVEN, DATAGRAM, "NetFlow 7", CLIENT),
        Case(NINE, DATAGRAM, "NetFlow 9", CLIENT),
        Case(IPFIX, DATAGRAM, "IPFIX", CLIENT),
        Case(IPFIX, STREAM, "IPFIX", CLIENT),
        Case(IPFIX, SCTP_BIT | START, "IPFIX", CLIENT),
    ],
)
def test_exports_are_known(case: Case) -> None:
    """All versions, and IPFIX over each transport."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        FIVE[:-1],
        FIVE[:3] + b"\x03" + FIVE[4:],  # counts one more
        FIVE[:8] + bytes(4) + FIVE[12:],  # 1970
        NINE[:22] + b"\x00\x03" + NINE[24:],  # a set of three bytes
        NINE[:20] + b"\x00\x10" + NINE[22:],  # a set whose number is reserved
        IPFIX[:3] + b"\x2d" + IPFIX[4:],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Counts and lengths fill the datagram."""
    unknown(PROBE, payload, DATAGRAM, 0)
