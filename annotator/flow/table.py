"""The flow table: one row a biflow, counted in both directions, split by time and by new connections.

:mod:`annotator.flow.row` says what a row is; :mod:`annotator.flow.orient` names initiator and responder at the end,
over the whole table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.decode.transport import has_ports
from annotator.flow.key import DIRECTION_SHIFT, HASH, SHARDS, Sharded, Sharder, turned
from annotator.flow.passed import NOBODY, Passed, new_passed, owner_of, take_first
from annotator.flow.row import (
    AT_START,
    FLOW,
    GROUP,
    NOT_NEEDED,
    NOT_SPLIT,
    OPENED,
    ORDERED,
    PROHIBITED,
    SPLIT_ACTIVE,
    SPLIT_IDLE,
    SPLIT_REOPENED,
    UNREACHABLE,
    begin,
    reopens,
    stream_place,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed
from annotator.kernel.prefetch import address_of, prefetch, prefetch_lines
from annotator.model import NO_TIME, TCP, HeaderFlag, Signal

SIGHT: Final = np.dtype(
    [("header", "u4"), ("row", "i4"), ("observation", "i4"), ("shard", "u1"), ("direction", "u1"), ("place", "u1")],
    align=True,
)
"""A payload for the evidence room to look at: its HEADER row, its flow, and where it stands in its stream."""
WANTED: Final = np.dtype([("row", "i4"), ("header", "u4"), ("shard", "u1"), ("direction", "u1")], align=True)
"""A direction of a flow that is to be looked at again, from a HEADER row on."""
LOOKS: Final = 1
"""Payloads of each direction that are looked at, unless evidence asks for more."""
MOST_VISITS: Final = 64
"""How often the payloads of one batch are offered once more."""

FIRST_ROWS: Final = 1024
NS: Final = 1_000_000_000

ROWS_AHEAD: Final = 12
"""How many rows before its turn a header row is fetched, and the slot that its key falls on: counting a row is much
shorter than a wait for memory, so those that are counted meanwhile have to make up for it; few enough that none leaves
the cache before its turn."""
FLOWS_AHEAD: Final = 6
"""The same of the flow that the slot names: half way, when the slot is there."""
FLOW_WORDS: Final = FLOW.itemsize // 8

MOST_FLOWS: Final = 2_000_000
"""Flows that are kept unless told otherwise: with all that is made of them they took 1.53 GB at the peak."""
PACKETS, FIRST_FRAME = 0, 1


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """What splits a flow; 0 is never. Times in ns."""

    idle_tcp_ns: int = 300 * NS
    idle_other_ns: int = 60 * NS
    active_ns: int = 0
    ignore_vlan: bool = False
    most_flows: int = MOST_FLOWS
    """Flows that are kept, give or take a batch; 0 is without bound."""


@kernel
def find(slots: Any, rows: Any, digest: Any, row: Any, d: int, context: Any) -> tuple[int, int]:
    """Look the key of `row` up: (slot, index of its current flow), or (free slot, -1)."""
    mask = len(slots) - 1
    at = signed(digest) & mask
    a_hi, a_lo, b_hi, b_lo = turned(row, d)
    while True:
        slot = slots[at]
        if slot == 0:
            return at, -1
        if slot >> np.uint64(32) == digest:
            index = signed(slot & np.uint64(0xFFFFFFFF)) - 1
            flow = rows[index]
            if (
                flow["a_lo"] == a_lo
                and flow["b_lo"] == b_lo
                and flow["context"] == context
                and flow["a_hi"] == a_hi
                and flow["b_hi"] == b_hi
                and flow["tunnel"] == row["tunnel"]
            ):
                return at, index
        at = (at + 1) & mask


@kernel
def update(
    headers: Any,
    sharded: Any,
    start: int,
    end: int,
    capture: int,
    idle_tcp_ns: int,
    idle_other_ns: int,
    active_ns: int,
    shard: int,
    rows: Any,
    used: int,
    slots: Any,
    full: bool,
    given_up: Any,
    watch: int,
    passed: Any,
    sights: Any,
    seen: int,
) -> tuple[int, int, int]:
    """Count the header rows ``headers[sharded.order[start:end]]`` in the table of a shard.

    Of each direction of a flow the first `watch` payloads go to `sights` (SIGHT), behind the `seen` that are there;
    the others are `passed` over. Where the table as a whole is `full`, no flow begins any more: packets that would
    begin one are counted in `given_up`. Returns (end of what is done, rows of the table used, sights in all).

    It stops early where the shard's rows are used up: the caller makes room and calls again with the rest.
    """
    headers_at, rows_at, slots_at = address_of(headers), address_of(rows), address_of(slots)
    order, mask = sharded.order, len(slots) - 1
    owners, following = passed.owner, passed.following
    for n in range(start, end):
        if used == len(rows):
            return n, used, seen
        if n + ROWS_AHEAD < end:  # where rows of a shard stand is known to us, and not to the processor
            prefetch_lines(headers_at + headers.itemsize * order[n + ROWS_AHEAD])
            prefetch(slots_at + slots.itemsize * (signed(sharded.digest[n + ROWS_AHEAD] & HASH) & mask))
            coming = sharded.digest[n + FLOWS_AHEAD] & HASH
            slot = slots[signed(coming) & mask]
            if slot >> np.uint64(32) == coming:
                prefetch_lines(rows_at + rows.itemsize * (signed(slot & np.uint64(0xFFFFFFFF)) - 1))
        row = headers[order[n]]
        digest, d = sharded.digest[n] & HASH, signed(sharded.digest[n] >> np.uint64(DIRECTION_SHIFT))
        context = sharded.context[n]
        at, index = find(slots, rows, digest, row, d, context)
        if row["flags"] & HeaderFlag.QUOTED:
            if index >= 0:
                rows[index]["state"] |= UNREACHABLE if row["signal"] & Signal.UNREACHABLE else PROHIBITED
            continue
        time = signed(row["ts_ns"])
        signal = signed(row["signal"])
        why = NOT_SPLIT
        if index >= 0:
            flow = rows[index]
            if time != NO_TIME and flow["last_ns"] != NO_TIME:
                idle = idle_tcp_ns if row["proto"] == TCP else idle_other_ns
                if idle > 0 and (
                    time - flow["last_ns"] > idle or flow["first_ns"] - time > idle
                ):  # the clock may step back
                    why = SPLIT_IDLE
                elif active_ns > 0 and time - flow["first_ns"] > active_ns:
                    why = SPLIT_ACTIVE
            if signal & Signal.OPEN and why != SPLIT_IDLE and reopens(flow, row, d):
                why = SPLIT_REOPENED
        if index < 0 or why != NOT_SPLIT:
            if full:
                given_up[PACKETS] += 1
                if given_up[PACKETS] == 1 or row["frame"] < given_up[FIRST_FRAME]:
                    given_up[FIRST_FRAME] = row["frame"]
                continue
            if index >= 0:
                rows[index]["split"] = why
            begin(rows[used], row, d, context, signed(row["frame"]), capture, index, watch)
            index = used
            used += 1
            slots[at] = (digest << np.uint64(32)) | np.uint64(index + 1)
        flow = rows[index]
        if row["frame"] < flow["first_frame"] and flow["capture"] == capture:  # a fragment that was held back
            flow["first_frame"] = row["frame"]
            flow["first_from"] = d
        if time != NO_TIME:
            if flow["first_ns"] == NO_TIME or time < flow["first_ns"]:
                flow["first_ns"] = time
            if flow["last_ns"] == NO_TIME or time > flow["last_ns"]:
                flow["last_ns"] = time
        if flow["packets"][d] == 0:
            flow["icmp_code"][d] = row["dport"] & 255
        flow["packets"][d] += 1
        flow["bytes"][d] += signed(row["ip_bytes"])
        flow["frame_bytes"][d] += signed(row["frame_bytes"])
        flow["payload_bytes"][d] += signed(row["payload_bytes"])
        flow["tcp_flags"][d] |= row["tcp_flags"]
        flow["signal"][d] |= row["signal"]
        if row["flags"] & HeaderFlag.FRAGMENT_LATER:
            flow["fragments"][d] += 1
        if row["flags"] & HeaderFlag.GROUP:
            flow["state"] |= GROUP << (1 - d)
        if signal & Signal.OPEN:
            flow["state"] |= OPENED << d
            flow["isn"][d] = row["seq"]
        if row["tcp_flags"] & 16:
            flow["ack"][d] = row["ack"]
        if row["tcp_flags"] & 2:
            flow["isn"][d] = row["seq"]
            flow["next_seq"][d] = (signed(row["seq"]) + 1) & 0xFFFFFFFF
            flow["state"] |= ORDERED << d
        if (
            row["payload_caplen"] > 0
            and not row["flags"] & HeaderFlag.FRAGMENT_LATER
            and has_ports(signed(row["proto"]))
        ):
            if flow["watch"][d] > 0:
                seen = offer(flow, row, d, order[n], shard, index, sights, seen)
            else:
                header, owner, last = order[n], owner_of(index, shard, d), signed(flow["passed"][d])
                if 0 <= last < len(owners) and owners[last] == owner:
                    following[header] = following[last]
                    following[last] = header
                else:
                    following[header] = header
                owners[header] = owner
                flow["passed"][d] = header
    return end, used, seen


@kernel
def offer(flow: Any, row: Any, d: int, header: int, shard: int, index: int, sights: Any, seen: int) -> int:
    """Put a payload behind the `seen` ones of `sights`, unless it repeats what was; returns how many are there."""
    place = stream_place(flow, row, d) if row["proto"] == TCP else AT_START
    if place == NOT_NEEDED:
        return seen
    flow["watch"][d] -= 1
    sight = sights[seen]
    sight["header"] = header
    sight["shard"] = shard
    sight["row"] = index
    sight["observation"] = flow["observation"]
    sight["direction"] = d
    sight["place"] = place
    return seen + 1


@kernel
def revisit(headers: Any, wanted: Any, rows: Any, passed: Any, sights: Any) -> int:
    """Offer payloads that :func:`update` passed over, of the directions that are `wanted` (WANTED) by now.

    `rows` are those of each shard. Returns how many payloads are in `sights`.
    """
    seen = 0
    for n in range(len(wanted)):
        shard, index, d = signed(wanted[n]["shard"]), signed(wanted[n]["row"]), signed(wanted[n]["direction"])
        flow = rows[shard][index]
        owner = owner_of(index, shard, d)
        while flow["watch"][d] > 0:
            header = take_first(passed, flow, d, owner)
            if header == NOBODY:
                break
            if header >= signed(wanted[n]["header"]):
                seen = offer(flow, headers[header], d, header, shard, index, sights, seen)
    return seen


@kernel
def rehash(old: Any, new: Any) -> None:
    """Move the slots of a table to a larger one; the hash stands in the slot's upper half."""
    mask = len(new) - 1
    for slot in old:
        if slot != 0:
            at = signed(slot >> np.uint64(32)) & mask
            while new[at] != 0:
                at = (at + 1) & mask
            new[at] = slot


