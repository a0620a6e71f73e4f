"""Tests of the gnutella probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.gnutella import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown

GUID = bytes.fromhex("0102030405060708 ff 0a0b0c0d0e0f 00")
PING = GUID + bytes.fromhex("00 01 00 00000000")
PONG = GUID + bytes.fromhex("01 01 01 0e000000 ca18 c0000209 05000000 00040000")
DHT = GUID + b"\x44\x00\x01" + bytes.fromhex("09000000") + b"\x01LIME\0\0\0\0"


@pytest.mark.parametrize(
    "case",
    [
        Case(b"GNUTELLA CONNECT/0.6\r\nUser-Agent: x\r\n\r\n", STREAM, "CONNECT", CLIENT),
        Case(b"GNUTELLA/0.6 200 OK\r\n\r\n", STREAM, "handshake answer", SERVER),
        Case(PING, DATAGRAM, "descriptor header"),
        Case(PONG, DATAGRAM, "descriptor header"),
        Case(DHT, DATAGRAM, "descriptor header"),
        Case(b"GND \x01\x02\x03\x04", DATAGRAM, "GND datagram", grade=SPECULATIVE),
        Case(bytes(8) + b"\x01" + GUID[9:15] + b"\x05" + PING[16:], DATAGRAM, "descriptor header", grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """The handshake, and descriptors in datagrams; a GUID of the old form proves less."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (b"GNUTELLA CONNECT/0.6\r\n", MIDDLE),
        (b"GNUTELLA.ORG is gone\r\n", STREAM),
        (b"GNUTELLO CONNECT/0.6\r\n", STREAM),
        (PING + b"\0", DATAGRAM),
        (PING[:16] + b"\x03" + PING[17:], DATAGRAM),  # no such kind
        (PING[:17] + b"\x08" + PING[18:], DATAGRAM),  # lives too long
        (PING[:17] + b"\x00" + PING[18:], DATAGRAM),  # neither lives nor lived
        (DHT.replace(b"LIME", b"li\0e"), DATAGRAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Text that begins alike, fields out of range."""
    unknown(PROBE, payload, context, 0)
