"""The different ones among many numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator import distinct as module
from annotator.distinct import distinct, stable_sort

TYPES = ("u1", "i2", "u4", "i4", "i8", "u8")


@st.composite
def numbers(draw: st.DrawFn) -> np.ndarray:
    """Near each other or far apart, of any type, the ends of its range too."""
    kind = np.dtype(draw(st.sampled_from(TYPES)))
    least, most = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
    middle = draw(st.integers(least, most))
    near = st.integers(max(least, middle - 9), min(most, middle + 9))
    one = draw(st.sampled_from((near, st.integers(least, most), st.sampled_from((least, 0, most)))))
    return np.array(draw(st.lists(one, max_size=30)), kind)


@pytest.mark.parametrize(("span", "roomy"), [(1 << 18, 1 << 18), (0, 0)], ids=["a table", "sorted"])
@given(values=numbers())
def test_they_are_those_of_a_set_in_order(span: int, roomy: int, values: np.ndarray) -> None:
    """Each once, in ascending order, of the type that they had; and each row finds its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SPAN", span)
        patch.setattr(module, "ROOMY", roomy)
        different, of_row = distinct(values)
    assert different.tolist() == sorted(set(values.tolist()))
    assert different.dtype == values.dtype
    assert different[of_row].tolist() == values.tolist()


@given(keys=st.lists(st.sampled_from((0, 1, 2, 2**40, 2**59, 2**64 - 1)) | st.integers(0, 2**64 - 1), max_size=30))
def test_equals_stay_in_their_order(keys: list[int]) -> None:
    """With room behind the keys for their places, and without."""
    order, ordered = stable_sort(np.array(keys, np.uint64))
    assert order.tolist() == sorted(range(len(keys)), key=keys.__getitem__)
    assert ordered.tolist() == sorted(keys)


@given(values=numbers())
def test_they_are_those_of_unique(values: np.ndarray) -> None:
    """And so are the places."""
    found, of_row = distinct(values)
    expected, places = np.unique(values, return_inverse=True)
    assert found.tolist() == expected.tolist()
    assert of_row.tolist() == places.tolist()


def test_values_far_apart_are_found_too() -> None:
    """Beyond the span of a table they are sorted."""
    values = np.array([module.SPAN, 5, 0, 5, 2**63 - 1])
    found, of_row = distinct(values)
    assert found.tolist() == [0, 5, module.SPAN, 2**63 - 1]
    assert found[of_row].tolist() == values.tolist()
