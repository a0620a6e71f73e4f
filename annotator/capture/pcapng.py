"""pcapng (draft-ietf-opsawg-pcapng): sections in both byte orders, several interfaces, every block with a packet.

The kernel walks the packet blocks and skips unknown ones; it hands section headers, interface descriptions and
statistics to Python, which parses them and calls it again.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from annotator.capture import batch as stop
from annotator.capture.batch import Columns
from annotator.capture.layout import LARGE_SNAPLEN
from annotator.capture.reader import ReadIssue, StreamReader
from annotator.capture.resync import BYTE_ORDER, EPB, IDB, ISB, PB, SHB, SPB, find_pcapng
from annotator.errors import InputError
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, le16, le32, view
from annotator.model import NO_TIME, PacketBatch

MAGIC: Final = b"\x0a\x0d\x0d\x0a"
OPT_IF_TSRESOL, OPT_IF_TSOFFSET, OPT_ISB_IFDROP, OPT_ISB_OSDROP = 9, 14, 5, 7
OPT_EPB_DROPCOUNT: Final = 4
LONGEST_CONTROL: Final = 1 << 20
"""Section, interface and statistics blocks are parsed in memory; a longer one is no honest block."""
LONGEST_PACKET_BLOCK: Final = LARGE_SNAPLEN + (1 << 20)
LONGEST_BELIEVED: Final = 1 << 24
"""An unknown block that is longer counts as damage where damage is to be passed over; else any is skipped."""
BAD_BLOCK: Final = ("block_length", "a pcapng block claims a length that does not fit it")
BAD_SECTION: Final = ("section_header", "a section header has no valid byte-order magic")
"""Damage, as issues call it."""
GO_ON: Final = -1
"""Outcome of a block that Python parsed: none of the reasons to stop."""
NO_INTERFACE: Final = 0xFFFF
"""Link type given to a packet whose interface was never described; no ``LINKTYPE_`` has this number."""
LAST_SECOND: Final = 9_223_372_036
"""Seconds since 1970 that fit into int64 nanoseconds (the year 2262)."""

# rows of the interface table
LINK, SNAPLEN, BINARY, EXPONENT, OFFSET, DROPS, INTERFACE_FIELDS = 0, 1, 2, 3, 4, 5, 6
# counters that the kernel keeps
BAD_TIMES, UNDESCRIBED, COUNTERS = 0, 1, 2


@kernel
def timestamp(high: int, low: int, binary: int, exponent: int, offset_s: int) -> int:
    """Nanoseconds since 1970 of a 64-bit time in units of 10^-exponent or 2^-exponent s; NO_TIME if out of range."""
    if high >= 1 << 31:
        return NO_TIME
    ticks = (high << 32) | low
    if binary:
        if exponent > 62:
            return NO_TIME
        seconds = ticks >> exponent
        rest = ticks & ((1 << exponent) - 1)
        shift = exponent
        if shift > 32:  # keep rest * 10^9 within 63 bits; 2^-32 s is finer than a nanosecond
            rest >>= shift - 32
            shift = 32
        nanoseconds = (rest * 1_000_000_000) >> shift
    else:
        if exponent > 18:
            return NO_TIME
        unit = 10**exponent
        seconds = ticks // unit
        rest = ticks - seconds * unit
        nanoseconds = rest * 10 ** (9 - exponent) if exponent <= 9 else rest // 10 ** (exponent - 9)
    if seconds >= LAST_SECOND:
        return NO_TIME
    seconds += offset_s
    if seconds >= LAST_SECOND or seconds <= -LAST_SECOND:
        return NO_TIME
    return seconds * 1_000_000_000 + nanoseconds


@kernel
def drop_count(data: Any, i: int, end: int, big: bool) -> int:
    """Sum the ``epb_dropcount`` options in ``data[i:end]``; 0 where there is none."""
    drops = 0
    while end - i >= 4:
        code = be16(data, i) if big else le16(data, i)
        length = be16(data, i + 2) if big else le16(data, i + 2)
        if code == 0:
            break
        if code == OPT_EPB_DROPCOUNT and length == 8 and end - i >= 12:
            high = be32(data, i + 4) if big else le32(data, i + 8)
            low = be32(data, i + 8) if big else le32(data, i + 4)
            if high == 0:  # 2^32 packets lost before one packet is no count
                drops += low
        i += 4 + ((length + 3) & ~3)
    return drops


@kernel
def tally(counters: Any, row: int, frame: int) -> None:
    """Count something odd, and keep the first frame that showed it."""
    if counters[row, 0] == 0:
        counters[row, 1] = frame
    counters[row, 0] += 1


@kernel
def index_pcapng(
    data: Any,
    start: int,
    end: int,
    big: bool,
    interfaces: Any,
    described: int,
    first_frame: int,
    counters: Any,
    count: int,
    offset: Any,
    ts_ns: Any,
    caplen: Any,
    origlen: Any,
    link_type: Any,
) -> tuple[int, int, int]:
    """Index the packet blocks in ``data[start:end]`` into the columns.

    `interfaces` is int64[n, 6], one row an interface (the first `described` are filled); `counters` is int64[2, 2],
    count and first frame of what is odd; the columns hold `count` packets already, the first of them frame number
    `first_frame`. Returns (packets, position, stop code).
    """
    blocks = view(data)
    i = start
    while True:
        if count == len(offset):
            return count, i, stop.FULL
        if end - i < 12:
            return count, i, stop.NEED_MORE
        kind = be32(blocks, i) if big else le32(blocks, i)
        if kind == SHB:  # before its length, whose byte order the section header itself declares
            return count, i, stop.CONTROL
        length = be32(blocks, i + 4) if big else le32(blocks, i + 4)
        if length < 12:
            return count, i, stop.BAD_LENGTH
        length = (length + 3) & ~3
        if kind in (IDB, ISB):
            return count, i, stop.CONTROL
        of_packet = kind in (EPB, PB, SPB)
        if of_packet and length > LONGEST_PACKET_BLOCK:
            return count, i, stop.BAD_LENGTH
        if end - i < length:
            return count, i, stop.NEED_MORE if of_packet else stop.SKIP
        trailer = be32(blocks, i + length - 4) if big else le32(blocks, i + length - 4)
        if (trailer + 3) & ~3 != length:
            return count, i, stop.BAD_LENGTH
        if not of_packet:
            i += length
            continue
        if kind == SPB:
            if length < 16:
                return count, i, stop.BAD_LENGTH
            wire = be32(blocks, i + 8) if big else le32(blocks, i + 8)
            packet = i + 12
            interface = 0
            stored = min(wire, length - 16)
            if described and interfaces[0, SNAPLEN]:
                stored = min(stored, interfaces[0, SNAPLEN])
            time = NO_TIME
        else:
            if length < 32:
                return count, i, stop.BAD_LENGTH
            packet = i + 28
            if kind == EPB:
                interface = be32(blocks, i + 8) if big else le32(blocks, i + 8)
            else:
                interface = be16(blocks, i + 8) if big else le16(blocks, i + 8)
            high = be32(blocks, i + 12) if big else le32(blocks, i + 12)
            low = be32(blocks, i + 16) if big else le32(blocks, i + 16)
            stored = be32(blocks, i + 20) if big else le32(blocks, i + 20)
            wire = be32(blocks, i + 24) if big else le32(blocks, i + 24)
            if stored > length - 32:
                return count, i, stop.BAD_LENGTH
            if interface < described:
                row = interfaces[interface]
                time = timestamp(high, low, row[BINARY], row[EXPONENT], row[OFFSET])
                if time == NO_TIME:
                    tally(counters, BAD_TIMES, first_frame + count)
                options = packet + ((stored + 3) & ~3)
                if kind == EPB and i + length - 4 - options >= 12:
                    row[DROPS] += drop_count(blocks, options, i + length - 4, big)
                elif kind == PB:
                    lost = be16(blocks, i + 10) if big else le16(blocks, i + 10)
                    if lost != 0xFFFF:  # "unknown"
                        row[DROPS] += lost
            else:
                time = NO_TIME
        if interface < described:
            link = interfaces[interface, LINK]
        else:
            link = NO_INTERFACE
            tally(counters, UNDESCRIBED, first_frame + count)
        offset[count] = packet
        ts_ns[count] = time
        caplen[count] = stored
        origlen[count] = wire
        link_type[count] = link
        count += 1
        i += length


class PcapngReader(StreamReader):
    """Batches of a pcapng stream."""

    format = "pcapng"

    def __init__(self, *args: Any) -> None:
        """See :class:`StreamReader`."""
        super().__init__(*args)
        self._order: Literal["big", "little"] = "little"
        self._interfaces: NDArray[np.int64] = np.zeros((8, INTERFACE_FIELDS), np.int64)
        self._described = 0
        self._reported: dict[int, int] = {}
        """Losses by interface of this section, as its latest statistics block gives them."""
        self._drops_before = 0
        self._drops_known = False
        self._damage = BAD_BLOCK

    def index(self) -> Iterator[PacketBatch]:
        """Yield batches until the file ends or a block makes no sense; see :class:`StreamReader`."""
        window = self.window
        if not self.need(12) or self._control() != GO_ON:
            raise InputError(f"{self.name}: the pcapng section header at the start of the file is damaged or cut short")
        columns = Columns()
        counters = np.zeros((COUNTERS, 2), np.int64)
        count = 0
        while True:
            count, position, why = index_pcapng(
                window.data,
                window.start,
                window.end,
                self._order == "big",
                self._interfaces,
                self._described,
                self.frames + 1,
                counters,
                count,
                columns.offset,
                columns.ts_ns,
                columns.caplen,
                columns.origlen,
                columns.link_type,
            )
            window.consume(position)
            whole = why == stop.CONTROL and self._whole_block()
            if whole and (why := self._control()) == GO_ON:
                continue  # its bytes were in memory, so no batch need end for it
            if count:  # what follows moves the bytes that the columns point to, or ends
                yield self.emit(columns, count)
                count = 0
            if why == stop.CONTROL:
                why = self._control()
            if why == stop.SKIP:
                why = self._skip()
            if why == stop.NEED_MORE and self.more():
                continue
            if why in (stop.BAD_LENGTH, stop.NEED_MORE):
                if why == stop.BAD_LENGTH:
                    self.corrupt(*self._damage)
                    self._damage = BAD_BLOCK
                if window.end > window.start and self.pass_gap():
                    continue
                if why == stop.NEED_MORE:
                    self.cut_short()
                break
        self._close_section()
        if self._drops_known:
            self.drops = self._drops_before
        for row, name, detail in (
            (BAD_TIMES, "time_out_of_range", "a time stamp outside the years 1677 to 2262"),
            (UNDESCRIBED, "undescribed_interface", "a packet of an interface that no block describes"),
        ):
            number, first_frame = counters[row].tolist()
            if number:
                self.issues[name] = ReadIssue(name, detail, number, first_frame)

    def _u32(self, at: int) -> int:
        return int.from_bytes(self.window.data[at : at + 4].tobytes(), self._order)

    def find(self, start: int, at_end: bool) -> tuple[int, int]:
        """See :class:`StreamReader`."""
        return find_pcapng(self.window.data, start, self.window.end, at_end, self._order == "big", self._described)

    def _skip(self) -> int:
        """Pass over a block of no interest: outcome as of :meth:`_control`."""
        length = (self._u32(self.window.start + 4) + 3) & ~3
        if self.resync and length > self.window.end - self.window.start:
            return stop.NEED_MORE if length <= LONGEST_BELIEVED else stop.BAD_LENGTH
        try:
            whole = self.window.skip(length - 4)
            while whole and self.window.end - self.window.start < 4:
                whole = self.window.more()
            if whole:
                if (self._u32(self.window.start) + 3) & ~3 != length:
                    return stop.BAD_LENGTH
                self.window.consume(self.window.start + 4)
                return GO_ON
        except OSError as error:
            self.corrupt("read_error", f"reading failed: {error.strerror or error}")
            return stop.NEED_MORE
        self.window.consume(self.window.end)
        self.complete = False
        self.note = f"cut short: the file ends inside a block after frame {self.frames:,}"
        self.issue("file_truncated", "the file ends inside a record")
        return stop.NEED_MORE

    def _whole_block(self) -> bool:
        """Say whether the block at the window's start is wholly in memory, by the length that it claims."""
        window = self.window
        if bytes(window.data[window.start : window.start + 4]) == MAGIC:
            return False  # a new section may have the other byte order
        length = (self._u32(window.start + 4) + 3) & ~3
        return window.end - window.start >= length

    def _control(self) -> int:
        """Parse the section header, interface description or statistics block at the window's start.

        Returns GO_ON, NEED_MORE where the file ends inside it, or BAD_LENGTH where it is damaged.
        """
        window = self.window
        if bytes(window.data[window.start : window.start + 4]) == MAGIC:
            magic = bytes(window.data[window.start + 8 : window.start + 12])
            if int.from_bytes(magic, "big") == BYTE_ORDER:
                self._order = "big"
            elif int.from_bytes(magic, "little") == BYTE_ORDER:
                self._order = "little"
            else:
                self._damage = BAD_SECTION
                return stop.BAD_LENGTH
        kind = self._u32(window.start)
        length = (self._u32(window.start + 4) + 3) & ~3
        shortest = 28 if kind == SHB else 20
        if not shortest <= length <= LONGEST_CONTROL:
            if kind == ISB and 12 <= length <= LONGEST_CONTROL:
                return self._skip()  # too short to say anything: harmless
            return stop.BAD_LENGTH
        while window.end - window.start < length:
            if not self.more():
                return stop.NEED_MORE
        block = window.data[window.start : window.start + length].tobytes()
        if (int.from_bytes(block[-4:], self._order) + 3) & ~3 != length:
            return stop.BAD_LENGTH
        if kind == SHB:
            self._close_section()
        elif kind == IDB:
            self._describe(block)
        else:
            self._statistics(block)
        window.consume(window.start + length)
        return GO_ON

    def _options(self, block: bytes, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield (code, value) of the options of `block`; a length past the block's end ends them."""
        i, end = start, len(block) - 4
        while end - i >= 4:
            code = int.from_bytes(block[i : i + 2], self._order)
            length = int.from_bytes(block[i + 2 : i + 4], self._order)
            if code == 0 or i + 4 + length > end:
                return
            yield code, block[i + 4 : i + 4 + length]
            i += 4 + ((length + 3) & ~3)

    def _describe(self, block: bytes) -> None:
        """Interface Description Block: link type, snap length, time resolution (default µs) and offset."""
        if self._described == len(self._interfaces):
            self._interfaces = np.concatenate((self._interfaces, np.zeros_like(self._interfaces)))
        row = self._interfaces[self._described]
        row[:] = 0
        row[LINK] = int.from_bytes(block[8:10], self._order)
        row[SNAPLEN] = int.from_bytes(block[12:16], self._order)
        row[EXPONENT] = 6
        for code, value in self._options(block, 16):
            if code == OPT_IF_TSRESOL and len(value) == 1:
                row[BINARY] = value[0] >> 7
                row[EXPONENT] = value[0] & 0x7F
            elif code == OPT_IF_TSOFFSET and len(value) == 8:
                row[OFFSET] = int.from_bytes(value, self._order, signed=True)
        row[OFFSET] = min(max(int(row[OFFSET]), -2 * LAST_SECOND), 2 * LAST_SECOND)
        self._described += 1

    def _statistics(self, block: bytes) -> None:
        """Interface Statistics Block: its counts are since the start of the capture, so the latest one holds."""
        losses = [
            int.from_bytes(value, self._order)
            for code, value in self._options(block, 20)
            if code in (OPT_ISB_IFDROP, OPT_ISB_OSDROP) and len(value) == 8
        ]
        if losses:
            self._reported[int.from_bytes(block[8:12], self._order)] = sum(losses)

    def _close_section(self) -> None:
        """Add up the section's losses; the next one describes its interfaces anew.

        Statistics and per-packet drop counts tell of the same losses, so an interface counts the larger of the two.
        """
        counted = self._interfaces[: self._described, DROPS]
        self._drops_known |= bool(self._reported) or bool(counted.any())
        lost = dict(enumerate(counted.tolist()))
        for interface, drops in self._reported.items():
            lost[interface] = max(lost.get(interface, 0), drops)
        self._drops_before += sum(lost.values())
        self._reported.clear()
        self._described = 0
