"""Tests of the dhcpv6 probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.dhcpv6 import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

CLIENT_ID = bytes.fromhex("0001 000a 0003 0001 00005e005301")  # DUID-LL
SERVER_ID = bytes.fromhex("0002 000a 0003 0001 00005e005302")
ELAPSED = bytes.fromhex("0008 0002 0000")
FQDN = bytes.fromhex("0027 0006 00") + b"\x04desk"
SOLICIT = bytes.fromhex("01 9f3ac1") + CLIENT_ID + ELAPSED + FQDN
ADVERTISE = bytes.fromhex("02 9f3ac1") + CLIENT_ID + SERVER_ID
RELAYED = b"\x0c\x00" + bytes(32) + b"\x00\x09" + len(SOLICIT).to_bytes(2, "big") + SOLICIT


@pytest.mark.parametrize(
    "case",
    [
        Case(SOLICIT, DATAGRAM, "client's message", CLIENT, "desk"),
        Case(ADVERTISE, DATAGRAM, "server's message", SERVER),
        Case(RELAYED, DATAGRAM, "client's message", CLIENT),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """A client's, a server's, and a relay's."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x0f" + SOLICIT[1:],  # no such message
        SOLICIT[:-1],  # the last option is too long
        SOLICIT + b"\0",
        SOLICIT[:9] + b"\x09" + SOLICIT[10:],  # no such kind of DUID
        SOLICIT[:4] + ELAPSED,  # no identifier at all
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """The options must fill the datagram."""
    unknown(PROBE, payload, DATAGRAM)
