"""Tests of the generator as a whole: what others see in its captures is what it says it wrote."""

import os
import stat
import subprocess
import sys
from collections import Counter
from ipaddress import ip_address
from pathlib import Path

import pytest

import annotator
from benchmarks import generate
from benchmarks.race import measure
from tests.benchmarks.conftest import FLOWS, OPTIONS, PACKETS, Made, make
from tests.witness.ends import Conversations
from tests.witness.tshark import dissect

REPOSITORY = Path(__file__).resolve().parents[2]
PROTOCOLS = {"tcp": 6, "udp": 17}
CHECKED = tuple(part for protocol in ("ip", "tcp", "udp") for part in ("-o", f"{protocol}.check_checksum:TRUE"))


def lines(made: Made, wanted: str, *options: str) -> list[str]:
    """Ask tshark for the packets that a display filter lets pass."""
    command = ["tshark", "-n", "-r", str(made.path), *options, "-Y", wanted]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def records(path: Path) -> list[tuple[bytes, int]]:
    """Read a little-endian pcap by hand: stored bytes and original length of each packet."""
    data, at, found = path.read_bytes(), 24, []
    while at < len(data):
        stored, wire = (int.from_bytes(data[at + place : at + place + 4], "little") for place in (8, 12))
        found.append((data[at + 16 : at + 16 + stored], wire))
        at += 16 + stored
    return found


def test_the_asked_number_of_packets_and_about_the_asked_number_of_flows(made: Made) -> None:
    """Packets are exact, flows near."""
    counted = subprocess.run(
        ["capinfos", "-c", "-M", "-T", "-r", made.path], capture_output=True, text=True, check=True
    )
    assert int(counted.stdout.split("\t")[-1]) == PACKETS == made.truth["packets"]
    assert len(made.flows) == made.truth["flows"] == pytest.approx(FLOWS, rel=0.25)


def test_flows_come_closer_to_what_was_asked_when_there_are_many(tmp_path: Path) -> None:
    """At 20,000 flows they are within five percent."""
    truth = make(tmp_path, "--packets", "500000", "--flows", "20000", "--snap", "96").truth
    assert truth["flows"] == pytest.approx(20_000, rel=0.05)


def test_the_account_adds_up(made: Made) -> None:
    """Each packet is in one flow of the list, or a frame without IP."""
    packets = sum(int(flow["client_packets"]) + int(flow["server_packets"]) for flow in made.flows)
    assert packets + made.truth["frames_without_ip"] == PACKETS
    assert sum(counts["packets"] for counts in made.truth["transports"].values()) == packets


def test_same_seed_gives_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    """A capture is a function of its options."""
    contents = []
    for number, seed in enumerate(("7", "7", "8")):
        folder = tmp_path / str(number)
        folder.mkdir()
        contents.append(make(folder, "--packets", "3000", "--flows", "200", "--seed", seed).path.read_bytes())
    assert contents[0] == contents[1]
    assert contents[0] != contents[2]


def test_tshark_finds_nothing_malformed_and_no_wrong_checksum(made: Made) -> None:
    """Messages and headers are right to the byte."""
    bad = " or ".join(
        ["_ws.malformed", *(f"{protocol}.checksum.status == 0" for protocol in ("ip", "tcp", "udp", "icmp", "icmpv6"))]
    )
    assert lines(made, bad, *CHECKED) == []
    lost = "tcp.analysis.lost_segment and not tcp.analysis.retransmission"
    midstream = sum(flow["answer"] == "midstream" for flow in made.flows)
    assert len(lines(made, lost)) <= midstream


def test_tshark_counts_the_same_packets_between_the_same_ends(made: Made) -> None:
    """The flow list is what tshark makes of the capture, packet by packet."""
    expected: Conversations = Counter()
    for flow in made.flows:
        if flow["transport"] not in PROTOCOLS:
            continue
        ends = [(ip_address(flow[f"{side}_addr"]), int(flow[f"{side}_port"])) for side in ("client", "server")]
        assert (PROTOCOLS[flow["transport"]], *ends) not in expected, "no two flows have the same ends"
        for (sender, receiver), side in zip((ends, ends[::-1]), ("client", "server"), strict=True):
            packets = int(flow[f"{side}_packets"])
            if flow["profile"] == "dns-large" and side == "server":
                packets = min(packets, 1)  # tshark ties later fragments to no ports
            expected[PROTOCOLS[flow["transport"]], sender, receiver] = packets
    assert dissect(made.path).conversations == +expected


def test_annotate_finds_the_same_flows(made: Made) -> None:
    """Flows, packets and bytes are the same by transport."""
    flows = annotator.annotate(made.path).flows
    for transport, counts in made.truth["transports"].items():
        rows = flows[flows["transport"] == transport]
        assert len(rows) == counts["flows"], transport
        for what in ("packets", "bytes", "frame_bytes"):
            assert rows[f"initiator_{what}"].sum() + rows[f"responder_{what}"].sum() == counts[what], (transport, what)


