"""Mutated frames and captures through the compiled kernels: ``python -m tests.fuzz.storm --count 5000000``.

Each input is an array of its own that ends where it does: a load past its end raises, and so does an answer that
points outside of it. What was read must be what was decoded and what was stopped.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from annotator.capture.layout import ALWAYS, HEADER_BYTES, NEVER, WHERE_LARGER
from annotator.capture.pcap import index_pcap
from annotator.capture.pcapng import COUNTERS, INTERFACE_FIELDS, index_pcapng
from annotator.capture.resync import ANY_TIME, find_pcap, find_pcapng
from annotator.decode import reasons
from annotator.decode.batch import (
    COUNT,
    FIRST_NS,
    LAST_NS,
    PACKETS_DECODED,
    READ,
    ROWS_PER_PACKET,
    TOTALS,
    Rare,
    account_packets,
    decode_packets,
)
from annotator.decode.fragments import Fragments
from annotator.decode.link import PLAIN
from annotator.decode.strip import strip_links
from annotator.decode.tunnels import TunnelBook
from annotator.kernel.jit import kernel
from annotator.model import HEADER, NO_TIME
from tests.decode.decoding import fragments_among
from tests.fuzz import seeds
from tests.fuzz.mutate import Nursery

ROW_ROOM: Final = 20_000
"""Rows of decoded headers that are kept for the stage of fragments, a batch long."""
RECORDS: Final = 256
"""Records of one mutated capture that are indexed at a time."""


@kernel
def storm_frames(
    children: Any,
    sizes: Any,
    width: int,
    links: Any,
    wires: Any,
    columns: Any,
    stripped: Any,
    rare: Any,
    out: Any,
    plain_out: Any,
    counts: Any,
    totals: Any,
    plain_counts: Any,
    plain_totals: Any,
    fragments: Any,
    at: Any,
) -> int:
    """Decode each child by itself, and again as plain where its link type is; gives the rows in `out`.

    `at` holds the child's number and what was wrong with it, 0 for nothing.
    """
    offset, ts_ns, caplen, origlen, link, keep = columns
    made = 0
    for n in range(len(sizes)):
        at[0] = n
        data = children[n * width : n * width + sizes[n]]
        caplen[0], origlen[0], link[0] = sizes[n], wires[n], links[n]
        account_packets(ts_ns, caplen, origlen, keep, n + 1, counts, totals)
        strip_links(data, offset, caplen, link, stripped[0], stripped[1], stripped[2], stripped[3])
        place = out[made:] if len(out) - made >= ROWS_PER_PACKET else out
        if len(out) - made < ROWS_PER_PACKET:
            made = 0
        rows, _, done, _ = decode_packets(
            data, offset, ts_ns, caplen, origlen, link, keep, 0, n + 1, place, fragments, counts, totals, rare
        )
        if done != 1:
            at[1] = 1
            return made
        for k in range(rows):
            row = place[k]
            end = np.int64(row["payload_offset"]) + np.int64(row["payload_caplen"])
            if row["payload_caplen"] > 0 and (row["payload_offset"] < 0 or end > sizes[n]):
                at[1] = 2
            if row["payload_caplen"] > row["payload_bytes"] or row["ip_bytes"] > max(wires[n], sizes[n]) + 65575:
                at[1] = 3
        if links[n] in PLAIN:
            again, _, _, other = decode_packets(
                data,
                offset,
                ts_ns,
                caplen,
                origlen,
                link,
                keep,
                0,
                n + 1,
                plain_out,
                fragments,
                plain_counts,
                plain_totals,
                None,
            )
            if not other and again != rows:
                at[1] = 4
        if at[1]:
            return made
        made += rows
    return made


WRONG: Final = (
    "",
    "the packet was not finished",
    "a payload outside of the frame",
    "more payload stored than sent, or more octets than fit",
    "the kernel for plain packets finds other headers",
    "a record outside of the capture",
    "a position outside of the capture",
)


@kernel
def storm_captures(children: Any, sizes: Any, width: int, columns: Any, interfaces: Any, counters: Any, at: Any) -> int:
    """Index each child as a pcap and a pcapng in both byte orders, and search it for where to go on; gives records."""
    offset, ts_ns, caplen, origlen, link = columns
    found = 0
    for n in range(len(sizes)):
        at[0] = n
        size = sizes[n]
        data = children[n * width : n * width + size]
        for form in range(16):
            big = form & 1 == 1
            start = min(HEADER_BYTES, size)
            if form < 12:
                swapped = (NEVER, ALWAYS, WHERE_LARGER)[(form >> 1) % 3]
                padding = 2 if form & 4 else 0
                count, position, _ = index_pcap(
                    data, start, size, big, 1000, 24 if form & 8 else 16, padding, swapped, 262144, form > 5, 1,
                    offset, ts_ns, caplen, origlen, link,
                )  # fmt: skip
                begin, _ = find_pcap(data, start, size, form & 2 == 2, big, 1000000, 16, swapped, ANY_TIME)
            else:
                count, position, _ = index_pcapng(
                    data, 0, size, big, interfaces, len(interfaces) if form & 2 else 0, 1, counters, 0,
                    offset, ts_ns, caplen, origlen, link,
                )  # fmt: skip
                begin, _ = find_pcapng(data, 0, size, form & 2 == 2, big, len(interfaces))
            if position < 0 or position > size or begin < 0 or begin > size:
                at[1] = 6
            for k in range(count):
                if offset[k] < 0 or offset[k] + np.int64(caplen[k]) > size:
                    at[1] = 5
            if at[1]:
                return found
            found += count
    return found


class Frames:
    """Storms the decoder."""

    def __init__(self, parents: list[seeds.Frame]) -> None:
        """Breed from frames of `parents`."""
        self.nursery = Nursery([body for _, body in parents], seeds.LONGEST_FRAME)
        self.of_parent = np.array([link for link, _ in parents], np.uint16)
        self.every = np.unique(self.of_parent)
        self.columns = (
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
            np.zeros(1, np.uint32),
            np.zeros(1, np.uint32),
            np.zeros(1, np.uint16),
            np.ones(1, np.bool_),
        )
        self.book = TunnelBook()
        self.fragments = Fragments()
        self.out = np.zeros(ROW_ROOM, HEADER)
        self.plain_out = np.zeros(ROWS_PER_PACKET, HEADER)
        self.noted = np.zeros(ROW_ROOM, np.int64)
        self.rows = 0

    def batch(self, seed: int) -> int:
        """Decode a batch of children; raises AssertionError, with its bytes, for the first that fails."""
        nursery = self.nursery
        nursery.breed(seed)
        random = np.random.default_rng(seed)
        count = len(nursery.sizes)
        other = random.random(count) < 0.05
        links = np.where(other, random.choice(self.every, count), self.of_parent[nursery.parents]).astype(np.uint16)
        longer = random.choice([0, 0, 0, 4, 1000, 70000], count)
        wires = (nursery.sizes + longer).astype(np.uint32)
        counts, totals = np.zeros((reasons.REASONS_END, 2), np.int64), np.zeros(TOTALS, np.int64)
        totals[FIRST_NS] = totals[LAST_NS] = NO_TIME
        stripped = np.zeros((4, 1), np.int64)
        rare = Rare(stripped, self.book.arrays())
        at = np.zeros(2, np.int64)
        given = nursery.children, nursery.sizes, nursery.width, links, wires, self.columns, stripped, rare
        accounts = counts, totals, counts.copy(), totals.copy()
        try:
            made = storm_frames(*given, self.out, self.plain_out, *accounts, self.noted, at)
        except Exception as error:
            raise AssertionError(f"{error!r}: {self._told(int(at[0]), links, wires)}") from error
        if at[1]:
            raise AssertionError(f"{WRONG[at[1]]}: {self._told(int(at[0]), links, wires)}")
        stops = sum(int(counts[code, COUNT]) for code, reason in reasons.TABLE.items() if reason.stop is not None)
        if not totals[READ] == count == totals[PACKETS_DECODED] + stops:
            raise AssertionError(f"read {count}, decoded {totals[PACKETS_DECODED]}, stopped {stops}: batch {seed}")
        self.book.learn()
        rows = self.out[:made].copy()
        self.fragments.tie(rows, fragments_among(rows), counts)
        self.rows += made
        return count

    def _told(self, number: int, links: Any, wires: Any) -> str:
        return f"link type {links[number]}, {wires[number]} on the wire, {self.nursery.child(number).hex()}"


class Captures:
    """Storms the readers' kernels."""

    def __init__(self, parents: list[bytes]) -> None:
        """Breed from whole captures."""
        self.nursery = Nursery(parents, seeds.LARGEST_CAPTURE, 256)
        kinds: tuple[Any, ...] = (np.int64, np.int64, np.uint32, np.uint32, np.uint16)
        self.columns = tuple(np.zeros(RECORDS, kind) for kind in kinds)
        self.interfaces = np.zeros((2, INTERFACE_FIELDS), np.int64)
        self.interfaces[:] = [1, 0, 0, 6, 0, -1], [101, 64, 1, 30, -5, 7]
        self.records = 0

    def batch(self, seed: int) -> int:
        """Index a batch of children; raises AssertionError, with its bytes, for the first that fails."""
        nursery = self.nursery
        nursery.breed(seed)
        at, counters = np.zeros(2, np.int64), np.zeros((COUNTERS, 2), np.int64)
        given = nursery.children, nursery.sizes, nursery.width, self.columns, self.interfaces, counters
        try:
            self.records += storm_captures(*given, at)
        except Exception as error:
            raise AssertionError(f"{error!r}: {nursery.child(int(at[0])).hex()}") from error
        if at[1]:
            raise AssertionError(f"{WRONG[at[1]]}: {nursery.child(int(at[0])).hex()}")
        return len(nursery.sizes)


def storm(
    count: int, real: bool = True, seed: int = 1, progress: Callable[[str], object] = lambda _: None
) -> tuple[int, int]:
    """Try `count` inputs, four frames for each capture; returns how many frames and captures."""
    done = []
    for target, share in ((Frames(seeds.frames(real)), 0.8), (Captures(seeds.captures(real)), 0.2)):
        tried, started = 0, time.perf_counter()
        while tried < count * share:
            tried += target.batch(seed + tried)
        made = target.rows if isinstance(target, Frames) else target.records
        what = type(target).__name__.lower()
        progress(f"{tried:,} {what} in {time.perf_counter() - started:.0f} s: {made:,} headers or records\n")
        done.append(tried)
    return done[0], done[1]


def main() -> None:
    """Run it as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    storm(options.count, seed=options.seed, progress=sys.stdout.write)


if __name__ == "__main__":
    main()
