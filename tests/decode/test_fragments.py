"""Later fragments get the ports of their first, in every setting that they come in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, fragment6
from scapy.layers.ipsec import AH
from scapy.layers.l2 import Dot1Q

from annotator.decode import Decoder, reasons
from annotator.decode.fragments import HELD, PROBES, SLOTS, TIMEOUT_NS, Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.model import HEADER, NO_TIME, HeaderFlag
from tests.decode.decoding import batch, decode, ether, fragments_among

V4: dict[str, Any] = {"src": "10.0.0.1", "dst": "10.0.0.2"}
V6: dict[str, Any] = {"src": "2001:db8::1", "dst": "2001:db8::2"}
ENDS4, ENDS6 = "10.0.0.1:1000 > 10.0.0.2:53", "2001:db8::1:1000 > 2001:db8::2:53"
BODY = b"x" * 3000


def pieces(header: Any, whole: bytes, sizes: Sequence[int], proto: int) -> list[Any]:
    """Cut the payload `whole` of an IPv4 `header` into fragments of the given sizes (multiples of 8) and the rest."""
    made, at = [], 0
    for size in [*sizes, len(whole)]:
        part = whole[at : at + size]
        last = at + size >= len(whole)
        made.append(header.copy() / part)
        made[-1].frag, made[-1].flags, made[-1].proto = at // 8, 0 if last else "MF", proto
        at += size
    return made


def six_pieces(next_header: int, whole: bytes, size: int) -> list[Any]:
    """Cut the fragmentable part `whole` of an IPv6 packet into two fragments."""
    return [
        IPv6(**V6) / IPv6ExtHdrFragment(nh=next_header, id=9, offset=0, m=1) / whole[:size],
        IPv6(**V6) / IPv6ExtHdrFragment(nh=next_header, id=9, offset=size // 8, m=0) / whole[size:],
    ]


DATAGRAM = UDP(sport=1000, dport=53, chksum=1) / BODY
WHOLE = bytes(UDP(sport=1000, dport=53, len=208, chksum=1)) + b"x" * 200
HEADED = bytes.fromhex("1100 010400000000")  # destination options with padding, UDP next
AUTHENTICATED = bytes(AH(nh=17, payloadlen=4, icv=b"i" * 12))

CASES: list[tuple[str, list[Any], str]] = [
    ("IPv4", fragment(IP(**V4, id=7) / DATAGRAM, 1000), ENDS4),
    ("IPv6", fragment6(IPv6(**V6) / IPv6ExtHdrFragment(id=9) / DATAGRAM, 1280), ENDS6),
    ("IPv4, an authentication header in front", pieces(IP(**V4, id=7), AUTHENTICATED + WHOLE, [64], 51), ENDS4),
    ("IPv6, an authentication header behind", six_pieces(51, AUTHENTICATED + WHOLE, 64), ENDS6),
    ("IPv6, destination options behind", six_pieces(60, HEADED + WHOLE, 64), ENDS6),
    (
        "IPv6, destination options in front",
        [
            IPv6(**V6) / IPv6ExtHdrDestOpt() / IPv6ExtHdrFragment(nh=17, id=9, m=1) / WHOLE[:64],
            IPv6(**V6) / IPv6ExtHdrDestOpt() / IPv6ExtHdrFragment(nh=17, id=9, offset=8) / WHOLE[64:],
        ],
        ENDS6,
    ),
]


@pytest.mark.parametrize(("what", "packets", "ends"), CASES, ids=[case[0] for case in CASES])
def test_every_fragment_has_the_ports_and_the_protocol(what: str, packets: list[Any], ends: str) -> None:
    """All rows of a datagram are of one flow, and their payload is all of its payload."""
    result = decode(batch([bytes(ether() / packet) for packet in packets]), tie=True)
    assert result.counts == {}
    assert result.all_ends() == [ends] * len(packets)
    assert (result.rows["proto"] == 17).all()
    later = (result.rows["flags"] & HeaderFlag.FRAGMENT_LATER) != 0
    assert later.tolist() == [False] + [True] * (len(packets) - 1)


def test_icmp_too() -> None:
    """A fragmented ping is one flow: type and code reach its later fragments."""
    packets = fragment(IP(**V4, id=7) / ICMP(type=8, code=0) / BODY, 1000)
    result = decode(batch([bytes(ether() / packet) for packet in packets]), tie=True)
    assert set(result.rows["sport"].tolist()) == {8}
    assert result.counts == {}


def frames_of(**fields: Any) -> list[bytes]:
    return [bytes(ether() / packet) for packet in fragment(IP(**V4, **fields) / DATAGRAM, 1000)]


@pytest.mark.parametrize(
    ("what", "later"),
    [
        ("another identification", frames_of(id=8)[1:]),
        ("another direction", [bytes(ether() / IP(src="10.0.0.2", dst="10.0.0.1", id=7, frag=9, proto=17) / b"rest")]),
        ("another protocol", [bytes(ether() / IP(**V4, id=7, frag=9, proto=6) / b"rest")]),
        ("another VLAN", [bytes(ether() / Dot1Q(vlan=5) / IP(**V4, id=7, frag=9, proto=17) / b"rest")]),
    ],
)
def test_other_datagrams_are_not_joined(what: str, later: list[bytes]) -> None:
    """A later fragment belongs to a first one of the same addresses, protocol, identification and VLAN only."""
    result = decode(batch([frames_of(id=7)[0], *later]), tie=True)
    assert result.counts == {"fragment_orphan": len(later)}
    assert result.first_frames == {"fragment_orphan": 2}


def test_datagrams_may_be_interleaved() -> None:
    """Fragments of several datagrams between the same hosts find their own."""
    frames = []
    for port in (53, 54, 55):
        packets = fragment(IP(**V4, id=port) / UDP(sport=1000, dport=port, chksum=1) / BODY, 1000)
        frames.append([bytes(ether() / packet) for packet in packets])
    mixed = [frame for turn in zip(*frames, strict=True) for frame in turn]
    result = decode(batch(mixed), tie=True)
    assert result.rows["dport"].tolist() == [53, 54, 55] * (len(mixed) // 3)


def test_a_first_fragment_far_back_is_forgotten() -> None:
    """After 60 seconds the identification is somebody else's (RFC 8200 section 4.5)."""
    frames = frames_of(id=7)
    for gap, orphans in ((TIMEOUT_NS, 0), (TIMEOUT_NS + 1, 1)):
        result = decode(batch(frames[:2], times=[0, gap]), tie=True)
        assert result.counts.get("fragment_orphan", 0) == orphans
    assert decode(batch(frames[:2], times=[NO_TIME, 0]), tie=True).counts == {"no_time": 1}


