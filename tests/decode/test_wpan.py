"""802.15.4, AX.25 and ATSC 3.0: the same datagram behind each link header."""

from typing import Any

import pytest
from scapy.layers.dot15d4 import Dot15d4, Dot15d4Data
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6

from tests.decode.decoding import decode_frames, decode_prefixes

FOUR = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
SIX = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1000, dport=53) / b"question"
ENDS = {4: "10.0.0.1:1000 > 10.0.0.2:53", 6: "2001:db8::1:1000 > 2001:db8::2:53"}
X = bytes.fromhex


def wpan(to: int, source: int, inside: Any, **fields: Any) -> bytes:
    """An 802.15.4 data frame with addresses of the modes given: 0 none, 2 two bytes, 3 eight."""
    head = Dot15d4(fcf_frametype=1, fcf_destaddrmode=to, fcf_srcaddrmode=source, **fields)
    return bytes(head / Dot15d4Data(dest_addr=0x1234, src_addr=0x5678, dest_panid=1, src_panid=2)) + bytes(inside)


def call(name: str, last: bool = False) -> bytes:
    """An AX.25 address: six letters shifted left, and a byte whose lowest bit marks the last."""
    return bytes(ord(letter) << 1 for letter in name.ljust(6)) + bytes([0x60 | last])


LOWPAN = b"\x41" + bytes(SIX)
AX25 = call("QST") + call("N0CALL", last=True)
REPEATED = call("QST") + call("N0CALL") + call("RELAY") + call("WIDE", last=True)

CASES: list[tuple[str, int, bytes, int]] = [
    # what it is, link type, frame, IP version inside
    ("802.15.4, short addresses", 230, wpan(2, 2, LOWPAN), 6),
    ("802.15.4, short addresses of one PAN", 230, wpan(2, 2, LOWPAN, fcf_panidcompress=1), 6),
    ("802.15.4, long addresses of one PAN", 230, wpan(3, 3, LOWPAN, fcf_panidcompress=1), 6),
    ("802.15.4, no source", 230, wpan(2, 0, LOWPAN), 6),
    ("802.15.4, no destination", 230, X("01c0 01 0200 7856000000000000") + LOWPAN, 6),
    ("802.15.4 with a check sequence", 195, wpan(2, 2, LOWPAN) + b"\xaa\xbb", 6),
    ("802.15.4 behind its preamble", 215, X("00000000 a7 7f") + wpan(2, 2, LOWPAN) + b"\xaa\xbb", 6),
    ("802.15.4 behind TLVs", 283, X("0000 0c00 0000 0100 01000000") + wpan(2, 2, LOWPAN), 6),
    ("AX.25", 3, AX25 + X("03 cc") + bytes(FOUR), 4),
    ("AX.25 through repeaters", 3, REPEATED + X("03 cc") + bytes(FOUR), 4),
    ("AX.25, numbered", 3, AX25 + X("22 cc") + bytes(FOUR), 4),
    ("AX.25 in KISS", 202, X("10") + AX25 + X("03 cc") + bytes(FOUR), 4),
    ("ATSC 3.0", 289, len(FOUR).to_bytes(2, "big") + bytes(FOUR), 4),
    ("ATSC 3.0 with an additional header", 289, X("0824 03 07 0a 01 aabb") + bytes(FOUR), 4),
]


@pytest.mark.parametrize(("what", "link_type", "frame", "version"), CASES, ids=[case[0] for case in CASES])
def test_ip_is_found(what: str, link_type: int, frame: bytes, version: int) -> None:
    """Behind each link header stands the same datagram."""
    result = decode_frames(frame, link_type=link_type)
    assert result.counts == {}
    assert result.all_ends() == [ENDS[version]]
    assert result.payload() == b"question"


@pytest.mark.parametrize(
    ("what", "link_type", "frame", "reason"),
    [
        ("a beacon of 802.15.4", 230, X("0080 01 cdab 3412 ffcf 0000"), "link_control"),
        ("a compressed header", 230, wpan(2, 2, X("7a33 3a") + bytes(20)), "compressed"),
        ("a 6LoWPAN fragment", 230, wpan(2, 2, X("c0a0 1234") + bytes(20)), "compressed"),
        ("ZigBee", 230, wpan(2, 2, X("4802 0000 9256 1e6c") + bytes(20)), "link_not_ip"),
        ("an encrypted frame", 195, wpan(2, 2, LOWPAN, fcf_security=1), "link_protected"),
        ("a reserved address mode", 230, X("0104 01") + bytes(30), "link_control"),
        ("a TAP length past the frame", 283, X("0000 ff00") + bytes(30), "link_truncated"),
        ("a TAP length below its header", 283, X("0000 0300") + bytes(30), "link_truncated"),
        ("AX.25 without IP", 3, AX25 + X("03 f0") + b"!position", "link_control"),
        ("AX.25 supervision", 3, AX25 + X("21 00"), "link_control"),
        ("ARP on AX.25", 3, AX25 + X("03 cd") + bytes(30), "arp"),
        ("addresses that never end", 3, call("QST") * 12 + bytes(30), "link_control"),
        ("a command of KISS", 202, X("01 20"), "link_control"),
        ("signalling of ATSC 3.0", 289, X("8010") + bytes(30), "link_control"),
        ("compressed IP of ATSC 3.0", 289, X("4010") + bytes(30), "compressed"),
        ("a segment of ATSC 3.0", 289, X("1010") + bytes(30), "encapsulation"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_is_no_ip_stops_for_its_reason(what: str, link_type: int, frame: bytes, reason: str) -> None:
    """Each link's own traffic is normal; what is compressed, encrypted or in parts is said to be."""
    result = decode_frames(frame, link_type=link_type)
    assert (len(result), result.counts) == (0, {reason: 1}), what


@pytest.mark.parametrize(("what", "link_type", "frame", "version"), CASES, ids=[case[0] for case in CASES])
def test_frames_cut_anywhere(what: str, link_type: int, frame: Any, version: int) -> None:
    """A frame that ends anywhere is stopped or short, and nothing behind it is read."""
    result = decode_prefixes(frame, link_type)
    assert all(result.payload(k) in b"question" for k in range(len(result)))
