"""A pcap record's header, in both byte orders, with lengths that changed places."""

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.capture.layout import ALWAYS, NEVER, WHERE_LARGER
from annotator.capture.record import record_header
from annotator.kernel.load import view

WORD = st.integers(0, 2**32 - 1)


def read(raw: bytes, at: int, big: bool, swapped: int) -> Any:
    data = np.frombuffer(raw, np.uint8)  # outlives its view
    return record_header(view(data), at, big, swapped)


@given(words=st.tuples(WORD, WORD, WORD, WORD), big=st.booleans(), at=st.integers(0, 7))
def test_four_words_in_order(words: tuple[int, int, int, int], big: bool, at: int) -> None:
    """Seconds, fraction, stored, wire; where lengths changed places, the other two come first."""
    raw = bytes(at) + struct.pack((">" if big else "<") + "4I", *words)
    seconds, fraction, stored, wire = words
    assert read(raw, at, big, NEVER) == words
    assert read(raw, at, big, ALWAYS) == (seconds, fraction, wire, stored)
    assert read(raw, at, big, WHERE_LARGER) == (seconds, fraction, min(stored, wire), max(stored, wire))


def test_a_header_that_is_not_whole_is_not_read() -> None:
    with pytest.raises(IndexError):
        read(bytes(15), 0, False, NEVER)
