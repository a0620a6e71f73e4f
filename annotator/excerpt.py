"""The first packets of a few flows, read from the captures again: what a closer look at them needs.

The data path keeps no payload. Where bytes of chosen flows are wanted after all, the captures are read a second time
with the same readers and decoders, and only what belongs to those flows is kept, within bounds.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.capture import open_captures
from annotator.decode import Decoder
from annotator.decode.ethertype import innermost_vlan
from annotator.decode.tunnels import TunnelBook
from annotator.errors import InputError
from annotator.filter import PacketFilter
from annotator.flow.icmp import ONE_WAY, PEER, PEER6
from annotator.model import ICMP, ICMP6, NO_PORT, Flows, HeaderFlag, PacketBatch

STDIN: Final = "-"
MOST_BYTES: Final = 64 << 20
"""Payload bytes kept in all."""
MOST_OPENINGS: Final = 4
"""TCP packets with SYN and no payload that are kept of a flow."""
SYN: Final = 2

End = tuple[int, int]
"""Address as a number, port (ICMP: what stands for it in the flow's key)."""
Key = tuple[int, int, End, End, int, str]
"""IP version, protocol, the ends in order, innermost VLAN, tunnel in words."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of a flow."""

    frame: int
    """1-based number in its capture."""
    ts_ns: int
    from_initiator: bool
    payload: bytes
    """Of the transport, as far as it was captured and is wanted."""
    payload_bytes: int
    """Its length on the wire."""
    seq: int
    ack: int
    tcp_flags: int


@dataclass(frozen=True, slots=True)
class Captures:
    """Captures to be read once more, in the way in which they were read first."""

    paths: Sequence[str]
    packet_filter: PacketFilter | None = None
    ignore_vlan: bool = False
    resync: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept of each flow."""

    packets: int
    """Packets with payload, of both directions together."""
    of_direction: int
    """And of each direction."""
    octets: int = 65535
    """Bytes of a payload."""


def excerpts(
    captures: Captures,
    flows: Flows,
    tunnels: Mapping[int, str],
    rows: Sequence[int],
    bounds: Bounds,
) -> dict[int, list[Packet]]:
    """Read `captures` again and give the first packets of the flows `rows`, by row, in order.

    `flows` and `tunnels` are those of the :class:`~annotator.model.Analysis` of them. Raises
    :class:`~annotator.errors.InputError` where one cannot be read again.
    """
    if STDIN in captures.paths:
        raise InputError("-: standard input cannot be read twice; save it to a file first")
    chosen = _Chosen(flows, tunnels, rows, bounds, captures.ignore_vlan)
    readers = open_captures(captures.paths, resync=captures.resync)
    try:
        for reader in readers:
            book = TunnelBook()
            decoder = Decoder(book)
            for batch in reader.batches():
                if captures.packet_filter:
                    batch.keep = captures.packet_filter.verdicts(batch)
                for headers in decoder.decode(batch):
                    chosen.take(batch, headers, book)
                if chosen.full:
                    return chosen.found
    finally:
        for reader in readers:
            reader.close()
    return chosen.found


class _Chosen:
    """The flows that are wanted, found again by their keys."""

    def __init__(
        self, flows: Flows, tunnels: Mapping[int, str], rows: Sequence[int], bounds: Bounds, ignore_vlan: bool
    ) -> None:
        self.found: dict[int, list[Packet]] = {row: [] for row in rows}
        self._bounds = bounds
        self._ignore_vlan = ignore_vlan
        self._bytes = 0
        self._taken: dict[tuple[int, int], int] = defaultdict(int)
        """Packets with payload (0, 1: by direction) and openings (2), by row."""
        wanted = set(rows)
        self._initiator: dict[int, End] = {}
        self._parts: dict[Key, list[tuple[int, int, int]]] = defaultdict(list)
        """Capture, first frame and row of every flow of a key: what belongs to one ends where the next begins."""
        sums = _sums((flows.initiator_hi, flows.initiator_lo), (flows.responder_hi, flows.responder_lo), flows.proto)
        self._sums = np.unique(sums[np.array(sorted(wanted), np.intp)])
        keys = set()
        for row in np.flatnonzero(np.isin(sums, self._sums)).tolist():
            proto = int(flows.proto[row])
            kind = proto in (ICMP, ICMP6) and flows.icmp_type[row] >= 0
            ports = (
                _icmp_ports(proto, int(flows.icmp_type[row]), int(flows.icmp_code[row]))
                if kind
                else (int(flows.initiator_port[row]), int(flows.responder_port[row]))
            )
            initiator = _address(flows.initiator_hi[row], flows.initiator_lo[row]), ports[0]
            responder = _address(flows.responder_hi[row], flows.responder_lo[row]), ports[1]
            vlan = 0 if ignore_vlan else int(innermost_vlan(int(flows.vlan[row])))
            tunnel = tunnels.get(int(flows.tunnel[row]), "")
            key = _key(int(flows.version[row]), proto, initiator, responder, vlan, tunnel)
            self._initiator[row] = initiator
            self._parts[key].append((int(flows.capture[row]), int(flows.first_frame[row]), row))
            if row in wanted:
                keys.add(key)
        self._parts = {key: sorted(self._parts[key]) for key in keys}

    @property
    def full(self) -> bool:
        """Whether no more packets are wanted of any flow."""
        return self._bytes >= MOST_BYTES or all(self._enough(row) for row in self.found)

    def _enough(self, row: int) -> bool:
        counts = self._taken[row, 0], self._taken[row, 1]
        return sum(counts) >= self._bounds.packets or min(counts) >= self._bounds.of_direction

    def take(self, batch: PacketBatch, headers: NDArray[np.void], book: TunnelBook) -> None:
        """Keep what `headers`, decoded from `batch`, have of the flows."""
        sums = _sums((headers["src_hi"], headers["src_lo"]), (headers["dst_hi"], headers["dst_lo"]), headers["proto"])
        carries = (headers["payload_caplen"] > 0) | ((headers["tcp_flags"] & SYN) != 0)
        apart = (headers["flags"] & (HeaderFlag.QUOTED | HeaderFlag.FRAGMENT_LATER)) != 0
        for at in np.flatnonzero(np.isin(sums, self._sums) & carries & ~apart).tolist():
            header = headers[at]
            source, key = self._key_of(header, book)
            parts = self._parts.get(key)
            if parts is None:
                continue
            part = bisect_right(parts, (batch.capture, int(header["frame"]), len(self._initiator) << 32)) - 1
            row = parts[part][2] if part >= 0 else -1
            if row in self.found:
                self._keep(row, source == self._initiator[row], header, batch.data)

    def _key_of(self, header: Any, book: TunnelBook) -> tuple[End, Key]:
        proto = int(header["proto"])
        has_ports = bool(header["flags"] & HeaderFlag.PORTS)
        ports = (int(header["sport"]), int(header["dport"])) if has_ports else (NO_PORT, NO_PORT)
        if has_ports and proto in (ICMP, ICMP6):
            ports = _icmp_ports(proto, *ports)
        source = _address(header["src_hi"], header["src_lo"]), ports[0]
        target = _address(header["dst_hi"], header["dst_lo"]), ports[1]
        vlan = 0 if self._ignore_vlan else int(innermost_vlan(int(header["vlan"])))
        tunnel = book.text(int(header["tunnel"])) if header["tunnel"] else ""
        return source, _key(int(header["version"]), proto, source, target, vlan, tunnel)

    def _keep(self, row: int, from_initiator: bool, header: Any, data: NDArray[np.uint8]) -> None:
        start, stored = int(header["payload_offset"]), int(header["payload_caplen"])
        counted = (row, 2 if not stored else 0 if from_initiator else 1)
        limit = MOST_OPENINGS if not stored else self._bounds.of_direction
        if self._taken[counted] >= limit or self._bytes >= MOST_BYTES:
            return
        if stored and self._taken[row, 0] + self._taken[row, 1] >= self._bounds.packets:
            return
        self._taken[counted] += 1
        payload = data[start : start + min(stored, self._bounds.octets)].tobytes()
        self._bytes += len(payload)
        self.found[row].append(
            Packet(
                int(header["frame"]),
                int(header["ts_ns"]),
                from_initiator,
                payload,
                int(header["payload_bytes"]),
                int(header["seq"]),
                int(header["ack"]),
                int(header["tcp_flags"]),
            )
        )


def _sums(one: Any, other: Any, proto: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Give a number for each pair of addresses and protocol that is the same in both directions."""
    high, low = one[0] + other[0], one[1] + other[1]
    mixed: NDArray[np.uint64] = high * np.uint64(0x9E3779B97F4A7C15) + low * np.uint64(256) + proto
    return mixed


def _icmp_ports(proto: int, kind: int, code: int) -> tuple[int, int]:
    """Give what stands for the ports of an ICMP message in the key of its flow, as :mod:`annotator.flow.key` does."""
    peer = int((PEER if proto == ICMP else PEER6)[kind])
    return kind, code if peer == ONE_WAY else peer


def _address(high: Any, low: Any) -> int:
    return (int(high) << 64) | int(low)


def _key(version: int, proto: int, source: End, target: End, vlan: int, tunnel: str) -> Key:
    """Give the key of a flow from the ends of a packet; one-way ICMP stays as it was sent."""
    peers = PEER if proto == ICMP else PEER6 if proto == ICMP6 else None
    if peers is not None and (source[1] == NO_PORT or peers[source[1]] == ONE_WAY):
        return version, proto, source, target, vlan, tunnel
    return version, proto, min(source, target), max(source, target), vlan, tunnel
