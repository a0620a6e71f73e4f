"""The kernel that writes down what a flow was: the generator's own flow list."""

from typing import Any

from benchmarks.traffic.jit import part


@part
def report(world: Any, slot: int) -> None:
    """Report a flow that has ended, and reset its counters."""
    state, flow, counts = world.state, world.flows[slot], world.counts[slot]
    row = world.rows[state.rows]
    state.rows += 1
    row.profile = flow.profile
    row.proto = flow.proto
    row.version = flow.version
    row.client_port = flow.client_port
    row.server_port = flow.server_port
    row.answer = flow.answer
    row.first_ns = flow.first_ns
    row.last_ns = flow.last_ns
    row.first_frame = flow.first_frame
    for at in range(16):
        row.client[at] = world.addresses[slot, 0, at]
        row.server[at] = world.addresses[slot, 1, at]
    for side in range(2):
        row.packets[side] = counts[side, 0]
        row.bytes[side] = counts[side, 1]
        row.frame_bytes[side] = counts[side, 2]
        row.payload_bytes[side] = counts[side, 3]
    counts[:] = 0
    flow.first_frame = 0


@part
def report_errors(world: Any, slot: int) -> None:
    """Report the ICMP errors that answered a flow: one flow from the server to the client, ports type and code."""
    state, flow = world.state, world.flows[slot]
    if flow.error_packets == 0:
        return
    row = world.rows[state.rows]
    state.rows += 1
    row.profile = flow.profile
    row.proto = 1 if flow.version == 4 else 58
    row.version = flow.version
    row.client_port = flow.error >> 8
    row.server_port = flow.error & 255
    row.answer = flow.answer
    row.first_ns = flow.first_ns
    row.last_ns = flow.last_ns
    row.first_frame = 0
    for at in range(16):
        row.client[at] = world.addresses[slot, 1, at]
        row.server[at] = world.addresses[slot, 0, at]
    row.packets[0], row.packets[1] = flow.error_packets, 0
    row.bytes[0], row.bytes[1] = flow.error_bytes, 0
    row.frame_bytes[0], row.frame_bytes[1] = flow.error_frame_bytes, 0
    row.payload_bytes[0], row.payload_bytes[1] = 0, 0
    flow.error_packets = 0
