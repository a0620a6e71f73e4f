"""The packets behind some flows, as a pcapng file: what ``-w`` writes.

The captures are read twice more, once to find the frames (:mod:`annotator.frames`), once to copy them: bytes, times,
lengths and link types are those of the captures. A packet whose headers belong to several flows is written once.
"""

import os
import stat
import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from annotator.capture import open_captures
from annotator.decode import Decoder
from annotator.decode.fragments import Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.errors import InputError
from annotator.filter import PacketFilter, registered_ports
from annotator.frames import FlowFrames
from annotator.model import NO_TIME, Analysis, PacketBatch

STDIN: Final = "-"

# block types and options of pcapng (draft-ietf-opsawg-pcapng, sections 4.1 to 4.3)
SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
MAGIC: Final = 0x1A2B3C4D
COMMENT, IF_NAME, IF_TSRESOL, USER_APPL = 1, 2, 9, 4
NANOSECONDS: Final = 9
"""``if_tsresol``: units of 10 to the minus ninth of a second."""
NO_TIME_SAID: Final = "the capture gives no time"


def check_readable_again(paths: Sequence[str]) -> None:
    """See that captures can be read more than once.

    Raises:
        InputError: one is standard input, a pipe or a device.
    """
    for path in paths:
        if path == STDIN:
            raise InputError("-: standard input cannot be read twice, which -w needs; save it to a file first")
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 (the path is the user's text)
        except OSError:
            continue  # opening it will say what is wrong
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise InputError(f"{path}: is a pipe or a device and cannot be read twice, which -w needs; save it first")


def write_packets(analysis: Analysis, rows: NDArray[np.intp], file: BinaryIO, said: str = "") -> int:
    """Write the packets of the flows at the indices `rows` into `file`; gives how many there are.

    `said` is the comment of the file's section.

    Raises:
        InputError: a capture cannot be read again, or is another one by now.
    """
    names = [capture.name for capture in analysis.captures]
    check_readable_again(names)
    out = PcapngFile(file, said)
    for name, frames, batch in _chosen(analysis, names, rows):
        out.write(name, batch, frames)
    return out.packets


def _chosen(
    analysis: Analysis, names: Sequence[str], rows: NDArray[np.intp]
) -> Iterator[tuple[str, NDArray[np.intp], PacketBatch]]:
    """Give the batches of all captures with what is wanted of each, by place in the batch."""
    resync = bool(analysis.options.get("resync"))
    for number, frames in enumerate(frames_of(analysis, names, rows)):
        if not len(frames):
            continue
        (reader,) = open_captures([names[number]], resync=resync)
        try:
            for batch in reader.batches():
                first, last = np.searchsorted(frames, (batch.first_frame, batch.first_frame + len(batch)))
                if last > first:
                    yield names[number], (frames[first:last] - batch.first_frame).astype(np.intp), batch
        finally:
            reader.close()


def frames_of(analysis: Analysis, names: Sequence[str], rows: NDArray[np.intp]) -> list[NDArray[np.int64]]:
    """Find the frames of the flows `rows`, by number in ascending order, capture by capture.

    Raises:
        InputError: a capture cannot be read again, or is another one by now.
    """
    options = analysis.options
    wanted = FlowFrames(analysis.flows, analysis.tunnels, rows, ignore_vlan=bool(options.get("ignore_vlan")))
    bpf = options.get("filter")
    packet_filter = PacketFilter(bpf, registered_ports(analysis.registry)) if bpf else None
    book, fragments = TunnelBook(), Fragments()
    found: list[NDArray[np.int64]] = []
    readers = open_captures(names, resync=bool(options.get("resync")))
    try:
        for number, reader in enumerate(readers):
            decoder = Decoder(book)
            wanted.begin(number)
            parts = [np.empty(0, np.int64)]
            for batch in reader.batches():
                if packet_filter:
                    batch.keep = packet_filter.verdicts(batch)
                parts += [
                    wanted.of(fragments.tie(part, decoder.fragments, decoder.counts), book)
                    for part in decoder.decode(batch)
                ]
            parts.append(wanted.of(fragments.give_up(decoder.counts), book))
            summary = analysis.captures[number]
            if reader.complete == summary.complete and reader.frames != summary.packets_read + summary.packets_filtered:
                raise InputError(f"{reader.name}: has changed since it was read; leave it alone, or copy it first")
            frames = np.unique(np.concatenate(parts))
            read = summary.packets_read + summary.packets_filtered  # somebody may have stopped there
            found.append(frames[frames <= read] if not summary.complete else frames)
    finally:
        for reader in readers:
            reader.close()
    return found


class PcapngFile:
    """Writes packets into a pcapng file with nanoseconds, one interface a capture and link type."""

    def __init__(self, file: BinaryIO, said: str = "") -> None:
        """Begin the file; `said` is a comment."""
        from annotator._version import __version__

        self.packets = 0
        self._file = file
        self._interfaces: dict[tuple[str, int], int] = {}
        options = _option(COMMENT, said.encode()) + _option(USER_APPL, f"annotator {__version__}".encode())
        self._block(SECTION, struct.pack("<IHHq", MAGIC, 1, 0, -1) + options + _option(0, b""))

    def write(self, name: str, batch: PacketBatch, places: NDArray[np.intp]) -> None:
        """Write the packets at some places of a batch of the capture `name`."""
        columns = (batch.link_type, batch.ts_ns, batch.caplen, batch.origlen, batch.offset)
        for link, ts_ns, caplen, origlen, offset in zip(*(column[places].tolist() for column in columns), strict=True):
            options = b""
            if ts_ns == NO_TIME:
                options, ts_ns = _option(COMMENT, NO_TIME_SAID.encode()) + _option(0, b""), 0  # noqa: PLW2901
            high, low = divmod(max(ts_ns, 0), 1 << 32)
            head = struct.pack("<IIIII", self._interface(name, link), high, low, caplen, origlen)
            self._block(PACKET, head + _padded(batch.data[offset : offset + caplen].tobytes()) + options)
        self.packets += len(places)

    def _interface(self, name: str, link: int) -> int:
        number = self._interfaces.get((name, link))
        if number is None:
            from annotator.report.sanitize import clean

            number = self._interfaces[name, link] = len(self._interfaces)
            options = _option(IF_NAME, clean(name).encode()) + _option(IF_TSRESOL, bytes((NANOSECONDS,)))
            self._block(INTERFACE, struct.pack("<HHI", link, 0, 0) + options + _option(0, b""))
        return number

    def _block(self, kind: int, body: bytes) -> None:
        length = struct.pack("<I", 12 + len(body))
        self._file.write(struct.pack("<I", kind) + length + body + length)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
