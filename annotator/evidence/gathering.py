"""Between flows and evidence: which bytes a payload is judged by, and what the flow learns of the judgement."""

from typing import Any

import numpy as np

from annotator.evidence import probe as words
from annotator.evidence.observation import FROM_START, FURTHER_LOOKS, KEEP, UPGRADING
from annotator.evidence.pool import append_payload
from annotator.flow.row import AT_START, NEXT
from annotator.flow.table import LOOKS
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed, view
from annotator.model import SCTP, TCP, HeaderFlag


@kernel
def enrol(rows: Any, sights: Any, observations: Any, used: int) -> int:
    """Give each flow of `sights` an observation; returns how many are used. `rows` are those of each shard."""
    for n in range(len(sights)):
        sight = sights[n]
        flow = rows[sight["shard"]][sight["row"]]
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
                fresh["left"][d] = LOOKS
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
        s["wanted"] = KEEP
        s["raised"] = 0
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
def ration(left: int) -> int:
    """Of payloads that are wanted, tell how many to look at before it is asked again: the first few often suffice."""
    return min(left, 1) if left <= FURTHER_LOOKS else left


@kernel
def settle(rows: Any, sights: Any, sightings: Any, observations: Any, wanted: Any) -> int:
    """Tell the flows how many payloads of each direction are wanted from here on. `rows` are those of each shard.

    Directions that are wanted, and of which none is on its way any more, are put into `wanted` (WANTED), with the
    header from which on they are. Returns how many.
    """
    raised = 0
    for turn in range(2):  # first the last payloads that had a direction be wanted again, then all else
        for k in range(len(sights)):
            n = len(sights) - 1 - k
            sight = sights[n]
            kept = sightings[n]["wanted"] == KEEP
            flow, seen = rows[sight["shard"]][sight["row"]], observations[sight["observation"]]
            for side in range(2):
                again = signed(sightings[n]["raised"]) >> side & 1
                if kept and (turn == 0 or side != sight["direction"]):
                    continue
                left = ration(signed(seen["left"][side]))
                if (again or turn == 1) and flow["watch"][side] == 0 and left > 0:
                    wanted[raised]["row"] = sight["row"]
                    wanted[raised]["shard"] = sight["shard"]
                    wanted[raised]["direction"] = side
                    wanted[raised]["header"] = signed(sight["header"]) + 1 if again or kept else 0
                    raised += 1
                    flow["watch"][side] = left
                if turn == 1 and not kept:
                    flow["watch"][side] = left
    return raised
