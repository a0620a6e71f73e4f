"""A keyed hash of six words, for tables whose keys an attacker writes.

NH (RFC 4418 section 5.2.2) over 32-bit halves, with XOR for the sum, and one more product to finish. The keys are
drawn anew in each process, so nobody can prepare a capture whose flows all fall on one slot. No product overflows
64 bits, so the interpreted twin needs no wrapping arithmetic.
"""

import secrets
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.kernel.jit import kernel

KEY_WORDS: Final = 14
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)


def random_keys() -> NDArray[np.uint64]:
    """Draw the keys: uint64[14], each below 2^32."""
    return np.array([secrets.randbits(32) for _ in range(KEY_WORDS)], np.uint64)


@kernel
def _product(word: Any, low_key: Any, high_key: Any) -> Any:
    return (((word & _LOW) + low_key) & _LOW) * (((word >> _HALF) + high_key) & _LOW)


@kernel
def hash6(keys: Any, w0: Any, w1: Any, w2: Any, w3: Any, w4: Any, w5: Any) -> Any:
    """Hash six uint64 words to 32 bits, in a uint64."""
    mixed = (
        _product(w0, keys[0], keys[1])
        ^ _product(w1, keys[2], keys[3])
        ^ _product(w2, keys[4], keys[5])
        ^ _product(w3, keys[6], keys[7])
        ^ _product(w4, keys[8], keys[9])
        ^ _product(w5, keys[10], keys[11])
    )
    last = _product(mixed, keys[12], keys[13])
    return (last ^ (last >> _HALF)) & _LOW
