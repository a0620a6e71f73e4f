"""802.11 frames, bare and behind the headers that captures put before them."""

from typing import Any

import pytest
from scapy.layers.dot11 import Dot11, Dot11Beacon, Dot11QoS, RadioTap
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import LLC, SNAP

from annotator.decode.batch import MOST_MSDUS
from annotator.model import HeaderFlag
from tests.decode.decoding import decode_frames, decode_prefixes

DATAGRAM = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
ENDS = "10.0.0.1:1000 > 10.0.0.2:53"
INSIDE = LLC() / SNAP() / DATAGRAM
A, B, C, D = (f"02:00:00:00:00:0{n}" for n in range(1, 5))
FCS = b"\xde\xad\xbe\xef"


def data(**fields: Any) -> Any:
    """A data frame."""
    return Dot11(type=2, addr1=A, addr2=B, addr3=C, **fields)


def avs(length: int = 64) -> bytes:
    """An AVS header: magic and version, length."""
    return bytes.fromhex("80211001") + length.to_bytes(4, "big") + bytes(length - 8)


def prism(order: Any) -> bytes:
    """A Prism header: message code, length, device name, items."""
    return (0x44).to_bytes(4, order) + (144).to_bytes(4, order) + b"wlan0".ljust(16, b"\0") + bytes(120)


def radiotap(flags: int) -> bytes:
    """A radiotap header with the flags field alone: version, padding, length, presence, flags."""
    return bytes.fromhex("0000 0900 02000000") + bytes([flags])


CASES: list[tuple[str, int, Any]] = [
    ("a bare frame", 105, data() / INSIDE),
    ("to the distribution system", 105, data(FCfield="to_DS") / INSIDE),
    ("between access points: four addresses", 105, data(FCfield="to_DS+from_DS", addr4=D) / INSIDE),
    ("quality of service", 105, data(subtype=8) / Dot11QoS() / INSIDE),
    (
        "quality of service with HT control",
        105,
        bytes(data(subtype=8, FCfield="order") / Dot11QoS()) + bytes(4) + bytes(INSIDE),
    ),
    (
        "an aggregate",
        105,
        bytes(data(subtype=8)) + b"\x80\x00" + bytes(12) + len(INSIDE).to_bytes(2, "big") + bytes(INSIDE),
    ),
    ("radiotap", 127, RadioTap() / data() / INSIDE),
    (
        "radiotap with time and flags",
        127,
        RadioTap(present="TSFT+Flags+Rate", mac_timestamp=5, Flags="", Rate=2) / data() / INSIDE,
    ),
    ("radiotap with a check sequence", 127, radiotap(0x10) + bytes(data() / INSIDE) + FCS),
    (
        "radiotap with padding",
        127,
        radiotap(0x20) + bytes(data(subtype=8) / Dot11QoS()) + bytes(2) + bytes(INSIDE),
    ),
    (
        "radiotap with two words of presence",
        127,
        bytes.fromhex("0000 0d00 02000080 00000000 00") + bytes(data() / INSIDE),
    ),
    ("Prism, little-endian", 119, prism("little") + bytes(data() / INSIDE)),
    ("Prism, big-endian", 119, prism("big") + bytes(data() / INSIDE)),
    ("AVS where Prism is announced", 119, avs() + bytes(data() / INSIDE)),
    ("AVS", 163, avs() + bytes(data() / INSIDE)),
    ("PPI", 192, bytes.fromhex("00 00 0800 69000000") + bytes(data() / INSIDE)),
]


@pytest.mark.parametrize(("what", "link_type", "frame"), CASES, ids=[case[0] for case in CASES])
def test_ip_is_found_behind_every_header(what: str, link_type: int, frame: Any) -> None:
    """Whatever stands before it, and whether a check sequence follows, the datagram is the same."""
    result = decode_frames(frame, link_type=link_type)
    assert result.counts == {}
    assert result.all_ends() == [ENDS]
    assert result.payload() == b"question"


