"""Redis: RESP commands, and the replies that only RESP has."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

MOST_ARGUMENTS = 1 << 20
CRLF = 0x0D0A
COMMANDS = tuple(
    int.from_bytes(word, "big")
    for word in (
        b"ping auth hell sele info comm conf clie clus quit echo time mget mset hget hset hmge hmse hdel "
        b"sadd srem smem sism zadd zran zrev zrem lpus rpus lpop rpop blpo brpo lran llen ltri incr decr "
        b"expi pexp pttl exis unli keys scan type psub publ mult exec eval scri watc repl psyn slow flus "
        b"dbsi xadd xrea sete setn gets getr role moni"
    ).split()
)
"""First letters of commands: a list of strings that a server answers with is written just as they are."""
SHORT_COMMANDS = (0x676574, 0x736574, 0x64656C, 0x74746C)
"""get, set, del, ttl."""


@kernel
def number_line(data: Any, i: int, end: int) -> tuple[int, int]:
    """Read decimal digits at `i` and the CR LF behind them: (value, next byte); -1 broken, -2 not there yet."""
    value = 0
    k = i
    while k < end and 0x30 <= u8(data, k) <= 0x39:
        value = value * 10 + u8(data, k) - 0x30
        k += 1
        if k - i > 9:
            return -1, k
    if end - k < 2:
        return -2, k
    if k == i or be16(data, k) != CRLF:
        return -1, k
    return value, k + 2


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A command is an array of bulk strings: ``*N CRLF``, then N times ``$LENGTH CRLF bytes CRLF``."""
    first = u8(data, i)
    if first == 0x2A:  # "*"
        count, k = number_line(data, i + 1, end)
        if count == -2:
            return verdict(undecided(end, finish, context), CLIENT, 0), 0, 0
        if not 1 <= count <= MOST_ARGUMENTS:
            return NOTHING
        if end == k:
            return verdict(undecided(end, finish, context), CLIENT, 0), 0, 0
        if u8(data, k) != 0x24:  # "$"
            return verdict(SPECULATIVE, SERVER, 1), 0, 0
        length, k = number_line(data, k + 1, end)
        if length == -2:
            return verdict(undecided(end, finish, context), CLIENT, 0), 0, 0
        if length < 1 or length > 64:
            return NOTHING
        name = k
        if end - k < length + 2:
            return verdict(undecided(end, finish, context), CLIENT, 0), 0, 0
        for n in range(length):
            byte = u8(data, k + n)
            letter = byte & 0xDF
            if not (0x41 <= letter <= 0x5A or byte in (0x2E, 0x2D, 0x5F)):  # letters, and what modules' commands have
                return verdict(SPECULATIVE, SERVER, 1), 0, 0
        if be16(data, k + length) != CRLF:
            return NOTHING
        word = be32(data, name) | 0x20202020 if length > 2 else 0
        asks = word in COMMANDS or (length == 3 and word >> 8 in SHORT_COMMANDS)
        return verdict(CONFIRMED, CLIENT if asks else ANY_ROLE, 0), name, length
    if not context & START:
        return NOTHING
    if first == 0x24:  # a bulk reply
        length, k = number_line(data, i + 1, end)
        if length >= 0 and end - k >= length + 2 and be16(data, k + length) == CRLF:
            return verdict(CONFIRMED if end - k == length + 2 else SPECULATIVE, SERVER, 1), 0, 0
        return (verdict(SPECULATIVE, SERVER, 1), 0, 0) if length >= 0 else NOTHING
    if first == 0x2D and end - i >= 8:  # "-NOAUTH", "-ERR unknown command", "-DENIED Redis"
        word = be16(data, i + 1)
        if word in (0x4E4F, 0x4445):
            return verdict(SPECULATIVE, SERVER, 2), 0, 0
    return NOTHING


PROBE = Probe(
    name="redis",
    title="Redis",
    sources=("Redis serialization protocol specification (RESP2, RESP3)",),
    bases=("RESP command", "RESP reply", "RESP error"),
    signatures=(
        tcp(b"*", shortest=4),
        tcp(b"$", shortest=4),
        tcp(b"-NOAUTH"),
        tcp(b"-DENIED"),
    ),
    confirm=confirm,
    strength=70,
)
