"""What a tunnel carries bears itself out by its own fields, or is not believed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Dot1Q, Ether

from annotator.decode.fits import ethernet_fits, ip_fits, nsh_fits
from annotator.kernel.load import view

FOUR = bytes(IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data")
SIX = bytes(IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1, dport=2) / b"data")


def fits(payload: bytes, exact: bool, more: int = 0) -> bool:
    data = np.frombuffer(payload, np.uint8)
    return ip_fits(view(data), 0, len(data), len(data) + more, exact)


@pytest.mark.parametrize(
    ("what", "packet", "exact", "loose"),
    [
        ("IPv4", FOUR, True, True),
        ("IPv4 with bytes behind it", FOUR + b"more", False, True),
        ("IPv4 with a wrong checksum", FOUR[:10] + b"\0\0" + FOUR[12:], False, True),
        ("IPv4 that claims more", FOUR[:2] + b"\xff\xff" + FOUR[4:], False, False),
        ("IPv4 with a header of 16 bytes", b"\x44" + FOUR[1:], False, False),
        ("IPv6", SIX, True, True),
        ("IPv6 whose UDP length is another", SIX[:44] + b"\0\x09" + SIX[46:], False, True),
        ("IPv6 from a multicast address", SIX[:8] + b"\xff" + SIX[9:], False, True),
        ("IPv6 with TCP", bytes(IPv6(src="fe80::1", dst="fe80::2") / TCP()), True, True),
        ("IPv6 with a ping", bytes(IPv6(src="fe80::1", dst="fe80::2") / ICMPv6EchoRequest()), True, True),
        ("IPv6 with nothing", bytes(IPv6(src="fe80::1", dst="fe80::2", nh=59)), True, True),
        ("version 5", b"\x55" + FOUR[1:], False, False),
        ("nothing", b"", False, False),
    ],
)
def test_ip(what: str, packet: bytes, exact: bool, loose: bool) -> None:
    """Exactly to the end with what vouches for it, or within what is there."""
    assert (fits(packet, True), fits(packet, False)) == (exact, loose)


@given(cut=st.integers(0, len(SIX)), packet=st.sampled_from([FOUR, SIX]))
def test_what_was_not_captured_does_not_speak_against_it_nor_is_it_read(cut: int, packet: bytes) -> None:
    """A packet cut by the snap length is believed once its own header is there, by the lengths on the wire."""
    stored = packet[:cut]
    header = 20 if packet is FOUR else 40
    assert fits(stored, False, len(packet) - len(stored)) is (len(stored) >= header)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (Ether() / IP(FOUR), True),
        (Ether() / Dot1Q(vlan=1) / Dot1Q(vlan=2) / IP(FOUR), True),
        (Ether() / ARP(), True),
        (Ether(type=0x8847) / bytes(30), True),
        (Ether(type=0x0800) / bytes(40), False),
        (Ether(type=0x1234) / bytes(40), False),
        (Ether() / Dot1Q() / Dot1Q() / Dot1Q() / Dot1Q() / IP() / ICMP(), False),
    ],
)
def test_ethernet(frame: Ether, expected: bool) -> None:
    """ARP, MPLS, or IP that fits, within three headers."""
    data = np.frombuffer(bytes(frame), np.uint8)
    assert ethernet_fits(view(data), 0, len(data), len(data)) is expected


@pytest.mark.parametrize(
    ("header", "inside", "expected"),
    [
        ("0002 01 01", FOUR, True),
        ("0002 01 02", SIX, True),
        ("0002 01 03", bytes(Ether() / IP(FOUR)), True),
        ("0002 01 04", FOUR, False),
        ("4002 01 01", FOUR, False),  # version 1
        ("0001 01 01", FOUR, False),  # shorter than its own two words
        ("0002 01 01", bytes(28), False),
    ],
)
def test_a_service_header(header: str, inside: bytes, expected: bool) -> None:
    """RFC 8300 section 2.2: version, length, next protocol, and what that is."""
    data = np.frombuffer(bytes.fromhex(header) + bytes(4) + inside, np.uint8)
    assert nsh_fits(view(data), 0, len(data), len(data)) is expected
