"""Tests of the ike probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.ike import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

COOKIES = bytes.fromhex("6ec1d92b0f5a3c77 0000000000000000")
BOTH = bytes.fromhex("6ec1d92b0f5a3c77 91aa02b3c4d5e6f7")
BODY = bytes.fromhex("00 00 001c 0000000100000001") + bytes(16)  # a security association of 28 bytes
MAIN = COOKIES + bytes.fromhex("01 10 02 00 00000000 00000038") + BODY  # next: SA; version 1.0; identity protection
INIT = COOKIES + bytes.fromhex("21 20 22 08 00000000 00000038") + BODY  # next: SA; version 2.0; IKE_SA_INIT; initiator
ANSWER = BOTH + bytes.fromhex("21 20 22 20 00000000 00000038") + BODY  # response
SEALED = BOTH + bytes.fromhex("05 10 02 01 00000000 00000038") + bytes(range(100, 128))  # encrypted: no payload to see
AUTH = BOTH + bytes.fromhex("2e 20 23 08 00000001 00000038") + b"\x23\x00\x00\x1c" + bytes(24)  # next: SK


@pytest.mark.parametrize(
    "case",
    [
        Case(MAIN, DATAGRAM, "IKEv1 header", CLIENT),
        Case(SEALED, DATAGRAM, "IKEv1 header"),
        Case(INIT, DATAGRAM, "IKEv2 header", CLIENT),
        Case(ANSWER, DATAGRAM, "IKEv2 header", SERVER),
        Case(AUTH, DATAGRAM, "IKEv2 header", CLIENT),
        Case(bytes(4) + AUTH, DATAGRAM, "IKEv2 header", CLIENT),  # behind the non-ESP marker
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Both versions, both directions, with and without the marker of UDP encapsulation."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        bytes(8) + MAIN[8:],  # no cookie
        MAIN[:17] + b"\x30" + MAIN[18:],  # version 3
        INIT[:18] + b"\x02" + INIT[19:],  # version 1's exchange in version 2
        INIT[:19] + b"\x48" + INIT[20:],  # a flag that must be zero
        MAIN[:-1],  # shorter than it says
        MAIN + b"\0",  # longer
        MAIN[:30] + b"\x40\x00" + MAIN[32:],  # a payload past the end
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, DATAGRAM)
