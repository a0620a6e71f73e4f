"""IPv4 and IPv6 headers: options, extension headers, lengths, and what they say of fragments."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP, IPOption_Router_Alert
from scapy.layers.inet6 import (
    HAO,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    IPv6ExtHdrSegmentRouting,
    Jumbo,
    Pad1,
    PadN,
    RouterAlert,
)
from scapy.layers.ipsec import AH

from annotator.model import HeaderFlag
from tests.decode.decoding import batch, decode, decode_frames, ether

V4: dict[str, Any] = {"src": "10.0.0.1", "dst": "10.0.0.2"}
V6: dict[str, Any] = {"src": "2001:db8::1", "dst": "2001:db8::2"}
DATAGRAM = UDP(sport=1000, dport=53, chksum=0) / b"question"
ENDS4, ENDS6 = "10.0.0.1:1000 > 10.0.0.2:53", "2001:db8::1:1000 > 2001:db8::2:53"
ROUTE = ["2001:db8::a", "2001:db8::b"]

CASES: list[tuple[str, Any, str]] = [
    ("plain", IP(**V4) / DATAGRAM, ENDS4),
    ("with options", IP(**V4, options=[IPOption_Router_Alert()]) / DATAGRAM, ENDS4),
    ("with the most options", IP(**V4, options=[b"\x01" * 40]) / DATAGRAM, ENDS4),
    ("an authentication header", IP(**V4) / AH(nh=17, payloadlen=4, icv=b"i" * 12) / DATAGRAM, ENDS4),
    ("plain", IPv6(**V6) / DATAGRAM, ENDS6),
    ("hop-by-hop options", IPv6(**V6) / IPv6ExtHdrHopByHop(options=[RouterAlert()]) / DATAGRAM, ENDS6),
    ("destination options", IPv6(**V6) / IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 12)]) / DATAGRAM, ENDS6),
    ("an authentication header", IPv6(**V6) / AH(nh=17, payloadlen=4, icv=b"i" * 12) / DATAGRAM, ENDS6),
    (
        "every kind in order",
        IPv6(**V6)
        / IPv6ExtHdrHopByHop(options=[Pad1(), PadN(optdata=b"\0" * 3)])
        / IPv6ExtHdrDestOpt()
        / IPv6ExtHdrRouting(segleft=0, addresses=ROUTE)
        / IPv6ExtHdrFragment(offset=0, m=0)
        / AH(nh=60, payloadlen=4, icv=b"i" * 12)
        / IPv6ExtHdrDestOpt()
        / DATAGRAM,
        ENDS6,
    ),
    ("host identity", IPv6(**V6, nh=139) / bytes.fromhex("1100 000000000000") / DATAGRAM, ENDS6),
    ("shim6", IPv6(**V6, nh=140) / bytes.fromhex("1100 000000000000") / DATAGRAM, ENDS6),
    (
        "routing type 0 on its way",
        IPv6(**V6) / IPv6ExtHdrRouting(type=0, segleft=1, addresses=ROUTE) / DATAGRAM,
        "2001:db8::1:1000 > 2001:db8::b:53",
    ),
    (
        "routing type 2, to a mobile node's home",
        IPv6(**V6) / IPv6ExtHdrRouting(type=2, segleft=1, addresses=["2001:db8::a"]) / DATAGRAM,
        "2001:db8::1:1000 > 2001:db8::a:53",
    ),
    (
        "segment routing",
        IPv6(**V6) / IPv6ExtHdrSegmentRouting(segleft=1, lastentry=1, addresses=ROUTE) / DATAGRAM,
        "2001:db8::1:1000 > 2001:db8::a:53",
    ),
    (
        "a home address",
        IPv6(**V6) / IPv6ExtHdrDestOpt(options=[HAO(hoa="2001:db8::cafe")]) / DATAGRAM,
        "2001:db8::cafe:1000 > 2001:db8::2:53",
    ),
]


@pytest.mark.parametrize(("what", "packet", "ends"), CASES, ids=[f"{c[0]}, IPv{c[1].version}" for c in CASES])
def test_headers_and_what_follows_them(what: str, packet: Any, ends: str) -> None:
    """The transport is found behind whatever stands before it; octets are counted from the IP header on."""
    result = decode_frames(ether() / packet)
    assert result.counts == {}
    assert result.all_ends() == [ends]
    assert result.payload() == b"question"
    assert result[0]["ip_bytes"] == len(packet)
    assert result[0]["frame_bytes"] == len(packet) + 14
    assert result[0]["payload_bytes"] == 8
    assert result[0]["flags"] & HeaderFlag.OUTERMOST


def test_padding_of_the_frame_is_no_payload() -> None:
    """Ethernet's padding to 60 bytes is in the frame's length, and in no other."""
    frame = bytes(ether() / IP(**V4) / UDP(sport=1, dport=2) / b"x").ljust(60, b"\0")
    result = decode_frames(frame)
    assert result.payload() == b"x"
    assert (result[0]["ip_bytes"], result[0]["frame_bytes"], result[0]["payload_bytes"]) == (29, 60, 1)


@pytest.mark.parametrize(
    ("what", "packet"),
    [
        ("IPv4 total length 0", IP(**V4, len=0) / UDP(sport=1, dport=2, len=0) / (b"x" * 3000)),
        ("IPv6 payload length 0", IPv6(**V6, plen=0) / TCP(sport=1, dport=2) / (b"x" * 3000)),
        (
            "a jumbogram",
            IPv6(**V6, plen=0)
            / IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=8 + 8 + 70_000)])
            / UDP(sport=1, dport=2, len=0, chksum=0)
            / (b"x" * 70_000),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_lengths_that_the_header_leaves_open(what: str, packet: Any) -> None:
    """Segmentation offload writes 0 and means the frame; a jumbogram says its length in an option."""
    result = decode_frames(ether() / packet)
    assert result.counts == {}
    assert result[0]["ip_bytes"] == len(packet)
    assert result.payload() == bytes(packet.lastlayer())


def test_a_jumbograms_length_is_believed_only_as_far_as_the_frame() -> None:
    """A jumbo option that claims more than the frame holds is clamped, and is an issue."""
    packet = IPv6(**V6, plen=0) / IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=2**32 - 1)]) / DATAGRAM
    result = decode_frames(ether() / packet)
    assert result.counts == {"ip_length_over_frame": 1}
    assert result[0]["ip_bytes"] == len(packet)


def test_a_cut_snap_length_leaves_the_lengths_as_they_were() -> None:
    """Octets and payload are those of the wire; only the stored payload is short."""
    packet = IP(**V4) / UDP(sport=1, dport=2) / (b"x" * 1000)
    whole = bytes(ether() / packet)
    result = decode(batch([whole[:64]], wires=[len(whole)]))
    assert result.counts == {"snap_cut": 1}
    assert (result[0]["ip_bytes"], result[0]["payload_bytes"]) == (1028, 1000)
    assert result.payload() == b"x" * 22


def test_no_next_header_ends_the_chain() -> None:
    """Protocol 59 is a flow without ports and without payload (RFC 8200 section 4.7)."""
    result = decode_frames(ether() / IPv6(**V6, nh=59))
    assert (result.all_ends(), result[0]["proto"], result[0]["ip_bytes"]) == (["2001:db8::1 > 2001:db8::2"], 59, 40)


def test_an_empty_payload_of_another_protocol_is_empty() -> None:
    """Only TCP and UDP are offloaded: a length of 0 of anything else is 0, whatever padding follows."""
    result = decode_frames(bytes(ether() / IPv6(**V6, nh=99, plen=0)) + b"pad")
    assert (result[0]["ip_bytes"], result[0]["payload_bytes"]) == (40, 0)


@pytest.mark.parametrize("count", [63, 64, 65, 180])
def test_long_chains_of_extension_headers_end(count: int) -> None:
    """A chain longer than any honest one is followed so far and no farther; the packet is still a flow."""
    chain = bytes.fromhex("3c00 000000000000") * (count - 1) + bytes.fromhex("1100 000000000000")
    result = decode_frames(ether() / IPv6(**V6, nh=60) / (chain + bytes(DATAGRAM)))
    assert len(result) == 1
    assert result[0]["proto"] == (17 if count <= 64 else 60)


FRAGMENTS: list[tuple[str, Any, int, int]] = [
    # what it is, packet, kind, offset
    ("whole", IP(**V4, flags="DF") / DATAGRAM, 0, 0),
    ("first", IP(**V4, flags="MF") / DATAGRAM, HeaderFlag.FRAGMENT_FIRST, 0),
    ("later", IP(**V4, flags="MF", frag=185, proto=17) / b"rest", HeaderFlag.FRAGMENT_LATER, 1480),
    ("last", IP(**V4, frag=8191, proto=17) / b"rest", HeaderFlag.FRAGMENT_LATER, 65528),
    ("atomic", IPv6(**V6) / IPv6ExtHdrFragment() / DATAGRAM, 0, 0),
    ("first", IPv6(**V6) / IPv6ExtHdrFragment(m=1) / DATAGRAM, HeaderFlag.FRAGMENT_FIRST, 0),
    ("later", IPv6(**V6) / IPv6ExtHdrFragment(nh=17, m=1, offset=185) / b"rest", HeaderFlag.FRAGMENT_LATER, 1480),
]


@pytest.mark.parametrize(
    ("what", "packet", "kind", "offset"), FRAGMENTS, ids=[f"{c[0]}, IPv{c[1].version}" for c in FRAGMENTS]
)
def test_fragments_are_told_apart(what: str, packet: Any, kind: int, offset: int) -> None:
    """Whole, first and later ones; a later one has no ports, whatever its bytes look like."""
    result = decode_frames(ether() / packet)
    row = result[0]
    assert row["flags"] & (HeaderFlag.FRAGMENT_FIRST | HeaderFlag.FRAGMENT_LATER) == kind
    assert row["fragment_offset"] == offset
    assert bool(row["flags"] & HeaderFlag.PORTS) == (kind != HeaderFlag.FRAGMENT_LATER)


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("10.0.0.2", False),
        ("223.255.255.255", False),
        ("224.0.0.1", True),
        ("239.255.255.255", True),
        ("240.0.0.1", False),
        ("255.255.255.255", True),
        ("ff02::1", True),
        ("fe80::1", False),
    ],
)
def test_groups(address: str, group: bool) -> None:
    """Multicast and limited broadcast are nobody in particular."""
    packet = IPv6(dst=address) / DATAGRAM if ":" in address else IP(dst=address) / DATAGRAM
    assert bool(decode_frames(ether() / packet)[0]["flags"] & HeaderFlag.GROUP) == group


@given(
    head=st.sampled_from([bytes(IP(**V4) / ICMP()), bytes(IPv6(**V6) / IPv6ExtHdrDestOpt() / DATAGRAM)]),
    changes=st.lists(st.tuples(st.integers(0, 59), st.integers(0, 255)), max_size=6),
    length=st.integers(0, 80),
)
def test_any_bytes_are_decoded_or_stopped(head: bytes, changes: list[tuple[int, int]], length: int) -> None:
    """Whatever a header claims, rows stay within the frame and counts add up."""
    frame = bytearray(head.ljust(80, b"\0")[:length])
    for at, value in changes:
        if at < len(frame):
            frame[at] = value
    result = decode(batch([bytes(frame)], 101))
    for k in range(len(result)):
        row = result[k]
        assert row["ip_bytes"] <= max(len(frame), 1)
        assert row["payload_caplen"] <= row["payload_bytes"] <= row["ip_bytes"] or row["flags"] & HeaderFlag.QUOTED
        end = int(row["payload_offset"]) + int(row["payload_caplen"])
        assert end <= int(result.made.offset[0]) + len(frame) or row["payload_caplen"] == 0
