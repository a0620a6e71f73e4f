"""Serial lines, rings and fabrics: the same datagram behind each link header."""

from typing import Any

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import LLC, SNAP
from scapy.layers.ppp import HDLC, PPP

from tests.decode.decoding import decode_frames, decode_prefixes, ether

FOUR = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
SIX = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1000, dport=53) / b"question"
ENDS = {4: "10.0.0.1:1000 > 10.0.0.2:53", 6: "2001:db8::1:1000 > 2001:db8::2:53"}
INSIDE = bytes(LLC() / SNAP() / FOUR)
FRAME = bytes(ether() / FOUR)
X = bytes.fromhex

CASES: list[tuple[str, int, Any, int]] = [
    # what it is, link type, frame, IP version inside
    ("PPP", 9, PPP(proto=0x21) / FOUR, 4),
    ("PPP with address and control", 9, HDLC() / PPP(proto=0x57) / SIX, 6),
    ("Cisco HDLC where PPP is announced", 9, X("0f00 0800") + bytes(FOUR), 4),
    ("PPP in HDLC framing", 50, HDLC() / PPP(proto=0x21) / FOUR, 4),
    ("Cisco HDLC where PPP in HDLC is announced", 50, X("0f00 0800") + bytes(FOUR), 4),
    ("PPPoE without Ethernet", 51, X("1100 0001 0000 0021") + bytes(FOUR), 4),
    ("PPP with a direction", 204, X("01 ff03 0021") + bytes(FOUR), 4),
    ("PPP of pppd", 166, X("00 ff03 0021") + bytes(FOUR), 4),
    ("Cisco HDLC", 104, X("0f00 0800") + bytes(FOUR), 4),
    ("Cisco HDLC, multicast, IPv6", 104, X("8f00 86dd") + bytes(SIX), 6),
    ("Cisco HDLC with a direction", 205, X("00 0f00 0800") + bytes(FOUR), 4),
    ("Frame Relay, NLPID of IPv4", 107, X("1841 03 cc") + bytes(FOUR), 4),
    ("Frame Relay, NLPID of IPv6", 107, X("1841 03 8e") + bytes(SIX), 6),
    ("Frame Relay, four bytes of address", 107, X("18402001 03 cc") + bytes(FOUR), 4),
    ("Frame Relay, padding and SNAP", 107, X("1841 03 00 80 000000 0800") + bytes(FOUR), 4),
    ("Frame Relay, bridged Ethernet", 107, X("1841 03 00 80 0080c2 0007") + FRAME, 4),
    ("Frame Relay, PPP", 107, X("1841 03 cf 0021") + bytes(FOUR), 4),
    ("Frame Relay, Cisco's EtherType", 107, X("1841 0800") + bytes(FOUR), 4),
    ("Frame Relay with a direction", 206, X("00 1841 03 cc") + bytes(FOUR), 4),
    ("ATM, LLC", 100, INSIDE, 4),
    ("ATM, the protocol itself", 100, FOUR, 4),
    ("ATM, bridged Ethernet", 100, X("aaaa03 0080c2 0007 0000") + FRAME, 4),
    ("classical IP over ATM", 106, INSIDE, 4),
    ("SunATM, LLC", 123, X("02 01 0021") + INSIDE, 4),
    ("SunATM, LAN emulation", 123, X("01 01 0021 0001") + FRAME, 4),
    ("Token Ring", 6, X("1040") + bytes(12) + INSIDE, 4),
    ("Token Ring with a source route", 6, X("1040") + bytes(6) + b"\x80" + bytes(5) + X("0630 00110020") + INSIDE, 4),
    ("FDDI", 10, X("50") + bytes(12) + INSIDE, 4),
    ("ARCNET, RFC 1201", 7, X("01 02 d4 00 0001") + bytes(FOUR), 4),
    ("ARCNET, RFC 1051", 7, X("01 02 f0") + bytes(FOUR), 4),
    (
        "ARCNET, exception frame",
        7,
        X("01 02 d4 ff ffff ff 00 0001".replace("ff ffff ff", "ff ff ffff")) + bytes(FOUR),
        4,
    ),
    ("ARCNET, IPv6", 7, X("01 02 c4 00 0001") + bytes(SIX), 6),
    ("ARCNET of Linux", 129, X("01 02 0000 d4 00 0001") + bytes(FOUR), 4),
    ("IP over Fibre Channel", 122, bytes(16) + INSIDE, 4),
    ("IP over InfiniBand", 242, bytes(40) + X("0800 0000") + bytes(FOUR), 4),
    ("IP over FireWire, Apple's", 138, bytes(16) + X("0800") + bytes(FOUR), 4),
    ("DOCSIS", 143, X("00 00 003c 0000") + FRAME, 4),
    ("DOCSIS with an extended header", 143, X("01 04 003c aabbccdd 0000") + FRAME, 4),
    ("SLIP", 8, bytes(16) + bytes(FOUR), 4),
    ("MPLS on the link", 219, X("00010140") + bytes(FOUR), 4),
    ("MPLS on the link, two labels", 219, X("00010040 00010140") + bytes(SIX), 6),
]


@pytest.mark.parametrize(("what", "link_type", "frame", "version"), CASES, ids=[f"{c[0]} ({c[1]})" for c in CASES])
def test_ip_is_found(what: str, link_type: int, frame: Any, version: int) -> None:
    """Behind each link header stands the same datagram."""
    result = decode_frames(frame, link_type=link_type)
    assert result.counts == {}
    assert result.all_ends() == [ENDS[version]]
    assert result.payload() == b"question"


@pytest.mark.parametrize(
    ("what", "link_type", "frame", "reason"),
    [
        ("Cisco HDLC's keepalive", 104, X("8f00 8035 00000002") + bytes(14), "link_control"),
        ("Frame Relay's LMI", 107, X("0001 03 08 00 75") + bytes(10), "link_control"),
        ("one byte of Frame Relay", 107, X("18"), "link_truncated"),
        ("Token Ring's own frames", 6, X("1000") + bytes(20), "link_control"),
        ("FDDI's own frames", 10, X("41") + bytes(20), "link_control"),
        ("ARP on ARCNET", 7, X("01 02 d5") + bytes(20), "arp"),
        ("a later ARCNET fragment", 7, X("01 02 d4 02 0001") + bytes(30), "encapsulation"),
        ("LAN emulation's control", 123, X("01 01 0021 ff00") + bytes(30), "link_control"),
        ("spanning tree on ATM", 100, X("424203") + bytes(30), "llc"),
        ("DOCSIS management", 143, X("c2 00 0010 0000") + bytes(30), "link_control"),
        ("compressed SLIP", 8, bytes(16) + b"\x80" + bytes(30), "compressed"),
        ("a short InfiniBand header", 242, bytes(43), "link_truncated"),
        ("a short FireWire header", 138, bytes(17), "link_truncated"),
        ("nothing", 9, b"", "link_truncated"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_is_no_ip_stops_for_its_reason(what: str, link_type: int, frame: bytes, reason: str) -> None:
    """Each link's own traffic is normal; what is cut is truncated."""
    result = decode_frames(frame, link_type=link_type)
    assert (len(result), result.counts) == (0, {reason: 1}), what


@pytest.mark.parametrize(("what", "link_type", "frame", "version"), CASES, ids=[f"{c[0]} ({c[1]})" for c in CASES])
def test_frames_cut_anywhere(what: str, link_type: int, frame: Any, version: int) -> None:
    """A frame that ends anywhere is stopped or short, and nothing behind it is read."""
    result = decode_prefixes(frame, link_type)
    assert all(result.payload(k) in b"question" for k in range(len(result)))
