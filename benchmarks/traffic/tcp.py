"""The TCP player: handshake, messages cut into segments, acknowledgements, losses, ends. Also the port scanner."""
# mypy: disable-error-code="no-any-return"
# the fields of a NumPy record have no types

from enum import IntEnum
from typing import Any, Final

from benchmarks.traffic.dice import below, exponential, uniform
from benchmarks.traffic.emit import checksum, icmp_error, pseudo_header, put16, put32, send
from benchmarks.traffic.jit import part
from benchmarks.traffic.messages import advance, put_message
from benchmarks.traffic.script import MILLISECOND, SECOND

FIN: Final = 1
SYN: Final = 2
RST: Final = 4
PSH: Final = 8
ACK: Final = 16

PROTO: Final = 6
DONE: Final = -1
"""A player's answer when its flow has ended."""
LOSS: Final = 0.003
"""Share of data segments that are seen twice."""
DELAYED_ACK: Final = 40 * MILLISECOND
"""Who takes longer to answer acknowledges first."""


class Answer(IntEnum):
    """What becomes of an attempt."""

    ANSWERED = 0
    REFUSED = 1
    SILENT = 2
    PROHIBITED = 3
    MIDSTREAM = 4
    """The flow was there before the capture began."""


class Phase(IntEnum):
    """What a TCP flow does next."""

    SYN = 0
    SYN_ACK = 1
    HANDSHAKE_ACK = 2
    DATA = 3
    RESEND = 4
    ACK = 5
    REFUSE = 6
    PROHIBIT = 7
    CLOSE = 8
    """The first FIN, or RST."""
    CLOSE_ACK = 9
    CLOSE_BACK = 10
    CLOSE_END = 11


class Ending(IntEnum):
    """How a flow that was established ends."""

    FIN_CLIENT = 0
    FIN_SERVER = 1
    RST_CLIENT = 2
    RST_SERVER = 3
    NONE = 4


# enum members are globals of kernels by their value
ANSWERED, REFUSED, SILENT, PROHIBITED, MIDSTREAM = (int(answer) for answer in Answer)
(
    SYN_NEXT,
    SYN_ACK_NEXT,
    HANDSHAKE_ACK_NEXT,
    DATA_NEXT,
    RESEND_NEXT,
    ACK_NEXT,
    REFUSE_NEXT,
    PROHIBIT_NEXT,
    CLOSE_NEXT,
    CLOSE_ACK_NEXT,
    CLOSE_BACK_NEXT,
    CLOSE_END_NEXT,
) = (int(phase) for phase in Phase)
FIN_CLIENT, FIN_SERVER, RST_CLIENT, RST_SERVER, NO_ENDING = (int(ending) for ending in Ending)


@part
def options(world: Any, slot: int, side: int, flags: int) -> int:
    """Write the TCP options after a header of 20 bytes; returns their length."""
    flow, segment, at = world.flows[slot], world.segment, 20
    if flags & SYN:
        put16(segment, at, 0x0204)  # maximum segment size
        put16(segment, at + 2, flow.segment + (12 if flow.stamps else 0))
        at += 4
        if flow.stamps:
            put16(segment, at, 0x0402)  # selective acknowledgements permitted
            put16(segment, at + 2, 0x080A)  # time stamps, as below
        else:
            put32(segment, at, 0x01010402)
            put32(segment, at + 4, 0x01030308)  # window scale 8
            return 12
        at += 2
    elif flow.stamps:
        put16(segment, at, 0x0101)
        at += 2
    else:
        return 0
    put16(segment, at, 0x080A)
    now = world.state.now // MILLISECOND
    put32(segment, at + 2, now + flow.tag + side * 7919)
    heard = now + flow.tag + (1 - side) * 7919 - world.lag[slot, 1 - side] // MILLISECOND
    put32(segment, at + 6, 0 if flags == SYN else heard)
    at += 10
    if flags & SYN:
        put32(segment, at, 0x01030307)  # window scale 7
        at += 4
    return at - 20


@part
def segment(world: Any, slot: int, side: int, flags: int, seq: int, size: int) -> None:
    """Send one segment; `size` bytes of the current message, from its current offset on, are its payload."""
    flow, data = world.flows[slot], world.segment
    header = 20 + options(world, slot, side, flags)
    put16(data, 0, flow.server_port if side else flow.client_port)
    put16(data, 2, flow.client_port if side else flow.server_port)
    put32(data, 4, seq)
    put32(data, 8, world.next_seq[slot, 1 - side] if flags & ACK else 0)
    data[12] = header << 2
    data[13] = flags
    put16(data, 14, 64240 if flags & SYN else (0 if flags & RST else 501))
    put32(data, 16, 0)
    if size:
        put_message(world, slot, header, flow.offset, size)
    put16(data, 16, checksum(world, header + size, pseudo_header(world, slot, header + size, PROTO)))
    send(world, slot, side, header + size, size)


@part
def start_data(world: Any, slot: int) -> int:
    """Go on to the current message, or to the end if there is none; returns when."""
    state, flow = world.state, world.flows[slot]
    if flow.step < 0:
        flow.phase = CLOSE_NEXT
        return state.now + exponential(world, 20.0 * MILLISECOND)
    step = world.steps[flow.step]
    flow.phase = DATA_NEXT
    return state.now + step.pause if step.period else state.now + exponential(world, step.pause) + flow.pace


