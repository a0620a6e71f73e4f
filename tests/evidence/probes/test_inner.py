"""Tests of what tunnels carry."""

import numpy as np
import pytest

from annotator.evidence.probe import CONFIRMED, NO, SPECULATIVE
from annotator.evidence.probes._inner import ARP, BRIDGED, IPV4, IPV6, inner_packet
from annotator.kernel.load import view

ADDRESSES = bytes.fromhex("00005e005301 00005e005302")
IPV4_PACKET = bytes.fromhex("45 00 001c 0001 0000 40 11 0000 0a000401 0a000402") + bytes.fromhex("c0010035 0008 0000")
IPV6_PACKET = bytes.fromhex("60000000 0008 11 40") + bytes(32) + bytes.fromhex("c0010035 0008 0000")
ARP_PACKET = bytes.fromhex("0001 0800 06 04 0001") + bytes(20)
IPV4_FRAME = ADDRESSES + b"\x08\x00" + IPV4_PACKET
IPV6_FRAME = ADDRESSES + b"\x86\xdd" + IPV6_PACKET
ARP_FRAME = ADDRESSES + b"\x08\x06" + ARP_PACKET
TAGGED_FRAME = ADDRESSES + b"\x81\x00\x00\x0a\x08\x00" + IPV4_PACKET
STRANGE_FRAME = ADDRESSES + b"\x88\xcc" + bytes(20)


def grade(packet: bytes, kind: int, stored: int | None = None) -> int:
    """Grade `packet`, of which `stored` bytes were captured."""
    data = np.frombuffer(packet[:stored], np.uint8)
    return inner_packet(view(data), 0, len(data), len(packet), kind)


@pytest.mark.parametrize(
    ("packet", "kind", "expected"),
    [
        (IPV4_PACKET, IPV4, CONFIRMED),
        (IPV6_PACKET, IPV6, CONFIRMED),
        (ARP_PACKET, ARP, CONFIRMED),
        (IPV4_FRAME, BRIDGED, CONFIRMED),
        (IPV4_FRAME + bytes(18), BRIDGED, CONFIRMED),  # padded
        (TAGGED_FRAME, BRIDGED, CONFIRMED),
        (STRANGE_FRAME, BRIDGED, SPECULATIVE),
        (IPV4_PACKET[:-1], IPV4, NO),
        (IPV6_PACKET[:-1], IPV6, NO),
        (IPV4_PACKET, IPV6, NO),
        (IPV6_PACKET, IPV4, NO),
        (b"\x44" + IPV4_PACKET[1:], IPV4, NO),  # a header of 16 bytes
        (ADDRESSES + b"\0\x10" + bytes(40), BRIDGED, NO),  # a length of 802.3
        (IPV4_FRAME[:13], BRIDGED, NO),
    ],
)
def test_lengths_have_to_fit(packet: bytes, kind: int, expected: int) -> None:
    """A packet may not be longer than what carries it."""
    assert grade(packet, kind) == expected


@pytest.mark.parametrize("packet", [IPV4_FRAME, IPV6_FRAME, ARP_FRAME, TAGGED_FRAME])
def test_every_cut_is_survived(packet: bytes) -> None:
    """Cut by the snap length it is a guess, until the header is whole."""
    grades = [grade(packet, BRIDGED, stored) for stored in range(len(packet) + 1)]
    assert set(grades) == {SPECULATIVE, CONFIRMED}
    assert grades == sorted(grades)
