"""Headers of the capturing system's own: firewall logs, taps, switch tags, capture cards."""

from struct import pack
from typing import Any

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6

from annotator.decode.strip import JUNIPER
from tests.decode.decoding import MACS, decode_frames, decode_prefixes, ether

FOUR = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
SIX = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1000, dport=53) / b"question"
ENDS = {4: "10.0.0.1:1000 > 10.0.0.2:53", 6: "2001:db8::1:1000 > 2001:db8::2:53"}
FRAME = bytes(ether() / FOUR)
ADDRESSES = FRAME[:12]
X = bytes.fromhex
assert MACS["dst"] == ADDRESSES[:6].hex(":")


def attribute(order: str, kind: int, value: bytes) -> bytes:
    """A netlink attribute: length, type, value padded to four."""
    return pack(order + "HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def nflog(family: int, order: str, packet: Any) -> bytes:
    """A netfilter log message: family, version, resource id; attributes, the payload among them."""
    head = bytes([family, 0]) + b"\0\x05"
    return head + attribute(order, 10, b"prefix\0") + attribute(order, 9, bytes(packet))


def erf(kind: int, body: bytes, extensions: int = 0) -> bytes:
    """An ERF record: time, type, flags, lengths; extension headers, the last without the top bit."""
    head = bytes(8) + bytes([kind | (0x80 if extensions else 0), 4]) + bytes(6)
    more = b"".join(bytes([0x80 if n + 1 < extensions else 0]) + bytes(7) for n in range(extensions))
    return head + more + body


def pktap(inner: int, frame: bytes) -> bytes:
    """Apple's PKTAP header: length, next type, link type inside, then names and process ids."""
    return pack("<III", 108, 1, inner) + bytes(96) + frame


def juniper(flags: int, body: bytes, extension: bytes = b"") -> bytes:
    """Juniper's pseudo-header: magic, flags, extensions where bit 0x80 is set."""
    return (
        X("4d4743") + bytes([flags]) + (len(extension).to_bytes(2, "big") + extension if flags & 0x80 else b"") + body
    )


CASES: list[tuple[str, int, bytes, int]] = [
    # what it is, link type, frame, IP version inside
    ("netfilter log", 239, nflog(2, "<", FOUR), 4),
    ("netfilter log, IPv6", 239, nflog(10, "<", SIX), 6),
    ("netfilter log of a big-endian host", 239, nflog(2, ">", FOUR), 4),
    ("packet filter log", 117, X("3d 02 0000") + bytes(60) + bytes(FOUR), 4),
    ("packet filter log, IPv6", 117, X("3d 18 0000") + bytes(60) + bytes(SIX), 6),
    ("OpenBSD's encapsulation", 109, pack("<III", 2, 1, 0) + bytes(FOUR), 4),
    ("OpenBSD's encapsulation, big-endian", 109, pack(">III", 24, 1, 0) + bytes(SIX), 6),
    ("Solaris' observability", 226, X("01 02") + bytes(22) + bytes(FOUR), 4),
    ("Solaris' observability, IPv6", 226, X("01 1a") + bytes(22) + bytes(SIX), 6),
    ("per-packet information around Ethernet", 192, X("00 00 0800 01000000") + FRAME, 4),
    ("per-packet information around raw IP", 192, X("00 00 0800 65000000") + bytes(FOUR), 4),
    ("Apple's tap around Ethernet", 258, pktap(1, FRAME), 4),
    ("Apple's tap around raw IP", 258, pktap(101, bytes(SIX)), 6),
    ("Apple's tap around null", 258, pktap(0, X("02000000") + bytes(FOUR)), 4),
    ("Endace record of Ethernet", 197, erf(2, bytes(2) + FRAME), 4),
    ("Endace record with extensions", 197, erf(2, bytes(2) + FRAME, extensions=3), 4),
    ("Endace record of PPP over SONET", 197, erf(1, X("ff03 0021") + bytes(FOUR)), 4),
    ("Endace record of Cisco HDLC, coloured", 176, erf(10, X("0f00 86dd") + bytes(SIX)), 6),
    ("Endace record of Ethernet, by its own number", 175, erf(2, bytes(2) + FRAME), 4),
    ("Endace record of IPv4", 197, erf(22, bytes(FOUR)), 4),
    ("Endace record of IPv6", 197, erf(23, bytes(SIX)), 6),
    ("Marvell's switch tag", 284, ADDRESSES + X("c0080001") + FRAME[12:], 4),
    ("Marvell's switch tag with an EtherType", 285, ADDRESSES + X("dada0000c0080001") + FRAME[12:], 4),
    ("Broadcom's switch tag", 281, ADDRESSES + X("20000001") + FRAME[12:], 4),
    ("Broadcom's switch tag in front", 282, X("20000001") + FRAME, 4),
    ("netANALYZER", 240, bytes(4) + FRAME, 4),
    ("netANALYZER with preamble", 241, bytes(12) + FRAME, 4),
    ("802.3br's preamble", 274, bytes(8) + FRAME, 4),
    ("Juniper, Ethernet", 178, juniper(0x01, FRAME), 4),
    ("Juniper, Ethernet with extensions", 178, juniper(0x81, FRAME, X("0102aabb")), 4),
    ("Juniper, without its layer 2", 178, juniper(0x02, bytes(4) + bytes(FOUR)), 4),
    ("Juniper ATM, without its layer 2", 137, juniper(0x02, bytes(4) + bytes(SIX)), 6),
]


@pytest.mark.parametrize(("what", "link_type", "frame", "version"), CASES, ids=[f"{c[0]} ({c[1]})" for c in CASES])
def test_ip_is_found(what: str, link_type: int, frame: bytes, version: int) -> None:
    """Behind each header stands the same datagram."""
    result = decode_frames(frame, link_type=link_type)
    assert result.counts == {}
    assert result.all_ends() == [ENDS[version]]
    assert result.payload() == b"question"


@pytest.mark.parametrize("link_type", JUNIPER)
def test_every_one_of_junipers_is_decoded_without_its_layer_2(link_type: int) -> None:
    """The flag in the pseudo-header says that IP stands behind four bytes of protocol, whatever the interface is."""
    assert decode_frames(juniper(0x02, bytes(4) + bytes(FOUR)), link_type=link_type).all_ends() == [ENDS[4]]
    assert decode_frames(juniper(0x82, bytes(4) + bytes(SIX), X("0102aabb")), link_type=link_type).all_ends() == [
        ENDS[6]
    ]


def test_apples_tap_under_a_users_number_is_told_by_its_form() -> None:
    """Old tools wrote it as LINKTYPE_USER2, which is otherwise anybody's and not guessed at."""
    assert decode_frames(pktap(1, FRAME), link_type=149).all_ends() == [ENDS[4]]
    others = [pack("<III", 108, 0, 1) + bytes(96) + FRAME, pack("<III", 200, 1, 1) + bytes(200) + FRAME, bytes(11)]
    assert decode_frames(*others, link_type=149).counts == {"link_type": 3}


@pytest.mark.parametrize(
    ("what", "link_type", "frame", "reason"),
    [
        ("a log message without a packet", 239, b"\x02\0\0\x05" + attribute("<", 10, b"prefix\0"), "link_truncated"),
        ("a log message of another family", 239, nflog(7, "<", FOUR), "link_control"),
        ("an attribute of length 0", 239, b"\x02\0\0\x05" + bytes(40), "link_truncated"),
        ("a packet filter length past the frame", 117, X("ff 02 0000") + bytes(20), "link_truncated"),
        ("a PPI length past the frame", 192, X("0000 ff00 01000000") + bytes(20), "link_truncated"),
        ("a PKTAP length past the frame", 258, pack("<III", 9999, 1, 1) + bytes(96), "link_truncated"),
        ("an Endace record of something else", 197, erf(3, bytes(60)), "encapsulation"),
        ("an Endace record whose extensions never end", 197, erf(2, b"", extensions=1)[:20], "link_truncated"),
        ("Juniper without its magic", 178, bytes(60), "link_control"),
        ("a Juniper layer 2 that is not decoded", 137, juniper(0x00, bytes(60)), "encapsulation"),
        ("a Juniper extension past the frame", 178, juniper(0x81, b"", X("01")), "link_truncated"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_holds_no_ip_stops_for_its_reason(what: str, link_type: int, frame: bytes, reason: str) -> None:
    """Lengths past the frame, and contents that are not known."""
    result = decode_frames(frame, link_type=link_type)
    assert (len(result), result.counts) == (0, {reason: 1}), what


@pytest.mark.parametrize(("what", "link_type", "frame", "version"), CASES, ids=[f"{c[0]} ({c[1]})" for c in CASES])
def test_frames_cut_anywhere(what: str, link_type: int, frame: bytes, version: int) -> None:
    """A frame that ends anywhere is stopped or short, and nothing behind it is read."""
    result = decode_prefixes(frame, link_type)
    assert all(result.payload(k) in b"question" for k in range(len(result)))
