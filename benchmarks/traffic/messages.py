"""Kernels that find their way through a script and write its messages."""

from typing import Any

from benchmarks.traffic.emit import copy, put16, put32
from benchmarks.traffic.jit import part
from benchmarks.traffic.script import Patch
from benchmarks.traffic.world import FILLER

TAG16, COUNT32, COUNT64_LE, RTP = (int(patch) for patch in list(Patch)[1:])


@part
def put_message(world: Any, slot: int, at: int, offset: int, size: int) -> None:
    """Write `size` bytes of a flow's current message, from `offset` on, to `segment` at `at`."""
    flow = world.flows[slot]
    step = world.steps[flow.step]
    written = max(0, min(step.size - offset, size))
    if written:
        copy(world.segment, at, world.pool, step.at + offset, written)
    if written < size:
        start = (flow.tag * 2654435761 + flow.repeats * 40503 + offset + written) & (FILLER - 1)
        copy(world.segment, at + written, world.filler, start, size - written)
    if step.patch and offset == 0:
        patch(world, slot, at)


@part
def patch(world: Any, slot: int, at: int) -> None:
    """Put what varies into the message at `at` in `segment`."""
    flow = world.flows[slot]
    step = world.steps[flow.step]
    place, sent = at + step.patch_at, world.datagrams[slot, step.side]
    if step.patch == TAG16:
        put16(world.segment, place, flow.tag)
    elif step.patch == COUNT32:
        put32(world.segment, place, sent + 1)
    elif step.patch == COUNT64_LE:
        for byte in range(8):
            world.segment[place + byte] = sent >> 8 * byte & 255
    elif step.patch == RTP:
        put16(world.segment, place, flow.tag + sent)
        put32(world.segment, place + 2, flow.tag * 160 + sent * 160)


@part
def advance(world: Any, slot: int) -> None:
    """Go to a flow's next message; its step is -1 after the last."""
    flow = world.flows[slot]
    script = world.scripts[flow.script]
    flow.offset = 0
    step = flow.step + 1
    if step == script.closing and flow.step >= script.repeat and flow.repeats > 1:
        flow.repeats -= 1
        step = script.repeat
    elif step == script.repeat and flow.repeats == 0:
        step = script.closing
    flow.step = step if step < script.end else -1


@part
def begin(world: Any, slot: int) -> None:
    """Go to a flow's first message."""
    flow = world.flows[slot]
    flow.step = world.scripts[flow.script].opening - 1
    advance(world, slot)
