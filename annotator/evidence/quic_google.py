"""Google's QUIC before the IETF's: public headers, and the CHLO message in the clear."""

from typing import Any, Final

from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, le16, le32, u8

CHLO, REJ, SHLO, SNI = 0x43484C4F, 0x52454A00, 0x53484C4F, 0x534E4900
"""Message and value tags, as they stand."""
FARTHEST: Final = 72
"""Bytes from the start of the packet within which the message begins: header, hash, STREAM frame's header."""
MOST_TAGS: Final = 128


@kernel
def google_version(data: Any, i: int) -> int:
    """Read ``Q0nn`` or ``T0nn`` at `i`: nn, or -1. The caller sees to it that four bytes are there."""
    word = be32(data, i)
    if word >> 16 != 0x5130 and word >> 16 != 0x5430:
        return -1
    tens, ones = (word >> 8 & 255) - 48, (word & 255) - 48
    return tens * 10 + ones if 0 <= tens <= 9 and 0 <= ones <= 9 else -1


@kernel
def crypto_message(data: Any, i: int, end: int) -> tuple[int, int, int]:
    """Find the handshake message of the packet at `i`: (its tag, place and length of the SNI); (0, 0, 0) for none.

    A message is its tag, a count, two zeros, and the values' tags with the places where they end (little-endian,
    growing); values follow.
    """
    for k in range(i + 13, min(i + FARTHEST, end - 7)):
        tag = be32(data, k)
        if (tag != CHLO and tag != REJ and tag != SHLO) or le16(data, k + 6) != 0:
            continue
        count = le16(data, k + 4)
        if count < 1 or count > MOST_TAGS:
            continue
        values = k + 8 + 8 * count
        before, at, length = 0, 0, 0
        for number in range(count):
            entry = k + 8 + 8 * number
            if entry + 8 > end:
                return tag, at, length
            finish = le32(data, entry + 4)
            if finish < before:
                return 0, 0, 0
            if be32(data, entry) == SNI and values + finish <= end:
                at, length = values + before, finish - before
            before = finish
        return tag, at, length
    return 0, 0, 0


@kernel
def public_header(data: Any, i: int, end: int) -> bool:
    """Check the flags of a public header that shows a version: 0x01, an id of 8 bytes (0x08), no reserved bits."""
    return end - i >= 26 and u8(data, i) & 0x89 == 0x09 and u8(data, i) & 0x02 == 0 and google_version(data, i + 9) >= 9
