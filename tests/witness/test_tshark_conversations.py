"""Packets in each direction of TCP, UDP and SCTP flows against ``tshark -z conv``.

Compared are the captures whose packets hold one IP header each, with timeouts off, summed over unordered 5-tuples.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from annotator.pipeline import Settings, analyse
from tests.witness.ends import conversations
from tests.witness.index import Listed, plain_captures
from tests.witness.tshark import dissect, has_one_ip_header_each

FUZZED = "pcapplusplus/Fuzzers/RegressionTests/regression_samples/"
CUT = "TCP headers that are cut, or whose data offset is wrong: tshark drops them before it counts"
BIG = "lengths of 0 of a segmentation offload: tshark takes them for malformed before it counts"


class Difference(NamedTuple):
    """A capture on which tshark and annotator differ."""

    packets: int
    """How many packets more annotator counts, all directions together."""
    reason: str


EXCEPTIONS = {
    "arkime/sctp-www.pcap": Difference(
        1, "a failing reassembly drops one; with sctp.reassembly:FALSE the two agree (tested below)"
    ),
    "derived/snap64.pcap": Difference(128, CUT),
    "derived/snap64.pcapng": Difference(128, CUT),
    "ndpi/fuzz-2006-09-29-28586.pcap": Difference(3, CUT),
    "ndpi/ip_fragmented_garbage.pcap": Difference(4, CUT),
    "ndpi/kerberos_fuzz.pcapng": Difference(1, CUT),
    FUZZED + "clusterfuzz-testcase-minimized-FuzzTarget-5814090897948672": Difference(
        1, "a UDP length of 0: tshark takes it for malformed before it counts"
    ),
    FUZZED + "crash-exception-cast-constructed-record": Difference(
        1, "wiretap takes the file for another pcap variant, and reads one packet less"
    ),
    "pcapplusplus/Packet++Test/PacketExamples/tcp-malformed.pcap": Difference(2, CUT),
    "tcpdump/beep-oobr.pcap": Difference(1, CUT),
    "tcpdump/bigtcp-ipv4-geneve-ipv4.pcap": Difference(1, BIG),
    "tcpdump/bigtcp-ipv4-geneve-ipv6.pcap": Difference(1, BIG),
    "tcpdump/bigtcp-ipv4-vxlan-ipv4.pcap": Difference(1, BIG),
    "tcpdump/bigtcp-ipv4-vxlan-ipv6.pcap": Difference(1, BIG),
    "tcpdump/bigtcp-ipv6-geneve-ipv4.pcap": Difference(1, BIG),
    "tcpdump/bigtcp-ipv6-geneve-ipv6.pcap": Difference(1, BIG),
    "tcpdump/bigtcp-ipv6-vxlan-ipv4.pcap": Difference(1, BIG),
    "tcpdump/bigtcp-ipv6-vxlan-ipv6.pcap": Difference(1, BIG),
    "tcpdump/bigtcp-ipv6.pcap": Difference(1, BIG),
    "tcpdump/heapoverflow-tcp_print.pcap": Difference(1, CUT),
    "tcpdump/mptcp-dss-oobr.pcap": Difference(1, "a malformed MPTCP option: tshark drops it before it counts"),
    "tcpdump/nsh.pcap": Difference(-1, "Network Service Header: not decoded yet"),
    "tcpdump/tcp-auth-heapoverflow.pcap": Difference(1, CUT),
    "tcpdump/tcp_header_heapoverflow.pcap": Difference(1, CUT),
    "tcpdump/udp-length-heapoverflow.pcap": Difference(1, "a cut UDP header: tshark drops it before it counts"),
    "zeek/cisco-fabric-path.pcap": Difference(16, "SCTP packets without a chunk: tshark does not count them"),
    "zeek/ipv4/fragmented-syn.pcap": Difference(1, CUT),
    "zeek/pbb-recursive-frames.pcapng": Difference(-1, "802.1ah: not decoded yet"),
    "zeek/pbb.pcap": Difference(-8, "802.1ah: not decoded yet"),
    "zeek/tcp/truncated-header.pcap": Difference(1, CUT),
}
"""The captures on which the two differ, each with the reason."""


class Tally(NamedTuple):
    """What a comparison came to."""

    wrong: list[str]
    captures: int
    directions: int


def compare(captures: Iterable[Listed]) -> Tally:
    """Compare the captures whose packets hold one IP header each; `wrong` is what no exception explains."""
    chosen = [capture for capture in captures if capture.decoded]
    wrong: list[str] = []
    compared = directions = 0
    with ThreadPoolExecutor(2) as pool:  # tshark takes its time mostly for starting
        for capture, dissected in zip(chosen, pool.map(lambda c: dissect(c.path), chosen), strict=True):
            if not has_one_ip_header_each(dissected.protocols):
                continue
            theirs = dissected.conversations
            ours = conversations(analyse([str(capture.path)], Settings(idle_timeout_s=0)).flows)
            compared += 1
            directions += len(theirs | ours)
            more, less = (ours - theirs).total(), (theirs - ours).total()
            expected = EXCEPTIONS.get(capture.name, Difference(0, "")).packets
            if (more, less) != (max(expected, 0), max(-expected, 0)):
                lines = [f"  only annotator: {key} {n}" for key, n in (ours - theirs).items()]
                lines += [f"  only tshark: {key} {n}" for key, n in (theirs - ours).items()]
                wrong.append("\n".join([f"{capture.name}: +{more} -{less}", *sorted(lines)[:6]]))
    return Tally(wrong, compared, directions)


def test_core_captures_count_as_tshark_counts(shared: Path) -> None:
    """The few captures that cover most agree with tshark, packet by packet and direction by direction."""
    tally = compare(capture for capture in plain_captures(shared) if capture.core)
    assert not tally.wrong, "\n".join(tally.wrong)
    assert tally.captures >= 20


@pytest.mark.slow
def test_all_captures_count_as_tshark_counts(shared: Path, say: Callable[[str], None]) -> None:
    """Every capture of a decoded link type agrees with tshark, or is a named exception with the stated difference."""
    tally = compare(plain_captures(shared))
    say(
        f"tshark -z conv: {tally.captures} captures with {tally.directions} one-way 5-tuples, "
        f"{len(EXCEPTIONS)} captures differ for named reasons, {len(tally.wrong)} otherwise"
    )
    assert not tally.wrong, "\n".join(tally.wrong)
    assert tally.captures > 1800


def test_sctp_exception_is_tsharks_reassembly(shared: Path) -> None:
    """The packet that tshark misses in the SCTP capture is there for tshark too once it does not reassemble."""
    path = shared / "captures/arkime/sctp-www.pcap"
    ours = conversations(analyse([str(path)], Settings(idle_timeout_s=0)).flows)
    assert ours == dissect(path, "-o", "sctp.reassembly:FALSE").conversations
