"""Transport headers: ports, flags, signals, and where the payload is."""

from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP, ICMPerror, IPerror, TCPerror, UDPerror
from scapy.layers.inet6 import ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6ND_NS, IPerror6, IPv6
from scapy.layers.sctp import (
    SCTP,
    SCTPChunkAbort,
    SCTPChunkCookieEcho,
    SCTPChunkData,
    SCTPChunkHeartbeatReq,
    SCTPChunkInit,
    SCTPChunkInitAck,
    SCTPChunkSACK,
    SCTPChunkShutdown,
    SCTPChunkShutdownComplete,
)

from annotator.model import DCCP, UDPLITE, HeaderFlag, Signal
from tests.decode.decoding import Decoded, decode_frames, ether

V4: dict[str, Any] = {"src": "10.0.0.1", "dst": "10.0.0.2"}
V6: dict[str, Any] = {"src": "2001:db8::1", "dst": "2001:db8::2"}


def four(payload: Any, **fields: Any) -> Decoded:
    """Decode `payload` in IPv4 in Ethernet."""
    return decode_frames(ether() / IP(**V4, **fields) / payload)


@pytest.mark.parametrize(
    ("letters", "bits", "signal"),
    [
        ("S", 2, Signal.OPEN),
        ("SEC", 2 | 64 | 128, Signal.OPEN),
        ("SA", 18, Signal.ACCEPT | Signal.ACK),
        ("A", 16, Signal.ACK),
        ("PA", 24, Signal.ACK),
        ("FA", 17, Signal.FIN | Signal.ACK),
        ("F", 1, Signal.FIN),
        ("R", 4, Signal.RST),
        ("RA", 20, Signal.RST),
        ("SR", 6, Signal.RST),
        ("NA", 256 | 16, Signal.ACK),
        ("", 0, 0),
    ],
)
def test_tcp_flags_and_what_they_mean(letters: str, bits: int, signal: int) -> None:
    """All nine bits are kept; signals say what they mean for the life of a flow (RFC 9293, 9768)."""
    result = four(TCP(sport=1000, dport=80, flags=letters, seq=7, ack=2**32 - 1) / b"data")
    row = result[0]
    assert result.ends() == "10.0.0.1:1000 > 10.0.0.2:80"
    assert (row["tcp_flags"], row["signal"]) == (bits, signal)
    assert (row["seq"], row["ack"]) == (7, 2**32 - 1)
    assert result.payload() == b"data"


def test_tcp_options_are_no_payload() -> None:
    """The data offset says where the payload starts."""
    assert four(TCP(options=[("MSS", 1460), ("Timestamp", (1, 2))]) / b"data").payload() == b"data"


