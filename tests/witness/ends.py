"""Our flows, summed as other tools show theirs."""

from collections import Counter
from ipaddress import IPv4Address, IPv6Address

from annotator.model import SCTP, TCP, UDP, UDPLITE, Flows

EndPoint = tuple[IPv4Address | IPv6Address, int]
Conversations = Counter[tuple[int, EndPoint, EndPoint]]
"""Packets by (IP protocol, sender, receiver)."""


def address(version: int, high: int, low: int) -> IPv4Address | IPv6Address:
    """Give the address that the two words hold."""
    return IPv4Address(int(low)) if version == 4 else IPv6Address(int(high) << 64 | int(low))


def initiator(flows: Flows, k: int) -> EndPoint:
    """Give the initiator of flow `k`."""
    return (
        address(flows.version[k], flows.initiator_hi[k], flows.initiator_lo[k]),
        int(flows.initiator_port[k]),
    )


def responder(flows: Flows, k: int) -> EndPoint:
    """Give the responder of flow `k`."""
    return (
        address(flows.version[k], flows.responder_hi[k], flows.responder_lo[k]),
        int(flows.responder_port[k]),
    )


def conversations(flows: Flows) -> Conversations:
    """Sum the packets of TCP, UDP and SCTP flows by direction; UDP-Lite stands with UDP, later fragments nowhere."""
    packets: Conversations = Counter()
    for k in range(len(flows)):
        protocol = UDP if flows.proto[k] == UDPLITE else int(flows.proto[k])
        if protocol not in (TCP, UDP, SCTP) or flows.initiator_port[k] < 0:
            continue
        a, b = initiator(flows, k), responder(flows, k)
        packets[protocol, a, b] += int(flows.initiator_packets[k] - flows.initiator_fragments[k])
        packets[protocol, b, a] += int(flows.responder_packets[k] - flows.responder_fragments[k])
    return +packets
