"""SHA-1 of many messages is the standard library's of each."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.flow.sha1 import LONGEST, sha1


def standard(message: bytes) -> bytes:
    """Hash one message by the standard library."""
    return hashlib.sha1(message, usedforsecurity=False).digest()


def hashed(messages: list[bytes]) -> list[bytes]:
    """Hash messages by the module."""
    most = max(map(len, messages), default=0)
    rows = b"".join(message.ljust(most, b"\0") for message in messages)
    sizes = np.array([len(message) for message in messages], np.int64)
    return [bytes(row) for row in sha1(np.frombuffer(rows, np.uint8).reshape(len(messages), most), sizes)]


@given(st.lists(st.binary(max_size=LONGEST), max_size=20))
def test_digests_are_the_standard_ones(messages: list[bytes]) -> None:
    """Of any bytes, of every length that fits a block."""
    assert hashed(messages) == [standard(message) for message in messages]


def test_a_published_digest() -> None:
    """The example of one block, "abc"."""
    assert hashed([b"abc"])[0].hex() == "a9993e364706816aba3e25717850c26c9cd0d89d"


def test_more_messages_than_are_hashed_at_once() -> None:
    """Portions do not show."""
    messages = [number.to_bytes(4, "big") for number in range(40_000)]
    assert hashed(messages) == [standard(message) for message in messages]


def test_what_does_not_fit_is_refused() -> None:
    """A message of two blocks is no matter of this module."""
    with pytest.raises(ValueError, match="56 bytes"):
        sha1(np.zeros((1, LONGEST + 1), np.uint8), np.array([LONGEST + 1]))
