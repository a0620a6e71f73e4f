"""Link types that only scapy knows: frames go its way, slowly, and whatever it does is accounted for."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.config import conf
from scapy.fields import ByteField
from scapy.layers.dot11 import Dot11, Dot11Beacon, Dot11Elt, RadioTap
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, LLC, SNAP, CookedLinux, Dot1Q
from scapy.packet import Packet, Raw

from annotator.decode import by_scapy
from annotator.decode.by_scapy import known
from annotator.decode.link import PLAIN
from annotator.decode.strip import DECODED
from annotator.model import StopClass
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.capture.writing import pcap_header, pcap_record
from tests.decode.decoding import batch, decode, decode_frames, decode_prefixes, ether

DATAGRAM = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question"
DATAGRAM6 = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1000, dport=53) / b"question"
ENDS = "10.0.0.1:1000 > 10.0.0.2:53"
ENDS6 = "2001:db8::1:1000 > 2001:db8::2:53"
WIFI = Dot11(type=2, addr1="02:00:00:00:00:01", addr2="02:00:00:00:00:02", addr3="02:00:00:00:00:03")
OURS = 60001
"""A number that nobody has, for a class of this file's."""

CASES: list[tuple[str, int, Any, str, list[int]]] = [
    ("Linux's number of a device like Ethernet", 23, ether() / DATAGRAM, ENDS, []),
    ("Linux's number of the loopback device", 772, ether() / Dot1Q(vlan=7) / DATAGRAM, ENDS, [7]),
    ("IPv6 by a number of BSD's", 31, DATAGRAM6, ENDS6, []),
    ("IrDA, cooked", 144, CookedLinux(proto=0x0800) / DATAGRAM, ENDS, []),
    ("IrDA, cooked, with a tag", 144, CookedLinux(proto=0x8100) / Dot1Q(vlan=8) / DATAGRAM, ENDS, [8]),
    ("802.11 by Linux's number", 801, WIFI / LLC() / SNAP() / DATAGRAM, ENDS, []),
    ("radiotap by Linux's number", 803, RadioTap() / WIFI / LLC() / SNAP() / DATAGRAM, ENDS, []),
]


@pytest.mark.parametrize(("what", "link_type", "frame", "ends", "vlans"), CASES, ids=[case[0] for case in CASES])
def test_scapy_says_where_ip_stands(what: str, link_type: int, frame: Any, ends: str, vlans: list[int]) -> None:
    """The packet is decoded like any other from there on, and that it went the slow way is counted."""
    assert link_type not in (*PLAIN, *DECODED)
    result = decode_frames(frame, link_type=link_type)
    assert result.all_ends() == [ends]
    assert result.vlans() == vlans
    assert result.payload() == b"question"
    assert result.counts == {"by_scapy": 1}


@pytest.mark.parametrize(("what", "link_type", "frame", "ends", "vlans"), CASES, ids=[case[0] for case in CASES])
def test_frames_cut_anywhere(what: str, link_type: int, frame: Any, ends: str, vlans: list[int]) -> None:
    """A frame that ends anywhere is stopped or short, and nothing behind it is read."""
    result = decode_prefixes(frame, link_type)
    assert all(result.payload(k) in b"question" for k in range(len(result)))
    assert result.counts["by_scapy"] == result.packets


@pytest.mark.parametrize(
    ("what", "frame", "reason"),
    [
        ("ARP", CookedLinux(proto=0x0806) / ARP(), "arp"),
        ("nothing that scapy knows", CookedLinux(proto=0x1234) / bytes(40), "encapsulation"),
        ("an empty frame", b"", "encapsulation"),
    ],
    ids=["ARP", "unknown", "empty"],
)
def test_what_holds_no_ip_stops_for_its_reason(what: str, frame: Any, reason: str) -> None:
    """Scapy knows the link and finds no IP in it."""
    assert decode_frames(frame, link_type=144).counts == {reason: 1, "by_scapy": 1}


def test_beacons_are_taken_apart_no_farther_than_needed() -> None:
    """A beacon's hundreds of elements carry nothing: scapy is stopped at the first."""
    beacon = Dot11(type=0, subtype=8) / Dot11Beacon() / Dot11Elt(ID=0, info=b"net") / bytes(200)
    assert decode_frames(beacon, link_type=801).counts == {"link_control": 1, "by_scapy": 1}


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=8), st.sampled_from([23, 31, 144, 772, 801, 802, 803]))
def test_any_bytes_are_decoded_or_stopped(frames: list[bytes], link_type: int) -> None:
    """Whatever they hold (read = decoded + stopped is checked by the helper)."""
    assert decode(batch(frames, link_type)).counts["by_scapy"] == len(frames)


