"""Looks at payloads as they arrive: nominate, confirm, decide, and keep what was found.

One batch at a time: the signature table names candidates for every payload to look at; each candidate's probe then
runs, compiled, over just its payloads; a ladder decides; labels are cut out last, while the bytes are still there.
"""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.evidence import probe as words
from annotator.evidence.pool import POOL_BYTES, append_payload, new_pool, store_payload
from annotator.evidence.probe import Probe
from annotator.evidence.probes import probes
from annotator.evidence.signatures import MOST_CANDIDATES, SignatureTable, nominate, signature_table
from annotator.flow.table import AT_START, NEXT, Shard
from annotator.kernel import plain
from annotator.kernel.jit import INTERPRETED, cache_folder, generated, kernel
from annotator.kernel.load import be32, signed, u8, view
from annotator.kernel.twin import twin
from annotator.model import SCTP, TCP, HeaderFlag, PacketBatch

OBSERVATION: Final = np.dtype(
    [
        ("label_at", "i8", 2),  # in the label heap
        ("label_length", "u2", 2),
        ("protocol", "i2", 2),  # probe number, -1 for none
        ("upgraded", "i2", 2),  # probe number of what it became, -1 for none
        ("slot", "i4", 2),  # of the pool, -1 for none
        ("thread", "u4", 2),  # what a repeated speculation has to have in common, 0 for nothing yet
        ("grade", "u1", 2),
        ("basis", "u1", 2),
        ("upgraded_basis", "u1", 2),
        ("role", "u1", 2),
        ("state", "u1", 2),  # bits below
    ],
    align=True,
)
"""What was seen of a flow, by direction."""

FROM_START: Final = 1
"""State bit: the direction was looked at from the start of its stream."""
FOLLOWED: Final = 2
"""State bit: the protocol asked to see more."""
UPGRADING: Final = 4
"""State bit: what follows is another protocol."""
RANDOM: Final = 8
"""State bit: unknown payload that looks encrypted, compressed or random."""

SIGHTING: Final = np.dtype(
    [
        ("start", "i8"),  # in the window, or in the pool where `pooled`
        ("end", "i8"),
        ("finish", "i8"),
        ("observation", "i4"),
        ("slot", "i4"),
        ("size", "i4"),  # stored bytes of this payload alone
        ("context", "u1"),
        ("transport", "u1"),  # place in signatures.TRANSPORTS
        ("direction", "u1"),
        ("pooled", "u1"),
        ("place", "u1"),  # as in SIGHT
        ("state", "u1"),  # of the direction, when the payload was gathered
        ("wanted", "u1"),  # payloads of the direction to look at from here on
    ],
    align=True,
)
"""A payload that is looked at."""

ANNOUNCED: Final = np.dtype(
    [("observation", "i4"), ("direction", "u1"), ("length", "u2"), ("payload", "u1", 1024)], align=True
)
"""A payload that names other endpoints."""
MOST_ANNOUNCED: Final = 20_000

LOAD_S: Final = 0.01
"""What loading a probe's kernel from the cache takes."""
COMPILE_S: Final = 1.0
"""What compiling it takes."""
PLAIN_PAIRS: Final = 16
"""Payloads that a plain probe is asked about between two looks at the clock."""

KEEP: Final = 255
"""``wanted`` of a payload that changes nothing."""
AGAIN: Final = 254
"""``wanted`` of a payload to judge anew: one before it, in the same batch, changed how it is to be seen."""
MOST_ROUNDS: Final = 16
"""Of judging a batch anew; each gets on by a payload of every direction at the least."""
FOLLOW_LOOKS: Final = 64
UPGRADE_LOOKS: Final = 4
MORE_LOOKS: Final = 3
"""For a message that goes on, as long as its segments have SEGMENT bytes: the pool is full after 32 of those."""
SEGMENT: Final = 128
HEAP_LIMIT: Final = 64 << 20
"""Label bytes that are kept in a run."""
RANDOM_BYTES: Final = 64
"""Payloads shorter than this say nothing about randomness."""

