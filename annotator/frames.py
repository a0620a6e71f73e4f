"""Which frames of the captures belong to some flows: found by decoding the captures once more.

The data path keeps no packets and no frame numbers but each flow's first. A header belongs to the last flow of its
key that began at or before its frame: that is how the flow table splits flows, so the same flow is found again.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.decode.tunnels import TunnelBook
from annotator.flow.icmp import ONE_WAY, PEER, PEER6
from annotator.model import ICMP, ICMP6, NO_PORT, Flows, HeaderFlag

Keys = NDArray[np.uint64]
_ODD: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
"""Multipliers of SplitMix64 (Steele, Lea and Flood 2014)."""
_FRAME_BITS: Final = np.uint64(40)
"""Bits of a frame's number beside that of its key: a million million frames, sixteen million keys."""


class FlowFrames:
    """Finds the frames of the flows at the indices `rows` of `flows`."""

    def __init__(
        self, flows: Flows, tunnels: Mapping[int, str], rows: NDArray[np.intp], *, ignore_vlan: bool = False
    ) -> None:
        """Know the flows; `tunnels` gives the texts of ``Flows.tunnel``, `ignore_vlan` is that of the run."""
        self._ignore_vlan = ignore_vlan
        self._tunnel_ids: dict[str, int] = {}
        keys = self._flow_keys(flows, tunnels)
        wanted = np.zeros(len(flows), np.bool_)
        wanted[rows] = True
        self._keys = np.unique(keys[wanted])
        self._rows = np.flatnonzero(np.isin(keys, self._keys))
        """The flows that share a key with one that is wanted."""
        self._wanted = wanted[self._rows]
        self._key_of = np.searchsorted(self._keys, keys[self._rows]).astype(np.uint64)
        self._capture = flows.capture[self._rows]
        self._first_frame = flows.first_frame[self._rows].astype(np.uint64)
        self._starts: Keys = np.empty(0, np.uint64)
        self._of_start: NDArray[np.intp] = np.empty(0, np.intp)

    def begin(self, capture: int) -> None:
        """Go on to a capture, by index; those before it are done."""
        before = self._capture <= capture
        # a flow that began in a capture before goes on from its key's frame 0
        frame = np.where(self._capture == capture, self._first_frame, np.uint64(0))
        starts = (self._key_of << _FRAME_BITS) | frame
        order = np.lexsort((self._capture, starts))
        order = order[before[order]]
        self._starts, self._of_start = starts[order], order.astype(np.intp)

    def of(self, headers: NDArray[np.void], book: TunnelBook) -> NDArray[np.int64]:
        """Give the frames, by number, of HEADER rows of the capture that belong to the flows; each at least once."""
        if not len(self._starts):
            return np.empty(0, np.int64)
        keys = self._header_keys(headers, book)
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = np.flatnonzero(
            (self._keys[place] == keys) & ((headers["flags"] & HeaderFlag.QUOTED) == 0) & (headers["frame"] > 0)
        )
        wanted = (place[known].astype(np.uint64) << _FRAME_BITS) | headers["frame"][known].astype(np.uint64)
        at = np.searchsorted(self._starts, wanted, side="right") - 1
        found = (at >= 0) & (self._starts[at] >> _FRAME_BITS == wanted >> _FRAME_BITS)
        found &= self._wanted[self._of_start[at]]
        frames: NDArray[np.int64] = headers["frame"][known[found]]
        return frames

    # -- keys ------------------------------------------------------------------------------------------------------

    def _flow_keys(self, flows: Flows, tunnels: Mapping[int, str]) -> Keys:
        has_ports = flows.initiator_port != NO_PORT
        typed = flows.icmp_type >= 0
        initiator = np.where(typed, flows.icmp_type, flows.initiator_port)
        responder = np.where(typed, flows.icmp_code, flows.responder_port)
        return self._mix(
            flows.version,
            flows.proto,
            (flows.initiator_hi, flows.initiator_lo, initiator),
            (flows.responder_hi, flows.responder_lo, responder),
            has_ports | typed,
            flows.vlan,
            self._numbered(flows.tunnel, lambda number: tunnels.get(number, "")),
        )

    def _header_keys(self, headers: NDArray[np.void], book: TunnelBook) -> Keys:
        return self._mix(
            headers["version"],
            headers["proto"],
            (headers["src_hi"], headers["src_lo"], headers["sport"]),
            (headers["dst_hi"], headers["dst_lo"], headers["dport"]),
            (headers["flags"] & HeaderFlag.PORTS) != 0,
            headers["vlan"],
            self._numbered(headers["tunnel"], book.text),
        )

    def _numbered(self, tunnels: NDArray[np.uint64], text: Any) -> Keys:
        """Number tunnels by their texts: their hashes are of one run."""
        distinct, of_row = np.unique(tunnels, return_inverse=True)
        numbers = [
            self._tunnel_ids.setdefault(text(tunnel), len(self._tunnel_ids) + 1) if tunnel else 0
            for tunnel in distinct.tolist()
        ]
        return np.array(numbers, np.uint64)[of_row]

    def _mix(self, version: Any, proto: Any, source: Any, target: Any, has_ports: Any, vlan: Any, tunnel: Keys) -> Keys:
        """Give a key for each flow or header, the same in both directions."""
        ports = [np.where(has_ports, end[2], NO_PORT).astype(np.int64) for end in (source, target)]
        one_way = np.zeros(len(ports[0]), np.bool_)
        for number, peers in ((ICMP, PEER), (ICMP6, PEER6)):
            icmp = proto == number
            peer = peers[np.where(icmp & has_ports, ports[0], 0) & 255]
            alone = icmp & (~has_ports | (peer == ONE_WAY))
            ports[1] = np.where(icmp & has_ports & ~alone, peer, ports[1])
            one_way |= alone
        ends = [(end[0], end[1], port.astype(np.uint64)) for end, port in zip((source, target), ports, strict=True)]
        swap = ~one_way & _greater(ends[0], ends[1])
        lower = [np.where(swap, b, a) for a, b in zip(*ends, strict=True)]
        upper = [np.where(swap, a, b) for a, b in zip(*ends, strict=True)]
        context = (version.astype(np.uint64) << np.uint64(8)) | proto.astype(np.uint64)
        inner = np.zeros(len(context), np.uint64) if self._ignore_vlan else _innermost(vlan)
        key = np.zeros(len(context), np.uint64)
        for part in (*lower, *upper, context, inner, tunnel):
            key = (key ^ part) * _ODD[0]
            key = (key ^ (key >> np.uint64(30))) * _ODD[1]
            key = (key ^ (key >> np.uint64(27))) * _ODD[2]
            key ^= key >> np.uint64(31)
        return key


def _greater(one: Any, two: Any) -> NDArray[np.bool_]:
    """Compare (high, low, port) as tuples."""
    greater: NDArray[np.bool_] = one[2] > two[2]
    for a, b in ((one[1], two[1]), (one[0], two[0])):
        greater = (a > b) | ((a == b) & greater)
    return greater


def _innermost(stack: Any) -> Keys:
    """Give the innermost VLAN id of each stack, as :func:`annotator.decode.ethertype.innermost_vlan` does."""
    stack = stack.astype(np.uint64)
    count = stack & np.uint64(15)
    shift = np.uint64(4) + np.uint64(12) * np.where(count > 0, count - np.uint64(1), np.uint64(0))
    return np.where(count > 0, (stack >> shift) & np.uint64(0xFFF), np.uint64(0))
