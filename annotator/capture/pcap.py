"""pcap: the savefile format of libpcap (draft-ietf-opsawg-pcap, pcap-savefile(5)), both byte orders, µs and ns.

"Modified" files (magic A1B2CD34, Kuznetsov's patch) have eight more bytes in each record header.
"""

from collections.abc import Iterator
from typing import Any, Final

from annotator.capture import batch as stop
from annotator.capture.batch import Columns
from annotator.capture.reader import StreamReader
from annotator.errors import InputError
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, le32, view
from annotator.model import PacketBatch

HEADER_BYTES: Final = 24
MAGICS: Final = {  # first four bytes: (big-endian, ns per unit of fraction, record header bytes)
    b"\xa1\xb2\xc3\xd4": (True, 1000, 16),
    b"\xd4\xc3\xb2\xa1": (False, 1000, 16),
    b"\xa1\xb2\x3c\x4d": (True, 1, 16),
    b"\x4d\x3c\xb2\xa1": (False, 1, 16),
    b"\xa1\xb2\xcd\x34": (True, 1000, 24),
    b"\x34\xcd\xb2\xa1": (False, 1000, 24),
}
DG_UX: Final = 543
"""Major version that DG/UX's tcpdump writes; its lengths are swapped."""
STANDARD_SNAPLEN: Final = 262144
"""libpcap's MAXIMUM_SNAPLEN: no record of a usual link type is longer."""
LARGE_SNAPLEN: Final = 128 << 20
"""libpcap's limit for the link types with larger messages."""
LARGE_LINK_TYPES: Final = frozenset({231, 245, 249, 288})  # D-Bus, NFC LLCP, USBPcap, Zigbee TAP's neighbours


@kernel
def index_pcap(
    data: Any,
    start: int,
    end: int,
    big: bool,
    unit_ns: int,
    header: int,
    swapped_lengths: int,
    longest: int,
    link: int,
    offset: Any,
    ts_ns: Any,
    caplen: Any,
    origlen: Any,
    link_type: Any,
) -> tuple[int, int, int]:
    """Index the records in ``data[start:end]`` into the columns.

    `swapped_lengths` is 1 where captured and original length changed places (versions before 2.3) and 2 where they
    did so in some writers (2.3: only where captured > original). Returns (packets, position, stop code).
    """
    records = view(data)
    count = 0
    i = start
    while True:
        if count == len(offset):
            return count, i, stop.FULL
        if end - i < header:
            return count, i, stop.NEED_MORE
        if big:
            seconds, fraction, stored, wire = (
                be32(records, i),
                be32(records, i + 4),
                be32(records, i + 8),
                be32(records, i + 12),
            )
        else:
            seconds, fraction, stored, wire = (
                le32(records, i),
                le32(records, i + 4),
                le32(records, i + 8),
                le32(records, i + 12),
            )
        if swapped_lengths == 1 or (swapped_lengths == 2 and stored > wire):
            stored, wire = wire, stored
        if stored > longest:
            return count, i, stop.BAD_LENGTH
        if end - i - header < stored:
            return count, i, stop.NEED_MORE
        offset[count] = i + header
        ts_ns[count] = seconds * 1_000_000_000 + fraction * unit_ns
        caplen[count] = stored
        origlen[count] = wire
        link_type[count] = link
        count += 1
        i += header + stored


class PcapReader(StreamReader):
    """Batches of a pcap stream."""

    format = "pcap"

    def index(self) -> Iterator[PacketBatch]:
        """Yield batches until the file ends or a record makes no sense; see :class:`StreamReader`."""
        window = self.window
        if not self.need(HEADER_BYTES):
            raise InputError(
                f"{self.name}: the file ends inside its pcap header ({window.end - window.start} of 24 bytes)"
            )
        head = bytes(window.data[window.start : window.start + HEADER_BYTES])
        big, unit_ns, record_header = MAGICS[head[:4]]
        order = "big" if big else "little"
        major = int.from_bytes(head[4:6], order)  # type: ignore[arg-type]  # "big" or "little"
        minor = int.from_bytes(head[6:8], order)  # type: ignore[arg-type]
        snaplen = int.from_bytes(head[16:20], order)  # type: ignore[arg-type]
        link = int.from_bytes(head[20:24], order) & 0xFFFF  # type: ignore[arg-type]  # above: FCS length bits
        swapped = 1 if (major, minor) < (2, 3) or major == DG_UX else 2 if (major, minor) == (2, 3) else 0
        limit = LARGE_SNAPLEN if link in LARGE_LINK_TYPES else max(STANDARD_SNAPLEN, min(snaplen, LARGE_SNAPLEN))
        if unit_ns == 1:
            self.format = "pcap (ns)"
        elif record_header == 24:
            self.format = "pcap (modified)"
        window.consume(window.start + HEADER_BYTES)
        columns = Columns()
        while True:
            count, position, why = index_pcap(
                window.data,
                window.start,
                window.end,
                big,
                unit_ns,
                record_header,
                swapped,
                limit,
                link,
                columns.offset,
                columns.ts_ns,
                columns.caplen,
                columns.origlen,
                columns.link_type,
            )
            if count:
                yield self.emit(columns, count)
            window.consume(position)
            if why == stop.BAD_LENGTH:
                self.corrupt("record_length", "a record claims more bytes than any packet has")
                return
            if why == stop.NEED_MORE and not self.more():
                return
