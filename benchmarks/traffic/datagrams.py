"""The players of what has no connections: UDP and bare IP protocols, echoes, frames without IP."""
# mypy: disable-error-code="no-any-return"
# the fields of a NumPy record have no types

from typing import Any, Final

from benchmarks.traffic.dice import exponential
from benchmarks.traffic.emit import (
    ICMP,
    SHORTEST_FRAME,
    begin_record,
    checksum,
    copy,
    icmp_error,
    pseudo_header,
    put16,
    put32,
    send,
)
from benchmarks.traffic.jit import part
from benchmarks.traffic.messages import advance, put_message
from benchmarks.traffic.script import SECOND
from benchmarks.traffic.tcp import ANSWERED, DONE, REFUSED

UDP: Final = 17
ECHO_BYTES: Final = 56


@part
def datagram(world: Any, slot: int) -> int:
    """Build the current message as a datagram in `segment`; returns its length."""
    flow, data = world.flows[slot], world.segment
    step = world.steps[flow.step]
    size = step.size + step.filler
    if flow.proto != UDP:  # a protocol without ports or checksum, whole in its message
        put_message(world, slot, 0, 0, size)
        return size
    put16(data, 0, flow.server_port if step.side else flow.client_port)
    put16(data, 2, flow.client_port if step.side else flow.server_port)
    put16(data, 4, size + 8)
    put16(data, 6, 0)
    put_message(world, slot, 8, 0, size)
    value = checksum(world, size + 8, pseudo_header(world, slot, size + 8, UDP))
    put16(data, 6, value if value else 0xFFFF)
    return size + 8


@part
def play_datagrams(world: Any, slot: int) -> int:
    """Send a flow's next datagram; returns when the one after it is due, or `DONE`."""
    state, flow = world.state, world.flows[slot]
    if flow.phase:  # refused: the datagram is built again, to be quoted
        datagram(world, slot)
        icmp_error(world, slot, 3 if flow.version == 4 else 1, 3 if flow.version == 4 else 4, 8)
        return DONE
    side = world.steps[flow.step].side
    size = datagram(world, slot)
    send(world, slot, side, size, size - 8 if flow.proto == UDP else size)
    world.datagrams[slot, side] += 1
    if flow.answer == REFUSED:
        flow.phase = 1
        return state.now + world.lag[slot, 1]
    wait = 0
    while True:
        advance(world, slot)
        if flow.step < 0:
            return DONE
        step = world.steps[flow.step]
        wait += step.pause if step.period else exponential(world, step.pause)
        if step.side == 0 or flow.answer == ANSWERED:
            break  # else an answer that never came
    if step.side != side:
        wait += world.lag[slot, 1 - side]
    return state.now + wait + flow.pace


@part
def play_echo(world: Any, slot: int) -> int:
    """Send a ping or its answer; returns when the next is due, or `DONE`."""
    state, flow, data = world.state, world.flows[slot], world.segment
    side = flow.phase
    four = flow.proto == ICMP
    data[0] = (0 if side else 8) if four else (129 if side else 128)
    data[1] = 0
    put16(data, 2, 0)
    put16(data, 4, flow.tag)
    put16(data, 6, flow.retries)
    put32(data, 8, flow.first_ns // SECOND)
    put32(data, 12, 0)
    for at in range(16, 8 + ECHO_BYTES):
        data[at] = at
    size = 8 + ECHO_BYTES
    put16(data, 2, checksum(world, size, 0 if four else pseudo_header(world, slot, size, flow.proto)))
    send(world, slot, side, size, ECHO_BYTES)
    if side == 0 and flow.answer == ANSWERED:
        flow.phase = 1
        return state.now + world.lag[slot, 1]
    flow.phase = 0
    flow.retries += 1
    flow.repeats -= 1
    return state.now + SECOND - (world.lag[slot, 1] if side else 0) if flow.repeats > 0 else DONE


@part
def play_frames(world: Any, slot: int) -> int:
    """Send the next frame of a script that never ends; returns when the one after it is due."""
    state, flow = world.state, world.flows[slot]
    step = world.steps[flow.step]
    wire = max(step.size, SHORTEST_FRAME)
    stored = min(wire, state.snap)
    at = begin_record(world, stored, wire)
    kept = min(step.size, stored)
    copy(world.out, at, world.pool, step.at, kept)
    for place in range(at + kept, at + stored):
        world.out[place] = 0
    state.frames_without_ip += 1
    flow.repeats = 2
    advance(world, slot)
    step = world.steps[flow.step]
    return state.now + (step.pause if step.period else exponential(world, step.pause)) + flow.pace
