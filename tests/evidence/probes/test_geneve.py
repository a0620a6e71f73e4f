"""Tests of the geneve probe."""

import pytest

from annotator.evidence.probes.geneve import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown
from tests.evidence.probes.test_inner import IPV4_FRAME, IPV4_PACKET, IPV6_PACKET

PLAIN = bytes.fromhex("00 00 6558 00002a 00") + IPV4_FRAME
OPTIONS = bytes.fromhex("03 40 6558 00002a 00") + bytes.fromhex("0101 80 02 01020304 05060708") + IPV4_FRAME


@pytest.mark.parametrize(
    "payload",
    [
        PLAIN,
        OPTIONS,
        bytes.fromhex("00 00 0800 00002a 00") + IPV4_PACKET,
        bytes.fromhex("00 80 86dd 00002a 00") + IPV6_PACKET,
    ],
)
def test_packets_in_packets_are_known(payload: bytes) -> None:
    """Frames and bare packets, with options and without; the network's identifier is the label."""
    known(PROBE, Case(payload, DATAGRAM, "packet in a packet", label="VNI 42"))


@pytest.mark.parametrize(
    "payload",
    [
        b"\x40" + PLAIN[1:],  # version 1
        PLAIN[:1] + b"\x01" + PLAIN[2:],  # a reserved bit
        PLAIN[:7] + b"\x01" + PLAIN[8:],
        PLAIN[:3] + b"\x59" + PLAIN[4:],
        OPTIONS[:11] + b"\x03" + OPTIONS[12:],  # options longer than they may be
        OPTIONS[:1] + b"\x00" + OPTIONS[2:],  # a critical option, unannounced
        PLAIN[:-1],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Reserved bits, options and packets that do not fit."""
    unknown(PROBE, payload, DATAGRAM, 0)
