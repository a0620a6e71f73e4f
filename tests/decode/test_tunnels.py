"""Packets in packets: every kind of tunnel, its name and id in both directions, and what only looks like one."""

from typing import Any

import numpy as np
import pytest
from scapy.contrib.erspan import ERSPAN_I, ERSPAN_II, ERSPAN_III
from scapy.contrib.geneve import GENEVE
from scapy.contrib.gtp import GTP_U_Header, GTPPDUSessionContainer
from scapy.contrib.lldp import LLDPDU
from scapy.contrib.mpls import MPLS
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, GRE, GRE_PPTP, Dot1Q
from scapy.layers.l2tp import L2TP
from scapy.layers.ppp import PPP
from scapy.layers.vxlan import VXLAN

from annotator.decode.tunnels import MOST_TUNNELS, NAMES, TunnelBook
from annotator.model import HeaderFlag
from tests.decode.decoding import batch, decode, decode_frames, decode_prefixes, ether

OUTER = IP(src="192.0.2.1", dst="192.0.2.2")
OUTER6 = IPv6(src="2001:db8:f::1", dst="2001:db8:f::2")
PIM = IP(src="192.0.2.1", dst="192.0.2.2", proto=103)
FOUR = IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1000, dport=80) / b"data"
SIX = IPv6(src="2001:db8::1", dst="2001:db8::2") / TCP(sport=1000, dport=80) / b"data"
FRAME = ether() / FOUR
ENDS = {4: "10.0.0.1:1000 > 10.0.0.2:80", 6: "2001:db8::1:1000 > 2001:db8::2:80"}
PAIR = "(192.0.2.1<>192.0.2.2)"


def udp(port: int = 40000) -> Any:
    """A UDP header to a port that says nothing."""
    return UDP(sport=50000, dport=port, chksum=1)


def vxlan(vni: int) -> Any:
    """A VXLAN header without the flag of the generic protocol extension."""
    return VXLAN(flags="Instance", vni=vni)


def gpe(protocol: int) -> Any:
    """A VXLAN header of the generic protocol extension."""
    return VXLAN(flags="Instance+NextProtocol", NextProtocol=protocol, vni=43)


ERSPAN: dict[str, Any] = {"proto": 0x88BE, "seqnum_present": 1}
ALL_FLAGS: dict[str, Any] = {"chksum_present": 1, "key_present": 1, "seqnum_present": 1}
GENEVE_OPTION: dict[str, Any] = {"optionlen": 2, "options": b"\x01\x02\x03\x01abcd"}
CAPWAP = bytes.fromhex("00 10 02 00 0000 0000")  # preamble; 8 bytes; binding 802.11, payload Ethernet; no fragment
CAPWAP_WIFI = bytes.fromhex("00 10 03 00 0000 0000")  # the T bit: the payload is an 802.11 frame
WIFI = bytes.fromhex("0801 0000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800")
TEREDO_ORIGIN = bytes.fromhex("0000 1234 01020304")
TEREDO_AUTHENTICATION = bytes.fromhex("0001 00 00") + bytes(9)
AYIYA = bytes.fromhex("41 52 11 29 00000000") + bytes(16) + bytes(20)  # 2^4 bytes of identity, 5 words of signature
AYIYA_LONG = bytes.fromhex("81 50 10 29 00000000") + bytes(1 << 8) + bytes(20)
LISP = bytes.fromhex("00000000 00000000")
NSH_IPV4 = bytes.fromhex("0006 01 01 00000b 01") + bytes(16)  # 6 words, metadata type 1, IPv4; path, index
NSH_ETH = bytes.fromhex("0002 02 03 00000b 01")  # 2 words, metadata type 2 without any, Ethernet
PIM_REGISTER = bytes.fromhex("21 00 dead 00000000")  # version 2, type 1; checksum; neither border nor null
ARUBA = bytes.fromhex("0802 0000 020000000001 020000000002 020000000003 7000 aaaa03 000000 0800")
WIFI_SEQ = bytes.fromhex("0801 0000 020000000001 020000000002 020000000003 0010 aaaa03 000000 0800")