@part
def after_data(world: Any, slot: int, side: int) -> int:
    """Decide what follows a segment of data from `side`; returns when."""
    state, flow = world.state, world.flows[slot]
    step = world.steps[flow.step]
    if flow.offset < step.size + step.filler:
        wait = flow.pace // 2 + below(world, flow.pace)
        if flow.unacked < 2:
            flow.phase = DATA_NEXT
            return state.now + wait
        flow.phase, flow.after_ack, flow.acker, flow.wait = ACK_NEXT, DATA_NEXT, 1 - side, wait
        return state.now + wait // 2
    advance(world, slot)
    if flow.step < 0:
        following = CLOSE_NEXT
        wait = exponential(world, 5.0 * MILLISECOND)
    else:
        following = DATA_NEXT
        step = world.steps[flow.step]
        wait = step.pause if step.period else exponential(world, step.pause)
        if step.side == side and flow.unacked < 2:
            flow.phase = following
            return state.now + flow.pace + wait
        if step.side != side and wait < DELAYED_ACK:
            flow.phase, flow.unacked = following, 0
            return state.now + world.lag[slot, 1 - side] + wait
    flow.phase, flow.after_ack, flow.acker = ACK_NEXT, following, 1 - side
    flow.wait = max(wait - world.lag[slot, 1 - side], flow.pace)
    return state.now + world.lag[slot, 1 - side]


@part
def close(world: Any, slot: int) -> int:
    """Play the end of a connection; returns when to go on."""
    state, flow = world.state, world.flows[slot]
    if flow.ending == NO_ENDING:
        return DONE
    side = 0 if flow.ending in (FIN_CLIENT, RST_CLIENT) else 1
    seq = world.next_seq[slot]
    if flow.ending in (RST_CLIENT, RST_SERVER):
        segment(world, slot, side, RST | ACK, seq[side], 0)
        return DONE
    if flow.phase == CLOSE_NEXT:
        segment(world, slot, side, FIN | ACK, seq[side], 0)
        seq[side] += 1
        flow.phase = CLOSE_ACK_NEXT if flow.tag & 1 else CLOSE_BACK_NEXT
        return state.now + world.lag[slot, 1 - side]
    if flow.phase == CLOSE_ACK_NEXT:
        segment(world, slot, 1 - side, ACK, seq[1 - side], 0)
        flow.phase = CLOSE_BACK_NEXT
        return state.now + exponential(world, 2.0 * MILLISECOND)
    if flow.phase == CLOSE_BACK_NEXT:
        segment(world, slot, 1 - side, FIN | ACK, seq[1 - side], 0)
        seq[1 - side] += 1
        flow.phase = CLOSE_END_NEXT
        return state.now + world.lag[slot, side]
    segment(world, slot, side, ACK, seq[side], 0)
    return DONE


@part
def play_tcp(world: Any, slot: int) -> int:
    """Send a flow's next packet; returns when the one after it is due, or `DONE`."""
    state, flow = world.state, world.flows[slot]
    seq, lag = world.next_seq[slot], world.lag[slot]
    phase = flow.phase
    if phase == DATA_NEXT:
        step = world.steps[flow.step]
        side, total = step.side, step.size + step.filler
        size = min(flow.segment, total - flow.offset)
        segment(world, slot, side, ACK | (PSH if flow.offset + size == total else 0), seq[side], size)
        if uniform(world) < LOSS:
            flow.phase = RESEND_NEXT
            flow.size = size
            return state.now + lag[1 - side] + 200 * MILLISECOND
        seq[side] += size
        flow.offset += size
        flow.unacked += 1
        return after_data(world, slot, side)
    if phase == ACK_NEXT:
        segment(world, slot, flow.acker, ACK, seq[flow.acker], 0)
        flow.phase, flow.unacked = flow.after_ack, 0
        return state.now + flow.wait
    if phase == RESEND_NEXT:
        side = world.steps[flow.step].side
        segment(world, slot, side, ACK | PSH, seq[side], flow.size)
        seq[side] += flow.size
        flow.offset += flow.size
        flow.unacked = 2
        return after_data(world, slot, side)
    if phase == SYN_NEXT:
        segment(world, slot, 0, SYN, seq[0], 0)
        if flow.answer == SILENT:
            flow.retries += 1
            return state.now + (SECOND << flow.retries - 1) if flow.retries < 4 else DONE
        if flow.answer == REFUSED:
            flow.phase = REFUSE_NEXT
        elif flow.answer == PROHIBITED:
            flow.phase = PROHIBIT_NEXT
        else:
            flow.phase = SYN_ACK_NEXT
        return state.now + lag[1]
    if phase == SYN_ACK_NEXT:
        seq[0] += 1
        segment(world, slot, 1, SYN | ACK, seq[1], 0)
        seq[1] += 1
        flow.phase = HANDSHAKE_ACK_NEXT
        return state.now + lag[0]
    if phase == HANDSHAKE_ACK_NEXT:
        segment(world, slot, 0, ACK, seq[0], 0)
        return start_data(world, slot)
    if phase == REFUSE_NEXT:
        seq[0] += 1
        segment(world, slot, 1, RST | ACK, 0, 0)
        return DONE
    if phase == PROHIBIT_NEXT:
        put16(world.segment, 0, flow.client_port)
        put16(world.segment, 2, flow.server_port)
        put32(world.segment, 4, seq[0])
        icmp_error(world, slot, 3 if flow.version == 4 else 1, 13 if flow.version == 4 else 1, 8)
        return DONE
    return close(world, slot)
