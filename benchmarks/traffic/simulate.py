"""The kernel that runs the world: begins flows when they are due, lets the next one speak, until the window is full."""
# mypy: disable-error-code="no-any-return"
# the fields of a NumPy record have no types

from typing import Any

from benchmarks.traffic.arrivals import ECHO, FRAME, SCAN, TCP, UDP, arrive, delay, pick
from benchmarks.traffic.datagrams import play_datagrams, play_echo, play_frames
from benchmarks.traffic.dice import below
from benchmarks.traffic.jit import part, whole
from benchmarks.traffic.report import report, report_errors
from benchmarks.traffic.scan import play_scan
from benchmarks.traffic.script import SECOND
from benchmarks.traffic.tcp import play_tcp
from benchmarks.traffic.world import ROOM, ROWS, WINDOW


@part
def push(world: Any, when: int, slot: int) -> None:
    """Put a flow into the queue."""
    times, slots, state = world.queue_ns, world.queue_slot, world.state
    at = state.queued
    state.queued += 1
    while at > 0:
        parent = (at - 1) >> 1
        if times[parent] <= when:
            break
        times[at], slots[at] = times[parent], slots[parent]
        at = parent
    times[at], slots[at] = when, slot


@part
def replace(world: Any, when: int, slot: int) -> None:
    """Put a flow in the place of the queue's first."""
    times, slots, size = world.queue_ns, world.queue_slot, world.state.queued
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and times[child + 1] < times[child]:
            child += 1
        if when <= times[child]:
            break
        times[at], slots[at] = times[child], slots[child]
        at = child
    times[at], slots[at] = when, slot


@part
def remove(world: Any) -> None:
    """Take the queue's first flow out."""
    state = world.state
    state.queued -= 1
    last = state.queued
    if last:
        replace(world, world.queue_ns[last], world.queue_slot[last])


@part
def enter(world: Any, when: int, chosen: int, midstream: int) -> None:
    """Begin a flow; a slot must be free."""
    state = world.state
    state.free -= 1
    slot = world.free[state.free]
    arrive(world, slot, chosen, midstream)
    push(world, when, slot)


@part
def play(world: Any, slot: int) -> int:
    """Let a flow send its next packet."""
    kind = world.flows[slot].kind
    if kind == TCP:
        return play_tcp(world, slot)
    if kind == UDP:
        return play_datagrams(world, slot)
    if kind == ECHO:
        return play_echo(world, slot)
    if kind == SCAN:
        return play_scan(world, slot)
    return play_frames(world, slot)


@part
def steer(world: Any, scale: float) -> float:
    """Stretch or shrink the heavy tail, so that flows and packets come to their ends together."""
    state = world.state
    due = (state.started + 20.0) / state.flows
    done = (state.emitted + 20.0 * state.packets / state.flows) / state.packets
    return scale * min(4.0, max(0.25, (due / done) ** 10))


@whole
def populate(world: Any, midstream: int, first: int, last: int) -> None:
    """Begin what was there before the capture: flows in mid-stream, and the profiles from `first` to `last`."""
    state = world.state
    while midstream > 0:
        chosen = pick(world)
        profile = world.profiles[chosen]
        if profile.sized and profile.kind in (TCP, UDP):
            enter(world, state.now + below(world, 2 * SECOND), chosen, 1)
            midstream -= 1
    for chosen in range(first, last):
        enter(world, state.now + below(world, SECOND), chosen, 0)
    state.arrival = state.now


@whole
def simulate(world: Any, scale: float) -> None:
    """Run until the window or the reports are full, or all packets were written."""
    state = world.state
    while state.emitted < state.packets and state.out + ROOM <= WINDOW and state.rows + 4 <= ROWS:
        if state.free and (state.queued == 0 or state.arrival <= world.queue_ns[0]):
            state.scale = steer(world, scale)
            enter(world, state.arrival, pick(world), 0)
            state.arrival += delay(world, state.gap)
            continue
        slot = world.queue_slot[0]
        state.now = max(state.now, world.queue_ns[0])
        due = play(world, slot)
        if due >= 0:
            replace(world, max(due, state.now), slot)
            continue
        report(world, slot)
        report_errors(world, slot)
        remove(world)
        world.free[state.free] = slot
        state.free += 1


@whole
def finish(world: Any) -> int:
    """Report flows that are alive at the end, as many as fit; returns how many are left."""
    state = world.state
    while state.queued and state.rows + 4 <= ROWS:
        state.queued -= 1
        slot = world.queue_slot[state.queued]
        if world.flows[slot].kind != FRAME:
            if world.counts[slot].sum():
                report(world, slot)
            report_errors(world, slot)
    return state.queued
