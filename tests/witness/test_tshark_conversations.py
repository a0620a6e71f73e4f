"""Packets in each direction of TCP, UDP and SCTP flows against ``tshark -z conv``, tunnels among them.

Compared are sums over unordered 5-tuples, with timeouts off.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.witness.ends import conversations
from tests.witness.index import Listed, listed
from tests.witness.tshark import dissect

FUZZED = "pcapplusplus/Fuzzers/RegressionTests/regression_samples/"
CUT = "TCP headers that are cut, or whose data offset is wrong: tshark drops them before it counts"
UDP_ZERO = "a UDP length of 0: tshark takes it for malformed before it counts"
BIG = "lengths of 0 of a segmentation offload: tshark takes them for malformed before it counts"
PAYLOAD = "a packet inside an application's messages, which is no tunnel of the network's"


class Difference(NamedTuple):
    """A capture on which tshark and annotator differ, in packets of all directions together."""

    more: int
    """Packets that annotator alone counts."""
    less: int
    """Packets that tshark alone counts."""
    reason: str


EXCEPTIONS = {
    "arkime/arkime_synthetic.pcap": Difference(1, 0, UDP_ZERO),
    "arkime/sctp-www.pcap": Difference(
        1, 0, "a failing reassembly drops one; with sctp.reassembly:FALSE the two agree (tested below)"
    ),
    "derived/snap64.pcap": Difference(128, 0, CUT),
    "derived/snap64.pcapng": Difference(128, 0, CUT),
    "ndpi/fuzz-2006-06-26-2594.pcap": Difference(1, 0, CUT),
    "ndpi/fuzz-2006-09-29-28586.pcap": Difference(3, 0, CUT),
    "ndpi/ip_fragmented_garbage.pcap": Difference(4, 0, CUT),
    "ndpi/kerberos_fuzz.pcapng": Difference(1, 0, CUT),
    FUZZED + "clusterfuzz-testcase-minimized-FuzzTarget-5814090897948672": Difference(1, 0, UDP_ZERO),
    FUZZED + "crash-exception-cast-constructed-record": Difference(
        1, 0, "wiretap takes the file for another pcap variant, and reads one packet less"
    ),
    "pcapplusplus/Packet++Test/PacketExamples/tcp-malformed.pcap": Difference(2, 0, CUT),
    "tcpdump/LINKTYPE_IPV4_invalid.pcap": Difference(0, 1, "the link type says IPv4, the packet is IPv6: a stop"),
    "tcpdump/beep-oobr.pcap": Difference(1, 0, CUT),
    "tcpdump/bigtcp-ipv4-geneve-ipv4.pcap": Difference(1, 0, BIG),
    "tcpdump/bigtcp-ipv4-geneve-ipv6.pcap": Difference(2, 0, BIG),
    "tcpdump/bigtcp-ipv4-vxlan-ipv4.pcap": Difference(1, 0, BIG),
    "tcpdump/bigtcp-ipv4-vxlan-ipv6.pcap": Difference(2, 0, BIG),
    "tcpdump/bigtcp-ipv6-geneve-ipv4.pcap": Difference(1, 0, BIG),
    "tcpdump/bigtcp-ipv6-geneve-ipv6.pcap": Difference(2, 0, BIG),
    "tcpdump/bigtcp-ipv6-vxlan-ipv4.pcap": Difference(1, 0, BIG),
    "tcpdump/bigtcp-ipv6-vxlan-ipv6.pcap": Difference(2, 0, BIG),
    "tcpdump/bigtcp-ipv6.pcap": Difference(1, 0, BIG),
    "tcpdump/heapoverflow-tcp_print.pcap": Difference(1, 0, CUT),
    "tcpdump/mptcp-dss-oobr.pcap": Difference(1, 0, "a malformed MPTCP option: tshark drops it before it counts"),
    "tcpdump/of13_ericsson.pcapng": Difference(0, 3, PAYLOAD),
    "tcpdump/tcp-auth-heapoverflow.pcap": Difference(1, 0, CUT),
    "tcpdump/tcp_header_heapoverflow.pcap": Difference(1, 0, CUT),
    "tcpdump/udp-length-heapoverflow.pcap": Difference(1, 0, "a cut UDP header: tshark drops it before it counts"),
    "wireshark/wireguard-ping-tcp-dsb.pcapng": Difference(0, 10, "tshark decrypts WireGuard with the file's keys"),
    "zeek/cisco-fabric-path.pcap": Difference(
        64, 0, "SCTP without a chunk, and all in FabricPath: not counted there (Zeek counts as annotator does)"
    ),
    "zeek/ipv4/fragmented-syn.pcap": Difference(1, 0, CUT),
    "zeek/ipv6-mobility-dst-opts.pcap": Difference(2, 1, "home address options of a wrong length: not believed"),
    "zeek/tcp/truncated-header.pcap": Difference(1, 0, CUT),
    "zeek/tunnels/gtp/gtp9_unknown_or_too_short_payload.pcap": Difference(
        0, 1, "a packet that GTP cut short: its lengths do not bear it out, so what is inside is not believed"
    ),
    "zeek/tunnels/teredo-udp-in-udp.pcap": Difference(1, 0, "Teredo on a port that tshark does not know"),
    "zeek/tunnels/teredo_bubble_with_payload.pcap": Difference(
        22, 0, "TCP behind Teredo's IPv6, which tshark leaves (Zeek counts as annotator does)"
    ),
    "zeek/vntag_vlan_sandwich_clean.pcap": Difference(1, 0, CUT),
}
"""The captures on which the two differ, each with the reason."""


class Tally(NamedTuple):
    """What a comparison came to."""

    wrong: list[str]
    captures: int
    directions: int


def compare(captures: Iterable[Listed]) -> Tally:
    """Compare the captures that tshark can read; `wrong` is what no exception explains."""
    chosen = [capture for capture in captures if capture.plain]
    wrong: list[str] = []
    compared = directions = 0
    with ThreadPoolExecutor(2) as pool:  # tshark takes its time mostly for starting
        for capture, dissected in zip(chosen, pool.map(lambda c: dissect(c.path), chosen), strict=True):
            if not dissected.frames:
                continue  # a link type that it does not know, or nothing in it
            theirs = dissected.conversations
            ours = conversations(analyse([str(capture.path)], Settings(idle_timeout_s=0)).flows)
            compared += 1
            directions += len(theirs | ours)
            more, less = (ours - theirs).total(), (theirs - ours).total()
            if (more, less) != EXCEPTIONS.get(capture.name, (0, 0))[:2]:
                lines = [f"  only annotator: {key} {n}" for key, n in (ours - theirs).items()]
                lines += [f"  only tshark: {key} {n}" for key, n in (theirs - ours).items()]
                wrong.append("\n".join([f"{capture.name}: +{more} -{less}", *sorted(lines)[:6]]))
    return Tally(wrong, compared, directions)


def test_core_captures_count_as_tshark_counts(shared: Path) -> None:
    """The few captures that cover most agree with tshark, packet by packet and direction by direction."""
    tally = compare(capture for capture in listed(shared) if capture.core)
    assert not tally.wrong, "\n".join(tally.wrong)
    assert tally.captures >= 35


@pytest.mark.slow
def test_all_captures_count_as_tshark_counts(shared: Path, say: Callable[[str], None]) -> None:
    """Every pcap and pcapng capture agrees with tshark, or is a named exception with the stated difference."""
    tally = compare(listed(shared))
    say(
        f"tshark -z conv: {tally.captures} captures with {tally.directions} one-way 5-tuples, "
        f"{len(EXCEPTIONS)} captures differ for named reasons, {len(tally.wrong)} otherwise"
    )
    assert not tally.wrong, "\n".join(tally.wrong)
    assert tally.captures > 2200


def test_sctp_exception_is_tsharks_reassembly(shared: Path) -> None:
    """The packet that tshark misses in the SCTP capture is there for tshark too once it does not reassemble."""
    path = shared / "captures/arkime/sctp-www.pcap"
    ours = conversations(analyse([str(path)], Settings(idle_timeout_s=0)).flows)
    assert ours == dissect(path, "-o", "sctp.reassembly:FALSE").conversations
