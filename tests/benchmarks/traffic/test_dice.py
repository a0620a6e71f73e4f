"""Tests of the kernels' random numbers."""

import numpy as np

from benchmarks.traffic.dice import LONGEST, below, draw, exponential, spread, uniform
from benchmarks.traffic.world import WORLD


def test_the_generator_is_splitmix64() -> None:
    """The first numbers for seed 1234567 are those that its author's code gives."""
    world = np.zeros(1, WORLD)[0]
    world["state"]["random"] = 1234567
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [int(draw(world)) for _ in expected] == expected


def test_numbers_stay_in_their_ranges() -> None:
    """None is out of bounds, and none of the small ones is missing."""
    world = np.zeros(1, WORLD)[0]
    assert all(0 <= uniform(world) < 1 for _ in range(1000))
    assert {below(world, 5) for _ in range(1000)} == {0, 1, 2, 3, 4}
    assert max(exponential(world, 2e10) for _ in range(1000)) == LONGEST
    assert all(10 <= spread(world, 10.0, 100.0) < 100 for _ in range(1000))
