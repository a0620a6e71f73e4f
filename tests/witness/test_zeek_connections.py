"""Flows, packets, IP bytes and initiators against Zeek's conn.log.

Compared are sums over unordered pairs of ends: Zeek splits at timeouts of its own, and its ICMP has other keys. It
counts a datagram in fragments once, as it is put together; adds no bytes for a segment whose IP length was left to the
network card, where tshark and we add the frame's; and lists connections of which it counts no packet, which say nothing
to compare.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from annotator.model import Analysis
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.witness.answers import Row, Tally, answers
from tests.witness.ends import (
    BOTH_PORTED,
    Key,
    OneWay,
    addresses,
    both_ways,
    ends,
    flow_keys,
    one_way_sums,
    outer_pairs,
)

ICMPS = {58: 1}
"""Zeek calls both ICMPs icmp."""
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}

EXCEPTIONS = {
    "zeek/globus-url-copy.pcap": (1, "Zeek's script has it skip the bulk of the data connection"),
    "zeek/ntp/misordered-ntp.pcap": (1, "Zeek counts the server's packet for the client after it flipped the two"),
    "zeek/tunnels/gtp/gtp1_gn_normal_incl_fragmentation.pcap": (
        2,
        "Zeek drops datagrams of which a fragment was not captured, and what is in them; here their first ones count",
    ),
    "zeek/tunnels/vxlan-encapsulated-igmp-v2.pcap": (2, "Zeek drops tunnels with IGMP inside, IGMP included"),
}
"""How many flows of a capture differ, and why; all others are exact."""


def keyed(row: Row) -> Key:
    """Give the key of a connection, its originator first."""
    protocol = PROTOCOLS.get(row["proto"]) or int(row["ip_proto"])
    one, other = (
        (row[f"id.{end}_h"], int(row[f"id.{end}_p"]) if protocol in BOTH_PORTED else 0) for end in ("orig", "resp")
    )
    return protocol, 0, one, other


def zeek_sums(rows: list[Row]) -> dict[Key, OneWay]:
    """Sum Zeek's connections by direction."""
    sums: dict[Key, OneWay] = defaultdict(OneWay)
    for row in rows:
        protocol, vlan, one, other = keyed(row)
        for end, key in (
            ("orig", (protocol, vlan, one, other)),
            ("resp", (protocol, vlan, other, one)),
        ):
            sums[key].packets += int(row[f"{end}_pkts"])
            sums[key].octets += int(row[f"{end}_ip_bytes"])
    return dict(sums)


LENGTH_ZERO = "ip[2:2] = 0"
FRAGMENT_HEADER = {True: 48, False: 20}
"""Octets before a fragment's data, by whether it is IPv6."""


def our_sums(path: Path, analysis: Analysis) -> dict[Key, OneWay]:
    """Name and count as Zeek does."""
    sums = one_way_sums(analysis.flows, "bytes")
    offloaded = analyse([str(path)], Settings(idle_timeout_s=0, bpf=LENGTH_ZERO))
    for key, way in one_way_sums(offloaded.flows, "bytes").items():
        sums[key].octets -= way.octets
    for key, way in sums.items():
        way.packets -= way.fragments
        way.octets -= way.fragments * FRAGMENT_HEADER[":" in key[2][0]]
    return {(ICMPS.get(protocol, protocol), *rest): way for (protocol, *rest), way in sums.items()}  # type: ignore[misc]  # three stay three


def tally(shared: Path) -> tuple[Tally, Tally]:
    """Compare every flow of Zeek's traces; and the initiator of each whose handshake Zeek saw."""
    flows, initiators = Tally(), Tally()
    for capture, rows in answers(shared, "zeek", "trace").items():
        analysis = analyse([str(shared / "captures" / capture)], Settings(idle_timeout_s=0))
        theirs = zeek_sums(rows)
        ours = our_sums(shared / "captures" / capture, analysis)
        outer = outer_pairs(analysis)
        uncounted = {key for key in flow_keys(theirs) if not any(both_ways(theirs, key))}
        flows.set_aside += len(uncounted)
        for key in (flow_keys(theirs) | flow_keys(ours)) - uncounted:
            if key[0] not in BOTH_PORTED and addresses(key) in outer:
                continue  # tunnels directly on IP are no connections there
            flows.count(capture, key, both_ways(theirs, key), both_ways(ours, key))
        opened = {}
        for k in reversed(range(len(analysis.flows))):  # the first of those with the same ends stays
            one, other = ((str(host), port) for host, port in ends(analysis.flows, k))
            opened[int(analysis.flows.proto[k]), frozenset((one, other))] = one
        for row in rows:
            protocol, _, one, other = keyed(row)
            known = opened.get((protocol, frozenset((one, other))))
            if "S" in row["history"] and known:
                initiators.count(capture, (protocol, one, other), one, known)
    return flows, initiators


def test_flows_are_zeeks(shared: Path, say: Callable[[str], None]) -> None:
    """At least 98 of 100 flows have Zeek's packets and IP bytes in both directions; the rest is named, with reasons."""
    result, _ = tally(shared)
    say(f"Zeek: {result}")
    assert not result.unexplained(EXCEPTIONS), result.unexplained(EXCEPTIONS)
    assert result.share >= 0.98
    assert result.flows > 340
    assert result.set_aside < 6


def test_initiators_are_zeeks_originators(shared: Path) -> None:
    """Wherever Zeek saw the originator's SYN, it is our initiator."""
    _, result = tally(shared)
    assert not result.unexplained({}), result.unexplained({})
    assert result.flows > 100
