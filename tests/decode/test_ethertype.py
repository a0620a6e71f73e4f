"""What stands between an EtherType and IP."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.contrib.macsec import MACsec
from scapy.contrib.mpls import MPLS
from scapy.contrib.nsh import NSH
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import LLC, SNAP, Dot1AD, Dot1AH, Dot1Q
from scapy.layers.ppp import PPP, PPPoE

from annotator.decode.ethertype import VLAN_KEPT, innermost_vlan, push_vlan
from tests.decode.decoding import decode_frames, decode_prefixes, dot3, ether

FOUR = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
SIX = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1000, dport=53) / b"question"
ENDS = {4: "10.0.0.1:1000 > 10.0.0.2:53", 6: "2001:db8::1:1000 > 2001:db8::2:53"}
INNER = ether() / FOUR


def tags(*vids: int) -> Any:
    """802.1Q tags around the datagram, the outermost first."""
    frame: Any = FOUR
    for vid in reversed(vids):
        frame = Dot1Q(vlan=vid) / frame
    return ether() / frame


OLD_QINQ = bytes.fromhex(
    "0064 9200 0065 9300 0066 8100 0007 0800"
)  # ids 100, 101, 102, 7, each with the next EtherType

VLANS: list[tuple[str, Any, list[int]]] = [
    ("none", ether() / FOUR, []),
    ("802.1Q", tags(7), [7]),
    ("a priority tag is no VLAN", ether() / Dot1Q(vlan=0, prio=5) / FOUR, []),
    ("802.1ad around 802.1Q", ether() / Dot1AD(vlan=100) / Dot1Q(vlan=7) / FOUR, [100, 7]),
    ("QinQ by its older EtherTypes", ether(type=0x9100) / OLD_QINQ / FOUR, [100, 101, 102, 7]),
    ("the highest id, fifth in the stack", tags(1, 2, 3, 4, 4095), [1, 2, 3, 4, 4095]),
    ("more than are kept: the innermost stays", tags(1, 2, 3, 4, 5, 6), [1, 2, 3, 4, 6]),
    ("LLC behind a tag", ether() / Dot1Q(vlan=7, type=0x40) / LLC() / SNAP() / FOUR, [7]),
]


@pytest.mark.parametrize(("what", "frame", "vlans"), VLANS, ids=[case[0] for case in VLANS])
def test_vlan_tags(what: str, frame: Any, vlans: list[int]) -> None:
    """Every EtherType that tags have, stacked, the outermost first."""
    result = decode_frames(frame)
    assert result.all_ends() == [ENDS[4]]
    assert result.vlans() == vlans


@given(vids=st.lists(st.integers(0, 4095), max_size=9))
def test_a_stack_keeps_its_innermost_id(vids: list[int]) -> None:
    """Whatever was pushed, the innermost id is the last that was not 0, and the first four are kept."""
    number = 0
    for vid in vids:
        number = int(push_vlan(number, vid))
    pushed = [vid for vid in vids if vid]
    assert int(innermost_vlan(number)) == (pushed[-1] if pushed else 0)
    stack = number & (2**64 - 1)  # compiled, the 64 bits are a signed number
    assert stack & 15 == min(len(pushed), VLAN_KEPT)
    kept = [(stack >> (4 + 12 * k)) & 0xFFF for k in range(stack & 15)]
    assert kept == (pushed if len(pushed) <= VLAN_KEPT else [*pushed[:4], pushed[-1]])


CHECKED = bytes(FOUR) + bytes(16)  # with MACsec's integrity check value

RARE: list[tuple[str, Any, int]] = [
    ("MPLS", ether(type=0x8847) / MPLS(label=16, s=1) / FOUR, 4),
    ("ERSPAN II without GRE", ether(type=0x88BE) / bytes.fromhex("1000 0000 00000000") / INNER, 4),
    ("ERSPAN III without GRE", ether(type=0x22EB) / bytes.fromhex("2000 0000 00000000 0000 0000") / INNER, 4),
    ("MPLS, three labels", ether(type=0x8847) / MPLS(s=0) / MPLS(s=0) / MPLS(s=1) / SIX, 6),
    ("MPLS multicast", ether(type=0x8848) / MPLS(s=1) / FOUR, 4),
    ("an Ethernet pseudowire with a control word", ether(type=0x8847) / MPLS(s=1) / bytes(4) / INNER, 4),
    ("an Ethernet pseudowire without", ether(type=0x8847) / MPLS(s=1) / INNER, 4),
    ("PPPoE", ether(type=0x8864) / PPPoE(sessionid=1) / PPP(proto=0x21) / FOUR, 4),
    ("PPPoE with IPv6", ether(type=0x8864) / PPPoE(sessionid=1) / PPP(proto=0x57) / SIX, 6),
    ("PPPoE behind QinQ", ether() / Dot1AD(vlan=2) / Dot1Q(vlan=3, type=0x8864) / PPPoE() / PPP(proto=0x21) / FOUR, 4),
    ("PPP as an EtherType", ether(type=0x880B) / b"\x00\x21" / FOUR, 4),
    ("provider backbone bridging", ether() / Dot1AH(isid=5) / INNER, 4),
    ("HSR", ether(type=0x892F) / bytes.fromhex("0040 0001 0800") / FOUR, 4),
    ("FabricPath", ether(type=0x8903) / bytes.fromhex("0001") / INNER, 4),
    ("TRILL", ether(type=0x22F3) / bytes.fromhex("0000 0001 0002") / INNER, 4),
    ("VN-Tag", ether(type=0x8926) / bytes.fromhex("00000001 0800") / FOUR, 4),
    ("802.1BR's E-Tag", ether(type=0x893F) / bytes.fromhex("000000010000 0800") / FOUR, 4),
    ("Cisco metadata", ether(type=0x8909) / bytes.fromhex("010100010001 0800") / FOUR, 4),
    ("NSH with IPv4", ether(type=0x894F) / NSH(nextproto=1) / FOUR, 4),
    ("NSH with IPv6", ether(type=0x894F) / NSH(nextproto=2) / SIX, 6),
    ("NSH with Ethernet", ether(type=0x894F) / NSH(nextproto=3) / INNER, 4),
    ("MACsec, authenticated only", ether() / MACsec(E=0, C=0, SC=0, type=0x0800) / CHECKED, 4),
    ("MACsec with its channel", ether() / MACsec(E=0, C=0, SC=1, SCI=bytes(8), type=0x0800) / CHECKED, 4),
    ("Cisco ISL", bytes.fromhex("01000c000000 020000000001") + bytes(14) + bytes(INNER), 4),
    ("jumbo frames with LLC", ether(type=0x8870) / LLC() / SNAP() / FOUR, 4),
    ("a bridged Ethernet frame in SNAP", dot3() / LLC() / SNAP(OUI=0x0080C2, code=7) / bytes(2) / INNER, 4),
]  # fmt: skip


@pytest.mark.parametrize(("what", "frame", "version"), RARE, ids=[case[0] for case in RARE])
def test_encapsulations(what: str, frame: Any, version: int) -> None:
    """Behind each encapsulation the datagram is found, and none of them counts as a tunnel."""
    result = decode_frames(frame)
    assert result.counts == {}
    assert result.all_ends() == [ENDS[version]]
    assert result.payload() == b"question"
    assert result.tunnel() == ""


@pytest.mark.parametrize(("what", "frame", "version"), RARE, ids=[case[0] for case in RARE])
def test_encapsulations_cut_anywhere(what: str, frame: Any, version: int) -> None:
    """A frame that ends inside an encapsulation is stopped or found short, never read past its end."""
    result = decode_prefixes(frame, shortest=14)
    assert all(result.payload(k) in b"question" for k in range(len(result)))


@pytest.mark.parametrize(
    ("what", "frame", "reason"),
    [
        ("encrypted MACsec", ether() / MACsec(E=1, C=1, SC=0) / bytes(40), "macsec"),
        ("an MPLS associated channel", ether(type=0x8847) / MPLS(s=1) / b"\x10\0\0\x07" / bytes(8), "encapsulation"),
        ("a stack without a bottom", ether(type=0x8847) / MPLS(s=0) / MPLS(s=0), "link_truncated"),
        ("PPPoE discovery", ether(type=0x8863) / bytes(20), "ethertype"),
        ("PPP's own protocols", ether(type=0x8864) / PPPoE() / PPP(proto=0xC021) / bytes(8), "link_control"),
        ("NSH with something else", ether(type=0x894F) / NSH(nextproto=4) / bytes(20), "encapsulation"),
        ("a circle of LLC", ether(type=0x8870) / b"\x42\x42\x03" / bytes(40), "llc"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_encapsulations_that_hold_no_ip(what: str, frame: Any, reason: str) -> None:
    """Each stops for its own reason."""
    result = decode_frames(frame)
    assert (len(result), result.counts) == (0, {reason: 1}), what


def test_thousand_encapsulations_end() -> None:
    """A frame of nothing but tags is walked once, from front to end."""
    for tag in (b"\x00\x07\x81\x00", b"\x00\x00\x00\x01\x89\x26"):
        ethertype = tag[-2:]
        result = decode_frames(bytes(12) + ethertype + tag * 10_000)
        assert result.counts == {"link_truncated": 1}
