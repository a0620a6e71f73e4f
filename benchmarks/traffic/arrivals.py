"""The kernel that begins flows: which kind, between whom, how long, over which network.

Addresses come from ranges set aside for private use, documentation and benchmarks; clients share theirs, those of
protocols with a client port of their own (and scanners) have one each, so that no two flows have the same ends.
"""

from typing import Any

import numpy as np

from benchmarks.traffic.dice import below, draw, spread, uniform
from benchmarks.traffic.emit import ICMP, ICMP6, copy, put16, put32
from benchmarks.traffic.jit import part
from benchmarks.traffic.messages import begin
from benchmarks.traffic.scan import next_target
from benchmarks.traffic.script import MILLISECOND, SECOND, Kind
from benchmarks.traffic.tcp import ANSWERED, DATA_NEXT, MIDSTREAM, PROHIBITED, REFUSED, SILENT

TCP, UDP, ECHO, SCAN, FRAME = (int(kind) for kind in Kind)
TAIL = 1.05
"""Exponent of the heavy tail (a Lomax distribution of the packets after the opening)."""
LAST_EPHEMERAL = 60999
FIRST_EPHEMERAL = 32768


@part
def put_address(world: Any, slot: int, side: int, four: int, six: int, number: int) -> None:
    """Give a side its address: `four`, or the 32-bit prefix `six`, 64 bits for the host with `number` last."""
    address = world.addresses[slot, side]
    address[:] = 0
    if world.flows[slot].version == 4:
        put32(address, 0, four)
    else:
        put32(address, 0, six)
        put32(address, 12, number)


@part
def place_client(world: Any, slot: int, outside: int) -> None:
    """Choose the client's address and port."""
    state, flow = world.state, world.flows[slot]
    profile = world.profiles[flow.profile]
    shared = profile.client_port == 0 and flow.proto in (6, 17) and flow.kind != SCAN
    if not shared or flow.answer == PROHIBITED or (flow.kind == UDP and flow.answer == REFUSED):
        # also those whose answer is an ICMP error: that is a flow too, and has no ports
        state.unique += 1
        flow.client_port = profile.client_port if profile.client_port else FIRST_EPHEMERAL + below(world, 28000)
        # 10.128.0.0/9, or 100.64.0.0/10 (RFC 6598)
        put_address(
            world,
            slot,
            0,
            (0x64400000 if outside else 0x0A800000) + state.unique,
            0x20010002 if outside else 0x20010DB8,
            0x10000000 + state.unique,
        )
        return
    first, clients = (state.inside, state.outside) if outside else (0, state.inside)
    number = int(clients * uniform(world) ** 1.5)  # some are busier than others
    while world.client_ports[first + number] > LAST_EPHEMERAL:
        number = (number + 1) % clients
    flow.client_port = world.client_ports[first + number]
    world.client_ports[first + number] += 1
    # 10.16.0.0/12, or the upper half of 198.18.0.0/15 (RFC 2544)
    put_address(
        world,
        slot,
        0,
        (0xC6130000 if outside else 0x0A100000) + number,
        0x20010002 if outside else 0x20010DB8,
        0x20000000 + number,
    )
    flow.vlan = 0 if outside else number & 31


@part
def place_server(world: Any, slot: int, outside: int) -> None:
    """Choose the server's address and port."""
    flow = world.flows[slot]
    profile = world.profiles[flow.profile]
    if profile.ports:
        flow.server_port = world.ports[profile.port]
    if profile.group >= 0:
        copy(world.addresses[slot, 1], 0, world.groups[profile.group, 0 if flow.version == 4 else 1], 0, 16)
        return
    number = int(profile.servers * uniform(world) ** 2)
    if profile.ports > 1:  # the least busy servers are those on other ports
        usual = profile.servers - max(profile.ports - 1, int(profile.servers * profile.elsewhere))
        if number >= usual:
            flow.server_port = world.ports[profile.port + 1 + number % (profile.ports - 1)]
    mixed = (flow.profile * 40503 + number * 7919) & 0xFFFF
    put_address(
        world,
        slot,
        1,
        0xC6120000 + mixed if outside else 0x0A000001 + (flow.profile << 8) + number % 250,
        0x20010002 if outside else 0x20010DB8,
        mixed,
    )


@part
def put_mac(world: Any, slot: int, side: int, at: int, who: int, outside: int) -> None:
    """Write the hardware address of side `who` into the head of `side`: its own, the router's, or a group's."""
    head, address, flow = world.heads[slot, side], world.addresses[slot, who], world.flows[slot]
    four = flow.version == 4
    if who == 1 and world.profiles[flow.profile].group >= 0:
        if address[0] == 255 and four:
            for byte in range(6):
                head[at + byte] = 255
            return
        put16(head, at, 0x0100 if four else 0x3333)
        head[at + 2] = 0x5E if four else address[12]
        head[at + 3] = address[1] & 0x7F if four else address[13]
        head[at + 4] = address[2] if four else address[14]
        head[at + 5] = address[3] if four else address[15]
        return
    put16(head, at, 0x0200)  # locally administered
    if outside:
        put32(head, at + 2, 0x01000001)
    else:
        for byte in range(4):
            head[at + 2 + byte] = address[byte] if four else address[12 + byte]


