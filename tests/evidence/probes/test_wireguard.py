"""Tests of the wireguard probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.wireguard import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

NOISE = bytes((37 * k + 11) & 255 for k in range(256))
INITIATION = b"\x01\0\0\0" + NOISE[:144]
RESPONSE = b"\x02\0\0\0" + NOISE[:88]
COOKIE = b"\x03\0\0\0" + NOISE[:60]
DATA = b"\x04\0\0\0" + NOISE[:4] + (5).to_bytes(8, "little") + NOISE[:48]
KEEPALIVE = b"\x04\0\0\0" + NOISE[:4] + bytes(8) + NOISE[:16]
FAR = b"\x04\0\0\0" + NOISE[:4] + (1 << 31).to_bytes(8, "little") + NOISE[:48]


@pytest.mark.parametrize(
    "case",
    [
        Case(INITIATION, DATAGRAM, "handshake initiation", CLIENT),
        Case(RESPONSE, DATAGRAM, "handshake response", SERVER),
        Case(COOKIE, DATAGRAM, "cookie reply"),
        Case(DATA, DATAGRAM, "transport data"),
        Case(KEEPALIVE, DATAGRAM, "transport data"),
        Case(FAR, DATAGRAM, "transport data", grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Type and length; for data the packet number."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        INITIATION[:-1],
        RESPONSE + b"\0",
        INITIATION[:1] + b"\x01" + INITIATION[2:],  # reserved bytes
        DATA[:-1],  # not padded to 16
        DATA[:15] + b"\x01" + DATA[16:],  # a packet number of 2^56
        b"\x05" + DATA[1:],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Everything else looks random, so the little that does not must fit."""
    unknown(PROBE, payload, DATAGRAM, 0)
