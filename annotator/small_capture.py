"""A small capture of excerpts: packets with new IP and transport headers, and ports that the caller chooses."""

import struct
from collections.abc import Sequence
from typing import BinaryIO, Final

from annotator.excerpt import Packet
from annotator.model import TCP, Flows

RAW_LINK: Final = 101
"""LINKTYPE_RAW: the packet begins with its IP header."""
NANOSECONDS: Final = 0xA1B23C4D
LONGEST: Final = 65535
NOT_CHECKED: Final = 0xFFFF
"""In place of a checksum: readers do not verify them unless asked, and IPv6 forbids UDP's 0 (RFC 8200 section 8.1)."""


class SmallCapture:
    """Writes packets of TCP and UDP flows to a pcap file with nanoseconds."""

    def __init__(self, file: BinaryIO) -> None:
        """Write the file's header."""
        self._file = file
        file.write(struct.pack("<IHHiIII", NANOSECONDS, 2, 4, 0, 0, 4 * LONGEST, RAW_LINK))

    def write(self, flows: Flows, row: int, packets: Sequence[Packet], ports: tuple[int, int]) -> None:
        """Write packets of the flow `row`, whose initiator and responder get these `ports`."""
        ends = [
            _address(flows, row, initiator=True),
            _address(flows, row, initiator=False),
        ]
        for packet in packets:
            side = 0 if packet.from_initiator else 1
            source, target = ends[side], ends[1 - side]
            transport = _transport(int(flows.proto[row]), packet, ports[side], ports[1 - side])
            room = LONGEST - 20 - len(transport)
            on_wire = min(max(packet.payload_bytes, len(packet.payload)), room)
            payload = packet.payload[:on_wire]
            if flows.proto[row] != TCP:
                transport = transport[:4] + struct.pack("!HH", 8 + on_wire, NOT_CHECKED)
            length = len(transport) + on_wire
            if len(source) == 4:
                head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0, 64, int(flows.proto[row]), NOT_CHECKED)
            else:
                head = struct.pack("!IHBB", 6 << 28, length, int(flows.proto[row]), 64)
            stored = head + source + target + transport + payload
            seconds, fraction = divmod(max(packet.ts_ns, 0), 1_000_000_000)
            record = struct.pack(
                "<IIII", seconds & 0xFFFFFFFF, fraction, len(stored), len(stored) + on_wire - len(payload)
            )
            self._file.write(record + stored)


def _address(flows: Flows, row: int, *, initiator: bool) -> bytes:
    high, low = (flows.initiator_hi, flows.initiator_lo) if initiator else (flows.responder_hi, flows.responder_lo)
    if flows.version[row] == 4:
        return int(low[row]).to_bytes(4, "big")
    return int(high[row]).to_bytes(8, "big") + int(low[row]).to_bytes(8, "big")


def _transport(proto: int, packet: Packet, source: int, target: int) -> bytes:
    """Make a TCP header (RFC 9293 section 3.1) without options, or the first eight octets of UDP's (RFC 768)."""
    if proto != TCP:
        return struct.pack("!HHHH", source, target, 0, 0)
    flags = packet.tcp_flags & 0xFF
    return struct.pack("!HHIIBBHHH", source, target, packet.seq, packet.ack, 5 << 4, flags, LONGEST, NOT_CHECKED, 0)
