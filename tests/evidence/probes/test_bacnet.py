"""Tests of the bacnet probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER
from annotator.evidence.probes.bacnet import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

WHO_IS = bytes.fromhex("81 0b 000c 01 20 ffff 00 ff 10 08")
READ = bytes.fromhex("81 0a 0011 01 04 00 05 01 0c 0c 02 3f ff ff 19 4b")
ANSWER = bytes.fromhex("81 0a 0017 01 00 30 01 0c 0c 02 00 00 01 19 4b 3e c4 02 00 00 01 3f")
I_AM = bytes.fromhex("81 04 0015 c0000209 bac0 01 00 10 00 c4 02 00 00 01 22 05")
RESULT = bytes.fromhex("81 00 0006 0030")


@pytest.mark.parametrize(
    "case",
    [
        Case(WHO_IS, DATAGRAM, "NPDU", ANY_ROLE),
        Case(READ, DATAGRAM, "NPDU", CLIENT),
        Case(ANSWER, DATAGRAM, "NPDU", SERVER),
        Case(I_AM, DATAGRAM, "NPDU", ANY_ROLE),
        Case(RESULT, DATAGRAM, "BVLC function", ANY_ROLE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Broadcast, unicast and forwarded; the kind of application message tells who speaks."""
    assert case.payload[3] == len(case.payload)
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x82" + READ[1:],
        READ[:1] + b"\x0c" + READ[2:],  # no such function
        READ + b"\0",
        READ[:4] + b"\x02" + READ[5:],  # version 2
        READ[:5] + b"\x44" + READ[6:],  # a reserved bit
        READ[:6] + b"\x85" + READ[7:],  # no such kind of message
        I_AM[:10] + b"\0" + I_AM[11:],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, DATAGRAM, 0)