class Shard:
    """The flows of one shard of the hash: rows, and the slots that find them."""

    def __init__(self) -> None:
        """Start empty."""
        self.rows: NDArray[np.void] = np.empty(FIRST_ROWS, FLOW)
        self.used = 0
        self.slots: NDArray[np.uint64] = np.zeros(4 * FIRST_ROWS, np.uint64)

    def grow(self) -> None:
        """Double the room; the slots stay at least twice as many as the rows."""
        rows = np.empty(2 * len(self.rows), FLOW)
        rows[: self.used] = self.rows[: self.used]
        self.rows = rows
        if len(self.slots) < 2 * len(rows):
            slots = np.zeros(2 * len(self.slots), np.uint64)
            rehash(self.slots, slots)
            self.slots = slots


class FlowTable:
    """Aggregates header rows into flows, shard by shard."""

    def __init__(
        self, settings: FlowSettings, numbers: Sequence[int] = range(SHARDS), sharder: Sharder | None = None
    ) -> None:
        """Start empty; `settings` hold for the table's life.

        It counts the shards `numbers` only: several tables with one `sharder` share the rows, a thread each.
        """
        self.settings = settings
        self.shards = [Shard() for _ in range(SHARDS)]
        self.sharder = sharder or Sharder(settings.ignore_vlan)
        self._numbers = numbers
        self.given_up: NDArray[np.int64] = np.zeros(2, np.int64)
        """Packets that would have begun a flow when the table was full, and the frame of the first."""
        self._visits = 0
        self._passed: Passed = new_passed(0)
        self._sights: NDArray[np.void] = np.empty(0, SIGHT)

    @property
    def used(self) -> int:
        """How many flows it holds."""
        return sum(shard.used for shard in self.shards)

    def add(
        self, headers: NDArray[np.void], capture: int, sharded: Sharded | None = None, full: bool | None = None
    ) -> NDArray[np.void]:
        """Count HEADER rows of a capture (by index); gives the payloads to look at (SIGHT), in order of packets.

        `sharded` is what :attr:`sharder` makes of the rows; another thread may have done so. Where it is `full`, no
        flow begins any more; unless told, it knows by its own flows.
        """
        if sharded is None:
            sharded = self.sharder.shard(headers)
        if len(self._sights) < len(headers):
            self._passed = new_passed(len(headers))
            self._sights = np.empty(len(headers), SIGHT)
        self._passed.owner[:] = NOBODY
        self._visits = 0
        settings = self.settings
        if full is None:
            full = 0 < settings.most_flows <= self.used
        starts = sharded.starts.tolist()
        seen = 0
        for number in self._numbers:
            shard = self.shards[number]
            start, end = starts[number], starts[number + 1]
            while start < end:
                start, shard.used, seen = update(
                    headers,
                    sharded,
                    start,
                    end,
                    capture,
                    settings.idle_tcp_ns,
                    settings.idle_other_ns,
                    settings.active_ns,
                    number,
                    shard.rows,
                    shard.used,
                    shard.slots,
                    full,
                    self.given_up,
                    LOOKS,
                    self._passed,
                    self._sights,
                    seen,
                )
                if start < end:
                    shard.grow()
        return _in_order(self._sights[:seen])

    def more(self, headers: NDArray[np.void], wanted: NDArray[np.void]) -> NDArray[np.void]:
        """Give payloads of the last `headers` added that were passed over, of the directions `wanted` (WANTED) by now.

        Gives SIGHT rows as :meth:`add` does.
        """
        self._visits += 1
        if self._visits > MOST_VISITS:
            return self._sights[:0]
        rows = tuple(shard.rows for shard in self.shards)
        seen = revisit(headers, wanted, rows, self._passed, self._sights)
        return _in_order(self._sights[:seen])

    def rows(self) -> NDArray[np.void]:
        """Give all flows as :func:`join_rows` does."""
        return join_rows([self])


