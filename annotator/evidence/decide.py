"""The ladder: which of its candidates a payload is, and what is kept of that."""

from typing import Any, Final

import numpy as np

from annotator.evidence import probe as words
from annotator.evidence.observation import (
    AGAIN,
    AMBIGUOUS,
    ANNOUNCEMENTS_GIVEN_UP,
    FOLLOW_LOOKS,
    FOLLOWED,
    FURTHER_LOOKS,
    KEEP,
    LABELS_GIVEN_UP,
    LOOKED,
    MORE_LOOKS,
    RANDOM,
    UPGRADE_LOOKS,
    UPGRADING,
)
from annotator.evidence.pool import POOL_BYTES, store_payload
from annotator.flow.row import NEXT
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, signed, u8, view

RANDOM_BYTES: Final = 64
"""Payloads shorter than this say nothing about randomness."""
SEGMENT: Final = 128
"""A segment of a message that goes on has as many bytes at the least, or no more of it is asked for."""


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
def want(seen: Any, s: Any, d: int) -> None:
    """Note how many payloads are wanted behind this one of direction `d`.

    Those of its batch that are at hand already count among them: it is as if each had come by itself.
    """
    looks = signed(s["wanted"])
    if looks == KEEP:
        return
    for side in range(2):
        if side == d or looks == UPGRADE_LOOKS:
            left = signed(seen["left"][side])
            if left == 0 and looks > 0:
                s["raised"] |= 1 << side
            seen["left"][side] = max(looks, left) if looks == MORE_LOOKS else looks


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
    counts: Any,
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
        if seen["left"][d] == 0:  # it was offered when it was not yet known that the one before it tells enough
            while k < count and pairs.sighting[k] == n:
                k += 1
            continue
        seen["left"][d] -= 1
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
        if not seen["state"][d] & LOOKED:
            seen["state"][d] |= LOOKED
            s["wanted"] = FURTHER_LOOKS
        source = joined if s["pooled"] else frames
        start, end = signed(s["start"]), signed(s["end"])
        if equal and best_grade == words.CONFIRMED:
            counts[AMBIGUOUS] += 1
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
            want(seen, s, d)
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
            before = False  # the last words before the upgrade are no upgrade; a guess may have been its first words
            for side in range(2):
                before = before or (seen["protocol"][side] == chosen and seen["grade"][side] == words.CONFIRMED)
            if before or (seen["upgraded"][d] >= 0 and strengths[chosen] <= strengths[seen["upgraded"][d]]):
                want(seen, s, d)
                continue
            seen["upgraded"][d] = chosen
            seen["upgraded_basis"][d] = (answer >> 4) & 63
            s["wanted"] = 0
        elif not upgrading and best_grade > seen["grade"][d]:
            seen["protocol"][d] = chosen
            seen["grade"][d] = best_grade
            seen["basis"][d] = (answer >> 4) & 63
            seen["role"][d] = (answer >> 2) & 3
            seen["label_length"][d] = 0
        of_it = chosen == seen["protocol"][d] or (upgrading and chosen == seen["upgraded"][d])
        if of_it and not seen["label_length"][d] and pairs.label_length[best] > 0 and best_grade >= seen["grade"][d]:
            length = min(pairs.label_length[best], label_bytes[chosen], end - pairs.label_at[best])
            if length > 0 and pairs.label_at[best] >= start:
                if heap_used + length <= len(heap):
                    for b in range(length):
                        heap[heap_used + b] = u8(source, pairs.label_at[best] + b)
                    seen["label_at"][d] = heap_used
                    seen["label_length"][d] = length
                    heap_used += length
                else:
                    counts[LABELS_GIVEN_UP] += 1
        if wishes & words.ANNOUNCE and announced_used == len(announced):
            counts[ANNOUNCEMENTS_GIVEN_UP] += 1
        elif wishes & words.ANNOUNCE:
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
        want(seen, s, d)
    return heap_used, announced_used
