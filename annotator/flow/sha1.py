"""SHA-1 (FIPS 180-4 section 6.1.2) of many short messages at once, by NumPy.

A call of the standard library's for each message costs more than the hashing. Here each of the 80 steps is done for
thousands of messages, three times as fast, and without the interpreter's lock, so that another thread can go on.
It names flows (Community ID): nothing relies on it being hard to forge.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]

BLOCK: Final = 64
"""Bytes of a block (section 1)."""
LONGEST: Final = BLOCK - 9
"""Bytes of a message that fits one block with the bit and the length that follow it (section 5.1.1)."""
DIGEST: Final = 20
"""Bytes of a digest."""

_AT_ONCE: Final = 1 << 14
"""Messages whose words stay in the second cache while they are hashed: 16 words of each, and some."""


def _word(value: int) -> Words:
    return np.array(value, np.uint32)  # of no dimension: NumPy takes it as it is, a Python number it converts each time


_START: Final = tuple(map(_word, (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)))
"""The initial hash value (section 5.3.1)."""
_CONSTANTS: Final = tuple(map(_word, (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)))
"""The constant of each 20 steps (section 4.2.1)."""
_BY: Final = tuple(map(_word, range(32)))
"""Numbers of bits to shift by."""


def sha1(messages: NDArray[np.uint8], sizes: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Hash n messages.

    Args:
        messages: (n, most) bytes, a message each row and zeros behind it. `most` is at most `LONGEST`.
        sizes: (n,) bytes of each message.

    Returns:
        (n, 20) bytes.

    Raises:
        ValueError: a message does not fit one block.
    """
    count, most = messages.shape
    if most > LONGEST:
        raise ValueError(f"messages of {most} bytes do not fit one block")
    digests = np.empty((count, DIGEST), np.uint8)
    for start in range(0, count, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        hashed = _hash(_padded(messages[some], sizes[some]))
        digests[some] = np.stack(hashed, axis=1).astype(">u4").view(np.uint8)
    return digests


def _padded(messages: NDArray[np.uint8], sizes: NDArray[np.integer]) -> list[Words]:
    """Pad messages to one block each (section 5.1.1): 16 arrays of words."""
    count, most = messages.shape
    blocks = np.zeros((count, BLOCK), np.uint8)
    blocks[:, :most] = messages
    blocks[np.arange(count), sizes] = 0x80
    words = blocks.view(">u4")
    words[:, 15] = sizes * 8
    return [words[:, place].astype(np.uint32) for place in range(16)]


def _hash(w: list[Words]) -> tuple[Words, ...]:
    """Hash one block of each message (section 6.1.2), its words in `w`, which is used up; five words of each."""
    add, xor, both, either = np.add, np.bitwise_xor, np.bitwise_and, np.bitwise_or
    left, right = np.left_shift, np.right_shift
    a, b, c, d, e = (np.full(len(w[0]), start) for start in _START)
    f, t = np.empty_like(a), np.empty_like(a)
    for step in range(80):
        x = w[step & 15]
        if step >= 16:  # the schedule, in place: the word of 16 steps before is not needed any more
            for before in (3, 8, 14):
                xor(x, w[(step - before) & 15], out=x)
            right(x, _BY[31], out=t)
            left(x, _BY[1], out=x)
            either(x, t, out=x)
        if step < 20:  # Ch(b, c, d), as d ^ (b & (c ^ d))
            xor(c, d, out=f)
            both(f, b, out=f)
            xor(f, d, out=f)
        elif 40 <= step < 60:  # Maj(b, c, d), as (b & c) ^ (d & (b ^ c))
            xor(b, c, out=f)
            both(f, d, out=f)
            both(b, c, out=t)
            xor(f, t, out=f)
        else:  # Parity(b, c, d)
            xor(b, c, out=f)
            xor(f, d, out=f)
        add(f, x, out=f)
        add(f, _CONSTANTS[step // 20], out=f)
        add(e, f, out=e)
        left(a, _BY[5], out=f)
        right(a, _BY[27], out=t)
        either(f, t, out=f)
        add(e, f, out=e)
        left(b, _BY[30], out=f)
        right(b, _BY[2], out=b)
        either(b, f, out=b)
        a, b, c, d, e = e, a, b, c, d
    return tuple(add(word, start, out=word) for word, start in zip((a, b, c, d, e), _START, strict=True))
