"""Ladders over many rows at once: rungs are tried from the top, and the first that holds decides."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def first_rung(rungs: Sequence[NDArray[np.bool_]]) -> NDArray[np.uint8]:
    """Give the number of the first of `rungs`, (n,) each, that holds in a row, and how many there are where none does.

    It is the number of rungs before it: counting those takes a small part of the time of ``np.select``.
    """
    undecided = ~rungs[0]
    number = undecided.view(np.uint8).copy()
    for rung in rungs[1:]:
        undecided &= ~rung
        number += undecided
    return number
