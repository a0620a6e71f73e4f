"""Community IDs are those that other tools compute."""

import csv
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from annotator.flow.community_id import community_ids
from annotator.model import ICMP, ICMP6, NO_PORT, SCTP, TCP, UDP, Flows
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.report.synthetic import flow, make_flows, random_flows


def swapped(flows: Flows) -> Flows:
    """Give the same flows seen from the other end."""
    names = list(Flows.__dataclass_fields__)
    pairs = {name: name.replace("initiator", "responder") for name in names if "initiator" in name}
    pairs |= {other: name for name, other in pairs.items()}
    return Flows(**{name: getattr(flows, pairs.get(name, name)) for name in names})


# The specification's published baseline: (source, destination, ports or ICMP type and code) with seed 0
BASELINE = [
    (TCP, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
    (UDP, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
    (SCTP, "192.168.170.8", "192.168.170.56", 7, 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="),
    (ICMP, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="),
]


@pytest.mark.parametrize(("proto", "source", "destination", "sport", "dport", "expected"), BASELINE)
def test_published_vectors(proto: int, source: str, destination: str, sport: int, dport: int, expected: str) -> None:
    """The specification's own examples come out."""
    icmp = {"icmp_type": sport, "icmp_code": dport} if proto == ICMP else {}
    flows = make_flows([flow(source, destination, dport, sport=sport, proto=proto, **icmp)])
    assert community_ids(flows).tolist() == [expected.encode()]


def test_ends_do_not_matter() -> None:
    """Whoever opened a flow with ports, its ID is the same."""
    flows = random_flows(2000)
    ported = np.flatnonzero(flows.responder_port != NO_PORT)
    one, two = community_ids(flows), community_ids(swapped(flows))
    assert np.array_equal(one[ported], two[ported])
    ends = np.stack([flows.initiator_hi, flows.initiator_lo, flows.initiator_port.astype(np.uint64)], 1).tolist()
    others = np.stack([flows.responder_hi, flows.responder_lo, flows.responder_port.astype(np.uint64)], 1).tolist()
    distinct = {(flows.version[k], flows.proto[k], *sorted((tuple(ends[k]), tuple(others[k])))) for k in ported}
    assert len(set(one[ported].tolist())) == len(distinct)


def test_parts_are_parts_of_the_whole() -> None:
    """Some of the flows get the IDs that they have in the whole table; the seed changes all of them."""
    flows = random_flows(100)
    whole = community_ids(flows)
    assert np.array_equal(community_ids(flows, slice(10, 20)), whole[10:20])
    assert np.array_equal(community_ids(flows, np.array([7, 3, 3])), whole[[7, 3, 3]])
    assert not np.any(community_ids(flows, seed=1) == whole)
    assert len(community_ids(flows, slice(5, 5))) == 0
    with pytest.raises(ValueError, match="is not in 0-65535"):
        community_ids(flows, seed=65536)


def test_echo_request_and_reply_are_one_flow() -> None:
    """The two types of a pair give one ID; a type without a counterpart keeps its direction."""
    one = flow("10.0.0.1", "10.0.0.2", proto=ICMP, icmp_type=8)
    two = flow("10.0.0.2", "10.0.0.1", proto=ICMP, icmp_type=0)
    six = flow("2001:db8::1", "2001:db8::2", proto=ICMP6, icmp_type=135)
    seven = flow("2001:db8::2", "2001:db8::1", proto=ICMP6, icmp_type=136)
    lone = flow("10.0.0.1", "10.0.0.2", proto=ICMP, icmp_type=3, icmp_code=3)
    back = flow("10.0.0.2", "10.0.0.1", proto=ICMP, icmp_type=3, icmp_code=3)
    ids = community_ids(make_flows([one, two, six, seven, lone, back])).tolist()
    assert ids[0] == ids[1]
    assert ids[2] == ids[3]
    assert ids[4] != ids[5]


PORTED = {str(TCP), str(UDP), str(SCTP)}


def ours(path: Path) -> set[str]:
    analysis = analyse([str(path)], Settings(idle_timeout_s=0))
    return {text.decode() for text in community_ids(analysis.flows)}


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
@pytest.mark.parametrize("name", ["tcp", "udp", "icmp", "icmp6", "sctp", "rsvp", "ipv6"])
def test_tshark_computes_the_same(shared: Path, name: str) -> None:
    """On the specification's own captures, tshark's IDs are ours."""
    path = shared / "captures" / "misc" / "community-id-spec" / "pcaps" / f"{name}.pcap"
    made = subprocess.run(
        ["tshark", "-r", path, "--enable-protocol", "communityid", "-T", "fields", "-e", "communityid"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ours(path) == set(made.stdout.split())


def test_arkime_computes_the_same(shared: Path) -> None:
    """For every session of TCP, UDP and SCTP that Arkime lists, we have a flow of that ID.

    Of other protocols Arkime hashes ports of 0, which the specification does not (tshark agrees with us).
    """
    captures = shared / "captures"
    with (captures / "truth" / "arkime.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["community_id"] and row["ip_proto"] in PORTED]
    missing = []
    for capture in sorted({row["capture"] for row in rows}):
        known = ours(captures / capture)
        missing += [
            (capture, row["ip_proto"], row["src"], row["dst"])
            for row in rows
            if row["capture"] == capture and row["community_id"] not in known
        ]
    assert missing == []
