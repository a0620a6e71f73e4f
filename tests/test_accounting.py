"""Accounts: every packet is decoded or stopped, and what was odd is an issue of its capture."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import ARP

from annotator.accounting import evidence_issues
from annotator.evidence import look
from annotator.evidence.observation import AMBIGUOUS
from annotator.model import Issue
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.capture.writing import enhanced, interface, section, simple
from tests.decode.decoding import ether
from tests.written import udp, write


def test_a_capture_without_packets_and_one_without_ip(tmp_path: Path) -> None:
    """An empty capture is an issue; ARP alone is normal."""
    empty = analyse([write(tmp_path / "empty.pcap")])
    assert ([issue.name for issue in empty.issues], len(empty.flows)) == (["no_packets"], 0)
    arp = analyse([write(tmp_path / "arp.pcap", (0, ether() / ARP(psrc="10.0.0.1")))])
    assert (arp.issues, len(arp.flows), arp.captures[0].stopped["not_ip"]) == ([], 0, 1)


def test_losses_and_missing_times_reach_the_summary(tmp_path: Path) -> None:
    """What pcapng says of drops is in the summary; packets without a time leave the times of the others alone."""
    path = tmp_path / "a.pcapng"
    frame = bytes(udp())
    drops = b"\x04\0\x08\0" + (9).to_bytes(8, "little")
    data = section("<") + interface("<") + enhanced("<", frame, 5_000_000, options=drops) + simple("<", frame)
    path.write_bytes(data)
    analysis = analyse([str(path)])
    (capture,) = analysis.captures
    assert (capture.drops, capture.first_ns, capture.last_ns) == (9, 5 * 10**9, 5 * 10**9)
    assert [issue.name for issue in analysis.issues] == ["no_time"]
    assert analysis.flows.initiator_packets.tolist() == [2]


def test_undecoded_link_types_are_named_without_the_decoded_ones(tmp_path: Path) -> None:
    """A mixed capture's issue names what is not decoded, and only that."""
    path = tmp_path / "a.pcapng"
    frame = bytes(udp())
    data = section("<") + interface("<", link_type=1) + interface("<", link_type=147)
    path.write_bytes(data + enhanced("<", frame, 1) + enhanced("<", frame, 2, number=1))
    analysis = analyse([str(path)])
    assert [(issue.name, issue.count) for issue in analysis.issues] == [("link_type", 1)]
    assert "link type 147 " in analysis.issues[0].detail
    assert analysis.captures[0].packets_decoded == 1


def test_packets_that_are_in_no_flow_are_said_of_their_own_capture(tmp_path: Path) -> None:
    """Where as many flows are kept as are to be, each capture says what it lost, counted anew."""
    first = write(tmp_path / "a.pcap", (0, udp()))
    second = write(tmp_path / "b.pcap", (1, udp()), (2, udp(sport=2)), (3, udp(sport=3)))
    third = write(tmp_path / "c.pcap", (4, udp()), (5, udp()), (6, udp(sport=2)))
    analysis = analyse([first, second, third], Settings(max_flows=1))
    assert analysis.flows.initiator_packets.tolist() == [4]
    assert [(issue.name, issue.capture, issue.count, issue.first_frame) for issue in analysis.issues] == [
        ("flows_given_up", 1, 2, 2),
        ("flows_given_up", 2, 1, 3),
    ]
    assert all(issue.partial and "when 1 were kept" in issue.detail for issue in analysis.issues)


def test_a_flow_whose_directions_contradict_each_other_is_an_issue(tmp_path: Path) -> None:
    """The issue stands at the first of such flows; one that agrees with itself is none."""
    request = b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    ping = b"*1\r\n$4\r\nPING\r\n"

    def talk(client: int, *payloads: bytes) -> list[tuple[int, Any]]:
        ends = IP(src="10.0.0.1", dst="10.0.0.2"), IP(src="10.0.0.2", dst="10.0.0.1")
        ports = (client, 7214), (7214, client)
        return [
            (0, ether() / ends[n] / TCP(sport=ports[n][0], dport=ports[n][1], flags="PA", seq=1, ack=1) / payload)
            for n, payload in enumerate(payloads)
        ]

    agreeing = write(tmp_path / "a.pcap", *talk(40000, request, answer))
    assert analyse([agreeing]).issues == []
    odd = write(tmp_path / "b.pcap", *talk(40000, request, answer), *talk(40001, request, ping), *talk(1, ping, answer))
    analysis = analyse([odd])
    detail = "the two directions of a flow show different protocols: neither is called confirmed"
    assert analysis.issues == [Issue("directions_contradict", "evidence", 2, 3, detail, 0)]


def test_payloads_that_two_protocols_confirm_are_an_issue(tmp_path: Path) -> None:
    """No two probes of the project do so; what they would leave behind is counted all the same."""
    analysis = analyse([write(tmp_path / "a.pcap", (0, udp()))])
    assert not analysis.findings.counts.any()
    assert evidence_issues(analysis.flows, analysis.findings) == []
    analysis.findings.counts[AMBIGUOUS] = 3
    (issue,) = evidence_issues(analysis.flows, analysis.findings)
    assert (issue.name, issue.layer, issue.count, issue.first_frame) == ("protocols_ambiguous", "evidence", 3, 0)


def test_labels_beyond_their_room_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones are kept, the report is partial for the others, and every run drops the same."""
    monkeypatch.setattr(look, "HEAP_LIMIT", 55)
    asked = [
        ether() / IP(src=f"10.0.0.{n}", dst="10.0.1.1") / TCP(sport=4000 + n, dport=80, flags="PA", seq=1) / host
        for n in range(1, 9)
        for host in (f"GET / HTTP/1.1\r\nHost: {n}.example.org\r\n\r\n".encode(),)
    ]
    path = write(tmp_path / "a.pcap", *enumerate(asked))
    for _ in range(5):
        analysis = analyse([path])
        shown = analysis.findings.texts(np.arange(8))
        assert shown == [*(f"{n}.example.org" for n in range(1, 5)), *[""] * 4]
        (issue,) = analysis.issues
        assert (issue.name, issue.layer, issue.count, issue.partial) == ("labels_given_up", "evidence", 4, True)


def test_announcements_beyond_their_room_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first payloads announce is read; the report is partial for the others."""
    monkeypatch.setattr(look, "MOST_ANNOUNCED", 3)
    frames = []
    for n in range(1, 6):
        reply = f"227 Entering Passive Mode (10,0,1,1,200,{n})\r\n".encode()
        frames.append(
            ether() / IP(src="10.0.1.1", dst=f"10.0.0.{n}") / TCP(sport=21, dport=4000 + n, flags="PA", seq=1) / reply
        )
        frames.append(
            ether() / IP(src=f"10.0.0.{n}", dst="10.0.1.1") / TCP(sport=5000 + n, dport=200 * 256 + n, flags="S")
        )
    for _ in range(5):
        analysis = analyse([write(tmp_path / "a.pcap", *enumerate(frames))])
        related = analysis.flows.related_to.tolist()
        assert related == [-1, 0, -1, 2, -1, 4, -1, -1, -1, -1]
        (issue,) = analysis.issues
        assert (issue.name, issue.count, issue.partial) == ("announcements_given_up", 2, True)
