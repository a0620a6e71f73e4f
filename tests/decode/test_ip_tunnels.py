"""Tunnels straight in IP, field by field; test_tunnels.py has the table of all kinds."""

import pytest
from scapy.layers.inet import IP
from scapy.layers.l2 import GRE

from tests.decode.decoding import decode_frames, ether
from tests.decode.test_tunnels import ENDS, FOUR, OUTER, PAIR


@pytest.mark.parametrize("sub", [0, 1], ids=["bare", "with a platform's subheader"])
def test_erspan_type_iii_carries_ip_where_it_says_so(sub: int) -> None:
    """The frame type stands in bits 1 to 5 of the last half word, behind P: 2 is IP without Ethernet."""
    word = 2 << 10 | 0x3F << 4 | 3 << 1 | sub  # frame type, hardware id, granularity, O
    header = bytes.fromhex("2000 0022 00000000 0000") + word.to_bytes(2, "big") + bytes(8 * sub)
    result = decode_frames(ether() / OUTER / GRE(proto=0x22EB, seqnum_present=1) / header / FOUR)
    assert (result.ends(1), result.tunnel(1)) == (ENDS[4], f"erspan:34{PAIR}")


@pytest.mark.parametrize(("routed", "name"), [(b"", ""), (b"\0\x01\0\x04\x0a\0\0\x01", f"gre{PAIR}")])
def test_gre_steps_over_a_source_route(routed: bytes, name: str) -> None:
    """RFC 1701: entries of an address family, offset and length, up to one of length 0; a route without end is none."""
    header = b"\x40\0\x08\0" + bytes(4) + routed + (bytes(4) if routed else b"\0\x01\0\xff")
    result = decode_frames(ether() / IP(src=OUTER.src, dst=OUTER.dst, proto=47) / header / FOUR)
    assert (result.tunnel(len(result) - 1), len(result)) == (name, 2 if name else 1)