@part
def lay_heads(world: Any, slot: int, outside: int, inbound: int) -> None:
    """Write the header templates of both sides."""
    flow = world.flows[slot]
    tagged = 0 < flow.vlan < 4
    flow.link_size = 18 if tagged else 14
    four = flow.version == 4
    flow.pseudo = 0
    size = 4 if four else 16
    for side in range(2):
        head, address = world.heads[slot, side], world.addresses[slot, side]
        head[:] = 0
        away = (outside, inbound)
        put_mac(world, slot, side, 0, 1 - side, away[side])
        put_mac(world, slot, side, 6, side, away[1 - side])
        at = 12
        if tagged:
            put16(head, at, 0x8100)
            put16(head, at + 2, 10 * flow.vlan)
            at += 4
        put16(head, at, 0x0800 if four else 0x86DD)
        at += 2
        remote = inbound if side == 0 else outside
        hops = (64 if flow.tag & 3 else 128) - (5 + flow.tag % 14 if remote else 0)
        if world.profiles[flow.profile].group >= 0:
            hops = 1
        if four:
            head[at] = 0x45
            head[at + 8] = hops
            head[at + 9] = flow.proto
        else:
            put32(head, at, 0x60000000 | (flow.tag * 31 + side & 0xFFFFF))
            head[at + 7] = hops
        for byte in range(size):
            head[at + (12 if four else 8) + byte] = address[byte]
            head[at + (16 if four else 24) + byte] = world.addresses[slot, 1 - side, byte]
            flow.pseudo += int(address[byte]) << 8 * (byte & 1)


@part
def arrive(world: Any, slot: int, chosen: int, midstream: int) -> None:
    """Begin a flow of profile `chosen` in a slot."""
    state, flow = world.state, world.flows[slot]
    profile = world.profiles[chosen]
    flow.profile, flow.kind, flow.proto = chosen, profile.kind, profile.proto
    flow.script = profile.script + below(world, profile.scripts)
    flow.phase = flow.offset = flow.unacked = flow.retries = flow.repeats = flow.vlan = 0
    flow.first_frame = flow.first_ns = flow.error = 0
    flow.error_packets = flow.error_bytes = flow.error_frame_bytes = 0
    flow.server_port = 0
    world.counts[slot] = 0
    world.datagrams[slot] = 0
    flow.tag = int(draw(world) >> np.uint64(48))
    if flow.kind == FRAME:
        flow.step = world.scripts[flow.script].repeat
        return
    inbound = 1 if uniform(world) < profile.inbound else 0
    outside = 1 if inbound == 0 and uniform(world) < profile.external else 0
    flow.version = 6 if uniform(world) < profile.ipv6 else 4
    if flow.kind == ECHO:
        flow.proto = ICMP if flow.version == 4 else ICMP6
    luck = uniform(world)
    if luck < profile.refused * (0.2 if flow.kind == TCP else 0.0):
        flow.answer = PROHIBITED
    elif luck < profile.refused:
        flow.answer = REFUSED
    elif luck < profile.refused + profile.silent or profile.group >= 0:
        flow.answer = SILENT
    else:
        flow.answer = ANSWERED
    place_client(world, slot, inbound)
    place_server(world, slot, outside)
    lay_heads(world, slot, outside, inbound)
    world.lag[slot, 0] = spread(world, 4.0 * MILLISECOND, 150.0 * MILLISECOND) if inbound else spread(world, 5e4, 5e5)
    world.lag[slot, 1] = spread(world, 4.0 * MILLISECOND, 150.0 * MILLISECOND) if outside else spread(world, 5e4, 5e5)
    flow.pace = (12_000, 120_000, 120_000, 600_000)[below(world, 4)]
    flow.stamps = 1 if flow.tag % 10 < 6 else 0
    flow.segment = (1460, 1460, 1460, 1380)[below(world, 4)] - (20 if flow.version == 6 else 0) - 12 * flow.stamps
    ending = uniform(world)
    flow.ending = 0 if ending < 0.55 else (1 if ending < 0.8 else (2 if ending < 0.88 else (3 if ending < 0.93 else 4)))
    for side in range(2):
        world.next_seq[slot, side] = int(draw(world) >> np.uint64(32))
        world.ip_id[slot, side] = below(world, 1 << 16)
    if profile.sized:
        script = world.scripts[flow.script]
        packets = min(state.longest, state.scale * ((1.0 - uniform(world)) ** (-1.0 / TAIL) - 1.0))
        flow.repeats = int(packets / script.repeat_packets + uniform(world))
        if script.opening == script.repeat or midstream:
            flow.repeats = max(1, flow.repeats)
    if flow.kind == ECHO:
        flow.repeats = 1 + below(world, 4)
    elif flow.kind == SCAN:
        flow.repeats = spread(world, 20.0, 1000.0)
        flow.server_port = 1 + below(world, 65535)
        next_target(world, slot)
    else:
        begin(world, slot)
        if midstream:
            flow.answer = MIDSTREAM
            flow.step = world.scripts[flow.script].repeat
            flow.phase = DATA_NEXT if flow.kind == TCP else 0
    state.started += 1


@part
def pick(world: Any) -> int:
    """Draw a profile by weight."""
    luck, chosen = uniform(world), 0
    while world.weights[chosen] <= luck:
        chosen += 1
    return chosen


@part
def delay(world: Any, mean: float) -> int:
    """Nanoseconds until the next arrival."""
    return min(10 * SECOND, int(mean * (0.2 + 1.6 * uniform(world))))
