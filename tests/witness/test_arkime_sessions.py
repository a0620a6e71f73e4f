"""Flows, packets and frame bytes against Arkime's sessions.

Arkime saves a long session in several rows, which are summed here; it sees inside tunnels, and then shows no outer
flow. A tunnel that it does show as a flow is one that it does not open, in one direction at least: that flow, and what
is inside, is not comparable. Its rows without an address (ARP, LLDP) are no flows.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from annotator.model import SCTP, TCP, UDP
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.witness.answers import Row, Tally, answers
from tests.witness.ends import (
    Key,
    OneWay,
    addresses,
    both_ways,
    flow_keys,
    flows_inside,
    one_way_sums,
    outer_pairs,
)

PORTED = frozenset({TCP, UDP, SCTP})
EXCEPTIONS = {
    "arkime/arkime_synthetic.pcap": (
        4,
        "by twos: an answer of DHCP is joined to a question from 0.0.0.0; a UDP length of 0 has ports 0",
    ),
}
"""How many flows of a capture differ, and why; all others are exact."""


def arkime_sums(rows: list[Row]) -> dict[Key, OneWay]:
    """Sum Arkime's sessions by direction."""
    sums: dict[Key, OneWay] = defaultdict(OneWay)
    for row in rows:
        if not row["src"]:
            continue
        protocol = int(row["ip_proto"])
        ends = [
            (row[end], int(row[port]) if protocol in PORTED else 0)
            for end, port in (("src", "sport"), ("dst", "dport"))
        ]
        for side, (sender, receiver) in (("src", ends), ("dst", reversed(ends))):
            way = sums[protocol, 0, sender, receiver]
            way.packets += int(row[f"{side}_pkts"])
            way.octets += int(row[f"{side}_bytes"])
    return dict(sums)


def tally(shared: Path) -> Tally:
    """Compare every flow that Arkime or annotator sees in Arkime's captures."""
    result = Tally()
    for capture, rows in answers(shared, "arkime").items():
        analysis = analyse([str(shared / "captures" / capture)], Settings(idle_timeout_s=0))
        theirs = arkime_sums(rows)
        ours = one_way_sums(analysis.flows, "frame_bytes", ported=PORTED)
        outer = outer_pairs(analysis)
        shut = outer & {addresses(key) for key in theirs}
        aside = {key for key in flow_keys(theirs) if addresses(key) in shut}
        aside |= flows_inside(analysis, shut, PORTED)
        result.set_aside += len(aside)
        for key in (flow_keys(theirs) | flow_keys(ours)) - aside:
            if addresses(key) in outer:
                continue
            result.count(capture, key, both_ways(theirs, key), both_ways(ours, key))
    return result


def test_flows_are_arkimes(shared: Path, say: Callable[[str], None]) -> None:
    """At least 98 of 100 flows have Arkime's packets and bytes in both directions; the rest is named, with reasons."""
    result = tally(shared)
    say(f"Arkime: {result}")
    assert not result.unexplained(EXCEPTIONS), result.unexplained(EXCEPTIONS)
    assert result.share >= 0.98
    assert result.flows > 200
    assert result.set_aside <= 12
