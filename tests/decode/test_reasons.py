"""Every reason to stop and every oddity, each reached by a frame that a reader can check."""

from typing import Any

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment
from scapy.layers.l2 import ARP, LLC, SNAP, STP
from scapy.packet import Raw

from annotator.decode import reasons
from annotator.model import NO_TIME, StopClass
from tests.decode.decoding import batch, decode, decode_frames, decode_prefixes, dot3, ether

DATAGRAM = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
WIFI = bytes.fromhex("0800 0000 ffffffffffff 020000000001 020000000002 0000")  # data, no flags, sequence 0
SNAP_IP = bytes.fromhex("aaaa03 000000 0800")


def nested(depth: int) -> Any:
    """IP in IP, as deep as is asked."""
    packet = DATAGRAM
    for _ in range(depth):
        packet = IP(src="10.1.0.1", dst="10.1.0.2") / packet
    return ether() / packet


MSDU = bytes(12) + (8 + len(DATAGRAM)).to_bytes(2, "big") + bytes.fromhex("aaaa03 000000 0800") + bytes(DATAGRAM)
"""Two addresses, a length, LLC, and a packet."""
AGGREGATE = bytes.fromhex("8800") + bytes(22) + bytes.fromhex("8000") + (MSDU + bytes(-len(MSDU) % 4)) * 200
"""An 802.11 QoS data frame that holds more than any real one."""

CASES: dict[str, tuple[int, Any]] = {
    # reason: (link type, frame)
    "arp": (1, ether() / ARP()),
    "llc": (1, dot3() / LLC() / STP()),
    "ethertype": (1, ether(type=0x88CC) / b"LLDP"),
    "link_control": (9, bytes.fromhex("ff03 c021 01010004")),  # PPP: LCP configure request
    "link_not_ip": (189, bytes(48)),  # USB
    "wifi_aggregate": (105, AGGREGATE),
    "link_type": (147, bytes(48)),  # LINKTYPE_USER0
    "link_family": (0, bytes.fromhex("63000000") + bytes(DATAGRAM)),  # BSD null: family 99
    "encapsulation": (1, ether(type=0x8847) / bytes.fromhex("00064140 1f")),  # MPLS, bottom; what follows is unknown
    "compressed": (9, bytes.fromhex("ff03 002d") + bytes(40)),  # PPP: Van Jacobson's compression
    "wifi_fragment": (105, WIFI[:22] + b"\x01\x00" + SNAP_IP + bytes(DATAGRAM)),  # fragment number 1
    "macsec": (1, ether(type=0x88E5) / bytes.fromhex("0c 00 00000001") / bytes(40)),  # E and C bits
    "wifi_protected": (105, WIFI[:1] + b"\x40" + WIFI[2:] + bytes(40)),
    "ppp_encrypted": (9, bytes.fromhex("ff03 0053") + bytes(40)),
    "link_truncated": (1, bytes(13)),
    "bad_fcs": (127, bytes.fromhex("0000 0900 02000000 40") + WIFI + SNAP_IP + bytes(DATAGRAM)),  # radiotap flags 0x40
    "ip_truncated": (1, bytes(ether() / DATAGRAM)[: 14 + 19]),
    "ip_version": (1, ether(type=0x0800) / b"\x65" / bytes(39)),
    "ip_header_length": (1, ether(type=0x0800) / b"\x44" / bytes(39)),
    "ip_length": (1, ether() / IP(len=19) / UDP()),
    "undescribed": (0xFFFF, ether() / DATAGRAM),  # what the pcapng reader gives
    "ip_length_over_frame": (1, ether() / IP(len=1000) / UDP()),
    "transport_truncated": (1, ether() / IP(proto=6, len=24) / b"\x00\x50\x00\x51"),
    "extension_truncated": (1, ether() / IPv6(nh=60) / b"\x11\x05" / bytes(6)),  # 48 bytes of options, 8 are there
    "tcp_header_length": (1, ether() / IP() / TCP(dataofs=4)),
    "udp_length": (1, ether() / IP() / UDP(len=7) / b"1234"),
    "tiny_fragment": (1, ether() / IP(flags="MF", proto=6) / bytes(TCP())[:8]),
    "fragment_orphan": (1, ether() / IP(frag=10, proto=17) / bytes(16)),
    "esp": (1, ether() / IP(proto=50) / bytes(40)),
    "tunnel_inner": (1, ether() / IP(proto=4) / b"\x44" / bytes(39)),
    "tunnel_depth": (1, nested(12)),
    "link_protected": (230, bytes.fromhex("0908 01 cdab ffff 3412") + bytes(20)),  # 802.15.4 data, the security bit
    "by_scapy": (23, ether() / DATAGRAM),  # a number of Linux's for a device that looks like Ethernet
}