CASES: list[tuple[str, Any, int, str]] = [
    ("IP in IP", OUTER / FOUR, 4, f"ipip{PAIR}"),
    ("IPv6 in IPv4", OUTER / SIX, 6, f"6in4{PAIR}"),
    ("IPv4 in IPv6", OUTER6 / FOUR, 4, "4in6(2001:db8:f::1<>2001:db8:f::2)"),
    ("IPv6 in IPv6", OUTER6 / SIX, 6, "6in6(2001:db8:f::1<>2001:db8:f::2)"),
    ("GRE", OUTER / GRE() / FOUR, 4, f"gre{PAIR}"),
    ("GRE with a key", OUTER / GRE(key_present=1, key=77) / FOUR, 4, f"gre:77{PAIR}"),
    (
        "GRE with everything",
        OUTER / GRE(**ALL_FLAGS, key=1) / SIX,
        6,
        f"gre:1{PAIR}",
    ),
    ("GRE with Ethernet", OUTER / GRE(proto=0x6558) / FRAME, 4, f"gre{PAIR}"),
    ("GRE with MPLS", OUTER / GRE(proto=0x8847) / MPLS(s=1) / FOUR, 4, f"gre{PAIR}"),
    ("PPTP", OUTER / GRE_PPTP(sequence_number=1, call_id=9) / PPP(proto=0x21) / FOUR, 4, f"pptp{PAIR}"),
    ("ERSPAN I", OUTER / GRE(proto=0x88BE) / ERSPAN_I() / FRAME, 4, f"erspan{PAIR}"),
    (
        "ERSPAN II",
        OUTER / GRE(**ERSPAN) / ERSPAN_II(session_id=33) / FRAME,
        4,
        f"erspan:33{PAIR}",
    ),
    (
        "ERSPAN III",
        OUTER / GRE(proto=0x22EB, seqnum_present=1) / ERSPAN_III(session_id=34) / FRAME,
        4,
        f"erspan:34{PAIR}",
    ),
    ("EtherIP", IP(src="192.0.2.1", dst="192.0.2.2", proto=97) / b"\x30\x00" / FRAME, 4, f"etherip{PAIR}"),
    ("MPLS in IP", IP(src="192.0.2.1", dst="192.0.2.2", proto=137) / MPLS(s=1) / FOUR, 4, f"mpls-in-ip{PAIR}"),
    ("VXLAN", OUTER / udp() / vxlan(42) / FRAME, 4, f"vxlan:42{PAIR}"),
    ("VXLAN with a tag inside", OUTER / udp() / vxlan(42) / ether() / Dot1Q(vlan=7) / FOUR, 4, f"vxlan:42{PAIR}"),
    (
        "VXLAN with group policy",
        OUTER / udp() / VXLAN(flags="G+Instance", vni=42) / FRAME,
        4,
        f"vxlan:42{PAIR}",
    ),
    (
        "VXLAN-GPE with IPv4",
        OUTER / udp() / gpe(1) / FOUR,
        4,
        f"vxlan-gpe:43{PAIR}",
    ),
    (
        "VXLAN-GPE with IPv6",
        OUTER / udp() / gpe(2) / SIX,
        6,
        f"vxlan-gpe:43{PAIR}",
    ),
    ("GENEVE", OUTER / udp() / GENEVE(vni=44, proto=0x6558) / FRAME, 4, f"geneve:44{PAIR}"),
    (
        "GENEVE with options",
        OUTER / udp() / GENEVE(vni=44, proto=0x0800, **GENEVE_OPTION) / FOUR,
        4,
        f"geneve:44{PAIR}",
    ),
    ("GTP-U", OUTER / udp() / GTP_U_Header(teid=5) / FOUR, 4, f"gtp{PAIR}"),
    (
        "GTP-U with an extension",
        OUTER / udp() / GTP_U_Header(teid=5) / GTPPDUSessionContainer(type=1) / SIX,
        6,
        f"gtp{PAIR}",
    ),
    ("Teredo", OUTER / udp() / SIX, 6, f"teredo{PAIR}"),
    ("Teredo with an origin", OUTER / udp() / TEREDO_ORIGIN / SIX, 6, f"teredo{PAIR}"),
    ("Teredo, authenticated", OUTER / udp() / TEREDO_AUTHENTICATION / TEREDO_ORIGIN / SIX, 6, f"teredo{PAIR}"),
    ("L2TP", OUTER / udp() / L2TP(hdr=[], tunnel_id=1, session_id=2) / PPP(proto=0x21) / FOUR, 4, f"l2tp{PAIR}"),
    (
        "L2TP with a length",
        OUTER / udp() / L2TP(hdr=["length"], session_id=2) / PPP(proto=0x57) / SIX,
        6,
        f"l2tp{PAIR}",
    ),
    ("LISP", OUTER / udp() / LISP / FOUR, 4, f"lisp{PAIR}"),
    ("AYIYA", OUTER / udp() / AYIYA / SIX, 6, f"ayiya{PAIR}"),
    ("CAPWAP with Ethernet", OUTER / udp() / CAPWAP / FRAME, 4, f"capwap{PAIR}"),
    ("CAPWAP with 802.11", OUTER / udp() / CAPWAP_WIFI / WIFI / FOUR, 4, f"capwap{PAIR}"),
    ("IP directly on UDP", OUTER / udp() / FOUR, 4, f"fou{PAIR}"),
    ("GRE in UDP", OUTER / udp() / GRE() / FOUR, 4, f"gre-in-udp{PAIR}"),
    ("GRE in UDP with everything", OUTER / udp() / GRE(**ALL_FLAGS, key=9) / SIX, 6, f"gre-in-udp:9{PAIR}"),
    ("GRE in UDP with a sequence number", OUTER / udp() / GRE(seqnum_present=1) / FOUR, 4, f"gre-in-udp{PAIR}"),
    ("GRE in UDP with Ethernet", OUTER / udp() / GRE(proto=0x6558) / FRAME, 4, f"gre-in-udp{PAIR}"),
    ("a LISP control message", OUTER / udp() / b"\x80\0\0\0" / FOUR, 4, f"lisp{PAIR}"),
    ("AYIYA with a long identity", OUTER / udp() / AYIYA_LONG / SIX, 6, f"ayiya{PAIR}"),
    ("VXLAN-GPE with a service header", OUTER / udp() / gpe(4) / NSH_IPV4 / FOUR, 4, f"vxlan-gpe:43{PAIR}"),
    ("VXLAN-GPE with a service header, Ethernet", OUTER / udp() / gpe(4) / NSH_ETH / FRAME, 4, f"vxlan-gpe:43{PAIR}"),
    ("PIM Register", PIM / PIM_REGISTER / FOUR, 4, f"pim-register{PAIR}"),
    (
        "PIM Register with IPv6",
        IPv6(src="2001:db8:f::1", dst="2001:db8:f::2", nh=103) / PIM_REGISTER / SIX,
        6,
        "pim-register(2001:db8:f::1<>2001:db8:f::2)",
    ),
    ("Aruba's GRE", OUTER / GRE(proto=0x8210) / ARUBA / FOUR, 4, f"gre{PAIR}"),
    ("Aruba's GRE, frame control swapped", OUTER / GRE(proto=0x8380) / WIFI / FOUR, 4, f"gre{PAIR}"),
    ("CAPWAP with a sequence number, swapped", OUTER / udp() / CAPWAP_WIFI / WIFI_SEQ / FOUR, 4, f"capwap{PAIR}"),
    ("MPLS on UDP", OUTER / udp() / MPLS(label=16, s=1) / FOUR, 4, f"mpls-in-udp{PAIR}"),
    (
        "three deep",
        OUTER / GRE(key_present=1, key=7) / IP(src="10.9.0.1", dst="10.9.0.2") / udp() / vxlan(5) / FRAME,
        4,
        f"gre:7{PAIR}/vxlan:5(10.9.0.1<>10.9.0.2)",
    ),
]


