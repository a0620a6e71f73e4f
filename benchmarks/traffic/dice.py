"""Random numbers for kernels, the same on every machine: splitmix64."""

import math
from typing import Any

import numpy as np

from benchmarks.traffic.jit import part

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
LONGEST = 45_000_000_000
"""45 s in nanoseconds: no flow falls silent for as long as any tool's idle timeout, so all count the same flows."""


@part
def draw(world: Any) -> Any:
    """64 random bits, as uint64."""
    state = world.state.random + GOLDEN
    world.state.random = state
    state = (state ^ (state >> np.uint64(30))) * FIRST
    state = (state ^ (state >> np.uint64(27))) * SECOND
    return state ^ (state >> np.uint64(31))


@part
def uniform(world: Any) -> float:
    """A number from 0 up to, but not including, 1."""
    return np.float64(draw(world) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@part
def below(world: Any, limit: int) -> int:
    """An integer from 0 up to, but not including, `limit`."""
    return int(uniform(world) * limit)


@part
def exponential(world: Any, mean: float) -> int:
    """An exponentially distributed whole number, at most eight times its mean, and at most :data:`LONGEST`."""
    return min(LONGEST, int(min(8.0, -math.log(1.0 - uniform(world))) * mean))


@part
def spread(world: Any, low: float, high: float) -> int:
    """A whole number whose logarithm is evenly spread from `low` to `high`."""
    return int(low * (high / low) ** uniform(world))
