"""The first rung that holds decides."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from annotator.ladder import first_rung


@given(rungs=arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(0, 40))))
def test_it_is_what_trying_one_after_the_other_gives(rungs: np.ndarray) -> None:
    """Row by row, by hand; where none holds, it is how many there are."""
    by_hand = [next((rung for rung, holds in enumerate(row) if holds), len(rungs)) for row in rungs.T.tolist()]
    before = rungs.copy()
    assert first_rung(list(rungs)).tolist() == by_hand
    assert (rungs == before).all()
