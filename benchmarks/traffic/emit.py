"""Kernels that write packets: checksums, IP headers, fragments, records of the capture file."""
# mypy: disable-error-code="no-any-return"
# the fields of a NumPy record have no types

from enum import IntEnum
from typing import Any, Final

import numpy as np

from benchmarks.traffic.jit import part

SHORTEST_FRAME: Final = 60
"""Ethernet without its checksum; shorter frames are padded by the sender."""
LARGEST_PACKET: Final = 1500
DONT_FRAGMENT: Final = 0x4000
MORE_FRAGMENTS: Final = 0x2000
FRAGMENT_HEADER: Final = 44
ICMP: Final = 1
ICMP6: Final = 58


class Format(IntEnum):
    """The capture file's format."""

    PCAP = 0
    """Little-endian, microseconds."""
    PCAP_NS = 1
    """Little-endian, nanoseconds."""
    PCAPNG = 2
    """Little-endian, one interface, nanoseconds, enhanced packet blocks."""


PCAPNG: Final = int(Format.PCAPNG)
PCAP: Final = int(Format.PCAP)


@part
def put16(array: Any, at: int, value: int) -> None:
    """Store 16 bits, network order."""
    array[at] = value >> 8 & 255
    array[at + 1] = value & 255


@part
def put32(array: Any, at: int, value: int) -> None:
    """Store 32 bits, network order."""
    put16(array, at, value >> 16)
    put16(array, at + 2, value)


@part
def put32le(array: Any, at: int, value: int) -> None:
    """Store 32 bits, little-endian."""
    for byte in range(4):
        array[at + byte] = value >> 8 * byte & 255


@part
def copy(target: Any, at: int, source: Any, start: int, size: int) -> None:
    """Copy `size` bytes."""
    for step in range(size):
        target[at + step] = source[start + step]


@part
def fold(total: int) -> int:
    """A sum of 16-bit words, carries added in, complemented (RFC 1071)."""
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@part
def pseudo_header(world: Any, slot: int, size: int, proto: int) -> int:
    """Sum a pseudo-header, its words read little-endian (RFC 9293 section 3.1, RFC 8200 section 8.1)."""
    return world.flows[slot].pseudo + (proto << 8) + ((size & 255) << 8 | size >> 8)


@part
def checksum(world: Any, size: int, pseudo: int) -> int:
    """The checksum of `segment`'s first `size` bytes and a pseudo-header's sum, to be stored in network order."""
    for at in range(size, (size + 7) & ~7):
        world.segment[at] = 0
    total = np.uint64(0)
    for word in world.segment.view(np.uint64)[: (size + 7) >> 3]:
        total += (word & np.uint64(0xFFFFFFFF)) + (word >> np.uint64(32))
    value = fold(int(total) + pseudo)  # of words read little-endian: swapped, it is the other order's sum
    return (value & 255) << 8 | value >> 8


