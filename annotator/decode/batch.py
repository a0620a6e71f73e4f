"""The loop that decodes a batch: one HEADER row for each IP header, each packet decoded or stopped."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.decode import reasons
from annotator.decode.ip import group_address, ipv4_header, ipv6_header
from annotator.decode.link import ANY_VERSION, network_layer
from annotator.decode.transport import has_ports, quote_signal, transport_header, udp_header
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, be64, signed, u8, view
from annotator.model import HEADER, ICMP, ICMP6, NO_TIME, UDP, UDPLITE, HeaderFlag, PacketBatch

ROWS_PER_PACKET: Final = 2
"""An IP header, and the header that an ICMP error quotes."""

COUNT, FIRST_FRAME = 0, 1
READ, DECODED, BYTES, FIRST_NS, LAST_NS, TIME_STEPS_BACK, TOTALS = 0, 1, 2, 3, 4, 5, 6


@kernel
def put_addresses(row: Any, data: Any, i: int, version: int) -> None:
    """Copy the addresses of the IP header at `i` into `row`."""
    if version == 4:
        row["src_hi"] = 0
        row["src_lo"] = be32(data, i + 12)
        row["dst_hi"] = 0
        row["dst_lo"] = be32(data, i + 16)
    else:
        row["src_hi"] = be64(data, i + 8)
        row["src_lo"] = be64(data, i + 16)
        row["dst_hi"] = be64(data, i + 24)
        row["dst_lo"] = be64(data, i + 32)
    row["version"] = version


@kernel
def note(counts: Any, reason: int, frame: int) -> None:
    """Count `reason`, and keep the first frame that it was seen in."""
    if counts[reason, COUNT] == 0:
        counts[reason, FIRST_FRAME] = frame
    counts[reason, COUNT] += 1


@kernel
def decode_quote(data: Any, i: int, end: int, signal: int, row: Any) -> bool:
    """Decode the header that an ICMP error quotes at `i` into `row`; False where it holds no ports."""
    if end - i < 1:
        return False
    version = u8(data, i) >> 4
    if version == 4:
        header = ipv4_header(data, i, end, end)
    elif version == 6:
        header = ipv6_header(data, i, end, end)
    else:
        return False
    protocol, start, kind = header[1], header[2], header[4]
    if header[0] != reasons.NONE or kind == HeaderFlag.FRAGMENT_LATER or not has_ports(protocol) or end - start < 4:
        return False
    put_addresses(row, data, i, version)
    row["proto"] = protocol
    row["sport"] = be16(data, start)
    row["dport"] = be16(data, start + 2)
    row["flags"] = HeaderFlag.QUOTED | HeaderFlag.PORTS
    row["signal"] = signal
    row["ip_bytes"] = 0
    row["payload_bytes"] = 0
    row["payload_caplen"] = 0
    return True


@kernel
def decode_packets(
    data: Any,
    offset: Any,
    ts_ns: Any,
    caplen: Any,
    origlen: Any,
    link_type: Any,
    first_frame: int,
    out: Any,
    counts: Any,
    totals: Any,
) -> int:
    """Decode every packet of the columns into rows of `out` (HEADER, twice as many rows); returns the rows made.

    `counts` is int64[reasons, 2] (count, first frame), `totals` int64[6]; both are added to.
    """
    made = 0
    frames = view(data)
    for packet in range(len(offset)):
        i = signed(offset[packet])
        stored = signed(caplen[packet])
        wire = signed(origlen[packet])
        time = signed(ts_ns[packet])
        frame = first_frame + packet
        totals[READ] += 1
        if wire < stored:
            note(counts, reasons.CAPLEN_OVER_ORIGLEN, frame)
            wire = stored
        elif stored < wire:
            note(counts, reasons.SNAP_CUT, frame)
        totals[BYTES] += wire
        if time == NO_TIME:
            note(counts, reasons.NO_TIME_STAMP, frame)
        else:
            if totals[FIRST_NS] == NO_TIME or time < totals[FIRST_NS]:
                totals[FIRST_NS] = time
            if totals[LAST_NS] == NO_TIME or time >= totals[LAST_NS]:
                totals[LAST_NS] = time
            else:
                totals[TIME_STEPS_BACK] += 1
        end = i + stored
        wire_end = i + wire

        version, i, vlan, stop = network_layer(frames, i, end, signed(link_type[packet]))
        if stop == reasons.NONE and version == ANY_VERSION:
            version = u8(frames, i) >> 4 if end > i else 4
        if stop == reasons.NONE and version != 4 and version != 6:
            stop = reasons.IP_VERSION
        if stop != reasons.NONE:
            note(counts, stop, frame)
            continue
        header = ipv4_header(frames, i, end, wire_end) if version == 4 else ipv6_header(frames, i, end, wire_end)
        stop, protocol, start, finish, kind, fragment_id, fragment_offset, odd = header
        if stop != reasons.NONE:
            note(counts, stop, frame)
            continue
        if odd != reasons.NONE:
            note(counts, odd, frame)
        totals[DECODED] += 1

        row = out[made]
        put_addresses(row, frames, i, version)
        flags = HeaderFlag.OUTERMOST | kind
        if group_address(version, frames, i):
            flags |= HeaderFlag.GROUP
        stored_end = min(end, finish)
        sport = dport = tcp_flags = signal = sequence = acknowledged = 0
        payload, payload_end = start, finish
        odd = reasons.NONE
        if kind != HeaderFlag.FRAGMENT_LATER:
            if protocol in (UDP, UDPLITE):
                odd, more, sport, dport, payload, payload_end = udp_header(
                    frames, start, stored_end, finish, protocol == UDPLITE
                )
            else:
                odd, more, sport, dport, payload, tcp_flags, signal, sequence, acknowledged = transport_header(
                    frames, start, stored_end, finish, protocol
                )
            flags |= more
            if odd != reasons.NONE:
                if kind == HeaderFlag.FRAGMENT_FIRST and odd == reasons.TRANSPORT_TRUNCATED and finish <= end:
                    odd = reasons.TINY_FRAGMENT
                note(counts, odd, frame)
        row["vlan"] = vlan
        row["tunnel"] = 0
        row["ts_ns"] = time
        row["packet"] = packet
        row["sport"] = sport
        row["dport"] = dport
        row["proto"] = protocol
        row["flags"] = flags
        row["signal"] = signal
        row["tcp_flags"] = tcp_flags
        row["seq"] = sequence
        row["ack"] = acknowledged
        row["fragment_id"] = fragment_id
        row["fragment_offset"] = fragment_offset
        row["ip_bytes"] = finish - i
        row["frame_bytes"] = wire
        row["payload_offset"] = payload
        row["payload_bytes"] = max(payload_end - payload, 0)
        row["payload_caplen"] = max(min(payload_end, end) - payload, 0)
        made += 1

        if kind == 0 and (protocol == ICMP or protocol == ICMP6) and stored_end - start >= 8:
            meaning = quote_signal(sport, dport, protocol == ICMP6)
            if meaning and decode_quote(frames, start + 8, stored_end, meaning, out[made]):
                quote = out[made]
                quote["vlan"] = vlan
                quote["tunnel"] = 0
                quote["ts_ns"] = time
                quote["packet"] = packet
                quote["tcp_flags"] = 0
                quote["seq"] = 0
                quote["ack"] = 0
                quote["fragment_id"] = 0
                quote["fragment_offset"] = 0
                quote["frame_bytes"] = 0
                quote["payload_offset"] = start
                made += 1
    return made


class Decoder:
    """Decodes the batches of one capture, and keeps its accounts."""

    def __init__(self) -> None:
        """Start with empty accounts."""
        self.counts: NDArray[np.int64] = np.zeros((reasons.REASONS_END, 2), np.int64)
        """Packets by reason code: count, first frame."""
        self.totals: NDArray[np.int64] = np.zeros(TOTALS, np.int64)
        self.totals[FIRST_NS] = self.totals[LAST_NS] = NO_TIME
        self._out: NDArray[np.void] = np.empty(0, HEADER)

    def decode(self, batch: PacketBatch) -> NDArray[np.void]:
        """Decode `batch` into HEADER rows; they are valid until the next call. ``QUOTED`` rows follow their error."""
        if len(self._out) < ROWS_PER_PACKET * len(batch):
            self._out = np.empty(ROWS_PER_PACKET * len(batch), HEADER)
        made = decode_packets(
            batch.data,
            batch.offset,
            batch.ts_ns,
            batch.caplen,
            batch.origlen,
            batch.link_type,
            batch.first_frame,
            self._out,
            self.counts,
            self.totals,
        )
        return self._out[:made]
