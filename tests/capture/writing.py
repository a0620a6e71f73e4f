"""Makes pcap and pcapng by hand, in either byte order, and reads them as tests look at them.

`order` is the prefix of :mod:`struct`: ``<`` little-endian, ``>`` big-endian.
"""

import io
from struct import pack
from typing import NamedTuple

from annotator.capture.pcap import PcapReader
from annotator.capture.pcapng import MAGIC, PcapngReader
from annotator.capture.reader import Reader, StreamReader
from annotator.capture.window import SIZE, Window

ORDERS = ("<", ">")

MICROSECONDS, NANOSECONDS, MODIFIED = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34


def pcap_header(
    order: str,
    *,
    magic: int = MICROSECONDS,
    version: tuple[int, int] = (2, 4),
    snaplen: int = 262144,
    link_type: int = 1,
) -> bytes:
    """Magic, version, two unused words, snap length, link type."""
    return pack(order + "IHHiIII", magic, *version, 0, 0, snaplen, link_type)


def pcap_record(order: str, data: bytes, *, seconds: int = 0, fraction: int = 0, wire: int | None = None) -> bytes:
    """Time, captured and original length, bytes."""
    return pack(order + "IIII", seconds, fraction, len(data), len(data) if wire is None else wire) + data


def padded(data: bytes) -> bytes:
    """Fill to a multiple of four."""
    return data + bytes(-len(data) % 4)


def option(order: str, code: int, value: bytes) -> bytes:
    """Code, length without padding, value."""
    return pack(order + "HH", code, len(value)) + padded(value)


def block(order: str, kind: int, body: bytes) -> bytes:
    """Type, total length, body, total length again."""
    body = padded(body)
    total = 12 + len(body)
    return pack(order + "II", kind, total) + body + pack(order + "I", total)


def section(order: str, options: bytes = b"") -> bytes:
    """Section Header Block of unknown length, version 1.0."""
    return block(order, 0x0A0D0D0A, pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1) + options)


def interface(order: str, link_type: int = 1, snaplen: int = 0, options: bytes = b"") -> bytes:
    """Interface Description Block."""
    return block(order, 1, pack(order + "HHI", link_type, 0, snaplen) + options)


def enhanced(
    order: str, data: bytes, ticks: int, *, number: int = 0, wire: int | None = None, options: bytes = b""
) -> bytes:
    """Enhanced Packet Block: interface, time in two halves, both lengths, bytes, options."""
    lengths = (len(data), len(data) if wire is None else wire)
    head = pack(order + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, *lengths)
    return block(order, 6, head + padded(data) + options)


def simple(order: str, data: bytes, wire: int | None = None) -> bytes:
    """Simple Packet Block: the original length only, no time, interface 0."""
    return block(order, 3, pack(order + "I", len(data) if wire is None else wire) + padded(data))


def obsolete(order: str, data: bytes, ticks: int, *, number: int = 0, drops: int = 0xFFFF) -> bytes:
    """Packet Block of the first drafts: 16 bits of interface, 16 bits of drops (all ones: unknown)."""
    head = pack(order + "HHIIII", number, drops, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(order, 2, head + padded(data))


def statistics(order: str, number: int = 0, **drops: int) -> bytes:
    """Interface Statistics Block with ``ifdrop`` and ``osdrop`` as given."""
    codes = {"ifdrop": 5, "osdrop": 7}
    options = b"".join(option(order, codes[name], pack(order + "Q", count)) for name, count in drops.items())
    return block(order, 5, pack(order + "III", number, 0, 0) + options)


class Packet(NamedTuple):
    """A packet as a reader gave it."""

    frame: int
    ts_ns: int
    data: bytes
    wire: int
    link_type: int


def reader(data: bytes, size: int = SIZE) -> StreamReader:
    """Open `data` as the format that it begins as, read through windows of `size` bytes."""
    kind = PcapngReader if data.startswith(MAGIC) else PcapReader
    return kind(lambda: Window(io.BytesIO(data), b"", size), "made.pcap", 0, len(data))


def packets(source: Reader) -> list[Packet]:
    """Read to the end, and close."""
    found = []
    for batch in source.batches():
        for k in range(len(batch)):
            start = int(batch.offset[k])
            found.append(
                Packet(
                    batch.first_frame + k,
                    int(batch.ts_ns[k]),
                    batch.data[start : start + int(batch.caplen[k])].tobytes(),
                    int(batch.origlen[k]),
                    int(batch.link_type[k]),
                )
            )
    source.close()
    return found


def read(data: bytes, size: int = SIZE) -> tuple[list[Packet], StreamReader]:
    """Read all of `data`: its packets, and the reader with what it has to say at the end."""
    source = reader(data, size)
    return packets(source), source


def issues(source: Reader) -> dict[str, tuple[int, int]]:
    """Give the issues as name: (count, first frame)."""
    return {issue.name: (issue.count, issue.first_frame) for issue in source.issues.values()}
