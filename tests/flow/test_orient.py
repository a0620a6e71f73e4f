"""The direction ladder, rung by rung, as a table of readable cases."""

import pytest

from annotator.flow.table import FlowSettings
from annotator.model import TCP, UDP, DirectionBasis
from tests.flow.talk import flows_of, shown

WEB = {TCP: [80, 443, 8080, 5432, 40000], UDP: [53, 123, 5353]}

CASES: list[tuple[str, str, str, str]] = [
    # what happened, packets, who opened to whom, the rung that told
    ("a handshake", "0 tcp a:1000 > b:80 S seq=1\n1 tcp b:80 > a:1000 SA ack=2", "a:1000 > b:80", "handshake"),
    ("a SYN to a port below the sender's", "0 tcp a:80 > b:50000 S seq=1", "a:80 > b:50000", "handshake"),
    ("the SYN was missed", "0 tcp b:9 > a:5 SA ack=2\n1 tcp a:5 > b:9 A", "a:5 > b:9", "handshake"),
    (
        "SYN-ACK and SYN were reordered",
        "0 tcp b:9 > a:5 SA seq=8 ack=2\n1 tcp a:5 > b:9 S seq=1",
        "a:5 > b:9",
        "handshake",
    ),
    (
        "a simultaneous open goes by the first",
        "0 tcp b:9 > a:5 S seq=1\n1 tcp a:5 > b:9 S seq=4",
        "b:9 > a:5",
        "handshake",
    ),
    ("SCTP's INIT", "0 sctp b:9 > a:5 OPEN seq=3", "b:9 > a:5", "handshake"),
    ("SCTP's INIT ACK alone", "0 sctp b:9 > a:5 ACCEPT", "a:5 > b:9", "handshake"),
    ("DCCP's Request", "0 dccp a:5 > b:9 OPEN seq=3\n1 dccp b:9 > a:5 ACCEPT", "a:5 > b:9", "handshake"),
    ("ICMP's echo reply came first", "0 icmp 0/0 b > a\n1 icmp 8/0 a > b", "a > b", "message"),
    ("an ICMPv6 solicitation", "0 icmp6 136/0 b6 > a6\n1 icmp6 135/0 a6 > b6", "a6 > b6", "message"),
    ("an ICMP error asks nothing", "0 icmp 3/1 b > a", "b > a", "first_packet"),
    (
        "the first packet, nothing better known",
        "0 tcp b:7777 > a:6666 A\n1 tcp a:6666 > b:7777 A",
        "b:7777 > a:6666",
        "first_packet",
    ),
    ("a protocol without ports", "0 gre b > a\n1 gre a > b", "b > a", "first_packet"),
    ("one end is assigned, below 1024", "0 tcp b:443 > a:900 PA len=9", "a:900 > b:443", "registry"),
    ("one end is assigned, the peer is ephemeral", "0 tcp b:5432 > a:32768 PA len=9", "a:32768 > b:5432", "registry"),
    (
        "assigned but the peer is no ephemeral port",
        "0 tcp b:5432 > a:32767 PA len=9",
        "b:5432 > a:32767",
        "first_packet",
    ),
    (
        "assigned among the ephemeral ports is no sign",
        "0 tcp b:40000 > a:50000 PA len=9",
        "b:40000 > a:50000",
        "first_packet",
    ),
    ("both ends are assigned", "0 tcp b:80 > a:443 PA len=9", "b:80 > a:443", "first_packet"),
    (
        "the registry of the other transport does not count",
        "0 udp b:443 > a:50000 len=9",
        "b:443 > a:50000",
        "first_packet",
    ),
    ("an answer of DNS alone", "0 udp b:53 > a:50000 len=9", "a:50000 > b:53", "registry"),
]


@pytest.mark.parametrize(("what", "packets", "expected", "rung"), CASES, ids=[case[0] for case in CASES])
def test_who_opened(what: str, packets: str, expected: str, rung: str) -> None:
    """The initiator is told by the first rung that knows, and the rung is in the column."""
    flows = flows_of(packets, assigned=WEB)
    assert len(flows) == 1
    assert shown(flows) == expected
    assert DirectionBasis(flows.direction_basis[0]).word == rung


@pytest.mark.parametrize("client", ["a", "b"])
def test_who_speaks_as_client_is_the_initiator(client: str) -> None:
    """What the payload shows is believed before fan-in and registry, after a handshake."""
    packets = "0 udp b:53 > a:50000 len=9\n1 udp a:50000 > b:53 len=9"
    flows = flows_of(packets, assigned=WEB, clients=[client])
    assert shown(flows) == ("a:50000 > b:53" if client == "a" else "b:53 > a:50000")
    assert DirectionBasis(flows.direction_basis[0]) is DirectionBasis.MESSAGE
    opened = flows_of("0 tcp a:5 > b:9 S seq=1\n1 tcp b:9 > a:5 SA ack=2", clients=[client])
    assert shown(opened) == "a:5 > b:9"


