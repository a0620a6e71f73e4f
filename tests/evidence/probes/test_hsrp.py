"""Tests of the hsrp probe."""

import pytest

from annotator.evidence.probe import SPECULATIVE
from annotator.evidence.probes.hsrp import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

# version 0, hello, active, 3 s, 10 s, priority 110, group 1, "cisco", 192.0.2.254
HELLO = bytes.fromhex("00 00 10 03 0a 6e 01 00") + b"cisco\0\0\0" + bytes.fromhex("c00002fe")
SECRET = HELLO[:8] + b"sesame\0\0" + HELLO[16:]
# group state, 40 bytes, version 2, hello, active, IPv4, group, identifier, priority, times, address
SECOND = bytes.fromhex("01 28 02 00 06 04 0001 00005e005301 0000006e 00000bb8 00002710 c00002fe") + bytes(12)
INTERFACE = bytes.fromhex("02 04 0001 0001")


@pytest.mark.parametrize(
    "case",
    [
        Case(HELLO, DATAGRAM, "version 1", label="192.0.2.254"),
        Case(SECRET, DATAGRAM, "version 1", label="192.0.2.254", grade=SPECULATIVE),
        Case(SECOND, DATAGRAM, "version 2", label="192.0.2.254"),
        Case(INTERFACE, DATAGRAM, "version 2", grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """The label is the virtual address."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        HELLO[:2] + b"\x03" + HELLO[3:],  # two states at once
        HELLO[:3] + b"\x0a\x03" + HELLO[5:],  # held for less than a hello
        HELLO[:7] + b"\x01" + HELLO[8:],
        HELLO + b"\0",
        SECOND[:5] + b"\x05" + SECOND[6:],  # neither IPv4 nor IPv6
        SECOND + b"\x09\x01\x00",
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range."""
    unknown(PROBE, payload, DATAGRAM, 0)
