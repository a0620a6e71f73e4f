"""The state of a simulation: all of it arrays of fixed size, so that memory does not follow the capture."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.traffic.tables import PROFILE, SCRIPT, STEP, Tables

SLOTS: Final = 1 << 16
"""Flows that are alive at once, at most; further arrivals wait."""
WINDOW: Final = 4 << 20
"""Bytes of output that a call of the kernel may fill."""
ROWS: Final = 1 << 14
"""Ended flows that a call of the kernel may report."""
ROOM: Final = 70_000
"""Bytes that are left free in the output before another packet is written."""
SEGMENT: Final = 66_000
FILLER: Final = 1 << 20
HEAD: Final = 72
"""Room for link and network header: Ethernet, VLAN tag, IPv6 with a fragment header."""

FLOW: Final = np.dtype(
    [
        ("profile", "i8"),
        ("kind", "i8"),
        ("proto", "i8"),
        ("version", "i8"),
        ("client_port", "i8"),
        ("server_port", "i8"),
        ("phase", "i8"),
        ("answer", "i8"),  # Answer
        ("ending", "i8"),  # Ending
        ("script", "i8"),
        ("step", "i8"),  # the message that is being sent
        ("offset", "i8"),  # bytes of it that were sent
        ("repeats", "i8"),  # repetitions still to come
        ("unacked", "i8"),  # segments since the last acknowledgement
        ("size", "i8"),  # payload of the last segment
        ("acker", "i8"),  # the side that acknowledges now
        ("after_ack", "i8"),  # the phase that follows
        ("wait", "i8"),  # after how many nanoseconds
        ("retries", "i8"),
        ("segment", "i8"),  # payload of a full segment
        ("stamps", "i8"),  # whether TCP time stamps are on
        ("pace", "i8"),  # nanoseconds between segments of one message
        ("tag", "i8"),  # a number of this flow's own
        ("link_size", "i8"),
        ("pseudo", "i8"),  # sum of the addresses, for checksums
        ("vlan", "i8"),
        ("first_ns", "i8"),
        ("last_ns", "i8"),
        ("first_frame", "i8"),
        ("error", "i8"),  # ICMP type and code of errors sent to the client, 0 for none
        ("error_packets", "i8"),
        ("error_bytes", "i8"),
        ("error_frame_bytes", "i8"),
    ]
)
"""A flow that is alive."""

ROW: Final = np.dtype(
    [
        ("profile", "i4"),
        ("proto", "i4"),
        ("version", "i4"),
        ("client_port", "i4"),
        ("server_port", "i4"),
        ("answer", "i4"),
        ("first_ns", "i8"),
        ("last_ns", "i8"),
        ("first_frame", "i8"),
        ("client", "u1", 16),
        ("server", "u1", 16),
        ("packets", "i8", 2),  # of the client, of the server
        ("bytes", "i8", 2),  # IP octets
        ("frame_bytes", "i8", 2),
        ("payload_bytes", "i8", 2),
    ]
)
"""A flow that has ended, or was alive when the capture did: the truth."""

STATE: Final = np.dtype(
    [
        ("random", "u8"),
        ("now", "i8"),
        ("out", "i8"),  # bytes of the window in use
        ("rows", "i8"),  # of the reports in use
        ("queued", "i8"),
        ("free", "i8"),
        ("emitted", "i8"),  # packets
        ("frames_without_ip", "i8"),
        ("fragments", "i8"),  # later fragments
        ("frame_bytes", "i8"),
        ("started", "i8"),  # flows
        ("arrival", "i8"),  # nanoseconds
        ("unique", "i8"),  # clients that own their address alone
        # settings
        ("packets", "i8"),
        ("flows", "i8"),
        ("gap", "f8"),  # nanoseconds between arrivals, on average
        ("scale", "f8"),  # of the heavy tail, packets
        ("longest", "f8"),  # packets
        ("snap", "i8"),
        ("format", "i8"),  # Format
        ("inside", "i8"),  # clients inside
        ("outside", "i8"),
    ]
)


PROFILES: Final = 96
SCRIPTS: Final = 8192
STEPS: Final = 1 << 16
PORTS: Final = 512
GROUPS: Final = 16
POOL: Final = 16 << 20
CLIENTS: Final = 1 << 18

_FIELDS: Final[tuple[tuple[Any, ...], ...]] = (
    ("state", STATE),
    ("segment", "u1", SEGMENT),  # the transport's part of the packet that is being built, at a multiple of 8
    ("profiles", PROFILE, PROFILES),
    ("weights", "f8", PROFILES),  # cumulative shares of the profiles, up to 1
    ("scripts", SCRIPT, SCRIPTS),
    ("steps", STEP, STEPS),
    ("ports", "i8", PORTS),
    ("groups", "u1", (GROUPS, 2, 16)),
    ("pool", "u1", POOL),
    ("filler", "u1", FILLER + SEGMENT),
    ("flows", FLOW, SLOTS),
    ("next_seq", "i8", (SLOTS, 2)),  # TCP sequence number of each side's next byte
    ("datagrams", "i8", (SLOTS, 2)),  # that each side has sent
    ("ip_id", "i8", (SLOTS, 2)),
    ("lag", "i8", (SLOTS, 2)),  # nanoseconds from here to each side and back
    ("counts", "i8", (SLOTS, 2, 4)),  # packets, IP octets, frame bytes, payload bytes
    ("addresses", "u1", (SLOTS, 2, 16)),
    ("heads", "u1", (SLOTS, 2, HEAD)),  # link and network header of each side's packets
    ("queue_ns", "i8", SLOTS),  # a binary heap of times…
    ("queue_slot", "i8", SLOTS),  # … and whose they are
    ("free", "i8", SLOTS),  # a stack of slots
    ("client_ports", "i8", CLIENTS),  # the next ephemeral port of each client
    ("out", "u1", WINDOW),
    ("rows", ROW, ROWS),
)


WORLD: Final = np.dtype(list(_FIELDS), align=True)
"""All of it as one record: kernels then take one pointer, which also makes them quick to compile."""


def make_world(tables: Tables, weights: NDArray[np.float64], clients: tuple[int, int], seed: int) -> Any:
    """Make an empty world; the settings in its state are the caller's to fill in."""
    world = np.zeros(1, WORLD)[0]
    parts = {
        "profiles": tables.profiles,
        "weights": weights,
        "scripts": tables.scripts,
        "steps": tables.steps,
        "ports": tables.ports,
        "groups": tables.groups,
        "pool": tables.pool,
    }
    for name, values in parts.items():
        if len(values) > len(world[name]):
            raise ValueError(f"{name}: {len(values)} do not fit into {len(world[name])}, raise the capacity")
        world[name][: len(values)] = values
    world["filler"] = np.frombuffer(np.random.default_rng(seed).bytes(FILLER + SEGMENT), np.uint8)
    world["free"] = np.arange(SLOTS - 1, -1, -1)
    world["client_ports"] = 32768
    state = world["state"]
    state["random"], state["free"] = seed, SLOTS
    state["inside"], state["outside"] = clients
    return world
