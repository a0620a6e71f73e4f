"""What is compiled needs nothing of Numba; what would, is refused when it is compiled, and not when it is run."""

from typing import Any

import numpy as np
import pytest

from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import Kernel
from annotator.kernel.machine_code import load

pytestmark = pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")


def shuffled(numbers: Any) -> None:
    np.random.shuffle(numbers)  # Numba knows the old generator alone


def given_back(numbers: Any) -> Any:
    return numbers[1:]


def half(number: int) -> float:
    return number / 2


def added(numbers: Any, more: Any) -> int:
    """Add two arrays, by way of a third."""
    return int((numbers + more).sum())


def test_what_needs_numbas_process_is_refused() -> None:
    """Its random numbers live there: machine code that is loaded without it would call address 0."""
    with pytest.raises(TypeError, match="shuffled calls numba_get_np_random_state"):
        Kernel(shuffled)(np.arange(3))


@pytest.mark.parametrize(("function", "argument"), [(given_back, np.arange(3)), (half, 3)])
def test_only_integers_and_truth_values_come_out(function: Any, argument: Any) -> None:
    with pytest.raises(TypeError, match="gives"):
        Kernel(function)(argument)


def test_the_machine_code_is_whole() -> None:
    """Compiled by one, it runs wherever it is linked: with arrays made within, and their memory given back."""
    from annotator.kernel.compiler import compile_for

    one, two = np.arange(1000), np.arange(1000) * 2
    code = compile_for(Kernel(added), (one, two))
    assert (code.takes, code.gives, code.gives_tuple) == ("aa", "i", False)
    entry = load(code)
    for _ in range(100):
        assert entry(one, two) == 3 * 499_500