@pytest.mark.parametrize("name", CASES)
def test_each_reason_is_reached(name: str) -> None:
    """The frame is counted under the reason, stopped if that is a stop, decoded if it is an oddity."""
    link_type, frame = CASES[name]
    result = decode_frames(frame, link_type=link_type, tie=True)
    assert result.counts == {name: 1}
    assert result.first_frames == {name: 1}
    stop = next(reason.stop for reason in reasons.TABLE.values() if reason.name == name)
    assert result.decoded == (1 if stop is None else 0)
    assert (len(result) > 0) == (stop is None)


def test_reasons_of_the_record() -> None:
    """What the capture's record says is odd: no time, more bytes stored than sent, fewer stored than sent."""
    frame = bytes(ether() / DATAGRAM)
    result = decode(batch([frame] * 4, wires=[len(frame), 1, 9999, len(frame)], times=[NO_TIME, 0, 0, 0]))
    assert result.counts == {"no_time": 1, "caplen_over_origlen": 1, "snap_cut": 1}
    assert result.first_frames == {"no_time": 1, "caplen_over_origlen": 2, "snap_cut": 3}
    assert result.decoded == 4
    assert result.rows["frame_bytes"].tolist() == [len(frame), len(frame), 9999, len(frame)]


def test_every_reason_has_a_case() -> None:
    """A reason that nothing reaches is dead, and one that nobody tested is a surprise."""
    elsewhere = {"no_time", "caplen_over_origlen", "snap_cut"}
    elsewhere |= {"fragment_overlap", "scapy_failed"}  # in test_fragments.py, test_by_scapy.py
    assert {reason.name for reason in reasons.TABLE.values()} == CASES.keys() | elsewhere


def test_the_table_is_complete() -> None:
    """Codes count from 1 without a gap, names are unique, and STOP_CLASS says the same."""
    assert sorted(reasons.TABLE) == list(range(1, reasons.REASONS_END))
    assert len({reason.name for reason in reasons.TABLE.values()}) == len(reasons.TABLE)
    for code, reason in reasons.TABLE.items():
        assert reasons.STOP_CLASS[code] == (-1 if reason.stop is None else reason.stop)
    assert reasons.STOP_CLASS[reasons.NONE] == -1
    assert set(StopClass) == {reason.stop for reason in reasons.TABLE.values() if reason.stop is not None}


PATH: dict[str, Any] = {"src": "2001:db8::1", "dst": "2001:db8::2"}


@pytest.mark.parametrize(
    "frame",
    [
        ether() / IP(src="10.0.0.1") / TCP() / Raw(b"x" * 40),
        ether() / IPv6(**PATH) / IPv6ExtHdrDestOpt() / UDP() / Raw(b"x" * 40),
        ether() / IPv6(**PATH) / IPv6ExtHdrFragment(m=1) / UDP() / Raw(b"x" * 40),
        dot3() / LLC() / SNAP(code=0x0800) / IP(src="10.0.0.1") / UDP() / Raw(b"x" * 40),
    ],
    ids=["tcp", "options", "fragment", "snap"],
)
def test_a_cut_frame_is_truncated_or_decoded(frame: Any) -> None:
    """Wherever the snap length cuts, the packet is decoded as far as it goes, or stopped as truncated."""
    result = decode_prefixes(frame)
    truncated = {"link_truncated", "ip_truncated", "extension_truncated", "transport_truncated", "llc"}
    assert result.counts.keys() <= {"snap_cut"} | truncated
    assert result.counts["snap_cut"] == result.packets
    assert result.decoded > 40