@pytest.mark.parametrize(
    ("what", "segment", "counts", "payload"),
    [
        ("a data offset below the header", TCP(dataofs=4) / b"data", {"tcp_header_length": 1}, b""),
        ("a data offset past the segment", TCP(dataofs=15) / b"data", {"transport_truncated": 1}, b""),
        ("19 bytes", bytes(TCP())[:19], {"transport_truncated": 1}, b""),
        ("four bytes: ports only", bytes(TCP(sport=20, dport=80))[:4], {"transport_truncated": 1}, b""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tcp_headers_that_are_not_whole(what: str, segment: Any, counts: dict[str, int], payload: bytes) -> None:
    """What is there is used: four bytes have ports."""
    result = four(segment, proto=6)
    assert result.counts == counts
    assert result.ends() == "10.0.0.1:20 > 10.0.0.2:80"
    assert result.payload() == payload


def test_less_than_four_bytes_have_no_ports() -> None:
    """Three bytes are not enough for two ports: the flow has none."""
    for proto in (6, 17, 132, 33, 136):
        result = four(b"\x01\x02\x03", proto=proto)
        assert result.ends() == "10.0.0.1 > 10.0.0.2"
        assert result.counts == {"transport_truncated": 1}


@pytest.mark.parametrize(
    ("what", "length", "counts", "payload"),
    [
        ("right", 8 + 8, {}, b"question"),
        ("shorter than the IP payload: the rest is no payload", 8 + 4, {}, b"ques"),
        ("zero: offloaded, or a jumbogram", 0, {}, b"question"),
        ("below the header", 7, {"udp_length": 1}, b"question"),
        ("past the IP payload", 100, {"udp_length": 1}, b"question"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_udp_lengths(what: str, length: int, counts: dict[str, int], payload: bytes) -> None:
    """UDP's own length bounds the payload where it makes sense."""
    result = four(UDP(sport=1000, dport=53, len=length) / b"question")
    assert result.counts == counts
    assert result.payload() == payload
    assert result[0]["payload_bytes"] == len(payload)


def test_udp_lite_has_its_coverage_where_udp_has_its_length() -> None:
    """A coverage of 8 is no length (RFC 3828 section 3.1)."""
    result = four(UDP(sport=1000, dport=53, len=8) / b"question", proto=UDPLITE)
    assert (result.payload(), result.counts) == (b"question", {})


@pytest.mark.parametrize(
    ("what", "chunks", "signal", "seq", "payload_bytes"),
    [
        ("INIT", SCTPChunkInit(init_tag=77), Signal.OPEN, 77, 0),
        ("INIT ACK", SCTPChunkInitAck(init_tag=5), Signal.ACCEPT, 0, 0),
        ("COOKIE ECHO with data", SCTPChunkCookieEcho(cookie=b"c" * 8) / SCTPChunkData(data=b"12345678"), 0, 0, 8),
        ("one chunk of data", SCTPChunkData(data=b"12345"), 0, 0, 5),
        ("two chunks of data", SCTPChunkData(data=b"1234") / SCTPChunkData(data=b"567890"), 0, 0, 10),
        ("data behind a SACK", SCTPChunkSACK() / SCTPChunkData(data=b"1234"), 0, 0, 4),
        ("a heartbeat is no payload", SCTPChunkHeartbeatReq(), 0, 0, 0),
        ("ABORT", SCTPChunkAbort(), Signal.RST, 0, 0),
        ("SHUTDOWN", SCTPChunkShutdown(), Signal.FIN, 0, 0),
        ("SHUTDOWN COMPLETE", SCTPChunkShutdownComplete(), Signal.FIN, 0, 0),
        ("no chunk", b"", 0, 0, 0),
        ("a chunk of length 0", b"\0\0\0\0" * 4, 0, 0, 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_sctp_chunks(what: str, chunks: Any, signal: int, seq: int, payload_bytes: int) -> None:
    """Signals of every chunk, the initiate tag, and user data alone as payload."""
    result = four(SCTP(sport=1000, dport=38412) / chunks)
    row = result[0]
    assert result.ends() == "10.0.0.1:1000 > 10.0.0.2:38412"
    assert (row["signal"], row["seq"], row["payload_bytes"]) == (signal, seq, payload_bytes)
    if payload_bytes in (4, 5):
        assert result.payload() == b"12345"[:payload_bytes]


def dccp(kind: int, extended: bool, rest: bytes) -> bytes:
    """A DCCP header (RFC 4340 section 5.1): ports, data offset in words, coverage, checksum, type, sequence number."""
    head = 16 if extended else 12
    words = (head + len(rest)) // 4
    first = bytes.fromhex("03e8 1389") + bytes([words, 0, 0, 0, kind << 1 | extended])
    return first + (bytes(7) if extended else bytes(3)) + rest


@pytest.mark.parametrize(
    ("what", "header", "signal"),
    [
        ("Request", dccp(0, True, bytes(4)), Signal.OPEN),
        ("Response", dccp(1, True, bytes(12)), Signal.ACCEPT),
        ("Data", dccp(2, False, b""), 0),
        ("CloseReq", dccp(5, True, bytes(8)), Signal.FIN),
        ("Close", dccp(6, True, bytes(8)), Signal.FIN),
        ("Reset, closed", dccp(7, True, bytes(8) + b"\x01\0\0\0"), Signal.FIN),
        ("Reset, connection refused", dccp(7, True, bytes(8) + b"\x03\0\0\0"), Signal.RST),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_dccp_types(what: str, header: bytes, signal: int) -> None:
    """Ports, what each type means, and the payload behind the data offset."""
    result = four(header + b"data", proto=DCCP)
    assert result.ends() == "10.0.0.1:1000 > 10.0.0.2:5001"
    assert result[0]["signal"] == signal
    assert result.payload() == b"data"


def test_icmp_has_type_and_code_where_ports_stand() -> None:
    """Requests are marked as such in both versions; the payload is behind the first eight bytes."""
    result = decode_frames(
        ether() / IP(**V4) / ICMP(type=8, code=0) / b"ping",
        ether() / IP(**V4) / ICMP(type=0) / b"pong",
        ether() / IP(**V4) / ICMP(type=11, code=1),
        ether() / IPv6(**V6) / ICMPv6EchoRequest(data=b"ping"),
        ether() / IPv6(**V6) / ICMPv6EchoReply(data=b"pong"),
        ether() / IPv6(**V6) / ICMPv6ND_NS(),
    )
    assert list(zip(result.rows["sport"].tolist(), result.rows["dport"].tolist(), strict=True)) == [
        (8, 0),
        (0, 0),
        (11, 1),
        (128, 0),
        (129, 0),
        (135, 0),
    ]
    asks = (result.rows["signal"] & Signal.REQUEST != 0).tolist()
    assert asks == [True, False, False, True, False, True]
    assert [result.payload(k) for k in (0, 1, 3, 4)] == [b"ping", b"pong", b"ping", b"pong"]


QUOTES: list[tuple[str, Any, int]] = [
    ("port unreachable", IP(**V4) / ICMP(type=3, code=3), Signal.UNREACHABLE),
    ("protocol unreachable", IP(**V4) / ICMP(type=3, code=2), Signal.UNREACHABLE),
    ("network prohibited", IP(**V4) / ICMP(type=3, code=9), Signal.PROHIBITED),
    ("host prohibited", IP(**V4) / ICMP(type=3, code=10), Signal.PROHIBITED),
    ("communication prohibited", IP(**V4) / ICMP(type=3, code=13), Signal.PROHIBITED),
    ("host unreachable", IP(**V4) / ICMP(type=3, code=1), 0),
    ("time exceeded", IP(**V4) / ICMP(type=11, code=0), 0),
    ("port unreachable", IPv6(**V6) / ICMPv6DestUnreach(code=4), Signal.UNREACHABLE),
    ("prohibited", IPv6(**V6) / ICMPv6DestUnreach(code=1), Signal.PROHIBITED),
    ("source address failed policy", IPv6(**V6) / ICMPv6DestUnreach(code=5), Signal.PROHIBITED),
    ("reject route", IPv6(**V6) / ICMPv6DestUnreach(code=6), Signal.PROHIBITED),
    ("no route", IPv6(**V6) / ICMPv6DestUnreach(code=0), 0),
]


@pytest.mark.parametrize(("what", "error", "signal"), QUOTES, ids=[f"{c[0]}, IPv{c[1].version}" for c in QUOTES])
def test_errors_mark_the_flow_that_they_quote(what: str, error: Any, signal: int) -> None:
    """An unreachable port and a prohibition give a second row with the quoted ends, that counts nothing."""
    six = error.version == 6
    quoted = (IPerror6(src="2001:db8::9", dst="2001:db8::1") if six else IPerror(src="10.0.0.9", dst="10.0.0.1")) / (
        UDPerror(sport=4000, dport=7777)
    )
    result = decode_frames(ether() / error / quoted)
    assert len(result) == (2 if signal else 1)
    if signal:
        row = result[1]
        assert result.ends(1) == ("2001:db8::9:4000 > 2001:db8::1:7777" if six else "10.0.0.9:4000 > 10.0.0.1:7777")
        assert row["flags"] == HeaderFlag.QUOTED | HeaderFlag.PORTS
        assert (row["signal"], row["proto"], row["ip_bytes"], row["frame_bytes"]) == (signal, 17, 0, 0)


@pytest.mark.parametrize(
    ("what", "quoted"),
    [
        ("a protocol without ports", IPerror(proto=47) / bytes(8)),
        ("an ICMP message", IPerror() / ICMPerror()),
        ("a later fragment", IPerror(frag=9, proto=17) / bytes(8)),
        ("too little of it", bytes(IPerror() / TCPerror())[:23]),
        ("no IP header", b"\x99" * 28),
        ("nothing", b""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_quotes_without_ports_mark_nothing(what: str, quoted: Any) -> None:
    """The error is a flow of its own, and no more."""
    assert len(decode_frames(ether() / IP(**V4) / ICMP(type=3, code=3) / quoted)) == 1


def test_protocols_without_ports_are_flows_of_addresses() -> None:
    """OSPF, VRRP and numbers that nobody assigned: no ports, all of it payload."""
    for proto in (89, 112, 253):
        result = four(b"twelve bytes", proto=proto)
        assert result.ends() == "10.0.0.1 > 10.0.0.2"
        assert (result[0]["proto"], result.payload()) == (proto, b"twelve bytes")
