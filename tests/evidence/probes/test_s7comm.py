"""Tests of the s7comm probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER
from annotator.evidence.probes.s7comm import PROBE
from tests.evidence.probes.cases import MIDDLE, Case, known, unknown


def packet(body: bytes) -> bytes:
    """Put TPKT's and COTP's headers before a body."""
    return b"\x03\0" + (7 + len(body)).to_bytes(2, "big") + b"\x02\xf0\x80" + body


SETUP = packet(bytes.fromhex("32 01 0000 0001 0008 0000 f0 00 0001 0001 01e0"))
SET_UP = packet(bytes.fromhex("32 03 0000 0001 0008 0000 00 00 f0 00 0001 0001 00f0"))
USER_DATA = packet(bytes.fromhex("32 07 0000 0002 0008 0004 000112 04 11 44 01 00 0a000000"))
PLUS = packet(bytes.fromhex("72 01 000c 31 0000 04ca 00000001 00000120 72 01 0000"))


@pytest.mark.parametrize(
    "case",
    [
        Case(SETUP, MIDDLE, "S7 header", CLIENT),
        Case(SET_UP, MIDDLE, "S7 header", SERVER),
        Case(USER_DATA, MIDDLE, "S7 header", ANY_ROLE),
        Case(PLUS, MIDDLE, "S7 plus header", ANY_ROLE),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """Jobs are the client's, acknowledgements the server's."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x02" + SETUP[1:],
        SETUP[:3] + b"\x20" + SETUP[4:],  # longer than it is
        SETUP[:5] + b"\xe0" + SETUP[6:],  # a connection request of COTP's
        SETUP[:8] + b"\x04" + SETUP[9:],  # no such kind
        SETUP[:14] + b"\x09" + SETUP[15:],  # parameters that do not fit
        PLUS[:8] + b"\x04" + PLUS[9:],
        PLUS[:9] + b"\x40" + PLUS[10:],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, MIDDLE, 0)
