"""The mutation kernel: parents in, a batch of damaged children out."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.kernel.jit import kernel

STRANGE = (0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 129, 192, 223, 224, 253, 254, 255)
"""Bytes at the bounds of things."""


FIRST_STATE = 0x2545F491
"""Mixed into a seed, so that zero is one, too."""


@kernel
def draw(dice: Any, low: int, end: int) -> int:
    """Draw a number from `low` up to, not including, `end`: a 32-bit xorshift (Marsaglia 2003)."""
    state = dice[0]
    state ^= (state << 13) & 0xFFFFFFFF
    state ^= state >> 17
    state ^= (state << 5) & 0xFFFFFFFF
    dice[0] = state
    return low + ((state * (end - low)) >> 32)


@kernel
def throw(dice: Any, seed: int) -> None:
    """Begin anew with a seed; the first numbers, which a small seed has not reached yet, are drawn for nobody."""
    dice[0] = max((seed ^ FIRST_STATE) & 0xFFFFFFFF, 1)
    for _ in range(32):
        draw(dice, 0, 2)


@kernel
def damage(row: Any, size: int, room: int, dice: Any) -> int:
    """Change one place of ``row[:size]``, which may grow to `room`; returns the new size, at least 1.

    `dice` is the state of :func:`draw`.
    """
    kind = draw(dice, 0, 10)
    at = draw(dice, 0, size) if draw(dice, 0, 2) else draw(dice, 0, min(size, 64))
    if kind == 0:
        row[at] ^= 1 << draw(dice, 0, 8)
    elif kind == 1:
        row[at] = draw(dice, 0, 256)
    elif kind == 2:
        row[at] = STRANGE[draw(dice, 0, len(STRANGE))]
    elif kind in (3, 4):  # a number of two, four or eight bytes at its bounds
        value = 255 if kind == 3 else 0
        for k in range(at, min(size, at + (2 << draw(dice, 0, 3)))):
            row[k] = value
    elif kind == 5:  # a number one more or less
        row[at] = (np.int64(row[at]) + 1 + 254 * draw(dice, 0, 2)) & 255
    elif kind == 6:
        size = at + 1
    elif kind == 7:  # a piece goes
        gap = draw(dice, 1, 9)
        for k in range(at, size - gap):
            row[k] = row[k + gap]
        size = max(size - gap, 1) if at < size - gap else size
    elif kind == 8:  # a piece comes twice
        piece = min(draw(dice, 1, 33), room - size, size - at)
        for k in range(size + piece - 1, at + piece - 1, -1):
            row[k] = row[k - piece]
        size += piece
    else:  # a piece of one place at another
        piece = min(draw(dice, 1, 17), size - at)
        source = draw(dice, 0, size - piece + 1)
        for k in range(piece):
            row[at + k] = row[source + k]
    return size


@kernel
def breed(
    bodies: Any,
    starts: Any,
    lengths: Any,
    first: int,
    children: Any,
    sizes: Any,
    width: int,
    parents: Any,
    seed: int,
    dice: Any,
) -> None:
    """Fill ``children[n * width : ...]`` with a parent from `first` on of which up to five places were changed.

    `parents` gets the number of each child's parent, `sizes` its length.
    """
    throw(dice, seed)
    for n in range(len(sizes)):
        parent = draw(dice, first, len(starts))
        size = min(lengths[parent], width)
        row = children[n * width : (n + 1) * width]
        for k in range(size):
            row[k] = bodies[starts[parent] + k]
        for _ in range(draw(dice, 0, 6)):
            size = damage(row, size, width, dice)
        sizes[n] = size
        parents[n] = parent


class Nursery:
    """Parents laid out for :func:`breed`, and the batch that it fills."""

    def __init__(self, bodies: list[bytes], width: int, batch: int = 1024) -> None:
        """Children are at most `width` bytes long; `batch` of them are made at a time."""
        self.width = width
        cut = [body[:width] for body in bodies]
        self.bodies: NDArray[np.uint8] = np.frombuffer(b"".join(cut), np.uint8)
        self.lengths = np.array([len(body) for body in cut], np.int64)
        self.starts = np.cumsum(self.lengths) - self.lengths
        self.children: NDArray[np.uint8] = np.zeros(batch * width, np.uint8)
        self.sizes: NDArray[np.int64] = np.zeros(batch, np.int64)
        self.parents: NDArray[np.int64] = np.zeros(batch, np.int64)
        self.dice: NDArray[np.int64] = np.zeros(1, np.int64)

    def breed(self, seed: int) -> None:
        """Make the next batch."""
        parents = self.bodies, self.starts, self.lengths, 0
        breed(*parents, self.children, self.sizes, self.width, self.parents, seed, self.dice)

    def child(self, number: int) -> bytes:
        """Give one child of the batch."""
        start = number * self.width
        return self.children[start : start + int(self.sizes[number])].tobytes()