@pytest.mark.parametrize(
    ("what", "link_type", "frame", "reason"),
    [
        ("a beacon", 105, Dot11(type=0, subtype=8) / Dot11Beacon(), "link_control"),
        ("an acknowledgement", 105, Dot11(type=1, subtype=13), "link_control"),
        ("null data", 105, data(subtype=4), "link_control"),
        ("a protected frame", 105, data(FCfield="protected") / bytes(40), "wifi_protected"),
        ("a later fragment", 105, data(SC=0x0013) / INSIDE, "wifi_fragment"),
        ("a damaged frame", 127, radiotap(0x40) + bytes(data() / INSIDE), "bad_fcs"),
        ("a radiotap length past the frame", 127, bytes.fromhex("0000 ff00 00000000") + bytes(40), "link_truncated"),
        ("a radiotap length below its header", 127, bytes.fromhex("0000 0400 00000000") + bytes(40), "link_truncated"),
        ("a Prism length past the frame", 119, prism("little")[:100], "link_truncated"),
        ("an AVS length past the frame", 163, avs()[:40], "link_truncated"),
        ("half a header", 105, bytes(data())[:15], "link_truncated"),
        ("no IP inside", 105, data() / LLC() / SNAP(code=0x888E) / bytes(8), "ethertype"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_what_holds_no_ip_stops_for_its_reason(what: str, link_type: int, frame: Any, reason: str) -> None:
    """Management, control, encrypted, damaged and cut frames."""
    result = decode_frames(frame, link_type=link_type)
    assert (len(result), result.counts) == (0, {reason: 1}), what


@pytest.mark.parametrize(("what", "link_type", "frame"), CASES, ids=[case[0] for case in CASES])
def test_frames_cut_anywhere(what: str, link_type: int, frame: Any) -> None:
    """A frame that ends anywhere is stopped or short, and nothing behind it is read."""
    result = decode_prefixes(frame, link_type)
    assert all(result.payload(k) in b"question" for k in range(len(result)))


def aggregate(*insides: Any) -> bytes:
    """A frame of several MSDUs, each behind two addresses and its length, filled to a multiple of four."""
    parts = b""
    for inside in insides:
        parts += bytes(-len(parts) % 4) + bytes(12) + len(inside).to_bytes(2, "big") + bytes(inside)
    return bytes(data(subtype=8)) + b"\x80\x00" + parts


OTHER = LLC() / SNAP() / IP(src="10.0.0.3", dst="10.0.0.4") / UDP(sport=7, dport=8) / b"odd"
OTHER_ENDS = "10.0.0.3:7 > 10.0.0.4:8"
EAPOL = LLC() / SNAP(code=0x888E) / bytes(9)


@pytest.mark.parametrize(
    ("insides", "ends"),
    [
        ((INSIDE, OTHER), [ENDS, OTHER_ENDS]),
        ((INSIDE, EAPOL, OTHER, OTHER), [ENDS, OTHER_ENDS, OTHER_ENDS]),
        ((EAPOL, EAPOL, OTHER), [OTHER_ENDS]),
        ((LLC() / bytes(7), OTHER), [OTHER_ENDS]),
    ],
    ids=["two", "with one that is no IP", "whose first are no IP", "whose first is bare LLC"],
)
def test_every_packet_of_an_aggregate_is_decoded(insides: tuple[Any, ...], ends: list[str]) -> None:
    """An A-MSDU holds several packets: each has its row, and all of them are one packet of the capture."""
    result = decode_frames(aggregate(*insides), link_type=105)
    assert result.all_ends() == ends
    assert (result.decoded, result.counts) == (1, {})
    assert [bool(row["flags"] & HeaderFlag.OUTERMOST) for row in result.rows] == [True] + [False] * (len(ends) - 1)
    assert result.payload(len(ends) - 1) == b"odd"


def test_an_aggregate_without_ip_stops_once() -> None:
    """However many MSDUs, the packet is one, and stops for the reason of its first."""
    result = decode_frames(aggregate(EAPOL, LLC() / bytes(7), EAPOL), link_type=105)
    assert (len(result), result.counts) == (0, {"ethertype": 1})


def test_more_packets_than_are_followed_are_said() -> None:
    """A hostile frame of a thousand empty MSDUs costs no more than the largest real one."""
    result = decode_frames(aggregate(*[OTHER] * (MOST_MSDUS + 1)), link_type=105)
    assert (len(result), result.counts) == (MOST_MSDUS, {"wifi_aggregate": 1})


def test_an_aggregate_cut_anywhere() -> None:
    """A cut frame gives the packets whose headers it holds, and nothing behind it is read."""
    result = decode_prefixes(aggregate(INSIDE, OTHER), 105)
    assert set(result.all_ends()) <= {ENDS, OTHER_ENDS, "10.0.0.1 > 10.0.0.2", "10.0.0.3 > 10.0.0.4"}
    assert OTHER_ENDS in result.all_ends()
