"""Tests of the ntp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.ntp import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

# leap 0, version 4, stratum 2, poll 6, precision -23; root delay and dispersion; reference identifier
HEAD = bytes.fromhex("02 06 e9 00000f3a 000004d2 c0000201")
STAMP = bytes.fromhex("e9a1b2c3 80000000")
CLIENT_FULL = b"\xe3\x00\x06\xec" + bytes(36) + STAMP
SIMPLE = b"\x1b" + bytes(47)  # SNTP: nothing but version 3, mode 3
PRIVATE = b"\x23\x00\x00\x20" + bytes(36) + bytes.fromhex("5c17a9e0 1f22d3b4")  # a random transmit time
REPLY = b"\x24" + HEAD + STAMP * 4
SYMMETRIC = b"\x21" + HEAD + STAMP * 4
BROADCAST = b"\x25" + HEAD + STAMP + bytes(16) + STAMP
SIGNED = REPLY + bytes.fromhex("00000001") + bytes(range(16))  # key, MD5
CONTROL = bytes.fromhex("16 02 0001 0000 0000 0000 0000")  # read variables
CONTROL_REPLY = bytes.fromhex("16 82 0001 0618 0000 0000 0006") + b"leap=0\0\0"
MONLIST = bytes.fromhex("17 00 03 2a 0000 0000")
MONLIST_REPLY = bytes.fromhex("97 00 03 2a 0002 0048") + bytes(144)


@pytest.mark.parametrize(
    "case",
    [
        Case(CLIENT_FULL, DATAGRAM, "client", CLIENT),
        Case(SIMPLE, DATAGRAM, "client", CLIENT),
        Case(PRIVATE, DATAGRAM, "client", CLIENT),
        Case(REPLY, DATAGRAM, "server", SERVER),
        Case(SIGNED, DATAGRAM, "server", SERVER),
        Case(SYMMETRIC, DATAGRAM, "symmetric"),
        Case(BROADCAST, DATAGRAM, "broadcast", SERVER),
        Case(CONTROL, DATAGRAM, "control", CLIENT),
        Case(CONTROL_REPLY, DATAGRAM, "control", SERVER),
        Case(MONLIST, DATAGRAM, "private", CLIENT),
        Case(MONLIST_REPLY, DATAGRAM, "private", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Every mode, with and without a message authentication code."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x03" + SIMPLE[1:],  # version 0
        SIMPLE[:-1],  # 47 bytes
        SIMPLE + bytes(3),
        REPLY[:1] + b"\x20" + REPLY[2:],  # stratum 32
        REPLY[:40] + bytes.fromhex("11223344") + REPLY[44:],  # sent years before it was received
        REPLY[:2] + b"\x40" + REPLY[3:],  # a poll of 2^64 s
        CONTROL[:-1] + b"\x40",  # counts what is not there
        MONLIST_REPLY[:-1],
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, DATAGRAM)