THREE_CLIENTS = """
    0 tcp c:1001 > s:7000 A
    1 tcp d:1002 > s:7000 A
    2 tcp e:1003 > s:7000 A
"""


def test_fan_in_names_the_end_that_three_peers_talk_to() -> None:
    """An endpoint with three peers on distinct ports, most of which sent first, is the responder of all its flows."""
    flows = flows_of(THREE_CLIENTS + "    3 tcp s:7000 > f:1004 A\n")
    assert [shown(flows, k) for k in range(4)] == [
        "c:1001 > s:7000",
        "d:1002 > s:7000",
        "e:1003 > s:7000",
        "f:1004 > s:7000",
    ]
    assert {DirectionBasis(basis).word for basis in flows.direction_basis} == {"fan_in"}


@pytest.mark.parametrize(
    ("why", "packets"),
    [
        ("two peers are too few", "0 tcp s:7000 > c:1001 A\n1 tcp d:1002 > s:7000 A"),
        (
            "three peers, but one port",
            "0 tcp c:1001 > s:7000 A\n1 tcp d:1001 > s:7000 A\n2 tcp e:1001 > s:7000 A\n3 tcp s:7000 > f:1001 A",
        ),
        (
            "it spoke first to most",
            "0 tcp s:7000 > c:1001 A\n1 tcp s:7000 > d:1002 A\n2 tcp s:7000 > e:1003 A\n3 tcp f:1004 > s:7000 A",
        ),
        ("half is not most", "0 tcp s:7000 > c:1 A\n1 tcp s:7000 > d:2 A\n2 tcp e:3 > s:7000 A\n3 tcp f:4 > s:7000 A"),
        ("other VLANs are other endpoints", THREE_CLIENTS.replace(" A", " A vlan=4") + "    3 tcp s:7000 > f:1004 A"),
        ("other transports are other endpoints", THREE_CLIENTS + "    3 udp s:7000 > f:1004"),
    ],
    ids=lambda value: value if "\n" not in value else "",
)
def test_fan_in_does_not_speak_where_it_is_not_sure(why: str, packets: str) -> None:
    """Where the count does not bear it out, the flow that the endpoint began stays its own."""
    flows = flows_of(packets)
    begun = [k for k in range(len(flows)) if DirectionBasis(flows.direction_basis[k]).word == "first_packet"]
    assert any(shown(flows, k).startswith("s:7000 >") for k in begun), why


def test_fan_in_between_two_servers_is_undecided() -> None:
    """Where both ends look like servers, the rung is silent."""
    both = "\n".join(
        f"{n} tcp {peer}:{1000 + n} > {server} A" for server in ("s:7000", "t:8000") for n, peer in enumerate("cdefgh")
    )
    flows = flows_of(both + "\n9 tcp s:7000 > t:8000 A")
    assert shown(flows, len(flows) - 1) == "s:7000 > t:8000"
    assert DirectionBasis(flows.direction_basis[-1]).word == "first_packet"


def test_fan_in_comes_before_the_registry() -> None:
    """What the traffic shows is believed before what the registry says."""
    flows = flows_of(THREE_CLIENTS + "    3 tcp s:7000 > f:80 A", assigned=WEB)
    assert shown(flows, 3) == "f:80 > s:7000"


def test_a_handshake_comes_before_everything() -> None:
    """An opening packet is believed against fan-in and registry."""
    flows = flows_of(THREE_CLIENTS + "    3 tcp s:7000 > f:80 S seq=1", assigned=WEB)
    assert shown(flows, 3) == "s:7000 > f:80"


def test_a_flow_that_goes_on_after_a_pause_keeps_its_orientation() -> None:
    """The part after an idle split is oriented as the part before, though the server spoke first."""
    flows = flows_of("""
        0    tcp a:1000 > b:8000 S seq=1
        0.1  tcp b:8000 > a:1000 SA ack=2
        500  tcp b:8000 > a:1000 PA len=5
        900  tcp b:8000 > a:1000 PA len=5
    """)
    assert [shown(flows, k) for k in range(3)] == ["a:1000 > b:8000"] * 3
    assert {DirectionBasis(basis).word for basis in flows.direction_basis} == {"handshake"}


def test_an_active_split_keeps_its_orientation_too() -> None:
    """Cutting a long flow into pieces does not turn the pieces round."""
    flows = flows_of(
        "0 tcp a:1000 > b:8000 S seq=1\n8 tcp b:8000 > a:1000 PA len=5",
        settings=FlowSettings(active_ns=5 * 10**9),
    )
    assert [shown(flows, k) for k in range(2)] == ["a:1000 > b:8000"] * 2


def test_a_new_connection_is_oriented_by_itself() -> None:
    """Ports used again from the other side make a flow of their own, the other way round."""
    flows = flows_of("""
        0   tcp a:1000 > b:2000 S seq=1
        0.1 tcp b:2000 > a:1000 SA seq=5 ack=2
        1   tcp b:2000 > a:1000 S seq=77
    """)
    assert [shown(flows, k) for k in range(2)] == ["a:1000 > b:2000", "b:2000 > a:1000"]
