"""Which packets pass a filter, against ``tcpdump -r``: the same bytes in the same order."""

import random
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from annotator.capture import open_capture
from annotator.errors import InputError, UsageError
from annotator.filter import PacketFilter
from annotator.model import PacketBatch
from tests.witness.index import listed

Packets = list[tuple[int, bytes]]
"""Length on the wire and bytes of each."""

FILTERS = (
    *("tcp", "udp", "icmp or icmp6", "ip", "ip6", "arp", "sctp", "not ip", "tcp or udp port 53", "port 80 or 443"),
    *("src port 53", "tcp dst port 80", "portrange 1-1023", "udp portrange 5000-65535", "greater 200", "less 64"),
    *("len > 100 and len != 1514", "net 10.0.0.0/8", "src net 192.168.0.0/16 and not dst net 192.168.0.0/16"),
    *("host 127.0.0.1 or host ::1", "net fe80::/10", "ip multicast or ip6 multicast", "ip broadcast"),
    *(
        "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
        "tcp[tcpflags] == tcp-ack",
        "ip[0] & 0xf != 5",
        "ip[6:2] & 0x3fff != 0",
    ),
    *("icmp[icmptype] == icmp-echo", "udp[4:2] > 200", "ip proto 47 or ip proto 50", "ip6 proto 6", "ip6 protochain 6"),
    *("ip protochain 17", "vlan", "vlan and tcp", "mpls", "pppoes and ip", "ether multicast", "ether proto 0x0806"),
    *("ether[0] & 1 = 1", "link[12:2] = 0x0800", "ip[8] * 2 / 3 - 1 > 40", "ip[2:2] % 7 = 3 or ip[8] ^ 255 > 200"),
    *(
        "ip[2:2] - 20 << 2 > 400",
        "tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420",
        "llc",
        "geneve",
        "0 - ip[8] < 4294967230",
    ),
)
"""All kinds of what the language can say."""


def chosen(batches: Iterable[PacketBatch], packet_filter: PacketFilter | None) -> Packets:
    """Give the packets that pass, or all."""
    found = []
    for batch in batches:
        passing = range(len(batch)) if packet_filter is None else np.flatnonzero(packet_filter.verdicts(batch)).tolist()
        for k in passing:
            start = int(batch.offset[k])
            found.append((int(batch.origlen[k]), batch.data[start : start + int(batch.caplen[k])].tobytes()))
    return found


def annotators(path: Path, text: str) -> Packets:
    """Give the packets that pass, by annotator."""
    packet_filter = PacketFilter(text, lambda *_: ())
    reader = open_capture(str(path))
    try:
        found = chosen(reader.batches(), packet_filter)
    finally:
        reader.close()
    packet_filter.check_used()
    return found


def tcpdumps(path: Path, text: str, folder: Path) -> Packets | None:
    """Give the same by ``tcpdump -r``; None where it cannot read the file, or refuses the filter for it."""
    out = folder / "out.pcap"
    out.unlink(missing_ok=True)
    with path.open("rb") as file:
        done = subprocess.run(
            ["tcpdump", "-Z", "root", "-r", "-", "-w", out, text], stdin=file, capture_output=True, check=False
        )
    if done.returncode or not out.exists():
        return None
    reader = open_capture(str(out))
    try:
        return chosen(reader.batches(), None)
    finally:
        reader.close()


def same(ours: Packets, theirs: Packets) -> bool:
    """Compare packets; libpcap cuts what is stored beyond the file's snap length, and annotator does not."""
    return len(ours) == len(theirs) and all(
        wire == their_wire and data.startswith(their_data) and (data == their_data or their_data)
        for (wire, data), (their_wire, their_data) in zip(ours, theirs, strict=True)
    )


def compare(cases: Iterable[tuple[Path, str]], folder: Path, say: Callable[[str], None]) -> int:
    """Assert that both pass the same packets in every case; give the number of cases that tcpdump answered."""
    answered = kept = 0
    wrong = []
    for path, text in cases:
        expected = tcpdumps(path, text, folder)
        if expected is None:
            continue
        answered += 1
        kept += len(expected)
        try:
            ours = annotators(path, text)
        except (InputError, UsageError) as error:
            wrong.append(f"{path.name}: {text!r}: {error}")
            continue
        if not same(ours, expected):
            wrong.append(f"{path.name}: {text!r}: {len(ours)} packets, tcpdump {len(expected)}")
    say(f"filters: {answered} runs of tcpdump -r, {kept} packets passed, {len(wrong)} differ")
    assert not wrong, "\n".join(wrong[:40])
    return answered


def test_tcpdump_passes_the_same_packets(shared: Path, tmp_path: Path, say: Callable[[str], None]) -> None:
    """The same bytes in the same order, for every filter on the captures that cover most."""
    core = [capture.path for capture in listed(shared) if capture.core and capture.plain]
    assert compare(((path, text) for path in core for text in FILTERS), tmp_path, say) > 500


@pytest.mark.slow
def test_tcpdump_passes_the_same_packets_of_every_capture(
    shared: Path, tmp_path: Path, say: Callable[[str], None]
) -> None:
    """Every capture, each with some of the filters."""
    draw = random.Random(1)  # noqa: S311  # the same draw in every run
    plain = [capture.path for capture in listed(shared) if capture.plain]
    assert compare(((path, text) for path in plain for text in draw.sample(FILTERS, 4)), tmp_path, say) > 4000
