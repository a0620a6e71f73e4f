"""Tests of the dnp3 probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.dnp3 import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, Case, known, unknown


def crc(head: bytes) -> bytes:
    """Work the checksum out bit by bit over the polynomial 3D65, lowest bit first."""
    value = 0
    for bit in (byte >> n & 1 for byte in head for n in range(8)):
        value = value >> 1 ^ (0xA6BC if (value ^ bit) & 1 else 0)
    return (value ^ 0xFFFF).to_bytes(2, "little")


RESET = bytes.fromhex("0564 05 c0 0100 0004 e921")  # as printed in many manuals: reset link, from 1024 to 1
ACK = bytes.fromhex("0564 05 00 0004 0100")
ACK += crc(ACK)


@pytest.mark.parametrize(
    "case",
    [
        Case(RESET, MIDDLE, "link header with its CRC", CLIENT),
        Case(ACK, MIDDLE, "link header with its CRC", SERVER),
        Case(RESET, DATAGRAM, "link header with its CRC", CLIENT),
    ],
)
def test_frames_are_known(case: Case) -> None:
    """On both transports; the direction bit is the master's."""
    known(PROBE, case)


def test_the_published_checksum_is_the_checksum() -> None:
    """The frame that was copied, and the function that was not."""
    assert crc(RESET[:8]) == RESET[8:]


@pytest.mark.parametrize(
    "payload",
    [
        b"\x05\x65" + RESET[2:],
        RESET[:2] + b"\x04" + RESET[3:8] + crc(RESET[:2] + b"\x04" + RESET[3:8]),  # shorter than its header
        *(RESET[:k] + bytes([RESET[k] ^ 1]) + RESET[k + 1 :] for k in range(2, 10)),
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Any bit of the header changed."""
    unknown(PROBE, payload, MIDDLE, 0)
