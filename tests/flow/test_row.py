"""Laying rows out by direction turns every field of two, and only those."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.flow.row import BY_DIRECTION, FLOW, turn


def test_every_field_that_is_turned_has_two_sides() -> None:
    for name in BY_DIRECTION:
        assert FLOW[name].shape == (2,), name


@given(sides=st.lists(st.booleans(), min_size=1, max_size=8), seed=st.integers(0, 2**32 - 1))
def test_what_the_initiator_sent_comes_first(sides: list[bool], seed: int) -> None:
    """A's where it is the initiator, B's where that is; by name, in the order that the constant has."""
    n = len(sides)
    random = np.random.default_rng(seed)
    rows = np.zeros(n, FLOW)
    for name in BY_DIRECTION:
        rows[name] = random.integers(0, 200, (n, 2))
    out = np.empty((len(BY_DIRECTION), 2, n), np.int64)
    turn(rows, np.array(sides), out)
    for k, name in enumerate(BY_DIRECTION):
        for flow, from_b in enumerate(sides):
            expected = rows[name][flow].tolist()[:: -1 if from_b else 1]
            assert out[k, :, flow].tolist() == expected, name
