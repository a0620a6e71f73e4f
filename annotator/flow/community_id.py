"""Community ID, version 1: a short name of a flow that other tools compute alike, whoever opened it.

``"1:" + base64(sha1(seed, source address, destination address, protocol, 0, source port, destination port))``, all
in network order, the ends ordered so that the smaller (address, port) stands first. Ports are hashed for TCP, UDP,
SCTP, ICMP and ICMPv6 only. ICMP uses type and code as ports; where a type has a counterpart (echo request and
reply) the counterpart's type stands in the code's place, and where it has none the flow is one-way: its ends stay
in the order of the packet. Source: the Community ID Flow Hashing specification, version 1.
"""

from base64 import b64encode
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.flow.icmp import ONE_WAY, PEER, PEER6
from annotator.flow.sha1 import sha1
from annotator.model import ICMP, ICMP6, NO_PORT, SCTP, TCP, UDP, Flows

Endpoints = tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.int32]]
"""High and low half of the address, and the port: (n,) each."""

_PORTED: Final = np.isin(np.arange(256), (TCP, UDP, SCTP, ICMP, ICMP6))
"""Whether ports are hashed, by IP protocol number."""

Rows = slice | NDArray[np.integer]


def community_ids(flows: Flows, rows: Rows = slice(None), seed: int = 0) -> NDArray[np.bytes_]:
    """Compute the Community IDs of flows.

    Args:
        flows: oriented flows; the order of their ends does not matter, save for one-way ICMP.
        rows: which flows, k of them: a slice, or indices.
        seed: 0 to 65535; tools that are to agree use the same.

    Returns:
        ASCII text, shape (k,), dtype ``S30``.

    Raises:
        ValueError: the seed does not fit 16 bits.
    """
    if not 0 <= seed <= 0xFFFF:
        raise ValueError(f"seed {seed} is not in 0-65535")
    proto = flows.proto[rows]
    is4 = flows.version[rows] == 4
    sport, dport, one_way = _ports(flows, rows)
    hashed = _PORTED[proto] & (sport != NO_PORT) & (dport != NO_PORT)
    sport, dport = np.where(hashed, sport, 0), np.where(hashed, dport, 0)

    one = (flows.initiator_hi[rows], flows.initiator_lo[rows], sport)
    two = (flows.responder_hi[rows], flows.responder_lo[rows], dport)
    swap = _greater(one, two) & ~one_way
    first = _chosen(swap, two, one)
    second = _chosen(swap, one, two)

    digests = np.zeros((len(proto), 21), np.uint8)  # 20 and a zero: 21 bytes are whole groups of base64
    for version, width in ((is4, 4), (~is4, 16)):
        chosen = np.flatnonzero(version)
        messages = _messages(first, second, proto, chosen, width, seed)
        without_ports = messages.shape[1] - 4  # such a message ends after the zero byte
        digests[chosen, :20] = sha1(messages, np.where(hashed[chosen], without_ports + 4, without_ports))
    text = np.empty((len(proto), 30), np.uint8)
    text[:, :2] = np.frombuffer(b"1:", np.uint8)
    text[:, 2:] = np.frombuffer(b64encode(digests.tobytes()), np.uint8).reshape(-1, 28)
    text[:, 29] = ord("=")  # what base64 writes for the byte that is not there
    return text.view("S30").ravel()


def _ports(flows: Flows, rows: Rows) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Give what stands for the ports, (n,) each, and whether the flow is one-way ICMP."""
    sport, dport = np.copy(flows.initiator_port[rows]), np.copy(flows.responder_port[rows])
    one_way = np.zeros(len(sport), np.bool_)
    for proto, counterpart in ((ICMP, PEER), (ICMP6, PEER6)):
        chosen = (flows.proto[rows] == proto) & (flows.icmp_type[rows] >= 0)
        kind = flows.icmp_type[rows][chosen]
        other = counterpart[kind]
        alone = other == ONE_WAY
        sport[chosen] = kind
        dport[chosen] = np.where(alone, flows.icmp_code[rows][chosen], other)
        one_way[chosen] = alone
    return sport, dport, one_way


def _chosen(condition: NDArray[np.bool_], one: Endpoints, two: Endpoints) -> Endpoints:
    """Take `one` where the condition holds, else `two`."""
    return (
        np.where(condition, one[0], two[0]),
        np.where(condition, one[1], two[1]),
        np.where(condition, one[2], two[2]),
    )


def _greater(one: Endpoints, two: Endpoints) -> NDArray[np.bool_]:
    """Compare (high, low, port) as tuples, (n,)."""
    greater: NDArray[np.bool_] = one[2] > two[2]
    for a, b in ((one[1], two[1]), (one[0], two[0])):
        greater = (a > b) | ((a == b) & greater)
    return greater


def _messages(
    first: Endpoints,
    second: Endpoints,
    proto: NDArray[np.uint8],
    rows: NDArray[np.intp],
    width: int,
    seed: int,
) -> NDArray[np.uint8]:
    """Lay out what is hashed, a row each, for rows whose addresses have `width` bytes."""
    size = 2 + 2 * width + 2 + 4
    matrix = np.zeros((len(rows), size), np.uint8)
    matrix[:, 0], matrix[:, 1] = seed >> 8, seed & 255
    for place, (high, low, _) in ((2, first), (2 + width, second)):
        octets = np.stack((high[rows], low[rows]), axis=1).astype(">u8").view(np.uint8).reshape(len(rows), 16)
        matrix[:, place : place + width] = octets[:, 16 - width :]
    matrix[:, 2 + 2 * width] = proto[rows]
    for place, end in ((size - 4, first), (size - 2, second)):
        matrix[:, place : place + 2] = end[2][rows].astype(">u2").view(np.uint8).reshape(len(rows), 2)
    return matrix