@pytest.mark.parametrize(("what", "packet", "version", "name"), CASES, ids=[case[0] for case in CASES])
def test_the_inner_packet_is_a_row_in_its_tunnel(what: str, packet: Any, version: int, name: str) -> None:
    """One row an IP header; the outermost alone counts for the capture, and each knows the tunnel that it is in."""
    result = decode_frames(ether() / packet)
    assert result.counts == {}
    last = len(result) - 1
    assert last >= 1
    assert result.ends(last) == ENDS[version]
    assert result.payload(last) == b"data"
    assert result.tunnel(last) == name
    assert result.tunnel(0) == ""
    outermost = result.rows["flags"] & HeaderFlag.OUTERMOST != 0
    assert outermost.tolist() == [True] + [False] * last
    assert result.rows["depth"].tolist() == list(range(last + 1))
    assert (result.rows["frame_bytes"] == len(ether() / packet)).all()
    assert result[last]["ip_bytes"] == len(FOUR if version == 4 else SIX)


def turned(packet: Any) -> Any:
    """Swap the addresses and UDP's ports of the outermost headers."""
    packet = packet.copy()
    packet.src, packet.dst = packet.dst, packet.src
    if isinstance(packet.payload, UDP):
        packet.payload.sport, packet.payload.dport = packet.payload.dport, packet.payload.sport
    return packet