def tie(fragments: Fragments, rows: NDArray[np.void], counts: NDArray[np.int64]) -> NDArray[np.void]:
    """Tie the fragments among some rows."""
    return fragments.tie(rows, fragments_among(rows), counts)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 0, 2, 1]])
def test_the_decoder_says_which_rows_are_fragments(order: list[int]) -> None:
    """Their numbers among the rows of the part, whole packets between them left out."""
    whole = bytes(ether() / IP(**V4) / UDP(sport=1000, dport=53) / b"x")
    frames = frames_of(id=7)
    decoder = Decoder(TunnelBook())
    for rows in decoder.decode(batch([whole, *(one for number in order for one in (frames[number], whole))])):
        assert decoder.fragments.tolist() == fragments_among(rows).tolist() == [1, 3, 5, 7]


def test_an_identification_used_again_gives_the_newer_ports() -> None:
    """The second first fragment with the same identification is the one that later ones belong to."""
    packets = [
        *fragment(IP(**V4, id=7) / UDP(sport=1000, dport=53, chksum=1) / BODY, 1000)[:2],
        *fragment(IP(**V4, id=7) / UDP(sport=1000, dport=99, chksum=1) / BODY, 1000)[:2],
    ]
    result = decode(batch([bytes(ether() / packet) for packet in packets]), tie=True)
    assert result.rows["dport"].tolist() == [53, 53, 99, 99]


def test_fragments_reach_over_batches() -> None:
    """What was learnt, or held back, in one batch is known in the next."""
    for order in ([0, 1, 2, 3], [1, 2, 0, 3]):
        fragments = Fragments()
        counts = np.zeros((reasons.REASONS_END, 2), np.int64)
        frames = frames_of(id=7)
        tied = [tie(fragments, decode(batch([frames[number]])).rows, counts) for number in order]
        rows = np.concatenate(tied)
        assert rows["dport"].tolist() == [53] * 4
        assert sorted(rows["fragment_offset"].tolist()) == [0, 1000, 2000, 3000]
        assert not counts.any()
        assert len(fragments.give_up(counts)) == 0


