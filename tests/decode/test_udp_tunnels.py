"""Tunnels on UDP are known by what they carry, never by a port; test_tunnels.py has the table of all kinds."""

from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.packet import Raw

from tests.decode.decoding import decode_frames, ether
from tests.decode.test_tunnels import OUTER, PAIR, udp


@given(
    payload=st.binary(min_size=24, max_size=200), port=st.sampled_from([53, 500, 1701, 2152, 3544, 4341, 4789, 6081])
)
def test_random_datagrams_are_no_tunnels(payload: bytes, port: int) -> None:
    """Bytes of no meaning are not taken for a packet, whatever port they go to."""
    assert len(decode_frames(ether() / OUTER / udp(port) / Raw(payload))) == 1


def test_icmpv6_in_teredo_bears_itself_out() -> None:
    """A bubble or a ping has no checksum of the header's to ask; its message is."""
    ping = IPv6(src="2001:0:c000:201::1", dst="2001:db8::2") / ICMPv6EchoRequest(data=b"x" * 16)
    result = decode_frames(ether() / OUTER / udp() / ping)
    assert result.tunnel(1) == f"teredo{PAIR}"