CONTRADICTIONS, AMBIGUITIES, COUNTERS = 0, 1, 2


class Pairs(NamedTuple):
    """Which payloads may be which protocol: one element a pair."""

    sighting: NDArray[np.int64]
    protocol: NDArray[np.int64]
    verdict: NDArray[np.int64]
    label_at: NDArray[np.int64]
    label_length: NDArray[np.int64]


LOOP: Final = '''
def judge(window, pool, sightings, pairs, chosen):
    """Ask the probe about the payloads of the pairs in `chosen`."""
    frames, joined = view(window), view(pool)
    for n in range(len(chosen)):
        k = chosen[n]
        s = sightings[pairs.sighting[k]]
        start, end, finish = signed(s["start"]), signed(s["end"]), signed(s["finish"])
        answer = function(joined if s["pooled"] else frames, start, end, finish, signed(s["context"]))
        pairs.verdict[k] = answer[0]
        pairs.label_at[k] = answer[1]
        pairs.label_length[k] = answer[2]
'''


@cache
def plain_probe(probe: Probe) -> Callable[..., None]:
    """Make the loop that asks `probe` in plain Python: slow, and there at once."""
    scope: dict[str, Any] = {"function": twin(probe.confirm), "view": plain.view, "signed": plain.signed}
    exec(compile(LOOP, probe.confirm.__code__.co_filename, "exec"), scope)  # noqa: S102  # the text is this package's own
    loop: Callable[..., None] = scope["judge"]
    return loop


@cache
def is_compiled(probe: Probe) -> bool:
    """Say whether the loop of `probe` is in the cache."""
    folder = cache_folder(Path(probe.confirm.__code__.co_filename).resolve())
    return folder is not None and next(folder.rglob("*judge*.nbc"), None) is not None


@cache
def compile_probe(probe: Probe) -> Callable[..., None]:
    """Compile (or load from the cache) the loop that asks `probe` about its candidates."""
    loop: Callable[..., None] = generated(probe.confirm, LOOP, "judge", view=view, signed=signed)
    return loop


@kernel
def enrol(rows: Any, sights: Any, observations: Any, used: int) -> int:
    """Give each flow of `sights` an observation; returns how many are used. `sights` are of one shard."""
    for n in range(len(sights)):
        sight = sights[n]
        flow = rows[sight["row"]]
        if flow["observation"] < 0:
            flow["observation"] = used
            fresh = observations[used]
            for d in range(2):
                fresh["label_at"][d] = 0
                fresh["label_length"][d] = 0
                fresh["protocol"][d] = -1
                fresh["upgraded"][d] = -1
                fresh["slot"][d] = -1
                fresh["grade"][d] = 0
                fresh["basis"][d] = 0
                fresh["upgraded_basis"][d] = 0
                fresh["thread"][d] = 0
                fresh["role"][d] = 0
                fresh["state"][d] = 0
            used += 1
        sight["observation"] = flow["observation"]
    return used


@kernel
def context_of(row: Any, from_start: bool) -> int:
    """Give the context bits of a payload: see :mod:`annotator.evidence.probe`."""
    context = words.TCP if row["proto"] == TCP else words.SCTP if row["proto"] == SCTP else words.UDP
    if from_start:
        context |= words.START
    if row["flags"] & HeaderFlag.GROUP:
        context |= words.GROUP
        if row["version"] == 4:
            if row["dst_lo"] == np.uint64(0xE00000FB) or row["dst_lo"] == np.uint64(0xE00000FC):
                context |= words.LINK_LOCAL_GROUP
        elif row["dst_hi"] == np.uint64(0xFF02000000000000) and (
            row["dst_lo"] == np.uint64(0xFB) or row["dst_lo"] == np.uint64(0x10003)
        ):
            context |= words.LINK_LOCAL_GROUP
    return context


