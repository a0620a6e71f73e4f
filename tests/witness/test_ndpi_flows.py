"""Flows, packets and frame bytes against nDPI's expected results.

nDPI's flows are unordered 5-tuples with the innermost VLAN, never split by time or a new SYN; protocols other than
TCP and UDP have ports 0. It sees inside tunnels, and then shows no outer flow. It drops later fragments.
"""

from collections.abc import Callable
from pathlib import Path

from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.witness.answers import Row, Tally, answers
from tests.witness.ends import Address, Key, addresses, both_ways, flow_keys, one_way_sums, outer_pairs

PROTOCOLS = {
    "TCP": 6,
    "UDP": 17,
    "ICMP": 1,
    "ICMPV6": 58,
    "IGMP": 2,
    "AH": 51,
    "ESP": 50,
    "VRRP": 112,
    "PGM": 113,
    "PIM": 103,
}

OVER_FRAME = "nDPI drops packets whose IP header declares more than the frame holds; they are flows all the same"
STORED = "frames stored without their last four bytes: nDPI counts the stored bytes, not those on the wire"
EXCEPTIONS = {
    "ndpi/ah.pcapng": (2, "nDPI takes the authentication header for the transport; behind it is ICMP"),
    "ndpi/capwap.pcap": (1, "of a tunnel that nDPI opens at times, it counts the other packets alone"),
    "ndpi/fins.pcap": (2, STORED),
    "ndpi/fuzz-2006-06-26-2594.pcap": (19, OVER_FRAME),
    "ndpi/fuzz-2006-09-29-28586.pcap": (3, OVER_FRAME + "; one without a whole TCP header has ports 0 there"),
    "ndpi/fuzz-2020-02-16-11740.pcap": (2, OVER_FRAME),
    "ndpi/fuzz-2021-10-13.pcap": (
        1,
        "nDPI guesses at IP behind a null header that names no address family of any system",
    ),
    "ndpi/ip_fragmented_garbage.pcap": (5, "TCP data offsets past the segment: nDPI gives them ports 0"),
    "ndpi/ja3_lots_of_cipher_suites_2_anon.pcap": (1, STORED),
    "ndpi/ndpi_match_string_subprotocol__error.pcapng": (1, OVER_FRAME),
    "ndpi/reasm_segv_anon.pcapng": (1, STORED),
    "ndpi/tls_invalid_reads.pcap": (1, OVER_FRAME),
}
"""How many flows of a capture differ, and why; all others are exact."""


def ndpi_text(host: Address) -> str:
    """Write an address as nDPI does: in IPv6, from left to right, each ``:0:`` becomes ``::``."""
    return str(host).replace(":0:", "::")


def keyed(row: Row) -> Key:
    """Give the key of nDPI's flow, its first packet's sender first."""
    protocol = PROTOCOLS.get(row["l4"]) or int(row["l4"])
    return protocol, int(row["vlan"] or 0), (row["src"], int(row["sport"])), (row["dst"], int(row["dport"]))


def tally(shared: Path) -> Tally:
    """Compare every flow that nDPI or annotator sees in nDPI's captures."""
    result = Tally()
    for capture, rows in answers(shared, "ndpi").items():
        analysis = analyse([str(shared / "captures" / capture)], Settings(idle_timeout_s=0))
        sums = one_way_sums(analysis.flows, "frame_bytes", name=ndpi_text, vlans=True)
        fragmented = flow_keys(key for key, way in sums.items() if way.fragments)
        for way in sums.values():
            way.packets -= way.fragments
        unseen = flow_keys(sums)
        for row in rows:
            key = keyed(row)
            unseen -= flow_keys([key])
            theirs = [int(row[name]) for name in ("pkts_ab", "bytes_ab", "pkts_ba", "bytes_ba")]
            ours = list(both_ways(sums, key))
            if key[2] == key[3]:  # equal ends: both directions are one
                theirs = [theirs[0] + theirs[2], theirs[1] + theirs[3], 0, 0]
            if flow_keys([key]) <= fragmented:  # its bytes there lack those of later fragments
                theirs, ours = theirs[::2], ours[::2]
            result.count(capture, key, theirs, ours)
        outer = outer_pairs(analysis)
        for key in unseen:
            if addresses(key) not in outer and any(both_ways(sums, key)[::2]):
                result.count(capture, key, None, both_ways(sums, key))
    return result


def test_flows_are_ndpis(shared: Path, say: Callable[[str], None]) -> None:
    """At least 98 of 100 flows have nDPI's packets and bytes in both directions; the rest is named."""
    result = tally(shared)
    say(f"nDPI: {result}")
    assert not result.unexplained(EXCEPTIONS), result.unexplained(EXCEPTIONS)
    assert result.share >= 0.98
    assert result.flows > 4300
