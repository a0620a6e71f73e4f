"""Flows, packets, IP bytes and initiators against Zeek's conn.log.

Compared are sums over unordered pairs of ends: Zeek splits at timeouts of its own, and its ICMP has other keys.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from annotator.pipeline import Settings, analyse
from tests.witness.answers import Row, Tally, answers
from tests.witness.ends import BOTH_PORTED, Key, OneWay, both_ways, ends, flow_keys, one_way_sums, outer_pairs

ICMPS = {58: 1}
"""Zeek calls both ICMPs icmp."""
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}

OFFLOAD = "Zeek adds 0 bytes for segments whose IP length was left to the network card; tshark and we add the frame's"
EXCEPTIONS = {
    "zeek/globus-url-copy.pcap": (1, "Zeek's script has it skip the bulk of the data connection"),
    "zeek/ldap/missing_krbtgt_ldap_request.pcapng": (1, OFFLOAD),
    "zeek/ldap/missing_ldap_logs.pcapng": (3, OFFLOAD),
    "zeek/ntp/misordered-ntp.pcap": (1, "Zeek counts the server's packet for the client after it flipped the two"),
    "zeek/tunnels/vxlan-encapsulated-igmp-v2.pcap": (
        5,
        "Zeek drops tunnels with IGMP inside, and counts nothing of them",
    ),
    "zeek/vntag_vlan_sandwich_clean.pcap": (1, "Zeek counts nothing of a packet that the snap length cut"),
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


def our_sums(sums: dict[Key, OneWay]) -> dict[Key, OneWay]:
    """Name the protocols as Zeek does."""
    return {(ICMPS.get(protocol, protocol), *rest): way for (protocol, *rest), way in sums.items()}  # type: ignore[misc]  # three stay three


REACHED = 0.94
"""The share of exact flows that is reached; the aim is 0.98, and what is missing is printed."""


def tally(shared: Path) -> tuple[Tally, Tally]:
    """Compare every flow of Zeek's traces; and the initiator of each whose handshake Zeek saw."""
    flows, initiators = Tally(), Tally()
    for capture, rows in answers(shared, "zeek", "trace").items():
        analysis = analyse([str(shared / "captures" / capture)], Settings(idle_timeout_s=0))
        theirs = zeek_sums(rows)
        ours = our_sums(one_way_sums(analysis.flows, "bytes"))
        outer = outer_pairs(analysis)
        for key in flow_keys(theirs) | flow_keys(ours):
            if key[0] not in BOTH_PORTED and frozenset((key[2][0], key[3][0])) in outer:
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
    """The share of flows does not fall that have Zeek's packets and IP bytes in both directions; the rest is named."""
    result, _ = tally(shared)
    say(f"Zeek: {result}")
    say(f"not explained yet: {result.unexplained(EXCEPTIONS)}")
    assert result.share >= REACHED


def test_initiators_are_zeeks_originators(shared: Path) -> None:
    """Wherever Zeek saw the originator's SYN, it is our initiator."""
    _, result = tally(shared)
    assert not result.unexplained({}), result.unexplained({})
    assert result.flows > 100