@kernel
def gather(sights: Any, headers: Any, data: Any, observations: Any, pool: Any, sightings: Any) -> None:
    """Find the bytes of each payload: in the window, or in the pool behind what was kept of its stream."""
    frames = view(data)
    for n in range(len(sights)):
        sight = sights[n]
        row = headers[sight["header"]]
        seen = observations[sight["observation"]]
        d = signed(sight["direction"])
        s = sightings[n]
        start = signed(row["payload_offset"])
        end = start + signed(row["payload_caplen"])
        if row["proto"] != TCP or sight["place"] == AT_START:
            seen["state"][d] |= FROM_START
        elif sight["place"] != NEXT:
            seen["state"][d] &= ~FROM_START & 255
        from_start = seen["state"][d] & FROM_START != 0 and (
            row["proto"] != TCP
            or sight["place"] == AT_START
            or seen["slot"][d] >= 0
            or seen["state"][d] & UPGRADING != 0
        )
        s["observation"] = sight["observation"]
        s["direction"] = d
        s["slot"] = seen["slot"][d]
        s["place"] = sight["place"]
        s["size"] = end - start
        s["state"] = seen["state"][d]
        s["context"] = context_of(row, from_start)
        s["transport"] = 0 if row["proto"] == TCP else 2 if row["proto"] == SCTP else 1
        s["wanted"] = KEEP
        s["pooled"] = 0
        s["finish"] = start + signed(row["payload_bytes"])
        if seen["slot"][d] >= 0 and sight["place"] == NEXT:
            joined, joined_end = append_payload(
                pool, signed(seen["slot"][d]), 2 * signed(sight["observation"]) + d, frames, start, end
            )
            if joined >= 0:
                start, end = joined, joined_end
                s["pooled"] = 1
                s["finish"] = end
        s["start"] = start
        s["end"] = end


@kernel
def nominate_all(
    starts: Any,
    rows: Any,
    data: Any,
    pool_bytes: Any,
    sightings: Any,
    observations: Any,
    found: Any,
    sighting: Any,
    protocol: Any,
) -> int:
    """Write the candidates of every payload as pairs; returns how many.

    A direction that is followed is asked about its own protocol alone.
    """
    frames, joined = view(data), view(pool_bytes)
    count = 0
    for n in range(len(sightings)):
        s = sightings[n]
        seen = observations[s["observation"]]
        d = signed(s["direction"])
        if seen["state"][d] & FOLLOWED and not seen["state"][d] & UPGRADING:
            sighting[count] = n
            protocol[count] = seen["protocol"][d]
            count += 1
            continue
        candidates = nominate(
            starts,
            rows,
            joined if s["pooled"] else frames,
            signed(s["start"]),
            signed(s["end"]),
            signed(s["finish"]),
            signed(s["transport"]),
            found,
        )
        for c in range(candidates):
            sighting[count] = n
            protocol[count] = found[c]
            count += 1
    return count


@kernel
def looks_random(data: Any, start: int, end: int) -> bool:
    """Say whether bytes look encrypted or compressed: as many different ones as chance would give, and few as text.

    Of n bytes drawn evenly from 256, ``256 (1 - (255/256)^n)`` differ on average: 56.7 of 64, with a deviation of 2.4.
    """
    if end - start < RANDOM_BYTES:
        return False
    bits = np.zeros(4, np.uint64)
    different = 0
    printable = 0
    for k in range(start, start + RANDOM_BYTES):
        byte = u8(data, k)
        mark = np.uint64(1) << np.uint64(byte & 63)
        if bits[byte >> 6] & mark == np.uint64(0):
            different += 1
            bits[byte >> 6] |= mark
        printable += 1 if 32 <= byte < 127 else 0
    return different >= 49 and printable < 40


