"""Tests of the radius probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.radius import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

AUTHENTICATOR = bytes.fromhex("0f403f9473978057bd83d5cb98f4227a")
ATTRIBUTES = (
    b"\x01\x06nemo" + bytes.fromhex("02 12") + bytes(range(16)) + bytes.fromhex("04 06 c0a80110 05 06 00000003")
)
NAMED = b"\x01\x06nemo" + b"\x20\x05nas"
REQUEST = bytes.fromhex("01 00 0038") + AUTHENTICATOR + ATTRIBUTES  # the lengths of RFC 2865 section 7.1
ACCOUNTING = bytes.fromhex("04 07 001f") + AUTHENTICATOR + NAMED
ACCEPT = bytes.fromhex("02 00 0026") + AUTHENTICATOR + bytes.fromhex("06 06 00000001 0f 06 00000000 0e 06 c0a80103")
DISCONNECT = bytes.fromhex("28 01 001f") + AUTHENTICATOR + NAMED
EMPTY = bytes.fromhex("05 07 0014") + AUTHENTICATOR


@pytest.mark.parametrize(
    "case",
    [
        Case(REQUEST, DATAGRAM, "request", CLIENT),
        Case(ACCOUNTING, DATAGRAM, "request", CLIENT, "nas"),
        Case(ACCEPT, DATAGRAM, "response", SERVER),
        Case(DISCONNECT, DATAGRAM, "change of authorization", CLIENT, "nas"),
        Case(EMPTY, DATAGRAM, "response", SERVER, grade=SPECULATIVE),
        Case(REQUEST + bytes(8), DATAGRAM, "request", CLIENT),  # padding behind the length
    ],
)
def test_packets_are_known(case: Case) -> None:
    """Access, accounting, and the server's own requests; no user's name is shown."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x07" + REQUEST[1:],  # no such code
        REQUEST[:-1],
        REQUEST[:21] + b"\x01" + REQUEST[22:],  # an attribute that does not count itself
        REQUEST[:21] + b"\xff" + REQUEST[22:],  # one that ends past the packet
        REQUEST[:2] + b"\x00\x13" + REQUEST[4:],
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Attributes must fill the length."""
    unknown(PROBE, payload, DATAGRAM)
