"""Lines of text protocols: where they end, and header fields. Kernels over checked loads; linear in the length."""

from typing import Any, Final

from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

OPEN: Final = -1
"""The line has not ended where the payload does."""
BROKEN: Final = -2
"""A control character stands in the line: it is no text."""


@kernel
def line_end(data: Any, i: int, end: int) -> int:
    """Give the place of the CR or LF that ends the line at `i`, or OPEN, or BROKEN. Bytes over 127 are text."""
    for k in range(i, end):
        byte = u8(data, k)
        if byte == 10 or byte == 13:
            return k
        if (byte < 32 and byte != 9) or byte == 127:
            return BROKEN
    return OPEN


@kernel
def next_line(data: Any, stop: int, end: int) -> int:
    """Give the place behind the line end at `stop`: CR LF, or one of them."""
    if stop + 1 < end and u8(data, stop) == 13 and u8(data, stop + 1) == 10:
        return stop + 2
    return stop + 1


@kernel
def digits(data: Any, i: int, count: int) -> int:
    """Read `count` decimal digits at `i`; -1 where one is none. The caller sees to it that they are there."""
    number = 0
    for k in range(i, i + count):
        byte = u8(data, k)
        if byte < 48 or byte > 57:
            return -1
        number = number * 10 + byte - 48
    return number


@kernel
def request_line(data: Any, i: int, end: int) -> tuple[int, int, int]:
    """Split ``method SP target SP version`` (RFC 9112 section 3): (target, version, end of line).

    The last is OPEN where the payload ends before the line, BROKEN where it is no such line.
    """
    stop = line_end(data, i, end)
    limit = end if stop == OPEN else stop
    target = version = 0
    for k in range(i, limit):
        byte = u8(data, k)
        if byte == 32:
            if target == 0:
                target = k + 1
            version = k + 1
        elif target == 0 and (k - i > 24 or not (65 <= byte <= 90 or byte == 45 or byte == 95)):
            return 0, 0, BROKEN  # methods are upper-case words, with - or _
    if stop >= 0 and (target == i + 1 or version <= target + 1):
        return 0, 0, BROKEN
    return target, version, stop


@kernel
def field_lines(data: Any, i: int, end: int) -> int:
    """Count the whole lines ``name: value`` from `i` on, up to an empty line; -1 where a line is none."""
    count = 0
    while i < end:
        stop = line_end(data, i, end)
        if stop == i or stop == OPEN:
            return count
        if stop == BROKEN:
            return -1
        colon = i
        while colon < stop and u8(data, colon) != 0x3A:
            byte = u8(data, colon)
            if byte < 33 or byte > 126:
                break
            colon += 1
        continued = count > 0 and (u8(data, i) == 32 or u8(data, i) == 9)  # RFC 9112 section 5.2
        if not continued and (colon == i or colon == stop or u8(data, colon) != 0x3A):
            return -1
        count += 1
        i = next_line(data, stop, end)
    return count


@kernel
def field(data: Any, i: int, end: int, name: int, length: int) -> tuple[int, int]:
    """Find the header field whose name has `length` letters and begins with `name`: (place, length) of its value.

    `name` is the first four letters (all of them, if fewer) as a big-endian number, lower case. Gives (0, 0) where
    the field is not among the lines from `i` to the first empty one, or is not there to its end.
    """
    shift = 8 * (4 - length) if length < 4 else 0
    while i + 4 <= end:
        stop = line_end(data, i, end)
        if stop < 0 or stop == i:
            return 0, 0
        if i + length < stop and u8(data, i + length) == 0x3A and (be32(data, i) | 0x20202020) >> shift == name:
            at = i + length + 1
            while at < stop and (u8(data, at) == 32 or u8(data, at) == 9):
                at += 1
            return at, stop - at
        i = next_line(data, stop, end)
    return 0, 0


@kernel
def holds(data: Any, i: int, end: int, word: int) -> bool:
    """Say whether the four letters `word` (big-endian, lower case) stand in ``data[i:end]``, in either case."""
    for k in range(i, end - 3):  # noqa: SIM110  # Numba compiles the loop, not a generator
        if be32(data, k) | 0x20202020 == word:
            return True
    return False


@kernel
def word_at(data: Any, i: int, end: int, word: int) -> bool:
    """Say whether the four letters `word` (big-endian, lower case) stand at `i`, in either case."""
    return i + 4 <= end and be32(data, i) | 0x20202020 == word


@kernel
def lone_line(data: Any, i: int, end: int, finish: int) -> int:
    """Give the end of the line at `i` where it is all of the payload; BROKEN where it is not, or has no end."""
    stop = line_end(data, i, end)
    if stop < 0:
        return BROKEN
    return stop if next_line(data, stop, end) == finish else BROKEN


@kernel
def reply_code(data: Any, i: int, end: int) -> int:
    """Read the three digits and the space or hyphen that begin a reply line (RFC 5321 section 4.2); -1 for none."""
    if i + 4 > end or (u8(data, i + 3) != 32 and u8(data, i + 3) != 0x2D):
        return -1
    return digits(data, i, 3)