@kernel
def decide(
    data: Any,
    pool: Any,
    sightings: Any,
    observations: Any,
    pairs: Any,
    count: int,
    strengths: Any,
    label_bytes: Any,
    heap: Any,
    heap_used: int,
    announced: Any,
    announced_used: int,
    counters: Any,
) -> tuple[int, int]:
    """Decide among the candidates of each payload, and write it into its observation.

    The ladder, for one payload: 1) confirmed before speculative; 2) the stronger confirmation; 3) two of equal
    strength are ambiguous: the first stands as speculative, and is counted. What was confirmed before stands
    against what comes after. Pairs are in order of sightings. Returns (bytes used of the label heap, announcements).
    """
    frames, joined = view(data), view(pool.data)
    k = 0
    for n in range(len(sightings)):
        s = sightings[n]
        seen = observations[s["observation"]]
        d = signed(s["direction"])
        best = -1
        best_grade = 0
        more = False
        equal = False
        first = k
        joins = s["place"] == NEXT and s["slot"] < 0 and seen["slot"][d] >= 0
        if joins or ((seen["state"][d] ^ s["state"]) & (FOLLOWED | UPGRADING) and not s["pooled"]):
            s["wanted"] = AGAIN
            while k < count and pairs.sighting[k] == n:
                k += 1
            continue
        while k < count and pairs.sighting[k] == n:
            grade = pairs.verdict[k] & 3
            if grade == words.MORE:
                more = True
            elif grade > words.MORE:
                strength = strengths[pairs.protocol[k]]
                if grade > best_grade or (grade == best_grade and strength > strengths[pairs.protocol[best]]):
                    best, best_grade, equal = k, grade, False
                elif grade == best_grade and strength == strengths[pairs.protocol[best]]:
                    equal = True
            k += 1
        source = joined if s["pooled"] else frames
        start, end = signed(s["start"]), signed(s["end"])
        if equal and best_grade == words.CONFIRMED:
            counters[AMBIGUITIES] += 1
            best_grade = words.SPECULATIVE
        if best_grade == words.CONFIRMED or end - start >= POOL_BYTES:
            seen["slot"][d] = -1
        elif more and s["context"] & words.TCP and not s["pooled"]:
            seen["slot"][d] = store_payload(pool, 2 * signed(s["observation"]) + d, frames, start, end)
        if more and best_grade != words.CONFIRMED and seen["slot"][d] >= 0 and s["size"] >= SEGMENT:
            s["wanted"] = MORE_LOOKS
        if best < 0:
            if first == k and not seen["grade"][d] and looks_random(source, start, end):
                seen["state"][d] |= RANDOM
            continue
        chosen = pairs.protocol[best]
        answer = pairs.verdict[best]
        wishes = answer >> 10
        if wishes & words.REPEAT and best_grade == words.SPECULATIVE and pairs.label_length[best] == 4:
            thread = be32(source, pairs.label_at[best])
            if thread == signed(seen["thread"][d]) and thread:
                best_grade = words.CONFIRMED
            seen["thread"][d] = thread
        upgrading = seen["state"][d] & UPGRADING != 0
        if upgrading and best_grade == words.CONFIRMED:
            if chosen == seen["protocol"][d] or chosen == seen["protocol"][1 - d]:  # the last words before the upgrade
                continue
            if seen["upgraded"][d] >= 0 and strengths[chosen] <= strengths[seen["upgraded"][d]]:
                continue
            seen["upgraded"][d] = chosen
            seen["upgraded_basis"][d] = (answer >> 4) & 63
            s["wanted"] = 0
        elif not upgrading:
            if seen["grade"][d] == words.CONFIRMED and best_grade == words.CONFIRMED and seen["protocol"][d] != chosen:
                counters[CONTRADICTIONS] += 1
            elif best_grade > seen["grade"][d]:
                seen["protocol"][d] = chosen
                seen["grade"][d] = best_grade
                seen["basis"][d] = (answer >> 4) & 63
                seen["role"][d] = (answer >> 2) & 3
                seen["label_length"][d] = 0
        if not seen["label_length"][d] and pairs.label_length[best] > 0 and best_grade >= seen["grade"][d]:
            length = min(pairs.label_length[best], label_bytes[chosen], end - pairs.label_at[best])
            if length > 0 and pairs.label_at[best] >= start and heap_used + length <= len(heap):
                for b in range(length):
                    heap[heap_used + b] = u8(source, pairs.label_at[best] + b)
                seen["label_at"][d] = heap_used
                seen["label_length"][d] = length
                heap_used += length
        if wishes & words.ANNOUNCE and announced_used < len(announced):
            note = announced[announced_used]
            note["observation"] = s["observation"]
            note["direction"] = d
            length = min(end - start, len(note["payload"]))
            note["length"] = length
            for b in range(length):
                note["payload"][b] = u8(source, start + b)
            announced_used += 1
        if wishes & words.UPGRADE:
            for side in range(2):
                seen["state"][side] |= UPGRADING
            s["wanted"] = UPGRADE_LOOKS
        elif wishes & words.FOLLOW:
            seen["state"][d] |= FOLLOWED
            s["wanted"] = FOLLOW_LOOKS
        elif best_grade == words.CONFIRMED and not upgrading:
            s["wanted"] = 0
    return heap_used, announced_used


