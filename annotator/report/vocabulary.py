"""Text columns as codes into the words that occur, each of which is made into text once."""

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annotator.distinct import distinct
from annotator.report.arrow import Array
from annotator.report.sanitize import cell

Codes: TypeAlias = NDArray[np.integer]

FEW_WORDS: Final = 256
"""A dictionary of so many words is written whole sooner than it is searched for those that occur."""
_JSON: Final = json.JSONEncoder(ensure_ascii=False).encode


class Vocabulary:
    """The words of a text column, none twice; each form of a word is made once. An empty word is no word: null."""

    def __init__(self, words: list[str]) -> None:
        """Hold `words`; a column's codes are indices into them."""
        self.words = words

    def _array(self, make: Callable[[str], str]) -> pa.StringArray:
        return pa.array([make(word) if word else None for word in self.words], pa.string())

    @cached_property
    def all(self) -> pa.StringArray:
        """Every word, the empty one too: a dictionary holds no nulls."""
        return pa.array(self.words, pa.string())

    @cached_property
    def plain(self) -> pa.StringArray:
        """The words as they are."""
        return self._array(str)

    @cached_property
    def cells(self) -> pa.StringArray:
        """The words with spreadsheet formulas disarmed."""
        return self._array(cell)

    @cached_property
    def json(self) -> pa.StringArray:
        """The words as JSON strings."""
        return self._array(_JSON)

    @cached_property
    def empty(self) -> int:
        """The code of the empty word, -1 where there is none."""
        return self.words.index("") if "" in self.words else -1

    def dictionary(self, codes: Codes, *, whole: bool) -> Array:
        """Make a column of (n,) codes: with a dictionary of all words, or, unless `whole`, of those that occur."""
        places: Any
        of_words: Any = self.all
        if whole or len(self.words) <= FEW_WORDS:
            places = codes.astype(np.int32, copy=False)
        else:
            occurring, places = distinct(codes)
            places, of_words = places.astype(np.int32), of_words.take(pa.array(occurring))
        indices: Any = pa.array(places, mask=None if self.empty < 0 else codes == self.empty)
        return pa.DictionaryArray.from_arrays(indices, of_words)


def numbered(texts: list[str]) -> tuple[Vocabulary, Codes]:
    """Number the different ones of some texts."""
    known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return Vocabulary(list(known)), np.array([known[text] for text in texts], np.int32)


def worded(words: list[str], codes: Codes) -> tuple[Vocabulary, Codes]:
    """Give a vocabulary for codes of words of which some may be the same."""
    vocabulary, numbers = numbered(words)
    return vocabulary, codes if len(vocabulary.words) == len(words) else numbers[codes]


def compact(values: NDArray[Any], text: Callable[[int], str]) -> tuple[Vocabulary, Codes]:
    """Number the different texts of a column's values."""
    different, of_row = distinct(values)
    return worded([text(value) for value in different.tolist()], of_row)
