"""Words as codes: the different ones are found without sorting, and a dictionary holds those that occur."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from annotator.report.vocabulary import FEW_WORDS, SPAN, Vocabulary, compact, distinct, worded

TYPES = st.sampled_from([np.uint8, np.int8, np.int16, np.uint16, np.int32, np.int64, np.uint64])


@st.composite
def numbers(draw: st.DrawFn) -> NDArray[Any]:
    """Draw integers of any type: anywhere in its range, or close to one end of it."""
    kind: Any = draw(TYPES)
    if draw(st.booleans()):
        return draw(arrays(kind, st.integers(0, 30)))
    limits = np.iinfo(kind)
    away = draw(st.lists(st.integers(0, 120), max_size=30))
    return np.array(
        [limits.max - one for one in away] if draw(st.booleans()) else [limits.min + one for one in away], kind
    )


@given(numbers())
def test_distinct_values_are_those_of_unique(values: NDArray[Any]) -> None:
    """In ascending order and with each row's place, for every type and range."""
    found, of_row = distinct(values)
    expected, places = np.unique(values, return_inverse=True)
    assert found.dtype == values.dtype
    assert found.tolist() == expected.tolist()
    assert of_row.tolist() == places.tolist()


def test_values_far_apart_are_found_too() -> None:
    """Beyond the span of a table they are hashed."""
    values = np.array([SPAN, 5, 0, 5, 2**63 - 1])
    found, of_row = distinct(values)
    assert found.tolist() == [0, 5, SPAN, 2**63 - 1]
    assert found[of_row].tolist() == values.tolist()


@pytest.mark.parametrize("kinds", [3, FEW_WORDS + 40, 5000])
@pytest.mark.parametrize("whole", [False, True])
def test_a_dictionary_reads_as_the_words(kinds: int, whole: bool) -> None:
    """However many words there are to the rows; the empty word is null, and no word is there twice."""
    vocabulary = Vocabulary(["", *(f"word {number}" for number in range(1, kinds))])
    codes = np.random.default_rng(3).integers(0, kinds, 1000)
    codes[:5] = 0
    made: Any = vocabulary.dictionary(codes, whole=whole)
    assert made.to_pylist() == [vocabulary.words[code] or None for code in codes.tolist()]
    held = made.dictionary.to_pylist()
    assert len(held) == len(set(held))
    if whole:
        assert held == vocabulary.words
    elif kinds > FEW_WORDS:
        assert set(held) - {""} == set(made.to_pylist()) - {None}


def test_words_that_are_the_same_become_one() -> None:
    """Codes of both lead to it."""
    vocabulary, codes = worded(["a", "b", "a"], np.array([0, 1, 2, 2]))
    assert vocabulary.words == ["a", "b"]
    assert codes.tolist() == [0, 1, 0, 0]
    vocabulary, codes = compact(np.array([5, 6, 7]), lambda value: str(value % 2))
    assert [vocabulary.words[code] for code in codes] == ["1", "0", "1"]