@kernel
def settle(rows: Any, sights: Any, sightings: Any) -> bool:
    """Tell the flows how many payloads of each direction are wanted from here on. `sights` are of one shard.

    Says whether a direction is wanted that was not any more.
    """
    raised = False
    for n in range(len(sights)):
        wanted = sightings[n]["wanted"]
        if wanted == KEEP:
            continue
        flow = rows[sights[n]["row"]]
        d = signed(sights[n]["direction"])
        for side in range(2):
            if side == d or wanted == UPGRADE_LOOKS:
                raised = raised or (flow["watch"][side] == 0 and wanted > 0)
                flow["watch"][side] = max(wanted, flow["watch"][side]) if wanted == MORE_LOOKS else wanted
    return raised


class Observer:
    """Looks at the payloads of a run, batch by batch, and keeps what it saw."""

    def __init__(self) -> None:
        """Start with nothing seen; probes are compiled when a payload first needs them."""
        self.probes: tuple[Probe, ...] = probes()
        self.observations: NDArray[np.void] = np.empty(1024, OBSERVATION)
        self.used = 0
        self.heap: NDArray[np.uint8] = np.empty(1 << 16, np.uint8)
        self.heap_used = 0
        self.announced: NDArray[np.void] = np.empty(1024, ANNOUNCED)
        self.announced_used = 0
        self.counters: NDArray[np.int64] = np.zeros(COUNTERS, np.int64)
        self._table: SignatureTable = signature_table(self.probes)
        self._strengths = np.array([probe.strength for probe in self.probes], np.int64)
        self._label_bytes = np.array([probe.label_bytes for probe in self.probes], np.int64)
        self._loops: dict[int, Callable[..., None]] = {}
        self._plain: dict[int, Callable[..., None]] = {}
        self._spent = dict.fromkeys(range(len(self.probes)), 0.0)
        self._cached: dict[int, bool] = {}
        self._pool = new_pool()
        self._found = np.empty(MOST_CANDIDATES, np.int64)

    def look(
        self, batch: PacketBatch, headers: NDArray[np.void], sights: NDArray[np.void], shards: Sequence[Shard]
    ) -> bool:
        """Look at the payloads `sights` (SIGHT) of `batch`, decoded into `headers`, of flows in `shards`.

        Says whether more of the same batch is wanted: FlowTable.more gives what to look at next.
        """
        count = len(sights)
        if not count:
            return False
        self._make_room(count)
        bounds = np.searchsorted(sights["shard"], np.arange(len(shards) + 1)).tolist()
        for number, shard in enumerate(shards):
            start, end = bounds[number], bounds[number + 1]
            if start < end:
                self.used = enrol(shard.rows, sights[start:end], self.observations, self.used)
        sightings = self._judge(batch, headers, sights)
        for _ in range(MOST_ROUNDS):
            again = np.flatnonzero(sightings["wanted"] == AGAIN)
            if not len(again):
                break
            sightings[again] = self._judge(batch, headers, sights[again])
        sightings["wanted"][sightings["wanted"] == AGAIN] = KEEP
        raised = False
        for number, shard in enumerate(shards):
            start, end = bounds[number], bounds[number + 1]
            if start < end:
                raised |= settle(shard.rows, sights[start:end], sightings[start:end])
        return raised

    def _judge(self, batch: PacketBatch, headers: NDArray[np.void], sights: NDArray[np.void]) -> NDArray[np.void]:
        """Gather the payloads, ask their candidates, and decide; gives the SIGHTING rows."""
        sightings = np.empty(len(sights), SIGHTING)
        gather(sights, headers, batch.data, self.observations, self._pool, sightings)
        pairs = self._ask(batch.data, sightings)
        self.heap_used, self.announced_used = decide(
            batch.data,
            self._pool,
            sightings,
            self.observations,
            pairs,
            len(pairs.sighting),
            self._strengths,
            self._label_bytes,
            self.heap,
            self.heap_used,
            self.announced,
            self.announced_used,
            self.counters,
        )
        return sightings

    def _ask(self, data: NDArray[np.uint8], sightings: NDArray[np.void]) -> Pairs:
        """Nominate candidates for every payload, and have their probes answer."""
        most = len(sightings) * MOST_CANDIDATES
        sighting, protocol = np.empty(most, np.int64), np.empty(most, np.int64)
        count = nominate_all(
            *self._table, data, self._pool.data, sightings, self.observations, self._found, sighting, protocol
        )
        pairs = Pairs(
            sighting[:count],
            protocol[:count],
            np.zeros(count, np.int64),
            np.zeros(count, np.int64),
            np.zeros(count, np.int64),
        )
        if not count:
            return pairs
        order = np.argsort(pairs.protocol, kind="stable")
        numbers, starts = np.unique(pairs.protocol[order], return_index=True)
        ends = np.append(starts[1:], count)
        for number, start, end in zip(numbers.tolist(), starts.tolist(), ends.tolist(), strict=True):
            self._answer(number, data, sightings, pairs, order[start:end])
        return pairs

    def _answer(
        self,
        number: int,
        data: NDArray[np.uint8],
        sightings: NDArray[np.void],
        pairs: Pairs,
        chosen: NDArray[np.int64],
    ) -> None:
        """Have a probe answer: in plain Python while that takes less than to load, or to compile, its kernel."""
        if number in self._loops:
            self._loops[number](data, self._pool.data, sightings, pairs, chosen)
            return
        begun = perf_counter()
        while len(chosen) and self._spent[number] < self._patience(number):
            some, chosen = chosen[:PLAIN_PAIRS], chosen[PLAIN_PAIRS:]
            if number not in self._plain:
                self._plain[number] = plain_probe(self.probes[number])
            self._plain[number](data, self._pool.data, sightings, pairs, some)
            self._spent[number] += perf_counter() - begun
            begun = perf_counter()
        if len(chosen):
            self._loops[number] = compile_probe(self.probes[number])
            self._loops[number](data, self._pool.data, sightings, pairs, chosen)

    def _patience(self, number: int) -> float:
        """Seconds of plain Python after which a probe's kernel pays: the time to load it, or to compile it."""
        if number not in self._cached:
            self._cached[number] = INTERPRETED or is_compiled(self.probes[number])
        return LOAD_S if self._cached[number] else COMPILE_S

    def _make_room(self, count: int) -> None:
        """See to it that `count` more payloads find room in the tables, whatever comes of them."""
        if self.used + count > len(self.observations):
            self.observations = np.concatenate(
                (self.observations[: self.used], np.empty(self.used + 2 * count, OBSERVATION))
            )
        wanted = min(self.heap_used + count * int(self._label_bytes.max(initial=0)), HEAP_LIMIT)
        if wanted > len(self.heap):
            heap = np.empty(wanted, np.uint8)  # no page of it is touched before it is needed
            heap[: self.heap_used] = self.heap[: self.heap_used]
            self.heap = heap
        if self.announced_used + count > len(self.announced) < MOST_ANNOUNCED:
            more = np.empty(len(self.announced) + count, ANNOUNCED)
            self.announced = np.concatenate((self.announced[: self.announced_used], more))
