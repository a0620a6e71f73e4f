# ruff: noqa: E501  # a row is a line: the name of a harm beside its bytes
"""Inputs made to do harm, each by the name of the harm: what fuzzing finds is added here, so that it stays mended."""

import struct

import pytest

from tests.capture.writing import MODIFIED, block, enhanced, interface, option, pcap_header, pcap_record, section
from tests.decode.decoding import ether
from tests.decode.test_tunnels import FOUR, OUTER, udp
from tests.fuzz.guided import TARGETS

X = bytes.fromhex
ETHERNET, WIFI, RADIOTAP, PKTAP, NFLOG = 1, 105, 127, 258, 239
RESYNC = 4
IP_IN_IP = X("45000014 00000000 4004 0000 0a000001 0a000002")


def frame(link_type: int, body: bytes, missing: int = 0) -> bytes:
    """An input of the decoder's: link type, sixteenths of what was left out, frame."""
    return link_type.to_bytes(2, "big") + bytes([missing]) + body


def capture(body: bytes, flags: int = 0) -> bytes:
    """An input of the readers': flags, capture."""
    return bytes([flags]) + body


CRASHERS: list[tuple[str, str, bytes]] = [
    # the harm it is made to do, target, input
    ("an IPv4 header of no words", "decoder", frame(101, b"\x40" + bytes(39))),
    ("an IPv4 total length of 65535 in 20 bytes", "decoder", frame(101, X("4500ffff") + bytes(16))),
    ("IPv6 extension headers without end", "decoder", frame(101, X("60000000 0fa0 3c40") + bytes(32) + X("3c00" + "00" * 6) * 500)),
    ("an authentication header past the packet", "decoder", frame(101, X("45000020 00000000 4033 0000" + "00" * 8 + "06ff" + "00" * 10))),
    ("a jumbogram of 4 GB", "decoder", frame(101, X("60000000 0000 0040") + bytes(32) + X("0600 c204 ffffffff"))),
    ("routing header addresses past the packet", "decoder", frame(101, X("60000000 0008 2b40") + bytes(32) + X("06ff 00ff 00000000"))),
    ("300 tunnels in each other", "decoder", frame(101, IP_IN_IP * 300)),
    ("an aggregate of empty packets", "decoder", frame(WIFI, X("8800") + bytes(22) + X("8000") + bytes(14) * 400)),
    ("an aggregate whose packets are longer than it", "decoder", frame(WIFI, X("8800") + bytes(22) + X("8000") + (bytes(12) + b"\xff\xff") * 9)),
    ("radiotap's words of presence without end", "decoder", frame(RADIOTAP, X("0000ff00") + X("000000a0") * 63)),
    ("an inner link type that is negative", "decoder", frame(PKTAP, struct.pack("<III", 12, 1, 0xFFFFFFFF) + bytes(40))),
    ("a tap in a tap", "decoder", frame(PKTAP, struct.pack("<III", 12, 1, 258) * 20)),
    ("netlink attributes of length 4 for ever", "decoder", frame(NFLOG, bytes(4) + X("04000100") * 400)),
    ("a GRE source route without end", "decoder", frame(ETHERNET, bytes(ether() / OUTER.copy() / b"")[:23] + b"\x2f" + bytes(10) + X("40000800 00000000") + X("00000001 00") * 200)),
    ("a service header as long as can be", "decoder", frame(ETHERNET, bytes(ether() / OUTER / udp() / X("0c000004 00000000 003f0101 00000000")) + bytes(FOUR))),
    ("ERSPAN III cut before its subheader", "decoder", frame(ETHERNET, bytes(ether(type=0x22EB)) + X("2000 0000 00000000 0000 0001"))),
    ("an SCTP chunk of length 4 for ever", "decoder", frame(101, X("45000fa0 00000000 4084 0000") + bytes(8) + bytes(12) + X("05000004") * 800)),
    ("a record of 4 GB", "readers", capture(pcap_header("<") + struct.pack("<IIII", 0, 0, 0xFFFFFFFF, 0xFFFFFFFF) + bytes(64))),
    ("a record of 4 GB, to be passed over", "readers", capture(pcap_header("<") + struct.pack("<IIII", 0, 0, 0xFFFFFFFF, 0) + pcap_record("<", bytes(64)) * 9, RESYNC)),
    ("modified pcap that ends in its longer header", "readers", capture(pcap_header("<", magic=MODIFIED) + bytes(20))),
    ("a block of 2 GB", "readers", capture(section("<") + struct.pack("<II", 0x77, 1 << 31) + bytes(64))),
    ("a block of 4 GB less one", "readers", capture(section(">") + struct.pack(">II", 6, 0xFFFFFFFF) + bytes(64), RESYNC)),
    ("a block length of 0", "readers", capture(section("<") + bytes(64))),
    ("captured bytes past their block", "readers", capture(section("<") + interface("<") + block("<", 6, struct.pack("<IIIII", 0, 0, 0, 0xFFFFFFF0, 0) + bytes(8)))),
    ("an option past its block", "readers", capture(section("<") + interface("<", options=X("0900ffff 00000000")))),
    ("a clock of 2^-127 seconds", "readers", capture(section("<") + interface("<", options=option("<", 9, b"\xff")) + enhanced("<", b"x", 2**63 - 1))),
    ("a clock of 10^-127 seconds", "readers", capture(section(">") + interface(">", options=option(">", 9, b"\x7f")) + enhanced(">", b"x", 2**64 - 1))),
    ("an offset of 2^63 seconds", "readers", capture(section("<") + interface("<", options=option("<", 14, b"\xff" * 7 + b"\x7f")) + enhanced("<", b"x", 0))),
]  # fmt: skip


@pytest.mark.parametrize(("what", "target", "data"), CRASHERS, ids=[row[0] for row in CRASHERS])
def test_no_harm_is_done(what: str, target: str, data: bytes) -> None:
    """It is decoded, read or refused in words, and what the target asserts of any input holds."""
    TARGETS[target](data)
