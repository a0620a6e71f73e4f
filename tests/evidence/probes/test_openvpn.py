"""Tests of the openvpn probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.openvpn import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits

SESSION, PEER = bytes.fromhex("8b3e55d0c1a27f49"), bytes.fromhex("17c4e2b05d6a9f83")
TIME = bytes.fromhex("00000001 69a1b2c3")  # packet number, time
RESET = b"\x38" + SESSION + bytes(5)  # nothing acknowledged, message 0
ANSWER = b"\x40" + PEER + b"\x01" + bytes(4) + SESSION + bytes(4)
SIGNED = b"\x38" + SESSION + bytes(range(20)) + TIME + bytes(5)  # tls-auth with SHA-1
SIGNED_256 = b"\x38" + SESSION + bytes(range(32)) + TIME + bytes(5)
SIGNED_ANSWER = b"\x40" + PEER + bytes(range(64)) + TIME + b"\x01" + bytes(4) + SESSION + bytes(4)
SEALED = b"\x38" + SESSION + TIME + bytes(range(32)) + b"\x91\x02\xa3\x14\xb5"  # tls-crypt
SEALED_ANSWER = b"\x40" + PEER + TIME + bytes(range(32)) + bytes(range(17))
HELLO = b"\x20" + SESSION + b"\x01" + bytes(4) + PEER + bytes.fromhex("00000001 16 0301 0040") + bytes(64)
ACK = b"\x28" + SESSION + b"\x01" + bytes.fromhex("00000001") + PEER


def framed(packet: bytes) -> bytes:
    """Put the length in front, as over TCP."""
    return len(packet).to_bytes(2, "big") + packet


@pytest.mark.parametrize(
    "case",
    [
        Case(RESET, DATAGRAM, "client's hard reset", CLIENT),
        Case(ANSWER, DATAGRAM, "server's hard reset", SERVER),
        Case(SIGNED, DATAGRAM, "client's hard reset", CLIENT),
        Case(SIGNED_256, DATAGRAM, "client's hard reset", CLIENT),
        Case(SIGNED_ANSWER, DATAGRAM, "server's hard reset", SERVER),
        Case(SEALED, DATAGRAM, "client's hard reset", CLIENT),
        Case(SEALED_ANSWER, DATAGRAM, "server's hard reset", SERVER),
        Case(HELLO, DATAGRAM, "control packet"),
        Case(ACK, DATAGRAM, "acknowledgement"),
        Case(framed(RESET), STREAM, "client's hard reset", CLIENT),
        Case(framed(SIGNED), STREAM, "client's hard reset", CLIENT),
        Case(framed(ANSWER), STREAM, "server's hard reset", SERVER),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """Without protection, with tls-auth, with tls-crypt; over UDP and TCP."""
    known(PROBE, case)


def test_a_packet_in_pieces_is_waited_for() -> None:
    """The length comes first."""
    waits(PROBE, framed(RESET)[:8])


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (b"\x38" + bytes(13), DATAGRAM),  # no session
        (b"\x39" + RESET[1:], DATAGRAM),  # a reset of key 1
        (RESET + b"\0", DATAGRAM),
        (RESET[:9] + b"\x09" + RESET[10:], DATAGRAM),  # nine acknowledgements
        (SIGNED[:37] + b"\xff" + SIGNED[38:], DATAGRAM),
        (framed(RESET), MIDDLE),
        (b"\x30" + bytes(range(40)), DATAGRAM),  # data: nothing to see
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes, context: int) -> None:
    """Numbers of a young session, lengths that fit."""
    unknown(PROBE, payload, context)
