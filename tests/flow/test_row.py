"""Laying rows out as columns turns every field of two, and only those."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.flow.row import COUNTS, FLOW, SIGNED, SMALL, UNSIGNED, turn

FULL_RANGE = {"i8": (-(2**63), 2**63 - 1), "u8": (0, 2**64 - 1), "u4": (0, 2**32 - 1), "u2": (0, 65535), "u1": (0, 255)}


def test_every_field_that_is_turned_has_two_sides() -> None:
    for name in (*COUNTS, *SMALL):
        assert FLOW[name].shape == (2,), name
    for name in (*SIGNED, *UNSIGNED):
        assert FLOW[name].shape == (), name


@given(sides=st.lists(st.booleans(), min_size=1, max_size=8), seed=st.integers(0, 2**32 - 1))
def test_what_the_initiator_sent_comes_first(sides: list[bool], seed: int) -> None:
    """A's where it is the initiator, B's where that is; by name, in the order that the constants have."""
    n = len(sides)
    random = np.random.default_rng(seed)
    rows = np.zeros(n, FLOW)
    for name in (*COUNTS, *SMALL, *SIGNED, *UNSIGNED, "a_hi", "a_lo", "b_hi", "b_lo"):
        kind = FLOW[name].base
        low, high = FULL_RANGE[kind.str[1:]]
        rows[name] = random.integers(low, high, (n, *FLOW[name].shape), kind, endpoint=True)
    addresses = np.empty((2, 2, n), np.uint64)
    counts, small = np.empty((len(COUNTS), 2, n), np.int64), np.empty((len(SMALL), 2, n), np.uint16)
    times, marks = np.empty((len(SIGNED), n), np.int64), np.empty((len(UNSIGNED), n), np.uint64)
    turn(rows, np.array(sides), addresses, counts, small, times, marks)
    for flow, from_b in enumerate(sides):
        way = -1 if from_b else 1
        for name, column in zip((*COUNTS, *SMALL), (*counts, *small), strict=True):
            assert column[:, flow].tolist() == rows[name][flow].tolist()[::way], name
        for name, column in zip((*SIGNED, *UNSIGNED), (*times, *marks), strict=True):
            assert column[flow] == rows[name][flow], name
        for half, column in zip(("hi", "lo"), addresses, strict=True):
            assert column[:, flow].tolist() == [rows[f"{end}_{half}"][flow] for end in "ab"[::way]], half
