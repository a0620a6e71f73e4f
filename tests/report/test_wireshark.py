"""Display filters: tshark takes them, and shows with each as many packets as the row counts."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

import annotator
from annotator.report.wireshark import endpoint_filter, flow_filter, port_filter

SAMPLES = ("office.pcapng", "ipv6.pcapng", "sctp.pcap", "vlan.pcap", "midstream.pcap", "transfers.pcapng")


def counts(capture: Path, filters: Sequence[str]) -> list[int]:
    """Let tshark count the frames that each filter shows, ICMP's quotations left out, in one run."""
    wanted = [f"({text}) && !icmp && !icmpv6" for text in filters]
    made = subprocess.run(
        ["tshark", "-n", "-q", "-r", str(capture), "-z", "io,stat,0," + ",".join(wanted)],
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = re.findall(r"^\|.*<>.*\|$", made.stdout, re.MULTILINE)
    cells = [int(cell) for cell in re.findall(r"\d+", line.split("|", 2)[2])]
    return cells[::2]  # frames, bytes, frames, bytes, ...


@pytest.mark.parametrize("name", SAMPLES)
def test_a_filter_shows_the_packets_that_the_row_counts(samples: Path, name: str) -> None:
    """For every endpoint on an unknown port and every service that has a port, frames shown are packets counted."""
    report = annotator.annotate(samples / name)
    rows = [row for row in (*report.unknown_ports, *report.services) if row["port"] is not None]
    shown = counts(samples / name, [row["wireshark_filter"] for row in rows])
    assert len(rows) == len(shown) > 0
    for row, number in zip(rows, shown, strict=True):
        assert number == row["packets"], row["wireshark_filter"]


def test_a_filter_of_flows_shows_each_of_them(samples: Path) -> None:
    """The packets of both directions, and of no other flow, in a capture that uses no pair of ends twice."""
    flows = annotator.annotate(samples / "office.pcapng").flows
    flows = flows[flows.responder_port.notna()]
    numbers = {"tcp": 6, "udp": 17}
    filters = [
        flow_filter(
            f.transport,
            numbers[f.transport],
            f.initiator_addr,
            int(f.initiator_port),
            f.responder_addr,
            int(f.responder_port),
        )
        for f in flows.itertuples()
    ]
    shown = counts(samples / "office.pcapng", filters)
    assert shown == (flows.initiator_packets + flows.responder_packets).tolist()


FILTERS = [
    port_filter("udplite", 136, 5004),
    port_filter("dccp", 33, 5004),
    port_filter("icmp", 1, None),
    port_filter("icmp6", 58, None),
    port_filter("gre", 47, None),
    endpoint_filter("2001:db8::1", "udplite", 136, 5004),
    endpoint_filter("192.0.2.1", "dccp", 33, 5004),
    endpoint_filter("192.0.2.1", "gre", 47, None),
    flow_filter("icmp6", 58, "2001:db8::1", None, "2001:db8::2", None),
    flow_filter("udplite", 136, "192.0.2.1", 1, "192.0.2.2", 5004),
]


def test_rare_transports_have_filters_that_tshark_takes(samples: Path) -> None:
    """Every field name exists: tshark refuses a filter that names another."""
    assert counts(samples / "sctp.pcap", FILTERS) == [0] * len(FILTERS)
