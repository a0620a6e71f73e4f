"""From what is asked for (packets, flows) to the numbers that a simulation needs."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.traffic.arrivals import TAIL
from benchmarks.traffic.script import Kind, Profile
from benchmarks.traffic.tables import SCAN_FLOWS, Tables

MEAN_SIZED: Final = 18.0
"""Packets of a flow from the heavy tail, at least on average: its opening, its end, and something between."""
PACKETS_PER_FLOW: Final = 40.0
FEWEST_PER_FLOW: Final = 4.0
SHORTEST_SECONDS: Final = 30.0
FASTEST: Final = 25_000.0
"""Packets a second, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The numbers."""

    weights: NDArray[np.float64]
    """Cumulative share of each profile."""
    gap: float
    """Nanoseconds between arrivals."""
    scale: float
    """Packets; of the heavy tail."""
    longest: float
    """Packets; of one flow."""
    clients: tuple[int, int]
    """Inside and outside."""
    midstream: int
    """Flows that were there before the capture."""


def tail_mean(scale: float, longest: float) -> float:
    """Compute the mean of the heavy tail by its quantiles."""
    quantiles = (np.arange(20_000) + 0.5) / 20_000
    return float(np.minimum(longest, scale * (quantiles ** (-1.0 / TAIL) - 1.0)).mean())


def make_plan(tables: Tables, profiles: tuple[Profile, ...], packets: int, flows: int, rate: float) -> Plan:
    """Choose shares and sizes so that `flows` flows have `packets` packets."""
    weights = np.array([profile.weight for profile in profiles])
    sized = np.array([profile.sized for profile in profiles])
    scans = np.array([profile.kind == Kind.SCAN for profile in profiles])
    heads = np.where(scans, SCAN_FLOWS, 1.0)  # flows of an arrival
    share: Any = weights * heads
    small = float((share * ~sized).sum())
    small_packets = float((weights * tables.fixed_packets * ~sized).sum()) / small
    wanted = packets / flows
    large = float((share * sized).sum())
    # few packets a flow leave less room for long ones
    most = max(0.02, (wanted - small_packets) / (MEAN_SIZED - small_packets))
    fraction = min(large / (small + large), most)
    weights = np.where(sized, weights * fraction / large, weights * (1 - fraction) / small)
    opening = float((weights * tables.fixed_packets * sized).sum()) / fraction
    mean = max(1.0, (wanted - (1 - fraction) * small_packets) / fraction - opening)
    longest = max(200.0, packets / 150)
    low, high = 1e-3, 1e6
    for _ in range(50):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if tail_mean(middle, longest) < mean else (low, middle)
    arrivals = flows * float(weights.sum()) / float((weights * heads).sum())
    return Plan(
        weights=np.cumsum(weights) / weights.sum(),
        gap=1e9 * packets / rate / arrivals,
        scale=low,
        longest=longest,
        clients=(max(40, min(200_000, flows // 250)), max(40, min(60_000, flows // 500))),
        midstream=max(2, min(3000, flows // 80)),
    )
