"""The words of a conversation: who says what, after which pause.

A :class:`Script` is one conversation of one protocol; a :class:`Profile` is a kind of traffic with its share of
the flows. Kernels see neither: :mod:`benchmarks.traffic.tables` turns both into arrays.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

MILLISECOND: Final = 1_000_000
SECOND: Final = 1_000 * MILLISECOND

CLIENT: Final = 0
SERVER: Final = 1


class Patch(IntEnum):
    """What varies in a message from flow to flow, or from datagram to datagram."""

    NONE = 0
    TAG16 = 1
    """Two bytes, the same in every message of a flow (a DNS transaction)."""
    COUNT32 = 2
    """Four bytes, big-endian: datagrams that this side has sent (ESP's sequence number)."""
    COUNT64_LE = 3
    """Eight bytes, little-endian: datagrams that this side has sent (WireGuard's counter)."""
    RTP = 4
    """A sequence number, and four bytes on a time stamp of 160 units a packet (RFC 3550 section 5.1)."""


class Kind(IntEnum):
    """The state machine that plays a profile."""

    TCP = 0
    UDP = 1
    """Any transport without connections: UDP, and bare IP protocols such as ESP."""
    ECHO = 2
    """ICMP echo, or a neighbour's solicitation."""
    SCAN = 3
    """TCP probes of one target, each a flow of its own."""
    FRAME = 4
    """Whole frames without IP, as long as the capture lasts."""


@dataclass(frozen=True, slots=True)
class Step:
    """One message of one side; in TCP one write, cut into segments, elsewhere one datagram."""

    side: int
    data: bytes
    filler: int = 0
    """Random-looking bytes after `data`."""
    pause: int = 0
    """Nanoseconds before it, on average (exponentially distributed), beside the network's own delay."""
    period: bool = False
    """The pause is a clock's tick, not an average."""
    patch: Patch = Patch.NONE
    at: int = 0
    """Where `patch` is applied, in `data`."""

    @property
    def size(self) -> int:
        """Bytes of the message."""
        return len(self.data) + self.filler


def client(
    data: bytes,
    filler: int = 0,
    pause: int = 0,
    *,
    period: bool = False,
    patch: Patch = Patch.NONE,
    at: int = 0,
) -> Step:
    """Let the client say something."""
    return Step(CLIENT, data, filler, pause, period, patch, at)


def server(
    data: bytes,
    filler: int = 0,
    pause: int = MILLISECOND,
    *,
    period: bool = False,
    patch: Patch = Patch.NONE,
    at: int = 0,
) -> Step:
    """Let the server say something."""
    return Step(SERVER, data, filler, pause, period, patch, at)


@dataclass(frozen=True, slots=True)
class Script:
    """A conversation: an opening, a part that is repeated as often as the flow is long, a closing."""

    opening: tuple[Step, ...]
    repeat: tuple[Step, ...] = ()
    closing: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of traffic."""

    name: str
    weight: float
    """Share of flows, in arbitrary units."""
    scripts: tuple[Script, ...]
    ports: tuple[int, ...] = ()
    """The server's, the usual one first."""
    elsewhere: float = 0.1
    """Share of servers that have another of these ports."""
    kind: Kind = Kind.TCP
    proto: int = 6
    """IP protocol number (IPv4's; ICMPv6 is found by itself)."""
    client_port: int = 0
    """Of protocols whose clients have a port of their own; 0 is an ephemeral one."""
    group: tuple[bytes, ...] = ()
    """Multicast or broadcast destination: IPv4 and IPv6 address."""
    external: float = 0.0
    """Share of flows whose server is out on the Internet."""
    inbound: float = 0.0
    """Share of flows whose client is out on the Internet, the server in."""
    ipv6: float = 0.12
    """Share of flows over IPv6."""
    refused: float = 0.0
    """Share of flows answered by RST or ICMP port unreachable."""
    silent: float = 0.0
    """Share of flows that nobody answers."""
    servers: int = 4
    """Addresses that serve it, the first the busiest."""
    sized: bool = False
    """Whether the flow's length is drawn from the heavy tail."""
