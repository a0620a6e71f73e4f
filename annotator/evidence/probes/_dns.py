"""The message format that DNS, mDNS, LLMNR and NetBIOS name service share (RFC 1035 section 4)."""

from typing import Any

from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, u8

CUT = -1
"""A name or record goes on past what was stored."""
BAD = -2
"""It is none."""


@kernel
def name_end(data: Any, message: int, i: int, end: int) -> int:
    """Give where the name at `i` ends, or CUT, or BAD (RFC 1035 section 4.1.4; pointers lead back only)."""
    length = 0
    k = i
    while k < end:
        size = u8(data, k)
        if size == 0:
            return k + 1
        if size >= 0xC0:
            if k + 2 > end:
                return CUT
            target = be16(data, k) & 0x3FFF
            return k + 2 if 12 <= target < k - message else BAD
        if size > 63 or length + size > 254:
            return BAD
        length += size + 1
        k += size + 1
    return CUT


@kernel
def known_class(value: int) -> bool:
    """Say whether `value` is a class in use: IN, CH, HS, NONE, ANY; mDNS has the top bit (RFC 6762 section 10.2)."""
    plain = value & 0x7FFF
    return plain == 1 or plain == 3 or plain == 4 or plain == 254 or plain == 255


@kernel
def known_type(value: int) -> bool:
    """Say whether `value` lies where types are assigned (RFC 6895 section 3.1): 1-270, 32768-32770, private use."""
    return 0 < value <= 270 or 32768 <= value <= 32770 or 65280 <= value < 65535


@kernel
def records_fit(data: Any, message: int, i: int, end: int, finish: int, count: int) -> int:
    """Walk `count` resource records from `i`: where they end, or CUT (at `end`), or BAD."""
    for _ in range(min(count, 4096)):
        k = name_end(data, message, i, end)
        if k < 0:
            return k
        if k + 10 > end:
            return CUT
        kind = be16(data, k)
        if not known_type(kind) or (kind != 41 and not known_class(be16(data, k + 2))):
            return BAD
        if kind == 41 and k != i + 1:  # OPT stands at the root (RFC 6891 section 6.1.2)
            return BAD
        i = k + 10 + be16(data, k + 8)
        if i > end:
            return CUT
    return i


@kernel
def message_grade(data: Any, i: int, end: int, finish: int) -> tuple[int, int, int, int]:
    """Parse the message ``data[i:end]``, which ends at `finish` on the wire.

    Returns (fit, start of the first name, its end, class of the first question or record): fit is 3 where all of it
    fits, 2 where it fits but for what a cut, truncation or padding leaves open, 0 where it is no message.
    """
    if end - i < 17:  # a header and the shortest question
        return 0, 0, 0, 0
    high, low = u8(data, i + 2), u8(data, i + 3)
    opcode = (high >> 3) & 15
    if low & 0x40 or opcode == 3 or opcode > 6:
        return 0, 0, 0, 0
    response = high >> 7
    questions, answers = be16(data, i + 4), be16(data, i + 6)
    records = answers + be16(data, i + 8) + be16(data, i + 10)
    if questions > 64 or (questions == 0 and records == 0) or (questions + records) * 5 > finish - i:
        return 0, 0, 0, 0
    if not response and low & 15 and opcode == 0:
        return 0, 0, 0, 0
    if not response and questions == 0 and opcode > 1:
        return 0, 0, 0, 0
    k = i + 12
    name_finish, kind = 0, 0
    for n in range(questions):
        stop = name_end(data, i, k, end)
        if stop == BAD or (stop < 0 and n == 0):
            return (2 if stop == CUT and end < finish else 0), 0, 0, 0
        if stop < 0 or stop + 4 > end:
            return (2 if end < finish else 0), 0, 0, 0
        if not known_class(be16(data, stop + 2)) or not known_type(be16(data, stop)):
            return 0, 0, 0, 0
        if n == 0:
            name_finish, kind = stop, be16(data, stop + 2)
        k = stop + 4
    if questions == 0:
        name_finish = name_end(data, i, k, end)
        if name_finish < 0 or name_finish + 10 > end:
            return 0, 0, 0, 0
        kind = be16(data, name_finish + 2)
    stop = records_fit(data, i, k, end, finish, records)
    if stop == BAD:
        return 0, 0, 0, 0
    if stop == CUT:
        # a reply in fragments or cut short says enough in its question; a query is never that long
        return (3 if questions and (response or end < finish) else 2 if questions else 0), i + 12, name_finish, kind
    return (3 if stop == finish else 2), i + 12, name_finish, kind


@kernel
def letters_at(data: Any, i: int, end: int) -> int:
    """Count the letters of the NetBIOS name at `i`: all 32 behind the count are A to P (RFC 1001 section 14.1)."""
    if end - i < 33 or u8(data, i) != 0x20:
        return 0
    letters = 0
    for k in range(i + 1, i + 33):
        letters += 1 if 0x41 <= u8(data, k) <= 0x50 else 0
    return letters


def spell(raw: bytes) -> str:
    """Write a name in wire form with dots, stopping at what is no label."""
    parts, k = [], 0
    while k < len(raw) and 0 < raw[k] <= 63:
        parts.append(raw[k + 1 : k + 1 + raw[k]].decode("ascii", "backslashreplace"))
        k += 1 + raw[k]
    return ".".join(parts) or "."
