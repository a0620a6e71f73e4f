"""The keyed hash: right by its formula, spread evenly, and unpredictable without its keys."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.kernel.hash import KEY_WORDS, hash6, random_keys
from annotator.kernel.jit import kernel

WORD = st.integers(0, 2**64 - 1)
KEYS = st.lists(st.integers(0, 2**32 - 1), min_size=KEY_WORDS, max_size=KEY_WORDS)
LOW = 2**32 - 1


def formula(keys: list[int], words: list[int]) -> int:
    """NH over 32-bit halves (RFC 4418 section 5.2.2), joined by XOR, with one more round to finish."""

    def product(word: int, low_key: int, high_key: int) -> int:
        return ((word + low_key) & LOW) * (((word >> 32) + high_key) & LOW)

    mixed = 0
    for k, word in enumerate(words):
        mixed ^= product(word, keys[2 * k], keys[2 * k + 1])
    last = product(mixed, keys[12], keys[13])
    return (last ^ (last >> 32)) & LOW


@given(keys=KEYS, words=st.lists(WORD, min_size=6, max_size=6))
def test_hash_follows_its_formula(keys: list[int], words: list[int]) -> None:
    """The compiled hash is the formula's 32 bits for all words and keys, without overflow on the way."""
    numbers = [np.uint64(word) for word in words]
    assert int(hash6(np.array(keys, np.uint64), *numbers)) == formula(keys, words)


@kernel
def hash_many(keys: Any, out: Any) -> None:
    zero = np.uint64(0)
    for k in range(len(out)):
        out[k] = hash6(keys, zero, np.uint64(0x0A000001), zero, np.uint64(0x0A000002), np.uint64(k), zero)


def test_neighbouring_keys_spread_over_slots_and_shards() -> None:
    """65,536 flows that differ in a port only fill slots and shards about as evenly as chance would."""
    for _ in range(8):
        hashes = np.empty(65536, np.uint64)
        hash_many(random_keys(), hashes)
        shards = np.bincount((hashes >> np.uint64(28)).astype(np.int64), minlength=16)
        assert shards.max() < 1.5 * 65536 / 16
        slots = np.bincount((hashes & np.uint64(0xFFFF)).astype(np.int64), minlength=65536)
        assert slots.max() < 64


def test_keys_are_drawn_anew() -> None:
    """Two processes, or tables, do not share keys, and each key fits 32 bits."""
    one, two = random_keys(), random_keys()
    assert one.shape == (KEY_WORDS,)
    assert (one < 2**32).all()
    assert (one != two).any()