def test_the_mix_has_what_real_networks_have(made: Made) -> None:
    """IPv6, VLANs, fragments, losses, scans, refusals, frames without IP, and ends of every kind."""
    wanted = (
        *("ipv6", "vlan", "ip.frag_offset > 0", "tcp.analysis.retransmission", "tcp.flags.reset == 1"),
        *("tcp.flags.fin == 1", "icmp.type == 3", "icmp.type == 8", "arp", "stp", "esp"),
    )
    command = ["tshark", "-n", "-q", "-r", str(made.path), "-z", "io,stat,0," + ",".join(wanted)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    counts = [int(cell) for cell in told.splitlines()[-2].split("|")[2:-1:2]]
    assert [name for name, count in zip(wanted, counts, strict=True) if not count] == []
    assert {"answered", "refused", "silent", "midstream"} <= {flow["answer"] for flow in made.flows}
    assert sum(flow["profile"] == "scan" for flow in made.flows) > 20


def test_flows_are_of_many_sizes_and_overlap(made: Made) -> None:
    """A few flows hold much of the traffic, and many are alive at once."""
    sizes = sorted((int(flow["client_packets"]) + int(flow["server_packets"]) for flow in made.flows), reverse=True)
    assert sum(sizes[: len(sizes) // 100]) > 0.1 * sum(sizes)
    assert sizes[len(sizes) // 2] < sum(sizes) / len(sizes), "the middle is under the mean"
    instant = (int(made.flows[0]["first_ns"]) + max(int(flow["last_ns"]) for flow in made.flows)) // 2
    alive = sum(int(flow["first_ns"]) <= instant <= int(flow["last_ns"]) for flow in made.flows)
    assert alive > 50


def test_a_snap_length_cuts_the_same_packets(made: Made, tmp_path: Path) -> None:
    """Lengths on the wire stay, stored bytes are a prefix."""
    cut = make(tmp_path, *OPTIONS, "--snap", "96")
    for (whole, length), (prefix, same_length) in zip(records(made.path), records(cut.path), strict=True):
        assert length == same_length
        assert prefix == whole[:96]


@pytest.mark.parametrize(("name", "editcap"), [("pcap_ns", "nsecpcap"), ("pcapng", "pcapng")])
def test_every_format_holds_the_same_packets(tmp_path: Path, name: str, editcap: str) -> None:
    """What editcap makes of the one format is what the generator writes as the other."""
    made = {}
    for kind in ("pcap_ns", name):
        folder = tmp_path / kind
        folder.mkdir(exist_ok=True)
        made[kind] = folder / "capture"
        if not made[kind].exists():
            generate.main(["-o", str(made[kind]), "--packets", "2000", "--flows", "100", "--format", kind])
    converted = tmp_path / "converted"
    subprocess.run(["editcap", "-F", "nsecpcap", made[name], converted], check=True)
    assert converted.read_bytes()[24:] == made["pcap_ns"].read_bytes()[24:]
    kinds = subprocess.run(["capinfos", "-t", "-M", "-T", "-r", made[name]], capture_output=True, text=True, check=True)
    assert editcap in kinds.stdout


def test_nothing_is_written_over_unasked(tmp_path: Path) -> None:
    """An existing file needs --force, and a device is never replaced."""
    target = tmp_path / "kept.pcap"
    target.write_bytes(b"mine")
    with pytest.raises(SystemExit):
        generate.main(["-o", str(target), "--packets", "100", "--flows", "5"])
    assert target.read_bytes() == b"mine"
    generate.main(["-o", str(target), "--packets", "100", "--flows", "5", "--force"])
    assert len(records(target)) == 100
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(SystemExit):
        generate.main(["-o", str(pipe), "--packets", "100", "--flows", "5", "--force"])
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept.pcap", "pipe"]


def test_memory_does_not_follow_the_capture(tmp_path: Path) -> None:
    """Ten times the packets take no more memory."""
    peaks = []
    for packets in (100_000, 1_000_000):
        command = [sys.executable, "-m", "benchmarks.generate", "-o", str(tmp_path / f"{packets}.pcap")]
        command += ["--packets", str(packets), "--snap", "96"]
        folder = tmp_path / f"of {packets}"
        folder.mkdir()
        os.environ["PYTHONPATH"] = str(REPOSITORY)
        measured = measure.run(command, folder, 300)
        assert measured.exit_code == 0, (folder / "stderr").read_text()
        peaks.append(measured.peak_bytes)
    assert peaks[1] < peaks[0] + 10_000_000