def _in_order(sights: NDArray[np.void]) -> NDArray[np.void]:
    """Put SIGHT rows in order of their packets: which shards they come from is drawn anew in every run."""
    return sights[np.argsort(sights["header"])]


def join_rows(tables: Sequence[FlowTable]) -> NDArray[np.void]:
    """Give all flows of `tables` as one array (FLOW) in order of capture and first frame; the tables are empty then.

    ``previous`` refers to rows of the array.
    """
    shards = [shard for table in tables for shard in table.shards if shard.used]
    for table in tables:
        table.shards.clear()
    starts = np.cumsum([0, *(shard.used for shard in shards)]).tolist()
    keys = [
        np.concatenate([np.empty(0, FLOW[name]), *(shard.rows[name][: shard.used] for shard in shards)])
        for name in ("depth", "first_frame", "capture")
    ]
    order = np.lexsort(keys)
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    rows = np.empty(len(order), FLOW)  # no page of it is touched before it is written
    words = rows.view(np.uint64).reshape(len(rows), FLOW_WORDS)  # NumPy copies rows field by field, and words at once
    for start, end in pairwise(starts):
        part = shards.pop(0).rows[: end - start]  # and each shard is let go of when it was read
        linked = part["previous"] >= 0
        part["previous"][linked] = place[start:end][part["previous"][linked]]
        words[place[start:end]] = part.view(np.uint64).reshape(len(part), FLOW_WORDS)
    return rows