def rows_of(count: int, kind: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Fragments of as many datagrams between as many hosts."""
    rows = np.zeros(count, HEADER)
    rows["version"], rows["proto"] = 4, 17
    rows["src_lo"], rows["dst_lo"] = np.arange(count) + 1, 7
    rows["fragment_offset"] = 0 if kind == HeaderFlag.FRAGMENT_FIRST else 1000
    rows["flags"] = kind
    rows["ts_ns"] = np.arange(count)
    rows["frame"] = np.arange(count) + 1
    if kind == HeaderFlag.FRAGMENT_FIRST:
        rows["flags"] |= HeaderFlag.PORTS
        rows["dport"] = np.arange(count) % 60000
    return rows


def test_datagrams_that_never_complete_take_no_more_memory() -> None:
    """A million first fragments push out the oldest; the newest are still found."""
    fragments = Fragments()
    counts = np.zeros((reasons.REASONS_END, 2), np.int64)
    tie(fragments, rows_of(1_000_000, HeaderFlag.FRAGMENT_FIRST), counts)
    later = rows_of(1_000_000, HeaderFlag.FRAGMENT_LATER)[-SLOTS // PROBES :]
    tied = tie(fragments, later, counts)
    found = tied["flags"] & HeaderFlag.PORTS != 0
    assert found.sum() > 0.95 * len(later)
    assert (tied["dport"][found] == (tied["frame"][found] - 1) % 60000).all()


def test_later_fragments_without_a_first_are_held_so_many_and_no_more() -> None:
    """A million of them come out again as orphans, each once, and memory is bounded all the while."""
    fragments = Fragments()
    counts = np.zeros((reasons.REASONS_END, 2), np.int64)
    rows = rows_of(1_000_000, HeaderFlag.FRAGMENT_LATER)
    parts = [tie(fragments, rows[start : start + 100_000], counts) for start in range(0, len(rows), 100_000)]
    out = sum(len(part) for part in parts)
    assert len(rows) - out <= HELD
    parts.append(fragments.give_up(counts))
    frames = np.concatenate([part["frame"] for part in parts])
    assert sorted(frames.tolist()) == list(range(1, len(rows) + 1))
    assert counts[reasons.FRAGMENT_ORPHAN].tolist() == [len(rows), 1]


def test_what_was_held_back_comes_behind_the_first_fragment() -> None:
    """A fragment is let go of where its first one stands, not behind all that follows: flows are counted by time."""
    frames = frames_of(id=7)
    other = bytes(ether() / IP(**V4) / UDP(sport=1000, dport=53) / b"x")
    rows = decode(batch([frames[1], other, frames[2], frames[0], other, other, frames[3]])).rows
    tied = tie(Fragments(), rows, np.zeros((reasons.REASONS_END, 2), np.int64))
    assert tied["frame"].tolist() == [2, 4, 1, 3, 5, 6, 7]
    assert tied["dport"].tolist() == [53] * 7


@given(order=st.permutations(range(6)))
def test_fragments_may_come_in_any_order(order: list[int]) -> None:
    """Whatever the order, every fragment has the ports of its own datagram's first, and nothing is odd."""
    first = [bytes(ether() / p) for p in fragment(IP(**V4, id=1) / UDP(sport=1, dport=11, chksum=1) / BODY, 1000)][:3]
    second = [bytes(ether() / p) for p in fragment(IP(**V4, id=2) / TCP(sport=2, dport=22, chksum=1) / BODY, 1000)][:3]
    result = decode(batch([(first + second)[n] for n in order]), tie=True)
    assert result.counts == {}
    assert result.rows["frame"].tolist() == [1, 2, 3, 4, 5, 6]
    assert result.rows["dport"].tolist() == [11 if n < 3 else 22 for n in order]
    assert (result.rows["flags"] & HeaderFlag.PORTS != 0).all()


def later(offset: int, data: bytes, more: bool = True) -> Any:
    """A later fragment at an offset in octets."""
    return IP(**V4, id=7, proto=17, frag=offset // 8, flags="MF" if more else 0) / data


FIRST = IP(**V4, id=7, flags="MF") / UDP(sport=1000, dport=53, len=48, chksum=1) / bytes(16)  # octets 0 to 24


@pytest.mark.parametrize(
    ("what", "packets", "count"),
    [
        ("side by side", [FIRST, later(24, bytes(8)), later(32, bytes(16), more=False)], 0),
        ("the same again", [FIRST, later(24, bytes(8)), later(24, bytes(8))], 0),
        ("the first again", [FIRST, FIRST, later(24, bytes(8))], 0),
        ("over another", [FIRST, later(24, bytes(16)), later(32, bytes(16))], 1),
        ("inside another", [FIRST, later(24, bytes(32)), later(32, bytes(8))], 1),
        ("over the transport header", [FIRST, later(8, bytes(16))], 1),
        ("over it, before it is seen", [later(8, bytes(16)), FIRST], 1),
        ("an identification used again", [FIRST, later(24, bytes(8)), FIRST, later(24, bytes(16))], 0),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_overlaps_are_told(what: str, packets: list[Any], count: int) -> None:
    """Fragments that overlap and are not the same are an attack on whoever puts them together, or a broken sender."""
    result = decode(batch([bytes(ether() / packet) for packet in packets]), tie=True)
    assert result.counts.get("fragment_overlap", 0) == count
    assert result.rows["dport"].tolist() == [53] * len(packets)


def test_fragments_of_protocols_without_ports_are_no_orphans() -> None:
    """Their first fragment has no ports to give; the flow has none either way."""
    packets = [IP(**V4, id=7, proto=50, flags="MF") / bytes(64), IP(**V4, id=7, proto=50, frag=8) / bytes(64)]
    result = decode(batch([bytes(ether() / packet) for packet in packets]), tie=True)
    assert result.counts == {"esp": 2}
    assert result.all_ends() == ["10.0.0.1 > 10.0.0.2"] * 2