class Hostile(Packet):
    """A layer that raises what its first byte says."""

    name = "hostile"
    fields_desc = [ByteField("what", 0)]  # noqa: RUF012  # so scapy has it

    def do_dissect(self, s: bytes) -> bytes:
        raise (RecursionError, ValueError, MemoryError, KeyError)[s[0] % 4]("as the bytes wanted")


class Assembled(Packet):
    """A layer whose payload stands nowhere in its bytes."""

    name = "assembled"
    fields_desc = []  # noqa: RUF012

    def do_dissect_payload(self, s: bytes) -> None:  # noqa: ARG002  # so scapy calls it
        self.add_payload(IP(bytes(DATAGRAM)))


@pytest.fixture
def registered() -> Iterator[Any]:
    """Let a test register a class for OURS."""
    yield lambda kind: conf.l2types.register_num2layer(OURS, kind)
    conf.l2types.num2layer.pop(OURS, None)


def test_bytes_that_make_scapy_raise_are_counted_stops(registered: Any) -> None:
    """No error of a layer's, not even of memory or depth, comes through."""
    registered(Hostile)
    result = decode_frames(*[bytes([n]) * 30 for n in range(8)], link_type=OURS)
    assert result.counts == {"scapy_failed": 8, "by_scapy": 8}
    assert result.decoded == 0


def test_a_packet_that_scapy_put_together_is_no_part_of_the_frame(registered: Any) -> None:
    """Where the IP packet does not stand in the frame as it is, there is nothing to point to."""
    registered(Assembled)
    assert decode_frames(bytes(range(40)), link_type=OURS).counts == {"encapsulation": 1, "by_scapy": 1}


def test_only_so_many_packets_go_the_slow_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of a long capture stops as not decoded, which is said, so that time stays bounded."""
    monkeypatch.setattr(by_scapy, "MOST_PACKETS", 3)
    result = decode_frames(*[ether() / DATAGRAM] * 5, link_type=23)
    assert result.counts == {"by_scapy": 3, "link_type": 2}
    assert result.decoded == 3


def test_a_mixed_batch_keeps_what_is_known_off_the_slow_way() -> None:
    """Only the packets of link types that nothing else knows are given to scapy."""
    frames = [bytes(ether() / DATAGRAM), bytes(ether() / DATAGRAM), bytes(40), bytes(48)]
    result = decode(batch(frames, [1, 23, 147, 189]))
    assert result.all_ends() == [ENDS, ENDS]
    assert result.counts == {"by_scapy": 1, "link_type": 1, "link_not_ip": 1}


def test_the_report_says_that_scapy_was_asked(tmp_path: Path) -> None:
    """An issue with its count and first frame; the capture is not partial, since all of it was decoded."""
    path = tmp_path / "irda.pcap"
    frame = bytes(CookedLinux(proto=0x0800) / DATAGRAM)
    path.write_bytes(pcap_header("<", link_type=144) + pcap_record("<", frame) * 2)
    analysis = analyse([str(path)], Settings())
    (issue,) = [issue for issue in analysis.issues if issue.name == "by_scapy"]
    assert (issue.count, issue.first_frame, issue.layer, issue.partial) == (2, 1, "link", False)
    assert analysis.captures[0].packets_decoded == 2
    assert len(analysis.flows) == 1


def test_what_scapy_does_not_know_either_is_not_decoded() -> None:
    """The class of the stop says that it is for us to learn."""
    assert not known(147)
    assert decode_frames(bytes(Raw(bytes(40))), link_type=147).counts == {"link_type": 1}
    assert StopClass.UNSUPPORTED in StopClass


def test_plain_captures_do_not_import_scapy(tmp_path: Path) -> None:
    """Its import takes half a second, which only who needs it pays."""
    import subprocess

    path = tmp_path / "plain.pcap"
    path.write_bytes(pcap_header("<") + pcap_record("<", bytes(ether() / DATAGRAM)))
    program = "import sys; from annotator.pipeline import analyse; analyse(sys.argv[1:]); print('scapy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
