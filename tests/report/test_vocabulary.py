"""Words as codes, and dictionaries that hold those that occur."""

from typing import Any

import numpy as np
import pytest

from annotator.report.vocabulary import FEW_WORDS, Vocabulary, compact, worded


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
