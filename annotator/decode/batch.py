"""The loop that decodes a batch: one HEADER row for each IP header, each packet decoded or stopped."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.decode import reasons, tunnels
from annotator.decode.ethertype import all_layers
from annotator.decode.ip import group_address, ipv4_header, ipv6_header
from annotator.decode.ip_tunnels import carries_packet, ip_tunnel
from annotator.decode.link import ANY_VERSION, all_plain, network_layer, undecoded
from annotator.decode.strip import DECODED, strip
from annotator.decode.transport import has_ports, quote_signal, transport_header
from annotator.decode.tunnels import Tunnels, note_tunnel, tunnel_hash
from annotator.decode.udp_tunnels import udp_tunnel
from annotator.decode.wifi import BEHIND_SHIFT, msdu_frame
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, be64, signed, u8, view
from annotator.model import BATCHES_AT_HAND, HEADER, ICMP, ICMP6, NO_TIME, UDP, HeaderFlag, PacketBatch, StopClass

MAX_DEPTH: Final = 8
"""IP headers of a packet that are followed, tunnels inside tunnels."""
MOST_MSDUS: Final = 128
"""Packets of an 802.11 aggregate that are followed; the largest of 11,454 bytes holds a few more, all but empty."""
ROWS_PER_PACKET: Final = 2 * MAX_DEPTH * MOST_MSDUS
"""An IP header and the header that an ICMP error quotes, at each depth, in each MSDU."""
P_ESP: Final = 50
MOST_IP_BYTES: Final = 65535 + 40

COUNT, FIRST_FRAME = 0, 1
READ, PACKETS_DECODED, BYTES, FIRST_NS, LAST_NS = range(5)
TIME_STEPS_BACK, FIRST_STEP_BACK, FILTERED, TOTALS = range(5, 9)


class Rare(NamedTuple):
    """What the decoding kernel needs for more than plain packets; where it is None, the code for them is left out."""

    stripped: NDArray[np.int64]
    """Output of :func:`annotator.decode.strip.strip`, or of no columns where all link types are plain."""
    tunnels: Tunnels


@kernel
def put_addresses(row: Any, data: Any, source: int, destination: int, version: int) -> None:
    """Copy the addresses at the two positions into `row`."""
    if version == 4:
        row["src_hi"] = 0
        row["src_lo"] = be32(data, source)
        row["dst_hi"] = 0
        row["dst_lo"] = be32(data, destination)
    else:
        row["src_hi"] = be64(data, source)
        row["src_lo"] = be64(data, source + 8)
        row["dst_hi"] = be64(data, destination)
        row["dst_lo"] = be64(data, destination + 8)
    row["version"] = version


@kernel
def note(counts: Any, reason: int, frame: int) -> None:
    """Count `reason`, and keep the first frame that it was seen in."""
    if counts[reason, COUNT] == 0 or frame < counts[reason, FIRST_FRAME]:
        counts[reason, FIRST_FRAME] = frame
    counts[reason, COUNT] += 1


@kernel
def account_packets(
    ts_ns: Any, caplen: Any, origlen: Any, keep: Any, first_frame: int, counts: Any, totals: Any
) -> None:
    """Add the packets of the columns to `counts` and `totals`, by what their records say."""
    for packet in range(len(ts_ns)):
        if not keep[packet]:
            totals[FILTERED] += 1
            continue
        stored, wire, time = signed(caplen[packet]), signed(origlen[packet]), signed(ts_ns[packet])
        totals[READ] += 1
        totals[BYTES] += max(wire, stored)
        if wire < stored:
            note(counts, reasons.CAPLEN_OVER_ORIGLEN, first_frame + packet)
        elif stored < wire:
            note(counts, reasons.SNAP_CUT, first_frame + packet)
        if time == NO_TIME:
            note(counts, reasons.NO_TIME_STAMP, first_frame + packet)
            continue
        if totals[FIRST_NS] == NO_TIME or time < totals[FIRST_NS]:
            totals[FIRST_NS] = time
        if totals[LAST_NS] == NO_TIME or time >= totals[LAST_NS]:
            totals[LAST_NS] = time
        else:
            if totals[TIME_STEPS_BACK] == 0:
                totals[FIRST_STEP_BACK] = first_frame + packet
            totals[TIME_STEPS_BACK] += 1


@kernel
def decode_quote(data: Any, i: int, end: int, signal: int, row: Any) -> bool:
    """Decode the header that an ICMP error quotes at `i` into `row`; False where it holds no ports."""
    if end - i < 1:
        return False
    version = u8(data, i) >> 4
    if version != 4 and version != 6:
        return False
    header = ipv4_header(data, i, end, end) if version == 4 else ipv6_header(data, i, end, end)
    stop, protocol, start, _, kind, _, _, _, source, destination = header
    if stop != reasons.NONE or kind == HeaderFlag.FRAGMENT_LATER or not has_ports(protocol) or end - start < 4:
        return False
    put_addresses(row, data, source, destination, version)
    row["proto"] = protocol
    row["sport"] = be16(data, start)
    row["dport"] = be16(data, start + 2)
    row["flags"] = HeaderFlag.QUOTED | HeaderFlag.PORTS
    row["signal"] = signal
    row["payload_offset"] = start
    row["payload_caplen"] = row["payload_bytes"] = row["ip_bytes"] = row["frame_bytes"] = 0
    row["tcp_flags"] = 0
    row["seq"] = row["ack"] = row["fragment_id"] = row["fragment_offset"] = 0
    return True


@kernel
def decode_packets(
    data: Any,
    offset: Any,
    ts_ns: Any,
    caplen: Any,
    origlen: Any,
    link_type: Any,
    keep: Any,
    first: int,
    first_frame: int,
    out: Any,
    fragments: Any,
    counts: Any,
    totals: Any,
    rare: Any,
) -> tuple[int, int, int, bool]:
    """Decode the packets of the columns from number `first` on into rows of `out` (HEADER).

    The numbers of those rows that are fragments go to `fragments` (int64, as long as `out`).
    `counts` is int64[reasons, 2] (count, first frame), `totals` int64[TOTALS]; both are added to. `rare` is
    :class:`Rare` or None: the kernel is compiled for each of the two, and the plain one is small. Returns (rows
    made, fragments among them, packets done, whether the next packet needs the other kernel); it stops early where
    `out` is full.
    """
    frames = view(data)
    made = found = 0
    for packet in range(first, len(offset)):
        if len(out) - made < ROWS_PER_PACKET:
            return made, found, packet, False
        if not keep[packet]:
            continue
        frame = first_frame + packet
        i = signed(offset[packet])
        wire = max(signed(origlen[packet]), signed(caplen[packet]))
        end = i + signed(caplen[packet])
        wire_end = i + wire

        first_depth = 0
        next_msdu, next_end, next_wire_end, next_depth, next_vlan = 0, 0, 0, 0, 0
        next_tunnel = np.uint64(0)
        if rare is not None and rare.stripped.shape[1] > 0 and rare.stripped[3, packet] != reasons.RARE:
            ethertype, i, end, stop = (
                rare.stripped[0, packet],
                rare.stripped[1, packet],
                rare.stripped[2, packet],
                rare.stripped[3, packet],
            )
            version, vlan = 0, 0
            behind = ethertype >> BEHIND_SHIFT
            if behind:  # bytes of the MSDUs that follow this one in its aggregate
                ethertype &= 0xFFFF
                next_msdu, next_end, next_wire_end = end - behind, end, wire_end
                end = wire_end = next_msdu
            if stop == reasons.NONE:
                version, i, vlan, stop, ethertype = all_layers(frames, i, end, ethertype, vlan)
        else:
            version, i, vlan, stop, ethertype = network_layer(frames, i, end, signed(link_type[packet]))
            if stop == reasons.RARE:
                if rare is None:
                    return made, found, packet, True
                version, i, vlan, stop, ethertype = all_layers(frames, i, end, ethertype, vlan)
            if stop == reasons.NONE and version == ANY_VERSION:
                version = u8(frames, i) >> 4 if end > i else 4
        tunnel = np.uint64(0)
        first_stop, decoded = reasons.NONE, False
        msdus = 1
        while True:  # over the MSDUs of an aggregate; any other frame is one
            for depth in range(first_depth, MAX_DEPTH):
                if stop == reasons.NONE and version != 4 and version != 6:
                    stop = reasons.IP_VERSION
                if stop != reasons.NONE:
                    if depth == 0:
                        first_stop = stop if first_stop == reasons.NONE else first_stop
                    elif reasons.STOP_CLASS[stop] != StopClass.NOT_IP:
                        note(counts, reasons.TUNNEL_INNER, frame)
                    break
                header = (
                    ipv4_header(frames, i, end, wire_end) if version == 4 else ipv6_header(frames, i, end, wire_end)
                )
                stop, protocol, start, finish, kind, fragment_id, fragment_offset, odd, source, destination = header
                if stop != reasons.NONE:
                    if depth == 0:
                        first_stop = stop if first_stop == reasons.NONE else first_stop
                    else:
                        note(counts, reasons.TUNNEL_INNER, frame)
                    break
                stored_end = min(end, finish)
                later = kind == HeaderFlag.FRAGMENT_LATER
                if later:
                    wrong, flags, sport, dport, payload, payload_end, tcp_flags, signal, sequence, acknowledged = (
                        reasons.NONE,
                        0,
                        0,
                        0,
                        start,
                        finish,
                        0,
                        0,
                        0,
                        0,
                    )
                else:
                    wrong, flags, sport, dport, payload, payload_end, tcp_flags, signal, sequence, acknowledged = (
                        transport_header(frames, start, stored_end, finish, protocol, kind == HeaderFlag.FRAGMENT_FIRST)
                    )
                inside = (tunnels.NONE, 0, 0, tunnels.NO_ID)
                whole_end = payload_end  # of the payload, all fragments together
                if kind == HeaderFlag.FRAGMENT_FIRST:
                    whole_end = i + MOST_IP_BYTES
                    if protocol == UDP and stored_end - start >= 8:
                        whole_end = max(start + be16(frames, start + 4), payload_end)
                if not later:
                    if protocol == UDP:
                        inside = udp_tunnel(frames, payload, min(end, payload_end), whole_end)
                        if rare is None and inside[0] != tunnels.NONE:
                            return made, found, packet, True
                    elif carries_packet(frames, protocol, start, stored_end):
                        if rare is None:
                            return made, found, packet, True
                        inside = ip_tunnel(frames, protocol, version, start, stored_end)

                # from here on the packet is counted, and not looked at again by another kernel
                if depth == 0 and not decoded:
                    decoded = True
                    totals[PACKETS_DECODED] += 1
                    flags |= HeaderFlag.OUTERMOST
                if odd != reasons.NONE:
                    note(counts, odd, frame)
                if wrong != reasons.NONE:
                    if kind == HeaderFlag.FRAGMENT_FIRST and wrong == reasons.TRANSPORT_TRUNCATED and finish <= end:
                        wrong = reasons.TINY_FRAGMENT
                    note(counts, wrong, frame)
                if protocol == P_ESP:
                    note(counts, reasons.ESP, frame)
                if kind != 0:
                    fragments[found] = made
                    found += 1
                if group_address(version, frames, i):
                    flags |= HeaderFlag.GROUP

                row = out[made]
                put_addresses(row, frames, source, destination, version)
                row["vlan"] = vlan
                row["tunnel"] = tunnel
                row["ts_ns"] = ts_ns[packet]
                row["frame"] = frame
                row["depth"] = depth
                row["sport"] = sport
                row["dport"] = dport
                row["proto"] = protocol
                row["flags"] = flags | kind
                row["signal"] = signal
                row["tcp_flags"] = tcp_flags
                row["seq"] = sequence
                row["ack"] = acknowledged
                row["fragment_id"] = fragment_id
                row["fragment_offset"] = fragment_offset
                row["fragment_bytes"] = finish - start
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
                        quote["tunnel"] = tunnel
                        quote["ts_ns"] = ts_ns[packet]
                        quote["frame"] = frame
                        quote["depth"] = depth
                        made += 1

                if rare is None or inside[0] == tunnels.NONE:
                    break
                if depth == MAX_DEPTH - 1:
                    note(counts, reasons.TUNNEL_DEPTH, frame)
                    break
                carrier, ethertype, i, identifier = inside
                end = min(end, payload_end)
                wire_end = whole_end
                outer = out[made - 1]
                behind, outer_vlan = ethertype >> BEHIND_SHIFT, vlan
                if behind:
                    ethertype &= 0xFFFF
                    if next_msdu:  # an aggregate in an aggregate
                        note(counts, reasons.WIFI_AGGREGATE, frame)
                        behind = 0
                    else:
                        next_msdu, next_end, next_wire_end = end - behind, end, wire_end
                        end = wire_end = next_msdu
                version, i, vlan, stop, ethertype = all_layers(frames, i, end, ethertype, vlan)
                if stop == reasons.NONE or behind:
                    tunnel = tunnel_hash(rare.tunnels, tunnel, carrier, identifier, outer)
                    note_tunnel(rare.tunnels, tunnel, carrier, identifier, outer)
                    if behind:
                        next_depth, next_tunnel, next_vlan = depth + 1, tunnel, outer_vlan
                if stop != reasons.NONE:  # ARP, STP and the like in a tunnel are no oddity
                    if reasons.STOP_CLASS[stop] != StopClass.NOT_IP:
                        note(counts, reasons.TUNNEL_INNER, frame)
                    break

            if rare is None or next_msdu == 0:
                break
            if msdus == MOST_MSDUS:
                note(counts, reasons.WIFI_AGGREGATE, frame)
                break
            msdus += 1
            first_depth, tunnel, vlan, end, wire_end = next_depth, next_tunnel, next_vlan, next_end, next_wire_end
            ethertype, i, end, stop = msdu_frame(frames, next_msdu, end)
            behind = ethertype >> BEHIND_SHIFT
            next_msdu = 0
            if behind:
                ethertype &= 0xFFFF
                next_msdu = end - behind
                end = wire_end = next_msdu
            version = 0
            if stop == reasons.NONE:
                version, i, vlan, stop, ethertype = all_layers(frames, i, end, ethertype, vlan)
        if first_stop != reasons.NONE and not decoded:
            note(counts, first_stop, frame)
    return made, found, len(offset), False


class Decoder:
    """Decodes the batches of one capture, and keeps its accounts."""

    def __init__(self, tunnel_book: "tunnels.TunnelBook") -> None:
        """Start with empty accounts; the tunnels met are written into `tunnel_book`, which captures share."""
        self.counts: NDArray[np.int64] = np.zeros((reasons.REASONS_END, 2), np.int64)
        """Packets by reason code: count, first frame."""
        self.totals: NDArray[np.int64] = np.zeros(TOTALS, np.int64)
        self.totals[FIRST_NS] = self.totals[LAST_NS] = NO_TIME
        self.undecoded_links: set[int] = set()
        """Link types of which packets were stopped because they are not decoded."""
        self.fragments: NDArray[np.int64] = np.empty(0, np.int64)
        """The numbers of the rows of the last part that are fragments."""
        self._book = tunnel_book
        self._scapy: Any = None
        self._rare = False
        self._outs: list[NDArray[np.void]] = [np.empty(0, HEADER)] * BATCHES_AT_HAND
        self._all: NDArray[np.bool_] = np.empty(0, np.bool_)

    def decode(self, batch: PacketBatch) -> Iterator[NDArray[np.void]]:
        """Decode `batch` into HEADER rows, in one or more parts, each valid until BATCHES_AT_HAND
        further ones are asked for.

        Rows stand in order of packets; ``QUOTED`` rows follow their error, inner headers their outer one.
        """
        keep = self._kept(batch)
        account_packets(batch.ts_ns, batch.caplen, batch.origlen, keep, batch.first_frame, self.counts, self.totals)
        room = 2 * len(batch) + ROWS_PER_PACKET
        plain = all_plain(batch.link_type)
        stripped = np.empty((4, 0), np.int64) if plain else self._strip(batch, keep)
        self._rare |= not plain
        first = 0
        while first < len(batch):
            if len(self._outs[0]) < room:
                self._outs[0] = np.empty(room, HEADER)
            fragments = np.empty(len(self._outs[0]), np.int64)  # no page of it is touched before it is needed
            made, found, first, switch = decode_packets(
                batch.data,
                batch.offset,
                batch.ts_ns,
                batch.caplen,
                batch.origlen,
                batch.link_type,
                keep,
                first,
                batch.first_frame,
                self._outs[0],
                fragments,
                self.counts,
                self.totals,
                Rare(stripped, self._book.arrays()) if self._rare else None,
            )
            self._rare |= switch
            self._book.learn()
            self.fragments = fragments[:found]
            if made:
                yield self._outs[0][:made]
                self._outs.append(self._outs.pop(0))
        if not plain and self.counts[reasons.LINK_TYPE, COUNT]:
            self.undecoded_links |= undecoded(batch.link_type[keep], DECODED)

    def _strip(self, batch: PacketBatch, keep: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Strip the links of a batch that are not plain, with scapy's help where it knows more."""
        columns = strip(batch)
        if (columns[3] == reasons.LINK_TYPE).any():
            from annotator.decode.by_scapy import ScapyStripper

            if self._scapy is None:
                self._scapy = ScapyStripper()
            for packet in self._scapy.strip_rest(batch, columns, keep).tolist():
                note(self.counts, reasons.BY_SCAPY, batch.first_frame + packet)
        return columns

    def _kept(self, batch: PacketBatch) -> NDArray[np.bool_]:
        """Give the batch's ``keep``, or as many true values."""
        if batch.keep is not None:
            return batch.keep
        if len(self._all) < len(batch):
            self._all = np.ones(len(batch), np.bool_)
        return self._all[: len(batch)]