@part
def begin_record(world: Any, stored: int, wire: int) -> int:
    """Write a record's header; the packet's first byte goes to the position returned."""
    state = world.state
    out, at, now = world.out, state.out, state.now
    if state.format == PCAPNG:
        padded = (stored + 3) & ~3
        put32le(out, at, 6)  # enhanced packet block
        put32le(out, at + 4, padded + 32)
        put32le(out, at + 8, 0)
        put32le(out, at + 12, now >> 32)
        put32le(out, at + 16, now)
        put32le(out, at + 20, stored)
        put32le(out, at + 24, wire)
        for place in range(at + 28 + stored, at + 28 + padded):
            out[place] = 0
        put32le(out, at + 28 + padded, padded + 32)
        state.out = at + padded + 32
        at += 28
    else:
        fraction = now % 1_000_000_000
        put32le(out, at, now // 1_000_000_000)
        put32le(out, at + 4, fraction // 1000 if state.format == PCAP else fraction)
        put32le(out, at + 8, stored)
        put32le(out, at + 12, wire)
        at += 16
        state.out = at + stored
    state.emitted += 1
    state.frame_bytes += wire
    return at


@part
def network_header(world: Any, slot: int, side: int, size: int, proto: int, fragment: int) -> int:
    """Bring a flow's header template up to date for `size` bytes of IP payload; returns the headers' length.

    `fragment` is flags and offset as IPv4 has them; in IPv6 anything but `DONT_FRAGMENT` and 0 adds a header.
    """
    flow, head = world.flows[slot], world.heads[slot, side]
    at = flow.link_size
    if flow.version == 4:
        put16(head, at + 2, 20 + size)
        put16(head, at + 4, world.ip_id[slot, side])
        put16(head, at + 6, fragment)
        head[at + 9] = proto
        put16(head, at + 10, 0)
        total = 0
        for word in range(at, at + 20, 2):
            total += int(head[word]) << 8 | int(head[word + 1])
        put16(head, at + 10, fold(total))
        return at + 20
    if fragment in (0, DONT_FRAGMENT):
        put16(head, at + 4, size)
        head[at + 6] = proto
        return at + 40
    put16(head, at + 4, size + 8)
    head[at + 6] = FRAGMENT_HEADER
    put16(head, at + 40, proto << 8)
    put16(head, at + 42, (fragment & 0x1FFF) << 3 | (1 if fragment & MORE_FRAGMENTS else 0))
    put32(head, at + 44, flow.tag << 16 | world.ip_id[slot, side])
    return at + 48


@part
def emit(world: Any, slot: int, side: int, start: int, size: int, proto: int, fragment: int) -> int:
    """Write the frame whose IP payload is ``segment[start:start + size]``; returns its length on the wire."""
    state, out = world.state, world.out
    head_size = network_header(world, slot, side, size, proto, fragment)
    frame = head_size + size
    wire = max(frame, SHORTEST_FRAME)
    stored = min(wire, state.snap)
    at = begin_record(world, stored, wire)
    copy(out, at, world.heads[slot, side], 0, head_size)
    kept = min(stored, frame) - head_size
    copy(out, at + head_size, world.segment, start, kept)
    for place in range(at + head_size + kept, at + stored):
        out[place] = 0
    return wire


@part
def count(world: Any, slot: int, side: int, packet_bytes: int, wire: int, payload: int) -> None:
    """Add a packet of the flow to the truth."""
    state, flow, counts = world.state, world.flows[slot], world.counts[slot, side]
    if flow.first_frame == 0:
        flow.first_frame = state.emitted
        flow.first_ns = state.now
    flow.last_ns = state.now
    counts[0] += 1
    counts[1] += packet_bytes
    counts[2] += wire
    counts[3] += payload


@part
def send(world: Any, slot: int, side: int, size: int, payload: int) -> None:
    """Send `segment`'s first `size` bytes as one IP packet, or as fragments where they do not fit.

    `payload` is the transport's, for the truth.
    """
    state, flow = world.state, world.flows[slot]
    header = 20 if flow.version == 4 else 40
    world.ip_id[slot, side] = world.ip_id[slot, side] + 1 & 0xFFFF
    if size + header <= LARGEST_PACKET:
        wire = emit(world, slot, side, 0, size, flow.proto, DONT_FRAGMENT)
        count(world, slot, side, header + size, wire, payload)
        return
    if flow.version == 6:
        header += 8
    piece = (LARGEST_PACKET - header) & ~7
    for start in range(0, size, piece):
        length = min(piece, size - start)
        more = MORE_FRAGMENTS if start + length < size else 0
        wire = emit(world, slot, side, start, length, flow.proto, more | start >> 3)
        count(world, slot, side, header + length, wire, length if start else length - (size - payload))
        if start:
            state.fragments += 1
        state.now += 1200


@part
def icmp_error(world: Any, slot: int, kind: int, code: int, quoted: int) -> None:
    """Let the server (or a firewall in its name) refuse the client's last packet.

    `quoted` bytes of its transport header stand at the start of `segment`, and the client's header template still
    describes it.
    """
    flow, segment = world.flows[slot], world.segment
    header = 20 if flow.version == 4 else 40
    size = 8 + header + quoted
    for at in range(quoted - 1, -1, -1):
        segment[8 + header + at] = segment[at]
    copy(segment, 8, world.heads[slot, 0], flow.link_size, header)
    segment[0] = kind
    segment[1] = code
    for at in range(2, 8):
        segment[at] = 0
    proto = ICMP if flow.version == 4 else ICMP6
    put16(segment, 2, checksum(world, size, 0 if flow.version == 4 else pseudo_header(world, slot, size, proto)))
    world.ip_id[slot, 1] = world.ip_id[slot, 1] + 1 & 0xFFFF
    wire = emit(world, slot, 1, 0, size, proto, 0)
    flow.error = kind << 8 | code  # another flow's packet
    flow.error_packets += 1
    flow.error_bytes += header + size
    flow.error_frame_bytes += wire
