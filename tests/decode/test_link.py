"""The link types that nearly every capture has."""

from typing import Any

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, LLC, SNAP, CookedLinux, CookedLinuxV2, Loopback

from annotator.decode.link import PLAIN, all_plain, undecoded
from tests.decode.decoding import batch, decode, decode_frames, decode_prefixes, dot3, ether

FOUR = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
SIX = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1000, dport=53) / b"question"
ENDS = {4: "10.0.0.1:1000 > 10.0.0.2:53", 6: "2001:db8::1:1000 > 2001:db8::2:53"}

CASES: list[tuple[str, int, Any, int]] = [
    # what it is, link type, frame, IP version inside
    ("Ethernet", 1, ether() / FOUR, 4),
    ("Ethernet", 1, ether() / SIX, 6),
    ("802.3 with LLC and SNAP", 1, dot3() / LLC() / SNAP() / FOUR, 4),
    ("802.3 with LLC, SAP 6", 1, dot3() / LLC(dsap=6, ssap=6, ctrl=3) / FOUR, 4),
    ("raw IP", 101, FOUR, 4),
    ("raw IP", 101, SIX, 6),
    ("raw IP, as BSD/OS numbered it", 12, FOUR, 4),
    ("raw IP, as OpenBSD numbered it", 14, SIX, 6),
    ("raw IPv4", 228, FOUR, 4),
    ("raw IPv6", 229, SIX, 6),
    ("Linux cooked", 113, CookedLinux(proto=0x0800) / FOUR, 4),
    ("Linux cooked", 113, CookedLinux(proto=0x86DD) / SIX, 6),
    ("Linux cooked with LLC", 113, CookedLinux(proto=4) / LLC() / SNAP() / FOUR, 4),
    ("Linux cooked with a VLAN tag", 113, CookedLinux(proto=0x8100) / b"\x00\x07\x08\x00" / FOUR, 4),
    ("Linux cooked 2", 276, CookedLinuxV2(proto=0x0800) / FOUR, 4),
    ("Linux cooked 2", 276, CookedLinuxV2(proto=0x86DD) / SIX, 6),
    ("BSD null of a little-endian machine", 0, Loopback(type=2) / FOUR, 4),
    ("BSD null of a big-endian machine", 0, b"\0\0\0\x02" + bytes(FOUR), 4),
    ("BSD null with an EtherType", 0, b"\0\0\x08\0" + bytes(FOUR), 4),
    ("BSD null with an EtherType in the lower half", 0, b"\x0f\0\x08\0" + bytes(FOUR), 4),
    ("loop", 108, b"\0\0\0\x02" + bytes(FOUR), 4),
    ("loop", 108, b"\0\0\0\x18" + bytes(SIX), 6),
    *[(f"BSD null, AF_INET6 is {family}", 0, bytes([family, 0, 0, 0]) + bytes(SIX), 6) for family in (10, 24, 28, 30)],
]


@pytest.mark.parametrize(("what", "link_type", "frame", "version"), CASES, ids=[f"{c[0]}, IPv{c[3]}" for c in CASES])
def test_ip_is_found(what: str, link_type: int, frame: Any, version: int) -> None:
    """Behind each link header stands the same datagram."""
    result = decode_frames(frame, link_type=link_type)
    assert result.all_ends() == [ENDS[version]]
    assert result.payload() == b"question"
    assert result.counts == {}


@pytest.mark.parametrize(
    ("what", "link_type", "frame", "reason"),
    [
        ("ARP in a cooked frame", 113, CookedLinux(proto=0x0806) / ARP(), "arp"),
        ("netlink in a cooked frame", 113, CookedLinux(lladdrtype=824, proto=0) / bytes(16), "link_control"),
        ("CAN in a cooked frame", 113, CookedLinux(proto=0x000C) / bytes(16), "link_control"),
        ("Novell's raw 802.3 in a cooked frame", 113, CookedLinux(proto=1) / b"\xff\xff" / bytes(30), "llc"),
        ("AppleTalk on BSD null", 0, b"\x10\0\0\0" + bytes(20), "link_control"),
        ("IPv6 announced, IPv4 there", 1, ether(type=0x86DD) / bytes(FOUR).ljust(40, b"\0"), "ip_version"),
        ("IPv4 announced, IPv6 there", 228, SIX, "ip_version"),
        ("neither version", 101, b"\x50" + bytes(40), "ip_version"),
        ("nothing at all", 101, b"", "ip_truncated"),
        ("a short cooked header", 113, bytes(15), "link_truncated"),
        ("a short cooked 2 header", 276, bytes(19), "link_truncated"),
        ("a short null header", 0, bytes(3), "link_truncated"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_is_no_ip_is_stopped(what: str, link_type: int, frame: Any, reason: str) -> None:
    """Each frame that holds no IP header stops for its reason."""
    result = decode_frames(frame, link_type=link_type)
    assert (len(result), result.counts) == (0, {reason: 1}), what


def test_link_types_may_mix_in_a_batch() -> None:
    """A pcapng with several interfaces gives batches of several link types, frame by frame."""
    frames = [bytes(ether() / FOUR), bytes(FOUR), bytes(48), bytes(Loopback(type=2) / FOUR), bytes(20)]
    result = decode(batch(frames, [1, 101, 147, 0, 189]))
    assert result.all_ends() == [ENDS[4]] * 3
    assert result.rows["frame"].tolist() == [1, 2, 4]
    assert result.counts == {"link_type": 1, "link_not_ip": 1}


def test_frames_keep_to_themselves() -> None:
    """A frame that ends early never borrows bytes of the next one."""
    result = decode_prefixes(ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=5, dport=6) / b"data")
    assert {result.payload(k) for k in range(len(result))} == {b"", b"d", b"da", b"dat"}


def test_plain_link_types_need_no_second_kernel() -> None:
    """A batch of plain link types only is told from one with others, and the unknown ones are named."""
    plain = batch([b""] * len(PLAIN), list(PLAIN))
    mixed = batch([b""] * 3, [1, 105, 147])
    assert all_plain(plain.link_type)
    assert not all_plain(mixed.link_type)
    assert undecoded(mixed.link_type, (105,)) == {147}