@pytest.mark.parametrize(("what", "packet", "version", "name"), CASES, ids=[case[0] for case in CASES])
def test_both_directions_are_one_tunnel(what: str, packet: Any, version: int, name: str) -> None:
    """The name has the unordered pair and ids that both directions share; whoever sends, it is the same."""
    result = decode_frames(ether() / packet, ether() / turned(packet))
    inner = np.flatnonzero(result.rows["depth"] == result.rows["depth"].max())
    assert len(inner) == 2
    assert result.rows["tunnel"][inner[0]] == result.rows["tunnel"][inner[1]] != 0


@pytest.mark.parametrize(("what", "packet", "version", "name"), CASES, ids=[case[0] for case in CASES])
def test_tunnels_cut_anywhere(what: str, packet: Any, version: int, name: str) -> None:
    """Wherever the snap length cuts, the outer flow stays, and nothing is read past the end."""
    result = decode_prefixes(ether() / packet, shortest=34)
    assert result.decoded + result.counts.get("ip_truncated", 0) == result.packets
    assert all(len(result.payload(k)) == result[k]["payload_caplen"] for k in range(len(result)))


NO_TUNNELS: list[tuple[str, Any]] = [
    ("a DNS question", OUTER / UDP(sport=1, dport=53) / DNS(qd=DNSQR(qname="example.org"))),
    ("random bytes", OUTER / udp(4789) / bytes(range(7, 107))),
    ("zeros on VXLAN's port", OUTER / udp(4789) / bytes(100)),
    ("VXLAN's form around no frame", OUTER / udp(4789) / vxlan(1) / bytes(60)),
    ("GTP's form around no packet", OUTER / udp(2152) / GTP_U_Header(teid=1) / bytes(60)),
    ("GTP signalling", OUTER / udp(2152) / GTP_U_Header(gtp_type=1) / bytes(30)),
    ("IPv4 with a wrong checksum", OUTER / udp() / IP(src="10.0.0.1", dst="10.0.0.2", chksum=1) / TCP() / b"data"),
    ("IPv4 that is shorter than the payload", OUTER / udp() / (bytes(FOUR) + b"more")),
    ("IPv6 that does not bear itself out", OUTER / udp() / IPv6(src="2001:db8::1", nh=6, plen=20) / bytes(20)),
    ("text that begins with E", OUTER / udp() / b"EHLO this is a line of text, long enough"),
    ("L2TP control", OUTER / udp(1701) / L2TP(hdr=["control", "length", "sequence"]) / bytes(40)),
    ("too short for anything", OUTER / udp(4789) / bytes(23)),
    ("GRE's form around no packet", OUTER / udp(4754) / GRE() / bytes(60)),
    ("a service header around no packet", OUTER / udp(4790) / gpe(4) / NSH_IPV4 / bytes(60)),
    ("PIM's null register", PIM / bytes.fromhex("21 00 dead 40000000") / FOUR),
    ("PIM's hello", PIM / bytes.fromhex("20 00 dead") / bytes(40)),
    ("Aruba's GRE around a protected frame", OUTER / GRE(proto=0x8200) / (b"\x08\x42" + ARUBA[2:]) / FOUR),
    ("a later fragment", IP(src="192.0.2.1", dst="192.0.2.2", proto=4, frag=9) / FOUR),
]


@pytest.mark.parametrize(("what", "packet"), NO_TUNNELS, ids=[case[0] for case in NO_TUNNELS])
def test_what_only_looks_like_a_tunnel(what: str, packet: Any) -> None:
    """A port is no proof, and neither is a form that does not bear itself out."""
    result = decode_frames(ether() / packet)
    assert len(result) == 1
    assert result.tunnel() == ""


