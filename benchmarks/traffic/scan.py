"""The port scanner: SYN after SYN from one port of one host to another, each attempt a flow of its own."""
# mypy: disable-error-code="no-any-return"
# the fields of a NumPy record have no types

from typing import Any

from benchmarks.traffic.dice import below, exponential, uniform
from benchmarks.traffic.emit import icmp_error, put16, put32
from benchmarks.traffic.jit import part
from benchmarks.traffic.report import report
from benchmarks.traffic.script import MILLISECOND
from benchmarks.traffic.tcp import (
    ACK,
    ANSWERED,
    DONE,
    HANDSHAKE_ACK_NEXT,
    PROHIBIT_NEXT,
    PROHIBITED,
    REFUSE_NEXT,
    REFUSED,
    RST,
    SILENT,
    SYN,
    SYN_ACK_NEXT,
    SYN_NEXT,
    segment,
)

STRIDE = 7919
"""Prime to 65,535, so that no port is tried twice."""


@part
def next_target(world: Any, slot: int) -> None:
    """Go to another port, and decide what is there."""
    flow = world.flows[slot]
    flow.server_port = (flow.server_port - 1 + STRIDE) % 65535 + 1
    luck = uniform(world)
    if luck < 0.66:
        flow.answer = REFUSED
    elif luck < 0.92:
        flow.answer = SILENT
    elif luck < 0.96:
        flow.answer = PROHIBITED
    else:
        flow.answer = ANSWERED
    world.next_seq[slot, 0] = below(world, 1 << 32)
    world.next_seq[slot, 1] = below(world, 1 << 32)
    flow.phase = SYN_NEXT


@part
def play_scan(world: Any, slot: int) -> int:
    """Send the next packet of an attempt; returns when the one after it is due, or `DONE` after the last attempt."""
    state, flow = world.state, world.flows[slot]
    seq = world.next_seq[slot]
    if flow.phase == SYN_NEXT:
        if flow.offset:
            state.started += 1
        flow.offset += 1
        segment(world, slot, 0, SYN, seq[0], 0)
        if flow.answer != SILENT:
            if flow.answer == REFUSED:
                flow.phase = REFUSE_NEXT
            elif flow.answer == PROHIBITED:
                flow.phase = PROHIBIT_NEXT
            else:
                flow.phase = SYN_ACK_NEXT
            return state.now + world.lag[slot, 1]
    elif flow.phase == REFUSE_NEXT:
        seq[0] += 1
        segment(world, slot, 1, RST | ACK, 0, 0)
    elif flow.phase == PROHIBIT_NEXT:
        put16(world.segment, 0, flow.client_port)
        put16(world.segment, 2, flow.server_port)
        put32(world.segment, 4, seq[0])
        icmp_error(world, slot, 3, 13, 8)
    elif flow.phase == SYN_ACK_NEXT:
        seq[0] += 1
        segment(world, slot, 1, SYN | ACK, seq[1], 0)
        flow.phase = HANDSHAKE_ACK_NEXT
        return state.now + world.lag[slot, 0]
    else:
        segment(world, slot, 0, RST, seq[0], 0)
    flow.repeats -= 1
    if flow.repeats <= 0:
        return DONE
    report(world, slot)
    next_target(world, slot)
    return state.now + exponential(world, 2.0 * MILLISECOND)
