"""Tests of the h323 probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.h323 import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits


def tpkt(body: bytes) -> bytes:
    """Put TPKT in front."""
    return b"\x03\0" + (len(body) + 4).to_bytes(2, "big") + body


USER = bytes.fromhex("7e 000b 05 20a8 06 0008914a0004 01")  # user-user: H.225.0's identifier
SETUP = tpkt(bytes.fromhex("08 02 0001 05 04 03 8090a5") + USER)  # reference 1, bearer capability
ALERTING = tpkt(bytes.fromhex("08 02 8001 01") + USER)
TERMINAL = tpkt(bytes.fromhex("02 70 01 06 00088175 0007 80 13"))
GATEKEEPER = bytes.fromhex("02 00 0001 06 0008914a 0004 00")
CONFIRM = bytes.fromhex("04 80 0001 06 0008914a 0004 00")


@pytest.mark.parametrize(
    "case",
    [
        Case(SETUP, STREAM, "setup", CLIENT),
        Case(ALERTING, STREAM, "call signalling", SERVER),
        Case(ALERTING, MIDDLE, "call signalling", SERVER),
        Case(TERMINAL, STREAM, "H.245"),
        Case(GATEKEEPER, DATAGRAM, "RAS", CLIENT),
        Case(CONFIRM, DATAGRAM, "RAS", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Call signalling, control, and the gatekeeper's."""
    known(PROBE, case)


def test_a_message_in_pieces_is_waited_for() -> None:
    """Some send TPKT's header on its own."""
    waits(PROBE, SETUP[:4])
    waits(PROBE, SETUP[:16])


@pytest.mark.parametrize(
    "payload",
    [
        SETUP.replace(b"\x08\x02\x00\x01\x05", b"\x08\x02\x00\x01\x44", 1),  # no such message
        SETUP.replace(b"\x7e\x00\x0b\x05", b"\x7e\x00\x0b\x04", 1),  # not ASN.1
        tpkt(bytes.fromhex("06 e0 0000 0000 00") + bytes(8)),  # X.224
        TERMINAL.replace(b"\x81\x75", b"\x81\x76", 1),
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """TPKT carries others too."""
    unknown(PROBE, payload, STREAM, 1)