def test_every_packet_of_an_aggregate_in_a_tunnel_is_in_it() -> None:
    """Access points tunnel aggregates as they are: each packet of one is a row in the tunnel."""
    parts = b""
    for number, inside in enumerate((FOUR, SIX, FOUR)):
        msdu = bytes.fromhex("aaaa03 000000") + (b"\x08\x00", b"\x86\xdd")[number % 2] + bytes(inside)
        parts += bytes(-len(parts) % 4) + bytes(12) + len(msdu).to_bytes(2, "big") + msdu
    aggregate = b"\x88" + ARUBA[1:24] + b"\x80\x00" + parts
    result = decode_frames(ether() / Dot1Q(vlan=3) / OUTER / GRE(proto=0x8200, key_present=1, key=6) / aggregate)
    assert result.all_ends()[1:] == [ENDS[4], ENDS[6], ENDS[4]]
    assert [result.tunnel(k) for k in range(4)] == ["", *[f"gre:6{PAIR}"] * 3]
    assert (result.decoded, result.counts) == (1, {})
    assert result.rows["depth"].tolist() == [0, 1, 1, 1]
    assert all(result.vlans(k) == [3] for k in range(4))
    assert all(result.payload(k) == b"data" for k in range(1, 4))


@pytest.mark.parametrize(
    ("what", "inside"),
    [("ARP", ether() / ARP()), ("LLDP", ether(type=0x88CC) / LLDPDU() / bytes(40))],
    ids=["ARP", "LLDP"],
)
def test_what_is_no_ip_inside_is_no_oddity(what: str, inside: Any) -> None:
    """The outer flow counts; ARP in a tunnel is normal."""
    result = decode_frames(ether() / OUTER / GRE(proto=0x6558) / inside)
    assert (len(result), result.counts) == (1, {})


@pytest.mark.parametrize(
    ("what", "packet"),
    [
        ("GRE", OUTER / GRE()),
        ("ERSPAN", OUTER / GRE(**ERSPAN) / ERSPAN_II(session_id=33) / ether()),
        ("GTP-U", OUTER / udp() / GTP_U_Header(teid=5)),
        ("VXLAN", OUTER / udp() / vxlan(42) / ether()),
        ("IP in IP", OUTER.copy()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_tunnel_in_fragments_shows_what_is_inside(what: str, packet: Any) -> None:
    """The first fragment of the outer packet has the inner header; the inner packet is as long as that says."""
    inner = IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1000, dport=80) / (b"x" * 1400)
    packets = fragment(packet / inner, 1200)
    assert len(packets) == 2
    result = decode(batch([bytes(ether() / part) for part in packets]), tie=True)
    assert result.counts == {}
    (inside,) = np.flatnonzero(result.rows["depth"] == 1).tolist()
    assert result.ends(inside) == ENDS[4]
    assert (result[inside]["ip_bytes"], result[inside]["payload_bytes"]) == (len(inner), 1400)
    assert result.payload(inside) == b"x" * len(result.payload(inside))


def test_thousand_nested_tunnels_are_followed_so_far_and_no_farther() -> None:
    """Depth is bounded, and giving up is an issue."""
    packet: Any = FOUR
    for _ in range(1000):
        packet = bytes(IP(src="10.1.0.1", dst="10.1.0.2", proto=4, len=20 + len(bytes(packet)))) + bytes(packet)
    result = decode_frames(packet, link_type=101)
    assert result.counts == {"tunnel_depth": 1}
    assert len(result) == 8


def test_an_icmp_error_inside_a_tunnel_marks_the_flow_inside() -> None:
    """The quoted header is in the tunnel that the error came through."""
    error = IP(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=3, code=3)
    quoted = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=7777)
    result = decode_frames(ether() / OUTER / GRE() / error / quoted)
    assert result.all_ends()[2] == "10.0.0.1:5 > 10.0.0.2:7777"
    assert result.rows["tunnel"][1] == result.rows["tunnel"][2] != 0
    assert result.rows["flags"][2] & HeaderFlag.QUOTED


def test_vlan_tags_of_the_inner_frame_follow_those_of_the_outer() -> None:
    """The stack goes on inside, so the innermost id is the inner frame's."""
    result = decode_frames(ether() / Dot1Q(vlan=3) / OUTER / udp() / vxlan(42) / ether() / Dot1Q(vlan=7) / FOUR)
    assert (result.vlans(0), result.vlans(1)) == ([3], [3, 7])


def test_tunnels_beyond_what_is_kept_have_no_name_but_a_flow() -> None:
    """Their number is bounded; a tunnel that is not written down is spelt with a question mark."""
    book = TunnelBook()
    assert book.text(0) == ""
    assert book.text(12345) == "?"
    assert MOST_TUNNELS * 200 < 100 << 20
    assert len(set(NAMES)) == len(NAMES)
