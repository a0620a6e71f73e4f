"""Tests of the capwap probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.capwap import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

# preamble 0; header of 16 bytes, binding 1, with the radio's address; discovery request; 16 bytes from the length on
RADIO = bytes.fromhex("00 20 02 10 0000 0000 06 00005e005301 00")
DISCOVERY = RADIO + bytes.fromhex("00000001 00 0008 00") + bytes.fromhex("0014 0001 00")
RESPONSE = bytes.fromhex("00 10 02 00 0000 0000") + bytes.fromhex("00000002 00 0008 00") + bytes.fromhex("0014 0001 00")
DATA = bytes.fromhex("00 20 03 20 0000 0000 01 04 00000000 0000") + bytes(40)


def record(kind: int, body: bytes) -> bytes:
    """Make a DTLS record behind the preamble."""
    return bytes.fromhex("01000000") + bytes([kind]) + b"\xfe\xff" + bytes(8) + len(body).to_bytes(2, "big") + body


@pytest.mark.parametrize(
    "case",
    [
        Case(DISCOVERY, DATAGRAM, "request", CLIENT),
        Case(RESPONSE, DATAGRAM, "response", SERVER),
        Case(record(22, b"\x01" + bytes(40)), DATAGRAM, "DTLS", CLIENT),
        Case(record(22, b"\x02" + bytes(40)), DATAGRAM, "DTLS", SERVER),
        Case(record(23, bytes(40)), DATAGRAM, "DTLS"),
        Case(DATA, DATAGRAM, "user data", grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """In clear, behind DTLS, and the users' frames."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        DISCOVERY + b"\0",
        DISCOVERY[:19] + b"\x1b" + DISCOVERY[20:],  # no such message
        DISCOVERY[:7] + b"\x01" + DISCOVERY[8:],  # reserved bits
        record(22, bytes(40))[:-1],
        b"\x01\0\0\x01" + record(22, bytes(40))[4:],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, DATAGRAM, 0)
