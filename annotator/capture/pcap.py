"""pcap: the savefile format of libpcap, in all the variants that :mod:`annotator.capture.layout` tells apart.

A frame check sequence at the end of a frame, as the upper half of the link type may announce it, stays part of the
frame: it was on the wire, so it counts in ``origlen``; what IP counts, its own header declares.
"""

from collections.abc import Iterator
from typing import Any, Final

from annotator.capture import batch as stop
from annotator.capture.batch import Columns
from annotator.capture.layout import HEADER_BYTES, LONGEST_WIRE, Layout, choose, read_layout
from annotator.capture.reader import StreamReader
from annotator.capture.record import record_header
from annotator.capture.resync import ANY_TIME, find_pcap
from annotator.errors import InputError
from annotator.kernel.jit import kernel
from annotator.kernel.load import view
from annotator.model import PacketBatch

NS: Final = 1_000_000_000
BAD_RECORD: Final = ("record_length", "a record claims more bytes than any packet has")
"""Damage, as issues call it."""


@kernel
def index_pcap(
    data: Any,
    start: int,
    end: int,
    big: bool,
    unit_ns: int,
    header: int,
    padding: int,
    swapped_lengths: int,
    longest: int,
    strict: bool,
    link: int,
    offset: Any,
    ts_ns: Any,
    caplen: Any,
    origlen: Any,
    link_type: Any,
) -> tuple[int, int, int]:
    """Index the records in ``data[start:end]`` into the columns.

    `swapped_lengths` and `padding` are those of :class:`annotator.capture.layout.Layout`; where it is `strict`, a time
    whose fraction is a second or more, and an absurd length on the wire, are damage too. Returns (packets, position,
    stop code).
    """
    records = view(data)
    count = 0
    i = start
    while True:
        if count == len(offset):
            return count, i, stop.FULL
        if end - i < header:
            return count, i, stop.NEED_MORE
        seconds, fraction, stored, wire = record_header(records, i, big, swapped_lengths)
        if stored > longest or stored < padding:
            return count, i, stop.BAD_LENGTH
        if strict and (fraction * unit_ns >= NS or wire > LONGEST_WIRE):
            return count, i, stop.BAD_LENGTH
        if end - i - header < stored:
            return count, i, stop.NEED_MORE
        offset[count] = i + header + padding
        ts_ns[count] = seconds * 1_000_000_000 + fraction * unit_ns
        caplen[count] = stored - padding
        origlen[count] = max(wire - padding, 0)
        link_type[count] = link
        count += 1
        i += header + stored


class PcapReader(StreamReader):
    """Batches of a pcap stream."""

    format = "pcap"

    def __init__(self, *args: Any) -> None:
        """See :class:`StreamReader`."""
        super().__init__(*args)
        self._layout: Layout
        self._near_s = ANY_TIME
        """Seconds of the last good record."""

    def index(self) -> Iterator[PacketBatch]:
        """Yield batches until the file ends or a record makes no sense; see :class:`StreamReader`."""
        window = self.window
        self._read_header()
        layout = self._layout
        columns = Columns()
        while True:
            count, position, why = index_pcap(
                window.data,
                window.start,
                window.end,
                layout.order == "big",
                layout.unit_ns,
                layout.header,
                layout.padding,
                layout.swapped,
                layout.longest,
                self.resync,
                layout.link_type,
                columns.offset,
                columns.ts_ns,
                columns.caplen,
                columns.origlen,
                columns.link_type,
            )
            if count:
                self._near_s = int(columns.ts_ns[count - 1]) // NS
                yield self.emit(columns, count)
            window.consume(position)
            if why == stop.BAD_LENGTH:
                self.corrupt(*BAD_RECORD)
                if not self.pass_gap():
                    return
            elif why == stop.NEED_MORE and not self.more() and not (window.end > window.start and self.pass_gap()):
                self.cut_short()
                return

    def find(self, start: int, at_end: bool) -> tuple[int, int]:
        """See :class:`StreamReader`."""
        layout = self._layout
        return find_pcap(
            self.window.data,
            start,
            self.window.end,
            at_end,
            layout.order == "big",
            NS // layout.unit_ns,
            layout.header,
            layout.swapped,
            self._near_s,
        )

    def _read_header(self) -> None:
        """Read the file header, and look at the first records where it leaves their form open."""
        window = self.window
        if not self.need(HEADER_BYTES):
            raise InputError(
                f"{self.name}: the file ends inside its pcap header ({window.end - window.start} of 24 bytes)"
            )
        head = bytes(window.data[window.start : window.start + HEADER_BYTES])
        layout, variants = read_layout(self.name, head)
        window.consume(window.start + HEADER_BYTES)
        self._layout = choose(layout, variants, self._peek)
        self.format = self.with_container(self._layout.format)

    def _peek(self, at: int, count: int) -> bytes:
        """Give bytes behind the window's start without consuming them; fewer at the end of the file."""
        window = self.window
        while window.end - window.start < at + count and self.more():
            pass
        start = min(window.start + at, window.end)
        return window.data[start : min(start + count, window.end)].tobytes()
