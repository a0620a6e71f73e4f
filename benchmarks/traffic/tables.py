"""Profiles and scripts as arrays, which is how kernels see them."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.traffic.script import Kind, Profile, Script, Step

STEP: Final = np.dtype(
    [
        ("at", "i8"),  # of the message's written part, in the pool
        ("size", "i8"),  # bytes of the written part
        ("filler", "i8"),  # random-looking bytes after it
        ("pause", "i8"),  # nanoseconds
        ("patch_at", "i8"),
        ("patch", "i8"),
        ("side", "i8"),
        ("period", "i8"),
    ]
)
SCRIPT: Final = np.dtype(
    [
        ("opening", "i8"),  # first step
        ("repeat", "i8"),
        ("closing", "i8"),
        ("end", "i8"),
        ("repeat_packets", "f8"),  # packets that one repetition takes, about
    ]
)
PROFILE: Final = np.dtype(
    [
        ("kind", "i8"),
        ("proto", "i8"),
        ("script", "i8"),  # the first of its scripts
        ("scripts", "i8"),
        ("port", "i8"),  # the first of its ports
        ("ports", "i8"),
        ("client_port", "i8"),
        ("group", "i8"),  # index into the groups, -1 for none
        ("servers", "i8"),
        ("sized", "i8"),
        ("external", "f8"),
        ("inbound", "f8"),
        ("ipv6", "f8"),
        ("refused", "f8"),
        ("silent", "f8"),
        ("elsewhere", "f8"),
    ]
)

SEGMENT: Final = 1430
"""Payload of a full TCP segment, about."""
SCAN_FLOWS: Final = 220
"""Flows of one scan, on average; packets each: 1.8."""


@dataclass(frozen=True, slots=True)
class Tables:
    """All that kernels need to know of the mix."""

    profiles: NDArray[Any]
    """Of dtype :data:`PROFILE`."""
    scripts: NDArray[Any]
    """Of dtype :data:`SCRIPT`."""
    steps: NDArray[Any]
    """Of dtype :data:`STEP`."""
    ports: NDArray[np.int64]
    groups: NDArray[np.uint8]
    """Shape (n, 2, 16): IPv4 address (its first four bytes), IPv6 address."""
    pool: NDArray[np.uint8]
    """The written parts of all messages."""
    fixed_packets: NDArray[np.float64]
    """Packets of a flow without repetitions, by profile, on average."""


def step_packets(step: Step, kind: Kind) -> float:
    """Say how many packets a message takes, acknowledgements among them."""
    if kind != Kind.TCP:
        return -(-step.size // 1472)
    segments = -(-step.size // SEGMENT)
    return segments + segments // 2


def fixed_packets(profile: Profile) -> float:
    """Say how many packets a flow takes apart from its repetitions."""
    if profile.kind == Kind.ECHO:
        return 5.0
    if profile.kind == Kind.SCAN:
        return 1.8 * SCAN_FLOWS
    steps = [
        sum(step_packets(step, profile.kind) for step in script.opening + script.closing) for script in profile.scripts
    ]
    return sum(steps) / len(steps) + (7.0 if profile.kind == Kind.TCP else 0.0)


def compile_tables(profiles: tuple[Profile, ...]) -> Tables:
    """Lay the profiles out."""
    pool = bytearray()
    places: dict[bytes, int] = {}
    scripts: list[tuple[Any, ...]] = []
    steps: list[tuple[int, ...]] = []
    ports: list[int] = []
    groups: list[tuple[bytes, ...]] = []
    rows: list[tuple[Any, ...]] = []

    def place(data: bytes) -> int:
        if data not in places:
            places[data] = len(pool)
            pool.extend(data)
        return places[data]

    def lay(script: Script, kind: Kind) -> tuple[Any, ...]:
        starts = []
        for block in (script.opening, script.repeat, script.closing):
            starts.append(len(steps))
            steps.extend(
                (place(s.data), len(s.data), s.filler, s.pause, s.at, s.patch, s.side, s.period) for s in block
            )
        return (*starts, len(steps), sum(step_packets(step, kind) for step in script.repeat))

    for profile in profiles:
        group = -1
        if profile.group:
            group = len(groups)
            groups.append(profile.group)
        rows.append(
            (
                *(profile.kind, profile.proto, len(scripts), len(profile.scripts), len(ports), len(profile.ports)),
                *(profile.client_port, group, profile.servers, profile.sized),
                *(profile.external, profile.inbound, profile.ipv6, profile.refused, profile.silent, profile.elsewhere),
            )
        )
        scripts.extend(lay(script, profile.kind) for script in profile.scripts)
        ports.extend(profile.ports)
    addresses = np.zeros((len(groups), 2, 16), np.uint8)
    for row, (four, six) in enumerate(groups):
        addresses[row, 0, :4] = np.frombuffer(four, np.uint8)
        addresses[row, 1] = np.frombuffer(six, np.uint8)
    return Tables(
        np.array(rows, PROFILE),
        np.array(scripts, SCRIPT),
        np.array(steps, STEP),
        np.array(ports, np.int64),
        addresses,
        np.frombuffer(bytes(pool), np.uint8),
        np.array([fixed_packets(profile) for profile in profiles]),
    )
