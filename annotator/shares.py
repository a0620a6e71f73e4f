"""Flows and their payloads, shared among threads: each has some shards of the table, and an observer of its own.

Kernels run without the interpreter's lock. A shard belongs to one share, so no two threads touch one flow, and what
comes out does not depend on how many there are.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from annotator.evidence import Observer
from annotator.evidence.look import join
from annotator.flow import FlowSettings, FlowTable
from annotator.flow.key import SHARDS, Sharded, Sharder
from annotator.flow.table import join_rows
from annotator.kernel.cache import INTERPRETED
from annotator.model import PacketBatch

MOST_SHARES: Final = 2
"""More threads than these wait for the one that reads ahead: what it does takes as long as what each of two does."""
WORTH_SHARING_BYTES: Final = 16 << 20
"""A smaller capture is done before a second thread has its kernels."""
WORTH_SHARING_ROWS: Final = 4096
"""Fewer rows of a batch, as a slow interface gives them, are counted by one thread."""


def shares_for(total_bytes: int | None) -> int:
    """Tell how many threads are to share captures of so many bytes, None where that is not known."""
    if INTERPRETED or (total_bytes is not None and total_bytes < WORTH_SHARING_BYTES):
        return 1
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(processors - 1, MOST_SHARES))  # one of them decodes


class Share:
    """The flows of some shards, and what was seen of them."""

    def __init__(self, table: FlowTable, in_haste: bool) -> None:
        """Start with an empty `table`; see :class:`~annotator.evidence.Observer` for `in_haste`."""
        self.table = table
        self.observer = Observer(in_haste)

    def take(self, batch: PacketBatch, headers: NDArray[np.void], sharded: Sharded, capture: int, full: bool) -> None:
        """Count the rows of its shards, and look at their payloads."""
        table, observer = self.table, self.observer
        wanted = observer.look(batch, headers, table.add(headers, capture, sharded, full), table.shards)
        while len(wanted):
            wanted = observer.look(batch, headers, table.more(headers, wanted), table.shards)


class Shares:
    """All flows of a run, and what was seen of them."""

    def __init__(self, settings: FlowSettings, number: int = 1, in_haste: bool = False) -> None:
        """Start empty, with so many shares, 1 to SHARDS; in haste where a capture is live."""
        self.settings = settings
        self.sharder = Sharder(settings.ignore_vlan)
        self._shares = [
            Share(FlowTable(settings, range(first, SHARDS, number), self.sharder), in_haste) for first in range(number)
        ]
        self._threads = ThreadPoolExecutor(number - 1, "annotator-share") if number > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """Wait for the threads; each is at a batch at the most."""
        if self._threads:
            self._threads.shutdown()
        for share in self._shares:
            share.observer.remember()

    def take(self, batch: PacketBatch, headers: NDArray[np.void], sharded: Sharded, capture: int) -> None:
        """Count the HEADER rows of a batch, and look at their payloads; returns when all have done so."""
        share, *others = self._shares
        work = batch, headers, sharded, capture, self._full()
        if self._threads is None or len(headers) < WORTH_SHARING_ROWS:
            for each in self._shares:
                each.take(*work)
            return
        waiting = [self._threads.submit(other.take, *work) for other in others]
        share.take(*work)
        for done in waiting:
            done.result()

    def count(self, headers: NDArray[np.void], capture: int) -> None:
        """Count HEADER rows whose bytes are gone."""
        sharded, full = self.sharder.shard(headers), self._full()
        for share in self._shares:
            share.table.add(headers, capture, sharded, full)

    def take_given_up(self) -> tuple[int, int]:
        """Give the packets that would have begun a flow when there were too many, and the frame of the first; once."""
        count, first_frame = 0, 0
        for share in self._shares:
            packets, frame = share.table.given_up.tolist()
            if packets:
                count, first_frame = count + packets, min(frame, first_frame or frame)
            share.table.given_up[:] = 0
        return count, first_frame

    def join(self) -> tuple[NDArray[np.void], Observer]:
        """Give all flows as one array (FLOW), and one observer of them; the shares are done with then."""
        shares, self._shares = self._shares, []
        observer, begins = join([share.observer for share in shares])
        for share, begin in zip(shares[1:], begins[1:], strict=True):
            for shard in share.table.shards:
                seen = shard.rows["observation"][: shard.used]
                seen[seen >= 0] += begin
        return join_rows([share.table for share in shares]), observer

    def _full(self) -> bool:
        return 0 < self.settings.most_flows <= sum(share.table.used for share in self._shares)
