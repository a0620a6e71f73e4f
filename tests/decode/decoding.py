"""Decodes frames made in tests, and shows the rows as tests look at them.

Frames come from scapy where it can make them (an independent maker), else from bytes with comments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scapy.layers.l2 import Dot3, Ether

from annotator.decode import Decoder, reasons
from annotator.decode.batch import COUNT, FIRST_FRAME, PACKETS_DECODED, READ
from annotator.decode.fragments import Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.model import HEADER, HeaderFlag, PacketBatch

MACS: dict[str, Any] = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}
"""Of every frame: where they are left out, scapy would ask the network for them."""
GUARD = b"\xc5" * 32
"""Stands between frames, so that reading past one is seen."""


def ether(**fields: Any) -> Ether:
    """Make an Ethernet header."""
    return Ether(**MACS, **fields)


def dot3(**fields: Any) -> Dot3:
    """Make an 802.3 header, whose type is a length."""
    return Dot3(**MACS, **fields)


def batch(
    frames: Sequence[bytes],
    link_types: int | Sequence[int] = 1,
    wires: Sequence[int] | None = None,
    times: Sequence[int] | None = None,
) -> PacketBatch:
    """Make a batch of `frames`, one second apart; `wires` are their lengths on the wire."""
    data, offsets = bytearray(GUARD), []
    for frame in frames:
        offsets.append(len(data))
        data += frame + GUARD
    count = len(frames)
    kinds = [link_types] * count if isinstance(link_types, int) else link_types
    return PacketBatch(
        np.frombuffer(bytes(data), np.uint8).copy(),
        np.array(offsets, np.int64),
        np.array([n * 10**9 for n in range(count)] if times is None else times, np.int64),
        np.array([len(frame) for frame in frames], np.uint32),
        np.array([len(frame) for frame in frames] if wires is None else wires, np.uint32),
        np.array(kinds, np.uint16),
        0,
        1,
    )


@dataclass
class Decoded:
    """What became of some frames."""

    rows: NDArray[np.void]
    counts: dict[str, int]
    """By the name of the reason."""
    first_frames: dict[str, int]
    packets: int
    decoded: int
    book: TunnelBook
    made: PacketBatch

    def __getitem__(self, k: int) -> Any:
        return self.rows[k]

    def __len__(self) -> int:
        return len(self.rows)

    def ends(self, k: int = 0) -> str:
        """Show row `k` as ``10.0.0.1:1000 > 10.0.0.2:80``, without ports where it has none."""
        row = self.rows[k]
        shown = []
        for side, port in (("src", "sport"), ("dst", "dport")):
            high, low = int(row[f"{side}_hi"]), int(row[f"{side}_lo"])
            text = str(IPv4Address(low) if row["version"] == 4 else IPv6Address(high << 64 | low))
            shown.append(f"{text}:{row[port]}" if row["flags"] & HeaderFlag.PORTS else text)
        return " > ".join(shown)

    def all_ends(self) -> list[str]:
        """Show every row."""
        return [self.ends(k) for k in range(len(self.rows))]

    def payload(self, k: int = 0) -> bytes:
        """Give the stored bytes of row `k`'s transport payload."""
        start, count = int(self.rows["payload_offset"][k]), int(self.rows["payload_caplen"][k])
        return self.made.data[start : start + count].tobytes()

    def vlans(self, k: int = 0) -> list[int]:
        """Give row `k`'s VLAN ids, outermost first."""
        stack = int(self.rows["vlan"][k])
        return [(stack >> (4 + 12 * n)) & 0xFFF for n in range(stack & 15)]

    def tunnel(self, k: int = 0) -> str:
        """Name the tunnels that row `k` is in."""
        return self.book.text(int(self.rows["tunnel"][k]))


def fragments_among(rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Give the numbers of the rows that are fragments, as the decoder notes them."""
    return np.flatnonzero(rows["flags"] & (HeaderFlag.FRAGMENT_FIRST | HeaderFlag.FRAGMENT_LATER))


def decode(made: PacketBatch, tie: bool = False) -> Decoded:
    """Decode a batch; with `tie`, later fragments get the ports of their first, in order of frames."""
    book = TunnelBook()
    decoder = Decoder(book)
    fragments = Fragments()
    parts = [  # copies: the rows are valid for as long as few are made behind them
        (fragments.tie(rows, decoder.fragments, decoder.counts) if tie else rows).copy()
        for rows in decoder.decode(made)
    ]
    if tie:
        parts.append(fragments.give_up(decoder.counts))
    rows = np.concatenate(parts) if parts else np.empty(0, HEADER)
    counted = {
        reason.name: decoder.counts[code] for code, reason in reasons.TABLE.items() if decoder.counts[code, COUNT]
    }
    totals = decoder.totals
    stops = sum(
        int(counted[reason.name][COUNT])
        for reason in reasons.TABLE.values()
        if reason.stop is not None and reason.name in counted
    )
    assert totals[READ] == len(made) == totals[PACKETS_DECODED] + stops, "read is not decoded + stopped"
    return Decoded(
        rows[np.argsort(rows["frame"], kind="stable")],
        {name: int(count[COUNT]) for name, count in counted.items()},
        {name: int(count[FIRST_FRAME]) for name, count in counted.items()},
        len(made),
        int(totals[PACKETS_DECODED]),
        book,
        made,
    )


def decode_frames(*frames: Any, link_type: int = 1, tie: bool = False) -> Decoded:
    """Decode frames of one link type: bytes, or packets of scapy's."""
    return decode(batch([bytes(frame) for frame in frames], link_type), tie)


def decode_prefixes(frame: Any, link_type: int = 1, shortest: int = 0) -> Decoded:
    """Decode a frame cut at every length, as a snap length would cut it."""
    whole = bytes(frame)
    prefixes = [whole[:cut] for cut in range(shortest, len(whole))]
    return decode(batch(prefixes, link_type, wires=[len(whole)] * len(prefixes)))
