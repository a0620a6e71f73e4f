"""Looks at payloads as they arrive: nominate, confirm, decide, and keep what was found.

One batch at a time: the signature table names candidates for every payload to look at; each candidate's probe then
runs, compiled, over just its payloads (:mod:`annotator.evidence.asking`); a ladder decides
(:mod:`annotator.evidence.decide`); labels are cut out last, while the bytes are still there.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.evidence.asking import Asker
from annotator.evidence.decide import decide
from annotator.evidence.gathering import enrol, gather, settle
from annotator.evidence.observation import AGAIN, ANNOUNCED, COUNTS, KEEP, MOST_ANNOUNCED, OBSERVATION, SIGHTING
from annotator.evidence.pool import new_pool
from annotator.evidence.probe import Probe
from annotator.evidence.probes import probes
from annotator.flow.table import WANTED, Shard
from annotator.model import PacketBatch

MOST_ROUNDS: Final = 16
"""Of judging a batch anew; each gets on by a payload of every direction at the least."""
HEAP_LIMIT: Final = 256 << 20
"""Label bytes that are kept in a run."""


class Observer:
    """Looks at the payloads of a run, batch by batch, and keeps what it saw."""

    def __init__(self, in_haste: bool = False) -> None:
        """Start with nothing seen; probes are compiled when a payload first needs them.

        `in_haste` says that packets are lost while something takes its time: of a live capture.
        """
        self.probes: tuple[Probe, ...] = probes()
        self.observations: NDArray[np.void] = np.empty(1024, OBSERVATION)
        self.used = 0
        self.heap: NDArray[np.uint8] = np.empty(min(1 << 16, HEAP_LIMIT), np.uint8)
        self.heap_used = 0
        self.announced: NDArray[np.void] = np.empty(min(1024, MOST_ANNOUNCED), ANNOUNCED)
        self.announced_used = 0
        self.counts: NDArray[np.int64] = np.zeros(COUNTS, np.int64)
        """By AMBIGUOUS, LABELS_GIVEN_UP and ANNOUNCEMENTS_GIVEN_UP."""
        self._strengths = np.array([probe.strength for probe in self.probes], np.int64)
        self._label_bytes = np.array([probe.label_bytes for probe in self.probes], np.int64)
        self._asker = Asker(self.probes, in_haste)
        self._pool = new_pool()
        self._wanted: NDArray[np.void] = np.empty(0, WANTED)

    def look(
        self, batch: PacketBatch, headers: NDArray[np.void], sights: NDArray[np.void], shards: Sequence[Shard]
    ) -> NDArray[np.void]:
        """Look at the payloads `sights` (SIGHT) of `batch`, decoded into `headers`, of flows in `shards`.

        Gives the directions that are to be looked at again (WANTED, until the next call), though their turn was over:
        FlowTable.more finds what the batch still holds of them.
        """
        count = len(sights)
        if len(self._wanted) < 2 * count:
            self._wanted = np.empty(2 * count, WANTED)
        if not count:
            return self._wanted[:0]
        self._make_room(count)
        rows = tuple(shard.rows for shard in shards)
        self.used = enrol(rows, sights, self.observations, self.used)
        sightings = self._judge(batch, headers, sights)
        for _ in range(MOST_ROUNDS):
            again = np.flatnonzero(sightings["wanted"] == AGAIN)
            if not len(again):
                break
            sightings[again] = self._judge(batch, headers, sights[again])
        sightings["wanted"][sightings["wanted"] == AGAIN] = KEEP
        return self._wanted[: settle(rows, sights, sightings, self.observations, self._wanted)]

    def remember(self) -> None:
        """Note for later runs how long probes took that are not compiled."""
        self._asker.remember()

    def _judge(self, batch: PacketBatch, headers: NDArray[np.void], sights: NDArray[np.void]) -> NDArray[np.void]:
        """Gather the payloads, ask their candidates, and decide; gives the SIGHTING rows."""
        sightings = np.empty(len(sights), SIGHTING)
        gather(sights, headers, batch.data, self.observations, self._pool, sightings)
        pairs = self._asker.ask(batch.data, self._pool.data, sightings, self.observations)
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
            self.counts,
        )
        return sightings

    def _make_room(self, count: int) -> None:
        """See to it that `count` more payloads find room in the tables, whatever comes of them."""
        if self.used + count > len(self.observations):
            self.observations = np.concatenate(
                (self.observations[: self.used], np.empty(self.used + 2 * count, OBSERVATION))
            )
        wanted = min(self.heap_used + count * int(self._label_bytes.max(initial=0)), HEAP_LIMIT)
        if wanted > len(self.heap):
            # no page of it is touched before it is needed, so that it may well be larger than what is wanted now
            heap = np.empty(min(2 * wanted, HEAP_LIMIT), np.uint8)
            heap[: self.heap_used] = self.heap[: self.heap_used]
            self.heap = heap
        if self.announced_used + count > len(self.announced) < MOST_ANNOUNCED:
            announced = np.empty(min(2 * (self.announced_used + count), MOST_ANNOUNCED), ANNOUNCED)
            announced[: self.announced_used] = self.announced[: self.announced_used]
            self.announced = announced


def join(observers: Sequence[Observer]) -> tuple[Observer, list[int]]:
    """Make one observer of several, which are done with then; gives where the observations of each begin in it."""
    whole, *others = observers
    begins = [0]
    for other in others:
        begins.append(whole.used)
        seen = other.observations[: other.used]
        seen["label_at"] += whole.heap_used
        notes = other.announced[: other.announced_used]
        notes["observation"] += whole.used
        whole.observations = np.concatenate((whole.observations[: whole.used], seen))
        whole.heap = np.concatenate((whole.heap[: whole.heap_used], other.heap[: other.heap_used]))
        whole.announced = np.concatenate((whole.announced[: whole.announced_used], notes))
        whole.used, whole.heap_used = len(whole.observations), len(whole.heap)
        whole.announced_used = len(whole.announced)
        whole.counts += other.counts
        other.observations, other.heap, other.announced = other.observations[:0], other.heap[:0], other.announced[:0]
    return whole, begins
