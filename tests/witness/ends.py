"""Our flows, summed as other tools show theirs."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from annotator.decode.ethertype import innermost_vlan
from annotator.model import NO_PORT, SCTP, TCP, UDP, UDPLITE, Analysis, Flows

Address = IPv4Address | IPv6Address
EndPoint = tuple[Address, int]
Conversations = Counter[tuple[int, EndPoint, EndPoint]]
"""Packets by (IP protocol, sender, receiver)."""
NamedEnd = tuple[str, int]
Key = tuple[int, int, NamedEnd, NamedEnd]
"""(IP protocol, VLAN, sender, receiver)"""
BOTH_PORTED = frozenset({TCP, UDP})


@dataclass(slots=True)
class OneWay:
    """What one end sent to the other."""

    packets: int = 0
    octets: int = 0
    fragments: int = 0
    """Later fragments among the packets."""


def address(version: int, high: int, low: int) -> Address:
    """Give the address that the two words hold."""
    return IPv4Address(int(low)) if version == 4 else IPv6Address(int(high) << 64 | int(low))


def ends(flows: Flows, k: int) -> tuple[EndPoint, EndPoint]:
    """Give the initiator and the responder of flow `k`."""
    version = flows.version[k]
    return (
        (address(version, flows.initiator_hi[k], flows.initiator_lo[k]), int(flows.initiator_port[k])),
        (address(version, flows.responder_hi[k], flows.responder_lo[k]), int(flows.responder_port[k])),
    )


def conversations(flows: Flows) -> Conversations:
    """Sum the packets of TCP, UDP and SCTP flows by direction; UDP-Lite stands with UDP, later fragments nowhere."""
    packets: Conversations = Counter()
    for k in range(len(flows)):
        protocol = UDP if flows.proto[k] == UDPLITE else int(flows.proto[k])
        if protocol not in (TCP, UDP, SCTP) or flows.initiator_port[k] == NO_PORT:
            continue
        a, b = ends(flows, k)
        packets[protocol, a, b] += int(flows.initiator_packets[k] - flows.initiator_fragments[k])
        packets[protocol, b, a] += int(flows.responder_packets[k] - flows.responder_fragments[k])
    return +packets


def flow_key(
    flows: Flows,
    k: int,
    ported: frozenset[int] = BOTH_PORTED,
    name: Callable[[Address], str] = str,
    vlans: bool = False,
) -> Key:
    """Give the key of flow `k`, its initiator first; only `ported` protocols keep ports."""
    protocol = int(flows.proto[k])
    one, other = ((name(host), port if protocol in ported and port != NO_PORT else 0) for host, port in ends(flows, k))
    return protocol, innermost_vlan(int(flows.vlan[k])) if vlans else 0, one, other


def one_way_sums(
    flows: Flows,
    octets: str,
    ported: frozenset[int] = BOTH_PORTED,
    name: Callable[[Address], str] = str,
    vlans: bool = False,
) -> dict[Key, OneWay]:
    """Sum packets and `octets` (``bytes``, ``frame_bytes``) by direction; only `ported` protocols keep ports."""
    sums: dict[Key, OneWay] = defaultdict(OneWay)
    for k in range(len(flows)):
        protocol, vlan, one, other = flow_key(flows, k, ported, name, vlans)
        for side, sender, receiver in (("initiator", one, other), ("responder", other, one)):
            way = sums[protocol, vlan, sender, receiver]
            way.packets += int(getattr(flows, f"{side}_packets")[k])
            way.octets += int(getattr(flows, f"{side}_{octets}")[k])
            way.fragments += int(getattr(flows, f"{side}_fragments")[k])
    return {key: way for key, way in sums.items() if way.packets}


def both_ways(sums: Mapping[Key, OneWay], key: Key) -> tuple[int, int, int, int]:
    """Give packets and octets of `key` and of its opposite; a flow of equal ends has only one."""
    protocol, vlan, sender, receiver = key
    there = sums.get(key, OneWay())
    back = sums.get((protocol, vlan, receiver, sender), OneWay()) if sender != receiver else OneWay()
    return there.packets, there.octets, back.packets, back.octets


def flow_keys(sums: Iterable[Key]) -> set[Key]:
    """Give the keys without their direction: the lower end stands first."""
    return {(p, v, *sorted((one, other))) for p, v, one, other in sums}  # type: ignore[misc]  # two ends stay two


def _pairs(tunnel: str) -> set[frozenset[str]]:
    """Give the address pairs in the text of a tunnel."""
    return {frozenset(pair) for pair in re.findall(r"\(([^()<>]+)<>([^()<>]+)\)", tunnel)}


def outer_pairs(analysis: Analysis) -> set[frozenset[str]]:
    """Give the address pairs of the tunnels that were seen."""
    return {pair for text in analysis.tunnels.values() for pair in _pairs(text)}


def addresses(key: Key) -> frozenset[str]:
    """Give the two addresses of a flow."""
    return frozenset((key[2][0], key[3][0]))


def flows_inside(analysis: Analysis, pairs: set[frozenset[str]], ported: frozenset[int]) -> set[Key]:
    """Give the keys of flows that are in a tunnel between one of `pairs` of addresses."""
    inside = {digest for digest, text in analysis.tunnels.items() if _pairs(text) & pairs}
    flows = analysis.flows
    return flow_keys(flow_key(flows, k, ported) for k in range(len(flows)) if int(flows.tunnel[k]) in inside)
