"""Tests of the stun probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE, UPGRADE
from annotator.evidence.probes.stun import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits

COOKIE = bytes.fromhex("2112a442")
TRANSACTION = bytes.fromhex("0b7a1f90c3d2e4a5968778ff")
BARE = bytes.fromhex("0001 0000") + COOKIE + TRANSACTION
SOFTWARE = bytes.fromhex("8022 0006") + b"tester\0\0"
NAMED = bytes.fromhex("0001 000c") + COOKIE + TRANSACTION + SOFTWARE
ICE = bytes.fromhex("0001 0008") + COOKIE + TRANSACTION + bytes.fromhex("0024 0004 6e0001ff")  # a priority
MAPPED = bytes.fromhex("0020 0008 0001 a147 e112a643")  # XOR-MAPPED-ADDRESS
SUCCESS = bytes.fromhex("0101 000c") + COOKIE + TRANSACTION + MAPPED
INTEGRITY = bytes.fromhex("0008 0014") + bytes(range(20))
ICE_SUCCESS = bytes.fromhex("0101 0024") + COOKIE + TRANSACTION + MAPPED + INTEGRITY
REFUSED = bytes.fromhex("0113 0008") + COOKIE + TRANSACTION + bytes.fromhex("0009 0004 00000401")  # allocate: 401
SEND = bytes.fromhex("0016 0008") + COOKIE + TRANSACTION + bytes.fromhex("0013 0004") + b"data"  # TURN's send
OLD = bytes.fromhex("0001 0008 5c2d1a7be0f9c8d7a6b5948372615040") + bytes.fromhex("0003 0004 00000000")  # RFC 3489
OLD_BARE = bytes.fromhex("0001 0000 5c2d1a7be0f9c8d7a6b5948372615040")


@pytest.mark.parametrize(
    "case",
    [
        Case(BARE, DATAGRAM, "request", CLIENT, wishes=UPGRADE),
        Case(NAMED, DATAGRAM, "request", CLIENT, "tester", wishes=UPGRADE),
        Case(ICE, DATAGRAM, "request", wishes=UPGRADE),
        Case(SUCCESS, DATAGRAM, "success response", SERVER, wishes=UPGRADE),
        Case(ICE_SUCCESS, DATAGRAM, "success response", wishes=UPGRADE),
        Case(REFUSED, DATAGRAM, "error response", SERVER),
        Case(SEND, DATAGRAM, "indication"),
        Case(NAMED, STREAM, "request", CLIENT, "tester", wishes=UPGRADE),
        Case(len(NAMED).to_bytes(2, "big") + NAMED, STREAM, "request", CLIENT, "tester", wishes=UPGRADE),
        Case(NAMED, MIDDLE, "request", CLIENT, "tester", wishes=UPGRADE),
        Case(OLD, DATAGRAM, "request", CLIENT),
        Case(OLD_BARE, DATAGRAM, "request", CLIENT, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """RFC 8489 and 3489, with ICE's checks (both ends ask, and media follow) and TURN's methods."""
    known(PROBE, case)


def test_a_header_in_pieces_is_waited_for() -> None:
    """The cookie is there, the rest is not."""
    waits(PROBE, BARE[:12])


@pytest.mark.parametrize(
    "payload",
    [
        b"\x40" + BARE[1:],  # the top bits are not zero
        BARE + b"\0",  # longer than it says
        NAMED[:22] + b"\x00\x60" + NAMED[24:],  # an attribute past the end
        OLD[:4] + OLD[4:20] + bytes.fromhex("0003 0008 00000000"),
        OLD[:1] + b"\x09" + OLD[2:],  # no method of the old one
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Lengths bear each other out, or it is none."""
    unknown(PROBE, payload, DATAGRAM, 0)
