"""Hints are never a fault, whatever address they name."""

import numpy as np
import pytest

from annotator.kernel.cache import INTERPRETED
from annotator.kernel.prefetch import address_of, prefetch


@pytest.mark.parametrize("address", [0, 1, -1, 2**47, -(2**63)])
def test_any_address_may_be_named(address: int) -> None:
    prefetch(address)


@pytest.mark.skipif(INTERPRETED, reason="the interpreter has no addresses")
def test_the_address_is_that_of_the_first_element() -> None:
    array = np.arange(10)
    assert address_of(array) == array.ctypes.data
    assert address_of(array[3:]) == array.ctypes.data + 3 * array.itemsize
